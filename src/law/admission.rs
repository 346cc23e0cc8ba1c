//! Letting somebody in: who may be, with what, and what is recorded of it.

use super::command::Person;
use super::draft::Draft;
use super::erasure::not_erased;
use super::refusal::Refusal;
use super::role_sets::Holding;
use super::state::Organization;
use super::withdrawal::withdraw;
use crate::facts::event::{Admission, MemberCreated, RevocationCause};
use crate::facts::{Roles, Sealed};
use crate::words::{
    Email, InvitationId, MemberId, Name, OrganizationId, RoleName, SubjectId, UserId, Username,
};
use std::sync::Arc;

/// Records that a person came to exist as a member.
pub(super) fn admit_person(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    person: &Person,
    roles: Roles,
) -> Result<(), Refusal> {
    unknown_person(draft, person)?;
    let user = UserId::from_uuid(draft.context.uuid());
    let known = Known {
        email: person.email.as_ref().map(Email::shared),
        name: person.name.as_ref().map(Name::shared),
        username: person.username.as_ref().map(Username::shared),
    };
    admit(draft, org, user, known, roles, Admission::Created)
}

/// Refuses a person whose address or username is somebody's.
pub(super) fn unknown_person(draft: &Draft<'_>, person: &Person) -> Result<(), Refusal> {
    if person.email.is_none() && person.username.is_none() {
        return Err(Refusal::AddressNeeded);
    }
    if let Some(email) = &person.email
        && draft.state.by_email(&email.folded()).is_some()
    {
        return Err(Refusal::EmailTaken);
    }
    if let Some(username) = &person.username
        && draft.state.by_username(&username.folded()).is_some()
    {
        return Err(Refusal::UsernameTaken);
    }
    Ok(())
}

/// Records that an existing user became a member; their values are committed to once more, under
/// their key in this organization.
pub(super) fn admit_user(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    user: UserId,
    roles: Roles,
) -> Result<(), Refusal> {
    let known = draft.state.user(user).ok_or(Refusal::UnknownUser)?;
    let known = Known {
        email: known.email.clone(),
        name: known.name.clone(),
        username: known.username.clone(),
    };
    admit(draft, org, user, known, roles, Admission::Added)
}

struct Known {
    email: Option<Arc<str>>,
    name: Option<Arc<str>>,
    username: Option<Arc<str>>,
}

fn admit(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    user: UserId,
    known: Known,
    roles: Roles,
    via: Admission,
) -> Result<(), Refusal> {
    not_erased(&draft.state, org, user)?;
    let organization = draft.living(org)?;
    if organization.member(user).is_some() {
        return Err(Refusal::AlreadyMember);
    }
    roles_fit(organization, &roles)?;
    let sealed =
        |value: Option<Arc<str>>| value.map(|value| Sealed::open(SubjectId::from(user), value));
    let event = MemberCreated {
        email: sealed(known.email),
        member: MemberId::from_uuid(draft.context.uuid()),
        name: sealed(known.name),
        reason: draft.reason(user),
        roles,
        user,
        username: sealed(known.username),
        via,
    };
    draft.record(org, event)?;
    let organization = draft.living(org)?;
    match pending_of(draft, organization, user) {
        Some(invitation) => withdraw(draft, org, invitation, RevocationCause::Joined),
        None => Ok(()),
    }
}

/// The invitation that is pending for a user's address.
fn pending_of(
    draft: &Draft<'_>,
    organization: &Organization,
    user: UserId,
) -> Option<InvitationId> {
    let email = draft.state.user(user)?.email.as_deref()?;
    let folded = Email::parse(email).ok()?.folded();
    organization.pending.get(&folded).copied()
}

/// Refuses when every seat is taken.
pub(super) fn free_seat(draft: &Draft<'_>, organization: &Organization) -> Result<(), Refusal> {
    match organization.seats {
        Some(seats) if organization.seats_taken(draft.now()) >= seats as usize => {
            Err(Refusal::NoSeatLeft { seats })
        }
        Some(_) | None => Ok(()),
    }
}

/// Refuses roles that do not exist here or cannot be held together.
pub(super) fn roles_fit(organization: &Organization, roles: &Roles) -> Result<(), Refusal> {
    let definition = organization.definition();
    let mut main = 0;
    let mut beside = 0;
    for name in roles.iter() {
        match definition.role(name.as_str()) {
            Some(built_in) if built_in.beside => beside += 1,
            Some(_) => main += 1,
            None if organization.custom_roles.contains_key(name) => main += 1,
            None => return Err(Refusal::UnknownRole { role: name.to_string() }),
        }
    }
    let fit = match definition.holding {
        Holding::One => main == 1 && beside == 0,
        Holding::Several => main >= 1 && beside == 0,
        Holding::OneAndBeside => main == 1 && beside <= 1,
    };
    if fit { Ok(()) } else { Err(Refusal::RolesDoNotFit { roles: roles.clone() }) }
}

/// Where exactly one super admin exists, nobody is changed or invited to it.
pub(super) fn not_by_transfer(organization: &Organization, roles: &Roles) -> Result<(), Refusal> {
    let definition = organization.definition();
    if definition.exactly_one_top && roles.contains(definition.top_role()) {
        return Err(Refusal::SuperAdminByTransferOnly);
    }
    Ok(())
}

/// A built-in role's name as a recorded one.
pub(super) fn role(name: &'static str) -> Result<RoleName, Refusal> {
    RoleName::parse(name).map_err(|_| Refusal::UnknownRole { role: name.to_owned() })
}
