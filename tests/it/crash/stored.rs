//! What a data directory holds, read the way in which a ledger opens it.

use rollbook::ground::directory::Directory;
use rollbook::ground::embedded::{EmbeddedLog, Repair};
use rollbook::ground::keyring::Keyring;
use rollbook::ground::log::{Head, Log};
use rollbook::house::ledger::{keyring_path, replay};
use rollbook::house::standing::Standing;
use rollbook::house::verify::verify;
use rollbook::law::State;
use rollbook::projections::{AsOf, PersonalValue, TeamMemberRow, Views};
use rollbook::words::{CommandId, OrganizationId, Timestamp};
use serde::Deserialize;
use std::path::Path;

use crate::support::machine;

/// Everything in a data directory.
pub(crate) struct Stored {
    pub(crate) head: Head,
    pub(crate) entries: Vec<Bare>,
    pub(crate) standing: Standing,
    pub(crate) views: Views,
    pub(crate) repairs: Vec<Repair>,
}

/// What these tests ask of an entry. That it is one is shown by replaying and verifying.
#[derive(Deserialize)]
pub(crate) struct Bare {
    pub(crate) cmd: CommandId,
    org: OrganizationId,
    pub(crate) source: Option<BareSource>,
    r#type: String,
}

#[derive(Deserialize)]
pub(crate) struct BareSource {
    pub(crate) commit: String,
    pub(crate) seq: u64,
}

/// Opens a data directory, reads it wholly and closes it; then verifies it.
pub(crate) fn read_and_verify(path: &Path) -> Stored {
    let options = machine(0).options;
    let directory = Directory::open(path).unwrap();
    let keyring = Keyring::open(keyring_path(path)).unwrap();
    let (log, repairs) = EmbeddedLog::open(directory, options).unwrap();
    let (standing, views) = replay(&log, &keyring).unwrap();
    let mut entries = Vec::new();
    loop {
        let records = log.read(entries.len() as u64, 4096).unwrap();
        if records.is_empty() {
            break;
        }
        entries.extend(records.iter().map(|record| parse(&record.bytes)));
    }
    let head = log.head();
    log.close().unwrap();
    drop(log);
    let report = verify(path, options.sled_cache_bytes).unwrap();
    let findings = report.journal.findings.iter().chain(&report.sled.findings);
    assert!(report.is_whole(), "{:?}", findings.map(ToString::to_string).collect::<Vec<_>>());
    assert_eq!(report.journal.head, head);
    Stored { head, entries, standing, views, repairs }
}

impl Stored {
    /// The number of the source line behind each entry.
    pub(crate) fn lines(&self) -> Vec<u64> {
        self.entries.iter().map(|entry| entry.source.as_ref().unwrap().seq).collect()
    }

    /// Each entry without what is drawn at random: organization, type, source line.
    pub(crate) fn told(&self) -> Vec<(String, String, u64)> {
        let told = self.entries.iter().zip(self.lines()).map(|(entry, line)| {
            let organization = self.views.organization(entry.org).unwrap();
            (organization.slug().text().unwrap().to_owned(), entry.r#type.clone(), line)
        });
        told.collect()
    }
}

fn parse(bytes: &[u8]) -> Bare {
    serde_json::from_slice(bytes).unwrap()
}

/// Every member and team list as text, without what is drawn at random.
pub(crate) fn lists(views: &Views) -> Vec<String> {
    let known = |value: &Option<PersonalValue>| {
        value.as_ref().and_then(PersonalValue::text).unwrap_or("-").to_owned()
    };
    let people = |rows: &[TeamMemberRow]| -> Vec<String> {
        rows.iter().map(|row| known(&row.username)).collect()
    };
    let mut lists = Vec::new();
    for view in views.organizations() {
        let slug = view.slug().text().unwrap();
        let now = view.moment(AsOf::Now, Timestamp::MAX).unwrap();
        for row in view.members(now) {
            let (name, email) = (known(&row.username), known(&row.email));
            let (roles, joined) = (row.roles, row.joined_at);
            lists.push(format!("{slug}: {name} <{email}> {roles} since {joined}"));
        }
        let teams = view.teams(now);
        for row in &teams {
            let parent = teams.iter().find(|team| Some(team.team_id) == row.parent);
            assert_eq!(parent.is_some(), row.parent.is_some(), "{slug}: {} is adrift", row.name);
            let parent = parent.map(|team| team.name.as_str());
            let (maintainers, members) = (people(&row.maintainers), people(&row.members));
            let name = &row.name;
            lists.push(format!("{slug}/{name} in {parent:?}: {maintainers:?} {members:?}"));
        }
    }
    lists.sort();
    lists
}

/// That every invariant of imported organizations holds: somebody active is admin, and every parent
/// of a team exists.
pub(crate) fn assert_lawful(state: &State) {
    for (_, organization) in state.organizations().filter(|(_, found)| !found.dissolved) {
        let slug = organization.slug.as_deref();
        let admin = |member: &rollbook::law::state::Member| {
            !member.suspended && member.roles.contains(organization.definition().top_role())
        };
        assert!(organization.members().any(|(_, member)| admin(member)), "{slug:?} has no admin");
        for (_, team) in organization.teams() {
            let exists = team.parent.is_none_or(|parent| organization.team(parent).is_some());
            assert!(exists, "{slug:?}: the parent of {} does not exist", team.name);
        }
    }
}
