//! What a campaign came to.

use rollbook::ground::embedded::Repair;
use std::collections::BTreeMap;
use std::fmt;

/// How often something happened.
#[derive(Debug, Default)]
pub(crate) struct Tally(BTreeMap<String, u64>);

impl Tally {
    pub(crate) fn count(&mut self, what: &str) {
        *self.0.entry(what.to_owned()).or_default() += 1;
    }

    /// A ledger opened, and this was put right.
    pub(crate) fn opened(&mut self, repairs: &[Repair]) {
        self.count("opened");
        for repair in repairs {
            self.count(match repair {
                Repair::TailCut { .. } => "tail cut",
                Repair::JournalMended { .. } => "journal mended",
                Repair::JournalContinued { .. } => "journal continued",
                Repair::SledFed { .. } => "sled fed",
                Repair::SledRebuilt { .. } => "sled rebuilt",
            });
        }
    }

    pub(crate) fn of(&self, what: &str) -> u64 {
        self.0.get(what).copied().unwrap_or(0)
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, (what, count)) in self.0.iter().enumerate() {
            let comma = if index == 0 { "" } else { ", " };
            write!(f, "{comma}{what} {count}")?;
        }
        Ok(())
    }
}

/// Says what was being done, when it fails.
pub(crate) struct Saying<'a>(pub(crate) &'a str);

impl Drop for Saying<'_> {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.0);
        }
    }
}
