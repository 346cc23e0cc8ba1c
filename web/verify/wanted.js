// What the auditor asked for beyond soundness: a size, and an age.

import { momentOf } from './time.js';

export function checkWanted({ minSize, maxAge }, { manifest, now, findings }, found) {
  const { org_size: orgSize } = manifest;
  if (minSize !== undefined && orgSize < minSize) {
    findings.add('too_small', `the organization has ${orgSize} entries, not ${minSize}`);
  }
  if (maxAge === undefined) return;
  const oldest = now - maxAge;
  const times = found.witnesses.map(({ time }) => time);
  const recorded = found.heads?.entry.value.time;
  // Without a witness, the ledger's own clock is all there is.
  const newest = times.length > 0 ? Math.max(...times) : momentOf(recorded ?? '')?.seconds;
  const isRecent = newest !== undefined && newest >= oldest;
  if (!isRecent) {
    findings.add('too_old', `nothing proves that it is not older than ${maxAge} seconds`);
  }
}
