//! Custom roles.

use super::{Subject, Why, Wish};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::given::Given;
use crate::doors::server::problem::Problem;
use crate::facts::Permission;
use crate::facts::event::PermissionSet;
use crate::law::Action;
use crate::words::{Reason, RoleName};
use serde::Deserialize;

fn role(call: &Call) -> Result<RoleName, Problem> {
    RoleName::parse(call.part("role")).map_err(|error| Problem::wrong("wrong_identifier", error))
}

pub(in crate::doors::server) fn define(site: &Site, call: &Call) -> Result<Wish, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        role: Given<RoleName>,
        permissions: Vec<Permission>,
        reason: Option<Given<Reason>>,
    }
    let Body { role: Given(role), permissions, reason } = call.body()?;
    let permissions = PermissionSet::new(permissions);
    let action = Action::DefineRole { org: call.org(site)?, role, permissions };
    Ok(Wish::new(call, action, reason, Subject::Created))
}

pub(in crate::doors::server) fn redefine(site: &Site, call: &Call) -> Result<Wish, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        permissions: Vec<Permission>,
        reason: Option<Given<Reason>>,
    }
    let Body { permissions, reason } = call.body()?;
    let (org, role, permissions) = (call.org(site)?, role(call)?, PermissionSet::new(permissions));
    let subject = Subject::Role(role.clone());
    Ok(Wish::new(call, Action::RedefineRole { org, role, permissions }, reason, subject))
}

pub(in crate::doors::server) fn retire(site: &Site, call: &Call) -> Result<Wish, Problem> {
    let Why { reason } = call.body()?;
    let (org, role) = (call.org(site)?, role(call)?);
    let subject = Subject::Role(role.clone());
    Ok(Wish::new(call, Action::RetireRole { org, role }, reason, subject))
}
