// Checkpoints, signatures, cosignatures (docs/BUNDLE.md § 3).

import { bundleOf, retext } from './base.mjs';
import { base64 } from '../ledgers.mjs';
import {
  cosignatureLine,
  keyNamed,
  lineOf,
  logLine,
  textOf,
  timeBytes,
  witnessNamed,
} from '../notes.mjs';

const GLOBAL = 'global/checkpoint';
/** A bundle whose checkpoint was changed before all else was made, so that all else fits it. */
const noted =
  (change, path = GLOBAL) =>
  () => ({
    made: bundleOf({ notes: (made) => retext(made.files, path, (text) => change(text, made)) }),
  });
/** A bundle whose ledger's checkpoint has these signature lines. */
const signed =
  (lines, asked = {}) =>
  () => {
    const made = bundleOf({
      notes: (now) => {
        now.files.set(GLOBAL, Buffer.from(`${now.text}\n${lines(now).join('')}`));
      },
    });
    Object.assign(made.asked, asked);
    return { made };
  };
const swap = (from, to) => (text) => text.replace(from, to);
const noForm = { exit: 1, codes: ['checkpoint_form'] };
const noQuorum = {
  exit: 3,
  codes: ['quorum'],
  verdicts: { assurance: 'unmet', integrity: 'verified' },
};
const badSignature = { exit: 1, codes: ['checkpoint_signature'] };
const unsigned = { exit: 3, codes: ['checkpoint_unsigned'], verdicts: { assurance: 'unmet' } };

const ORDER = 2n ** 252n + 27742317777372353535851937790883648493n;

/** The same signature with its scalar one order higher, which lax verifiers take for good. */
function raised(line) {
  const [, name, spelt] = line.trimEnd().split(' ');
  const bytes = Buffer.from(spelt, 'base64');
  const scalar = BigInt(`0x${Buffer.from(bytes.subarray(-32)).reverse().toString('hex')}`) + ORDER;
  Buffer.from(scalar.toString(16).padStart(64, '0'), 'hex')
    .reverse()
    .copy(bytes, bytes.length - 32);
  return `— ${name} ${base64(bytes)}\n`;
}

/** One byte of the signature itself is another. */
function broken(line) {
  const [, name, spelt] = line.trimEnd().split(' ');
  const bytes = Buffer.from(spelt, 'base64');
  bytes[20] ^= 1;
  return `— ${name} ${base64(bytes)}\n`;
}

const forms = [
  ['a size with a leading zero', swap(/\n(\d+)\n/, '\n0$1\n')],
  ['a size with a sign', swap(/\n(\d+)\n/, '\n+$1\n')],
  ['a size above 2^53 - 1', swap(/\n\d+\n/, '\n9007199254740993\n')],
  ['carriage returns', (text) => text.replaceAll('\n', '\r\n')],
  ['no line feed at the end', (text) => text.slice(0, -1)],
  [
    'a root with another spelling',
    swap(
      /(.)=\n\n/,
      (_, last) => `${last === 'A' ? 'B' : String.fromCharCode(last.charCodeAt(0) + 1)}=\n\n`,
    ),
  ],
  ['a root that is too short', swap(/\n[^\n]*=\n\n/, '\nAAAA\n\n')],
  ['an extension line', swap('\n\n', '\nmore\n\n')],
  ['a second empty line', swap('\n\n', '\n\n\n')],
  ['no signature', (text) => `${text.split('\n\n')[0]}\n\n`],
  [
    'seventeen signatures',
    (text, { keys }) => `${text}${lineOf(keyNamed('x'), Buffer.alloc(64)).repeat(13)}`,
  ],
  ['a signature line without a name', (text) => `${text}—  AAAAAAAA\n`],
  ['a signature that is no base64', (text) => `${text}— x AAAA*AAA\n`],
  ['a signature without padding', (text) => `${text}— x AAAAAAA\n`],
  ['a signature of nothing', (text) => `${text}— x AAAAAA==\n`],
  ['a hyphen for a dash', swap('— ', '- ')],
  ['no UTF-8', (text) => text, Buffer.from([0xff])],
];

