//! From what was recorded to an answer: what it is about, as of its last entry.

use super::lists::organization_row;
use super::role_list::role_row;
use super::{Desk, heading};
use crate::doors::wire::{OneTimeToken, Problem, Recorded, Subject};
use crate::facts::{Entry, Event};
use crate::house::Receipt;
use crate::projections::{AsOf, Moment, OrganizationView};
use crate::words::{InvitationId, MemberId, OrganizationId, RoleName, TeamId};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What a command is about.
#[derive(Debug, Clone)]
pub(in crate::doors) enum About {
    /// Whatever comes to exist by it.
    Created,
    Organization,
    Member(MemberId),
    Invitation(InvitationId),
    Role(RoleName),
    Team(TeamId),
}

/// An answer to a command, and where what came to exist by it is found.
pub(in crate::doors) struct Told {
    pub(in crate::doors) answer: Recorded,
    pub(in crate::doors) created_at: Option<String>,
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
        let last = receipt.entries.last();
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
        let mut recorded = BTreeMap::new();
        for entry in &receipt.entries {
            *recorded.entry(entry.fact.event.type_name().to_owned()).or_default() += 1;
        }
        let (place, subject) = shown(view, at, &about);
        let heading = heading(view, at);
        let answer = Recorded { heading, cmd: receipt.cmd, recorded, token, subject };
        let base = format!("/v1/organizations/{}", view.id());
        Ok(Told { answer, created_at: is_fresh.then(|| base + &place) })
    }
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
            _ => continue,
        };
    }
    (About::Organization, false)
}

/// Where something is found in its organization, and what it is.
fn shown(view: &OrganizationView, at: Moment, about: &About) -> (String, Subject) {
    let mut subject = Subject::default();
    let place = match about {
        About::Created | About::Organization => {
            subject.organization = Some(organization_row(view, at));
            String::new()
        }
        About::Member(id) => {
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
    };
    (place, subject)
}
