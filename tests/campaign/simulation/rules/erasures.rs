//! The erasure of an address that only invitations name.

use super::{Code, Trial, unless};
use crate::simulation::membership::{What, folded_email};
use rollbook::facts::Actor;
use rollbook::facts::event::RevocationCause;
use rollbook::law::command::{Erase, Erasee};
use rollbook::projections::InvitationStatus;
use rollbook::words::{Email, InvitationId, OrganizationId};

impl Trial<'_> {
    pub(super) fn erase(&mut self, wish: &Erase) -> Result<(), Code> {
        let Erasee::Address(email) = &wish.who else { unreachable!("no user is erased here") };
        let operator = matches!(self.actor(), Actor::Operator(_));
        let orgs = match wish.org {
            Some(org) => {
                self.world.org(org).ok_or("unknown_organization")?;
                if !operator {
                    self.top_only(org)?;
                }
                vec![org]
            }
            None => {
                unless(!operator, "operator_only")?;
                let mut all: Vec<_> = self.world.orgs.iter().map(|org| org.id()).collect();
                all.sort();
                all
            }
        };
        assert!(self.world.by_email(email.as_str()).is_none(), "{email:?} is somebody's");
        let mut found = false;
        for org in orgs {
            found |= self.forgets(org, email)?;
        }
        unless(!found, "unknown_user")
    }

    /// Every invitation to the address goes, whatever became of it; what still waits is withdrawn.
    fn forgets(&mut self, id: OrganizationId, email: &Email) -> Result<bool, Code> {
        let org = self.world.org(id).unwrap().clone();
        let address = folded_email(email.as_str());
        let theirs = org.letters.iter().filter(|letter| letter.address == address);
        let mut theirs: Vec<_> = theirs.map(|letter| letter.row.clone()).collect();
        if theirs.is_empty() {
            return Ok(false);
        }
        theirs.sort_by_key(|row| row.invitation_id);
        for row in &theirs {
            if row.status != InvitationStatus::Pending || org.ended() {
                continue;
            }
            let (invitation, expired_at) = (row.invitation_id, row.expires_at);
            let what = if expired_at <= self.now() {
                What::InvitationExpired { invitation, expired_at }
            } else {
                What::InvitationRevoked { invitation, cause: RevocationCause::Erased }
            };
            self.records(id, what)?;
        }
        let invitations: Vec<InvitationId> = theirs.iter().map(|row| row.invitation_id).collect();
        self.records(id, What::PersonalDataErased { invitations })?;
        Ok(true)
    }
}
