//! How an organization begins, changes and ends.

use super::authority::By;
use super::case::{Case, Checked, so};
use super::fault::LawFault;
use crate::facts::event::{Change, OrganizationCreated, OrganizationUpdated};
use crate::facts::{Holder, OrganizationKind, RoleSet, Shown};

pub(super) fn created(event: &OrganizationCreated) -> Checked {
    let fits = match event.kind {
        OrganizationKind::Enterprise => event.role_set == RoleSet::Enterprise,
        OrganizationKind::Personal => event.role_set == RoleSet::Basic,
        OrganizationKind::Standard => event.role_set != RoleSet::Enterprise,
    };
    so(fits, LawFault::RoleSetDoesNotFit)?;
    so(event.seats != Some(0), LawFault::NoSeatLeft)?;
    is_sealed_rightly(event.kind, &event.name)?;
    is_sealed_rightly(event.kind, &event.slug)
}

/// Name and slug of a personal organization name a person.
fn is_sealed_rightly<T>(kind: OrganizationKind, value: &Shown<T>) -> Checked {
    let is_personal = kind == OrganizationKind::Personal;
    so(value.sealed().is_some() == is_personal, LawFault::NameNotSealed)
}

pub(super) fn updated(case: &Case<'_>, event: &OrganizationUpdated) -> Checked {
    let organization = case.organization;
    let OrganizationUpdated { name, reason: _, seats, second_factor, slug } = event;
    let is_something =
        name.is_some() || seats.is_some() || second_factor.is_some() || slug.is_some();
    so(is_something, LawFault::NothingChanges)?;
    if let Some(name) = name {
        let (before, after) = both(organization.kind, name)?;
        replaced(organization.name.as_deref(), text_of(before), text_of(after))?;
    }
    if let Some(slug) = slug {
        let (before, after) = both(organization.kind, slug)?;
        replaced(organization.slug.as_deref(), text_of(before), text_of(after))?;
    }
    if let Some(Change { after, before }) = seats {
        so(*before == organization.seats, LawFault::BeforeDiffers)?;
        so(after != before, LawFault::NothingChanges)?;
        let enough = after.is_none_or(|seats| case.seats_taken() <= seats as usize);
        so(enough, LawFault::NoSeatLeft)?;
    }
    if let Some(Change { after, before }) = second_factor {
        so(*before == Some(organization.second_factor), LawFault::BeforeDiffers)?;
        so(*after == Some(!organization.second_factor), LawFault::NothingChanges)?;
    }
    Ok(())
}

trait Text {
    fn text(&self) -> &str;
}

impl Text for crate::words::Name {
    fn text(&self) -> &str {
        self.as_str()
    }
}

impl Text for crate::words::Slug {
    fn text(&self) -> &str {
        self.as_str()
    }
}

/// What stands there, where it is public or disclosed.
fn text_of<T: Text>(shown: &Shown<T>) -> Option<&str> {
    match shown {
        Shown::Public(value) => Some(value.text()),
        Shown::Sealed(sealed) => sealed.text().map(AsRef::as_ref),
    }
}

fn both<T>(
    kind: OrganizationKind,
    change: &Change<Shown<T>>,
) -> Result<(&Shown<T>, &Shown<T>), LawFault> {
    let before = change.before.as_ref().ok_or(LawFault::BeforeDiffers)?;
    let after = change.after.as_ref().ok_or(LawFault::NothingChanges)?;
    is_sealed_rightly(kind, before)?;
    is_sealed_rightly(kind, after)?;
    Ok((before, after))
}

/// What is withheld on either side is counted, not compared.
fn replaced(held: Option<&str>, before: Option<&str>, after: Option<&str>) -> Checked {
    if let (Some(held), Some(before)) = (held, before) {
        so(held == before, LawFault::BeforeDiffers)?;
    }
    if let (Some(before), Some(after)) = (before, after) {
        so(before != after, LawFault::NothingChanges)?;
    }
    Ok(())
}

/// How many values before could not be compared.
pub(super) fn uncompared(case: &Case<'_>, event: &OrganizationUpdated) -> usize {
    let organization = case.organization;
    let name = event.name.as_ref().and_then(|change| change.before.as_ref());
    let slug = event.slug.as_ref().and_then(|change| change.before.as_ref());
    let name = name.is_some_and(|name| text_of(name).is_none() || organization.name.is_none());
    let slug = slug.is_some_and(|slug| text_of(slug).is_none() || organization.slug.is_none());
    usize::from(name) + usize::from(slug)
}

pub(super) fn certified(case: &Case<'_>, by: By) -> Checked {
    so(case.organization.kind == OrganizationKind::Enterprise, LawFault::NotAnEnterprise)?;
    so(!case.organization.certified, LawFault::NothingChanges)?;
    // What was kept elsewhere is certified as it begins here, and not later.
    let begins = case.command.last == Some("OrganizationCreated");
    so(by != By::Import || begins, LawFault::CauseMissing)
}

pub(super) fn dissolved(case: &Case<'_>) -> Checked {
    let organization = case.organization;
    let nothing_is_left = organization.members.is_empty()
        && case.pending.is_empty()
        && organization.api_keys.is_empty()
        && case.state.tokens(case.org(), Holder::Organization).next().is_none();
    so(nothing_is_left, LawFault::FollowUpMissing)
}
