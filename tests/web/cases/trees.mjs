// Tiles, entry bundles, proofs, heads (docs/BUNDLE.md § 1, 4).

import { bundleOf, flip, largeBundle, retext } from './base.mjs';
import { canonicalText } from '../ledgers.mjs';
import { entryBundle, proofOf } from '../bundle.mjs';

const TILE = 'org/tile/0/000.p/20';
const ENTRIES = 'org/tile/entries/000.p/20';
const filed =
  (change, spec = {}) =>
  () => ({ made: bundleOf({ ...spec, files: (made) => change(made.files, made) }) });
const large =
  (change, spec = {}) =>
  () => ({
    made: largeBundle({ ...spec, files: (made) => change(made.files, made) }),
  });
const rename = (from, to) => (files) => {
  files.set(to, files.get(from));
  files.delete(from);
};
const proof = ({ committed }) => `global/proofs/${committed.seq}.tlog-proof`;
const proven = (change) =>
  filed((files, made) => retext(files, proof(made), (text) => change(text, made)));
const headed = (change) =>
  filed((files, made) => {
    change(made.heads, made);
    files.set('global/heads.json', Buffer.from(canonicalText(made.heads)));
  });
const other = (text) => `${text[0] === 'A' ? 'B' : 'A'}${text.slice(1)}`;

const tiles = [
  {
    corpus: 17,
    name: 'a tile of width 0',
    exit: 1,
    codes: ['path_unknown', 'tile_missing'],
    make: filed(rename(TILE, 'org/tile/0/000.p/0')),
  },
  {
    corpus: 17,
    name: 'a partial tile of width 256',
    exit: 1,
    codes: ['path_unknown', 'tile_missing'],
    make: large(rename('org/tile/0/000', 'org/tile/0/000.p/256')),
  },
  {
    corpus: 17,
    name: 'a partial tile for a full one',
    exit: 1,
    codes: ['tile_extra', 'tile_missing'],
    make: filed(rename(TILE, 'org/tile/0/000')),
  },
  {
    corpus: 17,
    name: 'a partial tile of another width',
    exit: 1,
    codes: ['tile_extra', 'tile_missing'],
    make: filed((files) => {
      files.set('org/tile/0/000.p/19', files.get(TILE).subarray(32));
      files.delete(TILE);
    }),
  },
  {
    corpus: 17,
    name: 'a missing level',
    exit: 1,
    codes: ['tile_missing'],
    make: large((files) => files.delete('org/tile/1/000.p/2')),
  },
  {
    corpus: 17,
    name: 'a level that is not there',
    exit: 1,
    codes: ['tile_extra'],
    make: filed((files) => files.set('org/tile/1/000.p/1', Buffer.alloc(32))),
  },
  {
    corpus: 17,
    name: 'a tile of level 64',
    exit: 1,
    codes: ['path_unknown'],
    make: filed((files) => files.set('org/tile/64/000.p/1', Buffer.alloc(32))),
  },
  {
    corpus: 17,
    name: 'a tile that is too short',
    exit: 1,
    codes: ['tile_form'],
    make: filed((files) => files.set(TILE, files.get(TILE).subarray(1))),
  },
  {
    corpus: 17,
    name: 'a tile that is too long',
    exit: 1,
    codes: ['tile_form'],
    make: filed((files) => files.set(TILE, Buffer.concat([files.get(TILE), Buffer.alloc(32)]))),
  },
  {
    corpus: 1,
    name: 'a bit of a tile',
    exit: 1,
    codes: ['entry_leaf', 'tile_root'],
    make: filed((files) => flip(files, TILE, 100)),
  },
  {
    corpus: 1,
    name: 'a bit of a tile that has a level above',
    exit: 1,
    codes: ['tile_root'],
    make: large((files) => flip(files, 'org/tile/0/001', 100), { from: 0, to: 200 }),
  },
  {
    corpus: 1,
    name: 'a bit of a tile of a higher level',
    exit: 1,
    codes: ['tile_root'],
    make: large((files) => flip(files, 'org/tile/1/000.p/2', 40)),
  },
  {
    corpus: 17,
    name: 'a number with a needless group',
    exit: 1,
    codes: ['path_unknown'],
    make: filed((files) => files.set('org/tile/0/x000/000.p/20', files.get(TILE))),
  },
  {
    corpus: 17,
    name: 'a size that no bundle has room for',
    exit: 1,
    // What is listed is full of the first that is not there.
    codes: ['checkpoint_size', 'tile_missing'],
    isFull: true,
    make: () => ({
      made: bundleOf({
        manifest: (manifest) => {
          manifest.org_size = Number.MAX_SAFE_INTEGER;
          manifest.to = Number.MAX_SAFE_INTEGER;
        },
      }),
    }),
  },
];

