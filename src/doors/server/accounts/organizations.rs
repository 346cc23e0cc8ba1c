//! What a server takes of users beside the law: who begins organizations, and how many are invited.

use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::settings::Creators;
use crate::doors::wire::{Guard, Problem};
use crate::facts::{Actor, Permission};
use crate::law::Refusal;
use crate::law::sight::Sight;

/// Whether whoever commands may begin organizations here.
pub(in crate::doors::server) fn may_create(site: &Site, call: &Call) -> Result<(), Problem> {
    match (call.caller()?.actor, site.settings.create_organizations) {
        (Actor::Operator(_), _) | (Actor::User(_), Creators::Users) => Ok(()),
        (Actor::User(_), Creators::Operator) | (Actor::Token(_) | Actor::System(_), _) => {
            Err(Refusal::OperatorOnly.into())
        }
    }
}

/// Whether an organization may send one more invitation. Only who may invite is counted; operators
/// bring over whole companies, and are not.
pub(in crate::doors::server) fn may_invite(site: &Site, call: &Call) -> Result<(), Problem> {
    let actor = call.caller()?.actor;
    if matches!(actor, Actor::Operator(_)) {
        return Ok(());
    }
    let reader = site.desk.reader(actor);
    let name = call.organization()?;
    let Some(name) = name else { return Ok(()) };
    let org = site.desk.meant(&reader, &name)?;
    match site.desk.sight_of(Guard::Sees(Permission::MemberInvite), &reader, Some(&name))? {
        Sight::All => site.people.paces.invite(org, (site.now)()),
        Sight::Own(_) | Sight::Nothing => Ok(()),
    }
}
