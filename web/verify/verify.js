// All stages in their order (docs/BUNDLE.md § 7). Nothing of what is given is trusted, and nothing
// is thrown: what nobody thought of is a bundle that cannot be read.

import { Refused } from './bytes.js';
import { checkCheckpoint, checkWitnesses } from './checkpoints.js';
import { readContainer } from './container.js';
import { checkEntries, readEntryBundles } from './entries.js';
import { Findings } from './findings.js';
import { checkHeads, readHeads } from './heads.js';
import { checkKnown } from './known.js';
import { checkLaw } from './law.js';
import { checkAgainstFiles, readManifest } from './manifest.js';
import { readPolicy } from './policy.js';
import { checkProofs, checkRequests } from './proofs.js';
import { checkRestorations } from './restorations.js';
import { checkBeginnings, followRotations } from './rotations.js';
import { checkTiles } from './tiles.js';
import { checkValues } from './values.js';
import { evidenceOf, verdictsOf } from './verdicts.js';
import { checkWanted } from './wanted.js';

/** Thrown where a finding ends the checking. */
class Stopped extends Error {}

/**
 * Checks a bundle.
 *
 * `given`: the container (container.js). `asked`: `policy` in bytes, `known` as `[{ name, bytes
 * }]`, `now` in seconds since 1970, `minSize`, `maxAge` in seconds, `allowUnwitnessed`.
 * `contract`: what events/ says (contract.js). `tell` is awaited with the name of each stage, so
 * that a page can show it.
 */
export async function verify(given, asked, contract, tell = async () => {}) {
  const findings = new Findings();
  const bundle = { findings, contract, now: asked.now, files: null, policy: null, manifest: null };
  const found = {
    checkpoints: [],
    checkpoint: null,
    orgCheckpoint: null,
    witnesses: [],
    told: null,
    counts: { disclosed: 0, erased: 0, withheld: 0 },
    notCheckable: 0,
  };
  try {
    await check(given, asked, bundle, found, tell);
  } catch (error) {
    if (!(error instanceof Stopped)) {
      findings.add('container', `it could not be checked: ${error.message}`);
    }
  }
  return report(asked, bundle, found);
}

async function check(given, asked, bundle, found, tell) {
  await tell('container');
  bundle.files = reading('container', bundle, () => readContainer(given));
  await tell('policy');
  bundle.policy = reading('policy', bundle, () => readPolicy(asked.policy));
  if (bundle.policy.quorum === 'none' && !asked.allowUnwitnessed) {
    stop(bundle, 'policy_unwitnessed', 'the quorum is none, which has to be allowed');
  }
  await tell('manifest');
  const read = () => readManifest(bundle.files.get('manifest.json'));
  bundle.manifest = reading('manifest_form', bundle, read);
  if (bundle.manifest.format !== 1) {
    stop(bundle, 'manifest_format', `the format ${bundle.manifest.format} is not known here`);
  }
  checkAgainstFiles(bundle.manifest, bundle.files, bundle.findings);
  await tell('rotations');
  bundle.succession = followRotations(bundle);
  await tell('checkpoints');
  checkpoints(bundle, found);
  await tell('tree');
  const tree = checkTiles(bundle, found.orgCheckpoint);
  await tell('entries');
  const places = readEntryBundles(bundle, tree);
  const entries = checkEntries(bundle, places, found.witnesses);
  const isAll = entries.length === bundle.manifest.to - bundle.manifest.from;
  const allRead = isAll && entries.every(({ value }) => value !== null);
  await tell('global');
  ledger(bundle, found, entries, allRead);
  await tell('values');
  const { counts, opened } = checkValues(bundle, entries, allRead);
  found.counts = counts;
  await tell('law');
  found.notCheckable = checkLaw(bundle, entries, opened);
  await tell('known');
  found.requests = checkRequests(bundle);
  checkBeginnings(bundle, bundle.succession.handovers, { ...found, tree });
  found.told = checkKnown(asked.known, bundle, { ...found, tree });
  if (found.told.stopped) throw new Stopped();
  checkWanted(asked, bundle, found);
}

function reading(code, bundle, read) {
  try {
    return read();
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    return stop(bundle, code, error.message);
  }
}

function stop({ findings }, code, detail) {
  findings.add(code, detail);
  throw new Stopped();
}

function checkpoints(bundle, found) {
  const { origin, org_origin: orgOrigin, org_size: orgSize, size } = bundle.manifest;
  const ofOrg = { origin: orgOrigin, size: orgSize };
  found.orgCheckpoint = checkCheckpoint('org/checkpoint', ofOrg, bundle);
  found.checkpoint = checkCheckpoint('global/checkpoint', { origin, size }, bundle);
  found.checkpoints = [found.orgCheckpoint, found.checkpoint];
  if (found.checkpoint !== null) found.witnesses = checkWitnesses(found.checkpoint, bundle);
}

/** The stages `global` and `heads`. */
function ledger(bundle, found, entries, allRead) {
  const { manifest } = bundle;
  const at = (orgSeq) => entries.find((entry) => entry.orgSeq === orgSeq);
  const [first, last] = [at(manifest.from), at(manifest.to - 1)];
  const heads = readHeads(bundle);
  found.heads = heads;
  const leaves = new Map();
  for (const { value, leaf } of entries) if (value !== null) leaves.set(value.seq, leaf);
  if (heads !== null) leaves.set(manifest.heads, heads.entry.leaf);
  const ends = [first, last].filter((entry) => entry?.value != null);
  const restorations = checkRestorations(bundle);
  found.restorations = restorations;
  for (const { seq, leaf } of restorations.read) leaves.set(seq, leaf);
  const restored = restorations.read.map(({ seq }) => seq);
  const demanded = [manifest.heads, ...ends.map(({ value }) => value.seq), ...restored];
  const allKnown = allRead && heads !== null && restorations.all;
  checkProofs(bundle, found.checkpoint, demanded, { leaves, allKnown });
  if (heads === null) return;
  const lastOfAll = manifest.to === manifest.org_size ? last : undefined;
  checkHeads(heads, bundle, found.orgCheckpoint, lastOfAll);
}

function report(asked, { findings, manifest, policy }, found) {
  const { told, witnesses } = found;
  const verdicts = verdictsOf({ findings, manifest, policy, known: asked.known, ...found });
  const object = {
    verdicts,
    ...(manifest === null ? {} : { bundle: factsOf(manifest) }),
    exit: findings.exit,
    findings: findings.listed,
    findings_total: findings.total,
    witnesses,
  };
  return { report: object, evidence: evidenceOf(told?.contradictions ?? []) };
}

function factsOf({ export: id, from, log, org, org_size: orgSize, size, to }) {
  return { export: id, from, log, org, org_size: orgSize, size, to };
}
