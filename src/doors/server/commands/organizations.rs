//! Organizations: their beginning, what changes about them, their end.

use super::{Subject, Why, Wish};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::given::{Given, present};
use crate::doors::server::problem::Problem;
use crate::facts::{OrganizationKind, RoleSet};
use crate::law::Action;
use crate::law::command::{CreateOrganization, Owner, Person, UpdateOrganization};
use crate::words::{Email, Name, Reason, Slug, UserId, Username};
use serde::Deserialize;

/// Somebody who exists, by their identifier, or who comes to exist.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct FirstOwner {
    user_id: Option<UserId>,
    email: Option<Given<Email>>,
    name: Option<Given<Name>>,
    username: Option<Given<Username>>,
}

pub(in crate::doors::server) fn create(_: &Site, call: &Call) -> Result<Wish, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        kind: OrganizationKind,
        role_set: RoleSet,
        name: Given<Name>,
        slug: Given<Slug>,
        seats: Option<u32>,
        owner: FirstOwner,
        reason: Option<Given<Reason>>,
    }
    let Body { kind, role_set, name, slug, seats, owner, reason } = call.body()?;
    let owner = match owner {
        FirstOwner { user_id: Some(user), email: None, name: None, username: None } => {
            Owner::User(user)
        }
        FirstOwner { user_id: None, email, name, username } => {
            Owner::Person(person(email, name, username))
        }
        FirstOwner { user_id: Some(_), .. } => {
            let detail = "owner: either user_id, or e-mail, name and username of somebody else";
            return Err(Problem::wrong("wrong_body", detail));
        }
    };
    let (name, slug) = (name.0, slug.0);
    let wish = CreateOrganization { kind, role_set, name, slug, seats, owner };
    let action = Action::CreateOrganization(wish);
    // The answer shows the organization; its first member stands in its list.
    Ok(Wish::new(call, action, reason, Subject::Created))
}

/// Who comes to exist.
pub(super) fn person(
    email: Option<Given<Email>>,
    name: Option<Given<Name>>,
    username: Option<Given<Username>>,
) -> Person {
    Person {
        email: email.map(|email| email.0),
        name: name.map(|name| name.0),
        username: username.map(|username| username.0),
    }
}

pub(in crate::doors::server) fn update(site: &Site, call: &Call) -> Result<Wish, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        name: Option<Given<Name>>,
        slug: Option<Given<Slug>>,
        #[serde(default, deserialize_with = "present")]
        seats: Option<Option<u32>>,
        reason: Option<Given<Reason>>,
    }
    let Body { name, slug, seats, reason } = call.body()?;
    let (name, slug) = (name.map(|name| name.0), slug.map(|slug| slug.0));
    let wish = UpdateOrganization { org: call.org(site)?, name, slug, seats };
    Ok(Wish::new(call, Action::UpdateOrganization(wish), reason, Subject::Organization))
}

pub(in crate::doors::server) fn certify(site: &Site, call: &Call) -> Result<Wish, Problem> {
    let Why { reason } = call.body()?;
    let action = Action::CertifyOrganization { org: call.org(site)? };
    Ok(Wish::new(call, action, reason, Subject::Organization))
}

pub(in crate::doors::server) fn dissolve(site: &Site, call: &Call) -> Result<Wish, Problem> {
    let Why { reason } = call.body()?;
    let action = Action::DissolveOrganization { org: call.org(site)? };
    Ok(Wish::new(call, action, reason, Subject::Organization))
}
