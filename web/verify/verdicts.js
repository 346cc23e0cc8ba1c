// The five verdicts (docs/BUNDLE.md § 8), and the file that holds a contradiction.

import { join, bytesOf } from './bytes.js';

/** What nothing was verified of: the answer where something of exit 2 was found. */
function completeness(findings, manifest) {
  const stands = !findings.hasExit(1) && !findings.hasExit(2);
  if (!stands || findings.has('heads_behind', 'too_small')) return 'unproven';
  return manifest.from === 0 && manifest.to === manifest.org_size ? 'complete' : 'range';
}

function assurance(findings, policy, reached) {
  const unmet = findings.has(
    'quorum',
    'checkpoint_unsigned',
    'checkpoint_retired',
    'too_old',
  );
  if (!reached || unmet) return 'unmet';
  return policy.quorum === 'none' ? 'signed' : 'witnessed';
}

function continuity(findings, known, told) {
  if (known.length === 0) return 'unasked';
  if (findings.has('fork', 'rollback')) return 'contradicted';
  return told?.consistent ? 'consistent' : 'unproven';
}

export function verdictsOf({
  findings,
  manifest,
  policy,
  known,
  checkpoints,
  told,
  counts,
  notCheckable,
}) {
  const failed = findings.hasExit(1) || findings.hasExit(2);
  const reached =
    checkpoints.every((checkpoint) => checkpoint !== null) && checkpoints.length === 2;
  const { disclosed, erased, withheld } = counts;
  return {
    assurance: assurance(findings, policy, reached),
    completeness: completeness(findings, manifest),
    continuity: continuity(findings, known, told),
    integrity: failed ? 'failed' : 'verified',
    personal_data: { disclosed, erased, not_checkable: notCheckable, withheld },
  };
}

const SENTENCES = {
  fork: 'Both are signed for one log, and no one history has both.',
  rollback: 'Both are signed for one log, and the bundle was made from an older state of it.',
};

/** Both notes, each behind a line that says where it comes from, and one sentence. */
export function evidenceOf(contradictions) {
  const parts = contradictions.flatMap(({ code, known, ours }) => [
    bytesOf(`known checkpoint, ${known.name}:\n`),
    known.note.bytes,
    bytesOf(`checkpoint of the bundle:\n`),
    ours.bytes,
    bytesOf(`${SENTENCES[code]}\n`),
  ]);
  return parts.length === 0 ? null : join(...parts);
}
