//! What can be wrong with a bundle: stable codes, and what each means for the whole.

use std::fmt;

/// The most findings that are listed; the others are counted. A file that is no bundle at all would
/// otherwise fill the memory with them.
pub const FINDINGS_LIMIT: usize = 1000;

macro_rules! codes {
    ($($exit:literal { $($name:ident = $code:literal),+ $(,)? })+) => {
        /// What is wrong. `docs/BUNDLE.md` § 7 tells when each is found.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
        #[allow(missing_docs)]
        pub enum Code {
            $($($name,)+)+
        }

        impl Code {
            /// All of them.
            pub const ALL: &'static [Self] = &[$($(Self::$name,)+)+];

            /// Its stable name.
            pub const fn name(self) -> &'static str {
                match self {
                    $($(Self::$name => $code,)+)+
                }
            }

            /// The exit code that it asks for.
            pub const fn exit(self) -> u8 {
                match self {
                    $($(Self::$name => $exit,)+)+
                }
            }
        }
    };
}

codes! {
    2 {
        Container = "container",
        Policy = "policy",
        PolicyUnwitnessed = "policy_unwitnessed",
        ManifestFormat = "manifest_format",
        KnownForm = "known_form",
    }
    4 {
        Fork = "fork",
        Rollback = "rollback",
    }
    1 {
        ManifestForm = "manifest_form",
        FileMissing = "file_missing",
        FileExtra = "file_extra",
        FileChanged = "file_changed",
        PathUnknown = "path_unknown",
        RotationMissing = "rotation_missing",
        RotationForm = "rotation_form",
        RotationProof = "rotation_proof",
        RotationSignature = "rotation_signature",
        CheckpointForm = "checkpoint_form",
        CheckpointOrigin = "checkpoint_origin",
        CheckpointSize = "checkpoint_size",
        CheckpointSignature = "checkpoint_signature",
        CheckpointRetired = "checkpoint_retired",
        TileMissing = "tile_missing",
        TileForm = "tile_form",
        TileExtra = "tile_extra",
        TileRoot = "tile_root",
        EntriesMissing = "entries_missing",
        EntriesForm = "entries_form",
        EntriesExtra = "entries_extra",
        EntryLeaf = "entry_leaf",
        EntryForm = "entry_form",
        EntryLog = "entry_log",
        EntryOrg = "entry_org",
        OrgSeq = "org_seq",
        OrgPrev = "org_prev",
        Prev = "prev",
        SeqOrder = "seq_order",
        TimeOrder = "time_order",
        EffectiveOrder = "effective_order",
        EntryAfterCosignature = "entry_after_cosignature",
        RestorationMissing = "restoration_missing",
        RestorationForm = "restoration_form",
        ProofMissing = "proof_missing",
        ProofForm = "proof_form",
        ProofCheckpoint = "proof_checkpoint",
        ProofInclusion = "proof_inclusion",
        HeadsForm = "heads_form",
        HeadsPath = "heads_path",
        HeadsLeaf = "heads_leaf",
        DisclosureForm = "disclosure_form",
        DisclosureOrder = "disclosure_order",
        DisclosureNothing = "disclosure_nothing",
        DisclosureOwner = "disclosure_owner",
        DisclosureMismatch = "disclosure_mismatch",
        DisclosureErased = "disclosure_erased",
        Counts = "counts",
        Law = "law",
        ConsistencyForm = "consistency_form",
    }
    3 {
        CheckpointUnsigned = "checkpoint_unsigned",
        Quorum = "quorum",
        HeadsBehind = "heads_behind",
        KnownUnsigned = "known_unsigned",
        KnownForeign = "known_foreign",
        KnownRestored = "known_restored",
        ContinuityUnproven = "continuity_unproven",
        TooSmall = "too_small",
        TooOld = "too_old",
    }
}

impl fmt::Display for Code {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// One fault of a bundle.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// Which.
    pub code: Code,
    /// In a sentence.
    pub detail: String,
    /// The file it stands in, where it is one's.
    pub file: Option<String>,
    /// The code of the law's fault.
    pub law: Option<&'static str>,
    /// The entry that it concerns, where there is one.
    pub seq: Option<u64>,
}

impl Finding {
    pub(super) fn new(code: Code, detail: impl fmt::Display) -> Self {
        Self { code, detail: detail.to_string(), file: None, law: None, seq: None }
    }

    pub(super) fn in_file(self, file: impl Into<String>) -> Self {
        Self { file: Some(file.into()), ..self }
    }

    pub(super) fn at(self, seq: u64) -> Self {
        Self { seq: Some(seq), ..self }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code.name())?;
        if let Some(seq) = self.seq {
            write!(f, " (seq {seq})")?;
        }
        if let Some(file) = &self.file {
            write!(f, " in {file}")?;
        }
        write!(f, ": {}", self.detail)
    }
}

/// Everything that was found: the first are kept, all are counted, by what they ask for.
#[derive(Debug, Default)]
pub struct Findings {
    kept: Vec<Finding>,
    total: u64,
    codes: Vec<Code>,
}

impl Findings {
    pub(super) fn add(&mut self, finding: Finding) {
        if !self.codes.contains(&finding.code) {
            self.codes.push(finding.code);
        }
        self.total += 1;
        if self.kept.len() < FINDINGS_LIMIT {
            self.kept.push(finding);
        }
    }

    /// The first of them.
    pub fn kept(&self) -> &[Finding] {
        &self.kept
    }

    /// How many there are.
    pub fn total(&self) -> u64 {
        self.total
    }

    /// Whether one of these was found.
    pub fn has(&self, codes: &[Code]) -> bool {
        codes.iter().any(|code| self.codes.contains(code))
    }

    /// Whether integrity failed.
    pub fn has_exit(&self, exit: u8) -> bool {
        self.codes.iter().any(|code| code.exit() == exit)
    }

    /// What the program exits with.
    pub fn exit(&self) -> u8 {
        [2, 4, 1, 3].into_iter().find(|exit| self.has_exit(*exit)).unwrap_or(0)
    }
}
