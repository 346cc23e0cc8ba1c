// Manifests, and the files that they name (docs/BUNDLE.md § 2).

import { bundleOf, flip, largeBundle, retext } from './base.mjs';

const bytes = Buffer.from('x');
const bundled = (spec, slug) => () => ({ made: bundleOf(spec, slug) });
const OTHER = '11111111-1111-4111-8111-111111111111';
const noManifest = { exit: 1, codes: ['manifest_form'] };

export default [
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
