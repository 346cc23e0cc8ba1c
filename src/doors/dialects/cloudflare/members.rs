//! Members and those who are invited, in one list.

use super::page::{Direction, Page};
use super::roles::{Role, held};
use super::{Success, entered, no_id, read_id, write_id};
use crate::doors::desk::{Desk, Reader};
use crate::doors::wire::{Guard, OneTimeToken, OrganizationName, Problem};
use crate::facts::Permission::{MemberInvite, MemberRead};
use crate::law::sight::Sight;
use crate::law::state::State;
use crate::projections::{
    InvitationRow, InvitationStatus, MemberRow, Moment, OrganizationView, PersonalValue, Via,
};
use crate::words::{InvitationId, MemberId, OrganizationId};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

/// Somebody who is a member, or is invited to be one.
#[derive(Debug, Serialize)]
pub(in crate::doors) struct Member {
    pub(super) id: String,
    status: Status,
    email: String,
    user: User,
    roles: Vec<Role>,
    /// The one-time token of the invitation, told once.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<OneTimeToken>,
}

#[derive(Debug, Serialize)]
struct User {
    /// Whether somebody has the address of an invitation is theirs to tell.
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<String>,
    email: String,
    first_name: Option<String>,
    last_name: Option<String>,
    two_factor_authentication_enabled: bool,
}

/// What a membership is: clients know no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Status {
    Accepted,
    Pending,
    /// Whoever was invited said no: there is no member then.
    Rejected,
}

/// Which members are asked for.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct AskedMembers {
    page: Option<usize>,
    per_page: Option<usize>,
    order: Option<Order>,
    #[serde(default)]
    direction: Direction,
    status: Option<Status>,
}

#[derive(Debug, Clone, Copy, Deserialize)]
enum Order {
    #[serde(rename = "user.email")]
    Email,
    #[serde(rename = "user.first_name")]
    FirstName,
    #[serde(rename = "user.last_name")]
    LastName,
    #[serde(rename = "status")]
    Status,
}

/// Who stands under an id.
pub(super) enum Found {
    Member(MemberRow),
    Invited(InvitationRow),
}

/// How much of an account's list somebody sees.
struct Seen {
    members: Sight,
    invited: bool,
}

impl Seen {
    fn of(desk: &Desk, reader: &Reader, name: &OrganizationName) -> Result<Self, Problem> {
        let members = desk.sight_of(Guard::SeesOwn(MemberRead), reader, Some(name))?;
        let invited = desk.sight_of(Guard::Sees(MemberInvite), reader, Some(name))?;
        Ok(Self { members, invited: invited == Sight::All })
    }

    fn shows(&self, found: &Found) -> bool {
        match (found, self.members) {
            (Found::Member(_), Sight::All) => true,
            (Found::Member(row), Sight::Own(user)) => row.user_id == user,
            (Found::Member(_), Sight::Nothing) => false,
            (Found::Invited(_), _) => self.invited,
        }
    }
}

/// The id that a membership was promised under, or its own.
pub(super) fn id_of(member: &MemberRow) -> String {
    match member.via {
        Via::Invited(invitation) => write_id(invitation),
        Via::Created | Via::Added => write_id(member.member_id),
    }
}

/// The first word of a name, and what follows it.
fn names(name: Option<&PersonalValue>) -> (Option<String>, Option<String>) {
    let words =
        name.and_then(PersonalValue::text).map(|name| name.split_once(' ').unwrap_or((name, "")));
    let some = |word: &str| (!word.is_empty()).then(|| word.trim().to_owned());
    words.map_or((None, None), |(first, last)| (some(first), some(last)))
}

impl Member {
    /// `code` is the token of an invitation that was just sent.
    pub(super) fn shown(
        state: &State,
        org: OrganizationId,
        found: &Found,
        code: Option<OneTimeToken>,
    ) -> Self {
        let text = |value: Option<&PersonalValue>| {
            value.and_then(PersonalValue::text).unwrap_or_default().to_owned()
        };
        let organization = state.organization(org);
        let roles = |names| organization.map_or_else(Vec::new, |known| held(known, names));
        match found {
            Found::Member(row) => {
                let email = text(row.email.as_ref());
                let (first_name, last_name) = names(row.name.as_ref());
                let user = User {
                    id: Some(write_id(row.user_id)),
                    email: email.clone(),
                    first_name,
                    last_name,
                    two_factor_authentication_enabled: state.has_second_factor(row.user_id),
                };
                let (id, status) = (id_of(row), Status::Accepted);
                Self { id, status, email, user, roles: roles(&row.roles), code }
            }
            Found::Invited(row) => {
                let email = text(Some(&row.email));
                let user = User {
                    id: None,
                    email: email.clone(),
                    first_name: None,
                    last_name: None,
                    two_factor_authentication_enabled: false,
                };
                let (id, status) = (write_id(row.invitation_id), Status::Pending);
                Self { id, status, email, user, roles: roles(&row.roles), code }
            }
        }
    }

