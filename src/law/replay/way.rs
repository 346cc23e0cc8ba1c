//! In which way an entry came about, and whether its actor had the authority for it.

use super::authority::{By, Way, said, ways};
use super::case::{Case, Checked};
use super::fault::LawFault;
use crate::facts::event::{EndCause, InvitationExpired, RevocationCause};
use crate::facts::{Actor, Event, OrganizationKind, System, TeamRole};
use crate::words::{InvitationId, UserId};

/// The way of an entry.
pub(super) fn way(case: &Case<'_>) -> Result<&'static Way, LawFault> {
    let event = &case.entry.fact.event;
    let said = said(event);
    let fitting = || ways(event).iter().filter(|way| way.is_for(said));
    if case.entry.fact.source.is_some() {
        return imported(case, fitting());
    }
    let follows = |way: &&Way| matches!(way.by, By::Follows(types) if follows(case, types));
    if let Some(way) = fitting().find(follows) {
        return Ok(way);
    }
    let others = fitting().filter(|way| !matches!(way.by, By::Follows(_) | By::Import));
    let mut fault = None;
    for way in others {
        match holds(case, way) {
            Ok(()) => return Ok(way),
            Err(found) => fault = fault.or(Some(found)),
        }
    }
    Err(fault.unwrap_or(LawFault::CauseMissing))
}

/// The way of an entry that another system's history tells.
fn imported(
    case: &Case<'_>,
    mut fitting: impl Iterator<Item = &'static Way> + Clone,
) -> Result<&'static Way, LawFault> {
    match case.entry.actor {
        Actor::System(System::Import) | Actor::Operator(_) => {}
        Actor::User(_) | Actor::Token(_) | Actor::System(System::Expiry | System::Publisher) => {
            return Err(LawFault::ActorKind);
        }
    }
    if let Some(way) = fitting.clone().find(|way| matches!(way.by, By::Import | By::Account)) {
        is_managed(case, way)?;
        return Ok(way);
    }
    let follows = |way: &&Way| matches!(way.by, By::Follows(types) if follows(case, types));
    fitting.find(follows).ok_or(LawFault::SourceUnexpected)
}

fn is_managed(case: &Case<'_>, way: &Way) -> Checked {
    match case.organization.kind {
        OrganizationKind::Personal if way.managed => Err(LawFault::PersonalOrganization),
        OrganizationKind::Enterprise if way.managed && !case.organization.certified => {
            Err(LawFault::OrganizationNotCertified)
        }
        OrganizationKind::Personal | OrganizationKind::Enterprise | OrganizationKind::Standard => {
            Ok(())
        }
    }
}

fn holds(case: &Case<'_>, way: &Way) -> Checked {
    is_managed(case, way)?;
    let actor = case.entry.actor;
    match (way.by, actor) {
        // What these say is asked elsewhere.
        (By::Import | By::Follows(_), _) => Err(LawFault::SourceUnexpected),
        (By::Permission(any_of), Actor::User(_) | Actor::Token(_) | Actor::Operator(_)) => {
            let rights = case.rights()?;
            let may = any_of.iter().any(|permission| rights.allow(*permission));
            if may { Ok(()) } else { Err(LawFault::NotPermitted) }
        }
        (By::TopRole, Actor::User(user)) => {
            let member = case.organization.member(user);
            if member.is_some_and(|member| member.suspended) {
                Err(LawFault::ActorSuspended)
            } else if case.organization.top_holders.contains(&user) {
                Ok(())
            } else {
                Err(LawFault::TopRoleOnly)
            }
        }
        (By::Maintainer, Actor::User(user)) if maintains(case, user) => Ok(()),
        (By::Auditor, Actor::User(user)) if case.organization.is_auditor(user, case.now()) => {
            Ok(())
        }
        (By::Maintainer | By::Auditor, _) => Err(LawFault::NotPermitted),
        (By::Themselves { .. }, Actor::User(user)) => {
            if concerned(&case.entry.fact.event) == Some(user) {
                Ok(())
            } else {
                Err(LawFault::NotYourself)
            }
        }
        (By::Person | By::Account, Actor::User(_) | Actor::Operator(_))
        | (By::Anybody, Actor::User(_) | Actor::Token(_) | Actor::Operator(_))
        | (By::Expiry, Actor::Operator(_) | Actor::System(System::Expiry))
        | (By::TopRole | By::Themselves { operator: true } | By::Operator, Actor::Operator(_)) => {
            Ok(())
        }
        (
            By::Permission(_)
            | By::TopRole
            | By::Themselves { .. }
            | By::Person
            | By::Account
            | By::Anybody
            | By::Operator
            | By::Expiry,
            Actor::User(_) | Actor::Token(_) | Actor::Operator(_) | Actor::System(_),
        ) => Err(LawFault::ActorKind),
    }
}

