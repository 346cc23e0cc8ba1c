// What the cases share: bundles of the reference ledger's organizations.

import { makeBundle } from '../bundle.mjs';
import { manyTeams, orgNamed, referenceLedger, relink } from '../ledgers.mjs';

/**
 * A bundle of an organization of the reference ledger. `history(entries, ledger)` may change what
 * happened, before the links are made.
 */
export function bundleOf(spec = {}, slug = 'harbour') {
  const ledger = referenceLedger();
  const org = orgNamed(ledger, slug);
  if (spec.history !== undefined) {
    spec.history(
      ledger.filter(({ value }) => value.org === org),
      ledger,
    );
    relink(ledger);
  }
  return makeBundle({ ledger, org, ...spec });
}

/** A bundle with several tiles on the lowest level. */
export const largeBundle = (spec = {}, count = 600) => makeBundle({ ...manyTeams(count), ...spec });

/** Changes the text of a file. */
export function retext(files, path, change) {
  files.set(path, Buffer.from(change(files.get(path).toString())));
}

/** Flips one bit of a file. */
export function flip(files, path, at = 0) {
  const bytes = Buffer.from(files.get(path));
  bytes[at] ^= 1;
  files.set(path, bytes);
}
