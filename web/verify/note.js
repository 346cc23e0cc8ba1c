// Checkpoints: C2SP signed notes of three lines (docs/BUNDLE.md § 3).

import { bytesOf, decimal, demand, hex, textOf } from './bytes.js';
import { fromBase64, hashOf } from './base64.js';
import { cosignatureTime, cosigned, isKeyName, verifies } from './keys.js';

const SIGNATURES_AT_MOST = 16;
/** Far above a note of 16 signatures of any kind, so that nothing larger is taken apart. */
const BYTES_AT_MOST = 1 << 20;
/** Seconds that a witness's clock may be ahead of ours. */
export const SKEW_SECONDS = 300;

function signatureOf(line) {
  const [dash, name, base64, ...rest] = line.split(' ');
  const formed = dash === '—' && base64 !== undefined && rest.length === 0 && isKeyName(name);
  demand(formed, 'a signature line has another form');
  const spelt = fromBase64(base64);
  demand(spelt.length > 4, 'a signature line holds no signature');
  return { name, id: hex(spelt.subarray(0, 4)), signature: spelt.subarray(4) };
}

/** Reads a checkpoint with so many lines behind its root, or refuses it. */
export function readNote(bytes, extensions = 0) {
  demand(bytes.length <= BYTES_AT_MOST, 'it is longer than a checkpoint can be');
  const whole = textOf(bytes);
  demand(!/[\x00-\x09\x0b-\x1f]/.test(whole), 'it holds a control character');
  demand(whole.endsWith('\n'), 'it does not end with a line feed');
  const [origin, size, root, ...rest] = whole.slice(0, -1).split('\n');
  demand(origin !== '' && root !== undefined, 'it has no origin, size and root');
  const more = rest.slice(0, extensions);
  const [empty, ...lines] = rest.slice(extensions);
  const formed = empty === '' && more.every((line) => line !== '');
  demand(formed, `its text is not ${3 + extensions} lines`);
  const counted = lines.length >= 1 && lines.length <= SIGNATURES_AT_MOST;
  demand(counted, 'it does not have 1 to 16 signatures');
  return {
    bytes,
    text: [origin, size, root, ...more, ''].join('\n'),
    more,
    origin,
    size: decimal(size),
    root: hashOf(root),
    signatures: lines.map(signatureOf),
  };
}

/**
 * What trusted keys say of a note: those of its origin that signed it, who cosigned it when, and which of them are named in it without having signed it. Others are
 * skipped.
 */
export function judgeNote(note, trusted) {
  const judged = { logs: [], cosignatures: [], faults: [] };
  const text = bytesOf(note.text);
  for (const { name, id, signature } of note.signatures) {
    const isIts = (key) => key.name === name && key.id === id;
    const log = trusted.logs.find(isIts);
    const witness = trusted.witnesses.find(({ key }) => isIts(key));
    if (log !== undefined && verifies(log, text, signature)) {
      if (name === note.origin) judged.logs.push(log);
    } else if (witness !== undefined && cosigns(witness.key, note, signature)) {
      judged.cosignatures.push({ name: witness.name, time: cosignatureTime(signature) });
    } else if (log !== undefined || witness !== undefined) {
      judged.faults.push(name);
    }
  }
  return judged;
}

function cosigns(key, note, signature) {
  if (signature.length !== 72) return false;
  const message = cosigned(cosignatureTime(signature), note.text);
  return verifies(key, message, signature.subarray(8));
}

/** The cosignatures that count: neither of time 0 nor ahead of the verifier's clock. */
export function counting(cosignatures, now) {
  const latest = BigInt(now + SKEW_SECONDS);
  return cosignatures
    .filter(({ time }) => time > 0n && time <= latest)
    .map(({ name, time }) => ({ name, time: Number(time) }));
}
