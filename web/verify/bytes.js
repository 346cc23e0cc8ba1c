// Bytes and texts, and the one way that something is refused.

/** Something is not as it has to be. Whoever reads catches it and says where it stood. */
export class Refused extends Error {}

/** Refuses where a condition does not hold. */
export function demand(condition, message) {
  if (!condition) throw new Refused(message);
}

const ENCODER = new TextEncoder();

/** The UTF-8 bytes of a text. */
export const bytesOf = (text) => ENCODER.encode(text);

/** The text of UTF-8 bytes. A byte order mark is kept, so that whoever reads on refuses it. */
export function textOf(bytes) {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    throw new Refused('it is not UTF-8');
  }
}

/** One byte string behind the other. */
export function join(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** Whether two byte strings are equal. Nothing here is secret: no constant time is needed. */
export function same(one, other) {
  if (one.length !== other.length) return false;
  for (let at = 0; at < one.length; at += 1) if (one[at] !== other[at]) return false;
  return true;
}

/** Which of two texts is first by its UTF-8 bytes: below, at or above 0. */
export function order(one, other) {
  if (one === other) return 0;
  const [left, right] = [bytesOf(one), bytesOf(other)];
  const shared = Math.min(left.length, right.length);
  for (let at = 0; at < shared; at += 1) {
    if (left[at] !== right[at]) return left[at] - right[at];
  }
  return left.length - right.length;
}

/** Whether texts ascend by their bytes, each once. */
export function ascends(texts) {
  return texts.every((text, at) => at === 0 || order(texts[at - 1], text) < 0);
}

export function hex(bytes) {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('');
}

/** A number in `width` bytes, the highest first. */
export function bigEndian(number, width) {
  const bytes = new Uint8Array(width);
  let rest = BigInt(number);
  for (let at = width - 1; at >= 0; at -= 1) {
    bytes[at] = Number(rest & 0xffn);
    rest >>= 8n;
  }
  return bytes;
}

/** LP: each part behind its length in 4 bytes. */
export function prefixed(...parts) {
  return join(...parts.flatMap((part) => [bigEndian(part.length, 4), part]));
}

/** A whole number in decimal without a leading zero, as checkpoints and file names write it. */
export function decimal(text) {
  demand(/^(0|[1-9][0-9]{0,15})$/.test(text), 'a number is not written as a number is');
  const number = Number(text);
  demand(Number.isSafeInteger(number), 'a number is above 2^53 - 1');
  return number;
}
