//! What changes who is a member.

use super::members::{Found, Member, found};
use super::roles::named;
use super::{Success, entered};
use crate::doors::desk::{Desk, Order, Reader, Wished};
use crate::doors::dialects::{Holder, add, holder, invite};
use crate::doors::wire::{
    self, AddMember, Answer, ChangeRoles, Given, GivenRoles, HeldRoles, Problem, Recorded,
    RemoveMember, RevokeInvitation, Why,
};
use crate::facts::Permission;
use crate::law::Refusal;
use crate::law::state::Organization;
use crate::words::{Email, OrganizationId};
use serde::Deserialize;
use serde::de::IgnoredAny;
use std::time::Duration;

/// The longest address that this dialect takes.
const EMAIL_LIMIT_CHARS: usize = 90;

/// Who is to be a member.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct NewMember {
    email: Given<Email>,
    roles: Option<Vec<String>>,
    #[serde(default)]
    status: Wanted,
    policies: Option<IgnoredAny>,
}

/// Whether somebody is asked first.
#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "lowercase")]
enum Wanted {
    Accepted,
    #[default]
    Pending,
}

/// What a member is to hold.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct ChangedMember {
    roles: Option<Vec<NamedRole>>,
    policies: Option<IgnoredAny>,
}

/// A role by its id; clients send what else they were told of it.
#[derive(Debug, Deserialize)]
struct NamedRole {
    id: String,
}

fn no_policies(policies: Option<IgnoredAny>) -> Result<(), Problem> {
    let detail = "policies: Rollbook has none; name roles by their ids";
    policies.map_or(Ok(()), |_| Err(Problem::wrong("policies_unknown", detail)))
}

fn known(reader: &Reader, org: OrganizationId) -> Result<&Organization, Problem> {
    let known = reader.known.state.organization(org);
    known.ok_or_else(|| Refusal::UnknownOrganization.into())
}

fn roles_missing() -> Problem {
    Problem::wrong("wrong_body", "roles: expected the ids of at least one role")
}

/// `validity` is how long an invitation can be accepted.
pub(in crate::doors) fn create(
    desk: &Desk,
    reader: &Reader,
    account: &str,
    wanted: NewMember,
    validity: Duration,
) -> Result<(OrganizationId, Order), Problem> {
    let (name, org) = entered(desk, reader, account)?;
    let NewMember { email: Given(email), roles, status, policies } = wanted;
    no_policies(policies)?;
    let length = email.as_str().chars().count();
    if length > EMAIL_LIMIT_CHARS {
        let detail =
            format!("email: {length} characters, at most {EMAIL_LIMIT_CHARS} are allowed here");
        return Err(Problem::wrong("wrong_body", detail));
    }
    let roles = named(known(reader, org)?, &roles.ok_or_else(roles_missing)?)?;
    let order = match status {
        Wanted::Pending => invite(desk, reader.actor, name, (email, roles, validity))?,
        Wanted::Accepted => {
            // Whether somebody has the address is told only to who could add them.
            reader.may(org, Permission::MemberAdd)?;
            match holder(&reader.known.state, &email) {
                Holder::User(user) => add(desk, reader.actor, name, (user, roles))?,
                Holder::Nobody => {
                    let (email, roles) = (Some(Given(email)), Some(GivenRoles(roles)));
                    let (user_id, username, reason) = (None, None, None);
                    let body =
                        wire::NewMember { user_id, email, name: None, username, roles, reason };
                    AddMember { org: name, body }.order(desk, reader.actor)?
                }
                Holder::Unproven => {
                    let detail = "status: whoever signed up with the address has not proven it; \
                                  invite it (status pending)";
                    return Err(Problem::wrong("email_unproven", detail));
                }
            }
        }
    };
    Ok((org, order))
}

pub(in crate::doors) fn change(
    desk: &Desk,
    reader: &Reader,
    (account, id): (&str, &str),
    wanted: ChangedMember,
) -> Result<(OrganizationId, Order), Problem> {
    let (name, org) = entered(desk, reader, account)?;
    let ChangedMember { roles, policies } = wanted;
    no_policies(policies)?;
    let ids: Vec<String> = roles.ok_or_else(roles_missing)?.into_iter().map(|it| it.id).collect();
    let roles = GivenRoles(named(known(reader, org)?, &ids)?);
    match found(desk, reader, &name, id)?.1 {
        Found::Member(row) => {
            let body = HeldRoles { roles, reason: None };
            let wish = ChangeRoles { org: name, member: row.member_id, body };
            Ok((org, wish.order(desk, reader.actor)?))
        }
        Found::Invited(_) => {
            let detail = "what an invitation promises does not change: delete it and invite again";
            Err(Problem::new(409, "invitation_pending", detail))
        }
    }
}

/// Removes a member, or withdraws an invitation.
pub(in crate::doors) fn remove(
    desk: &Desk,
    reader: &Reader,
    account: &str,
    id: &str,
) -> Result<Order, Problem> {
    let (org, _) = entered(desk, reader, account)?;
    let body = Why { reason: None };
    match found(desk, reader, &org, id)?.1 {
        Found::Member(row) => {
            RemoveMember { org, member: row.member_id, body }.order(desk, reader.actor)
        }
        Found::Invited(row) => {
            let invitation = row.invitation_id;
            RevokeInvitation { org, invitation, body }.order(desk, reader.actor)
        }
    }
}

/// Who was created, invited or changed.
pub(in crate::doors) fn recorded(
    reader: &Reader,
    org: OrganizationId,
    recorded: Recorded,
) -> Result<Success<Member>, Problem> {
    let seq = recorded.seq();
    let (member, invitation) = (recorded.subject.member, recorded.subject.invitation);
    let found = member.map(Found::Member).or(invitation.map(Found::Invited));
    let found = found.ok_or_else(|| Problem::fault("fault", "recorded, but it cannot be shown"))?;
    let shown = Member::shown(&reader.known.state, org, &found, recorded.token);
    Ok(Success::new(seq, shown))
}
