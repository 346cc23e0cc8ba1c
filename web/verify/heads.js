// Where the organization's head stands in the ledger (docs/BUNDLE.md § 4).

import { Refused, bigEndian, bytesOf, demand, join, prefixed, same } from './bytes.js';
import { hashOf } from './base64.js';
import { canonical, hasFields } from './canonical.js';
import { NIL, readEntry } from './entry.js';
import { leafHash } from './hashes.js';
import { inclusionRoot } from './trees.js';

const FILE = 'global/heads.json';
const FIELDS = ['entry', 'index', 'last', 'org_size', 'path', 'root'];
const isNumber = (value) => typeof value === 'number';

/** What `heads.json` says and the entry it rests on, or null where either has another form. */
export function readHeads({ files, manifest, contract, findings }) {
  const bytes = files.get(FILE);
  if (bytes === undefined) return null;
  try {
    const said = canonical(bytes);
    demand(hasFields(said, FIELDS), 'it has other fields');
    demand(typeof said.entry === 'string' && Array.isArray(said.path), 'it has other forms');
    demand(isNumber(said.index) && isNumber(said.org_size), 'a number is none');
    const entry = readHeadsEntry(bytesOf(said.entry), manifest, contract);
    demand(said.index < entry.value.data.organizations, 'index is above the organizations there');
    return {
      entry,
      index: said.index,
      size: said.org_size,
      last: hashOf(said.last),
      root: hashOf(said.root),
      path: said.path.map(hashOf),
    };
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    findings.add('heads_form', `${FILE}: ${error.message}`, { file: FILE, seq: manifest.heads });
    return null;
  }
}

function readHeadsEntry(bytes, manifest, { schemas }) {
  const entry = readEntry(bytes, schemas);
  const { value, fault } = entry;
  demand(value !== null && fault === null, `its entry: ${fault}`);
  demand(value.type === 'OrganizationHeadsCommitted', `its entry is a ${value.type}`);
  demand(value.tv === 1, 'its entry is of another version');
  demand(value.org === NIL, "its entry is not of the deployment's chain");
  demand(value.log === manifest.log, 'its entry belongs to another ledger');
  demand(value.seq === manifest.heads, `its entry is ${value.seq}, not ${manifest.heads}`);
  demand(hasFields(value.data, ['organizations', 'root']), 'its entry has other data');
  return entry;
}

/** Whether the leaf is under the entry's root, and says what the organization's checkpoint says. */
export function checkHeads(heads, { manifest, findings }, checkpoint, lastEntry) {
  const find = (code, detail) => findings.add(code, detail, { file: FILE, seq: manifest.heads });
  const org = prefixed(bytesOf(manifest.org));
  const data = join(org, bigEndian(heads.size, 8), heads.root, heads.last);
  const { organizations, root } = heads.entry.value.data;
  const led = inclusionRoot(leafHash(data), heads.index, organizations, heads.path);
  if (led === null || !same(led, hashOf(root))) {
    find('heads_path', 'its path does not lead to the root in its entry');
  }
  if (heads.size > manifest.org_size) {
    const more = `${heads.size} entries, the bundle's tree ${manifest.org_size}`;
    find('heads_behind', `the ledger has committed to ${more}`);
    return;
  }
  if (heads.size !== manifest.org_size) {
    find('heads_leaf', `the ledger has committed to ${heads.size} entries`);
  } else if (checkpoint !== null && !same(heads.root, checkpoint.root)) {
    find('heads_leaf', 'the ledger has committed to another root than org/checkpoint has');
  } else if (lastEntry !== undefined && !same(heads.last, lastEntry.hash)) {
    find('heads_leaf', 'the ledger has committed to another last entry');
  }
}
