//! How an organization begins, changes and ends.

use super::admission::{admit_person, admit_user, role};
use super::command::{CreateOrganization, Owner, UpdateOrganization};
use super::draft::Draft;
use super::refusal::Refusal;
use super::withdrawal::{withdraw, withdraw_everything};
use crate::facts::event::{
    Change, MemberRemoved, OrganizationCertified, OrganizationCreated, OrganizationDissolved,
    OrganizationUpdated, RemovalCause, RevocationCause,
};
use crate::facts::{Actor, OrganizationKind, Permission, RoleSet, Roles, Sealed, Shown};
use crate::words::{Name, OrganizationId, Slug};
use std::sync::Arc;

pub(super) fn create(draft: &mut Draft<'_>, wish: &CreateOrganization) -> Result<(), Refusal> {
    match draft.actor() {
        Actor::Operator(_) => {}
        Actor::User(user) => {
            // A user begins an organization for themselves, never in somebody else's name.
            if !matches!(wish.owner, Owner::User(owner) if owner == user) {
                return Err(Refusal::NotYourself);
            }
        }
        Actor::Token(_) | Actor::System(_) => return Err(Refusal::OperatorOnly),
    }
    let org = begin(draft, wish.kind, wish.role_set, &wish.name, &wish.slug, wish.seats)?;
    let definition = super::role_sets::definition(wish.role_set);
    let top = role(definition.top_role())?;
    match &wish.owner {
        Owner::User(user) => admit_user(draft, org, *user, Roles::one(top)),
        Owner::Person(person) => admit_person(draft, org, person, Roles::one(top)),
    }
}

/// Records the beginning. The organization has no members yet, so more must follow in the command.
pub(super) fn begin(
    draft: &mut Draft<'_>,
    kind: OrganizationKind,
    role_set: RoleSet,
    name: &Name,
    slug: &Slug,
    seats: Option<u32>,
) -> Result<OrganizationId, Refusal> {
    let fits = match kind {
        OrganizationKind::Enterprise => role_set == RoleSet::Enterprise,
        OrganizationKind::Personal => role_set == RoleSet::Basic,
        OrganizationKind::Standard => role_set != RoleSet::Enterprise,
    };
    if !fits {
        return Err(Refusal::RoleSetDoesNotFit { kind, role_set });
    }
    if draft.state.by_slug(slug.as_str()).is_some() {
        return Err(Refusal::SlugTaken);
    }
    if seats == Some(0) {
        return Err(Refusal::NoSeatLeft { seats: 0 });
    }
    let org = OrganizationId::from_uuid(draft.context.uuid());
    let event = OrganizationCreated {
        kind,
        name: shown(kind, org, name.clone(), name.shared()),
        reason: draft.reason(org),
        role_set,
        seats,
        slug: shown(kind, org, slug.clone(), slug.shared()),
    };
    draft.record(org, event)?;
    Ok(org)
}

/// A personal organization's name and slug name a person, so they are sealed.
fn shown<T>(kind: OrganizationKind, org: OrganizationId, value: T, text: Arc<str>) -> Shown<T> {
    match kind {
        OrganizationKind::Personal => Shown::Sealed(Sealed::open(org.into(), text)),
        OrganizationKind::Standard | OrganizationKind::Enterprise => Shown::Public(value),
    }
}

pub(super) fn update(draft: &mut Draft<'_>, wish: &UpdateOrganization) -> Result<(), Refusal> {
    let org = wish.org;
    let organization = draft.living(org)?;
    draft.rights(org)?.require(Permission::OrganizationWrite)?;
    let kind = organization.kind;
    let changed = |is: &Option<Arc<str>>, wished: &str| is.as_deref() != Some(wished);
    let name = wish.name.as_ref().filter(|name| changed(&organization.name, name.as_str()));
    let slug = wish.slug.as_ref().filter(|slug| changed(&organization.slug, slug.as_str()));
    let seats = wish.seats.filter(|seats| *seats != organization.seats);
    let second_factor = wish.second_factor.filter(|on| *on != organization.second_factor);
    if name.is_none() && slug.is_none() && seats.is_none() && second_factor.is_none() {
        return Err(Refusal::NothingChanges);
    }
    if let Some(slug) = slug
        && draft.state.by_slug(slug.as_str()).is_some()
    {
        return Err(Refusal::SlugTaken);
    }
    if let Some(Some(seats)) = seats
        && (seats as usize) < organization.seats_taken(draft.now())
    {
        return Err(Refusal::NoSeatLeft { seats });
    }
    let name_before = organization.name.as_deref().and_then(|name| Name::parse(name).ok());
    let slug_before = organization.slug.as_deref().and_then(|slug| Slug::parse(slug).ok());
    let event = OrganizationUpdated {
        name: name.map(|name| Change {
            after: Some(shown(kind, org, name.clone(), name.shared())),
            before: name_before.map(|name| shown(kind, org, name.clone(), name.shared())),
        }),
        reason: draft.reason(org),
        seats: seats.map(|after| Change { after, before: organization.seats }),
        second_factor: second_factor.map(|on| Change { after: Some(on), before: Some(!on) }),
        slug: slug.map(|slug| Change {
            after: Some(shown(kind, org, slug.clone(), slug.shared())),
            before: slug_before.map(|slug| shown(kind, org, slug.clone(), slug.shared())),
        }),
    };
    draft.record(org, event)
}

pub(super) fn certify(draft: &mut Draft<'_>, org: OrganizationId) -> Result<(), Refusal> {
    let organization = draft.living(org)?;
    if !matches!(draft.actor(), Actor::Operator(_)) {
        return Err(Refusal::OperatorOnly);
    }
    if organization.kind != OrganizationKind::Enterprise {
        return Err(Refusal::NotAnEnterprise);
    }
    if organization.certified {
        return Err(Refusal::NothingChanges);
    }
    let event = OrganizationCertified { reason: draft.reason(org) };
    draft.record(org, event)
}

/// Ends every pending invitation, token and API key, then every membership, the top role's last,
/// and then the organization: at each place where so long a command may be cut, somebody still
/// answers for what is left.
pub(super) fn dissolve(draft: &mut Draft<'_>, org: OrganizationId) -> Result<(), Refusal> {
    let organization = draft.living(org)?;
    draft.rights(org)?.require(Permission::OrganizationDissolve)?;
    let top_holders = organization.top_holders.clone();
    let mut members: Vec<_> =
        organization.members().map(|(user, member)| (user, member.clone())).collect();
    members.sort_by_key(|(user, _)| top_holders.contains(user));
    let pending: Vec<_> = organization.pending.values().copied().collect();
    for invitation in pending {
        withdraw(draft, org, invitation, RevocationCause::OrganizationDissolved)?;
    }
    withdraw_everything(draft, org)?;
    for (user, member) in members {
        let event = MemberRemoved {
            cause: RemovalCause::OrganizationDissolved,
            member: member.id,
            reason: draft.reason(user),
            roles: member.roles,
            user,
        };
        draft.record(org, event)?;
    }
    let event = OrganizationDissolved { reason: draft.reason(org) };
    draft.record(org, event)
}
