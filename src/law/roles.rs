//! Custom roles.

use super::draft::Draft;
use super::refusal::Refusal;
use super::rights::Rights;
use super::state::{InvitationStatus, Organization};
use crate::facts::Permission;
use crate::facts::event::{PermissionSet, RoleDefined, RoleRedefined, RoleRetired};
use crate::words::{OrganizationId, RoleName};

pub(super) fn define(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    role: &RoleName,
    permissions: &PermissionSet,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::RoleWrite)?;
    if organization.permissions_of(role).is_some() {
        return Err(Refusal::RoleNameTaken);
    }
    covered(&rights, permissions)?;
    let event = RoleDefined {
        permissions: permissions.clone(),
        reason: draft.reason(org),
        role: role.clone(),
    };
    draft.record(org, event)
}

pub(super) fn redefine(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    role: &RoleName,
    permissions: &PermissionSet,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::RoleWrite)?;
    let before = custom(organization, role)?;
    if before == *permissions {
        return Err(Refusal::NothingChanges);
    }
    covered(&rights, &before)?;
    covered(&rights, permissions)?;
    let event = RoleRedefined {
        after: permissions.clone(),
        before,
        reason: draft.reason(org),
        role: role.clone(),
    };
    draft.record(org, event)
}

pub(super) fn retire(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    role: &RoleName,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::RoleWrite)?;
    let permissions = custom(organization, role)?;
    covered(&rights, &permissions)?;
    let held = organization.members().any(|(_, member)| member.roles.contains(role.as_str()));
    let now = draft.now();
    let promised = organization.invitations().any(|(_, invitation)| {
        invitation.status == InvitationStatus::Pending
            && now < invitation.expires_at
            && invitation.roles.contains(role.as_str())
    });
    if held || promised {
        return Err(Refusal::RoleInUse);
    }
    let event = RoleRetired { permissions, reason: draft.reason(org), role: role.clone() };
    draft.record(org, event)
}

fn custom(organization: &Organization, role: &RoleName) -> Result<PermissionSet, Refusal> {
    if organization.definition().role(role.as_str()).is_some() {
        return Err(Refusal::RoleBuiltIn);
    }
    organization
        .custom_roles
        .get(role)
        .cloned()
        .ok_or_else(|| Refusal::UnknownRole { role: role.to_string() })
}

/// Nobody defines a role that allows more than they may do.
fn covered(rights: &Rights, permissions: &PermissionSet) -> Result<(), Refusal> {
    if rights.cover(permissions) { Ok(()) } else { Err(Refusal::RoleOutranksActor) }
}
