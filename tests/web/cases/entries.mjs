// Entries and their links (events/README.md § 1, 2).

import { bundleOf } from './base.mjs';
import { orgNamed, referenceLedger, relink, later } from '../ledgers.mjs';
import { entryBundle, makeBundle } from '../bundle.mjs';

const ENTRIES = 'org/tile/entries/000.p/20';
const OTHER = '11111111-1111-4111-8111-111111111111';

/** A history that was changed before anything was signed. */
const told =
  (history, spec = {}) =>
  () => ({ made: bundleOf({ history, ...spec }) });
/** An entry in another spelling, with everything else made to fit. */
const spelt = (spoil, at = 7) =>
  told((entries) => {
    entries[at].spoil = spoil;
  });
/** Values that `relink` would put right, put wrong behind it. */
const bent = (at, change) =>
  spelt((text) => {
    const value = JSON.parse(text);
    change(value);
    return JSON.stringify(value);
  }, at);
/** Other entries than the tree has. */
const swapped = (change) => () => ({
  made: bundleOf({
    files: (made) => {
      const bytes = made.entries.map((entry) => entry.bytes);
      made.files.set(ENTRIES, entryBundle(change(bytes, made)));
    },
  }),
});
const swap = (from, to) => (text) => text.replace(from, to);
const noForm = { exit: 1, codes: ['entry_form'] };

const forms = [
  ['a name twice', swap('"v":1', '"v":1,"v":1')],
  ['an escape that is not needed', swap('"Quay"', '"Qu\\u0061y"')],
  ['an exponent', swap('"v":1', '"v":1e0')],
  ['a number above 2^53 - 1', swap(/"seq":\d+/, '"seq":9007199254740993')],
  ['a fraction', swap('"v":1', '"v":1.0')],
  ['a leading zero', swap('"v":1', '"v":01')],
  ['a sign', swap('"v":1', '"v":-1')],
  ['half a surrogate', swap('"Quay"', '"Quay\\ud800"')],
  ['a byte order mark', (text) => `\ufeff${text}`],
  ['white space', swap('"v":1', '"v": 1')],
  ['something behind', (text) => `${text}\n`],
  ['another order', swap(/"tv":1,"type":"TeamCreated"/, '"type":"TeamCreated","tv":1')],
  ['null', swap('"tv":1', '"source":null,"tv":1')],
  ['another normal form', swap('"Quay"', '"Quay\u0065\u0301"')],
  ['a control character', swap('"Quay"', '"Quay\u0001"')],
  ['a long escape', swap('"Quay"', '"Quay\\u000a"')],
  ['a capital in an escape', swap('"Quay"', '"Quay\\u001F"')],
  ['17 levels', swap('"data":{', `"data":{"a":${'['.repeat(17)}${']'.repeat(17)},`)],
  ['more than 8192 bytes', swap('"Quay"', `"${'x'.repeat(9000)}"`)],
].map(([name, spoil]) => ({
  corpus: 33,
  name: `an entry with ${name}`,
  ...noForm,
  make: spelt(spoil),
}));

