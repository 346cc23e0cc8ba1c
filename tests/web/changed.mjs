// Checks bundles that are given one behind the other, and answers a line for each: the exit code,
// the codes of what was found, and how long it took (tests/it/bundle/changes.rs).
//
// Everything given stands behind its length in 4 bytes. First comes an object with `policies` and
// `now`; then bundles, each with the number of its policy, 1 for a zip file or 0 for files, and the
// zip file or paths and contents.

import { CONTRACT } from './contract.mjs';
import { verify } from '../../web/verify/verify.js';

/** What stands behind each length, one by one. */
async function* framesOf(stream) {
  let held = Buffer.alloc(0);
  for await (const chunk of stream) {
    held = Buffer.concat([held, chunk]);
    while (held.length >= 4 && held.length >= 4 + held.readUInt32BE()) {
      const end = 4 + held.readUInt32BE();
      yield held.subarray(4, end);
      held = held.subarray(end);
    }
  }
}

function filesOf(bytes) {
  const parts = [];
  for (let at = 0; at < bytes.length; ) {
    const end = at + 4 + bytes.readUInt32BE(at);
    parts.push(bytes.subarray(at + 4, end));
    at = end;
  }
  const files = [];
  for (let at = 0; at < parts.length; at += 2) {
    files.push({ path: parts[at].toString(), bytes: new Uint8Array(parts[at + 1]) });
  }
  return { files };
}

let said = null;
for await (const frame of framesOf(process.stdin)) {
  if (said === null) {
    said = JSON.parse(frame.toString());
    continue;
  }
  const rest = frame.subarray(2);
  const given = frame[1] === 1 ? { zip: new Uint8Array(rest) } : filesOf(rest);
  const policy = Buffer.from(said.policies[frame[0]]);
  const asked = { policy, known: [], now: said.now, allowUnwitnessed: false };
  const start = process.hrtime.bigint();
  const { report } = await verify(given, asked, CONTRACT);
  const micros = Number((process.hrtime.bigint() - start) / 1000n);
  const codes = [...new Set(report.findings.map(({ code }) => code))];
  process.stdout.write(`${JSON.stringify({ exit: report.exit, codes, micros })}\n`);
}
