//! Commits of another system's history.

use super::{LIVING, Wisher};
use crate::simulation::membership::Org;
use rollbook::facts::TeamRole;
use rollbook::law::Action;
use rollbook::law::command::*;
use rollbook::projections::MemberRow;
use rollbook::words::{Name, RoleName, Slug, Timestamp, Username};
use std::rc::Rc;

impl Wisher<'_> {
    pub(super) fn imports(&mut self) -> Action {
        if let Some(last) = self.history.last.clone()
            && self.chance.percent(12)
        {
            return Action::Import(self.again(last));
        }
        let living: Vec<_> = self.living().into_iter().map(|org| org.id()).collect();
        let known = if living.len() < LIVING { 40 } else { 95 };
        let org = self.chance.pick_any(&living).filter(|_| self.chance.percent(known));
        let org = org.and_then(|org| self.told.world.org(org)).cloned();
        let slug = match &org {
            Some(org) => Slug::parse(org.header.slug.text().unwrap()).unwrap(),
            None => self.slug(),
        };
        let mut changes = Vec::new();
        if org.is_none() {
            changes.push(LineChange::OrganizationCreated);
            let person = Person { username: Some(self.login()), ..self.person() };
            let top = if self.chance.percent(90) { "admin" } else { "member" };
            let role = RoleName::parse(top).unwrap();
            changes.push(LineChange::MemberAdded { person, role });
        }
        let more = self.chance.below(4) + usize::from(org.is_some());
        for _ in 0..more {
            changes.push(self.change(org.as_deref()));
        }
        let occurred = Some(self.occurred(org.as_deref()));
        let commit = Name::parse(&format!("c{}", self.history.lines)).unwrap();
        let repo = Name::parse("a/history").unwrap();
        let lines = changes.into_iter().map(|change| self.line(&slug, change)).collect();
        let commit = SourceCommit { repo, commit, occurred, lines };
        self.history.last = Some(commit.clone());
        Action::Import(commit)
    }

    fn line(&mut self, org: &Slug, change: LineChange) -> Line {
        self.history.lines += 1;
        let baseline = self.chance.percent(20);
        Line { seq: self.history.lines, baseline, org: org.clone(), change }
    }

    /// The last commit once more: as it was, with a line more, or under another name.
    fn again(&mut self, mut last: SourceCommit) -> SourceCommit {
        match self.chance.below(4) {
            0 => last.commit = Name::parse("another").unwrap(),
            1..=2 => {
                let slug = last.lines[0].org.clone();
                let change = self.change(None);
                let line = self.line(&slug, change);
                last.lines.push(line);
            }
            _ => {}
        }
        last
    }

    /// Between the organization's last moment and now, mostly.
    fn occurred(&mut self, org: Option<&Org>) -> Timestamp {
        let day = 86_400_000_000;
        let from = org.map_or(self.now.micros() - 90 * day, |org| org.last_effective.micros());
        let span = usize::try_from((self.now.micros() - from).max(1)).unwrap();
        let within = from + i64::try_from(self.chance.below(span)).unwrap();
        Timestamp::from_micros(match self.chance.below(20) {
            0 => from - 1,
            1 => self.now.micros() + 1,
            2..=5 => self.now.micros(),
            6..=8 => from,
            _ => within,
        })
    }

    fn change(&mut self, org: Option<&Org>) -> LineChange {
        let (team, login) = (self.known_team(org), self.known_login(org));
        let role = RoleName::parse(self.chance.pick(&["admin", "member", "owner"])).unwrap();
        let held = org.and_then(|org| row_of(org, &login)).and_then(|row| {
            let first = row.roles.iter().next().cloned();
            first.filter(|_| self.chance.percent(90))
        });
        let before = held.unwrap_or_else(|| RoleName::parse("member").unwrap());
        let in_team = org.and_then(|org| {
            let row = row_of(org, &login)?;
            org.team_named(team.as_str())?.role_of(row.user_id)
        });
        let was = in_team.unwrap_or(TeamRole::Member);
        let becomes = self.chance.pick(TeamRole::ALL);
        match self.chance.below(14) {
            0 => LineChange::OrganizationCreated,
            1..=4 => {
                let person = Person { username: Some(self.login()), ..self.person() };
                LineChange::MemberAdded { person, role }
            }
            5..=6 => LineChange::RoleChanged { login, before, after: role },
            7 => LineChange::MemberRemoved { login, before },
            8..=9 => {
                let parent = self.chance.percent(40).then(|| self.team_name());
                let team = self.team_name();
                LineChange::TeamCreated { team, parent, renamed_from: vec![] }
            }
            10..=11 => LineChange::TeamMemberAdded { team, login, role: becomes },
            12 if self.chance.percent(50) => {
                LineChange::TeamRoleChanged { team, login, before: was, after: becomes }
            }
            12 => LineChange::TeamMemberRemoved { team, login, before: was },
            _ => LineChange::TeamRemoved { team },
        }
    }

    fn known_team(&mut self, org: Option<&Org>) -> Name {
        let teams = org.map_or(&[][..], |org| &org.teams);
        if teams.is_empty() {
            return self.team_name();
        }
        Name::parse(&teams[self.chance.below(teams.len())].name).unwrap()
    }

    fn known_login(&mut self, org: Option<&Org>) -> Username {
        let rows = org.map_or(&[][..], |org| &org.members).iter();
        let logins: Vec<_> = rows.filter_map(|row| row.username.as_ref()?.text()).collect();
        match self.chance.pick_any(&logins) {
            Some(login) => Username::parse(login).unwrap(),
            None => self.login(),
        }
    }
}

fn row_of<'a>(org: &'a Org, login: &Username) -> Option<&'a MemberRow> {
    let rows = org.members.iter();
    let has = |row: &&Rc<MemberRow>| {
        row.username.as_ref().and_then(|name| name.text()) == Some(login.as_str())
    };
    rows.into_iter().find(has).map(Rc::as_ref)
}
