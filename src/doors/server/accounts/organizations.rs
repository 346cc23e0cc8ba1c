//! What a server takes of users beside the law: who begins organizations, and how many are invited.

use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::settings::Creators;
use crate::doors::wire::{Guard, OrganizationName, Problem};
use crate::facts::{Actor, Permission};
use crate::law::Refusal;
use crate::law::sight::Sight;
use crate::law::{Action, Command};

/// Whether whoever commands may begin organizations here.
pub(in crate::doors::server) fn may_create(site: &Site, call: &Call) -> Result<(), Problem> {
    match (call.caller()?.actor, site.settings.create_organizations) {
        (Actor::Operator(_), _) | (Actor::User(_), Creators::Users) => Ok(()),
        (Actor::User(_), Creators::Operator) | (Actor::Token(_) | Actor::System(_), _) => {
            Err(Refusal::OperatorOnly.into())
        }
    }
}

/// Whether an organization may send one more invitation, in whatever words it is wished. Only who
/// may invite is counted; operators bring over whole companies, and are not.
pub(in crate::doors::server) fn may_invite(site: &Site, command: &Command) -> Result<(), Problem> {
    let org = match &command.action {
        Action::Invite(wish) => wish.org,
        Action::ResendInvitation { org, .. } => *org,
        _ => return Ok(()),
    };
    let may = match command.actor {
        Actor::Operator(_) | Actor::System(_) => return Ok(()),
        // A token that writes need not be one that reads.
        Actor::Token(_) => true,
        Actor::User(_) => {
            let (reader, name) = (site.desk.reader(command.actor), OrganizationName::Id(org));
            let guard = Guard::Sees(Permission::MemberInvite);
            matches!(site.desk.sight_of(guard, &reader, Some(&name)), Ok(Sight::All))
        }
    };
    // Whoever may not is refused by the law, with the reason.
    if may { site.people.paces.invite(org, (site.now)()) } else { Ok(()) }
}
