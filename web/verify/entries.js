// The entries of a bundle, each held to its leaf, its place and the entry before.

import { demand, same, Refused } from './bytes.js';
import { toBase64 } from './base64.js';
import { effectiveTime, readEntry } from './entry.js';
import { genesis, leafHash, orgGenesis } from './hashes.js';
import { SKEW_SECONDS } from './note.js';
import { TILES_AT_MOST, WIDTH, isEntriesPath, tilePath } from './tiles.js';
import { isAfter } from './time.js';

/** The entries in an entry bundle, each behind its length in 2 bytes. */
function split(bytes, count) {
  const entries = [];
  let at = 0;
  for (let place = 0; place < count; place += 1) {
    demand(at + 2 <= bytes.length, `it ends before its entry ${place}`);
    const length = (bytes[at] << 8) | bytes[at + 1];
    demand(at + 2 + length <= bytes.length, `it ends inside its entry ${place}`);
    entries.push(bytes.subarray(at + 2, at + 2 + length));
    at += 2 + length;
  }
  demand(at === bytes.length, `something stands behind its ${count} entries`);
  return entries;
}

/** The exact bytes of [`from`, `to`) by place; a place that could not be read is empty. */
export function readEntryBundles({ manifest, files, findings }, tree) {
  const { from, to, org_size: size } = manifest;
  const wanted = new Set();
  const found = new Map();
  const last = from < to ? Math.ceil(to / WIDTH) : 0;
  for (let place = Math.floor(from / WIDTH); place < last; place += 1) {
    const width = Math.min(WIDTH, size - place * WIDTH);
    const path = tilePath('entries', place, width);
    const where = { file: path };
    const bytes = files.get(path);
    if (wanted.size === TILES_AT_MOST) {
      findings.add('entries_missing', `${path} and those behind it are not there`, where);
      break;
    }
    wanted.add(path);
    if (bytes === undefined) findings.add('entries_missing', `${path} is not there`, where);
    else readBundle({ bytes, place, width, where, tree, from, to, found, findings });
  }
  for (const path of files.keys()) {
    if (!isEntriesPath(path) || wanted.has(path)) continue;
    findings.add('entries_extra', `none of ${path} is asked for`, { file: path });
  }
  return found;
}

function readBundle({ bytes, place, width, where, tree, from, to, found, findings }) {
  let entries;
  try {
    entries = split(bytes, width);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    findings.add('entries_form', `${where.file}: ${error.message}`, where);
    return;
  }
  entries.forEach((entry, at) => {
    const orgSeq = place * WIDTH + at;
    const [leaf, expected] = [leafHash(entry), tree.hash(0, orgSeq)];
    const fits = expected === undefined || same(expected, leaf);
    if (orgSeq >= from && orgSeq < to) found.set(orgSeq, { bytes: entry, leaf, fits });
    else if (!fits) findings.add('entry_leaf', `org_seq ${orgSeq} has another leaf`, where);
  });
}

/**
 * The entries of [`from`, `to`) that are there, in order, each checked for itself and behind the
 * one before.
 */
export function checkEntries(bundle, found, counted) {
  const { manifest, findings, contract } = bundle;
  const earliest = Math.min(...counted.map(({ time }) => time));
  const entries = [];
  let before = null;
  for (const [orgSeq, { bytes, leaf, fits }] of found) {
    const entry = { ...readEntry(bytes, contract.schemas, leaf), orgSeq };
    const { value, fault } = entry;
    const find = (code, detail) => {
      const where = { seq: value?.seq };
      findings.add(code, `org_seq ${orgSeq}: ${detail}`, where);
    };
    if (!fits) find('entry_leaf', 'its bytes do not have the leaf of the tree');
    if (fault !== null) find('entry_form', fault);
    if (value !== null && fault === null) {
      checkPlace(entry, manifest, find);
      checkLinks(entry, before, manifest, find);
      checkOrder(entry, entries, find);
      if (isAfter(value.time, earliest + SKEW_SECONDS)) {
        find('entry_after_cosignature', `${value.time} is behind a cosignature of the ledger`);
      }
    }
    entries.push(entry);
    before = entry;
  }
  return entries;
}

function checkPlace({ value, orgSeq }, { log, org }, find) {
  if (value.log !== log) find('entry_log', `it belongs to the ledger ${value.log}`);
  if (value.org !== org) find('entry_org', `it belongs to the organization ${value.org}`);
  if (value.org_seq !== orgSeq) find('org_seq', `it says the place ${value.org_seq}`);
}

function checkLinks({ value, orgSeq }, before, { log, org }, find) {
  const neighbour = before?.orgSeq === orgSeq - 1 ? before : null;
  const names = (link, hash) => link === toBase64(hash);
  if (orgSeq === 0) {
    if (!names(value.org_prev, orgGenesis(log, org))) find('org_prev', 'it is not the genesis');
  } else if (neighbour !== null && !names(value.org_prev, neighbour.hash)) {
    find('org_prev', 'it does not name the entry before');
  }
  const isRead = neighbour?.value != null && neighbour.fault === null;
  const follows = isRead && value.seq === neighbour.value.seq + 1;
  if (value.seq === 0) {
    if (!names(value.prev, genesis(log))) find('prev', 'it is not the genesis of the ledger');
  } else if (follows && !names(value.prev, neighbour.hash)) {
    find('prev', 'it does not name the entry before, which is its neighbour in the ledger');
  }
}

/** Against the last entry before it that could be read. */
function checkOrder({ value }, entries, find) {
  const last = entries.findLast(({ value: read, fault }) => read !== null && fault === null)?.value;
  if (last === undefined) return;
  if (value.seq <= last.seq) find('seq_order', `seq ${value.seq} is behind ${last.seq}`);
  if (value.time <= last.time) find('time_order', `${value.time} is not after ${last.time}`);
  if (effectiveTime(value) < effectiveTime(last)) {
    find('effective_order', `it takes effect before ${effectiveTime(last)}`);
  }
}
