// Policies (docs/BUNDLE.md § 6).

import { bundleOf } from './base.mjs';
import { keyNamed } from '../notes.mjs';

const policed =
  (policy, asked = {}) =>
  () => {
    const made = bundleOf();
    made.policy = typeof policy === 'function' ? policy(made.policy, made.keys) : policy;
    Object.assign(made.asked, asked);
    return { made };
  };
const noPolicy = { exit: 2, codes: ['policy'] };
const swap = (from, to) => (text) => text.replace(from, to);

export default [
  { corpus: 41, name: 'an empty policy', ...noPolicy, make: policed('') },
  {
    corpus: 41,
    name: 'a quorum of nobody',
    exit: 2,
    codes: ['policy_unwitnessed'],
    make: policed(swap(/quorum .*/, 'quorum none')),
  },
  {
    corpus: 41,
    name: 'a quorum of nobody that was allowed',
    exit: 0,
    codes: [],
    verdicts: { assurance: 'signed' },
    make: policed(swap(/quorum .*/, 'quorum none'), { allowUnwitnessed: true }),
  },
  { corpus: 41, name: 'no quorum', ...noPolicy, make: policed(swap(/quorum .*/, '')) },
  { corpus: 41, name: 'two quorums', ...noPolicy, make: policed((text) => `${text}quorum w1\n`) },
  {
    corpus: 24,
    name: 'one witness under two names',
    ...noPolicy,
    make: policed((text, keys) => `witness again ${keys.witnesses[0].vkey}\n${text}`),
  },
  {
    corpus: 24,
    name: "a log's key as a witness",
    ...noPolicy,
    make: policed((text, keys) => {
      const key = keyNamed('sly.example', 4, keys.log.name);
      return `witness sly ${key.vkey}\n${text}`;
    }),
  },
  {
    corpus: 24,
    name: 'a member of two groups',
    ...noPolicy,
    make: policed(swap('quorum', 'group again any w1\nquorum')),
  },
  {
    corpus: 24,
    name: 'a member without a line before',
    ...noPolicy,
    make: policed(swap('w1 w2 w3', 'w1 w2 w4')),
  },
  {
    corpus: 24,
    name: 'more than there are members',
    ...noPolicy,
    make: policed(swap('two-of-three 2', 'two-of-three 4')),
  },
  {
    corpus: 24,
    name: 'none of the members',
    ...noPolicy,
    make: policed(swap('two-of-three 2', 'two-of-three 0')),
  },
  {
    corpus: 19,
    name: 'a policy with carriage returns',
    ...noPolicy,
    make: policed((text) => text.replaceAll('\n', '\r\n')),
  },
  {
    corpus: 21,
    name: 'an id that is not that of its key',
    ...noPolicy,
    make: policed(swap(/(witness w1 [^+]*\+)......../, '$100000000')),
  },
  {
    corpus: 23,
    name: "a witness's key for a log",
    ...noPolicy,
    make: policed((text, keys) => `log ${keys.witnesses[0].vkey}\nquorum none\n`),
  },
  {
    corpus: 23,
    name: "a log's key for a witness",
    exit: 0,
    codes: [],
    make: policed((text, keys) => {
      const [first] = keys.witnesses;
      return text.replace(first.vkey, keyNamed(first.name, 1).vkey);
    }),
  },
  {
    corpus: 24,
    name: 'a group that holds a group',
    exit: 0,
    codes: [],
    make: policed(swap(/quorum .*/, '\tgroup  all-of-it all two-of-three\n quorum all-of-it')),
  },
];
