// The bundle beside what the auditor already knew: a ledger may grow, and nothing else.

import { Refused, demand, same } from './bytes.js';
import { EMPTY_ROOT } from './hashes.js';
import { judgeNote, readNote } from './note.js';
import { logKeys } from './policy.js';
import { isConsistent } from './trees.js';

/**
 * Compares each known checkpoint with the bundle's of the same origin. Answers whether all of them
 * were found consistent, the pairs of notes that cannot both be true, and whether one was none.
 */
export function checkKnown(known, bundle, found) {
  const told = { consistent: true, contradictions: [], stopped: false };
  for (const { name, bytes } of known) {
    const { policy, findings } = bundle;
    let note;
    let judged;
    try {
      note = readNote(bytes);
      judged = judgeNote(note, policy);
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

function compare({ name, note, judged }, { policy, findings, manifest }, found, told) {
  const find = (code, detail) => {
    told.consistent = false;
    findings.add(code, `${name}: ${detail}`, { file: name });
  };
  const { origin } = note;
  if (!judged.signed) {
    const none = logKeys(policy, origin).length === 0;
    find(
      'known_unsigned',
      none ? `the policy has no key of ${origin}` : 'no trusted key signed it',
    );
  }
  const isOrg = origin === manifest.org_origin;
  if (!isOrg && origin !== manifest.origin) find('known_foreign', `it is of ${origin}`);
  const ours = isOrg ? found.orgCheckpoint : found.checkpoint;
  const comparable = origin === manifest.origin || isOrg;
  if (!judged.signed || !comparable) return;
  // What nobody signed contradicts nobody.
  if (ours === null || !ours.signed || ours.origin !== origin) {
    told.consistent = false;
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
