// What the auditor knew, and what they ask for (docs/BUNDLE.md § 7, `known` and `wanted`).

import { bundleOf, largeBundle, retext } from './base.mjs';
import { makeBundle, note } from '../bundle.mjs';
import { manyTeams, relink } from '../ledgers.mjs';
import { keyNamed, logLine, textOf } from '../notes.mjs';

const orgOrigin = (made) => `${made.origin}/o/${made.org}`;
/** A checkpoint of the organization, or of the ledger, of an earlier size. */
const ofOrg = (made, size) => note(orgOrigin(made), made.orgLeaves.slice(0, size), made.keys.org);
const ofLedger = (made, size) => note(made.origin, made.leaves.slice(0, size), made.keys.log);
/** The same with another root, as whoever holds the key can sign. */
function lie(origin, size, key) {
  const text = textOf(origin, size, Buffer.alloc(32, 7));
  return `${text}\n${logLine(key, text)}`;
}

/** A bundle and checkpoints that were known before. */
function knowing(checkpoints, spec = {}, make = bundleOf) {
  return () => {
    const made = make(spec);
    made.known = checkpoints(made).map((bytes, at) => ({ name: `known${at}`, bytes }));
    return { made };
  };
}
const asking = (asked, spec) => () => {
  const made = bundleOf(spec);
  Object.assign(made.asked, asked(made));
  return { made };
};

const consistent = { exit: 0, codes: [], verdicts: { continuity: 'consistent' } };
const fork = { exit: 4, codes: ['fork'], verdicts: { continuity: 'contradicted' } };
const rollback = { exit: 4, codes: ['rollback'], verdicts: { continuity: 'contradicted' } };
const unproven = (code) => ({ exit: 3, codes: [code], verdicts: { continuity: 'unproven' } });
const noNote = { exit: 2, codes: ['known_form'] };
const sizes = [1, 2, 3, 5, 8, 13, 16, 17, 31, 32, 33, 63, 64, 65, 100, 101];
const teamSizes = [1, 100, 255, 256, 257, 300, 511, 512, 513, 601, 602];

const known = [
  {
    corpus: 26,
    name: 'every earlier size of an organization',
    ...consistent,
    make: knowing((made) => made.orgLeaves.map((_, at) => ofOrg(made, at + 1))),
  },
  {
    corpus: 26,
    name: 'earlier sizes of a large organization',
    ...consistent,
    make: knowing((made) => teamSizes.map((size) => ofOrg(made, size)), {}, largeBundle),
  },
  {
    corpus: 26,
    name: 'earlier sizes of the ledger',
    ...consistent,
    make: knowing((made) => sizes.map((size) => ofLedger(made, size)), { old: sizes }),
  },
  {
    corpus: 26,
    name: 'the same size',
    ...consistent,
    make: knowing((made) => [ofOrg(made), ofLedger(made)]),
  },
  {
    corpus: 26,
    name: 'an empty ledger',
    ...consistent,
    make: knowing((made) => [ofLedger(made, 0), ofOrg(made, 0)]),
  },
  {
    corpus: 13,
    name: 'another root of the same size',
    ...fork,
    make: knowing((made) => [lie(made.origin, made.leaves.length, made.keys.log)]),
  },
  {
    corpus: 13,
    name: 'another root of the organization',
    ...fork,
    make: knowing((made) => [lie(orgOrigin(made), made.orgLeaves.length, made.keys.org)]),
  },
  {
    corpus: 3,
    name: 'an earlier root that was another, of the organization',
    ...fork,
    make: knowing((made) => [lie(orgOrigin(made), 9, made.keys.org)]),
  },
  {
    corpus: 3,
    name: 'an earlier root that was another, of the ledger',
    ...fork,
    make: knowing((made) => [lie(made.origin, 33, made.keys.log)], { old: [33] }),
  },
  {
    corpus: 11,
    name: 'an end that was cut and written again',
    ...fork,
    make: () => {
      const { ledger, org } = manyTeams(20);
      ledger.at(-1).value.data.name = 'Team of those who were there';
      const before = makeBundle({ ledger: relink(ledger), org });
      const made = largeBundle({ old: [before.leaves.length - 1] }, 21);
      made.known = [{ name: 'before', bytes: ofLedger(before, before.leaves.length - 1) }];
      return { made };
    },
  },
  {
    corpus: 10,
    name: 'a longer organization that was known',
    ...rollback,
    make: knowing((made) => [lie(orgOrigin(made), made.orgLeaves.length + 1, made.keys.org)]),
  },
  {
    corpus: 12,
    name: 'a longer ledger that was known',
    ...rollback,
    make: knowing((made) => [lie(made.origin, made.leaves.length + 1, made.keys.log)]),
  },
  {
    corpus: 26,
    name: 'an earlier ledger without a proof',
    ...unproven('continuity_unproven'),
    make: knowing((made) => [ofLedger(made, 33)], { old: [32] }),
  },
  {
    corpus: 28,
    name: 'a known checkpoint of another key',
    ...unproven('known_unsigned'),
    make: knowing((made) => [note(made.origin, made.leaves, keyNamed(made.origin, 1, 'another'))]),
  },
  {
    corpus: 28,
    name: 'a known checkpoint of another ledger',
    exit: 3,
    codes: ['known_foreign', 'known_unsigned'],
    make: knowing(({ leaves }) => [note('other.example', leaves, keyNamed('other.example'))]),
  },
  {
    corpus: 28,
    name: 'a known checkpoint of another ledger that is trusted',
    ...unproven('known_foreign'),
    make: () => {
      const made = bundleOf();
      const key = keyNamed('other.example');
      made.policy = `log ${key.vkey}\n${made.policy}`;
      made.known = [{ name: 'other', bytes: note('other.example', made.leaves, key) }];
      return { made };
    },
  },
  {
    corpus: 19,
    name: 'a known checkpoint that is none',
    ...noNote,
    make: knowing(() => ['hello\n']),
  },
  {
    corpus: 20,
    name: 'a known checkpoint with a bad signature of a witness',
    ...noNote,
    make: knowing(({ files }) => [
      files
        .get('global/checkpoint')
        .toString()
        .replace(/(.)(.{20})\n$/, (_, one, rest) => `${one === 'A' ? 'B' : 'A'}${rest}\n`),
    ]),
  },
  {
    corpus: 13,
    name: 'a lie of somebody else',
    exit: 1,
    codes: ['tile_root', 'entry_leaf'],
    verdicts: { continuity: 'unproven' },
    make: knowing((made) => [ofOrg(made, 9)], {
      files: ({ files }) => {
        const tile = Buffer.from(files.get('org/tile/0/000.p/20'));
        tile[3] ^= 1;
        files.set('org/tile/0/000.p/20', tile);
      },
    }),
  },
];

