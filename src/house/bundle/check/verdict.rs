//! The five verdicts.

use super::super::finding::{Code, Findings};
use super::super::form::Manifest;
use super::{Wanted, Whole};
use serde_json::{Value, json};
use std::time::Duration;

macro_rules! verdicts {
    ($($(#[$doc:meta])* $type:ident {
        $($(#[$variant_doc:meta])* $variant:ident = $name:literal),+ $(,)?
    })+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq)]
        pub enum $type {
            $($(#[$variant_doc])* $variant,)+
        }

        impl $type {
            /// Its stable name.
            pub const fn name(self) -> &'static str {
                match self {
                    $(Self::$variant => $name,)+
                }
            }
        }
    )+};
}

verdicts! {
    /// Whether every byte is what was recorded and signed.
    Integrity {
        /// It is.
        Verified = "verified",
        /// It is not, or that could not be checked.
        Failed = "failed",
    }

    /// Whether anything is left out.
    Completeness {
        /// The whole history, as the ledger committed to it.
        Complete = "complete",
        /// A range of it.
        Range = "range",
        /// Nobody can tell.
        Unproven = "unproven",
    }

    /// Who vouches for it.
    Assurance {
        /// As many witnesses as the policy wants.
        Witnessed = "witnessed",
        /// The log alone, which was allowed.
        Signed = "signed",
        /// Fewer than the policy wants.
        Unmet = "unmet",
    }

    /// Whether it continues what was seen before.
    Continuity {
        /// It does.
        Consistent = "consistent",
        /// It contradicts it.
        Contradicted = "contradicted",
        /// It does not show that.
        Unproven = "unproven",
        /// Nothing was given to hold it against.
        Unasked = "unasked",
    }
}

/// The states of personal values, and the rules about them that nobody can check without them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PersonalData {
    /// Opened by a disclosure.
    pub disclosed: u64,
    /// Not opened, and erased.
    pub erased: u64,
    /// Not opened.
    pub withheld: u64,
    /// How often each rule of the law was met that cannot be checked offline.
    pub not_checkable: Vec<(&'static str, u64)>,
}

impl PersonalData {
    /// How often any such rule was met.
    pub fn not_checkable_total(&self) -> u64 {
        self.not_checkable.iter().map(|(_, count)| count).sum()
    }
}

/// The whole result.
#[derive(Debug)]
pub struct Verdict {
    /// Whether every byte is what was recorded and signed.
    pub integrity: Integrity,
    /// Whether anything is left out.
    pub completeness: Completeness,
    /// Who vouches for it.
    pub assurance: Assurance,
    /// Whether it continues what was seen before.
    pub continuity: Continuity,
    /// What it says of people.
    pub personal_data: PersonalData,
    /// What the bundle says that it is, where that could be read.
    pub manifest: Option<Manifest>,
    /// Everything that is wrong.
    pub findings: Findings,
    /// The witnesses that count, with the moments that they vouch for, since 1970.
    pub witnesses: Vec<(String, Duration)>,
    /// When the newest proof of time is from, since 1970.
    pub newest: Option<Duration>,
    /// Two statements that cannot both be true, where there are such.
    pub evidence: Option<String>,
}

impl Verdict {
    pub(super) fn of(
        findings: Findings,
        manifest: Option<Manifest>,
        whole: Whole,
        wanted: &Wanted,
    ) -> Self {
        let stopped = manifest.is_none();
        let has = |codes: &[Code]| findings.has(codes);
        let failed = stopped || findings.has_exit(1) || findings.has_exit(2);
        let all = manifest.as_ref().is_some_and(|it| it.from == 0 && it.to == it.org_size);
        let completeness = match all {
            _ if failed || has(&[Code::HeadsBehind, Code::TooSmall]) => Completeness::Unproven,
            true => Completeness::Complete,
            false => Completeness::Range,
        };
        let unmet = [Code::Quorum, Code::CheckpointUnsigned, Code::CheckpointRetired, Code::TooOld];
        let assurance = match whole.is_unwitnessed {
            _ if stopped || whole.is_unread || has(&unmet) => Assurance::Unmet,
            true => Assurance::Signed,
            false => Assurance::Witnessed,
        };
        let unproven = [
            Code::ContinuityUnproven,
            Code::KnownUnsigned,
            Code::KnownForeign,
            Code::KnownRestored,
            Code::KnownForm,
        ];
        let continuity = match wanted.known.is_empty() {
            _ if has(&[Code::Fork, Code::Rollback]) => Continuity::Contradicted,
            true => Continuity::Unasked,
            false if stopped || whole.is_uncompared || has(&unproven) => Continuity::Unproven,
            false => Continuity::Consistent,
        };
        let Whole { witnesses, personal: personal_data, newest, evidence, .. } = whole;
        Self {
            integrity: if failed { Integrity::Failed } else { Integrity::Verified },
            completeness,
            assurance,
            continuity,
            personal_data,
            manifest,
            findings,
            witnesses,
            newest,
            evidence,
        }
    }

    /// What the program exits with.
    pub fn exit(&self) -> u8 {
        self.findings.exit()
    }

    /// The result as one object (`docs/BUNDLE.md` § 8).
    pub fn to_json(&self) -> Value {
        let personal = &self.personal_data;
        let findings = self.findings.kept().iter().map(|finding| {
            let mut told = json!({"code": finding.code.name(), "detail": finding.detail});
            if let Some(file) = &finding.file {
                told["file"] = json!(file);
            }
            if let Some(law) = finding.law {
                told["law"] = json!(law);
            }
            if let Some(seq) = finding.seq {
                told["seq"] = json!(seq);
            }
            told
        });
        let mut told = json!({
            "verdicts": {
                "assurance": self.assurance.name(),
                "completeness": self.completeness.name(),
                "continuity": self.continuity.name(),
                "integrity": self.integrity.name(),
                "personal_data": {
                    "disclosed": personal.disclosed,
                    "erased": personal.erased,
                    "not_checkable": personal.not_checkable_total(),
                    "withheld": personal.withheld,
                },
            },
            "exit": self.exit(),
            "findings": findings.collect::<Vec<_>>(),
            "findings_total": self.findings.total(),
            "witnesses": self.witnesses.iter()
                .map(|(name, time)| json!({"name": name, "time": time.as_secs()}))
                .collect::<Vec<_>>(),
        });
        if let Some(manifest) = &self.manifest {
            told["bundle"] = json!({
                "export": manifest.export,
                "from": manifest.from,
                "log": manifest.log,
                "org": manifest.org,
                "org_size": manifest.org_size,
                "size": manifest.size,
                "to": manifest.to,
            });
        }
        told
    }
}
