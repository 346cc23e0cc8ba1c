//! Another system's history.

use super::*;

impl Crowd {
    /// A commit of another system's history, as of now: its organizations' histories reach so far.
    pub(super) fn imports(&mut self) -> Action {
        let count = 1 + self.chance.below(4);
        let lines: Vec<Line> = (0..count).map(|_| self.line()).collect();
        let again = self.chance.percent(10);
        self.lines = if again { self.lines } else { self.lines + count as u64 };
        let commit = Name::parse(&format!("c{}", self.lines)).unwrap();
        let repo = Name::parse("a/history").unwrap();
        Action::Import(SourceCommit { repo, commit, occurred: Some(self.world.now), lines })
    }

    fn line(&mut self) -> Line {
        self.lines += 1;
        let (team, login) = (self.team_name(), self.login());
        let role = RoleName::parse(self.chance.pick(&["admin", "member", "owner"])).unwrap();
        let (before, after) = (role.clone(), RoleName::parse("admin").unwrap());
        let parent = self.chance.percent(40).then(|| self.team_name());
        let (member, maintainer) = (TeamRole::Member, TeamRole::Maintainer);
        let change = match self.chance.below(11) {
            0..=1 => LineChange::OrganizationCreated,
            2..=4 => {
                let person = Person { username: Some(login), ..self.person() };
                LineChange::MemberAdded { person, role }
            }
            5 => LineChange::RoleChanged { login, before, after },
            6 => LineChange::MemberRemoved { login, before },
            7 => LineChange::TeamCreated { team, parent, renamed_from: vec![] },
            8 => LineChange::TeamMemberAdded { team, login, role: member },
            9 => LineChange::TeamRoleChanged { team, login, before: member, after: maintainer },
            _ => LineChange::TeamRemoved { team },
        };
        let org = Slug::parse(self.chance.pick(&SLUGS)).unwrap();
        Line { seq: self.lines, baseline: false, org, change }
    }
}
