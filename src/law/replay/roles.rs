//! Custom roles.

use super::case::{Case, Checked, so};
use super::fault::LawFault;
use crate::facts::event::{PermissionSet, RoleDefined, RoleRedefined, RoleRetired};
use crate::law::state::InvitationStatus;
use crate::words::RoleName;

pub(super) fn defined(case: &Case<'_>, event: &RoleDefined) -> Checked {
    so(case.organization.permissions_of(&event.role).is_none(), LawFault::RoleNameTaken)?;
    case.covers(&event.permissions)
}

pub(super) fn redefined(case: &Case<'_>, event: &RoleRedefined) -> Checked {
    so(*custom(case, &event.role)? == event.before, LawFault::BeforeDiffers)?;
    so(event.after != event.before, LawFault::NothingChanges)?;
    case.covers(&event.before)?;
    case.covers(&event.after)
}

pub(super) fn retired(case: &Case<'_>, event: &RoleRetired) -> Checked {
    let organization = case.organization;
    so(*custom(case, &event.role)? == event.permissions, LawFault::BeforeDiffers)?;
    case.covers(&event.permissions)?;
    let role = event.role.as_str();
    let is_held = organization.members().any(|(_, member)| member.roles.contains(role));
    let is_promised = organization.invitations().any(|(_, invitation)| {
        invitation.status == InvitationStatus::Pending
            && case.now() < invitation.expires_at
            && invitation.roles.contains(role)
    });
    so(!is_held && !is_promised, LawFault::RoleInUse)
}

fn custom<'a>(case: &'a Case<'_>, role: &RoleName) -> Result<&'a PermissionSet, LawFault> {
    case.organization.custom_roles.get(role).ok_or(LawFault::UnknownRole)
}
