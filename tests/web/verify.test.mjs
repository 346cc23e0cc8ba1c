// Every case, checked as it was made.

import assert from 'node:assert/strict';
import test from 'node:test';
import { CASES } from './cases.mjs';
import { CONTRACT, verified } from './contract.mjs';

// A type enters the catalogue with the feature that records it.
const isThere = ({ needs }) => needs === undefined || CONTRACT.schemas.has(`${needs}.schema.json`);

for (const { corpus, name, make, exit, codes, verdicts = {}, seqs, law } of CASES.filter(isThere)) {
  test(`${corpus}: ${name}`, async () => {
    const { made, given, seq } = make();
    const { report } = await verified(made, given);
    const told = JSON.stringify(report.findings.slice(0, 8), null, 1);
    const found = [...new Set(report.findings.map(({ code }) => code))].sort();
    assert.deepEqual(found, [...codes].sort(), told);
    assert.equal(report.exit, exit, told);
    if (law !== undefined) {
      const faults = report.findings.map((finding) => [finding.law, finding.seq]);
      const expected = [law].flat().map((code) => [code, seq]);
      assert.deepEqual(faults, expected, told);
    }
    for (const [verdict, expected] of Object.entries(verdicts)) {
      assert.deepEqual(report.verdicts[verdict], expected, told);
    }
    for (const [code, seq] of Object.entries(seqs ?? {})) {
      assert.equal(report.findings.find((finding) => finding.code === code).seq, seq, told);
    }
  });
}
