//! Who joined without an invitation, what members held, and how a membership ended.

use super::authority::By;
use super::case::{Case, Checked, so};
use super::fault::LawFault;
use crate::facts::event::{
    Admission, Change, MemberCreated, MemberReactivated, MemberRemoved, MemberSuspended,
    MemberUpdated, RemovalCause, RoleChanged, SuperAdminTransferred,
};
use crate::facts::{Actor, OrganizationKind, RoleSet};

pub(super) fn created(case: &Case<'_>, event: &MemberCreated, by: By) -> Checked {
    let organization = case.organization;
    let definition = organization.definition();
    so(!organization.has_erased(event.user), LawFault::PersonErased)?;
    so(organization.member(event.user).is_none(), LawFault::AlreadyMember)?;
    so(organization.user_of(event.member).is_none(), LawFault::IdentifierTaken)?;
    case.roles_fit(&event.roles)?;
    if event.via == Admission::Created {
        let reachable = event.email.is_some() || event.username.is_some();
        so(reachable, LawFault::AddressNeeded)?;
    }
    match by {
        By::Follows(_) => {
            let is_hand_over = case.command.is_takeover() && definition.exactly_one_top;
            let role = if is_hand_over { definition.joins_as } else { definition.top_role() };
            so(case.is_alone(&event.roles, role), LawFault::RolesDoNotFit)
        }
        By::Permission(_) => {
            let is_lowest = case.is_alone(&event.roles, definition.joins_as);
            let is_bound =
                organization.role_set == RoleSet::Standard && event.via == Admission::Created;
            so(is_lowest || !is_bound, LawFault::CreatedMembersJoinAs)?;
            case.may_grant(&event.roles)
        }
        By::Import
        | By::TopRole
        | By::Maintainer
        | By::Themselves { .. }
        | By::Person
        | By::Anybody
        | By::Operator
        | By::Expiry
        | By::Auditor
        | By::Account => Ok(()),
    }
}

pub(super) fn updated(case: &Case<'_>, event: &MemberUpdated) -> Checked {
    case.member(event.user, event.member)?;
    let MemberUpdated { email, name, username, .. } = event;
    let is_something = email.is_some() || name.is_some() || username.is_some();
    so(is_something, LawFault::NothingChanges)?;
    let is_release = name.is_none()
        && username.is_none()
        && matches!(email, Some(Change { after: None, before: Some(_) }));
    let is_theirs = match case.entry.actor {
        Actor::Operator(_) => true,
        Actor::User(user) => user == event.user,
        Actor::Token(_) | Actor::System(_) => false,
    };
    so(is_theirs || is_release, LawFault::NotYourself)
}

pub(super) fn role_changed(case: &Case<'_>, event: &RoleChanged, by: By) -> Checked {
    let member = case.member(event.user, event.member)?;
    so(member.roles == event.before, LawFault::BeforeDiffers)?;
    case.roles_fit(&event.after)?;
    so(event.after != event.before, LawFault::NothingChanges)?;
    if matches!(by, By::Follows(_)) {
        let top = case.organization.definition().top_role();
        return so(case.is_alone(&event.after, top), LawFault::RolesDoNotFit);
    }
    case.not_by_transfer(&event.after)?;
    case.may_touch(&event.before)?;
    case.may_grant(&event.after)
}

pub(super) fn transferred(case: &Case<'_>, event: &SuperAdminTransferred) -> Checked {
    let organization = case.organization;
    let definition = organization.definition();
    let from = case.member(event.from, event.from_member);
    let is_held = definition.exactly_one_top
        && from.is_ok()
        && organization.top_holders.contains(&event.from);
    so(is_held, LawFault::NothingToTransfer)?;
    let to = case.member(event.to, event.to_member)?;
    so(event.to != event.from, LawFault::NothingChanges)?;
    so(!to.suspended, LawFault::MemberSuspended)?;
    so(to.roles == event.to_before, LawFault::BeforeDiffers)?;
    so(case.is_alone(&event.becomes, definition.joins_as), LawFault::RolesDoNotFit)
}

pub(super) fn suspended(case: &Case<'_>, event: &MemberSuspended) -> Checked {
    let member = case.member(event.user, event.member)?;
    so(!member.suspended, LawFault::MemberSuspended)?;
    case.may_touch(&member.roles)
}

pub(super) fn reactivated(case: &Case<'_>, event: &MemberReactivated) -> Checked {
    let member = case.member(event.user, event.member)?;
    so(member.suspended, LawFault::MemberActive)?;
    case.may_touch(&member.roles)
}

pub(super) fn removed(case: &Case<'_>, event: &MemberRemoved, by: By) -> Checked {
    let member = case.member(event.user, event.member)?;
    so(member.roles == event.roles, LawFault::BeforeDiffers)?;
    match (event.cause, by) {
        (RemovalCause::Removed | RemovalCause::Deprovisioned, By::Permission(_)) => {
            case.may_touch(&event.roles)
        }
        (RemovalCause::Left, By::Themselves { .. }) => {
            let is_personal = case.organization.kind == OrganizationKind::Personal;
            so(!is_personal, LawFault::PersonalOrganization)
        }
        // An import tells it, or it is a part of something that was allowed.
        (
            RemovalCause::Removed
            | RemovalCause::Deprovisioned
            | RemovalCause::Left
            | RemovalCause::OrganizationDissolved
            | RemovalCause::Erased,
            _,
        ) => Ok(()),
    }
}
