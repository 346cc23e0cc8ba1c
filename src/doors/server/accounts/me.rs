//! What somebody is told of themselves, and what they change of it.

use super::{as_of, aside, done, give_once, person};
use crate::doors::desk::Answered;
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::idempotency::Retelling;
use crate::doors::server::reply::Reply;
use crate::doors::server::route::reach;
use crate::doors::settings::Creators;
use crate::doors::wire::accounts::{
    Auditing, Belonging, ChangedPerson, Invited, Me, MyInvitations, Named,
};
use crate::doors::wire::{Nothing, PersonalData, Problem};
use crate::facts::Actor;
use crate::house::Known;
use crate::law::command::AccountWish;
use crate::law::state::{Invitation, InvitationStatus, Organization};
use crate::law::{Action, Command, Refusal};
use crate::words::{Email, InvitationId, OrganizationId, UserId};
use std::sync::Arc;

/// The user who asks, signed in or by a token of their own.
fn user(call: &Call) -> Result<UserId, Problem> {
    match call.caller()?.actor {
        Actor::User(user) => Ok(user),
        Actor::Operator(_) | Actor::Token(_) | Actor::System(_) => {
            Err(Refusal::SessionNeeded.into())
        }
    }
}

pub(super) fn named(organization_id: OrganizationId, organization: &Organization) -> Named {
    let (name, slug) = (organization.name.clone(), organization.slug.clone());
    Named { organization_id, name, slug }
}

pub(super) fn me(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let user = user(call)?;
    let Nothing {} = call.parameters()?;
    let (known, now) = (site.ledger.known(), (site.now)());
    let state = &known.state;
    let only = call.caller()?.only;
    let is_reached = |org: &OrganizationId| only.is_none_or(|only| only == *org);
    let organizations = state.user(user).map_or(&[][..], |found| &found.organizations);
    let belonging = |org: &OrganizationId| {
        let organization = state.organization(*org)?;
        let member = organization.member(user)?;
        Some(Belonging {
            organization: named(*org, organization),
            member_id: member.id,
            roles: member.roles.clone(),
            is_suspended: member.suspended,
            needs_second_factor: organization.second_factor,
        })
    };
    let auditing = state.organizations().filter(|(org, _)| is_reached(org));
    let auditing = auditing.filter(|(_, it)| it.is_auditor(user, now));
    let auditor_of = auditing.map(|(org, organization)| {
        let grant = organization.auditors().find(|(auditor, _)| *auditor == user);
        let expires_at = grant.and_then(|(_, until)| until);
        Auditing { organization: named(org, organization), expires_at }
    });
    let as_of = as_of(known.size);
    let told = Me {
        as_of,
        user: person(&known, user)?,
        has_password: state.account(user).is_some_and(|account| account.password.is_some()),
        has_second_factor: state.has_second_factor(user),
        may_create_organizations: site.settings.create_organizations == Creators::Users,
        organizations: organizations
            .iter()
            .filter(|org| is_reached(org))
            .filter_map(belonging)
            .collect(),
        auditor_of: auditor_of.collect(),
    };
    Reply::json(as_of.seq, &told)
}

pub(super) async fn change(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let user = user(&call)?;
    let ChangedPerson { name, username, reason } = call.body()?;
    let credential = call.caller()?.credential;
    let reason = reason.map(|it| it.0);
    let (name, username) = (name.map(|it| it.0), username.map(|it| it.0));
    let wish = AccountWish::UpdateUser { user, name, username, email: None };
    let command = Command::new(Actor::User(user), reason, Action::Account(wish));
    let command = Command { credential, ..command };
    match give_once(&site, &call, command, Retelling::Done).await? {
        Ok(receipt) => done(&receipt),
        Err(reply) => Ok(reply),
    }
}

/// Everything that is recorded about whoever is signed in. A token is not asked for it: what a
/// program needs stands elsewhere.
pub(super) async fn personal_data(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let (user, _) = call.caller()?.signed_in()?;
    let question = PersonalData { user, parameters: call.parameters()? };
    if let Some(seq) = question.parameters.min_seq {
        reach(&site, seq).await?;
    }
    let answer = aside(move || question.answer(&site.desk)).await??;
    Reply::json(answer.as_of.seq, &answer)
}

/// What is pending for somebody's address. An address that is not proven may be somebody else's, so
/// nothing is told of it.
pub(super) fn invitations(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let user = user(call)?;
    let Nothing {} = call.parameters()?;
    let (known, now) = (site.ledger.known(), (site.now)());
    let found = known.state.user(user).filter(|found| found.verified);
    let email = found.and_then(|found| Email::parse(found.email.as_deref()?).ok());
    let folded = email.map(|email| email.folded());
    let only = call.caller()?.only;
    let pending = known.state.organizations();
    let pending = pending.filter(|(org, it)| !it.dissolved && only.is_none_or(|only| only == *org));
    let pending = pending.filter_map(|(org, organization)| {
        let (id, invitation) = organization.pending_for(folded.as_deref()?)?;
        let holds = invitation.status == InvitationStatus::Pending && now < invitation.expires_at;
        holds.then(|| invited(&known, (org, organization), (id, invitation)))
    });
    let as_of = as_of(known.size);
    Reply::json(as_of.seq, &MyInvitations { as_of, invitations: pending.collect() })
}

/// What is told of an invitation to whom it is for.
pub(super) fn invited(
    known: &Known,
    (org, organization): (OrganizationId, &Organization),
    (invitation_id, invitation): (InvitationId, &Invitation),
) -> Invited {
    let inviter = match invitation.inviter {
        Actor::User(user) => known.state.user(user),
        Actor::Operator(_) | Actor::Token(_) | Actor::System(_) => None,
    };
    let inviter = inviter.and_then(|it| it.name.clone().or_else(|| it.username.clone()));
    let (roles, expires_at) = (invitation.roles.clone(), invitation.expires_at);
    Invited { organization: named(org, organization), invitation_id, inviter, roles, expires_at }
}
