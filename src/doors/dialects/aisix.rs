//! AISIX Cloud: an organization's token creates members, who are active at once.

use super::Failure;
use crate::doors::desk::{Desk, Order, Reader, Wished};
use crate::doors::wire::{AddMember, Given, NewMember, OrganizationName, Problem, Recorded};
use crate::facts::{Actor, Holder};
use crate::law::role_sets::definition;
use crate::projections::PersonalValue;
use crate::words::{Email, MemberId, Name, OrganizationId, UserId};
use serde::{Deserialize, Serialize};
use serde_json::json;

/// The role of everybody who is created.
const ROLE: &str = "member";

/// Whom a token wants to have. There is no role to choose.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct Wanted {
    name: Given<Name>,
    email: Given<Email>,
}

/// Who was created.
#[derive(Debug, Serialize)]
pub(in crate::doors) struct Created {
    member: Member,
}

#[derive(Debug, Serialize)]
struct Member {
    id: MemberId,
    user_id: UserId,
    email: Option<PersonalValue>,
    display_name: Option<PersonalValue>,
    role: &'static str,
}

/// The organization is the token's own.
pub(in crate::doors) fn create(
    desk: &Desk,
    reader: &Reader,
    wanted: Wanted,
) -> Result<Order, Problem> {
    let org = own(reader)?;
    let organization = reader.known.state.organization(org);
    if organization.is_some_and(|known| definition(known.role_set).joins_as != ROLE) {
        let detail = "nobody is a member by the role \"member\" in this organization";
        return Err(Problem::wrong("role_set_does_not_fit", detail));
    }
    let Wanted { name, email } = wanted;
    let (name, email) = (Some(name), Some(email));
    let body = NewMember { user_id: None, email, name, username: None, roles: None, reason: None };
    AddMember { org: OrganizationName::Id(org), body }.order(desk, reader.actor)
}

fn own(reader: &Reader) -> Result<OrganizationId, Problem> {
    if let Actor::Token(id) = reader.actor
        && let Some(token) = reader.known.state.token(id)
        && token.holder == Holder::Organization
    {
        return Ok(token.org);
    }
    let detail = "members are created by an organization's token";
    Err(Problem::new(403, "not_an_organization", detail))
}

pub(in crate::doors) fn created(recorded: Recorded) -> Result<Created, Problem> {
    let shown = recorded.subject.member;
    let row = shown.ok_or_else(|| Problem::fault("fault", "created, but it cannot be shown"))?;
    let (id, user_id) = (row.member_id, row.user_id);
    Ok(Created {
        member: Member { id, user_id, email: row.email, display_name: row.name, role: ROLE },
    })
}

pub(super) fn failure(problem: &Problem) -> Failure {
    let status = match problem.status {
        410 => 404,
        415 | 422 => 400,
        other => other,
    };
    Failure { status, body: json!({"error_msg": problem.detail}), is_final: false }
}
