//! Wishes that somebody's data be erased.

use crate::words::{Email, OrganizationId, UserId};

/// See [`super::Action::Erase`].
#[derive(Debug, Clone)]
pub struct Erase {
    /// Whose data.
    pub who: Erasee,
    /// Where: in one organization, or everywhere.
    pub org: Option<OrganizationId>,
}

/// Whose data is to be erased.
#[derive(Debug, Clone)]
pub enum Erasee {
    /// A user's, and the invitations to their addresses.
    User(UserId),
    /// Whoever has the address: the user, where there is one, and all invitations to it.
    Address(Email),
}
