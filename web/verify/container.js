// The files of a bundle by path (docs/BUNDLE.md § 1). They are read once: what is checked is what
// is shown.

import { demand } from './bytes.js';
import { filesOfZip } from './zip.js';

const FILES_AT_MOST = 65_000;
export const BYTES_AT_MOST = 2 ** 30;

/** Whether a path can stand in a bundle on any system, and leads nowhere else. */
function isSafe(path) {
  return path
    .split('/')
    .every((part) => /^[a-zA-Z0-9._-]+$/.test(part) && part !== '.' && part !== '..');
}

/**
 * What was given is either `{ zip: bytes }` or `{ files: [{ path, bytes }] }`, or `{ refused: why
 * }` where the place it comes from could not be read. Answers path → bytes, ascending.
 */
export function readContainer(given) {
  demand(given.refused === undefined, given.refused);
  if (given.zip !== undefined) {
    demand(given.zip.length <= BYTES_AT_MOST, 'it is above 1 GiB');
    return checked(filesOfZip(given.zip, FILES_AT_MOST));
  }
  return checked(given.files);
}

function checked(found) {
  demand(found.length <= FILES_AT_MOST, `it has more than ${FILES_AT_MOST} files`);
  const files = new Map();
  let total = 0;
  for (const { path, bytes } of found) {
    demand(isSafe(path), `a path is not allowed: ${JSON.stringify(path)}`);
    demand(!files.has(path), `a path is there twice: ${path}`);
    total += bytes.length;
    files.set(path, bytes);
  }
  demand(total <= BYTES_AT_MOST, 'it is above 1 GiB');
  return files;
}
