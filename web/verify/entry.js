// One entry: its bytes, its form (events/README.md § 1), what is sealed in it, and whom it
// concerns.

import { Refused, demand, order } from './bytes.js';
import { canonical, hasFields } from './canonical.js';
import { chainHash, leafHash } from './hashes.js';

const BYTES_AT_MOST = 8192;
export const NIL = '00000000-0000-0000-0000-000000000000';

/**
 * What the bytes of an entry say. `value` is there where its frame (entry.v1.schema.json) holds, so
 * that its links can be checked; `fault` where anything about its form is wrong.
 */
export function readEntry(bytes, schemas, leaf = leafHash(bytes)) {
  const entry = { bytes, hash: chainHash(bytes), leaf, value: null, fault: null };
  try {
    demand(bytes.length <= BYTES_AT_MOST, `it is longer than ${BYTES_AT_MOST} bytes`);
    const value = canonical(bytes);
    schemas.check(value, 'entry.v1.schema.json');
    entry.value = value;
    const { data, occurred, time } = value;
    const name = `${value.type}.v${value.tv}.schema.json`;
    demand(schemas.has(name), `${value.type} in version ${value.tv} has no schema`);
    schemas.check(data, name);
    demand(occurred === undefined || occurred <= time, 'it occurred after it was recorded');
    checkSubjects(value);
  } catch (error) {
    if (!(error instanceof Refused)) throw error;
    entry.fault = error.message;
  }
  return entry;
}

const OF_THE_ORGANIZATION = ['ExportCreated', 'CheckpointKeyRotated', 'LedgerRestored'];

/** Whose values a `PersonalDataErased` covers. */
export function coveredBy({ user, invitations = [], organization }, org) {
  const named = user === undefined ? [] : [user];
  return [...named, ...invitations, ...(organization === true ? [org] : [])];
}

/** The moment from which an entry holds. */
export const effectiveTime = (value) => value.occurred ?? value.time;

function checkSubjects(value) {
  const expected = subjectsOf(value);
  const found = value.subjects;
  const agree = found.length === expected.length && found.every((id, at) => id === expected[at]);
  demand(agree, 'its subjects are not those that follow from its type and data');
  for (const [field, { of }] of sealedFields(value.data)) {
    demand(of === value.org || found.includes(of), `${field} belongs to nobody whom it concerns`);
  }
}

function subjectsOf({ data, org, type }) {
  const found = () => {
    if (type === 'OrganizationHeadsCommitted') return [];
    if (type.startsWith('Organization') || OF_THE_ORGANIZATION.includes(type)) return [org];
    if (type === 'PersonalDataErased') {
      return [...coveredBy(data, org), ...(data.reason === undefined ? [] : [org])];
    }
    if (type === 'InvitationAccepted') return [data.invitation, data.user];
    if (type.startsWith('Invitation')) return [data.invitation];
    if (type === 'SuperAdminTransferred') return [data.from, data.to];
    if (type === 'TokenIssued' || type === 'TokenRevoked') {
      return [data.holder.startsWith('user:') ? data.holder.slice('user:'.length) : org];
    }
    return data.user === undefined ? [] : [data.user];
  };
  return [...new Set(found())].sort();
}

/** JSON pointer → `{ commit, of }` of every sealed field, ascending. */
export function sealedFields(data) {
  const found = [];
  const walk = (value, pointer) => {
    for (const [name, inner] of Object.entries(value)) {
      if (inner === null || typeof inner !== 'object' || Array.isArray(inner)) continue;
      const at = `${pointer}/${name.replaceAll('~', '~0').replaceAll('/', '~1')}`;
      if (hasFields(inner, ['commit', 'of'])) found.push([at, inner]);
      else walk(inner, at);
    }
  };
  walk(data, '');
  return new Map(found.sort(([one], [other]) => order(one, other)));
}
