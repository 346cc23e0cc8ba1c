//! Floor 2. Projections: what a fold of the log makes readable, now and as of any moment.
//!
//! Two structures carry all of them. A [`Timeline`] holds the values that one thing has had; a
//! [`Roll`] holds which rows stood in a list. Both answer for any place of an organization's
//! history at a cost that follows the answer and not the history's length.
//!
//! Everything here is kept in vectors and ordered maps, so that folding the same entries again
//! writes the same bytes.

mod access;
mod api_keys;
mod audit;
mod auditors;
mod custom_roles;
mod deployment;
mod diff;
mod evolve;
mod header;
mod history;
mod invitations;
mod later;
mod limits;
mod member_row;
mod members;
mod moment;
mod organization;
mod personal;
mod profile;
mod role_table;
mod roll;
mod teams;
mod timeline;
mod tokens;
mod views;

#[cfg(test)]
mod tests;

pub use access::Resting;
pub use api_keys::{ApiKeyRow, ApiKeyStatus};
pub use audit::{AuditRow, Concern};
pub use auditors::{AuditorRow, AuditorStatus};
pub use custom_roles::RoleRow;
pub use deployment::Deployment;
pub use diff::{Diff, MemberChange, TeamChange, TeamHeader, TeamMemberChange};
pub use header::Header;
pub use history::{About, HistoryFilter};
pub use invitations::{InvitationRow, InvitationStatus};
pub use limits::{LimitsRow, limits_in_words};
pub use member_row::{Leaving, MemberRow, MemberStatus, Membership, Via};
pub use moment::{AsOf, AsOfError, Moment, Place};
pub use organization::OrganizationView;
pub use personal::PersonalValue;
pub use profile::Profile;
pub use roll::Roll;
pub use teams::{TeamMemberRow, TeamRow};
pub use timeline::Timeline;
pub use tokens::{TokenRow, TokenStatus};
pub use views::Views;

use crate::words::OrganizationId;
use thiserror::Error;

/// Why an entry does not follow from the entries before it. The law records no such entry: it comes
/// from a damaged or forged log. What refused it is to be thrown away.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum ApplyError {
    /// Its place, its seq or its time goes back or leaves a gap.
    #[error(
        "entry {seq}: org_seq {org_seq} does not follow, organization {organization} has {size} entries; \
         or its seq or time lies before theirs"
    )]
    OutOfOrder {
        /// The entry.
        seq: u64,
        /// The place it claims.
        org_seq: u64,
        /// Where it claims it.
        organization: OrganizationId,
        /// How many entries are there.
        size: u64,
    },
    /// The organization has not been created.
    #[error("entry {seq}: {event} in organization {organization}, which has not been created")]
    NotCreated {
        /// The entry.
        seq: u64,
        /// Its type.
        event: &'static str,
        /// The organization.
        organization: OrganizationId,
    },
    /// It concerns something that is not there, or makes something that is.
    #[error("entry {seq}: {event}: {misfit}")]
    Misfit {
        /// The entry.
        seq: u64,
        /// Its type.
        event: &'static str,
        /// What does not fit.
        misfit: Misfit,
    },
}

/// What an event names and cannot concern at its place.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum Misfit {
    /// It is not there, or it has ended.
    #[error("there is no {what} {name}")]
    Absent {
        /// What kind of thing.
        what: &'static str,
        /// Its id or name.
        name: String,
    },
    /// It is there already.
    #[error("there is a {what} {name} already")]
    Present {
        /// What kind of thing.
        what: &'static str,
        /// Its id or name.
        name: String,
    },
    /// It belongs into another chain: an organization's, or the deployment's own.
    #[error("it has no place in this chain")]
    Elsewhere,
    /// What the event says was there before is not what was.
    #[error("it says {said} where {held} was held")]
    Before {
        /// What the event says.
        said: String,
        /// What was there.
        held: String,
    },
}

impl Misfit {
    fn absent(what: &'static str, name: impl ToString) -> Self {
        Self::Absent { what, name: name.to_string() }
    }

    /// Holds an event to what it says was there before it.
    fn unless_before<T: PartialEq>(
        said: &T,
        held: &T,
        tell: impl Fn(&T) -> String,
    ) -> Result<(), Self> {
        if said == held {
            return Ok(());
        }
        Err(Self::Before { said: tell(said), held: tell(held) })
    }

    fn present(what: &'static str, name: impl ToString) -> Self {
        Self::Present { what, name: name.to_string() }
    }
}
