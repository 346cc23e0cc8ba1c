// Keys and signatures for the tests, by node's own Ed25519.

import { createPrivateKey, createPublicKey, sign } from 'node:crypto';
import { sha256 } from './trees.mjs';

const PKCS8 = Buffer.from('302e020100300506032b657004220420', 'hex');

/** The key that follows from a name: every run makes the same bundles. */
export function keyNamed(name, type = 1, seed = name) {
  const secret = sha256(Buffer.from(`a key of the tests: ${seed}`));
  const key = createPrivateKey({
    key: Buffer.concat([PKCS8, secret]),
    format: 'der',
    type: 'pkcs8',
  });
  const bytes = createPublicKey(key).export({ format: 'der', type: 'spki' }).subarray(-32);
  const typed = Buffer.concat([Buffer.from([type]), bytes]);
  const id = sha256(Buffer.from(name), Buffer.from([10]), typed).subarray(0, 4);
  const vkey = `${name}+${id.toString('hex')}+${typed.toString('base64')}`;
  return { name, id, vkey, bytes, sign: (message) => sign(null, Buffer.from(message), key) };
}

export const witnessNamed = (name) => keyNamed(name, 4);

export const lineOf = ({ name, id }, ...parts) =>
  `— ${name} ${Buffer.concat([id, ...parts]).toString('base64')}\n`;

export const textOf = (origin, size, root) => `${origin}\n${size}\n${root.toString('base64')}\n`;

export function timeBytes(seconds) {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(seconds));
  return bytes;
}

export const logLine = (key, text) => lineOf(key, key.sign(text));

export function cosignatureLine(key, seconds, text, claimed = seconds) {
  const signature = key.sign(`cosignature/v1\ntime ${seconds}\n${text}`);
  return lineOf(key, timeBytes(claimed), signature);
}
