//! Taking over another system's history: one source commit is one command, and passes the same law.

mod rows;

use super::command::{Line, LineChange, Person, RowChange, SourceCommit};
use super::draft::Draft;
use super::organizations::begin;
use super::refusal::Refusal;
use super::state::Organization;
use super::{membership, teams};
use crate::facts::event::RemovalCause;
use crate::facts::{Actor, OrganizationKind, RoleSet, Roles, Source, System};
use crate::words::{MemberId, Name, OrganizationId, TeamId, UserId, Username};
use std::collections::{BTreeMap, VecDeque};

/// Teams of the commit that are still to come, by organization slug and name, with the identifiers
/// they will have, in order (a team may end and begin again): children may name them before they
/// exist.
type Coming = BTreeMap<(String, Name), VecDeque<TeamId>>;

pub(super) fn import(draft: &mut Draft<'_>, commit: &SourceCommit) -> Result<(), Refusal> {
    importer(draft)?;
    if let Some(occurred) = commit.occurred.filter(|occurred| *occurred > draft.context.now) {
        return Err(Refusal::OccurredInFuture { occurred });
    }
    draft.occurred = commit.occurred;
    let lines = missing(draft, commit)?;
    let mut coming = draw_teams(draft, &lines);
    for line in lines {
        draft.source = Some(Source {
            baseline: line.baseline,
            commit: commit.commit.clone(),
            repo: commit.repo.clone(),
            seq: line.seq,
        });
        let before = draft.facts.len();
        apply(draft, line, &mut coming)
            .map_err(|because| Refusal::Line { seq: line.seq, because: Box::new(because) })?;
        // A line is recorded whole: what continues after a crash asks only which lines are
        // recorded.
        draft.cut_only_after(before);
    }
    Ok(())
}

/// Refuses whoever may not take over what another system says.
pub(super) fn importer(draft: &Draft<'_>) -> Result<(), Refusal> {
    match draft.actor() {
        Actor::System(System::Import) | Actor::Operator(_) => Ok(()),
        Actor::User(_) | Actor::Token(_) | Actor::System(System::Expiry | System::Publisher) => {
            Err(Refusal::OperatorOnly)
        }
    }
}

/// Whether a line is not recorded yet.
pub(super) fn is_new(draft: &Draft<'_>, source: &Source) -> Result<bool, Refusal> {
    match draft.state.imported(&source.repo, source.seq) {
        None => Ok(true),
        Some((commit, _)) if *commit == source.commit => Ok(false),
        Some((commit, _)) => {
            Err(Refusal::SourceConflict { seq: source.seq, commit: commit.clone() })
        }
    }
}

/// The lines that are not recorded yet. A commit of which some are is one that was cut by a crash:
/// the rest continues its command.
fn missing<'a>(draft: &mut Draft<'_>, commit: &'a SourceCommit) -> Result<Vec<&'a Line>, Refusal> {
    let mut lines = Vec::with_capacity(commit.lines.len());
    for line in &commit.lines {
        match draft.state.imported(&commit.repo, line.seq) {
            None => lines.push(line),
            Some((recorded, cmd)) if *recorded == commit.commit => draft.cmd = cmd,
            Some((recorded, _)) => {
                let (seq, commit) = (line.seq, recorded.clone());
                return Err(Refusal::SourceConflict { seq, commit });
            }
        }
    }
    Ok(lines)
}

fn draw_teams(draft: &mut Draft<'_>, lines: &[&Line]) -> Coming {
    let mut coming = Coming::new();
    for line in lines {
        if let LineChange::TeamCreated { team, .. } = &line.change {
            let id = TeamId::from_uuid(draft.context.uuid());
            coming.entry((line.org.to_string(), team.clone())).or_default().push_back(id);
        }
    }
    coming
}

