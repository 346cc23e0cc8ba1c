// How whoever trusts one key of a log is led to those that followed it (docs/BUNDLE.md § 3.1).

import { Refused, bytesOf, demand, same, textOf } from './bytes.js';
import { hashOf } from './base64.js';
import { NIL, readEntry } from './entry.js';
import { LOG_KEY, keyOf, sameKey } from './keys.js';
import { judgeNote, readNote } from './note.js';
import { readProof } from './proofs.js';
import { inclusionRoot, isConsistent } from './trees.js';

const NUMBER = '([1-9][0-9]{0,9})';
const PATHS = [
  new RegExp(`^global/rotations/${NUMBER}\\.json$`),
  new RegExp(`^global/rotations/${NUMBER}\\.tlog-proof$`),
  new RegExp(`^org/rotations/${NUMBER}$`),
];
export const NUMBER_AT_MOST = 2 ** 32 - 1;

/** The number of the rotation that a path is about, or null. */
function numberOf(path) {
  const found = PATHS.map((form) => form.exec(path)).find((match) => match !== null);
  const number = Number(found?.[1]);
  return found !== undefined && number <= NUMBER_AT_MOST ? number : null;
}

export const isRotationPath = (path) => numberOf(path) !== null;

const pathsOf = (number) => [
  `global/rotations/${number}.json`,
  `global/rotations/${number}.tlog-proof`,
  `org/rotations/${number}`,
];

/** What ends the stage: a code, a sentence, and the file that it is about. */
class Fault extends Error {
  constructor(code, file, message) {
    super(message);
    Object.assign(this, { code, file });
  }
}

/** Answers what `read` answers, or the fault that it was refused for. */
function formed(file, read) {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    throw new Fault('rotation_form', file, `${file}: ${error.message}`);
  }
}

/**
 * The keys of logs that are trusted, beside those of the policy: `logs` are all of them, `counts`
 * says whether one may sign a checkpoint of a size, `handovers` those that were looked at.
 */
export function followRotations(bundle) {
  const { files, findings, manifest, policy } = bundle;
  const found = { logs: [...policy.logs], retired: [], named: [], handovers: [] };
  const counts = (key, size) =>
    found.retired.every(({ key: one, last }) => !sameKey(one, key) || size <= last);
  const numbers = [...new Set([...files.keys()].map(numberOf))].filter((one) => one !== null);
  let last = manifest.origin === manifest.log ? 0 : null;
  try {
    for (const number of numbers.sort((one, other) => one - other)) {
      const skipped = last !== null && number !== last + 1;
      if (skipped) {
        const [file] = pathsOf(last + 1);
        throw new Fault('rotation_missing', file, `the rotation ${last + 1} is left out`);
      }
      follow(number, bundle, found);
      last = number;
    }
  } catch (error) {
    if (!(error instanceof Fault)) throw error;
    findings.add(error.code, error.message, { file: error.file });
  }
  const { logs, handovers } = found;
  return { trusted: { logs, witnesses: policy.witnesses }, counts, handovers };
}

function follow(number, { files, manifest, contract }, found) {
  const paths = pathsOf(number);
  const needs = (path) => {
    if (!files.has(path)) throw new Fault('rotation_missing', path, `${path} is not there`);
  };
  needs(paths[0]);
  needs(paths[1]);
  const entry = formed(paths[0], () =>
    readRotation(files.get(paths[0]), number, manifest, contract.schemas),
  );
  const proof = formed(paths[1], () => {
    const read = readProof(files.get(paths[1]));
    demand(read.index === entry.value.seq, 'it is no proof of that entry');
    return read;
  });
  const read = (bytes, path, origin) =>
    formed(path, () => readHandover(bytes, number, origin, found.named));
  const ledger = read(proof.note, paths[1], manifest.origin);
  const before = found.handovers.at(-1) ?? { ledger: { size: 0 } };
  formed(paths[1], () => {
    const isLast = ledger.size === entry.value.seq + 1 && ledger.size > before.ledger.size;
    demand(isLast, 'it does not end with that entry');
    demand(same(ledger.next.bytes, hashOf(entry.value.data.key)), 'it names another key');
  });
  const led = inclusionRoot(entry.leaf, entry.value.seq, ledger.size, proof.path);
  if (led === null || !same(led, ledger.root)) {
    throw new Fault('rotation_proof', paths[1], `${paths[1]} does not lead to its root`);
  }
  // Behind the heads nothing is told of the organization.
  let org = null;
  if (entry.value.seq < manifest.heads) {
    needs(paths[2]);
    org = read(files.get(paths[2]), paths[2], manifest.org_origin);
  }
  formed(paths[2], () => {
    demand(org !== null || !files.has(paths[2]), 'nothing of the organization is as late as this');
    const least = found.handovers.findLast((one) => one.org !== null)?.org.size ?? 0;
    const fits = org === null || (least <= org.size && org.size <= manifest.org_size);
    demand(fits, 'it has no size that the organization had then');
  });
  succeed(ledger, paths[1], found);
  if (org !== null) succeed(org, paths[2], found);
  found.named.push(ledger.next, ...(org === null ? [] : [org.next]));
  found.handovers.push({ number, ledger, org });
}

