// The two checkpoints of a bundle, and whether the quorum of witnesses saw the ledger's.

import { Refused } from './bytes.js';
import { counting, judgeNote, readNote } from './note.js';
import { fillsQuorum } from './policy.js';

/**
 * The checkpoint at `path`, judged, or null where it cannot be read. `signed` says whether the
 * policy trusts it as a statement of its origin, which every later comparison rests on.
 */
export function checkCheckpoint(path, expected, { files, findings, succession }) {
  const bytes = files.get(path);
  if (bytes === undefined) return null;
  const where = { file: path };
  let note;
  try {
    note = readNote(bytes);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    findings.add('checkpoint_form', `${path}: ${error.message}`, where);
    return null;
  }
  if (note.origin !== expected.origin) {
    const detail = `${path} is of ${note.origin}, not of ${expected.origin}`;
    findings.add('checkpoint_origin', detail, where);
  }
  if (note.size !== expected.size) {
    const detail = `${path} has the size ${note.size}, not ${expected.size}`;
    findings.add('checkpoint_size', detail, where);
  }
  const judged = judgeNote(note, succession.trusted);
  for (const name of judged.faults) {
    const detail = `${path}: the signature of ${name} does not verify`;
    findings.add('checkpoint_signature', detail, where);
  }
  const signed = judged.logs.some((key) => succession.counts(key, note.size));
  if (!signed && judged.logs.length > 0) {
    const detail = `${path}: only a key signed it that another followed at a smaller size`;
    findings.add('checkpoint_retired', detail, where);
  } else if (!signed) {
    const detail = `${path}: no key that is trusted for ${note.origin} signed it`;
    findings.add('checkpoint_unsigned', detail, where);
  }
  return { ...note, ...judged, signed };
}

/** The cosignatures on the ledger's checkpoint that count, in the order of its lines. */
export function checkWitnesses(checkpoint, { policy, now, findings }) {
  const counted = counting(checkpoint.cosignatures, now);
  const names = counted.map(({ name }) => name);
  if (!fillsQuorum(policy, names)) {
    const found = names.length === 0 ? 'no witness' : [...new Set(names)].join(', ');
    const detail = `the quorum ${policy.quorum} is not filled: ${found} cosigned`;
    findings.add('quorum', detail, { file: 'global/checkpoint' });
  }
  return counted;
}
