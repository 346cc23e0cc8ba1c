// Keys that follow each other (docs/BUNDLE.md § 3.1).

import { note } from '../bundle.mjs';
import { handover, keysBehind, namedBundle } from '../names.mjs';
import { keyNamed, logLine, textOf } from '../notes.mjs';
import { leafOf } from '../trees.mjs';

const THREE = [30, 40, 60];
const made = (spec) => () => ({ made: namedBundle(spec) });
const accepted = { exit: 0, codes: [], verdicts: { integrity: 'verified', assurance: 'witnessed' } };
const found = (...codes) => ({ exit: 1, codes });
const stranger = (name) => keyNamed(name, 1, `a stranger's ${name}`);

/** One number at a time is spoilt. */
const only = (number, change) => (said, all) => {
  if (said.number === number) change(said, all);
};
const without =
  (...paths) =>
  ({ files }) =>
    paths.forEach((path) => files.delete(path));

const led = [
  ...[0, 1].map((pinned) => ({
    name: `behind a rotation, under the key ${pinned}`,
    make: made({ pinned }),
  })),
  ...[0, 1, 2, 3].map((pinned) => ({
    name: `behind three rotations, under the key ${pinned}`,
    make: made({ at: THREE, pinned }),
  })),
  {
    name: 'under all keys',
    make: () => {
      const all = namedBundle({ at: THREE });
      const { log, org } = keysBehind(2, all.origin, all.org);
      all.policy = `log ${log.vkey}\nlog ${org.vkey}\n${all.policy}`;
      return { made: all };
    },
  },
  { name: 'a rotation before the organization was there', make: made({ at: [4] }) },
  { name: 'a rotation behind the heads', make: made({ late: true }) },
  { name: 'a rotation behind the heads, and no other', make: made({ at: [], late: true }) },
  { name: 'a bundle from before any rotation', make: made({ at: [] }) },
].map((one) => ({ corpus: 36, ...one, ...accepted }));

/** A checkpoint by the keys behind so many rotations. */
function knownBy(count, size, { isOrg = false, ...spec } = {}) {
  return () => {
    const all = namedBundle({ ...spec, old: isOrg ? [] : [size] });
    const keys = keysBehind(count, all.origin, all.org);
    const leaves = (isOrg ? all.orgLeaves : all.leaves).slice(0, size);
    const [origin, key] = isOrg ? [`${all.origin}/o/${all.org}`, keys.org] : [all.origin, keys.log];
    all.known = [{ name: 'known', bytes: note(origin, leaves, key) }];
    return { made: all };
  };
}
const consistent = { ...accepted, verdicts: { continuity: 'consistent' } };
const unproven = (code) => ({ exit: 3, codes: [code], verdicts: { continuity: 'unproven' } });

const knows = [
  { name: 'what the first key signed in its time', ...consistent, make: knownBy(0, 35) },
  { name: 'what the first key signed last', ...consistent, make: knownBy(0, 41) },
  { name: 'what the last key signed', ...consistent, make: knownBy(1, 50) },
  {
    name: "what the organization's first key signed in its time",
    ...consistent,
    make: knownBy(0, 5, { isOrg: true }),
  },
  {
    name: 'what was shown first behind the rotation, signed by both',
    ...consistent,
    make: () => {
      const { made: all } = knownBy(1, 43)();
      const [{ bytes }] = all.known;
      const text = bytes.split('\n\n')[0];
      const before = keysBehind(0, all.origin, all.org).log;
      all.known[0].bytes = `${bytes}${logLine(before, `${text}\n`)}`;
      return { made: all };
    },
  },
  {
    name: 'what a retired key signed behind its time',
    ...unproven('known_unsigned'),
    make: knownBy(0, 42),
  },
].map((one) => ({ corpus: 36, ...one }));

const signedBy = (which, pinned = 0) => ({
  pinned,
  signer: (origin, org) => ({ [which]: keysBehind(0, origin, org)[which] }),
});

const retired = [
  { name: 'a checkpoint by a retired key', make: made(signedBy('log')) },
  { name: "a checkpoint by the organization's retired key", make: made(signedBy('org')) },
].map((one) => ({
  corpus: 36,
  ...found('checkpoint_retired'),
  verdicts: { assurance: 'unmet' },
  ...one,
}));

const missing = [
  {
    name: 'every rotation left out, under the old key',
    exit: 3,
    codes: ['checkpoint_unsigned'],
    verdicts: { integrity: 'verified' },
    make: made({
      at: [40],
      files: without(
        'global/rotations/1.json',
        'global/rotations/1.tlog-proof',
        'org/rotations/1',
      ),
    }),
  },
  ...[1, 2].map((number) => ({
    name: `rotation ${number} of three left out`,
    ...found('rotation_missing'),
    make: made({
      at: THREE,
      pinned: 3,
      files: without(
        `global/rotations/${number}.json`,
        `global/rotations/${number}.tlog-proof`,
        `org/rotations/${number}`,
      ),
    }),
  })),
  ...['global/rotations/1.json', 'global/rotations/1.tlog-proof', 'org/rotations/1'].map(
    (path) => ({
      name: `${path} left out`,
      ...found('checkpoint_unsigned', 'rotation_missing'),
      make: made({ files: without(path) }),
    }),
  ),
  {
    name: 'nothing that continues a handover',
    ...found('rotation_missing'),
    make: made({
      files: ({ files, leaves }) => files.delete(`consistency/41-${leaves.length}.req`),
    }),
  },
  {
    name: 'a rotation of no number',
    ...found('path_unknown'),
    make: made({ files: ({ files }) => files.set('org/rotations/0', Buffer.from('0')) }),
  },
];

