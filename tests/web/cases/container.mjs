// Containers, policies and manifests (docs/BUNDLE.md § 1, 2, 6).

import { bundleOf, flip, largeBundle, retext } from './base.mjs';
import { zipOf } from '../zip.mjs';
import { keyNamed } from '../notes.mjs';

const zipped =
  (options, change = () => {}) =>
  () => {
    const made = bundleOf();
    change(made.files);
    return { made, given: { zip: zipOf(made.files, options) } };
  };
const header = (fields, isMeant = () => true) => ({
  spoil: (header) => isMeant(header) && Object.assign(header, fields),
});
const directory =
  (...more) =>
  () => {
    const made = bundleOf();
    const files = [...made.files].map(([path, bytes]) => ({ path, bytes }));
    return { made, given: { files: [...files, ...more] } };
  };
const bytes = Buffer.from('x');
const refused = { exit: 2, codes: ['container'] };

const SLUGS = ['edgewise', 'halden', 'harbour', 'polder', 'skerry', 'tidepool', 'vera-holm'];
const genuine = SLUGS.map((slug) => ({
  corpus: 0,
  name: `all that happened at ${slug}`,
  exit: 0,
  codes: [],
  verdicts: { completeness: 'complete' },
  make: () => ({ made: bundleOf({}, slug) }),
}));

const container = [
  { corpus: 0, name: 'a genuine bundle as a zip file', make: zipped({}), exit: 0, codes: [] },
  { corpus: 0, name: 'a genuine bundle as a directory', make: directory(), exit: 0, codes: [] },
  {
    corpus: 35,
    name: 'a path upwards in a zip file',
    ...refused,
    make: zipped({}, (files) => files.set('org/../../evil', bytes)),
  },
  { corpus: 35, name: 'an absolute path', ...refused, make: directory({ path: '/evil', bytes }) },
  {
    corpus: 35,
    name: 'a path with a backslash',
    ...refused,
    make: directory({ path: 'org\\evil', bytes }),
  },
  {
    corpus: 35,
    name: 'a path with an empty part',
    ...refused,
    make: directory({ path: 'org//evil', bytes }),
  },
  {
    corpus: 35,
    name: 'a path twice in a zip file',
    ...refused,
    make: () => {
      const made = bundleOf();
      return { made, given: { zip: zipOf([...made.files, ['zz', bytes], ['zz', bytes]]) } };
    },
  },
  {
    corpus: 35,
    name: 'files that do not ascend',
    ...refused,
    make: () => {
      const made = bundleOf();
      const [first, second, ...rest] = [...made.files]
        .filter(([path]) => path !== 'manifest.json')
        .sort();
      const manifest = ['manifest.json', made.files.get('manifest.json')];
      return { made, given: { zip: zipOf([manifest, second, first, ...rest]) } };
    },
  },
  {
    corpus: 35,
    name: 'a manifest that does not stand first',
    ...refused,
    make: () => {
      const made = bundleOf();
      return { made, given: { zip: zipOf([...made.files].sort()) } };
    },
  },
  {
    corpus: 35,
    name: 'a symbolic link',
    ...refused,
    make: zipped(header({ attributes: 0xa1ff0000 })),
  },
  { corpus: 35, name: 'a compressed file', ...refused, make: zipped(header({ method: 8 })) },
  { corpus: 35, name: 'a data descriptor', ...refused, make: zipped(header({ flags: 8 })) },
  { corpus: 35, name: 'a time of day', ...refused, make: zipped(header({ time: 1 })) },
  { corpus: 35, name: 'another version', ...refused, make: zipped(header({ version: 20 })) },
  { corpus: 35, name: 'made by another', ...refused, make: zipped(header({ made: 0x0314 })) },
  {
    corpus: 35,
    name: 'an extra field',
    ...refused,
    make: zipped(header({ extra: Buffer.alloc(4) })),
  },
  {
    corpus: 35,
    name: 'a length that lies',
    ...refused,
    make: zipped(header({ length: 0x7fffffff }, ({ path }) => path === 'HOWTO.txt')),
  },
  {
    corpus: 35,
    name: 'another sum',
    ...refused,
    make: zipped(header({ crc: 1 }, ({ path }) => path === 'HOWTO.txt')),
  },
  { corpus: 35, name: 'a comment', ...refused, make: zipped({ comment: 'hello' }) },
  { corpus: 35, name: 'something behind the end', ...refused, make: zipped({ tail: 'x' }) },
  {
    corpus: 35,
    name: 'no zip file',
    ...refused,
    make: () => ({ made: bundleOf(), given: { zip: Buffer.from('hello') } }),
  },
  {
    corpus: 35,
    name: 'nothing',
    ...refused,
    make: () => ({ made: bundleOf(), given: { zip: Buffer.alloc(0) } }),
  },
  {
    corpus: 35,
    name: 'too many files',
    ...refused,
    make: () => {
      const files = Array.from({ length: 65_001 }, (_, at) => ({ path: `f${at}`, bytes }));
      return { made: bundleOf(), given: { files } };
    },
  },
];

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

