// Standard base64 with padding, in its one spelling: unused bits are zero and nothing stands
// between.

import { demand } from './bytes.js';

const DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const VALUES = new Map([...DIGITS].map((digit, value) => [digit, value]));

/** The bytes that a text spells. */
export function fromBase64(text) {
  demand(/^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0, 'it is no base64');
  const padding = text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0;
  const bytes = new Uint8Array((text.length / 4) * 3 - padding);
  let [held, bits, at] = [0, 0, 0];
  for (let place = 0; place < text.length - padding; place += 1) {
    held = ((held << 6) | VALUES.get(text[place])) & 0xffff;
    bits += 6;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = (held >> bits) & 0xff;
    at += 1;
  }
  demand((held & ((1 << bits) - 1)) === 0, 'its base64 has another spelling');
  return bytes;
}

/** A hash: 32 bytes. */
export function hashOf(text) {
  demand(typeof text === 'string' && text.length === 44, 'a hash has 44 characters');
  const bytes = fromBase64(text);
  demand(bytes.length === 32, 'a hash has 32 bytes');
  return bytes;
}

export function toBase64(bytes) {
  let text = '';
  for (let at = 0; at < bytes.length; at += 3) {
    const group = (bytes[at] << 16) | ((bytes[at + 1] ?? 0) << 8) | (bytes[at + 2] ?? 0);
    const left = bytes.length - at;
    text += DIGITS[group >> 18] + DIGITS[(group >> 12) & 63];
    text += left > 1 ? DIGITS[(group >> 6) & 63] : '=';
    text += left > 2 ? DIGITS[group & 63] : '=';
  }
  return text;
}
