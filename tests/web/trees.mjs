// RFC 6962 word for word: roots and proofs by their definitions, slow and plain. The verifier under
// test computes none of them this way.

import { createHash } from 'node:crypto';

export const sha256 = (...parts) => {
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  return hash.digest();
};

export const leafOf = (bytes) => sha256(Buffer.from([0]), bytes);
const nodeOf = (left, right) => sha256(Buffer.from([1]), left, right);

function splitOf(count) {
  let split = 1;
  while (split * 2 < count) split *= 2;
  return split;
}

export function rootOf(leaves) {
  if (leaves.length === 0) return sha256();
  if (leaves.length === 1) return leaves[0];
  const split = splitOf(leaves.length);
  return nodeOf(rootOf(leaves.slice(0, split)), rootOf(leaves.slice(split)));
}

/** PATH(m, D[n]), RFC 6962 § 2.1.1. */
export function inclusionPath(index, leaves) {
  if (leaves.length <= 1) return [];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return index < split
    ? [...inclusionPath(index, left), rootOf(right)]
    : [...inclusionPath(index - split, right), rootOf(left)];
}

/** PROOF(m, D[n]), RFC 6962 § 2.1.2. */
export function consistencyPath(old, leaves, isWhole = true) {
  if (old === leaves.length) return isWhole ? [] : [rootOf(leaves)];
  const split = splitOf(leaves.length);
  const [left, right] = [leaves.slice(0, split), leaves.slice(split)];
  return old <= split
    ? [...consistencyPath(old, left, isWhole), rootOf(right)]
    : [...consistencyPath(old - split, right, false), rootOf(left)];
}

/** Every tile of a tree: `[level, place, hashes]`, each hash by its definition in tlog-tiles. */
export function tilesOf(leaves) {
  const tiles = [];
  for (let level = 0, width = 1; Math.floor(leaves.length / width) > 0; level += 1, width *= 256) {
    const count = Math.floor(leaves.length / width);
    for (let place = 0; place * 256 < count; place += 1) {
      const hashes = [];
      for (let at = place * 256; at < Math.min(count, place * 256 + 256); at += 1) {
        hashes.push(rootOf(leaves.slice(at * width, (at + 1) * width)));
      }
      tiles.push([level, place, hashes]);
    }
  }
  return tiles;
}
