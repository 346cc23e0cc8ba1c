//! Who is to be a member: whoever is known is one at once, an unknown address is invited.

use super::KUBERNETES;
use crate::doors::desk::{Desk, Order, Reader};
use crate::doors::dialects::{Holder, add as add_user, holder, invite};
use crate::doors::wire::{Given, OrganizationName, Problem};
use crate::facts::{Permission, Roles};
use crate::law::state::State;
use crate::words::{Email, RoleName, UserId, Username};
use serde::Deserialize;
use std::time::Duration;

/// Whom somebody wants to have as a member.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::doors) struct NewMember {
    username: Option<Given<Username>>,
    email: Option<Given<Email>>,
    #[serde(default)]
    role: Role,
    #[serde(default)]
    kubernetes_role: KubernetesRole,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum Role {
    Admin,
    Developer,
    BillingAdmin,
    #[default]
    Viewer,
}

#[derive(Debug, Clone, Copy, Default, Deserialize)]
#[serde(rename_all = "kebab-case")]
enum KubernetesRole {
    ClusterAdmin,
    Edit,
    View,
    #[default]
    #[serde(rename = "")]
    None,
}

impl NewMember {
    fn roles(&self) -> Result<Roles, Problem> {
        let main = match self.role {
            Role::Admin => "admin",
            Role::Developer => "developer",
            Role::BillingAdmin => "billing-admin",
            Role::Viewer => "viewer",
        };
        let beside = match self.kubernetes_role {
            KubernetesRole::ClusterAdmin => Some("cluster-admin"),
            KubernetesRole::Edit => Some("edit"),
            KubernetesRole::View => Some("view"),
            KubernetesRole::None => None,
        };
        let names = [Some(main.to_owned()), beside.map(|beside| format!("{KUBERNETES}{beside}"))];
        let names = names.iter().flatten().map(|name| RoleName::parse(name));
        let names: Result<Vec<RoleName>, _> = names.collect();
        let names = names.map_err(|error| Problem::wrong("wrong_body", error))?;
        Roles::new(names).map_err(|error| Problem::wrong("wrong_body", error))
    }
}

/// Whom a wish names.
enum Named {
    User(UserId),
    Address(Email),
}

/// `validity` is how long an invitation can be accepted.
pub(in crate::doors) fn add(
    desk: &Desk,
    reader: &Reader,
    name: OrganizationName,
    wanted: NewMember,
    validity: Duration,
) -> Result<Order, Problem> {
    let org = desk.meant(reader, &name)?;
    // Whether somebody exists is told only to who could add them.
    reader.may(org, Permission::MemberAdd)?;
    let roles = wanted.roles()?;
    let order = match whom(&reader.known.state, wanted)? {
        Named::User(user) => add_user(desk, reader.actor, name, (user, roles))?,
        Named::Address(email) => invite(desk, reader.actor, name, (email, roles, validity))?,
    };
    Ok(order)
}

fn whom(state: &State, wanted: NewMember) -> Result<Named, Problem> {
    let wrong = |detail| Problem::wrong("wrong_body", detail);
    let named = wanted.username.map(|Given(username)| {
        let user = state.by_username(&username.folded());
        user.ok_or_else(|| Problem::missing("unknown_user", "no user has that username"))
    });
    match (named.transpose()?, wanted.email) {
        (None, None) => Err(wrong("email or username is missing: one of them says who is meant")),
        (Some(user), None) => Ok(Named::User(user)),
        (None, Some(Given(email))) => Ok(match holder(state, &email) {
            Holder::User(user) => Named::User(user),
            Holder::Nobody | Holder::Unproven => Named::Address(email),
        }),
        (Some(user), Some(Given(email))) => {
            if state.by_email(&email.folded()) == Some(user) {
                Ok(Named::User(user))
            } else {
                Err(wrong("email and username are not those of one user: leave one of them out"))
            }
        }
    }
}
