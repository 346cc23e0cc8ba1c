// RFC 6962: what a proof leads to. Sizes may be above 2^32, so bits are taken by division.

import { EMPTY_ROOT, nodeHash } from './hashes.js';
import { same } from './bytes.js';

const half = (number) => Math.floor(number / 2);
const isOdd = (number) => number % 2 === 1;

/** The root that an inclusion proof leads to from a leaf, or null where its length does not fit. */
export function inclusionRoot(leaf, index, size, path) {
  if (index >= size) return null;
  let [place, last, root] = [index, size - 1, leaf];
  for (const sibling of path) {
    if (last === 0) return null;
    if (isOdd(place) || place === last) {
      root = nodeHash(sibling, root);
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      root = nodeHash(root, sibling);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 ? root : null;
}

/** Whether a proof shows that a tree begins with all of an older, smaller one. */
export function isConsistent(old, size, oldRoot, root, path) {
  if (old > size) return false;
  if (old === size) return path.length === 0 && same(oldRoot, root);
  if (old === 0) return path.length === 0 && same(oldRoot, EMPTY_ROOT);
  let [place, last] = [old - 1, size - 1];
  while (isOdd(place)) [place, last] = [half(place), half(last)];
  // A whole old tree is a node of the new one, and its root is not said twice.
  const hashes = place === 0 ? [oldRoot, ...path] : path;
  if (hashes.length === 0) return false;
  let [before, after] = [hashes[0], hashes[0]];
  for (const hash of hashes.slice(1)) {
    if (last === 0) return false;
    if (isOdd(place) || place === last) {
      before = nodeHash(hash, before);
      after = nodeHash(hash, after);
      while (!isOdd(place) && place !== 0) [place, last] = [half(place), half(last)];
    } else {
      after = nodeHash(after, hash);
    }
    [place, last] = [half(place), half(last)];
  }
  return last === 0 && same(before, oldRoot) && same(after, root);
}

/** The root over whole subtrees that stand side by side, the largest first. */
export function rootOfPeaks(peaks) {
  if (peaks.length === 0) return EMPTY_ROOT;
  return peaks.reduceRight((right, left) => nodeHash(left, right));
}

/** The root over hashes as many as a power of two. */
export function rootOfWhole(hashes) {
  let level = hashes;
  while (level.length > 1) {
    const above = [];
    for (let at = 0; at < level.length; at += 2) above.push(nodeHash(level[at], level[at + 1]));
    level = above;
  }
  return level[0];
}
