// Lays every case out as files, so that any verifier can be held to it:
//
//   node tests/web/lay.mjs DIRECTORY
//
// makes DIRECTORY/<number>/ with `bundle.zip` or `bundle/`, `policy`, `known/<name>` and
// `case.json`: what it is called, the options to check it with, and the exit code and codes of
// findings that have to come out.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { CASES } from './cases.mjs';
import { CONTRACT, filesOf } from './contract.mjs';

const SAFE = /^[a-zA-Z0-9._-]+(\/[a-zA-Z0-9._-]+)*$/;
/** A case of more files is about their number alone, and no disk needs them. */
const FILES_AT_MOST = 1000;

function optionsOf({ asked, known }) {
  const options = ['--policy', 'policy', '--now', String(asked.now)];
  for (const { name } of known) options.push('--known-checkpoint', `known/${name}`);
  if (asked.minSize !== undefined) options.push('--min-size', String(asked.minSize));
  if (asked.maxAge !== undefined) options.push('--max-age', String(asked.maxAge));
  if (asked.allowUnwitnessed) options.push('--allow-unwitnessed');
  return options;
}

/** Whether a directory can hold what was given. */
const isLayable = (files) =>
  files.length <= FILES_AT_MOST &&
  files.every(({ path }) => SAFE.test(path) && !path.split('/').includes('..'));

function lay(
  folder,
  { corpus, name, exit, codes, law, verdicts, isFull = false },
  { made, given = { files: filesOf(made.files) } },
) {
  if (given.zip === undefined && !isLayable(given.files)) return false;
  const write = (path, bytes) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), bytes);
  };
  if (given.zip !== undefined) write('bundle.zip', given.zip);
  else for (const { path, bytes } of given.files) write(`bundle/${path}`, bytes);
  write('policy', made.policy);
  for (const { name: known, bytes } of made.known) write(`known/${known}`, bytes);
  const bundle = given.zip === undefined ? 'bundle' : 'bundle.zip';
  const told = {
    corpus,
    name,
    bundle,
    options: optionsOf(made),
    exit,
    codes: [...codes].sort(),
    isFull,
    law,
    verdicts,
  };
  write('case.json', `${JSON.stringify(told, null, 2)}\n`);
  return true;
}

const [, , root] = process.argv;
if (root === undefined) throw new Error('where to?');
let number = 0;
for (const one of CASES) {
  if (one.needs !== undefined && !CONTRACT.schemas.has(`${one.needs}.schema.json`)) continue;
  const folder = join(root, String(number).padStart(3, '0'));
  if (lay(folder, one, one.make())) number += 1;
}
console.log(`${number} cases`);
