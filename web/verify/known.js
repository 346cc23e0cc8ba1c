// The bundle beside what the auditor already knew: a ledger may grow, and nothing else.

import { Refused, demand, same } from './bytes.js';
import { EMPTY_ROOT } from './hashes.js';
import { judgeNote, readNote } from './note.js';
import { endOf, namedBy } from './restorations.js';
import { isConsistent } from './trees.js';

/**
 * Compares each known checkpoint with the bundle's of the same origin. Answers whether all of them
 * were found consistent, the pairs of notes that cannot both be true, and whether one was none.
 */
export function checkKnown(known, bundle, found) {
  const told = { consistent: true, contradictions: [], stopped: false };
  for (const { name, bytes } of known) {
    const { findings, succession } = bundle;
    let note;
    let judged;
    try {
      note = readNote(bytes);
      judged = judgeNote(note, succession.trusted);
      const [fault] = judged.faults;
      demand(fault === undefined, `the signature of ${fault} does not verify`);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      findings.add('known_form', `${name} is no checkpoint: ${error.message}`, { file: name });
      return { ...told, consistent: false, stopped: true };
    }
    compare({ name, note, judged }, bundle, found, told);
  }
  return told;
}

function compare({ name, note, judged }, bundle, found, told) {
  const { findings, manifest, succession } = bundle;
  const find = (code, detail) => {
    told.consistent = false;
    findings.add(code, `${name}: ${detail}`, { file: name });
  };
  const { origin } = note;
  const signed = judged.logs.some((key) => succession.counts(key, note.size));
  if (!signed) find('known_unsigned', `no key that is trusted for ${origin} signed it`);
  const { restored: now } = namedBy(manifest.origin, manifest);
  const named = namedBy(origin, manifest);
  const isEarlier = named !== null && named.restored < now;
  const isOurs = named !== null && (named.restored === now || (isEarlier && signed));
  if (!isOurs) find('known_foreign', `it is of ${origin}`);
  if (!signed || !isOurs) return;
  const { isOrg } = named;
  const ours = isOrg ? found.orgCheckpoint : found.checkpoint;
  const expected = isOrg ? manifest.org_origin : manifest.origin;
  const end = isEarlier ? endOf(found.restorations, named.restored) : Infinity;
  // What nobody signed contradicts nobody; and that nothing says where a name ended was found.
  if (ours === null || !ours.signed || ours.origin !== expected || end === null) {
    told.consistent = false;
    return;
  }
  const kept = isEarlier ? isKept(note, isOrg, end, found) : true;
  if (kept === null) {
    told.consistent = false;
    return;
  }
  if (!kept) {
    const lost = `what ${origin} had there when it had ${note.size} entries is lost`;
    find('known_restored', `the ledger was taken back at seq ${end} and says so: ${lost}`);
    return;
  }
  const contradict = (code, detail) => {
    find(code, detail);
    told.contradictions.push({ code, known: { name, note }, ours });
  };
  if (note.size > ours.size) {
    contradict('rollback', `it has ${note.size} entries, the bundle's only ${ours.size}`);
    return;
  }
  const follows = isOrg ? followsInTree(note, ours, found) : followsByProof(note, ours, found);
  if (follows === false) {
    contradict('fork', `at its size ${note.size} the bundle has another root`);
  } else if (follows === null && isOrg) {
    told.consistent = false;
  } else if (follows === null) {
    find('continuity_unproven', `no consistency proof begins at its size ${note.size}`);
  }
}

/** Whether a ledger that was taken back kept what was known of its earlier name; null: unknown. */
function isKept(note, isOrg, end, { tree }) {
  if (!isOrg) return note.size <= end;
  if (!tree.isWhole) return null;
  return note.size <= tree.size && same(note.root, tree.root(note.size));
}

/** Whether the organization's tree begins with the known one; null where the tiles do not say. */
function followsInTree(note, ours, { tree }) {
  if (note.size === ours.size) return same(note.root, ours.root);
  return tree.isWhole ? same(note.root, tree.root(note.size)) : null;
}

function followsByProof(note, ours, { requests }) {
  if (note.size === ours.size) return same(note.root, ours.root);
  if (note.size === 0) return same(note.root, EMPTY_ROOT);
  const request = requests.get(note.size);
  if (request === undefined) return null;
  return isConsistent(note.size, ours.size, note.root, ours.root, request.path);
}