const policies = [
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

const bundled = (spec, slug) => () => ({ made: bundleOf(spec, slug) });
const OTHER = '11111111-1111-4111-8111-111111111111';
const noManifest = { exit: 1, codes: ['manifest_form'] };

const manifests = [
  {
    corpus: 16,
    name: 'no manifest',
    ...noManifest,
    make: bundled({ after: ({ files }) => files.delete('manifest.json') }),
  },
  {
    corpus: 16,
    name: 'a manifest in another spelling',
    ...noManifest,
    make: bundled({ after: ({ files }) => retext(files, 'manifest.json', (text) => `${text}\n`) }),
  },
  {
    corpus: 16,
    name: 'a manifest with another field',
    ...noManifest,
    make: bundled({
      manifest: (manifest) => {
        manifest.note = 'hello';
      },
    }),
  },
  {
    corpus: 16,
    name: 'a manifest without a field',
    ...noManifest,
    make: bundled({
      manifest: (manifest) => {
        delete manifest.heads;
      },
    }),
  },
  {
    corpus: 16,
    name: 'a range that lies',
    ...noManifest,
    make: bundled({
      manifest: (manifest) => {
        manifest.to += 1;
      },
    }),
  },
  {
    corpus: 16,
    name: 'a range that ends before it begins',
    ...noManifest,
    make: bundled({
      manifest: (manifest) => {
        manifest.from = manifest.to + 1;
      },
    }),
  },
  {
    corpus: 16,
    name: 'heads behind the size',
    ...noManifest,
    make: bundled({
      manifest: (manifest) => {
        manifest.size = manifest.heads;
      },
    }),
  },
  {
    corpus: 16,
    name: 'an origin that is not of the log',
    ...noManifest,
    make: bundled({
      manifest: (manifest) => {
        manifest.origin = 'other.example';
      },
    }),
  },
  {
    corpus: 16,
    name: 'a manifest that names itself',
    ...noManifest,
    make: bundled({
      manifest: (manifest) => {
        const [like] = manifest.files;
        const at = manifest.files.findIndex(({ path }) => path > 'manifest.json');
        manifest.files.splice(at, 0, { ...like, path: 'manifest.json' });
      },
    }),
  },
  {
    corpus: 16,
    name: 'a file that is named twice',
    ...noManifest,
    make: bundled({ manifest: ({ files }) => files.splice(1, 0, files[0]) }),
  },
  {
    corpus: 33,
    name: 'a format that is not known',
    exit: 2,
    codes: ['manifest_format'],
    make: bundled({
      manifest: (manifest) => {
        manifest.format = 2;
      },
    }),
  },
  {
    corpus: 33,
    name: 'a name twice in the manifest',
    ...noManifest,
    make: bundled({
      after: ({ files }) => {
        retext(files, 'manifest.json', (text) =>
          text.replace('"format":1', '"format":1,"format":1'),
        );
      },
    }),
  },
  {
    corpus: 16,
    name: 'a file more',
    exit: 1,
    codes: ['file_extra'],
    make: bundled({ after: ({ files }) => files.set('verify.sh', bytes) }),
  },
  {
    corpus: 16,
    name: 'a file that has no place',
    exit: 1,
    codes: ['path_unknown'],
    make: bundled({ files: ({ files }) => files.set('verify.sh', bytes) }),
  },
  {
    corpus: 16,
    name: 'a file less',
    exit: 1,
    codes: ['file_missing'],
    make: bundled({ after: ({ files }) => files.delete('HOWTO.txt') }),
  },
  {
    corpus: 16,
    name: 'a file that no bundle is without',
    exit: 1,
    codes: ['file_missing'],
    make: bundled({ files: ({ files }) => files.delete('HOWTO.txt') }),
  },
  {
    corpus: 1,
    name: 'a bit of a file',
    exit: 1,
    codes: ['file_changed'],
    make: bundled({ after: ({ files }) => flip(files, 'HOWTO.txt') }),
  },
  {
    corpus: 1,
    name: 'a file that is one byte longer',
    exit: 1,
    codes: ['file_changed'],
    make: bundled({ after: ({ files }) => retext(files, 'HOWTO.txt', (text) => `${text}\n`) }),
  },
  {
    corpus: 16,
    name: 'the name of another organization',
    exit: 1,
    make: bundled({
      manifest: (manifest) => {
        manifest.org = OTHER;
        manifest.org_origin = `${manifest.origin}/o/${OTHER}`;
      },
    }),
    codes: ['checkpoint_origin', 'entry_org', 'org_prev', 'heads_path'],
  },
  {
    corpus: 0,
    name: 'a range of a large organization',
    exit: 0,
    codes: [],
    verdicts: { completeness: 'range' },
    make: () => ({ made: largeBundle({ from: 300, to: 400 }) }),
  },
  {
    corpus: 0,
    name: 'no entries at all',
    exit: 0,
    codes: [],
    verdicts: { completeness: 'range' },
    make: bundled({ from: 5, to: 5 }),
  },
];

export default [...genuine, ...container, ...policies, ...manifests];
