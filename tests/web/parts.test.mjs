// The parts, against facts that were made without them.

import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import test from 'node:test';
import { promisify } from 'node:util';
import { fromBase64, toBase64 } from '../../web/verify/base64.js';
import { canonical } from '../../web/verify/canonical.js';
import { readEntry } from '../../web/verify/entry.js';
import { keyOf, verifies } from '../../web/verify/keys.js';
import { checkKeywords } from '../../web/verify/schema.js';
import { inclusionRoot, isConsistent } from '../../web/verify/trees.js';
import { bundleOf } from './cases/base.mjs';
import { CONTRACT } from './contract.mjs';
import { referenceLedger } from './ledgers.mjs';
import { keyNamed, logLine } from './notes.mjs';
import { consistencyPath, inclusionPath, leafOf, rootOf } from './trees.mjs';
import { zipOf } from './zip.mjs';

const NODE = new URL('../../web/verify/node.mjs', import.meta.url).pathname;
const run = promisify(execFile);

test('the reference ledger has the hashes that Rollbook says', () => {
  const leaves = [];
  const orgs = new Map();
  for (const {
    bytes,
    value,
    chain_hash: chainHash,
    leaf,
    root,
    org_root: orgRoot,
  } of referenceLedger()) {
    const entry = readEntry(bytes, CONTRACT.schemas);
    assert.equal(entry.fault, null, `seq ${value.seq}`);
    assert.equal(toBase64(entry.hash), chainHash);
    assert.equal(toBase64(entry.leaf), leaf);
    leaves.push(leafOf(bytes));
    assert.equal(toBase64(rootOf(leaves)), root);
    orgs.set(value.org, [...(orgs.get(value.org) ?? []), leafOf(bytes)]);
    assert.equal(toBase64(rootOf(orgs.get(value.org))), orgRoot);
  }
});

test('proofs of every place in small trees lead to the root, and no others do', () => {
  const leaves = Array.from({ length: 33 }, (_, at) => leafOf(Buffer.from([at])));
  for (let size = 1; size <= leaves.length; size += 1) {
    const tree = leaves.slice(0, size);
    const root = rootOf(tree);
    for (let index = 0; index < size; index += 1) {
      const path = inclusionPath(index, tree);
      const leads = (...given) => root.equals(inclusionRoot(...given) ?? Buffer.alloc(0));
      assert.ok(leads(leaves[index], index, size, path));
      assert.ok(!leads(leaves[(index + 1) % 33], index, size, path));
      assert.ok(!leads(leaves[index], index, size, [...path, root]));
      assert.ok(!leads(leaves[index], index, size, path.slice(1)) || path.length === 0);
      assert.ok(!leads(leaves[index], size, size, path));
      if (index > 0) assert.ok(!leads(leaves[index], index - 1, size, path));
    }
    for (let old = 0; old <= size; old += 1) {
      const path = old === 0 ? [] : consistencyPath(old, tree);
      const before = rootOf(tree.slice(0, old));
      assert.ok(isConsistent(old, size, before, root, path), `${old} to ${size}`);
      assert.ok(!isConsistent(old, size, before, root, [...path, root]));
      assert.ok(
        !isConsistent(
          old,
          size,
          leaves[0].map((byte) => byte ^ 1),
          root,
          path,
        ),
      );
      if (path.length > 0) assert.ok(!isConsistent(old, size, before, root, path.slice(1)));
      if (old < size) assert.ok(!isConsistent(size, old, root, before, path));
    }
  }
});

test("signatures are judged as node's own Ed25519 makes them, and strictly", () => {
  const key = keyNamed('log.example');
  const known = keyOf(key.vkey, 1);
  const line = logLine(key, 'text');
  const signature = Buffer.from(line.trimEnd().split(' ')[2], 'base64').subarray(4);
  const message = Buffer.from('text');
  assert.ok(verifies(known, message, signature));
  assert.ok(!verifies(known, Buffer.from('Text'), signature));
  for (let at = 0; at < 64; at += 1) {
    const other = Buffer.from(signature);
    other[at] ^= 1;
    assert.ok(!verifies(known, message, other), `byte ${at}`);
  }
  // The identity: a point of small order, for which lax checks take a signature of anything.
  const identity = Buffer.concat([Buffer.from([1]), Buffer.alloc(31)]);
  assert.ok(!verifies(known, message, Buffer.concat([identity, Buffer.alloc(32)])));
  for (const weak of [identity, Buffer.alloc(32), Buffer.alloc(32, 0xff)]) {
    const spelt = Buffer.concat([Buffer.from([1]), weak]).toString('base64');
    assert.throws(() => keyOf(`weak+00000000+${spelt}`, 1));
  }
});

