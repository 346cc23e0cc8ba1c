//! Where in an organization's history something is spoken of.

use super::{Misfit, Place};
use crate::facts::{Actor, Entry, Event};
use crate::words::{InvitationId, MemberId, OrganizationId, SubjectId, TeamId, UserId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::ops::Range;

/// What a history is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum About {
    /// The organization as a whole.
    Organization,
    /// A user, in all of their memberships.
    User(UserId),
    /// One membership, from its beginning to its end.
    Member(MemberId),
    /// An invitation.
    Invitation(InvitationId),
    /// A team.
    Team(TeamId),
}

/// Which entries of a history are asked for: those that satisfy everything that is present.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct HistoryFilter<'a> {
    /// What they concern.
    pub about: Option<About>,
    /// Who did it.
    pub actor: Option<Actor>,
    /// The name of their type.
    pub event_type: Option<&'a str>,
}

/// Ascending places by what the entries there speak of. An answer costs what the shortest of the
/// lists that it needs holds in the range, and never the whole history.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct History {
    subjects: BTreeMap<SubjectId, Vec<Place>>,
    teams: BTreeMap<TeamId, Vec<Place>>,
    actors: BTreeMap<Actor, Vec<Place>>,
    types: BTreeMap<String, Vec<Place>>,
}

impl History {
    pub(super) fn push(&mut self, place: Place, entry: &Entry) {
        let event = &entry.fact.event;
        for subject in event.subjects(entry.fact.org) {
            self.subjects.entry(subject).or_default().push(place);
        }
        for team in teams(event) {
            self.teams.entry(*team).or_default().push(place);
        }
        self.actors.entry(entry.actor).or_default().push(place);
        match self.types.get_mut(event.type_name()) {
            Some(places) => places.push(place),
            None => drop(self.types.insert(event.type_name().to_owned(), vec![place])),
        }
    }

    /// The places in `range` of the entries that are asked for, ascending; read from the back for
    /// the latest first. `span` tells whose a membership is, and from where to where it is spoken
    /// of.
    pub(super) fn find<'a>(
        &'a self,
        organization: OrganizationId,
        span: impl Fn(MemberId) -> Option<(UserId, Place, Option<Place>)>,
        filter: HistoryFilter<'_>,
        range: Range<u64>,
    ) -> Result<Box<dyn DoubleEndedIterator<Item = u64> + 'a>, Misfit> {
        let mut range = range;
        let mut lists: Vec<&'a [Place]> = Vec::new();
        let subject = match filter.about {
            None => None,
            Some(About::Organization) => Some(organization.into()),
            Some(About::User(user)) => Some(user.into()),
            Some(About::Invitation(invitation)) => Some(invitation.into()),
            Some(About::Team(team)) => {
                lists.push(self.teams.get(&team).map_or(&[], Vec::as_slice));
                None
            }
            Some(About::Member(member)) => {
                let (user, from, to) =
                    span(member).ok_or_else(|| Misfit::absent("member", member))?;
                range.start = range.start.max(from.org_seq());
                if let Some(to) = to {
                    range.end = range.end.min(to.org_seq() + 1);
                }
                Some(user.into())
            }
        };
        if let Some(subject) = subject {
            lists.push(self.subjects.get(&subject).map_or(&[], Vec::as_slice));
        }
        if let Some(actor) = filter.actor {
            lists.push(self.actors.get(&actor).map_or(&[], Vec::as_slice));
        }
        if let Some(event_type) = filter.event_type {
            lists.push(self.types.get(event_type).map_or(&[], Vec::as_slice));
        }
        let mut lists: Vec<&[Place]> = lists.into_iter().map(|list| cut(list, &range)).collect();
        lists.sort_unstable_by_key(|list| list.len());
        let Some((shortest, others)) = lists.split_first() else {
            return Ok(Box::new(range));
        };
        let others = others.to_vec();
        let found = shortest
            .iter()
            .filter(move |place| others.iter().all(|list| list.binary_search(place).is_ok()));
        Ok(Box::new(found.map(|place| place.org_seq())))
    }
}

fn cut<'a>(list: &'a [Place], range: &Range<u64>) -> &'a [Place] {
    let from = list.partition_point(|place| place.org_seq() < range.start);
    let to = list.partition_point(|place| place.org_seq() < range.end);
    &list[from..to.max(from)]
}

/// The teams that an event speaks of.
fn teams(event: &Event) -> &[TeamId] {
    match event {
        Event::TeamCreated(event) => std::slice::from_ref(&event.team),
        Event::TeamUpdated(event) => std::slice::from_ref(&event.team),
        Event::TeamRemoved(event) => std::slice::from_ref(&event.team),
        Event::TeamMemberAdded(event) => std::slice::from_ref(&event.team),
        Event::TeamMemberRemoved(event) => std::slice::from_ref(&event.team),
        Event::TeamRoleChanged(event) => std::slice::from_ref(&event.team),
        Event::InvitationSent(event) => &event.teams,
        Event::InvitationAccepted(event) => &event.teams,
        Event::OrganizationCreated(_)
        | Event::OrganizationUpdated(_)
        | Event::OrganizationCertified(_)
        | Event::OrganizationDissolved(_)
        | Event::MemberCreated(_)
        | Event::InvitationResent(_)
        | Event::InvitationRevoked(_)
        | Event::InvitationDeclined(_)
        | Event::InvitationExpired(_)
        | Event::RoleChanged(_)
        | Event::MemberSuspended(_)
        | Event::MemberReactivated(_)
        | Event::MemberRemoved(_)
        | Event::SuperAdminTransferred(_)
        | Event::RoleDefined(_)
        | Event::RoleRedefined(_)
        | Event::RoleRetired(_)
        | Event::MemberUpdated(_)
        | Event::TokenIssued(_)
        | Event::TokenRevoked(_)
        | Event::AuditorGranted(_)
        | Event::AuditorWithdrawn(_)
        | Event::AccessTakenOver(_)
        | Event::ApiKeyIssued(_)
        | Event::ApiKeyRevoked(_)
        | Event::LimitsChanged(_)
        | Event::UserCreated(_)
        | Event::UserUpdated(_)
        | Event::EmailVerified(_)
        | Event::EmailReleased(_)
        | Event::PasswordSet(_)
        | Event::SecondFactorChanged(_)
        | Event::SessionsEnded(_)
        | Event::ExportCreated(_)
        | Event::OrganizationHeadsCommitted(_)
        | Event::CheckpointKeyRotated(_)
        | Event::LedgerRestored(_)
        | Event::PersonalDataErased(_) => &[],
    }
}
