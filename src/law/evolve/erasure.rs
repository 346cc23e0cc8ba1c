//! What an erasure leaves.
//!
//! The same state must come out whether the entries before it were read while their values still
//! opened, as the ledger that records it does, or behind it, as an opening does. So nothing that
//! stays may rest on a value that goes.

use super::accounts::{folded_email, folded_username};
use crate::facts::event::PersonalDataErased;
use crate::law::state::{Organization, State, User};
use crate::words::{OrganizationId, UserId};
use std::sync::Arc;

pub(super) fn erase(state: &mut State, org: OrganizationId, event: &PersonalDataErased) {
    if event.organization
        && let Some(slug) = state.organization(org).and_then(|known| known.slug.clone())
    {
        state.slugs.remove(&slug);
    }
    let Some(user) = event.user else { return };
    if org == OrganizationId::DEPLOYMENT {
        forget_account(state, user);
    } else {
        forget_in(state, org, user);
    }
}

/// The user stays as an identifier. E-mail address and login name are free again.
fn forget_account(state: &mut State, id: UserId) {
    let Some(known) = state.users.get(&id).cloned() else { return };
    lose_email(state, id, &known);
    lose_username(state, id, &known);
    let left = User {
        erased: true,
        organizations: known.organizations.clone(),
        formerly_in: known.formerly_in.clone(),
        ..User::default()
    };
    state.users.insert(id, Arc::new(left));
    state.accounts.remove(&id);
}

/// What only organizations knew of a user is lost with the last of them.
fn forget_in(state: &mut State, org: OrganizationId, id: UserId) {
    let Some(known) = state.users.get_mut(&id).map(Arc::make_mut) else { return };
    known.be_forgotten(org);
    if known.named_in().next().is_some() {
        return;
    }
    let mut left = known.clone();
    let known = known.clone();
    if !known.own.email {
        lose_email(state, id, &known);
        left.email = None;
        left.verified = false;
    }
    if !known.own.username {
        lose_username(state, id, &known);
        left.username = None;
    }
    if !known.own.name {
        left.name = None;
    }
    state.users.insert(id, Arc::new(left));
}

fn lose_email(state: &mut State, id: UserId, known: &User) {
    if let Some(folded) = known.email.as_deref().and_then(folded_email)
        && state.emails.get(&folded) == Some(&id)
    {
        state.emails.remove(&folded);
    }
}

fn lose_username(state: &mut State, id: UserId, known: &User) {
    if let Some(folded) = known.username.as_deref().and_then(folded_username)
        && state.usernames.get(&folded) == Some(&id)
    {
        state.usernames.remove(&folded);
    }
}

impl Organization {
    pub(super) fn erase(&mut self, event: &PersonalDataErased) {
        if let Some(user) = event.user {
            self.erased.insert(user);
            self.auditors.remove(&user);
        }
        for id in &event.invitations {
            if let Some(address) = self.folded_address(*id)
                && self.pending.get(&address) == Some(id)
            {
                self.pending.remove(&address);
            }
            if let Some(invitation) = self.invitations.get_mut(id) {
                invitation.email = None;
                invitation.token = None;
                invitation.erased = true;
            }
        }
        if event.organization {
            self.name = None;
            self.slug = None;
        }
    }
}
