//! What rows of a list of members lead to. People are found by their addresses, so that nobody
//! gains anything by an address that they only said was theirs.

use super::{living_member, team_named};
use crate::facts::event::OrganizationCertified;
use crate::facts::{OrganizationKind, RoleSet, Roles, TeamRole};
use crate::law::command::{Person, RowChange, Who};
use crate::law::draft::Draft;
use crate::law::refusal::Refusal;
use crate::law::state::State;
use crate::law::{membership, organizations, teams};
use crate::words::{MemberId, Name, OrganizationId, Slug, TeamId, UserId};

pub(super) fn begin_organization(
    draft: &mut Draft<'_>,
    (kind, role_set): (OrganizationKind, RoleSet),
    name: &Name,
    slug: &Slug,
) -> Result<(), Refusal> {
    let org = organizations::begin(draft, kind, role_set, name, slug, None)?;
    match kind {
        OrganizationKind::Standard | OrganizationKind::Personal => Ok(()),
        OrganizationKind::Enterprise => {
            let event = OrganizationCertified { reason: draft.reason(org) };
            draft.record(org, event)
        }
    }
}

pub(super) fn apply(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    change: &RowChange,
) -> Result<(), Refusal> {
    match change {
        RowChange::OrganizationBegun { .. } => Ok(()),
        RowChange::MemberJoined { who, roles, teams } => {
            let member = join(draft, org, who, roles.as_ref())?;
            teams.iter().try_for_each(|team| {
                let team = team_or_new(draft, org, team)?;
                teams::add_member(draft, org, team, member, TeamRole::Member)
            })
        }
        RowChange::MemberLeft { who, cause } => {
            let member = member(draft, org, who)?;
            membership::remove(draft, org, member, *cause)
        }
        RowChange::TeamJoined { who, team } => {
            let team = team_named(draft, org, team)?;
            let member = member(draft, org, who)?;
            teams::add_member(draft, org, team, member, TeamRole::Member)
        }
    }
}

fn join(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    who: &Who,
    roles: Option<&Roles>,
) -> Result<MemberId, Refusal> {
    match (draft.state.meant(who), who) {
        (Some(user), Who::Person(person)) if !owns(&draft.state, user, person) => {
            return Err(Refusal::EmailUnverified);
        }
        (Some(user), _) => membership::add(draft, org, user, roles)?,
        (None, Who::Person(person)) => membership::take_in(draft, org, person, roles)?,
        (None, Who::User(_)) => return Err(Refusal::UnknownUser),
    }
    member(draft, org, who)
}

/// Whoever signed up with an address and never proved it may be anybody.
fn owns(state: &State, user: UserId, person: &Person) -> bool {
    let has_password = state.account(user).is_some_and(|account| account.password.is_some());
    let proven = state.user(user).is_some_and(|user| user.verified);
    person.email.is_none() || proven || !has_password
}

fn member(draft: &Draft<'_>, org: OrganizationId, who: &Who) -> Result<MemberId, Refusal> {
    let user = draft.state.meant(who).ok_or(Refusal::UnknownMember)?;
    living_member(draft, org, user).map(|(_, member)| member)
}

fn team_or_new(draft: &mut Draft<'_>, org: OrganizationId, name: &Name) -> Result<TeamId, Refusal> {
    if let Some(team) = draft.living(org)?.team_named(name) {
        return Ok(team);
    }
    let team = TeamId::from_uuid(draft.context.uuid());
    teams::begin(draft, org, team, name, None, Vec::new())?;
    Ok(team)
}
