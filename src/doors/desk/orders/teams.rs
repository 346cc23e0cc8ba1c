//! Teams, and who is in them.

use super::{About, Order, Wished};
use crate::doors::desk::{Desk, Selected};
use crate::doors::wire::{
    ChangedTeam, CreateTeam, NewTeam, Problem, PutTeamMember, RemoveTeam, RemoveTeamMember,
    TeamPlace, UpdateTeam, When,
};
use crate::facts::Actor;
use crate::law::Action;
use crate::projections::TeamRow;
use crate::words::MemberId;

impl Wished for CreateTeam {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let NewTeam { name, parent, reason } = self.body;
        let action = Action::CreateTeam { org: desk.org(&self.org)?, name: name.0, parent };
        Ok(Order::new(actor, action, reason, About::Created))
    }
}

impl Wished for UpdateTeam {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let ChangedTeam { name, parent, reason } = self.body;
        let (org, team, name) = (desk.org(&self.org)?, self.team, name.map(|name| name.0));
        let action = Action::UpdateTeam { org, team, name, parent };
        Ok(Order::new(actor, action, reason, About::Team(team)))
    }
}

impl Wished for RemoveTeam {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let (org, team) = (desk.org(&self.org)?, self.team);
        let action = Action::RemoveTeam { org, team };
        Ok(Order::new(actor, action, self.body.reason, About::Team(team)))
    }
}

/// Puts a member into a team, or gives one who is in it another role there. Which of the two is
/// read before the writer decides; a request that crosses another one on its way is refused by the
/// law as `already_in_team` or `not_in_team`, and can be given again.
impl Wished for PutTeamMember {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let TeamPlace { role, reason } = self.body;
        let (team, member) = (self.team, self.member);
        let Selected { view, at } = desk.select(&self.org, &When::default())?;
        let org = view.id();
        let is_in = view.team(team, at).is_some_and(|row| has(&row, member));
        let action = if is_in {
            Action::ChangeTeamRole { org, team, member, role }
        } else {
            Action::AddTeamMember { org, team, member, role }
        };
        Ok(Order::new(actor, action, reason, About::Team(team)))
    }
}

fn has(team: &TeamRow, member: MemberId) -> bool {
    team.maintainers.iter().chain(&team.members).any(|row| row.member_id == member)
}

impl Wished for RemoveTeamMember {
    fn order(self, desk: &Desk, actor: Actor) -> Result<Order, Problem> {
        let (org, team, member) = (desk.org(&self.org)?, self.team, self.member);
        let action = Action::RemoveTeamMember { org, team, member };
        Ok(Order::new(actor, action, self.body.reason, About::Team(team)))
    }
}