const bundles = [
  {
    corpus: 18,
    name: 'an entry bundle that ends early',
    exit: 1,
    codes: ['entries_form'],
    make: filed((files) => files.set(ENTRIES, files.get(ENTRIES).subarray(0, -1))),
  },
  {
    corpus: 18,
    name: 'an entry bundle with something behind',
    exit: 1,
    codes: ['entries_form'],
    make: filed((files) =>
      files.set(ENTRIES, Buffer.concat([files.get(ENTRIES), Buffer.alloc(1)])),
    ),
  },
  {
    corpus: 18,
    name: 'an entry bundle with an entry more',
    exit: 1,
    codes: ['entries_form'],
    make: filed((files, { entries }) => {
      files.set(ENTRIES, entryBundle([...entries, entries[0]].map(({ bytes }) => bytes)));
    }),
  },
  {
    corpus: 18,
    name: 'an entry bundle with a length that lies',
    exit: 1,
    codes: ['entries_form'],
    make: filed((files) =>
      files.set(ENTRIES, Buffer.concat([Buffer.from([255, 255]), files.get(ENTRIES)])),
    ),
  },
  {
    corpus: 18,
    name: 'no entry bundle',
    exit: 1,
    codes: ['entries_missing'],
    make: filed((files) => files.delete(ENTRIES)),
  },
  {
    corpus: 18,
    name: 'an entry bundle outside the range',
    exit: 1,
    codes: ['entries_extra'],
    make: large(
      (files, { entries }) => {
        const there = entries.slice(256, 512).map(({ bytes }) => bytes);
        files.set('org/tile/entries/001', entryBundle(there));
      },
      { from: 0, to: 200 },
    ),
  },
  {
    corpus: 18,
    name: 'an entry outside the range that was changed',
    exit: 1,
    codes: ['entry_leaf'],
    make: large((files) => flip(files, 'org/tile/entries/000', 100), { from: 10, to: 200 }),
  },
];

const proofs = [
  {
    corpus: 25,
    name: 'a missing proof',
    exit: 1,
    codes: ['proof_missing'],
    make: filed((files, made) => files.delete(proof(made))),
  },
  {
    corpus: 25,
    name: 'a proof with a hash less',
    exit: 1,
    codes: ['proof_inclusion'],
    make: proven((text) => text.replace(/(index \d+\n)[^\n]+\n/, '$1')),
  },
  {
    corpus: 25,
    name: 'a proof with a hash more',
    exit: 1,
    codes: ['proof_inclusion'],
    make: proven((text) => text.replace(/(index \d+\n)([^\n]+\n)/, '$1$2$2')),
  },
  {
    corpus: 25,
    name: 'a proof with another hash',
    exit: 1,
    codes: ['proof_inclusion'],
    make: proven((text) =>
      text.replace(/(index \d+\n)(.)/, (_, index, first) => `${index}${other(first)}`),
    ),
  },
  {
    corpus: 25,
    name: 'a proof with 64 hashes',
    exit: 1,
    codes: ['proof_form'],
    make: proven((text) =>
      text.replace(/(index \d+\n)([^\n]+\n)/, (_, index, hash) => index + hash.repeat(64)),
    ),
  },
  {
    corpus: 25,
    name: 'a proof of another index',
    exit: 1,
    codes: ['proof_form'],
    make: proven((text) => text.replace(/index \d+/, 'index 7')),
  },
  {
    corpus: 25,
    name: 'a proof with extra data',
    exit: 1,
    codes: ['proof_form'],
    make: proven((text) => text.replace('index', 'extra AAAA\nindex')),
  },
  {
    corpus: 25,
    name: 'a proof of another version',
    exit: 1,
    codes: ['proof_form'],
    make: proven((text) => text.replace('@v1', '@v2')),
  },
  {
    corpus: 25,
    name: 'a proof that ends in another checkpoint',
    exit: 1,
    codes: ['proof_checkpoint'],
    make: proven((text) => text.replace(/\n— [^\n]*\n$/, '\n')),
  },
  {
    corpus: 25,
    name: 'a proof of an entry that is not there',
    exit: 1,
    codes: ['proof_inclusion'],
    make: filed((files, made) => files.set('global/proofs/3.tlog-proof', proofOf(made, 3))),
  },
  {
    corpus: 25,
    name: 'a proof of one more entry',
    exit: 0,
    codes: [],
    make: filed((files, made) => files.set('global/proofs/30.tlog-proof', proofOf(made, 30))),
  },
];

const heads = [
  {
    corpus: 15,
    name: 'heads in another form',
    exit: 1,
    codes: ['heads_form'],
    make: headed((said) => {
      said.more = 1;
    }),
  },
  {
    corpus: 15,
    name: 'heads with an index above the organizations',
    exit: 1,
    codes: ['heads_form'],
    make: headed((said) => {
      said.index = 7;
    }),
  },
  {
    corpus: 15,
    name: 'heads of another entry',
    exit: 1,
    codes: ['heads_form'],
    make: headed((said, { ledger }) => {
      said.entry = ledger[60].bytes.toString();
    }),
  },
  {
    corpus: 15,
    name: 'a path that leads elsewhere',
    exit: 1,
    codes: ['heads_path'],
    make: headed((said) => {
      said.path[0] = other(said.path[0]);
    }),
  },
  {
    corpus: 15,
    name: 'a path that is too short',
    exit: 1,
    codes: ['heads_path'],
    make: headed((said) => said.path.pop()),
  },
  {
    corpus: 15,
    name: 'the leaf of another organization',
    exit: 1,
    codes: ['heads_path'],
    make: headed((said) => {
      said.index -= 1;
    }),
  },
  {
    corpus: 15,
    name: 'a leaf with another last entry',
    exit: 1,
    codes: ['heads_leaf', 'heads_path'],
    make: headed((said) => {
      said.last = other(said.last);
    }),
  },
  {
    corpus: 14,
    name: 'a leaf with fewer entries',
    exit: 1,
    codes: ['heads_leaf', 'heads_path'],
    make: headed((said) => {
      said.org_size -= 1;
    }),
  },
];

export default [...tiles, ...bundles, ...proofs, ...heads];
