//! A second law, plain: it says of each command which facts it leads to, or with which code it is
//! refused. It knows the design's rules, and nothing of how the product keeps them.

mod access;
mod accounts;
mod erasures;
mod imports;
mod invitations;
mod members;
mod organizations;
mod publications;
mod rights;
mod teams;

use super::happens::{Frame, happens};
use super::membership::{Deployment, Fact, Org, What};
use super::roles;
use rollbook::facts::{Actor, OrganizationKind, Source};
use rollbook::law::{Action, Command};
use rollbook::words::{CommandId, OrganizationId, Timestamp};
use std::collections::BTreeSet;
use std::rc::Rc;
use uuid::Uuid;

/// The code of a refusal.
pub(super) type Code = &'static str;

/// What a command leads to.
pub(super) struct Outcome {
    /// In order. What comes to exist has a name from [`is_fresh`]; the ledger draws the real one.
    pub(super) facts: Vec<Fact>,
    /// When it happened, where the outside world says so.
    pub(super) occurred: Option<Timestamp>,
    /// The command that it continues.
    pub(super) continues: Option<CommandId>,
}

/// A command being tried, on a copy of the membership.
struct Trial<'a> {
    world: Deployment,
    command: &'a Command,
    now: Timestamp,
    outcome: Outcome,
    source: Option<Source>,
    drawn: u64,
    touched: BTreeSet<OrganizationId>,
}

const FRESH: u128 = 0xffff_ffff_ffff_ffff << 64;

/// Whether an identifier stands for one that the ledger has yet to draw.
pub(super) fn is_fresh(id: Uuid) -> bool {
    id.as_u128() & FRESH == FRESH
}

/// Decides a command whose first entry would be recorded at `now`.
pub(super) fn decides(
    world: &Deployment,
    command: &Command,
    now: Timestamp,
) -> Result<Outcome, Code> {
    let outcome = Outcome { facts: vec![], occurred: None, continues: None };
    let touched = BTreeSet::new();
    let world = world.clone();
    let mut trial = Trial { world, command, now, outcome, source: None, drawn: 0, touched };
    trial.comes_in()?;
    trial.act(&command.action)?;
    for org in &trial.touched {
        holds_at_the_end(trial.world.org(*org).unwrap())?;
    }
    Ok(trial.outcome)
}

/// What must hold when a command is over.
fn holds_at_the_end(org: &Org) -> Result<(), Code> {
    let table = roles::table(org.set());
    let top = org.at_the_top().len();
    let exists = |parent| org.team(parent).is_some();
    if org.ended() {
        Ok(())
    } else if table.exactly_one_top && top == 0 {
        Err("last_super_admin")
    } else if table.exactly_one_top && top > 1 {
        Err("super_admin_by_transfer_only")
    } else if top == 0 {
        Err("last_top_role")
    } else if !org.teams.iter().filter_map(|team| team.parent).all(exists) {
        Err("unknown_team")
    } else {
        Ok(())
    }
}

fn unless(wrong: bool, code: Code) -> Result<(), Code> {
    if wrong { Err(code) } else { Ok(()) }
}

