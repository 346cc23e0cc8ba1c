// Makes bundles as docs/BUNDLE.md says they are, and lets a case spoil one at any step.

import { blake3 } from '../../web/verify/vendor/hashes/blake3.js';
import { coveredBy } from '../../web/verify/entry.js';
import { chainHash } from '../../web/verify/hashes.js';
import { NIL, base64, canonicalText, insert, later, relink } from './ledgers.mjs';
import { cosignatureLine, keyNamed, logLine, textOf, witnessNamed } from './notes.mjs';
import { consistencyPath, inclusionPath, leafOf, rootOf, sha256, tilesOf } from './trees.mjs';

const EXPORT = '6b0f6d0e-52a8-4e60-8b9a-3a39a5a3b1ce';
const HEADS_ACTOR = 'operator:c99ee8d3-7f6a-4d0c-a1e3-4f1f7f4f7c11';

const u32 = (number) => {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(number);
  return bytes;
};
const u64 = (number) => {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(number));
  return bytes;
};
const prefixed = (bytes) => Buffer.concat([u32(bytes.length), bytes]);
const hashLines = (hashes) => hashes.map((hash) => `${base64(hash)}\n`).join('');
const secondsOf = (time) => Math.floor(Date.parse(`${time.slice(0, 19)}Z`) / 1000);

export function tilePath(level, place, count) {
  const digits = String(place)
    .padStart(Math.ceil(String(place).length / 3) * 3, '0')
    .match(/.../g);
  const last = digits.pop();
  const name = [...digits.map((group) => `x${group}`), last].join('/');
  return `org/tile/${level}/${name}${count === 256 ? '' : `.p/${count}`}`;
}

export function entryBundle(entries) {
  return Buffer.concat(
    entries.flatMap(({ length }, at) => {
      const count = Buffer.alloc(2);
      count.writeUInt16BE(length);
      return [count, entries[at]];
    }),
  );
}

/** The organizations in the order in which they were created, the deployment's chain left out. */
function organizations(ledger) {
  return [...new Set(ledger.map(({ value }) => value.org))].filter((org) => org !== NIL);
}

const entriesOf = (ledger, org) => ledger.filter(({ value }) => value.org === org);

/** LP(org) ‖ size ‖ root ‖ E of the last, as a leaf of the heads' tree. */
function headOf(ledger, org) {
  const entries = entriesOf(ledger, org);
  const root = rootOf(entries.map(({ bytes }) => leafOf(bytes)));
  const last = Buffer.from(chainHash(entries.at(-1).bytes));
  const data = Buffer.concat([prefixed(Buffer.from(org)), u64(entries.length), root, last]);
  return { size: entries.length, root, last, leaf: leafOf(data) };
}

/** Puts an entry that commits to all heads behind a ledger, and answers where it stands. */
export function commitHeads(ledger, { seen = (all) => all, org: whose } = {}) {
  const orgs = organizations(ledger);
  const heads = orgs.map((org) => headOf(seen(ledger, whose), org));
  const leaves = heads.map(({ leaf }) => leaf);
  const data = { organizations: orgs.length, root: base64(rootOf(leaves)) };
  const given = { actor: HEADS_ACTOR, time: later(ledger.at(-1).value.time, 1000) };
  insert(ledger, ledger.length, NIL, 'OrganizationHeadsCommitted', data, given);
  relink(ledger);
  return { seq: ledger.length - 1, orgs, heads, leaves };
}

/** The four keys of a log and what its witnesses are called. */
export function keysOf(origin, org) {
  return {
    log: keyNamed(origin),
    org: keyNamed(`${origin}/o/${org}`),
    witnesses: ['one', 'two', 'three'].map((name) => witnessNamed(`${name}.example/witness`)),
  };
}

export function policyOf({ log, org, witnesses }, quorum = 'two-of-three') {
  const lines = [`log ${log.vkey}`, `log ${org.vkey} https://example.com/log`, ''];
  witnesses.forEach((key, at) => lines.push(`witness w${at + 1} ${key.vkey}`));
  lines.push('# Whoever runs them has nothing to do with each other.');
  lines.push('group two-of-three 2 w1 w2 w3', `quorum ${quorum}`);
  return `${lines.join('\n')}\n`;
}

/** A checkpoint over leaves, signed by its log. */
export function note(origin, leaves, key) {
  const text = textOf(origin, leaves.length, rootOf(leaves));
  return `${text}\n${logLine(key, text)}`;
}

/**
 * A bundle. `spec` gives `ledger` and `org`; `from`, `to`; `disclose(entry, disclosure)`; `old`,
 * sizes of consistency proofs; `keys`; `early`, by how many seconds the witnesses' clocks are
 * behind; `cut`, how many entries the organization's tree has; `seen(ledger, org)`, what the
 * heads are of; `behind(ledger)`, what happened behind them; and the hooks `notes`, `files` (before the manifest is made), `manifest` and
 * `after` (when all is made), which get what was made so far.
 */
