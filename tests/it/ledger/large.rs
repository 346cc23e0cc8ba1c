//! Commands that are longer than a batch.

use super::{organization, wish};
use crate::crash::stored::{assert_lawful, read_and_verify};
use crate::support::ledger;
use rollbook::facts::{Actor, System};
use rollbook::house::{Ledger, SubmitError};
use rollbook::law::command::{Line, LineChange, Person, SourceCommit};
use rollbook::law::{Action, Command};
use rollbook::words::{Email, Name, RoleName, Slug, Timestamp, Username};

/// A commit that begins an organization, whose members join in the order given.
fn commit<'a>(slug: &str, members: impl Iterator<Item = (String, &'a str)>) -> Command {
    let org = Slug::parse(slug).unwrap();
    let begins = LineChange::OrganizationCreated;
    let joins = members.map(|(login, role)| LineChange::MemberAdded {
        person: Person {
            email: Some(Email::parse(&format!("{login}@mail.example")).unwrap()),
            name: Some(Name::parse(&login).unwrap()),
            username: Some(Username::parse(&login).unwrap()),
        },
        role: RoleName::parse(role).unwrap(),
    });
    let changes = std::iter::once(begins).chain(joins);
    let line = |(seq, change)| Line { seq, baseline: false, org: org.clone(), change };
    let commit = SourceCommit {
        repo: Name::parse("example/org").unwrap(),
        commit: Name::parse(slug).unwrap(),
        occurred: Some(Timestamp::parse_any("2020-02-02").unwrap()),
        lines: (1..).zip(changes).map(line).collect(),
    };
    let actor = Actor::System(System::Import);
    Command::new(actor, None, Action::Import(commit))
}

fn logins(count: usize, role: &str) -> impl Iterator<Item = (String, &str)> {
    (0..count).map(move |n| (format!("m{n}"), role))
}

#[test]
fn what_cannot_be_cut_and_is_longer_than_a_batch_is_refused() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let ledger = ledger(&path, 1);
    organization(&ledger, "acme");
    let head = ledger.head();
    // Before its first admin an organization breaks the law, so nothing can end there.
    let admin = [("boss".to_owned(), "admin")];
    let refused = ledger.submit(commit("late", logins(1200, "member").chain(admin.clone())));
    let refused = refused.unwrap_err();
    assert!(matches!(refused, SubmitError::TooLarge { bytes } if bytes > 900 * 1024), "{refused}");
    assert_eq!(refused.code(), "command_too_large");
    assert_eq!(ledger.head(), head, "nothing was appended");
    assert_eq!(ledger.views().organizations().len(), 1);

    // The same people with the admin first: cut wherever a batch is full.
    let taken = ledger.submit(commit("late", admin.into_iter().chain(logins(1200, "member"))));
    assert_eq!(taken.unwrap().entries.len(), 1202);
    assert!(ledger.head().slot >= head.slot + 2, "several batches");
    drop(ledger);
    let stored = read_and_verify(&path);
    assert_lawful(&stored.standing.state);
    assert_eq!(stored.head.size, head.size + 1202);
}

#[test]
fn dissolving_five_thousand_members_is_cut_and_reopens() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let ledger = ledger(&path, 1);
    let admin = std::iter::once(("boss".to_owned(), "admin"));
    let begun = ledger.submit(commit("big", admin.chain(logins(4999, "member")))).unwrap();
    let org = begun.entries[0].fact.org;
    let before = ledger.head();
    let dissolved = ledger.submit(wish(Action::DissolveOrganization { org })).unwrap();
    assert_eq!(dissolved.entries.len(), 5001);
    assert_eq!(dissolved.size, before.size + 5001);
    let head = ledger.head();
    assert!(head.slot >= before.slot + 2, "several batches");
    assert_wholly_dissolved(&ledger, org);
    let shown = super::shown(&ledger);
    drop(ledger);
    let stored = read_and_verify(&path);
    assert_eq!(stored.head, head);
    assert_eq!(serde_json::to_vec(&stored.views).unwrap(), shown);
    let organization = stored.standing.state.organization(org).unwrap();
    assert!(organization.dissolved && organization.members().count() == 0);
}

fn assert_wholly_dissolved(ledger: &Ledger, org: rollbook::words::OrganizationId) {
    assert_eq!(ledger.views().organization(org).unwrap().member_count(), 0);
    let refused = ledger.submit(super::create(org, "late")).unwrap_err();
    assert_eq!(refused.code(), "organization_dissolved");
}