/// Whom an event is about that only they can cause.
fn concerned(event: &Event) -> Option<UserId> {
    if let Event::MemberRemoved(event) = event {
        Some(event.user)
    } else if let Event::InvitationAccepted(event) = event {
        Some(event.user)
    } else {
        None
    }
}

fn maintains(case: &Case<'_>, user: UserId) -> bool {
    let event = &case.entry.fact.event;
    let team = if let Event::TeamMemberAdded(event) = event {
        Some(event.team)
    } else if let Event::TeamMemberRemoved(event) = event {
        Some(event.team)
    } else if let Event::TeamRoleChanged(event) = event {
        Some(event.team)
    } else {
        None
    };
    let role = team.and_then(|team| case.organization.team(team)?.role_of(user));
    let is_active = case.organization.member(user).is_some_and(|member| !member.suspended);
    is_active && role == Some(TeamRole::Maintainer)
}

/// Whether an entry follows from one that came before it in its command.
fn follows(case: &Case<'_>, types: &[&str]) -> bool {
    let command = case.command;
    if !command.came(types) {
        return false;
    }
    let event = &case.entry.fact.event;
    let just_joined = command.last == Some("MemberCreated");
    if let Event::MemberCreated(event) = event {
        let is_founder = command.last == Some("OrganizationCreated")
            && match case.entry.actor {
                Actor::User(actor) => actor == event.user,
                Actor::Operator(_) | Actor::Token(_) | Actor::System(_) => true,
            };
        is_founder || command.is_taken_over(event.user)
    } else if let Event::RoleChanged(event) = event {
        command.is_taken_over(event.user)
    } else if let Event::SuperAdminTransferred(event) = event {
        command.is_taken_over(event.to)
    } else if let Event::InvitationRevoked(event) = event {
        match event.cause {
            RevocationCause::Joined => just_joined,
            RevocationCause::InviterEnded => inviter_ended(case, event.invitation),
            RevocationCause::Revoked
            | RevocationCause::Superseded
            | RevocationCause::OrganizationDissolved
            | RevocationCause::Erased => false,
        }
    } else if let Event::InvitationExpired(InvitationExpired { invitation, .. }) = event {
        just_joined || inviter_ended(case, *invitation)
    } else if let Event::TokenRevoked(event) = event {
        let token = case.state.token(event.token);
        event.cause == EndCause::MemberEnded && token.is_some_and(|token| ended(case, token.issuer))
    } else if let Event::ApiKeyRevoked(event) = event {
        let key = case.organization.api_key(event.key);
        event.cause == EndCause::MemberEnded && key.is_some_and(|key| command.has_ended(key.user))
    } else if let Event::PersonalDataErased(event) = event {
        // What one entry has no room for stands in the next.
        match event.user {
            Some(user) => command.has_ended(user),
            None => command.came(&["PersonalDataErased"]),
        }
    } else {
        false
    }
}

fn inviter_ended(case: &Case<'_>, invitation: InvitationId) -> bool {
    let invitation = case.organization.invitation(invitation);
    invitation.is_some_and(|found| ended(case, found.inviter))
}

fn ended(case: &Case<'_>, actor: Actor) -> bool {
    match actor {
        Actor::User(user) => case.command.has_ended(user),
        Actor::Token(_) | Actor::Operator(_) | Actor::System(_) => false,
    }
}
