//! One's own side: the accounts that somebody belongs to, and those that invite them.

use super::accounts::{Account, shown};
use super::members::{Status, id_of};
use super::page::{Direction, Page};
use super::roles::Permissions;
use super::{Success, no_id, read_id, write_id};
use crate::doors::desk::{Desk, Order as GivenOrder, Reader, Wished};
use crate::doors::dialects::oneself;
use crate::doors::wire::{
    AcceptInvitation, Acceptance, DeclineInvitation, Declining, Leave, OrganizationName, Problem,
    Why,
};
use crate::facts::Roles;
use crate::facts::event::PermissionSet;
use crate::law::Refusal;
use crate::law::state::InvitationStatus;
use crate::words::{Email, InvitationId, OrganizationId, UserId};
use serde::{Deserialize, Serialize};

/// Somebody's membership of an account, or the invitation to it.
#[derive(Debug, Serialize)]
pub(in crate::doors) struct Membership {
    id: String,
    account: Account,
    status: Status,
    roles: Vec<String>,
    permissions: Permissions,
    /// A member's own tokens work in every account of theirs.
    api_access_enabled: bool,
}

/// Which memberships are asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct AskedMemberships {
    #[serde(rename = "account.name")]
    account_name: Option<String>,
    name: Option<String>,
    status: Option<Status>,
    #[serde(default)]
    order: Order,
    #[serde(default)]
    direction: Direction,
    page: Option<usize>,
    per_page: Option<usize>,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
enum Order {
    #[default]
    #[serde(rename = "id")]
    Id,
    #[serde(rename = "account.name")]
    AccountName,
    #[serde(rename = "status")]
    Status,
}

/// What somebody says to an invitation.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct Wanted {
    status: Said,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Said {
    Accepted,
    Rejected,
}

/// Where somebody belongs, or is invited.
struct Place {
    id: String,
    org: OrganizationId,
    roles: Roles,
    /// The invitation that waits for an answer.
    invitation: Option<InvitationId>,
}

/// Every place of a user. Of invitations they learn when their address is proven to be theirs.
fn places(desk: &Desk, reader: &Reader, user: UserId) -> Result<Vec<Place>, Problem> {
    let state = &reader.known.state;
    let Some(known) = state.user(user) else { return Ok(Vec::new()) };
    let mut places = Vec::new();
    for &org in &known.organizations {
        let look = desk.look(&OrganizationName::Id(org), |view, at| view.member_of_user(user, at));
        places.extend(look?.map(|row| {
            let id = id_of(&row);
            Place { id, org, roles: row.roles, invitation: None }
        }));
    }
    let email = known.email.as_deref().filter(|_| known.verified);
    let Some(email) = email.and_then(|email| Email::parse(email).ok()) else { return Ok(places) };
    let folded = email.folded();
    for (org, organization) in state.organizations() {
        let invited = organization.pending_for(&folded).filter(|_| !organization.dissolved);
        let open = invited.filter(|(_, invitation)| {
            invitation.status == InvitationStatus::Pending && reader.now < invitation.expires_at
        });
        places.extend(open.map(|(id, invitation)| Place {
            id: write_id(id),
            org,
            roles: invitation.roles.clone(),
            invitation: Some(id),
        }));
    }
    Ok(places)
}

fn find(desk: &Desk, reader: &Reader, id: &str) -> Result<(UserId, Place), Problem> {
    let user = oneself(reader)?;
    read_id(id).ok_or_else(no_id)?;
    let found = places(desk, reader, user)?.into_iter().find(|place| place.id == id);
    let missing = || Problem::missing("unknown_membership", "you have no membership with that id");
    Ok((user, found.ok_or_else(missing)?))
}

impl Place {
    fn status(&self) -> Status {
        self.invitation.map_or(Status::Accepted, |_| Status::Pending)
    }

    fn show(&self, desk: &Desk, reader: &Reader) -> Result<(u64, Membership), Problem> {
        let state = &reader.known.state;
        let (seq, account) = shown(desk, self.org)?;
        let known = state.organization(self.org);
        let allowed =
            known.map_or_else(PermissionSet::default, |known| known.permissions(&self.roles));
        let membership = Membership {
            id: self.id.clone(),
            account,
            status: self.status(),
            roles: self.roles.iter().map(ToString::to_string).collect(),
            permissions: Permissions(allowed),
            api_access_enabled: true,
        };
        Ok((seq, membership))
    }
}

