#!/usr/bin/env node
// The same verifier without a page, so that both verifiers can be held to the same cases.
//
//   node node.mjs BUNDLE --policy P [--known-checkpoint F]... [--min-size N] [--max-age SECONDS]
//       [--now UNIX_SECONDS] [--allow-unwitnessed] [--evidence FILE] [--json]

import { lstatSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { contractOf, isTaken } from './contract.js';
import { BYTES_AT_MOST } from './container.js';
import { verify } from './verify.js';

const EVENTS = new URL('../../events/', import.meta.url);

/** The contract, from the folder beside. */
export function readContract(folder = EVENTS) {
  const read = (from, names) =>
    Object.fromEntries(
      names.map((name) => [name, JSON.parse(readFileSync(new URL(name, from), 'utf8'))]),
    );
  const sets = new URL('role-sets/', folder);
  return contractOf(
    read(folder, readdirSync(folder).filter(isTaken)),
    read(sets, readdirSync(sets)),
  );
}

/** What stands at a path: a zip file, or a directory of plain files. */
export function readGiven(path) {
  try {
    const there = lstatSync(path);
    if (there.isFile()) {
      return there.size > BYTES_AT_MOST
        ? { refused: 'it is above 1 GiB' }
        : { zip: readFileSync(path) };
    }
    if (!there.isDirectory()) return { refused: 'it is neither a file nor a directory' };
    const files = [];
    const left = { bytes: BYTES_AT_MOST };
    const fault = readDirectory(path, '', files, left);
    return fault === null ? { files } : { refused: fault };
  } catch (error) {
    return { refused: `it could not be read: ${error.message}` };
  }
}

function readDirectory(root, inside, files, left) {
  for (const entry of readdirSync(join(root, inside), { withFileTypes: true })) {
    const path = inside === '' ? entry.name : `${inside}/${entry.name}`;
    let fault = null;
    if (entry.isDirectory()) fault = readDirectory(root, path, files, left);
    else if (entry.isFile()) {
      left.bytes -= lstatSync(join(root, path)).size;
      if (left.bytes < 0) return 'it is above 1 GiB';
      files.push({ path, bytes: new Uint8Array(readFileSync(join(root, path))) });
    } else fault = `${path} is neither a file nor a directory`;
    if (fault !== null) return fault;
  }
  return null;
}

const OPTIONS = {
  'allow-unwitnessed': { type: 'boolean', default: false },
  evidence: { type: 'string' },
  json: { type: 'boolean', default: false },
  'known-checkpoint': { type: 'string', multiple: true, default: [] },
  'max-age': { type: 'string' },
  'min-size': { type: 'string' },
  now: { type: 'string' },
  policy: { type: 'string' },
};

function numberOf(values, name) {
  const text = values[name];
  if (text === undefined) return undefined;
  if (!/^[0-9]{1,15}$/.test(text)) throw new Error(`--${name} is a whole number`);
  return Number(text);
}

function show({ verdicts, findings, findings_total: total, exit }) {
  const { personal_data: data, ...others } = verdicts;
  const lines = Object.entries(others).map(([name, verdict]) => `${name}: ${verdict}`);
  lines.push(
    `personal data: ${data.disclosed} disclosed, ${data.withheld} withheld, ${data.erased} erased`,
  );
  lines.push(`rules about withheld values: not checkable offline (${data.not_checkable})`);
  for (const { code, seq, law, detail } of findings) {
    const at = [law, seq === undefined ? undefined : `seq ${seq}`].filter(
      (part) => part !== undefined,
    );
    lines.push(`${code}${at.length > 0 ? ` (${at.join(', ')})` : ''}: ${detail}`);
  }
  if (total > findings.length) lines.push(`and ${total - findings.length} more findings`);
  lines.push(`exit ${exit}`);
  return lines.join('\n');
}

async function main() {
  const { values, positionals } = parseArgs({ options: OPTIONS, allowPositionals: true });
  if (positionals.length !== 1 || values.policy === undefined) {
    throw new Error('a bundle and --policy are needed');
  }
  const asked = {
    policy: readFileSync(values.policy),
    known: values['known-checkpoint'].map((name) => ({ name, bytes: readFileSync(name) })),
    now: numberOf(values, 'now') ?? Math.floor(Date.now() / 1000),
    minSize: numberOf(values, 'min-size'),
    maxAge: numberOf(values, 'max-age'),
    allowUnwitnessed: values['allow-unwitnessed'],
  };
  const { report, evidence } = await verify(readGiven(positionals[0]), asked, readContract());
  if (evidence !== null && values.evidence !== undefined) writeFileSync(values.evidence, evidence);
  console.log(values.json ? JSON.stringify(report) : show(report));
  process.exitCode = report.exit;
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  main().catch((error) => {
    console.error(error.message);
    process.exitCode = 2;
  });
}
