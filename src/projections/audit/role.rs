//! What roles mean.

use super::Concern;
use super::told::Told;
use crate::facts::event::{PermissionSet, RoleDefined, RoleRedefined, RoleRetired};
use crate::words::RoleName;
use serde_json::{Value, json};

pub(super) fn defined(event: &RoleDefined) -> Told {
    about(&event.role).after(allowed(&event.permissions))
}

pub(super) fn redefined(event: &RoleRedefined) -> Told {
    about(&event.role).before(allowed(&event.before)).after(allowed(&event.after))
}

pub(super) fn retired(event: &RoleRetired) -> Told {
    about(&event.role).before(allowed(&event.permissions))
}

fn about(role: &RoleName) -> Told {
    Told::about([Concern::Role { role: role.clone() }])
}

fn allowed(permissions: &PermissionSet) -> Value {
    json!({"permissions": permissions})
}