impl Trial<'_> {
    fn act(&mut self, action: &Action) -> Result<(), Code> {
        match action {
            Action::CreateOrganization(wish) => self.create_organization(wish),
            Action::UpdateOrganization(wish) => self.update_organization(wish),
            Action::CertifyOrganization { org } => self.certify(*org),
            Action::DissolveOrganization { org } => self.dissolve(*org),
            Action::CreateMember { org, person, roles } => {
                self.create_member(*org, person, roles.as_ref())
            }
            Action::AddMember { org, user, roles } => self.add_member(*org, *user, roles.as_ref()),
            Action::ChangeRoles { org, member, roles } => self.change_roles(*org, *member, roles),
            Action::RemoveMember { org, member, cause } => {
                self.remove_member(*org, *member, *cause)
            }
            Action::Leave { org } => self.leave(*org),
            Action::SuspendMember { org, member } => self.suspend(*org, *member),
            Action::ReactivateMember { org, member } => self.reactivate(*org, *member),
            Action::TransferSuperAdmin { org, to } => self.transfer(*org, *to),
            Action::Invite(wish) => self.invite(wish),
            Action::ResendInvitation { org, invitation, expires_in, token } => {
                self.resend(*org, *invitation, *expires_in, *token)
            }
            Action::RevokeInvitation { org, invitation } => self.revoke(*org, *invitation),
            Action::AcceptInvitation { org, invitation, acceptor, proof, password: _ } => {
                self.accept(*org, *invitation, acceptor, *proof)
            }
            Action::DeclineInvitation { org, invitation, proof } => {
                self.decline(*org, *invitation, *proof)
            }
            Action::ExpireInvitations { org } => self.expire(*org),
            Action::DefineRole { org, role, permissions } => self.define(*org, role, permissions),
            Action::RedefineRole { org, role, permissions } => {
                self.redefine(*org, role, permissions)
            }
            Action::RetireRole { org, role } => self.retire(*org, role),
            Action::CreateTeam { org, name, parent } => self.create_team(*org, name, *parent),
            Action::UpdateTeam { org, team, name, parent } => {
                self.update_team(*org, *team, name.as_ref(), *parent)
            }
            Action::RemoveTeam { org, team } => self.remove_team(*org, *team),
            Action::AddTeamMember { org, team, member, role } => {
                self.add_team_member(*org, *team, *member, *role)
            }
            Action::RemoveTeamMember { org, team, member } => {
                self.remove_team_member(*org, *team, *member)
            }
            Action::ChangeTeamRole { org, team, member, role } => {
                self.change_team_role(*org, *team, *member, *role)
            }
            Action::Import(commit) => self.import(commit),
            Action::Account(wish) => self.account(wish),
            Action::Access(wish) => self.access(wish),
            Action::Usage(wish) => self.usage(wish),
            Action::Publication(wish) => self.publishes(wish),
            Action::Erase(wish) => self.erase(wish),
        }
    }

    fn actor(&self) -> Actor {
        self.command.actor
    }

    /// When the next fact takes effect: each takes a microsecond, unless the outside world says
    /// when.
    fn now(&self) -> Timestamp {
        let later = i64::try_from(self.outcome.facts.len()).unwrap();
        let recorded = Timestamp::from_micros(self.now.micros() + later);
        self.outcome.occurred.unwrap_or(recorded)
    }

    fn draws(&mut self) -> Uuid {
        self.drawn += 1;
        Uuid::from_u128(FRESH | u128::from(self.drawn))
    }

    fn records(&mut self, org: OrganizationId, what: What) -> Result<(), Code> {
        let at = self.now();
        if let Some(org) = self.world.org(org) {
            unless(at < org.last_effective, "occurred_too_early")?;
        }
        let fact = Fact { org, what, source: self.source.clone() };
        let cmd = self.outcome.continues.unwrap_or(CommandId::from_uuid(Uuid::nil()));
        let frame = Frame { actor: self.actor(), cmd, at };
        happens(&mut self.world, &fact, frame);
        self.outcome.facts.push(fact);
        if org != OrganizationId::DEPLOYMENT {
            self.touched.insert(org);
        }
        Ok(())
    }

    /// The organization, as long as it has not ended.
    fn living(&self, org: OrganizationId) -> Result<Rc<Org>, Code> {
        let org = self.world.org(org).ok_or("unknown_organization")?;
        unless(org.ended(), "organization_dissolved")?;
        Ok(Rc::clone(org))
    }

    /// The organization, if there are members to manage.
    fn manageable(&self, org: OrganizationId) -> Result<Rc<Org>, Code> {
        let org = self.living(org)?;
        let certified = org.header.certified_at.is_some();
        match org.header.kind {
            OrganizationKind::Standard => Ok(org),
            OrganizationKind::Enterprise if certified => Ok(org),
            OrganizationKind::Enterprise => Err("organization_not_certified"),
            OrganizationKind::Personal => Err("personal_organization"),
        }
    }
}