function readRotation(bytes, number, manifest, schemas) {
  const entry = readEntry(bytes, schemas);
  const { value, fault } = entry;
  demand(value !== null && fault === null, `its entry: ${fault}`);
  demand(value.type === 'CheckpointKeyRotated' && value.tv === 1, 'its entry rotates no key');
  demand(value.org === NIL, "its entry is not of the deployment's chain");
  demand(value.log === manifest.log, 'its entry belongs to another ledger');
  demand(value.data.rotation === number, 'its entry is another rotation');
  demand(value.seq < manifest.size, 'its entry is behind the bundle');
  return entry;
}

function readHandover(bytes, number, origin, named) {
  const note = readNote(bytes, 1);
  const [line] = note.more;
  const parts = line.split(' ');
  const fits = parts.length === 3 && parts[0] === 'rotation' && parts[1] === String(number);
  demand(fits, `its fourth line names no key of the rotation ${number}`);
  const next = keyOf(parts[2], LOG_KEY);
  demand(note.origin === origin && next.name === origin, `it is not of ${origin}`);
  demand(!named.some((key) => sameKey(key, next)), 'it names a key that was named before');
  return { ...note, next };
}

/** That both keys signed; whoever trusts the one trusts the other. */
function succeed(handover, path, found) {
  const { next, origin, size } = handover;
  const previous = found.named.findLast((key) => key.name === origin);
  const all = [...found.logs];
  for (const key of [next, previous]) {
    if (key !== undefined && !all.some((one) => sameKey(one, key))) all.push(key);
  }
  const judged = judgeNote(handover, { logs: all, witnesses: [] });
  const isSigned = (key) => judged.logs.some((one) => sameKey(one, key));
  const stands = isSigned(next) && (previous === undefined || isSigned(previous));
  if (judged.faults.length > 0 || !stands) {
    const detail = 'is not signed by the key before and the one that it names';
    throw new Fault('rotation_signature', path, `${path} ${detail}`);
  }
  const before = judged.logs.filter((key) => !sameKey(key, next));
  const isTrusted = (key) => found.logs.some((one) => sameKey(one, key));
  if (before.some(isTrusted) && !isTrusted(next)) found.logs.push(next);
  found.retired.push(...before.map((key) => ({ key, last: size })));
}

/** That the handovers are beginnings of what was signed last. */
export function checkBeginnings({ files, findings, manifest }, handovers, found) {
  for (const { number, ledger, org } of handovers) {
    const [, proof, ofOrg] = pathsOf(number);
    const path = `consistency/${ledger.size}-${manifest.size}.req`;
    const request = found.requests.get(ledger.size);
    if (!files.has(path)) {
      findings.add('rotation_missing', `${path} is not there`, { file: path });
    } else if (request !== undefined && found.checkpoint !== null) {
      const { size, root } = found.checkpoint;
      if (!isConsistent(ledger.size, size, ledger.root, root, request.path)) {
        const detail = `the ledger does not begin with the handover ${number}`;
        findings.add('rotation_proof', detail, { file: proof });
      }
    }
    if (org !== null && found.tree.isWhole && !same(org.root, found.tree.root(org.size))) {
      const detail = `the organization does not begin with the handover ${number}`;
      findings.add('rotation_proof', detail, { file: ofOrg });
    }
  }
}
