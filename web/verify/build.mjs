#!/usr/bin/env node
// Puts the verifier into one file that needs nothing else: `node build.mjs` writes web/verify.html,
// `node build.mjs --check` says whether it is what stands there. Same sources, same bytes.

import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { contractOf, isTaken } from './contract.js';

const HERE = new URL('./', import.meta.url);
const EVENTS = new URL('../../events/', HERE);
const PAGE = new URL('../verify.html', HERE);
const ENTRY = 'page/main.js';

/** One import or export, as the sources write them. Anything else is refused. */
const IMPORT = /^import \{([^}]*)\} from ['"]([^'"]+)['"];[ \t]*$/gm;
const IMPORT_ALL = /^import \* as (\w+) from ['"]([^'"]+)['"];[ \t]*$/gm;
const EXPORT = /^export (const|class|function|async function|function\*) (\w+)/gm;
const EXPORT_LIST = /^export \{([^}]*)\};[ \t]*$/gm;

function resolve(from, path) {
  return new URL(path, new URL(from, HERE)).href.slice(HERE.href.length);
}

const namesOf = (list) =>
  list
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');

/** A module as a function's body that answers what it exports. */
function bodyOf(path, source, wanted) {
  const exported = [];
  const body = source
    .replace(IMPORT, (_, list, from) => {
      const names = namesOf(list).map((name) => name.replace(/ as /, ': '));
      return `const { ${names.join(', ')} } = ${wanted(resolve(path, from))};`;
    })
    .replace(IMPORT_ALL, (_, name, from) => `const ${name} = ${wanted(resolve(path, from))};`)
    .replace(EXPORT, (_, kind, name) => {
      exported.push(name);
      return `${kind} ${name}`;
    })
    .replace(EXPORT_LIST, (_, list) => {
      exported.push(...namesOf(list));
      return '';
    });
  const left = /^(import|export)\b.*$/m.exec(body);
  if (left !== null) throw new Error(`${path}: the build does not know this line: ${left[0]}`);
  return { body, exported };
}

/** All modules that one needs, each behind those that it needs itself. */
function linked(entry) {
  const [parts, begun, done] = [[], new Map(), new Set()];
  const nameOf = (path) => `$${begun.get(path)}`;
  const add = (path) => {
    if (begun.has(path)) {
      if (!done.has(path)) throw new Error(`${path} needs itself`);
      return nameOf(path);
    }
    begun.set(path, path.replace(/\W/g, '_'));
    const source = readFileSync(new URL(path, HERE), 'utf8');
    const { body, exported } = bodyOf(path, source, add);
    const answer = `return { ${exported.join(', ')} };`;
    parts.push(`// ${path}\nconst ${nameOf(path)} = (() => {\n${body}\n${answer}\n})();\n`);
    done.add(path);
    return nameOf(path);
  };
  add(entry);
  return parts.join('\n');
}

function readAll(folder, names) {
  const read = (name) => JSON.parse(readFileSync(new URL(name, folder), 'utf8'));
  return Object.fromEntries(names.sort().map((name) => [name, read(name)]));
}

/** What of a schema is for people is left out. */
function bare(schema) {
  if (Array.isArray(schema)) return schema.map(bare);
  if (schema === null || typeof schema !== 'object') return schema;
  const kept = Object.entries(schema).filter(
    ([key, value]) =>
      !(['description', 'title', '$schema'].includes(key) && typeof value === 'string'),
  );
  return Object.fromEntries(kept.map(([key, value]) => [key, bare(value)]));
}

function contractText() {
  const files = readAll(EVENTS, readdirSync(EVENTS).filter(isTaken));
  const sets = new URL('role-sets/', EVENTS);
  const roleSets = readAll(sets, readdirSync(sets));
  // Refuses whatever the verifier would not understand.
  contractOf(files, roleSets);
  const schemas = Object.entries(files).map(([name, file]) => [
    name,
    name.endsWith('.schema.json') ? bare(file) : file,
  ]);
  return JSON.stringify({ files: Object.fromEntries(schemas), roleSets });
}

const hashOf = (text) => `'sha256-${createHash('sha256').update(text).digest('base64')}'`;

/** The whole page. */
export function page() {
  const script = `'use strict';\n${linked(ENTRY)}`;
  const style = readFileSync(new URL('page/style.css', HERE), 'utf8');
  const contract = contractText();
  for (const text of [script, contract]) {
    if (/<\/script|<!--/i.test(text)) throw new Error('a script cannot hold the end of a script');
  }
  const policy = [
    "default-src 'none'",
    `script-src ${hashOf(script)}`,
    `style-src ${hashOf(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
  const parts = { policy, style, script, contract };
  return readFileSync(new URL('page/page.html', HERE), 'utf8').replace(
    /\{\{(\w+)\}\}/g,
    (_, name) => parts[name],
  );
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const built = page();
  if (process.argv[2] !== '--check') {
    writeFileSync(PAGE, built);
  } else if (readFileSync(PAGE, 'utf8') !== built) {
    console.error('web/verify.html is not what the build makes: run node web/verify/build.mjs');
    process.exitCode = 1;
  }
}
