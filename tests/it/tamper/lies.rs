//! Lies about an export, each told by a small change; what gives it away, and in which entry.

mod disclosed;
mod forged;
mod placed;
mod said;
mod spelt;

use super::forger::Forged;
pub(super) use forged::IMPOSSIBLE;

/// A copy of `harbour`'s export is altered; the first finding must be this one, of this entry.
pub(super) struct Case {
    pub lie: &'static str,
    pub alter: fn(&mut Forged),
    pub found: &'static str,
    pub seq: Option<u64>,
}

const fn case(
    lie: &'static str,
    alter: fn(&mut Forged),
    found: &'static str,
    seq: Option<u64>,
) -> Case {
    Case { lie, alter, found, seq }
}

/// Entries of `harbour`: 23 to 42. In 29 somebody becomes admin, 30 and 31 begin teams, 42 is the
/// last.
const TOLD: &str = r#""after":["admin","member"]"#;
const SALT: &str = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
const SOMEBODY: &str = "0b0e7f0c-6a51-4f5e-9d0b-3c5a1e2d4f60";

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Case> {
    let tables = [
        said::SAID,
        placed::PLACED,
        spelt::SPELT,
        spelt::HEADED,
        disclosed::DISCLOSED,
        forged::FORGED,
        IMPOSSIBLE,
    ];
    tables.into_iter().flatten()
}
