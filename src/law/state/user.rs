//! What the law knows of a person or service account.

use crate::words::OrganizationId;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// A person or service account.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct User {
    /// Their address as written, when the vault is open.
    pub email: Option<Arc<str>>,
    /// Their name.
    pub name: Option<Arc<str>>,
    /// Their login name as written.
    pub username: Option<Arc<str>>,
    /// Whether they have a way to sign in.
    pub signs_in: bool,
    /// Whether they have proved that the address is theirs.
    pub verified: bool,
    /// What was known of them was erased everywhere.
    pub erased: bool,
    /// Which of the values above stand in the account's own chain, too.
    pub(in crate::law) own: Own,
    /// The organizations that they are a member of, ascending.
    pub organizations: Box<[OrganizationId]>,
    /// The other organizations in which their values stand, ascending: those that they were a
    /// member or an auditor of.
    pub(in crate::law) formerly_in: Box<[OrganizationId]>,
    /// The folded forms of addresses that the account had before.
    pub(in crate::law) former_emails: Box<[Arc<str>]>,
}

/// Which values of a user stand in the account's own chain. The others are known from
/// organizations alone, and are lost with the last one that knows them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub(in crate::law) struct Own {
    pub(in crate::law) email: bool,
    pub(in crate::law) name: bool,
    pub(in crate::law) username: bool,
}

impl User {
    /// The organizations in which their values stand, ascending where they belong and then where
    /// they did.
    pub fn named_in(&self) -> impl Iterator<Item = OrganizationId> {
        self.organizations.iter().chain(&self.formerly_in).copied()
    }

    pub(in crate::law) fn belong(&mut self, org: OrganizationId) {
        self.formerly_in = without(&self.formerly_in, org);
        self.organizations = with(&self.organizations, org);
    }

    pub(in crate::law) fn depart(&mut self, org: OrganizationId) {
        if self.organizations.contains(&org) {
            self.organizations = without(&self.organizations, org);
            self.formerly_in = with(&self.formerly_in, org);
        }
    }

    /// Their values stand there, though they are no member.
    pub(in crate::law) fn be_named(&mut self, org: OrganizationId) {
        if !self.organizations.contains(&org) {
            self.formerly_in = with(&self.formerly_in, org);
        }
    }

    pub(in crate::law) fn be_forgotten(&mut self, org: OrganizationId) {
        self.organizations = without(&self.organizations, org);
        self.formerly_in = without(&self.formerly_in, org);
    }
}

fn with(all: &[OrganizationId], org: OrganizationId) -> Box<[OrganizationId]> {
    let mut all = all.to_vec();
    if let Err(at) = all.binary_search(&org) {
        all.insert(at, org);
    }
    all.into()
}

fn without(all: &[OrganizationId], org: OrganizationId) -> Box<[OrganizationId]> {
    all.iter().copied().filter(|other| *other != org).collect()
}
