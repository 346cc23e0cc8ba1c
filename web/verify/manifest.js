// `manifest.json`: what a bundle says it is, held to the files that are there (docs/BUNDLE.md § 2).

import { demand } from './bytes.js';
import { canonical, hasFields } from './canonical.js';
import { blake3Hex, sha256Hex } from './hashes.js';
import { isRestorationPath, namedBy } from './restorations.js';
import { isRotationPath } from './rotations.js';
import { isTilePath } from './tiles.js';

const FIELDS = [
  'counts',
  'export',
  'files',
  'format',
  'from',
  'heads',
  'log',
  'org',
  'org_origin',
  'org_size',
  'origin',
  'size',
  'to',
];
const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const LOG = /^(?!.*:\/\/)[!-*,-~]{1,255}$/;

/** The files that every bundle has beside the manifest. */
export const ALWAYS = ['HOWTO.txt', 'global/checkpoint', 'global/heads.json', 'org/checkpoint'];

const isText = (value, form) => typeof value === 'string' && form.test(value);
const isNumber = (value) => typeof value === 'number';

/** Reads the manifest, or refuses it. Its `format` may be another: the caller looks at it. */
export function readManifest(bytes) {
  demand(bytes !== undefined, 'manifest.json is missing');
  const manifest = canonical(bytes);
  demand(hasFields(manifest, FIELDS), 'it does not have exactly the fields of a manifest');
  const numbers = ['format', 'from', 'heads', 'org_size', 'size', 'to'];
  demand(
    numbers.every((field) => isNumber(manifest[field])),
    'a number is none',
  );
  demand(isText(manifest.export, UUID) && isText(manifest.org, UUID), 'an id is none');
  demand(isText(manifest.log, LOG), 'log is no origin');
  checkCounts(manifest.counts);
  checkFiles(manifest.files);
  const { from, to, org_size: orgSize, heads, size } = manifest;
  demand(from <= to && to <= orgSize, 'from, to and org_size do not ascend');
  demand(heads < size, 'size is not above heads');
  checkOrigins(manifest);
  return manifest;
}

function checkCounts(counts) {
  const formed = hasFields(counts, ['disclosed', 'erased', 'withheld']);
  demand(formed && Object.values(counts).every(isNumber), 'counts are not three numbers');
}

function checkFiles(files) {
  demand(Array.isArray(files), 'files are no list');
  let before = '';
  for (const file of files) {
    demand(hasFields(file, ['blake3', 'bytes', 'path', 'sha256']), 'a file has other fields');
    const hashes = [file.blake3, file.sha256];
    demand(
      hashes.every((hash) => isText(hash, /^[0-9a-f]{64}$/)),
      'the hash of a file is none',
    );
    demand(isNumber(file.bytes), 'the length of a file is no number');
    demand(isText(file.path, /^[\x20-\x7e]+$/), 'a path is none');
    demand(before < file.path, `files do not ascend at ${file.path}`);
    demand(file.path !== 'manifest.json', 'it names itself');
    before = file.path;
  }
}

function checkOrigins({ log, org, origin, org_origin: orgOrigin }) {
  const named = typeof origin === 'string' ? namedBy(origin, { log, org }) : null;
  demand(named?.isOrg === false, 'origin is neither log nor log, /r and a number');
  demand(orgOrigin === `${origin}/o/${org}`, 'org_origin is not origin, /o/ and org');
}

/** Whether § 1 has a line for a path. */
export function isKnownPath(path) {
  if (ALWAYS.includes(path) || path === 'disclosures.ndjson') return true;
  if (/^global\/proofs\/(0|[1-9][0-9]*)\.tlog-proof$/.test(path)) return true;
  if (/^consistency\/(0|[1-9][0-9]*)-(0|[1-9][0-9]*)\.req$/.test(path)) return true;
  if (/^timestamps\/[a-zA-Z0-9._-]+\.tsr$/.test(path)) return true;
  if (isRotationPath(path) || isRestorationPath(path)) return true;
  return isTilePath(path);
}

/** Finds where manifest and files differ. */
export function checkAgainstFiles(manifest, files, findings) {
  const named = new Set();
  for (const file of manifest.files) {
    const where = { file: file.path };
    named.add(file.path);
    if (!isKnownPath(file.path)) {
      findings.add('path_unknown', `a bundle has no place for ${file.path}`, where);
    }
    const bytes = files.get(file.path);
    if (bytes === undefined) {
      findings.add('file_missing', `${file.path} is in the manifest and not there`, where);
    } else if (!isSameFile(file, bytes)) {
      findings.add('file_changed', `${file.path} is not what the manifest says`, where);
    }
  }
  for (const path of ALWAYS) {
    if (named.has(path)) continue;
    findings.add('file_missing', `the manifest does not name ${path}`, { file: path });
  }
  for (const path of files.keys()) {
    if (path === 'manifest.json' || named.has(path)) continue;
    findings.add('file_extra', `${path} is not in the manifest`, { file: path });
  }
}

function isSameFile(file, bytes) {
  if (file.bytes !== bytes.length) return false;
  return sha256Hex(bytes) === file.sha256 && blake3Hex(bytes) === file.blake3;
}
