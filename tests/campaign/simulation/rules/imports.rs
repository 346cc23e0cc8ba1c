//! Taking over another system's history: one commit is one command, line by line.

use super::{Code, Trial, unless};
use crate::simulation::membership::Org;
use rollbook::facts::{Actor, OrganizationKind, RoleSet, Roles, Source, System};
use rollbook::law::command::{Line, LineChange, Removal, SourceCommit};
use rollbook::projections::MemberRow;
use rollbook::words::{Name, OrganizationId, RoleName, TeamId, Username};
use std::collections::VecDeque;
use std::rc::Rc;

/// Teams of the commit that are still to come: slug, name, and what stands for their identifier.
type Coming = VecDeque<(String, Name, TeamId)>;

impl Trial<'_> {
    pub(super) fn import(&mut self, commit: &SourceCommit) -> Result<(), Code> {
        let may = matches!(self.actor(), Actor::System(System::Import) | Actor::Operator(_));
        unless(!may, "operator_only")?;
        unless(commit.occurred > Some(self.now), "occurred_in_future")?;
        let mut lines = Vec::new();
        for line in &commit.lines {
            match self.world.lines.get(&(commit.repo.shared(), line.seq)) {
                None => lines.push(line),
                Some((recorded, cmd)) => {
                    unless(**recorded != *commit.commit.as_str(), "source_conflict")?;
                    self.outcome.continues = Some(*cmd);
                }
            }
        }
        self.outcome.occurred = commit.occurred;
        let mut coming = Coming::new();
        for line in &lines {
            if let LineChange::TeamCreated { team, .. } = &line.change {
                let id = TeamId::from_uuid(self.draws());
                coming.push_back((line.org.to_string(), team.clone(), id));
            }
        }
        for line in lines {
            self.source = Some(Source {
                baseline: line.baseline,
                commit: commit.commit.clone(),
                repo: commit.repo.clone(),
                seq: line.seq,
            });
            self.takes_over(line, &mut coming)?;
        }
        Ok(())
    }

    fn takes_over(&mut self, line: &Line, coming: &mut Coming) -> Result<(), Code> {
        if let LineChange::OrganizationCreated = &line.change {
            let name = Name::parse(line.org.as_str()).unwrap();
            let kind = OrganizationKind::Standard;
            return self.begins(kind, RoleSet::Basic, &name, &line.org, None).map(|_| ());
        }
        let found = self.world.by_slug(line.org.as_str()).ok_or("unknown_organization")?;
        let org = found.id();
        match &line.change {
            LineChange::OrganizationCreated => Ok(()),
            LineChange::MemberAdded { person, role } => {
                let login = person.username.as_ref().ok_or("address_needed")?;
                let roles = Roles::one(role.clone());
                match self.world.by_username(login.as_str()).map(|user| user.id) {
                    Some(user) => self.add_member(org, user, Some(&roles)),
                    None => self.create_member(org, person, Some(&roles)),
                }
            }
            LineChange::RoleChanged { login, before, after } => {
                let (_, row) = self.holding(org, login, before)?;
                self.change_roles(org, row.member_id, &Roles::one(after.clone()))
            }
            LineChange::MemberRemoved { login, before } => {
                let (_, row) = self.holding(org, login, before)?;
                self.remove_member(org, row.member_id, Removal::Removed)
            }
            LineChange::TeamCreated { team, parent, .. } => {
                self.takes_over_team(org, line.org.as_str(), team, parent.as_ref(), coming)
            }
            LineChange::TeamRemoved { team } => self.remove_team(org, self.named(org, team)?),
            LineChange::TeamMemberAdded { team, login, role } => {
                let team = self.named(org, team)?;
                let (_, row) = self.belonging(org, login)?;
                self.add_team_member(org, team, row.member_id, *role)
            }
            LineChange::TeamRoleChanged { team, login, before, after } => {
                let (team, row) = self.staff(org, team, login, *before)?;
                self.change_team_role(org, team, row.member_id, *after)
            }
            LineChange::TeamMemberRemoved { team, login, before } => {
                let (team, row) = self.staff(org, team, login, *before)?;
                self.remove_team_member(org, team, row.member_id)
            }
            LineChange::Row(other) => unreachable!("nobody wishes {other:?} here"),
        }
    }

    /// A parent may be one that a later line begins.
    fn takes_over_team(
        &mut self,
        org: OrganizationId,
        slug: &str,
        name: &Name,
        parent: Option<&Name>,
        coming: &mut Coming,
    ) -> Result<(), Code> {
        let next = |coming: &Coming, wanted: &Name| {
            coming.iter().position(|(of, name, _)| of == slug && name == wanted)
        };
        let parent = match parent {
            None => None,
            Some(parent) => {
                let found = self.living(org)?.team_named(parent.as_str()).map(|team| team.id);
                let to_come = || next(coming, parent).map(|at| coming[at].2);
                Some(found.or_else(to_come).ok_or("unknown_team")?)
            }
        };
        let own = next(coming, name).and_then(|at| coming.remove(at)).unwrap().2;
        self.begins_team(org, own, name, parent)
    }

    fn named(&self, org: OrganizationId, team: &Name) -> Result<TeamId, Code> {
        let found = self.living(org)?;
        found.team_named(team.as_str()).map(|team| team.id).ok_or("unknown_team")
    }

    fn belonging(
        &self,
        org: OrganizationId,
        login: &Username,
    ) -> Result<(Rc<Org>, MemberRow), Code> {
        let user = self.world.by_username(login.as_str()).ok_or("unknown_member")?.id;
        let found = self.living(org)?;
        let row = found.member_of(user).ok_or("unknown_member")?.clone();
        Ok((found, row))
    }

    /// The source says what was there before; it must be so here.
    fn holding(
        &self,
        org: OrganizationId,
        login: &Username,
        before: &RoleName,
    ) -> Result<(Rc<Org>, MemberRow), Code> {
        let (found, row) = self.belonging(org, login)?;
        unless(row.roles != Roles::one(before.clone()), "source_contradicts")?;
        Ok((found, row))
    }

    fn staff(
        &self,
        org: OrganizationId,
        team: &Name,
        login: &Username,
        before: rollbook::facts::TeamRole,
    ) -> Result<(TeamId, MemberRow), Code> {
        let team = self.named(org, team)?;
        let (found, row) = self.belonging(org, login)?;
        let role = found.team(team).and_then(|team| team.role_of(row.user_id));
        unless(role.ok_or("not_in_team")? != before, "source_contradicts")?;
        Ok((team, row))
    }
}