    fn key(&self, order: Order) -> String {
        let name = |name: &Option<String>| name.as_deref().unwrap_or_default().to_lowercase();
        match order {
            Order::Email => self.email.to_lowercase(),
            Order::FirstName => name(&self.user.first_name),
            Order::LastName => name(&self.user.last_name),
            Order::Status => match self.status {
                Status::Accepted => "accepted".to_owned(),
                Status::Pending => "pending".to_owned(),
                Status::Rejected => "rejected".to_owned(),
            },
        }
    }
}

fn stands(view: &OrganizationView, at: Moment, id: Uuid) -> Option<Found> {
    let invitation = view.invitation(InvitationId::from_uuid(id), at);
    let joined = invitation.as_ref().and_then(|row| row.member_id);
    let member = joined.unwrap_or(MemberId::from_uuid(id));
    let invited = invitation.filter(|row| row.status == InvitationStatus::Pending);
    view.member(member, at).map(Found::Member).or(invited.map(Found::Invited))
}

/// Who stands under an id, as far as somebody may know, and the seq of that.
pub(super) fn found(
    desk: &Desk,
    reader: &Reader,
    name: &OrganizationName,
    id: &str,
) -> Result<(u64, Found), Problem> {
    let seen = Seen::of(desk, reader, name)?;
    let id = read_id(id).ok_or_else(no_id)?;
    let (seq, found) = desk.look(name, |view, at| (at.seq(), stands(view, at, id)))?;
    let found = found.filter(|found| seen.shows(found));
    let missing = || Problem::missing("unknown_member", "the account has no member with that id");
    Ok((seq, found.ok_or_else(missing)?))
}

pub(in crate::doors) fn member(
    desk: &Desk,
    reader: &Reader,
    account: &str,
    id: &str,
) -> Result<Success<Member>, Problem> {
    let (name, org) = entered(desk, reader, account)?;
    let (seq, found) = found(desk, reader, &name, id)?;
    let shown = Member::shown(&reader.known.state, org, &found, None);
    Ok(Success::new(Some(seq), shown))
}

/// Members in the order of joining, then the invited in the order of sending, unless another order
/// is asked for.
pub(in crate::doors) fn members(
    desk: &Desk,
    reader: &Reader,
    account: &str,
    asked: &AskedMembers,
) -> Result<Success<Vec<Member>>, Problem> {
    let page = Page::read(asked.page, asked.per_page)?;
    let (name, org) = entered(desk, reader, account)?;
    let seen = Seen::of(desk, reader, &name)?;
    let wants = |status| asked.status.is_none_or(|wanted| wanted == status);
    let in_order = asked.order.is_none() && asked.direction == Direction::Asc;
    // Ordering needs every row; otherwise a page costs its own rows.
    let (skip, most) = if in_order { (page.skip(), page.rows()) } else { (0, usize::MAX) };
    let (seq, total, found) = desk.look(&name, |view, at| {
        let (mut total, mut rows) = (0, Vec::new());
        if wants(Status::Accepted) {
            let (count, part) = match seen.members {
                Sight::All => (view.member_count_at(at), view.members_from(at, skip, most)),
                Sight::Own(user) => {
                    let own = view.member_of_user(user, at);
                    (usize::from(own.is_some()), own.into_iter().skip(skip).collect())
                }
                Sight::Nothing => (0, Vec::new()),
            };
            total = count;
            rows.extend(part.into_iter().map(Found::Member));
        }
        if wants(Status::Pending) && seen.invited {
            let pending = view.pending_invitations(at);
            let (skip, most) = (skip.saturating_sub(total), most - rows.len());
            total += pending.len();
            rows.extend(pending.into_iter().skip(skip).take(most).map(Found::Invited));
        }
        (at.seq(), total, rows)
    })?;
    let state = &reader.known.state;
    let shown = found.iter().map(|found| Member::shown(state, org, found, None));
    let mut shown: Vec<Member> = shown.collect();
    if in_order {
        return Ok(page.of(Some(seq), shown, total));
    }
    match asked.order {
        Some(order) => asked.direction.sort(&mut shown, |member| member.key(order)),
        None => shown.reverse(),
    }
    Ok(page.cut(Some(seq), shown))
}
