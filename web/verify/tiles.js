// The organization's tree as tiles (C2SP tlog-tiles): which there are, and what they lead to.

import { same } from './bytes.js';
import { rootOfPeaks, rootOfWhole } from './trees.js';

export const WIDTH = 256;
/** A container holds no more files, so whatever would need more is not there. */
export const TILES_AT_MOST = 65_000;
// A number has no needless group of zeros in front.
const PLACE = '(?!x000)(x[0-9]{3}/)*[0-9]{3}';
const PARTIAL = '(\\.p/([1-9][0-9]?|1[0-9]{2}|2[0-4][0-9]|25[0-5]))?';
const TILE = new RegExp(`^org/tile/([0-9]|[1-5][0-9]|6[0-3])/${PLACE}${PARTIAL}$`);
const ENTRIES = new RegExp(`^org/tile/entries/${PLACE}${PARTIAL}$`);

export const isHashTilePath = (path) => TILE.test(path);
export const isEntriesPath = (path) => ENTRIES.test(path);
export const isTilePath = (path) => isHashTilePath(path) || isEntriesPath(path);

/** A place in groups of three digits, all but the last behind an x. */
function groups(place) {
  const digits = String(place);
  const padded = digits.padStart(Math.ceil(digits.length / 3) * 3, '0');
  const parts = padded.match(/.{3}/g);
  return parts.map((part, at) => (at < parts.length - 1 ? `x${part}` : part)).join('/');
}

/** The path of a tile; `width` is 256 for a full one. */
export function tilePath(level, place, width) {
  const partial = width === WIDTH ? '' : `.p/${width}`;
  return `org/tile/${level}/${groups(place)}${partial}`;
}

/** How many hashes stand on each level of a tree, as long as there are any. */
function levels(size) {
  const counts = [];
  for (let count = size; count > 0; count = Math.floor(count / WIDTH)) counts.push(count);
  return counts;
}

/** The hashes of the tiles, by level and place, as far as they could be read. */
class Tree {
  constructor(size) {
    this.size = size;
    this.tiles = levels(size).map(() => []);
    /** Whether every tile is there and all lead to the checkpoint's root. */
    this.isWhole = false;
  }

  hash(level, at) {
    const place = Math.floor(at / WIDTH);
    return this.tiles[level]?.[place]?.[at % WIDTH];
  }

  /** The root of the first `size` leaves. Needs every tile. */
  root(size) {
    const peaks = [];
    const counts = levels(size);
    for (let level = counts.length - 1; level >= 0; level -= 1) {
      let at = Math.floor(counts[level] / WIDTH) * WIDTH;
      const hashes = [];
      for (; at < counts[level]; at += 1) hashes.push(this.hash(level, at));
      peaks.push(...peaksOf(hashes));
    }
    return rootOfPeaks(peaks);
  }
}

/** The roots of the whole subtrees, the largest first, that fewer than 256 hashes are made of. */
function peaksOf(hashes) {
  const peaks = [];
  let at = 0;
  for (let width = WIDTH / 2; width >= 1; width /= 2) {
    if ((hashes.length & width) === 0) continue;
    peaks.push(rootOfWhole(hashes.slice(at, at + width)));
    at += width;
  }
  return peaks;
}

/** Reads all tiles of the organization's size and follows them up to its checkpoint's root. */
export function checkTiles({ manifest, files, findings }, checkpoint) {
  const tree = new Tree(manifest.org_size);
  const wanted = readTiles(tree, files, findings);
  for (const path of files.keys()) {
    if (!isHashTilePath(path) || wanted.paths.has(path)) continue;
    const detail = `${path} stands for no tile of the size ${tree.size}`;
    findings.add('tile_extra', detail, { file: path });
  }
  const agree = checkLevels(tree, findings);
  if (!wanted.all || checkpoint === null) return tree;
  const leads = same(tree.root(tree.size), checkpoint.root);
  if (!leads) findings.add('tile_root', 'the tiles do not lead to the root of org/checkpoint');
  tree.isWhole = agree && leads && checkpoint.size === tree.size;
  return tree;
}

function readTiles(tree, files, findings) {
  const wanted = { paths: new Set(), all: true };
  for (const [level, count] of levels(tree.size).entries()) {
    for (let place = 0; place * WIDTH < count; place += 1) {
      const path = tilePath(level, place, Math.min(WIDTH, count - place * WIDTH));
      if (wanted.paths.size === TILES_AT_MOST) {
        findings.add('tile_missing', `${path} and those behind it are not there`, { file: path });
        return { ...wanted, all: false };
      }
      wanted.paths.add(path);
      const hashes = readTile(path, Math.min(WIDTH, count - place * WIDTH), files, findings);
      if (hashes === null) wanted.all = false;
      else tree.tiles[level][place] = hashes;
    }
  }
  return wanted;
}

function readTile(path, width, files, findings) {
  const bytes = files.get(path);
  if (bytes === undefined) {
    findings.add('tile_missing', `${path} is not there`, { file: path });
    return null;
  }
  if (bytes.length !== width * 32) {
    findings.add('tile_form', `${path} is not ${width} hashes long`, { file: path });
    return null;
  }
  return Array.from({ length: width }, (_, at) => bytes.subarray(at * 32, at * 32 + 32));
}

/** Whether each full tile has, on the level above, the hash that it leads to. */
function checkLevels(tree, findings) {
  let agree = true;
  for (let level = 0; level + 1 < tree.tiles.length; level += 1) {
    tree.tiles[level].forEach((hashes, place) => {
      const above = tree.hash(level + 1, place);
      if (hashes.length < WIDTH || above === undefined) return;
      if (same(rootOfWhole(hashes), above)) return;
      agree = false;
      const path = tilePath(level, place, WIDTH);
      findings.add('tile_root', `${path} does not lead to level ${level + 1}`, { file: path });
    });
  }
  return agree;
}
