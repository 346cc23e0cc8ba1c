//! Teams, now and as of a moment.

use super::part::sort;
use super::texts::Rank;
use super::{Answered, Desk};
use crate::doors::wire::{Problem, Team, TeamAnswer, TeamKey, TeamList, Teams};

impl Answered for Teams {
    fn answer(&self, desk: &Desk) -> Result<TeamList, Problem> {
        let asked = &self.parameters;
        let page = desk.page(self)?;
        let selected = desk.select_at(&self.org, page.as_of)?;
        let mut rows = selected.view.teams(selected.at);
        if let Some(parent) = asked.parent {
            selected.view.team(parent, selected.at).ok_or_else(no_such_team)?;
            rows.retain(|row| row.parent == Some(parent));
        }
        if let Some(member) = asked.member {
            rows.retain(|row| {
                row.maintainers.iter().chain(&row.members).any(|it| it.member_id == member)
            });
        }
        sort(&mut rows, asked.sort, |key, row| match key {
            TeamKey::Created => Rank::Number(row.created_at.micros().into()),
            TeamKey::Name => Rank::Text(row.name.as_str().to_lowercase()),
        });
        let (teams, next) = page.cut(rows, selected.at, |row| row.team_id.to_string())?;
        Ok(TeamList { heading: selected.heading(), teams, next })
    }
}

impl Answered for Team {
    fn answer(&self, desk: &Desk) -> Result<TeamAnswer, Problem> {
        let selected = desk.select(&self.org, &self.parameters)?;
        let found = selected.view.team(self.team, selected.at);
        let team = found.ok_or_else(no_such_team)?;
        Ok(TeamAnswer { heading: selected.heading(), team })
    }
}

pub(super) fn no_such_team() -> Problem {
    let detail = "the organization had no team with that identifier at that moment";
    Problem::missing("unknown_team", detail)
}
