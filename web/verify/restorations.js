// That the ledger says of itself that it was taken back (docs/BUNDLE.md § 3.2).

import { Refused, demand } from './bytes.js';
import { NIL, readEntry } from './entry.js';
import { NUMBER_AT_MOST } from './rotations.js';

const PATH = /^global\/restorations\/([1-9][0-9]{0,9})\.json$/;

const numberOf = (path) => {
  const number = Number(PATH.exec(path)?.[1]);
  return number <= NUMBER_AT_MOST ? number : null;
};
export const isRestorationPath = (path) => numberOf(path) !== null;

/**
 * What an origin stands for: whether it is the ledger's or the organization's, and how often the
 * ledger had been taken back; null where it is no name of either.
 */
export function namedBy(origin, { log, org }) {
  const ofOrg = `/o/${org}`;
  if (!origin.startsWith(log)) return null;
  const isOrg = origin.slice(log.length).endsWith(ofOrg);
  const rest = origin.slice(log.length, isOrg ? -ofOrg.length : undefined);
  if (rest === '') return { isOrg, restored: 0 };
  const number = Number(/^\/r([1-9][0-9]{0,9})$/.exec(rest)?.[1]);
  return number <= NUMBER_AT_MOST ? { isOrg, restored: number } : null;
}

/** The restorations that are there and could be read, and whether all could be. */
export function checkRestorations({ files, findings, manifest, contract }) {
  const { restored: now } = namedBy(manifest.origin, manifest);
  const needed = `global/restorations/${now}.json`;
  if (now > 0 && !files.has(needed)) {
    findings.add('restoration_missing', `${needed} is not there`, { file: needed });
  }
  const read = [];
  let all = true;
  for (const [path, bytes] of files) {
    const number = numberOf(path);
    if (number === null) continue;
    try {
      const entry = readEntry(bytes, contract.schemas);
      const { value, fault } = entry;
      demand(value !== null && fault === null, `its entry: ${fault}`);
      demand(value.type === 'LedgerRestored' && value.tv === 1, 'it is another entry');
      demand(value.org === NIL && value.log === manifest.log, 'it is of another chain');
      demand(value.data.restored === number && number <= now, 'it is another restoration');
      demand(value.seq < manifest.size, 'it is behind the bundle');
      read.push({ restored: number, seq: value.seq, leaf: entry.leaf });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      all = false;
      findings.add('restoration_form', `${path}: ${error.message}`, { file: path });
    }
  }
  return { read, all };
}

/** Where an earlier name of the ledger ended, or null where nothing says so. */
export function endOf({ read }, restored) {
  const later = read.filter((one) => one.restored > restored).map(({ seq }) => seq);
  return later.length === 0 ? null : Math.min(...later);
}
