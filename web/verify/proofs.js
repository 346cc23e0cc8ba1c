// That entries are in the ledger (C2SP tlog-proof), and what a witness is asked (C2SP
// tlog-witness).

import { Refused, decimal, demand, same, textOf } from './bytes.js';
import { hashOf } from './base64.js';
import { inclusionRoot } from './trees.js';

const HASHES_AT_MOST = 63;
const PROOF = /^global\/proofs\/(0|[1-9][0-9]*)\.tlog-proof$/;
const REQUEST = /^consistency\/(0|[1-9][0-9]*)-(0|[1-9][0-9]*)\.req$/;

export const proofPath = (seq) => `global/proofs/${seq}.tlog-proof`;

/** Lines up to an empty one, and the bytes behind it: the checkpoint as it was signed. */
function splitAtEmptyLine(bytes) {
  const end = bytes.findIndex((byte, at) => byte === 10 && bytes[at + 1] === 10);
  demand(end >= 0, 'no empty line stands before its checkpoint');
  return { lines: textOf(bytes.subarray(0, end)).split('\n'), note: bytes.subarray(end + 2) };
}

function hashesOf(lines) {
  demand(lines.length <= HASHES_AT_MOST, `it has more than ${HASHES_AT_MOST} hashes`);
  return lines.map(hashOf);
}

/** Reads a proof: its index, its hashes, and the note that it leads to. */
export function readProof(bytes) {
  const { lines, note } = splitAtEmptyLine(bytes);
  const [kind, index, ...hashes] = lines;
  demand(kind === 'c2sp.org/tlog-proof@v1', 'its first line is another');
  demand(index?.startsWith('index '), 'its second line is no index');
  return { index: decimal(index.slice('index '.length)), path: hashesOf(hashes), note };
}

/** Reads a file at a path that `read` takes apart, or finds that it cannot be read. */
function readAt(path, bytes, read, code, findings) {
  try {
    return read(bytes);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    findings.add(code, `${path}: ${error.message}`, { file: path });
    return null;
  }
}

/**
 * All proofs that are there, and those that have to be. `leaves` holds what they can be of, by seq;
 * `allKnown` says that no entry is left out of it because it could not be read.
 */
export function checkProofs({ files, findings }, checkpoint, demanded, { leaves, allKnown }) {
  for (const seq of new Set(demanded)) {
    if (files.has(proofPath(seq))) continue;
    const detail = `${proofPath(seq)} is not there`;
    findings.add('proof_missing', detail, { file: proofPath(seq), seq });
  }
  for (const [path, bytes] of files) {
    const named = PROOF.exec(path);
    if (named === null) continue;
    const read = (all) => {
      const proof = readProof(all);
      demand(String(proof.index) === named[1], `its index ${proof.index} is not that of its name`);
      return proof;
    };
    const proof = readAt(path, bytes, read, 'proof_form', findings);
    if (proof !== null) checkProof(path, proof, { files, findings, checkpoint, leaves, allKnown });
  }
}

function checkProof(path, proof, { files, findings, checkpoint, leaves, allKnown }) {
  const where = { file: path, seq: proof.index };
  const expected = files.get('global/checkpoint');
  if (expected !== undefined && !same(proof.note, expected)) {
    findings.add('proof_checkpoint', `${path} ends in another checkpoint`, where);
    return;
  }
  const leaf = leaves.get(proof.index);
  if (leaf === undefined) {
    if (!allKnown) return;
    findings.add('proof_inclusion', `${path} is of no entry that is there`, where);
    return;
  }
  if (checkpoint === null) return;
  const root = inclusionRoot(leaf, proof.index, checkpoint.size, proof.path);
  if (root === null || !same(root, checkpoint.root)) {
    findings.add('proof_inclusion', `${path} does not lead to the ledger's root`, where);
  }
}

function readRequest(bytes) {
  const { lines, note } = splitAtEmptyLine(bytes);
  const [first, ...hashes] = lines;
  demand(first.startsWith('old '), 'its first line is no old size');
  return { old: decimal(first.slice('old '.length)), path: hashesOf(hashes), note };
}

/** The consistency proofs that are there, by the size they begin at. */
export function checkRequests({ files, findings, manifest }) {
  const requests = new Map();
  for (const [path, bytes] of files) {
    const named = REQUEST.exec(path);
    if (named === null) continue;
    const read = (all) => {
      const request = readRequest(all);
      demand(String(request.old) === named[1], 'its old size is not that of its name');
      demand(String(manifest.size) === named[2], 'its name does not end in the size of the ledger');
      demand(request.old <= manifest.size, 'its old size is above the new one');
      const isBetween = request.old > 0 && request.old < manifest.size;
      demand(
        isBetween || request.path.length === 0,
        'it holds hashes where nothing is to be proven',
      );
      const checkpoint = files.get('global/checkpoint');
      const ends = checkpoint === undefined || same(request.note, checkpoint);
      demand(ends, 'it ends in another checkpoint');
      return request;
    };
    const request = readAt(path, bytes, read, 'consistency_form', findings);
    if (request !== null) requests.set(request.old, request);
  }
  return requests;
}