const spoilt = [
  {
    name: "an organization's handover behind the heads",
    ...found('checkpoint_unsigned', 'rotation_form'),
    make: made({ at: [], late: true, change: (said) => (said.isOfOrg = true) }),
  },
  {
    name: 'a handover that names another key than the entry',
    ...found('checkpoint_unsigned', 'rotation_form'),
    make: made({
      change: ({ ledger }, { origin }) => {
        ledger.next = stranger(origin);
        ledger.keys[1] = ledger.next;
      },
    }),
  },
  {
    name: "a stranger's signature beside that of the key before",
    ...found('checkpoint_unsigned', 'rotation_form'),
    make: made({
      change: (said, { origin, leaves }) => {
        const text = textOf(origin, 41, leaves[0]);
        const [before] = said.ledger.keys;
        said.note = `${text}\n${logLine(before, text)}${logLine(stranger(origin), text)}`;
      },
    }),
  },
  {
    name: 'a handover that the key before did not sign',
    ...found('rotation_signature'),
    make: made({
      at: THREE,
      pinned: 3,
      change: only(2, ({ ledger }) => ledger.keys.shift()),
    }),
  },
  {
    name: 'a handover that the next key did not sign',
    ...found('rotation_signature'),
    make: made({ at: THREE, pinned: 3, change: only(2, ({ ledger }) => ledger.keys.pop()) }),
  },
  {
    name: 'a first handover that nobody signed who is trusted',
    exit: 3,
    codes: ['checkpoint_unsigned'],
    make: made({ change: ({ ledger, own }) => [ledger, own].forEach(({ keys }) => keys.shift()) }),
  },
  {
    name: "an organization's handover to a stranger",
    exit: 3,
    codes: ['checkpoint_unsigned'],
    make: made({
      signer: (origin, org) => ({ org: stranger(`${origin}/o/${org}`) }),
      change: ({ own }, { origin, org }) => {
        own.next = stranger(`${origin}/o/${org}`);
        own.keys = [own.next];
      },
    }),
  },
  {
    name: 'a signature of the key before over another handover',
    ...found('checkpoint_unsigned', 'rotation_signature'),
    make: made({
      change: (said, { origin, leaves }) => {
        const text = textOf(origin, 40, leaves[0]);
        const { next, keys } = said.ledger;
        const whole = { origin, leaves: said.leaves, number: 1, next, keys: [next] };
        said.note = `${handover(whole)}${logLine(keys[0], text)}`;
      },
    }),
  },
  {
    name: 'an entry of another ledger',
    ...found('rotation_form'),
    make: made({
      pinned: 1,
      change: (said) => {
        said.entry = Buffer.from(said.entry.toString().replace('"log":"', '"log":"x'));
      },
    }),
  },
  {
    name: 'an entry that is no rotation',
    ...found('rotation_form'),
    make: made({ pinned: 1, change: (said, { ledger }) => (said.entry = ledger[39].bytes) }),
  },
  {
    name: 'an entry with a byte that was not recorded',
    ...found('rotation_proof'),
    make: made({
      pinned: 1,
      change: (said) => {
        said.entry = Buffer.from(said.entry.toString().replace(/-4000-9000-0/, '-4000-9000-1'));
      },
    }),
  },
  {
    name: 'two rotations in each other\'s place',
    ...found('rotation_form'),
    make: made({
      at: THREE,
      pinned: 3,
      files: ({ files }) => {
        const [one, other] = [1, 2].map((number) => files.get(`global/rotations/${number}.json`));
        files.set('global/rotations/1.json', other);
        files.set('global/rotations/2.json', one);
      },
    }),
  },
  {
    name: 'a handover of another number',
    ...found('rotation_form'),
    make: made({ pinned: 1, files: ({ files }) => renumber(files, 'org/rotations/1') }),
  },
  {
    name: 'a rotation back to a key',
    ...found('rotation_form'),
    make: made({
      at: THREE,
      pinned: 3,
      history: (ledger, rotations) => {
        ledger[rotations[1].seq].value.data.key = ledger[rotations[0].seq].value.data.key;
      },
      change: only(2, ({ ledger }, { origin, org }) => {
        ledger.next = keysBehind(1, origin, org).log;
        ledger.keys = [ledger.next];
      }),
    }),
  },
  {
    name: 'a handover of a ledger that never was',
    ...found('rotation_proof'),
    make: made({ change: ({ leaves }) => (leaves[7] = leafOf(Buffer.from('another'))) }),
  },
  {
    name: 'a handover of an organization that never was',
    ...found('rotation_proof'),
    make: made({ change: ({ orgLeaves }) => (orgLeaves[1] = leafOf(Buffer.from('another'))) }),
  },
  {
    name: 'a handover that ends with another entry',
    ...found('rotation_form'),
    make: made({ pinned: 1, change: ({ leaves }) => leaves.push(leaves[0]) }),
  },
];

function renumber(files, path) {
  files.set(path, Buffer.from(files.get(path).toString().replace('\nrotation 1', '\nrotation 2')));
}

const of = (corpus) => (one) => ({ corpus, ...one });
export default [
  ...led,
  ...knows,
  ...retired,
  ...missing.map(of(36)),
  ...spoilt.map(of(36)),
];
