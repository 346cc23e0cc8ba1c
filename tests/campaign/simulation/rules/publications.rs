//! Who may have the ledger state what it is, and take a history home.

use super::{Code, Trial, unless};
use crate::simulation::membership::{Org, What};
use crate::simulation::publications::Published;
use rollbook::facts::event::Scope;
use rollbook::facts::{Actor, Permission, System};
use rollbook::law::command::{ExportWish, PublicationWish};
use rollbook::words::OrganizationId;

const HERE: OrganizationId = OrganizationId::DEPLOYMENT;

impl Trial<'_> {
    pub(super) fn publishes(&mut self, wish: &PublicationWish) -> Result<(), Code> {
        let operator = matches!(self.actor(), Actor::Operator(_));
        match wish {
            PublicationWish::CommitHeads => {
                let publisher = self.actor() == Actor::System(System::Publisher);
                unless(!operator && !publisher, "operator_only")?;
                self.commits_heads()
            }
            PublicationWish::RotateKey { .. } => {
                unless(!operator, "operator_only")?;
                let rotation = self.world.rotations + 1;
                self.records(HERE, What::Published(Published::CheckpointKeyRotated { rotation }))
            }
            PublicationWish::Export(wish) => self.exports(wish),
            PublicationWish::Restore { .. } => unreachable!("nothing is restored here"),
        }
    }

    fn commits_heads(&mut self) -> Result<(), Code> {
        let organizations = self.world.orgs.len();
        let event = Published::OrganizationHeadsCommitted { organizations };
        self.records(HERE, What::Published(event))
    }

    /// Whoever may read all of a history, also of an organization that ended.
    fn exports(&mut self, wish: &ExportWish) -> Result<(), Code> {
        let org = self.world.org(wish.org).cloned().ok_or("unknown_organization")?;
        self.reads_all(&org)?;
        let (export, from, to) = (wish.export, wish.from, wish.to);
        let disclosed = wish.disclosed.clone();
        let event = Published::ExportCreated { export, from, to, disclosed };
        self.records(wish.org, What::Published(event))?;
        self.commits_heads()
    }

    fn reads_all(&self, org: &Org) -> Result<(), Code> {
        match self.actor() {
            Actor::Operator(_) | Actor::System(_) => return Ok(()),
            Actor::User(user) => {
                let now = self.now();
                let grant = org.held.grant(user);
                if grant.is_some_and(|row| row.expires_at.is_none_or(|until| now < until)) {
                    return Ok(());
                }
                unless(org.member_of(user).is_none(), "unknown_organization")?;
            }
            Actor::Token(token) => {
                let row = org.held.token(token).ok_or("unknown_organization")?;
                unless(!row.scopes.contains(&Scope::Read), "scope_missing")?;
            }
        }
        self.rights(org)?.need(Permission::LogRead)
    }
}
