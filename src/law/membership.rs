//! Who joins without an invitation, what members hold, and how a membership ends.

use super::admission::{admit_person, admit_user, free_seat, not_by_transfer, role, roles_fit};
use super::command::Person;
use super::draft::Draft;
use super::refusal::Refusal;
use super::state::{Member, Organization};
use super::withdrawal::withdraw_of;
use crate::facts::event::{
    MemberReactivated, MemberRemoved, MemberSuspended, RemovalCause, RoleChanged,
    SuperAdminTransferred,
};
use crate::facts::{Actor, OrganizationKind, Permission, RoleSet, Roles};
use crate::words::{MemberId, OrganizationId, UserId};

/// Makes a user and their membership at once.
pub(super) fn create(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    person: &Person,
    roles: Option<&Roles>,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::MemberCreate)?;
    let joins_as = organization.definition().joins_as;
    let holds_more = roles.map(|roles| Ok(*roles != Roles::one(role(joins_as)?))).transpose()?;
    if organization.role_set == RoleSet::Standard && holds_more == Some(true) {
        return Err(Refusal::CreatedMembersJoinAs { role: joins_as });
    }
    take_in(draft, org, person, roles)
}

/// The same, whatever members who are created hold here: of somebody who held it elsewhere.
pub(super) fn take_in(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    person: &Person,
    roles: Option<&Roles>,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::MemberCreate)?;
    let joins_as = Roles::one(role(organization.definition().joins_as)?);
    let roles = roles.unwrap_or(&joins_as).clone();
    rights.may_grant(organization, &roles)?;
    seat_for(draft, organization, person.email.as_ref())?;
    admit_person(draft, org, person, roles)
}

/// Gives an existing user a membership.
pub(super) fn add(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    user: UserId,
    roles: Option<&Roles>,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::MemberAdd)?;
    let joins_as = Roles::one(role(organization.definition().joins_as)?);
    let roles = roles.unwrap_or(&joins_as).clone();
    rights.may_grant(organization, &roles)?;
    let joined = organization.member(user).is_some();
    if joined {
        return Err(Refusal::AlreadyMember);
    }
    let email = draft.state.user(user).and_then(|known| known.email.as_deref());
    let email = email.and_then(|email| crate::words::Email::parse(email).ok());
    seat_for(draft, organization, email.as_ref())?;
    admit_user(draft, org, user, roles)
}

/// Refuses when no seat is left for whoever has that address. An invitation that can still be
/// accepted keeps a seat; joining in another way uses it.
fn seat_for(
    draft: &Draft<'_>,
    organization: &Organization,
    email: Option<&crate::words::Email>,
) -> Result<(), Refusal> {
    let pending = email.and_then(|email| organization.pending.get(&email.folded()));
    let pending = pending.and_then(|id| organization.invitation(*id));
    match pending {
        Some(invitation) if draft.now() < invitation.expires_at => Ok(()),
        Some(_) | None => free_seat(draft, organization),
    }
}

fn member_of(organization: &Organization, member: MemberId) -> Result<(UserId, &Member), Refusal> {
    let user = organization.user_of(member).ok_or(Refusal::UnknownMember)?;
    let member = organization.member(user).ok_or(Refusal::UnknownMember)?;
    Ok((user, member))
}

pub(super) fn change_roles(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    member: MemberId,
    roles: &Roles,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::MemberRole)?;
    let (user, held) = member_of(organization, member)?;
    roles_fit(organization, roles)?;
    if held.roles == *roles {
        return Err(Refusal::NothingChanges);
    }
    not_by_transfer(organization, roles)?;
    rights.may_touch(organization, &held.roles)?;
    rights.may_grant(organization, roles)?;
    let event = RoleChanged {
        after: roles.clone(),
        before: held.roles.clone(),
        member,
        reason: draft.reason(user),
        user,
    };
    draft.record(org, event)
}

pub(super) fn remove(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    member: MemberId,
    cause: RemovalCause,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::MemberRemove)?;
    let (user, held) = member_of(organization, member)?;
    rights.may_touch(organization, &held.roles)?;
    end(draft, org, user, cause)
}

pub(super) fn leave(draft: &mut Draft<'_>, org: OrganizationId) -> Result<(), Refusal> {
    let organization = draft.living(org)?;
    if organization.kind == OrganizationKind::Personal {
        return Err(Refusal::PersonalOrganization);
    }
    let Actor::User(user) = draft.actor() else {
        return Err(Refusal::NotYourself);
    };
    if organization.member(user).is_none() {
        return Err(Refusal::UnknownMember);
    }
    end(draft, org, user, RemovalCause::Left)
}

/// Ends a membership and what rests on it.
pub(super) fn end(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    user: UserId,
    cause: RemovalCause,
) -> Result<(), Refusal> {
    let held = draft.living(org)?.member(user).ok_or(Refusal::UnknownMember)?.clone();
    // A key that is about to be destroyed seals nothing more: why stands in the erasure.
    let reason = (cause != RemovalCause::Erased).then(|| draft.reason(user)).flatten();
    let event = MemberRemoved { cause, member: held.id, reason, roles: held.roles, user };
    draft.record(org, event)?;
    withdraw_of(draft, org, user)
}

pub(super) fn suspend(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    member: MemberId,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::MemberSuspend)?;
    let (user, held) = member_of(organization, member)?;
    if held.suspended {
        return Err(Refusal::MemberSuspended);
    }
    rights.may_touch(organization, &held.roles)?;
    let event = MemberSuspended { member, reason: draft.reason(user), user };
    draft.record(org, event)?;
    withdraw_of(draft, org, user)
}

pub(super) fn reactivate(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    member: MemberId,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::MemberSuspend)?;
    let (user, held) = member_of(organization, member)?;
    if !held.suspended {
        return Err(Refusal::MemberActive);
    }
    rights.may_touch(organization, &held.roles)?;
    let event = MemberReactivated { member, reason: draft.reason(user), user };
    draft.record(org, event)
}

/// Hands the one super admin's role over; the old one joins the ranks as a member.
pub(super) fn transfer(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    to_member: MemberId,
) -> Result<(), Refusal> {
    let (organization, rights) = draft.managed(org)?;
    rights.require(Permission::OrganizationTransfer)?;
    let definition = organization.definition();
    if !definition.exactly_one_top {
        return Err(Refusal::NothingToTransfer);
    }
    let (to, held) = member_of(organization, to_member)?;
    if organization.top_holders.contains(&to) {
        return Err(Refusal::NothingChanges);
    }
    if held.suspended {
        return Err(Refusal::MemberSuspended);
    }
    if !draft.state.user(to).is_some_and(|user| user.signs_in) {
        return Err(Refusal::CannotSignIn);
    }
    hand_over(draft, org, to)
}

/// Records that a member is the one super admin from here on.
pub(super) fn hand_over(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    to: UserId,
) -> Result<(), Refusal> {
    let organization = draft.living(org)?;
    let member = |user: UserId| organization.member(user).ok_or(Refusal::UnknownMember);
    let from = *organization.top_holders.get_min().ok_or(Refusal::LastSuperAdmin)?;
    let event = SuperAdminTransferred {
        becomes: Roles::one(role(organization.definition().joins_as)?),
        from,
        from_member: member(from)?.id,
        reason: draft.reason(to),
        to,
        to_before: member(to)?.roles.clone(),
        to_member: member(to)?.id,
    };
    draft.record(org, event)
}
