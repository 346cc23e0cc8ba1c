//! What an import says of itself.

use crate::support::ledger;
use rollbook::facts::{Actor, Event, Roles};
use rollbook::house::import::import;
use rollbook::house::source::History;
use rollbook::law::command::{IfPending, Invite, TokenDigest};
use rollbook::law::{Action, Command};
use rollbook::words::{Email, RoleName};
use serde_json::json;
use std::fs;

/// A line that leads to two entries is still one line.
#[test]
fn lines_are_counted_not_entries() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("history.ndjson");
    let line = |seq: u64, commit: u64, time: &str, what: serde_json::Value| {
        let mut line = what;
        line["seq"] = seq.into();
        line["org"] = "acme".into();
        line["time"] = time.into();
        line["source"] = json!({"repo": "acme/org", "commit": format!("commit-{commit}")});
        format!("{line}\n")
    };
    let joins = |who| json!({"action": "member_added", "member": who, "role": "admin"});
    let began = "2020-01-03T00:00:00Z";
    let early = line(1, 1, began, json!({"action": "org_created"}))
        + &line(2, 1, began, joins("ada"))
        + &line(3, 1, began, joins("bob"));
    fs::write(&file, &early).unwrap();
    let ledger = ledger(&directory.path().join("data"), 1);
    let run = || {
        let mut history = History::open(std::slice::from_ref(&file), "mail.example").unwrap();
        let (summary, error) = import(&ledger, &mut history, &mut |_, _| ());
        assert!(error.is_none(), "{}", error.unwrap());
        (summary.imported, summary.already_present)
    };
    assert_eq!(run(), (3, 0));

    let (org, bob) = {
        let records = super::records(&ledger);
        let bob = ledger.unseal(&records[2]).unwrap().entry;
        let Event::MemberCreated(created) = &bob.fact.event else { panic!("{bob:?}") };
        (bob.fact.org, created.user)
    };
    let invite = Invite {
        org,
        email: Email::parse("carl@mail.example").unwrap(),
        roles: Roles::one(RoleName::parse("member").unwrap()),
        teams: vec![],
        expires_in: Invite::EXPIRES_IN,
        if_pending: IfPending::Refuse,
        token: TokenDigest([1; 32]),
    };
    let action = Action::Invite(invite);
    let command = Command::new(Actor::User(bob), None, action);
    ledger.submit(command).unwrap();

    // Bob's invitation is withdrawn with his membership, which ends behind it.
    let left = "2026-11-22T00:00:00.003Z";
    let leaves = json!({"action": "member_removed", "member": "bob", "previous_role": "admin"});
    fs::write(&file, early + &line(4, 2, left, leaves)).unwrap();
    let size = ledger.head().size;
    let summary = run();
    assert_eq!(ledger.head().size, size + 2);
    assert_eq!(summary, (1, 3));
    assert_eq!(run(), (0, 4));
}
