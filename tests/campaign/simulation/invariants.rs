//! What holds in every organization at the end of every command, read from what the ledger shows.

use super::roles;
use rollbook::facts::{Actor, OrganizationKind};
use rollbook::projections::{AsOf, HistoryFilter, MemberStatus, OrganizationView, PersonalValue};
use rollbook::words::{Email, Timestamp, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// One organization, at an instant that is not before its last entry.
pub(super) fn hold(view: &OrganizationView, now: Timestamp) {
    let at = view.moment(AsOf::Now, now).unwrap();
    let (header, members) = (view.header(at), view.members(at));
    let (pending, teams) = (view.pending_invitations(at), view.teams(at));
    let id = view.id();
    if header.dissolved_at.is_some() {
        let open = view.active_tokens(at).len() + view.active_api_keys(at).len();
        assert!(open == 0, "{id} ended and something opens it");
        assert!(members.is_empty() && pending.is_empty(), "{id} ended and somebody is left");
        return;
    }
    let table = roles::table(header.role_set);
    let top: Vec<_> = members.iter().filter(|row| row.roles.contains(&table.top)).collect();
    let active = top.iter().filter(|row| row.status == MemberStatus::Active).count();
    assert!(active >= 1, "nobody active holds {} in {id}", table.top);
    assert!(!table.exactly_one_top || top.len() == 1, "{} hold {} in {id}", top.len(), table.top);
    let taken = members.len() + pending.len();
    // An organization in need does not wait for a seat: a takeover may go beyond them by one.
    let taken_over = HistoryFilter { event_type: Some("AccessTakenOver"), ..Default::default() };
    let beyond = view.history(taken_over, 0..u64::MAX).unwrap().count();
    let fits = header.seats.is_none_or(|seats| taken <= seats as usize + beyond);
    assert!(fits, "{taken} seats in {id}");
    if header.kind == OrganizationKind::Personal {
        assert!(members.len() == 1 && pending.is_empty(), "{id} is of one person");
    }
    let users: BTreeSet<UserId> = members.iter().map(|row| row.user_id).collect();
    assert_eq!(users.len(), members.len(), "somebody belongs twice to {id}");
    let addresses: BTreeSet<_> = pending.iter().map(|row| folded(&row.email)).collect();
    assert_eq!(addresses.len(), pending.len(), "an address is invited twice to {id}");
    for row in &pending {
        let Actor::User(inviter) = row.inviter else { continue };
        // Whoever sent it last answers for it: who sent it first may be gone by then.
        let active =
            members.iter().any(|m| m.user_id == inviter && m.status == MemberStatus::Active);
        assert!(active || row.sends > 1, "{inviter} is gone and what they sent is pending in {id}");
    }
    let acts = |user: UserId| {
        members.iter().any(|row| row.user_id == user && row.status == MemberStatus::Active)
    };
    for row in view.active_tokens(at) {
        let Actor::User(issuer) = row.issued_by else { continue };
        assert!(acts(issuer), "{issuer} is gone and a token that they know opens {id}");
    }
    for row in view.active_api_keys(at) {
        assert!(acts(row.user_id), "{} is gone and has a key of {id}", row.user_id);
    }
    let names: BTreeSet<_> = teams.iter().map(|team| &team.name).collect();
    assert_eq!(names.len(), teams.len(), "two teams of {id} have one name");
    for team in &teams {
        for person in team.members.iter().chain(&team.maintainers) {
            assert!(users.contains(&person.user_id), "a stranger is in {} of {id}", team.name);
        }
        let mut above = BTreeSet::from([team.team_id]);
        let mut at = team.parent;
        while let Some(parent) = at {
            assert!(above.insert(parent), "{} of {id} is part of itself", team.name);
            at = teams.iter().find(|team| team.team_id == parent).expect("it is there").parent;
        }
    }
}

/// One address belongs to one user, wherever they are members.
pub(super) fn tell_people_apart<'a>(
    views: impl Iterator<Item = &'a OrganizationView>,
    now: Timestamp,
) {
    let mut whose: BTreeMap<_, UserId> = BTreeMap::new();
    for view in views {
        for row in view.members(view.moment(AsOf::Now, now).unwrap()) {
            let Some(email) = &row.email else { continue };
            let owner = *whose.entry(folded(email)).or_insert(row.user_id);
            assert_eq!(owner, row.user_id, "two users have one address");
        }
    }
}

fn folded(email: &PersonalValue) -> std::sync::Arc<str> {
    Email::parse(email.text().unwrap()).unwrap().folded()
}
