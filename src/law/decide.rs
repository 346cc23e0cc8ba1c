//! The door of the law: one match, no rules.

use super::command::{Action, Command};
use super::context::Context;
use super::draft::Draft;
use super::refusal::Refusal;
use super::state::State;
use super::{
    access, accounts, credential, erasure, import, invitations, membership, organizations,
    publication, roles, teams, usage,
};
use crate::facts::Fact;
use crate::words::{CommandId, Timestamp};

/// What a command leads to.
#[derive(Debug, Clone)]
pub struct Decision {
    /// What is to be recorded, in order. Empty where everything is recorded already.
    pub facts: Vec<Fact>,
    /// The state behind the last fact.
    pub state: State,
    /// The command's identifier, shared by its entries.
    pub cmd: CommandId,
    /// When it happened, where the outside world says so.
    pub occurred: Option<Timestamp>,
    /// After how many facts every invariant holds: the only places where the facts may be divided
    /// into batches. The last one is always their number.
    pub cuts: Vec<usize>,
}

/// Decides a command against a state.
///
/// # Errors
/// The law's refusal; the state stays what it was.
pub fn decide(
    state: &State,
    command: &Command,
    context: &mut Context,
) -> Result<Decision, Refusal> {
    let mut draft = Draft::new(state, command, context);
    credential::holds(&draft)?;
    act(&mut draft, &command.action)?;
    draft.check()?;
    let Draft { state, facts, cmd, occurred, cuts, .. } = draft;
    Ok(Decision { facts, state, cmd, occurred, cuts })
}

fn act(draft: &mut Draft<'_>, action: &Action) -> Result<(), Refusal> {
    match action {
        Action::CreateOrganization(wish) => organizations::create(draft, wish),
        Action::UpdateOrganization(wish) => organizations::update(draft, wish),
        Action::CertifyOrganization { org } => organizations::certify(draft, *org),
        Action::DissolveOrganization { org } => organizations::dissolve(draft, *org),
        Action::CreateMember { org, person, roles } => {
            membership::create(draft, *org, person, roles.as_ref())
        }
        Action::AddMember { org, user, roles } => {
            membership::add(draft, *org, *user, roles.as_ref())
        }
        Action::ChangeRoles { org, member, roles } => {
            membership::change_roles(draft, *org, *member, roles)
        }
        Action::RemoveMember { org, member, cause } => {
            membership::remove(draft, *org, *member, cause.cause())
        }
        Action::Leave { org } => membership::leave(draft, *org),
        Action::SuspendMember { org, member } => membership::suspend(draft, *org, *member),
        Action::ReactivateMember { org, member } => membership::reactivate(draft, *org, *member),
        Action::TransferSuperAdmin { org, to } => membership::transfer(draft, *org, *to),
        Action::Invite(wish) => invitations::invite(draft, wish),
        Action::ResendInvitation { org, invitation, expires_in, token } => {
            invitations::resend(draft, *org, *invitation, *expires_in, *token)
        }
        Action::RevokeInvitation { org, invitation } => {
            invitations::revoke(draft, *org, *invitation)
        }
        Action::AcceptInvitation { org, invitation, acceptor, proof, password } => {
            invitations::accept(draft, (*org, *invitation), acceptor, *proof, password.as_ref())
        }
        Action::DeclineInvitation { org, invitation, proof } => {
            invitations::decline(draft, *org, *invitation, *proof)
        }
        Action::ExpireInvitations { org } => invitations::expire(draft, *org),
        Action::DefineRole { org, role, permissions } => {
            roles::define(draft, *org, role, permissions)
        }
        Action::RedefineRole { org, role, permissions } => {
            roles::redefine(draft, *org, role, permissions)
        }
        Action::RetireRole { org, role } => roles::retire(draft, *org, role),
        Action::CreateTeam { org, name, parent } => teams::create(draft, *org, name, *parent),
        Action::UpdateTeam { org, team, name, parent } => {
            teams::update(draft, *org, *team, name.as_ref(), *parent)
        }
        Action::RemoveTeam { org, team } => teams::remove(draft, *org, *team),
        Action::AddTeamMember { org, team, member, role } => {
            teams::add_member(draft, *org, *team, *member, *role)
        }
        Action::RemoveTeamMember { org, team, member } => {
            teams::remove_member(draft, *org, *team, *member)
        }
        Action::ChangeTeamRole { org, team, member, role } => {
            teams::change_role(draft, *org, *team, *member, *role)
        }
        Action::Import(commit) => import::import(draft, commit),
        Action::Account(wish) => accounts::act(draft, wish),
        Action::Access(wish) => access::act(draft, wish),
        Action::Usage(wish) => usage::act(draft, wish),
        Action::Publication(wish) => publication::act(draft, wish),
        Action::Erase(wish) => erasure::erase(draft, wish),
    }
}
