// Every case, checked as it was made.

import assert from 'node:assert/strict';
import test from 'node:test';
import { CASES } from './cases.mjs';
import { verified } from './contract.mjs';

for (const { corpus, name, make, exit, codes, verdicts = {}, seqs } of CASES) {
  test(`${corpus}: ${name}`, async () => {
    const { made, given } = make();
    const { report } = await verified(made, given);
    const told = JSON.stringify(report.findings.slice(0, 8), null, 1);
    const found = [...new Set(report.findings.map(({ code }) => code))].sort();
    assert.deepEqual(found, [...codes].sort(), told);
    assert.equal(report.exit, exit, told);
    for (const [verdict, expected] of Object.entries(verdicts)) {
      assert.deepEqual(report.verdicts[verdict], expected, told);
    }
    for (const [code, seq] of Object.entries(seqs ?? {})) {
      assert.equal(report.findings.find((finding) => finding.code === code).seq, seq, told);
    }
  });
}
