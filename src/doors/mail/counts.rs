//! What became of letters.

use std::fmt::Write;
use std::sync::atomic::{AtomicU64, Ordering};

/// What became of a letter.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fate {
    /// The mail server took it.
    Sent,
    /// The mail server, or its address, does not let it be sent.
    Refused,
    /// It was tried as often as letters are.
    GivenUp,
    /// The queue was full, or there is no mail server.
    Dropped,
    /// The server stopped before it could be sent.
    Lost,
}

/// Each with what it is called.
const FATES: [(Fate, &str); 5] = [
    (Fate::Sent, "sent"),
    (Fate::Refused, "refused"),
    (Fate::GivenUp, "given_up"),
    (Fate::Dropped, "dropped"),
    (Fate::Lost, "lost"),
];

/// How many letters had which fate.
#[derive(Default)]
pub(super) struct Counts {
    fates: [AtomicU64; FATES.len()],
    retries: AtomicU64,
}

impl Counts {
    pub(super) fn add(&self, fate: Fate) {
        self.fates[fate as usize].fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn retry(&self) {
        self.retries.fetch_add(1, Ordering::Relaxed);
    }

    /// In the Prometheus text format.
    pub(super) fn write(&self, text: &mut String) {
        text.push_str("# HELP rollbook_mails_total Letters by what became of them.\n");
        text.push_str("# TYPE rollbook_mails_total counter\n");
        for (fate, called) in FATES {
            let count = self.fates[fate as usize].load(Ordering::Relaxed);
            // Writing into a text cannot fail.
            let _ = writeln!(text, "rollbook_mails_total{{result=\"{called}\"}} {count}");
        }
        let retries = self.retries.load(Ordering::Relaxed);
        text.push_str("# HELP rollbook_mail_retries_total Letters that were tried again.\n");
        text.push_str("# TYPE rollbook_mail_retries_total counter\n");
        let _ = writeln!(text, "rollbook_mail_retries_total {retries}");
    }
}
