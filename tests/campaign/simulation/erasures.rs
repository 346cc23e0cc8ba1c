//! What an erasure leaves of whoever was known by invitations alone: on every page, earlier ones
//! too, that there was an address.

use super::chronicle::{Chronicle, Page};
use super::membership::Org;
use rollbook::projections::{AuditRow, Concern, PersonalValue};
use rollbook::words::{InvitationId, OrganizationId};
use std::rc::Rc;

/// Entries whose reason is sealed for the invitation.
const OF_INVITATIONS: [&str; 4] =
    ["InvitationSent", "InvitationResent", "InvitationRevoked", "InvitationDeclined"];

impl Org {
    /// The addresses go; everything else about the invitations stays.
    pub(super) fn forgets(&mut self, invitations: &[InvitationId]) {
        for letter in &mut self.letters {
            if invitations.contains(&letter.row.invitation_id) {
                let letter = Rc::make_mut(letter);
                letter.row.email = PersonalValue::Erased;
                letter.address = "".into();
            }
        }
    }
}

impl Chronicle {
    /// Writes every page of an organization anew.
    pub(super) fn forgets(&mut self, org: OrganizationId, invitations: &[InvitationId]) {
        for page in self.pages.get_mut(&org).into_iter().flatten() {
            let mut then = (*page.org).clone();
            then.forgets(invitations);
            let mut told = page.told.clone();
            erase(&mut told, invitations);
            let (about, teams) = (page.about.clone(), page.teams.clone());
            *page = Rc::new(Page { org: Rc::new(then), told, about, teams });
        }
    }
}

fn erase(told: &mut AuditRow, invitations: &[InvitationId]) {
    let mut is_about = false;
    for concern in &mut told.concerns {
        if let Concern::Invitation { invitation_id, email } = concern
            && invitations.contains(invitation_id)
        {
            *email = Some(PersonalValue::Erased);
            is_about = true;
        }
    }
    if is_about && OF_INVITATIONS.contains(&told.event_type.as_ref()) {
        told.reason = told.reason.take().map(|_| PersonalValue::Erased);
    }
}
