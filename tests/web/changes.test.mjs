// Random changes to whole bundles: none of them is taken for the bundle that it was made from.

import assert from 'node:assert/strict';
import test from 'node:test';
import { bundleOf } from './cases/base.mjs';
import { verified } from './contract.mjs';
import { zipOf } from './zip.mjs';

/** How many; a campaign asks for more. */
const CHANGES = Number(process.env.CHANGES ?? 400);

/** Numbers that are the same in every run (xorshift). */
function numbers(seed) {
  let state = seed;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}

const CHANGE = [
  (bytes, next) => {
    const copy = Buffer.from(bytes);
    copy[next(copy.length)] ^= 1 << next(8);
    return copy;
  },
  (bytes, next) => {
    const at = next(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + 1 + next(8))]);
  },
  (bytes, next) => {
    const at = next(bytes.length);
    return Buffer.concat([bytes.subarray(0, at), Buffer.from([next(256)]), bytes.subarray(at)]);
  },
  (bytes, next) => {
    const [from, to] = [next(bytes.length), next(bytes.length)];
    const part = bytes.subarray(from, from + 1 + next(40));
    return Buffer.concat([bytes.subarray(0, to), part, bytes.subarray(to)]);
  },
];

test(`${CHANGES} random changes of a directory are found`, async () => {
  const next = numbers(0x5eed);
  const made = bundleOf();
  const paths = [...made.files.keys()];
  for (let at = 0; at < CHANGES; at += 1) {
    const files = new Map(made.files);
    const path = paths[next(paths.length)];
    const before = files.get(path);
    const after = CHANGE[next(CHANGE.length)](before, next);
    if (after.equals(before)) continue;
    files.set(path, after);
    const { report } = await verified({ ...made, files });
    assert.notEqual(report.exit, 0, `change ${at} of ${path}`);
    const unexpected = report.findings.filter(({ code }) => code === 'container');
    assert.deepEqual(unexpected, [], `change ${at} of ${path}`);
  }
});

test(`${CHANGES} random changes of a zip file are found`, async () => {
  const next = numbers(0xca5e);
  const made = bundleOf();
  const zip = zipOf(made.files);
  for (let at = 0; at < CHANGES; at += 1) {
    const after = CHANGE[next(CHANGE.length)](zip, next);
    if (after.equals(zip)) continue;
    const { report } = await verified(made, { zip: after });
    assert.notEqual(report.exit, 0, `change ${at}`);
  }
});
