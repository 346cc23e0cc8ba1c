// Containers (docs/BUNDLE.md § 1).

import { bundleOf } from './base.mjs';
import { zipOf } from '../zip.mjs';

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

export default [...genuine, ...container];
