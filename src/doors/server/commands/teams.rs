//! Teams, and who is in them.

use super::{Subject, Why, Wish};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::given::{Given, present};
use crate::doors::server::problem::Problem;
use crate::facts::TeamRole;
use crate::law::Action;
use crate::projections::{AsOf, TeamRow};
use crate::words::{MemberId, Name, Reason, TeamId};
use serde::Deserialize;

pub(in crate::doors::server) fn create(site: &Site, call: &Call) -> Result<Wish, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        name: Given<Name>,
        parent: Option<TeamId>,
        reason: Option<Given<Reason>>,
    }
    let Body { name, parent, reason } = call.body()?;
    let action = Action::CreateTeam { org: call.org(site)?, name: name.0, parent };
    Ok(Wish::new(call, action, reason, Subject::Created))
}

/// A `parent` of null makes it a team at the top.
pub(in crate::doors::server) fn update(site: &Site, call: &Call) -> Result<Wish, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        name: Option<Given<Name>>,
        #[serde(default, deserialize_with = "present")]
        parent: Option<Option<TeamId>>,
        reason: Option<Given<Reason>>,
    }
    let Body { name, parent, reason } = call.body()?;
    let (org, team, name) = (call.org(site)?, call.id("team")?, name.map(|name| name.0));
    let action = Action::UpdateTeam { org, team, name, parent };
    Ok(Wish::new(call, action, reason, Subject::Team(team)))
}

pub(in crate::doors::server) fn remove(site: &Site, call: &Call) -> Result<Wish, Problem> {
    let Why { reason } = call.body()?;
    let (org, team) = (call.org(site)?, call.id("team")?);
    Ok(Wish::new(call, Action::RemoveTeam { org, team }, reason, Subject::Team(team)))
}

/// Puts a member into a team, or gives one who is in it another role there. Which of the two is
/// read before the writer decides; a request that crosses another one on its way is refused by the
/// law as `already_in_team` or `not_in_team`, and can be given again.
pub(in crate::doors::server) fn put_member(site: &Site, call: &Call) -> Result<Wish, Problem> {
    #[derive(Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Body {
        role: TeamRole,
        reason: Option<Given<Reason>>,
    }
    let Body { role, reason } = call.body()?;
    let view = call.organization(site)?;
    let (org, team, member) = (view.id(), call.id("team")?, call.id("member")?);
    let at = view.moment(AsOf::Now, (site.now)())?;
    let is_in = view.team(team, at).is_some_and(|row| has(&row, member));
    let action = if is_in {
        Action::ChangeTeamRole { org, team, member, role }
    } else {
        Action::AddTeamMember { org, team, member, role }
    };
    Ok(Wish::new(call, action, reason, Subject::Team(team)))
}

fn has(team: &TeamRow, member: MemberId) -> bool {
    team.maintainers.iter().chain(&team.members).any(|row| row.member_id == member)
}

pub(in crate::doors::server) fn remove_member(site: &Site, call: &Call) -> Result<Wish, Problem> {
    let Why { reason } = call.body()?;
    let (org, team, member) = (call.org(site)?, call.id("team")?, call.id("member")?);
    let action = Action::RemoveTeamMember { org, team, member };
    Ok(Wish::new(call, action, reason, Subject::Team(team)))
}