const formed = forms.map(([name, change, tail]) => ({
  corpus: 19,
  name: `a checkpoint with ${name}`,
  ...noForm,
  make: () => ({
    made: bundleOf({
      notes: (made) => {
        const { files } = made;
        retext(files, GLOBAL, (text) => change(text, made));
        if (tail !== undefined) files.set(GLOBAL, Buffer.concat([files.get(GLOBAL), tail]));
      },
    }),
  }),
}));

export default [
  ...formed,
  {
    corpus: 19,
    name: "an organization's checkpoint with a leading zero",
    ...noForm,
    make: noted(swap(/\n(\d+)\n/, '\n0$1\n'), 'org/checkpoint'),
  },
  {
    corpus: 20,
    name: 'a known key with a bad signature beside good ones',
    ...badSignature,
    make: signed(({ lines }) => [lines[0], lines[1], lines[2], broken(lines[3])]),
  },
  {
    corpus: 20,
    name: 'a log whose signature is bad',
    exit: 1,
    codes: ['checkpoint_signature', 'checkpoint_unsigned'],
    make: signed(({ lines }) => [broken(lines[0]), ...lines.slice(1)]),
  },
  {
    corpus: 20,
    name: 'a scalar that is not canonical',
    exit: 1,
    codes: ['checkpoint_signature', 'checkpoint_unsigned'],
    make: signed(({ lines }) => [raised(lines[0]), ...lines.slice(1)]),
  },
  {
    corpus: 20,
    name: 'an unknown key with a bad signature',
    exit: 0,
    codes: [],
    make: signed(({ lines }) => [...lines, lineOf(keyNamed('x.example'), Buffer.alloc(64))]),
  },
  {
    corpus: 21,
    name: 'the same name with another key',
    ...unsigned,
    make: signed(({ lines, keys, text }) => [
      logLine(keyNamed(keys.log.name, 1, 'another'), text),
      ...lines.slice(1),
    ]),
  },
  {
    corpus: 21,
    name: 'the same id under another name',
    ...unsigned,
    make: signed(({ lines, keys, text }) => {
      const other = { ...keys.log, name: 'other.example' };
      return [logLine(other, text), ...lines.slice(1)];
    }),
  },
  {
    corpus: 21,
    name: 'another key with the same id',
    exit: 1,
    codes: ['checkpoint_signature', 'checkpoint_unsigned'],
    make: signed(({ lines, keys, text }) => {
      const other = { ...keyNamed(keys.log.name, 1, 'another'), id: keys.log.id };
      return [logLine(other, text), ...lines.slice(1)];
    }),
  },
  {
    corpus: 22,
    name: 'a checkpoint of another origin of the same operator',
    exit: 1,
    codes: ['checkpoint_origin'],
    make: () => {
      const other = keyNamed('other.example');
      const made = bundleOf({
        notes: ({ files, text, keys, cosigned }) => {
          const theirs = text.replace(/^.*\n/, 'other.example\n');
          const lines = keys.witnesses.map((key) => cosignatureLine(key, cosigned, theirs));
          files.set(GLOBAL, Buffer.from(`${theirs}\n${logLine(other, theirs)}${lines.join('')}`));
        },
      });
      made.policy = `log ${other.vkey}\n${made.policy}`;
      return { made };
    },
  },
  {
    corpus: 22,
    name: 'an organization signed by the key of the ledger',
    exit: 3,
    codes: ['checkpoint_unsigned'],
    make: noted((text, { keys }) => {
      const [body] = text.split('\n\n');
      return `${body}\n\n${logLine(keys.log, `${body}\n`)}`;
    }, 'org/checkpoint'),
  },
  {
    corpus: 23,
    name: 'a cosignature of another size',
    ...badSignature,
    make: signed(({ lines, keys, text, cosigned }) => {
      const other = text.replace(/\n\d+\n/, '\n101\n');
      return [...lines.slice(0, 3), cosignatureLine(keys.witnesses[2], cosigned, other)];
    }),
  },
  {
    corpus: 23,
    name: 'a cosignature with another time',
    ...badSignature,
    make: signed(({ lines, keys, text, cosigned }) => [
      ...lines.slice(0, 3),
      cosignatureLine(keys.witnesses[2], cosigned, text, cosigned + 1),
    ]),
  },
  {
    corpus: 23,
    name: "a log's signature under a witness's id",
    ...badSignature,
    make: signed(({ lines, keys, text }) => [
      ...lines.slice(0, 3),
      logLine(keys.witnesses[2], text),
    ]),
  },
  {
    corpus: 23,
    name: "a log's signature with a time in front",
    ...badSignature,
    make: signed(({ lines, keys, text, cosigned }) => {
      const [key] = keys.witnesses.slice(2);
      return [...lines.slice(0, 3), lineOf(key, timeBytes(cosigned), key.sign(text))];
    }),
  },
  {
    corpus: 23,
    name: 'cosignatures from the future',
    ...noQuorum,
    make: signed(({ lines, keys, text, cosigned }) => [
      lines[0],
      ...keys.witnesses.map((key) => cosignatureLine(key, cosigned + 60 + 301, text)),
    ]),
  },
  {
    corpus: 23,
    name: 'cosignatures a little ahead of the clock',
    exit: 0,
    codes: [],
    make: signed(({ lines, keys, text, cosigned }) => [
      lines[0],
      ...keys.witnesses.map((key) => cosignatureLine(key, cosigned + 60 + 300, text)),
    ]),
  },
  {
    corpus: 23,
    name: 'cosignatures of time 0',
    ...noQuorum,
    make: signed(({ lines, keys, text }) => [
      lines[0],
      ...keys.witnesses.map((key) => cosignatureLine(key, 0, text)),
    ]),
  },
  {
    corpus: 23,
    name: 'a cosignature of the last moment that 64 bits have',
    ...noQuorum,
    make: signed(({ lines, keys, text }) => [
      ...lines.slice(0, 2),
      cosignatureLine(keys.witnesses[1], 2n ** 64n - 1n, text),
    ]),
  },
  {
    corpus: 24,
    name: 'one witness that cosigned twice',
    ...noQuorum,
    make: signed(({ lines, keys, text, cosigned }) => [
      lines[0],
      lines[1],
      cosignatureLine(keys.witnesses[0], cosigned + 5, text),
    ]),
  },
  {
    corpus: 24,
    name: 'witnesses that the policy does not name',
    ...noQuorum,
    make: signed(({ lines, text, cosigned }) => {
      const others = ['four', 'five'].map((name) => witnessNamed(`${name}.example/witness`));
      return [lines[0], ...others.map((key) => cosignatureLine(key, cosigned, text))];
    }),
  },
  {
    corpus: 34,
    name: 'a log that did not sign',
    ...unsigned,
    make: signed(({ lines }) => lines.slice(1)),
  },
  {
    corpus: 34,
    name: 'one cosignature less than asked for',
    ...noQuorum,
    make: signed(({ lines }) => lines.slice(0, 2)),
  },
  {
    corpus: 36,
    name: 'a key that the policy no longer names',
    ...unsigned,
    make: () => {
      const made = bundleOf();
      const newer = keyNamed(made.keys.log.name, 1, 'the key behind a rotation');
      made.policy = made.policy.replace(made.keys.log.vkey, newer.vkey);
      return { made };
    },
  },
  {
    corpus: 36,
    name: 'the old and the new key in one policy',
    exit: 0,
    codes: [],
    make: () => {
      const made = bundleOf();
      const newer = keyNamed(made.keys.log.name, 1, 'the key behind a rotation');
      made.policy = `log ${newer.vkey}\n${made.policy}`;
      return { made };
    },
  },
  {
    corpus: 28,
    name: 'a policy of another ledger',
    exit: 3,
    codes: ['checkpoint_unsigned'],
    make: () => {
      const made = bundleOf();
      made.policy = made.policy
        .replace(made.keys.log.vkey, keyNamed('other.example').vkey)
        .replace(made.keys.org.vkey, keyNamed('other.example/o/1').vkey);
      return { made };
    },
  },
  {
    corpus: 22,
    name: "a size that is not the manifest's",
    exit: 1,
    codes: ['checkpoint_size', 'proof_inclusion'],
    make: () => ({
      made: bundleOf({
        notes: (made) => {
          const { leaves, origin, keys, files } = made;
          const text = textOf(origin, leaves.length + 1, Buffer.alloc(32));
          const cosigned = keys.witnesses.map((key) => cosignatureLine(key, made.cosigned, text));
          files.set(GLOBAL, Buffer.from(`${text}\n${logLine(keys.log, text)}${cosigned.join('')}`));
        },
      }),
    }),
  },
];