export function makeBundle(spec) {
  const { ledger, org, old = [], disclose = () => true } = spec;
  const { log } = ledger[0].value;
  const origin = spec.origin ?? log;
  const keys = spec.keys ?? keysOf(origin, org);
  const committed = commitHeads(ledger, spec);
  spec.behind?.(ledger);
  // A bundle may be of an older organization than its heads are.
  const entries = entriesOf(ledger, org).slice(0, spec.cut);
  const from = spec.from ?? 0;
  const to = spec.to ?? entries.length;
  const leaves = ledger.map(({ bytes }) => leafOf(bytes));
  const orgLeaves = entries.map(({ bytes }) => leafOf(bytes));
  const cosigned = secondsOf(ledger.at(-1).value.time) + 2 - (spec.early ?? 0);
  const made = {
    ledger,
    org,
    log,
    origin,
    keys,
    committed,
    entries,
    from,
    to,
    leaves,
    orgLeaves,
    cosigned,
    files: new Map(),
    known: [],
    asked: { now: cosigned + 60 },
    policy: policyOf(keys, spec.quorum),
  };
  addCheckpoints(made);
  spec.notes?.(made);
  addOrganization(made);
  addLedger(made, old);
  addDisclosures(made, disclose);
  made.files.set('HOWTO.txt', Buffer.from("How to check this with other people's tools.\n"));
  spec.files?.(made);
  made.manifest = manifestOf(made);
  spec.manifest?.(made.manifest, made);
  made.files.set('manifest.json', Buffer.from(canonicalText(made.manifest)));
  spec.after?.(made);
  return made;
}

function addCheckpoints(made) {
  const { files, origin, org, keys, leaves, orgLeaves, cosigned } = made;
  made.text = textOf(origin, leaves.length, rootOf(leaves));
  made.lines = [logLine(keys.log, made.text)];
  keys.witnesses.forEach((key, at) => {
    made.lines.push(cosignatureLine(key, cosigned + at, made.text));
  });
  files.set('global/checkpoint', Buffer.from(`${made.text}\n${made.lines.join('')}`));
  files.set('org/checkpoint', Buffer.from(note(`${origin}/o/${org}`, orgLeaves, keys.org)));
}

function addOrganization({ files, entries, orgLeaves, from, to }) {
  for (const [level, place, hashes] of tilesOf(orgLeaves)) {
    files.set(tilePath(level, place, hashes.length), Buffer.concat(hashes));
    const holds = place * 256 < to && (place + 1) * 256 > from && from < to;
    if (level > 0 || !holds) continue;
    const there = entries.slice(place * 256, place * 256 + 256).map(({ bytes }) => bytes);
    files.set(tilePath('entries', place, there.length), entryBundle(there));
  }
}

export function proofOf({ files, leaves }, seq) {
  const lines = `c2sp.org/tlog-proof@v1\nindex ${seq}\n${hashLines(inclusionPath(seq, leaves))}\n`;
  return Buffer.concat([Buffer.from(lines), files.get('global/checkpoint')]);
}

export function requestOf({ files, leaves }, old) {
  const path = old === 0 ? [] : consistencyPath(old, leaves);
  return Buffer.concat([
    Buffer.from(`old ${old}\n${hashLines(path)}\n`),
    files.get('global/checkpoint'),
  ]);
}

function addLedger(made, old) {
  const { files, committed, entries, from, to, org, ledger } = made;
  const seqs = [committed.seq];
  if (from < to) seqs.push(entries[from].value.seq, entries[to - 1].value.seq);
  for (const seq of seqs) files.set(`global/proofs/${seq}.tlog-proof`, proofOf(made, seq));
  for (const size of old) {
    files.set(`consistency/${size}-${ledger.length}.req`, requestOf(made, size));
  }
  const index = committed.orgs.indexOf(org);
  const head = committed.heads[index];
  made.heads = {
    entry: ledger[committed.seq].bytes.toString(),
    index,
    last: base64(head.last),
    org_size: head.size,
    path: inclusionPath(index, committed.leaves).map(base64),
    root: base64(head.root),
  };
  files.set('global/heads.json', Buffer.from(canonicalText(made.heads)));
}

function addDisclosures(made, disclose) {
  const { files, entries, from, to } = made;
  const counts = { disclosed: 0, erased: 0, withheld: 0 };
  const lines = [];
  const told = entries.slice(from, to);
  const erasures = told.filter(({ value }) => value.type === 'PersonalDataErased');
  const erased = new Set(erasures.flatMap(({ value }) => coveredBy(value.data, value.org)));
  for (const entry of told) {
    for (const { field, of, salt, value } of entry.disclosures) {
      if (!disclose(entry, { field, of })) continue;
      if (!erased.has(of)) counts.disclosed += 1;
      lines.push({ disclosure: { field, of, salt, seq: entry.value.seq, value } });
    }
  }
  const texts = told.map(({ bytes }) => bytes.toString());
  const sealed = texts.flatMap((text) => [
    ...text.matchAll(/\{"commit":"[^"]*","of":"([^"]*)"\}/g),
  ]);
  counts.erased = sealed.filter(([, of]) => erased.has(of)).length;
  counts.withheld = sealed.length - counts.disclosed - counts.erased;
  made.counts = counts;
  made.disclosures = lines;
  if (lines.length > 0) files.set('disclosures.ndjson', ndjson(lines));
}

export const ndjson = (lines) =>
  Buffer.from(lines.map((line) => `${canonicalText(line)}\n`).join(''));

function manifestOf(made) {
  const { files, counts, from, to, log, org, origin, leaves, orgLeaves, committed } = made;
  const listed = [...files].sort(([one], [other]) => (one < other ? -1 : 1));
  return {
    counts,
    export: EXPORT,
    files: listed.map(([path, bytes]) => ({ path, ...fileOf(bytes) })),
    format: 1,
    from,
    heads: committed.seq,
    log,
    org,
    org_origin: `${origin}/o/${org}`,
    org_size: orgLeaves.length,
    origin,
    size: leaves.length,
    to,
  };
}

export function fileOf(bytes) {
  const hex = (hash) => Buffer.from(hash).toString('hex');
  return { blake3: hex(blake3(bytes)), bytes: bytes.length, sha256: hex(sha256(bytes)) };
}