const schemas = [
  ['another suite', swap('"v":1', '"v":2')],
  ['a version that is not known', swap('"tv":1', '"tv":2')],
  ['a type that is not known', swap('TeamCreated', 'TeamDreamt')],
  ['a type like a part of every object', swap('"TeamCreated"', '"constructor"')],
  ['a field that is not known', swap('"name":"Quay"', '"colour":"red","name":"Quay"')],
  ['a field less', swap('"name":"Quay",', '')],
  ['a day that is none', swap(/"time":"....-..-..T/, '"time":"2026-02-30T')],
  ['subjects that do not follow', swap('"subjects":[]', `"subjects":["${OTHER}"]`)],
  ['a control character in a name', swap('"Quay"', '"Quay\\n"')],
  ['an actor that is none', swap(/"actor":"user:/, '"actor":"admin:')],
].map(([name, spoil]) => ({
  corpus: 34,
  name: `an entry with ${name}`,
  ...noForm,
  make: spelt(spoil),
}));

const links = [
  {
    corpus: 2,
    name: 'an entry that was changed, and all links behind it',
    exit: 1,
    seqs: { entry_leaf: 30 },
    codes: ['entry_leaf', 'heads_leaf', 'proof_inclusion'],
    make: swapped((bytes, { ledger }) => {
      const copy = structuredClone(
        ledger.map(({ value, disclosures }) => ({ value, disclosures })),
      );
      copy.find(({ value }) => value.seq === 30).value.data.name = 'Quai';
      relink(copy);
      const { org } = copy[30].value;
      return copy.filter(({ value }) => value.org === org).map((entry) => entry.bytes);
    }),
  },
  {
    corpus: 1,
    name: 'a bit of an entry',
    exit: 1,
    codes: ['entry_leaf', 'org_prev', 'prev'],
    seqs: { entry_leaf: 30, org_prev: 31, prev: 31 },
    make: swapped((bytes) =>
      bytes.map((one, at) =>
        at === 7 ? Buffer.from(one.toString().replace('Quay', 'Quax')) : one,
      ),
    ),
  },
  {
    corpus: 4,
    name: 'a middle entry that is gone',
    exit: 1,
    codes: ['entries_form'],
    make: swapped((bytes) => bytes.filter((_, at) => at !== 7)),
  },
  {
    corpus: 6,
    name: 'two entries that changed places',
    exit: 1,
    seqs: { entry_leaf: 31 },
    codes: ['effective_order', 'entry_leaf', 'org_prev', 'org_seq', 'seq_order', 'time_order'],
    make: swapped((bytes) => {
      const copy = [...bytes];
      [copy[7], copy[8]] = [copy[8], copy[7]];
      return copy;
    }),
  },
  {
    corpus: 7,
    name: 'an entry that stands twice',
    exit: 1,
    codes: ['entry_leaf', 'org_prev', 'org_seq', 'seq_order', 'time_order'],
    make: swapped((bytes) => bytes.map((one, at) => (at === 8 ? bytes[7] : one))),
  },
  {
    corpus: 8,
    name: 'an entry of another organization',
    exit: 1,
    codes: [
      'counts',
      'effective_order',
      'entry_leaf',
      'entry_org',
      'org_prev',
      'org_seq',
      'seq_order',
      'time_order',
    ],
    make: swapped((bytes, { ledger }) =>
      bytes.map((one, at) => (at === 7 ? ledger[1].bytes : one)),
    ),
  },
  {
    corpus: 8,
    name: 'an entry that names another organization',
    exit: 1,
    codes: ['entry_org'],
    make: bent(7, (value) => {
      value.org = OTHER;
    }),
  },
  {
    corpus: 9,
    name: 'an entry of another ledger',
    exit: 1,
    codes: ['entry_log'],
    make: bent(7, (value) => {
      value.log = 'ledger.example/staging';
    }),
  },
  {
    corpus: 2,
    name: 'another place',
    exit: 1,
    codes: ['org_seq'],
    make: bent(7, (value) => {
      value.org_seq = 9;
    }),
  },
  {
    corpus: 27,
    name: 'links over other bytes than the tree has',
    exit: 1,
    codes: ['org_prev'],
    seqs: { org_prev: 30 },
    make: bent(7, (value) => {
      value.org_prev = value.prev.replace(/^./, 'x');
    }),
  },
  {
    corpus: 27,
    name: 'a link in the ledger over other bytes',
    exit: 1,
    codes: ['prev'],
    seqs: { prev: 30 },
    make: bent(7, (value) => {
      value.prev = value.prev.replace(/^./, 'x');
    }),
  },
  {
    corpus: 2,
    name: 'a beginning that is not the genesis',
    exit: 1,
    codes: ['org_prev'],
    seqs: { org_prev: 23 },
    make: bent(0, (value) => {
      value.org_prev = value.org_prev.replace(/^./, 'x');
    }),
  },
  {
    corpus: 2,
    name: "a ledger's beginning that is not its genesis",
    exit: 1,
    codes: ['prev'],
    seqs: { prev: 0 },
    make: () => ({
      made: bundleOf(
        {
          history: (entries) => {
            entries[0].spoil = (text) => {
              const value = JSON.parse(text);
              value.prev = value.prev.replace(/^./, 'x');
              return JSON.stringify(value);
            };
          },
        },
        'tidepool',
      ),
    }),
  },
  {
    corpus: 32,
    name: 'a time that goes back',
    exit: 1,
    codes: ['effective_order', 'time_order'],
    seqs: { time_order: 30 },
    make: told((entries) => {
      entries[7].value.time = later(entries[6].value.time, -1);
    }),
  },
  {
    corpus: 5,
    name: 'an entry that says it happened earlier',
    exit: 1,
    codes: ['effective_order'],
    seqs: { effective_order: 30 },
    make: told((entries) => {
      entries[7].value.occurred = later(entries[6].value.time, -1);
    }),
  },
  {
    corpus: 32,
    name: 'what occurred after it was recorded',
    exit: 1,
    codes: ['entry_form'],
    make: told((entries) => {
      entries[7].value.occurred = later(entries[7].value.time, 10_000_000);
    }),
  },
  {
    corpus: 32,
    name: 'an entry that is younger than what witnesses saw',
    exit: 1,
    codes: ['entry_after_cosignature'],
    make: () => {
      const ledger = referenceLedger();
      const org = orgNamed(ledger, 'skerry');
      return { made: makeBundle({ ledger, org, early: 306 }) };
    },
  },
];

export default [...forms, ...schemas, ...links];