const request =
  (change, old = 33) =>
  () => ({
    made: bundleOf({
      old: [old],
      files: ({ files, leaves }) => {
        retext(files, `consistency/${old}-${leaves.length}.req`, change);
      },
    }),
  });
const noRequest = { exit: 1, codes: ['consistency_form'] };

const requests = [
  {
    corpus: 26,
    name: 'a request of another size',
    ...noRequest,
    make: request((text) => text.replace('old 33', 'old 34')),
  },
  {
    corpus: 26,
    name: 'a request from 0 with hashes',
    ...noRequest,
    make: request((text) => text.replace('old 0\n', `old 0\n${'A'.repeat(43)}=\n`), 0),
  },
  {
    corpus: 26,
    name: 'a request with a leading zero',
    ...noRequest,
    make: request((text) => text.replace('old 33', 'old 033')),
  },
  {
    corpus: 26,
    name: 'a request with another checkpoint',
    ...noRequest,
    make: request((text) => text.replace(/— [^\n]*\n$/, '')),
  },
  {
    corpus: 26,
    name: 'a request with too many hashes',
    ...noRequest,
    make: request((text) =>
      text.replace('old 33\n', `old 33\n${`${'A'.repeat(43)}=\n`.repeat(64)}`),
    ),
  },
  {
    corpus: 26,
    name: 'a request with a hash less',
    ...fork,
    make: () => {
      const { made } = request((text) => text.replace(/(old 33\n)[^\n]*\n/, '$1'))();
      made.known = [{ name: 'known', bytes: ofLedger(made, 33) }];
      return { made };
    },
  },
];

const wanted = [
  {
    corpus: 10,
    name: 'fewer entries than asked for',
    exit: 3,
    codes: ['too_small'],
    verdicts: { completeness: 'unproven' },
    make: asking(() => ({ minSize: 21 })),
  },
  {
    corpus: 10,
    name: 'as many entries as asked for',
    exit: 0,
    codes: [],
    make: asking(() => ({ minSize: 20 })),
  },
  {
    corpus: 10,
    name: 'cosignatures that are too old',
    exit: 3,
    codes: ['too_old'],
    verdicts: { assurance: 'unmet' },
    make: asking(({ cosigned }) => ({ maxAge: 3600, now: cosigned + 2 + 3601 })),
  },
  {
    corpus: 10,
    name: 'cosignatures that are as old as may be',
    exit: 0,
    codes: [],
    make: asking(({ cosigned }) => ({ maxAge: 3600, now: cosigned + 2 + 3600 })),
  },
  {
    corpus: 10,
    name: 'an older checkpoint of the organization',
    exit: 3,
    codes: ['heads_behind'],
    verdicts: { completeness: 'unproven', integrity: 'verified' },
    make: () => ({ made: bundleOf({ cut: 18 }) }),
  },
  {
    corpus: 15,
    name: 'newer entries than the heads are',
    exit: 1,
    codes: ['heads_leaf'],
    make: () => {
      const older = bundleOf({
        seen: (ledger, org) =>
          ledger.filter(({ value }) => value.org !== org || value.org_seq < 18),
      });
      return { made: older };
    },
  },
];

export default [...known, ...requests, ...wanted];
