//! What an erasure leaves to be seen: that something was there.

use super::chance::history;
use super::story::*;
use crate::facts::event::PersonalDataErased;
use crate::facts::*;
use crate::projections::*;
use crate::words::*;
use std::collections::BTreeSet;

/// Everything that is shown at one place, without what is personal.
fn shown(view: &OrganizationView, org_seq: usize) -> Vec<String> {
    let at = after(view, org_seq);
    let mut rows: Vec<String> = Vec::new();
    let keep = |value: &mut Option<PersonalValue>| {
        if value.is_some() {
            *value = Some(PersonalValue::Withheld);
        }
    };
    for mut row in view.members(at) {
        [&mut row.username, &mut row.name, &mut row.email].into_iter().for_each(keep);
        rows.push(format!("{row:?}"));
    }
    for mut row in view.invitations(at) {
        row.email = PersonalValue::Withheld;
        rows.push(format!("{row:?}"));
    }
    for mut row in view.auditors(at) {
        [&mut row.username, &mut row.name, &mut row.email].into_iter().for_each(keep);
        rows.push(format!("{row:?}"));
    }
    rows
}

/// Every value that an entry holds of somebody.
fn texts(story: &Story, of: &BTreeSet<SubjectId>) -> BTreeSet<String> {
    let sealed = story.entries.iter().flat_map(|entry| entry.fact.event.sealed());
    let theirs = sealed.filter(|(_, sealed)| of.contains(&sealed.of));
    theirs.filter_map(|(_, sealed)| sealed.text().map(|text| text.to_string())).collect()
}

/// The same story as it is read when the values of some do not open any more.
fn unread(story: &Story, of: &BTreeSet<SubjectId>) -> Vec<Entry> {
    let mut entries = story.entries.clone();
    for entry in &mut entries {
        for (_, sealed) in entry.fact.event.sealed_mut() {
            if of.contains(&sealed.of) {
                sealed.content = Content::Erased(Commitment::from_bytes([0; 32]));
            }
        }
    }
    entries
}

#[test]
fn the_tombstone_stands_at_every_place_and_nothing_else_changes() {
    let mut erased_values = 0;
    for seed in 1..=8 {
        let (mut story, _) = history(seed, 300);
        let before = story.view();
        let everybody: BTreeSet<SubjectId> = story
            .entries
            .iter()
            .flat_map(|entry| entry.fact.event.sealed())
            .map(|(_, sealed)| sealed.of)
            .filter(|of| *of != OrganizationId::DEPLOYMENT.into())
            .collect();
        let users = (0..30).map(|number| user(&format!("user-{number}")));
        let user = users.into_iter().find(|user| everybody.contains(&(*user).into())).unwrap();
        let at = after(&before, 299);
        let invitations = before.invitations(at).into_iter().map(|row| row.invitation_id).take(3);
        let mut invitations: Vec<InvitationId> = invitations.collect();
        invitations.sort_unstable();
        let event =
            PersonalDataErased { invitations, organization: false, reason: None, user: Some(user) };
        let of: BTreeSet<SubjectId> = event.erased(OrganizationId::DEPLOYMENT).collect();
        let gone = texts(&story, &of);
        story.tell(event);
        let (views, view) = (story.views(), story.view());

        for org_seq in 0..300 {
            assert_eq!(shown(&view, org_seq), shown(&before, org_seq), "seed {seed}, {org_seq}");
        }
        let written = serde_json::to_string(&views).unwrap();
        let others: BTreeSet<SubjectId> = everybody.difference(&of).copied().collect();
        let kept = texts(&story, &others);
        for text in gone.difference(&kept).filter(|text| text.as_str() != "digest") {
            assert!(!written.contains(&format!("{text:?}")), "seed {seed}: {text} is left");
            erased_values += 1;
        }

        let mut behind = Views::default();
        for entry in unread(&story, &of) {
            behind.apply(&entry).unwrap();
        }
        assert!(behind == views, "seed {seed}: read behind the erasure it is another");
        assert!(serde_json::to_string(&behind).unwrap() == written, "seed {seed}");
    }
    assert!(erased_values > 30, "only {erased_values} values were erased");
}
