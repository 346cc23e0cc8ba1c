// Disclosures, erasures, counts (docs/BUNDLE.md § 5).

import { bundleOf } from './base.mjs';
import { ndjson } from '../bundle.mjs';
import { insert } from '../ledgers.mjs';

const FILE = 'disclosures.ndjson';
/** Other disclosures than those that were made. */
const disclosed =
  (change, manifest = () => {}) =>
  () => ({
    made: bundleOf({
      manifest,
      files: (made) => {
        const lines = structuredClone(made.disclosures);
        change(
          lines.map(({ disclosure }) => disclosure),
          lines,
        );
        made.files.set(FILE, ndjson(lines));
      },
    }),
  });
const written = (text) => () => ({
  made: bundleOf({
    files: ({ files }) => files.set(FILE, Buffer.from(text(files.get(FILE).toString()))),
  }),
});
const one = (code) => ({ exit: 1, codes: [code, 'counts'] });
/** Was a member once. */
const BEN = '839f1f6d-32d9-4be1-9321-9248359587c8';

/** The end of the reference ledger's history of an organization, with an erasure in it. */
function erased(change = () => {}, spec = {}) {
  return () => ({
    made: bundleOf({
      history: (entries, ledger) => {
        const { value } = entries.at(-1);
        const data = { user: BEN };
        change(data);
        const subjects = [BEN, ...(data.reason === undefined ? [] : [value.org])].sort();
        insert(ledger, value.seq + 1, value.org, 'PersonalDataErased', data, {
          actor: 'operator:c99ee8d3-7f6a-4d0c-a1e3-4f1f7f4f7c11',
          subjects,
        });
      },
      ...spec,
    }),
  });
}

export default [
  {
    corpus: 0,
    name: 'nothing disclosed',
    exit: 0,
    codes: [],
    make: () => ({ made: bundleOf({ disclose: () => false }) }),
  },
  {
    corpus: 29,
    name: 'another value',
    ...one('disclosure_mismatch'),
    make: disclosed(([first]) => {
      first.value += 'x';
    }),
  },
  {
    corpus: 29,
    name: 'another salt',
    ...one('disclosure_mismatch'),
    make: disclosed(([first, second]) => {
      first.salt = second.salt;
    }),
  },
  {
    corpus: 29,
    name: 'another field',
    exit: 1,
    codes: ['counts', 'disclosure_nothing', 'disclosure_order'],
    make: disclosed(([first]) => {
      first.field = '/title';
    }),
  },
  {
    corpus: 29,
    name: 'a field that every object has',
    exit: 1,
    codes: ['counts', 'disclosure_nothing'],
    make: disclosed(([first]) => {
      first.field = '/constructor';
    }),
  },
  {
    corpus: 29,
    name: 'another seq',
    exit: 1,
    codes: ['counts', 'disclosure_nothing'],
    make: disclosed(([first]) => {
      first.seq = 3;
    }),
  },
  {
    corpus: 29,
    name: 'another subject',
    ...one('disclosure_owner'),
    make: disclosed(([first, ...rest]) => {
      first.of = rest.find(({ of }) => of !== first.of).of;
    }),
  },
  {
    corpus: 29,
    name: 'one twice',
    exit: 1,
    codes: ['disclosure_order'],
    make: disclosed((_, lines) => lines.splice(1, 0, lines[0])),
  },
  {
    corpus: 29,
    name: 'two that changed places',
    exit: 1,
    codes: ['disclosure_order'],
    make: disclosed((_, lines) => lines.splice(0, 2, lines[1], lines[0])),
  },
  {
    corpus: 29,
    name: 'a field more',
    ...one('disclosure_form'),
    make: disclosed(([first]) => {
      first.note = 'x';
    }),
  },
  {
    corpus: 29,
    name: 'a salt that is too short',
    ...one('disclosure_form'),
    make: disclosed(([first]) => {
      first.salt = 'AAAA';
    }),
  },
  {
    corpus: 33,
    name: 'a name twice in a disclosure',
    ...one('disclosure_form'),
    make: written((text) => text.replace('"seq":24', '"seq":24,"seq":24')),
  },
  {
    corpus: 29,
    name: 'no line feed at the end',
    ...one('disclosure_form'),
    make: written((text) => text.slice(0, -1)),
  },
  {
    corpus: 29,
    name: 'an empty line',
    exit: 1,
    codes: ['disclosure_form'],
    make: written((text) => `\n${text}`),
  },
  { corpus: 29, name: 'a file of nothing', ...one('disclosure_form'), make: written(() => '') },
  {
    corpus: 30,
    name: 'withheld values that are called erased',
    exit: 1,
    codes: ['counts'],
    make: () => ({
      made: bundleOf({
        disclose: () => false,
        manifest: ({ counts }) => {
          counts.erased = counts.withheld;
          counts.withheld = 0;
        },
      }),
    }),
  },
  {
    corpus: 30,
    name: 'values of somebody erased that are still disclosed',
    exit: 1,
    codes: ['disclosure_erased'],
    needs: 'PersonalDataErased.v1',
    make: erased(),
  },
  {
    corpus: 30,
    name: 'values of somebody erased that are gone',
    exit: 0,
    codes: [],
    needs: 'PersonalDataErased.v1',
    make: erased(undefined, {
      disclose: (_, { of }) => of !== BEN,
    }),
  },
];
