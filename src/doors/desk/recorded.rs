//! From what was recorded to an answer: what it is about, as of its last entry.

use super::lists::organization_row;
use super::role_list::role_row;
use super::{Desk, heading};
use crate::doors::wire::{Ended, OneTimeToken, Problem, Recorded, Subject};
use crate::facts::{Entry, Event};
use crate::house::Receipt;
use crate::projections::{AsOf, Moment, OrganizationView};
use crate::words::{
    ApiKeyId, InvitationId, MemberId, OrganizationId, RoleName, TeamId, TokenId, UserId,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a command is about.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(in crate::doors) enum About {
    /// Whatever comes to exist by it.
    Created,
    Organization,
    Member(MemberId),
    Invitation(InvitationId),
    Role(RoleName),
    Team(TeamId),
    Token(TokenId),
    ApiKey(ApiKeyId),
    /// What bounds a member's use.
    Limits(MemberId),
    /// What was erased of somebody.
    Erasure,
}

/// An answer to a command, and where what came to exist by it is found.
pub(in crate::doors) struct Told {
    pub(in crate::doors) answer: Recorded,
    pub(in crate::doors) created_at: Option<String>,
    /// Whose sessions ended by it.
    pub(in crate::doors) signed_out: Option<UserId>,
}

impl Desk {
    /// Answers a command that is recorded. `org` is where it was to happen, if it named one.
    pub(in crate::doors) fn recorded(
        &self,
        receipt: &Receipt,
        about: About,
        token: Option<OneTimeToken>,
        org: Option<OrganizationId>,
    ) -> Result<Told, Problem> {
        if matches!(about, About::Erasure) {
            return self.told_erasure(receipt);
        }
        // What happens to an account beside it stands in no organization.
        let of_organization = |entry: &&Arc<Entry>| entry.fact.org != OrganizationId::DEPLOYMENT;
        let last = receipt.entries.iter().rev().find(of_organization);
        let org = last.map(|entry| entry.fact.org).or(org);
        let unshowable = || Problem::fault("fault", "recorded, but it cannot be shown");
        let org = org.ok_or_else(unshowable)?;
        let views = self.ledger.views();
        let view = views.organization(org).ok_or_else(unshowable)?;
        let as_of = last.map_or(AsOf::Now, |entry| AsOf::Seq(entry.seq));
        let at = views.moment(view, as_of, (self.now)())?;
        let (about, is_fresh) = match about {
            About::Created => came_to_exist(&receipt.entries),
            other => (other, false),
        };
        let recorded = counted(&receipt.entries);
        let (place, subject) = shown(view, at, &about);
        let heading = heading(view, at);
        let ended = ended(&receipt.entries);
        let (cmd, link) = (receipt.cmd, None);
        let omitted = Vec::new();
        let answer = Recorded { heading, cmd, recorded, token, link, subject, ended, omitted };
        let base = format!("/v1/organizations/{}", view.id());
        let signed_out = receipt.entries.iter().find_map(|entry| signed_out(&entry.fact.event));
        Ok(Told { answer, created_at: is_fresh.then(|| base + &place), signed_out })
    }
}

/// How many entries there are of which type.
pub(super) fn counted(entries: &[Arc<Entry>]) -> BTreeMap<String, u64> {
    let mut counted = BTreeMap::new();
    for entry in entries {
        *counted.entry(entry.fact.event.type_name().to_owned()).or_default() += 1;
    }
    counted
}

/// Whose sessions an event ends, as the law has it.
pub(super) fn signed_out(event: &Event) -> Option<UserId> {
    match event {
        Event::MemberRemoved(event) => event.cause.ends_sessions().then_some(event.user),
        Event::MemberSuspended(event) => Some(event.user),
        _ => None,
    }
}

/// What ended with a membership; a dissolution ends several, and is nobody's own.
pub(super) fn ended(entries: &[Arc<Entry>]) -> Option<Ended> {
    let parted = |entry: &Arc<Entry>| match &entry.fact.event {
        Event::MemberRemoved(event) => Some(event.user),
        Event::MemberSuspended(event) => Some(event.user),
        _ => None,
    };
    let mut all_parted = entries.iter().filter_map(parted);
    let (user_id, None) = (all_parted.next()?, all_parted.next()) else { return None };
    let (invitations, tokens, api_keys) = Default::default();
    let mut ended = Ended { user_id, invitations, tokens, api_keys, sessions: None };
    for entry in entries {
        match &entry.fact.event {
            Event::InvitationRevoked(event) => ended.invitations.push(event.invitation),
            Event::TokenRevoked(event) => ended.tokens.push(event.token),
            Event::ApiKeyRevoked(event) => ended.api_keys.push(event.key),
            _ => {}
        }
    }
    Some(ended)
}

/// The first thing that entries brought into being. A resent invitation was there before.
fn came_to_exist(entries: &[Arc<Entry>]) -> (About, bool) {
    for entry in entries {
        return match &entry.fact.event {
            Event::OrganizationCreated(_) => (About::Organization, true),
            Event::MemberCreated(event) => (About::Member(event.member), true),
            Event::InvitationAccepted(event) => (About::Member(event.member), true),
            Event::InvitationSent(event) => (About::Invitation(event.invitation), true),
            Event::InvitationResent(event) => (About::Invitation(event.invitation), false),
            Event::RoleDefined(event) => (About::Role(event.role.clone()), true),
            Event::TeamCreated(event) => (About::Team(event.team), true),
            Event::TokenIssued(event) => (About::Token(event.token), true),
            Event::ApiKeyIssued(event) => (About::ApiKey(event.key), true),
            _ => continue,
        };
    }
    (About::Organization, false)
}

/// Where something is found in its organization, and what it is.
fn shown(view: &OrganizationView, at: Moment, about: &About) -> (String, Subject) {
    let mut subject = Subject::default();
    let place = match about {
        About::Created | About::Organization | About::Erasure => {
            subject.organization = Some(organization_row(view, at));
            String::new()
        }
        About::Member(id) | About::Limits(id) => {
            subject.member = view.member(*id, at);
            format!("/members/{id}")
        }
        About::Invitation(id) => {
            subject.invitation = view.invitation(*id, at);
            format!("/invitations/{id}")
        }
        About::Role(name) => {
            subject.role = role_row(view, at, name.as_str());
            format!("/roles/{name}")
        }
        About::Team(id) => {
            subject.team = view.team(*id, at);
            format!("/teams/{id}")
        }
        About::Token(id) => {
            subject.token_id = Some(*id);
            format!("/tokens/{id}")
        }
        About::ApiKey(id) => {
            subject.api_key_id = Some(*id);
            format!("/api-keys/{id}")
        }
    };
    (place, subject)
}
