// What events/ says, in the form that the verifier takes it: schemas, role sets, and the law's
// table.

import { checkWays } from './law/ways.js';
import { Schemas, checkKeywords } from './schema.js';

/** Which files of events/ are taken. */
export const isTaken = (name) => name.endsWith('.schema.json') || name === 'authority.v1.json';

/** `files`: the JSON files of events/ by name; `roleSets`: those of events/role-sets/ by name. */
export function contractOf(files, roleSets) {
  const { 'authority.v1.json': authority, ...schemas } = files;
  checkWays(authority);
  for (const [name, schema] of Object.entries(schemas)) checkKeywords(schema, name);
  return { schemas: new Schemas(schemas), roleSets, authority };
}
