// What was found, and the exit code that follows from it (docs/BUNDLE.md § 7).

/**
 * At most so many are listed: a bundle that is wrong in every byte has an answer of bounded
 * length.
 */
const LISTED_AT_MOST = 1000;
/** A sentence may quote what a stranger wrote; it stays a sentence. */
const DETAIL_LIMIT = 400;

/** Every code with the exit code that it stands for. */
export const EXITS = Object.freeze({
  container: 2,
  policy: 2,
  policy_unwitnessed: 2,
  manifest_form: 1,
  manifest_format: 2,
  file_missing: 1,
  file_extra: 1,
  file_changed: 1,
  path_unknown: 1,
  rotation_missing: 1,
  rotation_form: 1,
  rotation_proof: 1,
  rotation_signature: 1,
  checkpoint_form: 1,
  checkpoint_origin: 1,
  checkpoint_size: 1,
  checkpoint_signature: 1,
  checkpoint_retired: 1,
  checkpoint_unsigned: 3,
  quorum: 3,
  tile_missing: 1,
  tile_form: 1,
  tile_extra: 1,
  tile_root: 1,
  entries_missing: 1,
  entries_form: 1,
  entries_extra: 1,
  entry_leaf: 1,
  entry_form: 1,
  entry_log: 1,
  entry_org: 1,
  org_seq: 1,
  org_prev: 1,
  prev: 1,
  seq_order: 1,
  time_order: 1,
  effective_order: 1,
  entry_after_cosignature: 1,
  restoration_missing: 1,
  restoration_form: 1,
  proof_missing: 1,
  proof_form: 1,
  proof_checkpoint: 1,
  proof_inclusion: 1,
  heads_form: 1,
  heads_path: 1,
  heads_behind: 3,
  heads_leaf: 1,
  disclosure_form: 1,
  disclosure_order: 1,
  disclosure_nothing: 1,
  disclosure_owner: 1,
  disclosure_mismatch: 1,
  disclosure_erased: 1,
  counts: 1,
  state: 1,
  law: 1,
  consistency_form: 1,
  known_form: 2,
  known_unsigned: 3,
  known_foreign: 3,
  known_restored: 3,
  fork: 4,
  rollback: 4,
  continuity_unproven: 3,
  too_small: 3,
  too_old: 3,
});

export class Findings {
  constructor() {
    this.listed = [];
    this.total = 0;
    this.codes = new Set();
  }

  /** `where` may hold `file`, `law` and `seq`. */
  add(code, detail, where = {}) {
    if (EXITS[code] === undefined) throw new Error(`${code} is no code of a finding`);
    this.codes.add(code);
    this.total += 1;
    if (this.listed.length >= LISTED_AT_MOST) return;
    const short = detail.length > DETAIL_LIMIT ? `${detail.slice(0, DETAIL_LIMIT)}…` : detail;
    const finding = { code, detail: short };
    for (const key of ['file', 'law', 'seq']) {
      if (where[key] !== undefined) finding[key] = where[key];
    }
    this.listed.push(finding);
  }

  has(...codes) {
    return codes.some((code) => this.codes.has(code));
  }

  hasExit(exit) {
    return [...this.codes].some((code) => EXITS[code] === exit);
  }

  get exit() {
    return [2, 4, 1, 3].find((exit) => this.hasExit(exit)) ?? 0;
  }
}
