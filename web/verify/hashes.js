// The hashes of events/README.md.

import { blake3 } from './vendor/hashes/blake3.js';
import { sha256 } from './vendor/hashes/sha2.js';
import { bigEndian, bytesOf, hex, join, prefixed } from './bytes.js';

/** BLAKE3 in `derive_key` mode. */
const derive = (context, input) => blake3(input, { context: bytesOf(context) });

/** E: the hash by which the entry after names an entry. */
export const chainHash = (bytes) => derive('rollbook 2026-11 entry v1', bytes);

/** What the first entry of a ledger names. */
export const genesis = (log) => derive('rollbook 2026-11 genesis v1', prefixed(bytesOf(log)));

/** What the first entry of an organization names. */
export function orgGenesis(log, org) {
  return derive('rollbook 2026-11 org genesis v1', prefixed(bytesOf(log), bytesOf(org)));
}

/** What a sealed field commits to. */
export function commitment(log, seq, field, salt, value) {
  const parts = [bytesOf(log), bigEndian(seq, 8), bytesOf(field), salt, bytesOf(value)];
  return derive('rollbook 2026-11 field v1', prefixed(...parts));
}

export const sha256Of = (bytes) => sha256(bytes);
export const sha256Hex = (bytes) => hex(sha256(bytes));
export const blake3Hex = (bytes) => hex(blake3(bytes));

const LEAF = new Uint8Array([0]);
const NODE = new Uint8Array([1]);

/** The leaf of an entry, or of an organization's head, in a tree of RFC 6962. */
export const leafHash = (bytes) => sha256(join(LEAF, bytes));

/** What stands above two hashes of a tree. */
export const nodeHash = (left, right) => sha256(join(NODE, left, right));

/** The root of a tree without leaves. */
export const EMPTY_ROOT = sha256(new Uint8Array());
