//! What a run came to: nothing of it may be empty.

use rollbook::facts::Event;
use rollbook::law::{Action, Refusal};
use std::collections::BTreeMap;
use std::fmt;

/// The kinds of command.
const KINDS: [&str; 45] = [
    "CreateOrganization",
    "UpdateOrganization",
    "CertifyOrganization",
    "DissolveOrganization",
    "CreateMember",
    "AddMember",
    "ChangeRoles",
    "RemoveMember",
    "Leave",
    "SuspendMember",
    "ReactivateMember",
    "TransferSuperAdmin",
    "Invite",
    "ResendInvitation",
    "RevokeInvitation",
    "AcceptInvitation",
    "DeclineInvitation",
    "ExpireInvitations",
    "DefineRole",
    "RedefineRole",
    "RetireRole",
    "CreateTeam",
    "UpdateTeam",
    "RemoveTeam",
    "AddTeamMember",
    "RemoveTeamMember",
    "ChangeTeamRole",
    "Import",
    "SignUp",
    "VerifyEmail",
    "SetPassword",
    "ChangeSecondFactor",
    "UpdateUser",
    "IssueToken",
    "RevokeToken",
    "GrantAuditor",
    "WithdrawAuditor",
    "TakeOver",
    "IssueApiKey",
    "RevokeApiKey",
    "ChangeLimits",
    "CommitHeads",
    "Export",
    "RotateKey",
    "Erase",
];

/// A line of an import is refused with the code of what is wrong with it, and teams have too few
/// names for a chain of seventeen; texts in `tests/law` reach both.
const UNREACHED: [&str; 2] = ["teams_too_deep", "line_refused"];
/// What nobody wishes here: sessions, links and recovery codes, and tokens of users and of the
/// operator, which `tests/it/law/random.rs` draws; nor do so many tokens and keys last.
const UNWISHED_EVENTS: [&str; 2] = ["SessionsEnded", "LedgerRestored"];
const UNWISHED_CODES: [&str; 5] = [
    "session_ended",
    "credentials_changed",
    "password_present",
    "too_many_tokens",
    "too_many_api_keys",
];
/// A run of so many commands comes to every other refusal; a shorter one to this many.
const LONG_RUN: usize = 50_000;
const SHORT_RUN_CODES: usize = 45;

/// Counts, by what they count.
#[derive(Default)]
pub(super) struct Counts(BTreeMap<&'static str, u64>);

impl Counts {
    pub(super) fn count(&mut self, what: &'static str) {
        *self.0.entry(what).or_default() += 1;
    }

    fn total(&self) -> u64 {
        self.0.values().sum()
    }

    fn missing<'a>(&self, wanted: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
        wanted.into_iter().filter(|what| !self.0.contains_key(what)).collect()
    }
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each: Vec<String> = self.0.iter().map(|(what, n)| format!("{what} {n}")).collect();
        write!(f, "{} ({})", self.total(), each.join(", "))
    }
}

#[derive(Default)]
pub(super) struct Report {
    pub(super) commands: usize,
    pub(super) entries: u64,
    pub(super) organizations: usize,
    /// Kinds of commands that were accepted, and that were refused.
    pub(super) accepted: Counts,
    pub(super) refused: Counts,
    pub(super) codes: Counts,
    pub(super) events: Counts,
    pub(super) groups: u64,
    pub(super) clock_steps: Counts,
    pub(super) restarts: Counts,
    pub(super) faults: Counts,
    pub(super) verified: Counts,
    pub(super) compared: u64,
}

/// What the clock, the openings and the disk can do.
pub(super) const CLOCK_STEPS: [&str; 5] =
    ["forward", "far forward", "to an expiry", "back a little", "back too far"];
pub(super) const RESTARTS: [&str; 9] = [
    "closed",
    "dropped",
    "no savepoints",
    "newest savepoint gone",
    "savepoint damaged",
    "older savepoints",
    "no sled",
    "older sled",
    "rebuilt",
];
pub(super) const FAULTS: [&str; 3] = ["disk full", "outcome unknown", "tail lost"];

/// The kind of a command.
pub(super) fn kind(action: &Action) -> &'static str {
    let text = format!("{action:?}");
    let mut names = text.split(|char: char| !char.is_alphanumeric()).take(2);
    let name = names.find(|name| !["Account", "Access", "Usage", "Publication"].contains(name));
    KINDS.into_iter().find(|kind| Some(*kind) == name).expect("every kind stands in the list")
}

impl Report {
    /// A run that reaches less shows less than it says.
    pub(super) fn assert_everything_was_reached(&self, full_disks: bool) {
        let events = Event::CATALOGUE.iter().map(|(name, _)| *name);
        let events: Vec<&str> = events.filter(|name| !UNWISHED_EVENTS.contains(name)).collect();
        let unreached = |code: &&str| UNREACHED.contains(code) || UNWISHED_CODES.contains(code);
        let codes = Refusal::CODES.iter().copied().filter(|code| !unreached(code));
        let all = self.commands >= LONG_RUN;
        let codes: Vec<&str> = codes.chain(["clock_behind"]).filter(|_| all).collect();
        assert!(self.codes.0.len() >= SHORT_RUN_CODES, "few refusals: {}", self.codes);
        let faults = FAULTS.into_iter().filter(|fault| full_disks || *fault == "tail lost");
        for (what, missing) in [
            ("accepted", self.accepted.missing(KINDS)),
            ("refused", self.refused.missing(KINDS)),
            ("recorded", self.events.missing(events)),
            ("answered", self.codes.missing(codes)),
            ("stepped", self.clock_steps.missing(CLOCK_STEPS)),
            ("restarted", self.restarts.missing(RESTARTS)),
            ("failed", self.faults.missing(faults)),
        ] {
            assert!(missing.is_empty(), "it was never {what}: {}", missing.join(", "));
        }
        let (accepted, refused) = (self.accepted.total(), self.refused.total());
        assert!(accepted > refused / 2, "{accepted} accepted, {refused} refused: too few");
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (accepted, refused) = (self.accepted.total(), self.refused.total());
        writeln!(
            f,
            "{} commands: {accepted} accepted, {refused} refused; {} groups; {} entries in {} \
             organizations; {} answers compared",
            self.commands, self.groups, self.entries, self.organizations, self.compared
        )?;
        writeln!(f, "clock steps: {}", self.clock_steps)?;
        writeln!(f, "restarts: {}", self.restarts)?;
        writeln!(f, "faults: {}", self.faults)?;
        writeln!(f, "verified: {}", self.verified)?;
        let (kinds, events) = (self.accepted.0.len(), self.events.0.len());
        writeln!(
            f,
            "{kinds} of {} kinds of command accepted, {} refused, by {} codes; {events} of {} \
             event types recorded",
            KINDS.len(),
            self.refused.0.len(),
            self.codes.0.len(),
            Event::CATALOGUE.len()
        )?;
        writeln!(f, "accepted: {}", self.accepted)?;
        writeln!(f, "events: {}", self.events)?;
        write!(f, "codes: {}", self.codes)
    }
}