test('base64 and canonical JSON have one spelling', () => {
  for (let length = 0; length < 40; length += 1) {
    const bytes = Buffer.alloc(length, length * 37);
    assert.equal(toBase64(bytes), bytes.toString('base64'));
    assert.deepEqual(Buffer.from(fromBase64(bytes.toString('base64'))), bytes);
  }
  for (const text of ['A', 'AA', 'AAA', 'AB==', 'AAB=', 'AA=A', '====', 'AAA\n', 'AA-_']) {
    assert.throws(() => fromBase64(text), undefined, text);
  }
  const refused = [
    '',
    '{',
    '{"a":1,}',
    '{"b":1,"a":1}',
    '[1,]',
    '01',
    '1.0',
    '-1',
    'null',
    '"\\/"',
    '{"é":1}',
    '[[1]',
    '"a',
    '{"a":}',
    '{,}',
  ];
  for (const text of refused) assert.throws(() => canonical(Buffer.from(text)), undefined, text);
  const deep = (levels) => Buffer.from('['.repeat(levels) + ']'.repeat(levels));
  assert.doesNotThrow(() => canonical(deep(17)));
  assert.throws(() => canonical(deep(18)));
  assert.equal(canonical(Buffer.from('{"__proto__":1}'))['__proto__'], 1);
});

test('a schema that says more than is understood is refused', () => {
  const more = [
    { not: {} },
    { properties: { a: { oneOf: [] } } },
    { additionalProperties: true },
    { format: 'email' },
  ];
  for (const schema of more) assert.throws(() => checkKeywords(schema, 'x'));
});

/** Runs the command line and answers what it prints and its exit code. */
async function told(...args) {
  const options = { maxBuffer: 1 << 26 };
  const {
    stdout,
    stderr,
    code = 0,
  } = await run(process.execPath, [NODE, ...args], options).catch((error) => error);
  return { stdout, stderr, code };
}

test('the command line reads directories and zip files, and exits with the code', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'bundle-'));
  const at = (...names) => join(folder, ...names);
  try {
    const made = bundleOf();
    for (const [path, bytes] of made.files) {
      mkdirSync(dirname(at('b', path)), { recursive: true });
      writeFileSync(at('b', path), bytes);
    }
    writeFileSync(at('b.zip'), zipOf(made.files));
    writeFileSync(at('policy'), made.policy);
    const now = ['--now', String(made.asked.now), '--policy', at('policy')];
    for (const bundle of ['b', 'b.zip']) {
      const { stdout, code } = await told(at(bundle), ...now, '--json');
      assert.equal(code, 0, stdout);
      assert.deepEqual(Object.keys(JSON.parse(stdout)), [
        'verdicts',
        'bundle',
        'exit',
        'findings',
        'findings_total',
        'witnesses',
      ]);
    }
    const lie = made.files.get('org/checkpoint').toString().split('\n');
    const text = `${lie[0]}\n${lie[1]}\n${Buffer.alloc(32).toString('base64')}\n`;
    writeFileSync(at('known'), `${text}\n${logLine(made.keys.org, text)}`);
    const fork = await told(
      at('b'),
      ...now,
      '--known-checkpoint',
      at('known'),
      '--evidence',
      at('evidence'),
    );
    assert.equal(fork.code, 4, fork.stdout);
    assert.match(
      readFileSync(at('evidence'), 'utf8'),
      /known checkpoint[^]*checkpoint of the bundle[^]*no one history/,
    );
    symlinkSync('/etc/hostname', at('b', 'link'));
    assert.equal((await told(at('b'), ...now)).code, 2);
    assert.equal((await told(at('nowhere'), ...now)).code, 2);
    assert.equal((await told(at('b'))).code, 2);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
