// What is sealed, what was disclosed of it, and what was erased (docs/BUNDLE.md § 5).

import { Refused, demand, order, same } from './bytes.js';
import { hashOf } from './base64.js';
import { canonical, hasFields } from './canonical.js';
import { coveredBy, sealedFields } from './entry.js';
import { commitment } from './hashes.js';

const FILE = 'disclosures.ndjson';
const FIELDS = ['field', 'of', 'salt', 'seq', 'value'];

function readDisclosure(line) {
  const whole = canonical(line);
  demand(hasFields(whole, ['disclosure']), 'it is no disclosure');
  const { disclosure } = whole;
  demand(hasFields(disclosure, FIELDS), 'it has other fields');
  const texts = [disclosure.field, disclosure.of, disclosure.value];
  demand(
    texts.every((text) => typeof text === 'string'),
    'a text is none',
  );
  demand(typeof disclosure.seq === 'number', 'seq is no number');
  return { ...disclosure, salt: hashOf(disclosure.salt) };
}

/** The disclosures, each with the number of its line, as far as they could be read. */
function readDisclosures(bytes, findings) {
  const found = [];
  const where = { file: FILE };
  let [start, line] = [0, 0];
  while (start < bytes.length) {
    line += 1;
    const end = bytes.indexOf(10, start);
    try {
      demand(end >= 0, 'it does not end with a line feed');
      found.push({ line, ...readDisclosure(bytes.subarray(start, end)) });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      findings.add('disclosure_form', `${FILE} line ${line}: ${error.message}`, where);
    }
    start = end < 0 ? bytes.length : end + 1;
  }
  if (line === 0) findings.add('disclosure_form', `${FILE} is there and holds nothing`, where);
  return found;
}

/** Every sealed field of the entries that are there: seq → pointer → what is sealed. */
function sealedOf(entries) {
  const sealed = new Map();
  for (const { value } of entries) {
    if (value !== null) sealed.set(value.seq, sealedFields(value.data));
  }
  return sealed;
}

/**
 * Opens what is disclosed and counts the rest. `values` are those that opened, by seq and
 * pointer.
 */
export function checkValues({ files, manifest, findings }, entries, all) {
  const sealed = sealedOf(entries);
  const erased = new Set();
  for (const { value } of entries) {
    if (value?.type !== 'PersonalDataErased') continue;
    for (const of of coveredBy(value.data, value.org)) erased.add(of);
  }
  const opened = new Map();
  const bytes = files.get(FILE);
  const disclosures = bytes === undefined ? [] : readDisclosures(bytes, findings);
  let before = null;
  for (const disclosure of disclosures) {
    const find = (code, detail) => {
      const where = { file: FILE, seq: disclosure.seq };
      findings.add(code, `line ${disclosure.line}: ${detail}`, where);
    };
    if (before !== null && !isBehind(disclosure, before)) {
      find('disclosure_order', 'it does not ascend by seq and field, each once');
    }
    before = disclosure;
    // Of an entry that could not be read, nobody can say what is sealed in it.
    if (!all && !sealed.has(disclosure.seq)) continue;
    if (!opens(disclosure, sealed, manifest.log, find)) continue;
    const { seq, field, of, value } = disclosure;
    if (erased.has(of)) find('disclosure_erased', `${field} is of somebody who was erased`);
    if (!opened.has(seq)) opened.set(seq, new Map());
    opened.get(seq).set(field, value);
  }
  const counts = count(sealed, opened, erased);
  if (all) checkCounts(counts, manifest, findings);
  return { counts, opened };
}

function isBehind(disclosure, before) {
  if (disclosure.seq !== before.seq) return disclosure.seq > before.seq;
  return order(before.field, disclosure.field) < 0;
}

function opens({ seq, field, of, salt, value }, sealed, log, find) {
  const there = sealed.get(seq)?.get(field);
  if (there === undefined) {
    find('disclosure_nothing', `nothing is sealed at ${field} of the entry ${seq}`);
    return false;
  }
  if (there.of !== of) {
    find('disclosure_owner', `${field} is of ${there.of}`);
    return false;
  }
  const committed = same(commitment(log, seq, field, salt, value), hashOf(there.commit));
  if (!committed) find('disclosure_mismatch', `${field} is not what the entry commits to`);
  return committed;
}

function count(sealed, opened, erased) {
  const counts = { disclosed: 0, erased: 0, withheld: 0 };
  for (const [seq, fields] of sealed) {
    for (const [field, { of }] of fields) {
      if (erased.has(of)) counts.erased += 1;
      else if (opened.get(seq)?.has(field)) counts.disclosed += 1;
      else counts.withheld += 1;
    }
  }
  return counts;
}

function checkCounts(counts, manifest, findings) {
  const names = ['disclosed', 'erased', 'withheld'];
  if (names.every((name) => counts[name] === manifest.counts[name])) return;
  const say = (of) => names.map((name) => `${of[name]} ${name}`).join(', ');
  const detail = `the manifest counts ${say(manifest.counts)}; there are ${say(counts)}`;
  findings.add('counts', detail, { file: 'manifest.json' });
}
