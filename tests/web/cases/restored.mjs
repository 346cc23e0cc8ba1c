// A ledger that was taken back (docs/BUNDLE.md § 3.2).

import { note, policyOf } from '../bundle.mjs';
import { keysBehind, namedBundle } from '../names.mjs';
import { leafOf } from '../trees.mjs';

const made = (spec) => () => ({ made: namedBundle(spec) });
const accepted = { exit: 0, codes: [], verdicts: { integrity: 'verified', assurance: 'witnessed' } };
const consistent = { ...accepted, verdicts: { continuity: 'consistent' } };
const unproven = (code) => ({ exit: 3, codes: [code], verdicts: { continuity: 'unproven' } });
const found = (...codes) => ({ exit: 1, codes });
const without =
  (...paths) =>
  ({ files }) =>
    paths.forEach((path) => files.delete(path));

/** A bundle of a ledger that was taken back at 30, and a checkpoint that was known before. */
function takenBack(size, { isOrg = false, lie, ...spec } = {}) {
  return () => {
    const all = namedBundle({ at: [], restored: 30, ...spec });
    const { log } = all.ledger[0].value;
    const keys = keysBehind(0, log, all.org);
    all.policy = `log ${keys.log.vkey}\nlog ${keys.org.vkey}\n${all.policy}`;
    const leaves = (isOrg ? all.orgLeaves : all.leaves).slice(0, size);
    while (leaves.length < size) leaves.push(leafOf(Buffer.from(`lost ${leaves.length}`)));
    if (lie !== undefined) leaves[lie] = leafOf(Buffer.from('another'));
    const [origin, key] = isOrg ? [`${log}/o/${all.org}`, keys.org] : [log, keys.log];
    if (size > 0) all.known = [{ name: 'known', bytes: note(origin, leaves, key) }];
    return { made: all };
  };
}
const restorationTo = (change) => ({
  at: [],
  restored: 30,
  files: ({ files }) => {
    const text = files.get('global/restorations/1.json').toString();
    files.set('global/restorations/1.json', Buffer.from(change(text)));
  },
});

export default [
  { name: 'a ledger that was taken back', ...accepted, make: made({ at: [], restored: 30 }) },
  {
    name: 'a ledger that was taken back, and its key behind that',
    ...accepted,
    make: made({ at: [40, 50], first: 3, pinned: 2, restored: 30 }),
  },
  {
    name: 'nothing but keys of its earlier name',
    exit: 3,
    codes: ['checkpoint_unsigned'],
    verdicts: { integrity: 'verified', assurance: 'unmet' },
    make: () => {
      const all = namedBundle({ at: [], restored: 30 });
      all.policy = policyOf(keysBehind(0, all.ledger[0].value.log, all.org));
      return { made: all };
    },
  },
  {
    name: 'a ledger that was taken back and does not say so',
    ...found('restoration_missing', 'proof_inclusion'),
    make: made({ at: [], restored: 30, files: without('global/restorations/1.json') }),
  },
  {
    name: 'a ledger that was taken back and does not prove it',
    ...found('proof_missing'),
    make: made({ at: [], restored: 30, files: without('global/proofs/30.tlog-proof') }),
  },
  {
    name: 'another place at which it was taken back',
    ...found('proof_inclusion'),
    make: made(restorationTo((text) => text.replace('"guarded_size":900', '"guarded_size":901'))),
  },
  {
    name: 'another entry in the place of the one that says so',
    ...found('restoration_form'),
    make: made(restorationTo((text) => text.replace('"restored":1', '"restored":2'))),
  },
  {
    name: 'a ledger that says it was taken back, under its first name',
    ...found('restoration_form'),
    make: () => {
      const other = namedBundle({ at: [], restored: 30 }).files.get('global/restorations/1.json');
      return made({ at: [], files: ({ files }) => files.set('global/restorations/1.json', other) })();
    },
  },
  {
    name: 'what the copy held',
    ...consistent,
    make: takenBack(25, { old: [25] }),
  },
  { name: 'all that the copy held', ...consistent, make: takenBack(30, { old: [30] }) },
  { name: 'what the copy held of the organization', ...consistent, make: takenBack(4, { isOrg: true }) },
  {
    name: 'what the copy held, not continued',
    ...unproven('continuity_unproven'),
    make: takenBack(25),
  },
  {
    name: 'what the copy did not hold',
    ...unproven('known_restored'),
    make: takenBack(33, { lie: 32 }),
  },
  {
    name: 'more than there is even now',
    ...unproven('known_restored'),
    make: takenBack(200, { lie: 40 }),
  },
  {
    name: 'what the copy did not hold of the organization',
    ...unproven('known_restored'),
    make: takenBack(20, { isOrg: true, lie: 19 }),
  },
  {
    name: 'another history before it was taken back',
    exit: 4,
    codes: ['fork'],
    verdicts: { continuity: 'contradicted' },
    make: takenBack(25, { old: [25], lie: 3 }),
  },
].map((one) => ({ corpus: 12, ...one }));
