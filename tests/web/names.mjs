// Bundles of ledgers whose keys followed each other, or that were taken back (docs/BUNDLE.md § 3.1
// and § 3.2).

import { makeBundle, policyOf, proofOf } from './bundle.mjs';
import { NIL, base64, insert, manyTeams, relink } from './ledgers.mjs';
import { keyNamed, logLine, textOf, witnessNamed } from './notes.mjs';
import { inclusionPath, rootOf } from './trees.mjs';

const OPERATOR = 'operator:c99ee8d3-7f6a-4d0c-a1e3-4f1f7f4f7c11';
const given = { actor: OPERATOR, subjects: [NIL] };

/** The keys behind so many rotations. */
export function keysBehind(count, origin, org) {
  const named = (name) => keyNamed(name, 1, count === 0 ? name : `${name}, rotated ${count} times`);
  return {
    log: named(origin),
    org: named(`${origin}/o/${org}`),
    witnesses: ['one', 'two', 'three'].map((name) => witnessNamed(`${name}.example/witness`)),
  };
}

/** A handover: what it says, signed by each of the keys. */
export function handover({ origin, leaves, number, next, keys }) {
  const text = `${textOf(origin, leaves.length, rootOf(leaves))}rotation ${number} ${next.vkey}\n`;
  return `${text}\n${keys.map((key) => logLine(key, text)).join('')}`;
}

/** A proof of the last entry of a handover. */
export function proofTo(note, leaves) {
  const index = leaves.length - 1;
  const path = inclusionPath(index, leaves).map((hash) => `${base64(hash)}\n`);
  return Buffer.from(`c2sp.org/tlog-proof@v1\nindex ${index}\n${path.join('')}\n${note}`);
}

/** The three files of a rotation; `change` may change what they are made of. */
function addRotation(made, { seq, number }, change) {
  const { files, ledger, origin, org, entries } = made;
  const [before, next] = [number - 1, number].map((count) => keysBehind(count, origin, org));
  const said = {
    entry: ledger[seq].bytes,
    number,
    leaves: made.leaves.slice(0, seq + 1),
    ledger: { next: next.log, keys: [before.log, next.log] },
    own: { next: next.org, keys: [before.org, next.org] },
    isOfOrg: seq < made.committed.seq,
    orgLeaves: made.orgLeaves.slice(0, entries.filter(({ value }) => value.seq < seq).length),
  };
  change?.(said, made);
  const ofLedger = { origin, leaves: said.leaves, number: said.number, ...said.ledger };
  const ofOrg = { leaves: said.orgLeaves, number: said.number, ...said.own };
  const note = said.note ?? handover(ofLedger);
  files.set(`global/rotations/${number}.json`, said.entry);
  files.set(`global/rotations/${number}.tlog-proof`, proofTo(note, said.leaves));
  const own = handover({ origin: `${origin}/o/${org}`, ...ofOrg });
  if (said.isOfOrg) files.set(`org/rotations/${number}`, Buffer.from(own));
}

/**
 * A bundle of an organization that made teams while the ledger's key rotated. `at` are the places
 * of the rotations in the ledger, `first` is the number of the first, `pinned` behind how many
 * rotations the policy's keys are. `change(said, made)` may spoil a rotation, `history(ledger)` the
 * ledger, `files` as makeBundle has it. `late` rotates once more behind the heads. `restored` places an entry that takes the ledger back.
 */
export function namedBundle({ at = [40], first = 1, pinned = 0, late, change, ...spec } = {}) {
  const { ledger, org } = manyTeams(40);
  const { restored } = spec;
  const old = [...(spec.old ?? [])];
  const { log } = ledger[0].value;
  const origin = restored === undefined ? log : `${log}/r1`;
  if (restored !== undefined) {
    const lost = { commit: base64(Buffer.alloc(32, 5)), of: NIL };
    const root = base64(Buffer.alloc(32, 6));
    const data = { guarded_root: root, guarded_size: 900, reason: lost, restored: 1 };
    insert(ledger, restored, NIL, 'LedgerRestored', data, given);
  }
  const rotations = at.map((seq, place) => ({ seq, number: first + place }));
  for (const { seq, number } of rotations) {
    const key = base64(keysBehind(number, origin, org).log.bytes);
    const data = { key, rotation: number };
    insert(ledger, seq, NIL, 'CheckpointKeyRotated', data, given);
  }
  spec.history?.(ledger, rotations);
  relink(ledger);
  const last = first + at.length - 1;
  const keys = keysBehind(last, origin, org);
  const behind = (all) => {
    if (!late) return;
    const { log: next } = keysBehind(last + 1, origin, org);
    rotations.push({ seq: all.length, number: last + 1 });
    const data = { key: base64(next.bytes), rotation: last + 1 };
    insert(all, all.length, NIL, 'CheckpointKeyRotated', data, given);
    relink(all);
    keys.log = next;
  };
  // The heads come first.
  if (late) old.push(ledger.length + 2);
  const made = makeBundle({
    ...spec,
    behind,
    ledger,
    org,
    origin,
    keys: spec.signer === undefined ? keys : { ...keys, ...spec.signer(origin, org) },
    old: [...old, ...at.map((seq) => seq + 1)],
    files: (all) => {
      for (const rotation of rotations) addRotation(all, rotation, change);
      if (restored !== undefined) {
        all.files.set('global/restorations/1.json', all.ledger[restored].bytes);
        all.files.set(`global/proofs/${restored}.tlog-proof`, proofOf(all, restored));
      }
      spec.files?.(all);
    },
  });
  made.policy = policyOf(keysBehind(pinned, origin, org));
  return made;
}