pub(in crate::doors) fn membership(
    desk: &Desk,
    reader: &Reader,
    id: &str,
) -> Result<Success<Membership>, Problem> {
    let (seq, membership) = find(desk, reader, id)?.1.show(desk, reader)?;
    Ok(Success::new(Some(seq), membership))
}

pub(in crate::doors) fn memberships(
    desk: &Desk,
    reader: &Reader,
    asked: &AskedMemberships,
) -> Result<Success<Vec<Membership>>, Problem> {
    let page = Page::read(asked.page, asked.per_page)?;
    let user = oneself(reader)?;
    let state = &reader.known.state;
    let name = |org| state.organization(org).and_then(|known| known.name.clone());
    let names = [&asked.account_name, &asked.name];
    let mut places = places(desk, reader, user)?;
    places.retain(|place| {
        let called = name(place.org);
        names.iter().all(|wanted| wanted.is_none() || called.as_deref() == wanted.as_deref())
            && asked.status.is_none_or(|wanted| wanted == place.status())
    });
    let lower = |org| name(org).map(|name| name.to_lowercase());
    match asked.order {
        Order::Id => asked.direction.sort(&mut places, |place| place.id.clone()),
        Order::AccountName => asked.direction.sort(&mut places, |place| lower(place.org)),
        Order::Status => asked.direction.sort(&mut places, Place::status),
    }
    let total = places.len();
    let (mut seq, mut rows) = (None, Vec::new());
    for place in places.iter().skip(page.skip()).take(page.rows()) {
        let (held, membership) = place.show(desk, reader)?;
        seq = seq.max(Some(held));
        rows.push(membership);
    }
    Ok(page.of(seq, rows, total))
}

/// What becomes of an invitation that was answered.
pub(in crate::doors) enum Answered {
    /// Nothing: it was accepted before.
    Before(Success<Membership>),
    /// Who accepts it is a member from then on.
    Accepted(GivenOrder),
    /// It is shown once more, as rejected.
    Rejected(GivenOrder, Membership),
}

pub(in crate::doors) fn answer(
    desk: &Desk,
    reader: &Reader,
    id: &str,
    wanted: &Wanted,
) -> Result<Answered, Problem> {
    let (user, place) = find(desk, reader, id)?;
    let org = OrganizationName::Id(place.org);
    match (wanted.status, place.invitation) {
        (Said::Accepted, None) => {
            let (seq, membership) = place.show(desk, reader)?;
            Ok(Answered::Before(Success::new(Some(seq), membership)))
        }
        (Said::Rejected, None) => Err(Refusal::InvitationAccepted.into()),
        (Said::Accepted, Some(invitation)) => {
            let (name, username, token, reason) = (None, None, None, None);
            let body =
                Acceptance { user_id: Some(user), name, username, token, password: None, reason };
            let order = AcceptInvitation { org, invitation, body }.order(desk, reader.actor)?;
            Ok(Answered::Accepted(order))
        }
        (Said::Rejected, Some(invitation)) => {
            let (_, membership) = place.show(desk, reader)?;
            let body = Declining { token: None, reason: None };
            let order = DeclineInvitation { org, invitation, body }.order(desk, reader.actor)?;
            Ok(Answered::Rejected(order, membership))
        }
    }
}

pub(in crate::doors) fn rejected(seq: Option<u64>, membership: Membership) -> Success<Membership> {
    Success::new(seq, Membership { status: Status::Rejected, ..membership })
}

/// Leaves an account, or says no to its invitation.
pub(in crate::doors) fn leave(
    desk: &Desk,
    reader: &Reader,
    id: &str,
) -> Result<GivenOrder, Problem> {
    let (_, place) = find(desk, reader, id)?;
    let org = OrganizationName::Id(place.org);
    match place.invitation {
        None => Leave { org, body: Why { reason: None } }.order(desk, reader.actor),
        Some(invitation) => {
            let body = Declining { token: None, reason: None };
            DeclineInvitation { org, invitation, body }.order(desk, reader.actor)
        }
    }
}
