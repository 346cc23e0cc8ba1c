// The attack corpus, as far as it concerns bundles, and what was found on the way. `corpus` is the
// number of the attack in that list, 0 where nothing is attacked.

import container from './cases/container.mjs';
import entries from './cases/entries.mjs';
import known from './cases/known.mjs';
import law from './cases/law.mjs';
import manifests from './cases/manifests.mjs';
import names from './cases/names.mjs';
import notes from './cases/notes.mjs';
import policies from './cases/policies.mjs';
import restored from './cases/restored.mjs';
import trees from './cases/trees.mjs';
import values from './cases/values.mjs';

export const CASES = [
  ...container,
  ...policies,
  ...manifests,
  ...notes,
  ...names,
  ...restored,
  ...trees,
  ...entries,
  ...values,
  ...known,
  ...law,
];