fn apply(draft: &mut Draft<'_>, line: &Line, coming: &mut Coming) -> Result<(), Refusal> {
    if let LineChange::OrganizationCreated = &line.change {
        let name = Name::parse(line.org.as_str()).map_err(|_| Refusal::UnknownOrganization)?;
        let kind = OrganizationKind::Standard;
        return begin(draft, kind, RoleSet::Basic, &name, &line.org, None).map(|_| ());
    }
    if let LineChange::Row(RowChange::OrganizationBegun { kind, role_set, name }) = &line.change {
        return rows::begin_organization(draft, (*kind, *role_set), name, &line.org);
    }
    let org = draft.state.by_slug(line.org.as_str()).ok_or(Refusal::UnknownOrganization)?;
    match &line.change {
        LineChange::OrganizationCreated => Ok(()),
        LineChange::MemberAdded { person, role } => {
            add_member(draft, org, person, Roles::one(role.clone()))
        }
        LineChange::RoleChanged { login, before, after } => {
            let (_, member) = member(draft, org, login)?;
            held(draft, org, member, before.as_str())?;
            membership::change_roles(draft, org, member, &Roles::one(after.clone()))
        }
        LineChange::MemberRemoved { login, before } => {
            let (_, member) = member(draft, org, login)?;
            held(draft, org, member, before.as_str())?;
            membership::remove(draft, org, member, RemovalCause::Removed)
        }
        LineChange::TeamCreated { team, parent, renamed_from } => {
            create_team(draft, org, line, coming, team, parent.as_ref(), renamed_from.clone())
        }
        LineChange::TeamRemoved { team } => {
            let team = team_named(draft, org, team)?;
            teams::remove(draft, org, team)
        }
        LineChange::TeamMemberAdded { team, login, role } => {
            let team = team_named(draft, org, team)?;
            let (_, member) = member(draft, org, login)?;
            teams::add_member(draft, org, team, member, *role)
        }
        LineChange::TeamRoleChanged { team, login, before, after } => {
            let team = team_named(draft, org, team)?;
            let (user, member) = member(draft, org, login)?;
            was_in_team(draft, org, team, user, before.name())?;
            teams::change_role(draft, org, team, member, *after)
        }
        LineChange::TeamMemberRemoved { team, login, before } => {
            let team = team_named(draft, org, team)?;
            let (user, member) = member(draft, org, login)?;
            was_in_team(draft, org, team, user, before.name())?;
            teams::remove_member(draft, org, team, member)
        }
        LineChange::Row(change) => rows::apply(draft, org, change),
    }
}

/// One login is one user in all its organizations.
fn add_member(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    person: &Person,
    roles: Roles,
) -> Result<(), Refusal> {
    let username = person.username.as_ref().ok_or(Refusal::AddressNeeded)?;
    match draft.state.by_username(&username.folded()) {
        Some(user) => membership::add(draft, org, user, Some(&roles)),
        None => membership::create(draft, org, person, Some(&roles)),
    }
}

fn create_team(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    line: &Line,
    coming: &mut Coming,
    name: &Name,
    parent: Option<&Name>,
    renamed_from: Vec<Name>,
) -> Result<(), Refusal> {
    let slug = line.org.to_string();
    let parent = match parent {
        None => None,
        Some(parent) => Some(
            draft
                .living(org)?
                .team_named(parent)
                .or_else(|| coming.get(&(slug.clone(), parent.clone()))?.front().copied())
                .ok_or(Refusal::UnknownTeam)?,
        ),
    };
    let team = coming.get_mut(&(slug, name.clone())).and_then(VecDeque::pop_front);
    let team = team.ok_or(Refusal::TeamNameTaken)?;
    teams::begin(draft, org, team, name, parent, renamed_from)
}

fn living_member<'a>(
    draft: &'a Draft<'_>,
    org: OrganizationId,
    user: UserId,
) -> Result<(&'a Organization, MemberId), Refusal> {
    let organization = draft.living(org)?;
    let member = organization.member(user).ok_or(Refusal::UnknownMember)?;
    Ok((organization, member.id))
}

fn member(
    draft: &Draft<'_>,
    org: OrganizationId,
    login: &Username,
) -> Result<(UserId, MemberId), Refusal> {
    let user = draft.state.by_username(&login.folded()).ok_or(Refusal::UnknownMember)?;
    let (_, member) = living_member(draft, org, user)?;
    Ok((user, member))
}

fn team_named(draft: &Draft<'_>, org: OrganizationId, name: &Name) -> Result<TeamId, Refusal> {
    draft.living(org)?.team_named(name).ok_or(Refusal::UnknownTeam)
}

/// The source says what was there before; a ledger that has something else has lost its place in
/// it.
fn held(
    draft: &Draft<'_>,
    org: OrganizationId,
    member: MemberId,
    said: &str,
) -> Result<(), Refusal> {
    let organization = draft.living(org)?;
    let user = organization.user_of(member).ok_or(Refusal::UnknownMember)?;
    let found = organization.member(user).ok_or(Refusal::UnknownMember)?.roles.to_string();
    if found == said {
        Ok(())
    } else {
        Err(Refusal::SourceContradicts { said: said.to_owned(), found })
    }
}

fn was_in_team(
    draft: &Draft<'_>,
    org: OrganizationId,
    team: TeamId,
    user: UserId,
    said: &str,
) -> Result<(), Refusal> {
    let found = draft.living(org)?.team(team).and_then(|team| team.role_of(user));
    let found = found.ok_or(Refusal::NotInTeam)?.name();
    if found == said {
        Ok(())
    } else {
        Err(Refusal::SourceContradicts { said: said.to_owned(), found: found.to_owned() })
    }
}
