//! Members: who comes, what they hold, who goes.

use super::organizations::person;
use super::{Subject, Why, Wish};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::given::{Given, GivenRoles};
use crate::doors::server::problem::Problem;
use crate::law::Action;
use crate::law::command::Removal;
use crate::words::{Email, MemberId, Name, Reason, UserId, Username};
use serde::Deserialize;

/// Somebody who exists is added by `user_id`; anybody else comes to exist.
pub(in crate::doors::server) fn create(site: &Site, call: &Call) -> Result<Wish, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        user_id: Option<UserId>,
        email: Option<Given<Email>>,
        name: Option<Given<Name>>,
        username: Option<Given<Username>>,
        roles: Option<GivenRoles>,
        reason: Option<Given<Reason>>,
    }
    let Body { user_id, email, name, username, roles, reason } = call.body()?;
    let (org, roles) = (call.org(site)?, roles.map(|roles| roles.0));
    let action = match (user_id, &email, &name, &username) {
        (Some(user), None, None, None) => Action::AddMember { org, user, roles },
        (None, ..) => Action::CreateMember { org, person: person(email, name, username), roles },
        (Some(_), ..) => {
            let detail = "either user_id, or e-mail, name and username of somebody else";
            return Err(Problem::wrong("wrong_body", detail));
        }
    };
    Ok(Wish::new(call, action, reason, Subject::Created))
}

pub(in crate::doors::server) fn change_roles(site: &Site, call: &Call) -> Result<Wish, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        roles: GivenRoles,
        reason: Option<Given<Reason>>,
    }
    let Body { roles, reason } = call.body()?;
    let (org, member) = (call.org(site)?, call.id("member")?);
    let action = Action::ChangeRoles { org, member, roles: roles.0 };
    Ok(Wish::new(call, action, reason, Subject::Member(member)))
}

pub(in crate::doors::server) fn remove(site: &Site, call: &Call) -> Result<Wish, Problem> {
    let Why { reason } = call.body()?;
    let (org, member) = (call.org(site)?, call.id("member")?);
    let action = Action::RemoveMember { org, member, cause: Removal::Removed };
    Ok(Wish::new(call, action, reason, Subject::Member(member)))
}

/// Nobody leaves in somebody else's name: the operator says by Rollbook-Actor who leaves.
pub(in crate::doors::server) fn leave(site: &Site, call: &Call) -> Result<Wish, Problem> {
    let Why { reason } = call.body()?;
    let action = Action::Leave { org: call.org(site)? };
    Ok(Wish::new(call, action, reason, Subject::Organization))
}

pub(in crate::doors::server) fn suspend(site: &Site, call: &Call) -> Result<Wish, Problem> {
    let Why { reason } = call.body()?;
    let (org, member) = (call.org(site)?, call.id("member")?);
    let action = Action::SuspendMember { org, member };
    Ok(Wish::new(call, action, reason, Subject::Member(member)))
}

pub(in crate::doors::server) fn reactivate(site: &Site, call: &Call) -> Result<Wish, Problem> {
    let Why { reason } = call.body()?;
    let (org, member) = (call.org(site)?, call.id("member")?);
    let action = Action::ReactivateMember { org, member };
    Ok(Wish::new(call, action, reason, Subject::Member(member)))
}

pub(in crate::doors::server) fn transfer(site: &Site, call: &Call) -> Result<Wish, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        to_member_id: MemberId,
        reason: Option<Given<Reason>>,
    }
    let Body { to_member_id: to, reason } = call.body()?;
    let action = Action::TransferSuperAdmin { org: call.org(site)?, to };
    Ok(Wish::new(call, action, reason, Subject::Member(to)))
}
