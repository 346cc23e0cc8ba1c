// Ledgers to make bundles of: the reference ledger, and others made from it.

import { readFileSync } from 'node:fs';
import { chainHash, commitment, genesis, orgGenesis } from '../../web/verify/hashes.js';
import { sealedFields } from '../../web/verify/entry.js';

const EVENTS = new URL('../../events/', import.meta.url);
export const NIL = '00000000-0000-0000-0000-000000000000';

/**
 * JSON with every object's names ascending, which is canonical for what stands in these ledgers.
 */
export function canonicalText(value) {
  const sorted = (inner) => {
    if (Array.isArray(inner)) return inner.map(sorted);
    if (inner === null || typeof inner !== 'object') return inner;
    return Object.fromEntries(
      Object.keys(inner)
        .sort()
        .map((name) => [name, sorted(inner[name])]),
    );
  };
  return JSON.stringify(sorted(value));
}

export const base64 = (bytes) => Buffer.from(bytes).toString('base64');

/** The lines of events/reference.ndjson, each with its value and exact bytes. */
export function referenceLedger() {
  const lines = readFileSync(new URL('reference.ndjson', EVENTS), 'utf8').trimEnd().split('\n');
  return lines.map((line) => {
    const told = JSON.parse(line);
    return { ...told, value: JSON.parse(told.bytes), bytes: Buffer.from(told.bytes) };
  });
}

/** An organization by the slug that its export is named by. */
export function orgNamed(ledger, slug) {
  const file = new URL(`reference/${slug}.export.ndjson`, EVENTS);
  const [header] = readFileSync(file, 'utf8').split('\n');
  const { org } = JSON.parse(header).export;
  return ledger.find(({ value }) => value.org === org).value.org;
}

/** Places, links and commitments anew, as whoever can write the whole ledger would. */
export function relink(ledger) {
  const { log } = ledger[0].value;
  const heads = new Map();
  let prev = genesis(log);
  ledger.forEach((entry, seq) => {
    const { value } = entry;
    const [orgSeq, orgPrev] = heads.get(value.org) ?? [0, orgGenesis(log, value.org)];
    Object.assign(value, { seq, prev: base64(prev), org_seq: orgSeq, org_prev: base64(orgPrev) });
    for (const disclosure of entry.disclosures) recommit(value, disclosure);
    // A case may write an entry in another spelling; what follows links to those bytes.
    const text = canonicalText(value);
    entry.bytes = Buffer.from(entry.spoil?.(text) ?? text);
    prev = chainHash(entry.bytes);
    heads.set(value.org, [orgSeq + 1, prev]);
  });
  return ledger;
}

function recommit(value, { field, salt, value: text }) {
  const sealed = sealedFields(value.data).get(field);
  if (sealed === undefined) return;
  const opened = commitment(value.log, value.seq, field, Buffer.from(salt, 'base64'), text);
  sealed.commit = base64(opened);
}

/** A moment that is some microseconds after another. */
export function later(time, micros) {
  const whole = BigInt(Date.parse(`${time.slice(0, 19)}Z`)) * 1000n + BigInt(time.slice(20, 26));
  const moved = whole + BigInt(micros);
  const seconds = new Date(Number(moved / 1000n)).toISOString().slice(0, 19);
  return `${seconds}.${String(moved % 1_000_000n).padStart(6, '0')}Z`;
}

/** Puts an entry of an organization at a place of the ledger; its links are made by `relink`. */
export function insert(ledger, at, org, type, data, { actor, subjects = [], time, ...rest } = {}) {
  const before = ledger[at - 1].value;
  const value = {
    actor,
    cmd: `00000000-0000-4000-9000-${String(at).padStart(12, '0')}`,
    data,
    log: before.log,
    org,
    subjects,
    time: time ?? later(before.time, 1),
    tv: 1,
    type,
    v: 1,
    ...rest,
  };
  ledger.splice(at, 0, { value, bytes: null, disclosures: [] });
}

/** A ledger in which an organization has many entries: its super admin makes teams. */
export function manyTeams(count, slug = 'harbour') {
  const ledger = referenceLedger();
  const org = orgNamed(ledger, slug);
  const founder = ledger.find(
    ({ value }) => value.org === org && value.type === 'MemberCreated',
  ).value;
  const end = ledger.findLastIndex(({ value }) => value.org === org && value.org_seq < 2) + 1;
  const kept = ledger.slice(0, end);
  for (let at = 0; at < count; at += 1) {
    const team = `00000000-0000-4000-8000-${String(at).padStart(12, '0')}`;
    const data = { name: `Team ${at}`, team };
    insert(kept, kept.length, org, 'TeamCreated', data, { actor: `user:${founder.data.user}` });
  }
  return { ledger: relink(kept), org };
}
