// Keys as C2SP signed-note writes them, and strict Ed25519 on the curve of @noble/curves.

import { edwards } from './vendor/curves/abstract/edwards.js';
import { sha512 } from './vendor/hashes/sha2.js';
import { bytesOf, demand, hex, join, same } from './bytes.js';
import { fromBase64 } from './base64.js';
import { sha256Of } from './hashes.js';

/** What a key is for: the byte that stands before it. */
export const LOG_KEY = 1;
export const WITNESS_KEY = 4;

// RFC 8032 § 5.1.
const Point = edwards({
  p: 2n ** 255n - 19n,
  n: 2n ** 252n + 27742317777372353535851937790883648493n,
  h: 8n,
  a: 2n ** 255n - 20n,
  d: 0x52036cee2b6ffe738cc740797779e89800700a4d4141d8ab75eb4dca135978a3n,
  Gx: 0x216936d3cd6e53fec0a4e231fdd6dc5c692cc7609525a7b2c9562d608f25d51an,
  Gy: 0x6666666666666666666666666666666666666666666666666666666666666658n,
});
const ORDER = Point.Fn.ORDER;

function littleEndian(bytes) {
  return BigInt(`0x${hex(Uint8Array.from(bytes).reverse())}`);
}

/** A point in its canonical form and not of small order, or null. */
function strictPoint(bytes) {
  try {
    const point = Point.fromBytes(bytes, false);
    return point.isSmallOrder() ? null : point;
  } catch {
    return null;
  }
}

/**
 * Whether a signature verifies, strictly: points and scalar canonical, no point of small order, and
 * the equation holds as it stands, not only times eight. So every verifier says the same of it.
 */
export function verifies(key, message, signature) {
  if (signature.length !== 64) return false;
  const [publicPoint, commitment] = [key.point, strictPoint(signature.subarray(0, 32))];
  const scalar = littleEndian(signature.subarray(32));
  if (commitment === null || scalar >= ORDER) return false;
  const challenge = littleEndian(sha512(join(signature.subarray(0, 32), key.bytes, message)));
  const left = Point.BASE.multiplyUnsafe(scalar);
  return left.equals(commitment.add(publicPoint.multiplyUnsafe(challenge % ORDER)));
}

/** What a note calls a key besides its name: 4 bytes, in hex. */
export function keyId(name, type, bytes) {
  return hex(sha256Of(join(bytesOf(name), new Uint8Array([0x0a, type]), bytes)).subarray(0, 4));
}

/** Whether a text can name a key. */
export const isKeyName = (name) => name !== '' && !/[\p{White_Space}+]/u.test(name);

/** A key for a use, from `name+<8 hex>+<base64 of type ‖ public key>`. */
export function keyOf(vkey, use) {
  const parts = /^([^+]+)\+([0-9a-f]{8})\+(.+)$/.exec(vkey);
  demand(parts !== null && isKeyName(parts[1]), `${vkey} is no key`);
  const [, name, id] = parts;
  const spelt = fromBase64(parts[3]);
  demand(spelt.length === 33, `${name} is no Ed25519 key`);
  const [type, bytes] = [spelt[0], spelt.subarray(1)];
  const usable = type === use || (use === WITNESS_KEY && type === LOG_KEY);
  demand(usable, `${name} has a key of another type`);
  demand(id === keyId(name, type, bytes), `${name}: ${id} is not the id of that key`);
  const point = strictPoint(bytes);
  demand(point !== null, `${name} has a key that is no point of the curve`);
  return { name, id: keyId(name, use, bytes), bytes, point };
}

/** Whether two keys are one: name, type and bytes. */
export const sameKey = (one, other) =>
  one.name === other.name && one.id === other.id && same(one.bytes, other.bytes);

/** What a witness signs: that it saw this text then. */
export function cosigned(seconds, text) {
  return bytesOf(`cosignature/v1\ntime ${seconds}\n${text}`);
}

/** The moment in front of a cosignature; any 64 bits, so no number of JavaScript's. */
export function cosignatureTime(raw) {
  return raw.subarray(0, 8).reduce((time, byte) => (time << 8n) | BigInt(byte), 0n);
}
