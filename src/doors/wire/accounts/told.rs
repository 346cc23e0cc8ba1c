//! What is told to people about themselves.

use crate::doors::wire::{LedgerMoment, OneTimeToken};
use crate::facts::Roles;
use crate::facts::event::Scope;
use crate::projections::InvitationStatus;
use crate::words::{InvitationId, MemberId, Name, OrganizationId, Timestamp, TokenId, UserId};
use serde::Serialize;
use std::sync::Arc;
use uuid::Uuid;

macro_rules! told {
    ($(
        $(#[$meta:meta])*
        $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }
    )+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Serialize)]
        pub(in crate::doors) struct $name {
            $($(#[$field_meta])* pub(in crate::doors) $field: $kind,)*
        }
    )+};
}

told! {
    /// Whatever somebody asked for is under way, or there is nothing to do: the mail tells which.
    UnderWay {
        mail: &'static str,
    }
    /// Done; there is nothing more to tell.
    Done {
        as_of: LedgerMoment,
    }
    /// Somebody, as they see themselves.
    Person {
        user_id: UserId,
        #[serde(skip_serializing_if = "Option::is_none")]
        email: Option<Arc<str>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Arc<str>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        username: Option<Arc<str>>,
        /// The address is proven to be theirs.
        is_verified: bool,
    }
    /// Somebody is signed in: the cookie says it from here on.
    SignedIn {
        user: Person,
    }
    /// The password was right; the code is still to come.
    HalfWay {
        second_factor: Ticket,
    }
    Ticket {
        ticket: OneTimeToken,
        expires_at: Timestamp,
    }
    Me {
        as_of: LedgerMoment,
        user: Person,
        has_password: bool,
        has_second_factor: bool,
        may_create_organizations: bool,
        organizations: Vec<Belonging>,
        auditor_of: Vec<Auditing>,
    }
    Belonging {
        organization: Named,
        member_id: MemberId,
        roles: Roles,
        is_suspended: bool,
        /// Nothing can be done there without a second factor.
        needs_second_factor: bool,
    }
    Auditing {
        organization: Named,
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<Timestamp>,
    }
    Named {
        organization_id: OrganizationId,
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Arc<str>>,
        #[serde(skip_serializing_if = "Option::is_none")]
        slug: Option<Arc<str>>,
    }
    MyInvitations {
        as_of: LedgerMoment,
        invitations: Vec<Invited>,
    }
    Invited {
        organization: Named,
        invitation_id: InvitationId,
        #[serde(skip_serializing_if = "Option::is_none")]
        inviter: Option<Arc<str>>,
        roles: Roles,
        expires_at: Timestamp,
    }
    /// What a link to an invitation leads to.
    Looked {
        #[serde(flatten)]
        invited: Invited,
        #[serde(skip_serializing_if = "Option::is_none")]
        email: Option<Arc<str>>,
        status: InvitationStatus,
        account: AccountThere,
    }
    MySessions {
        sessions: Vec<SessionRow>,
    }
    SessionRow {
        /// Names the session; nobody comes in by it.
        session_id: Uuid,
        created_at: Timestamp,
        last_used_at: Timestamp,
        expires_at: Timestamp,
        is_current: bool,
    }
    HeldTokens {
        as_of: LedgerMoment,
        tokens: Vec<HeldToken>,
    }
    HeldToken {
        token_id: TokenId,
        name: Name,
        scopes: Vec<Scope>,
        expires_at: Timestamp,
    }
    /// A token, told once.
    IssuedToken {
        as_of: LedgerMoment,
        token_id: TokenId,
        /// Told once: absent where the same request comes again.
        #[serde(skip_serializing_if = "Option::is_none")]
        token: Option<OneTimeToken>,
        name: Name,
        scopes: Vec<Scope>,
        expires_at: Timestamp,
        /// What the first answer told and this one does not.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        omitted: Vec<&'static str>,
    }
    /// A one-time link, told once.
    ToldLink {
        link: OneTimeToken,
        expires_at: Timestamp,
    }
    /// What a device and the server are to share; told once.
    Setup {
        secret: OneTimeToken,
        uri: OneTimeToken,
        expires_at: Timestamp,
    }
    /// Codes for when the device is lost; told once.
    RecoveryCodes {
        as_of: LedgerMoment,
        recovery_codes: Vec<OneTimeToken>,
    }
}

/// Who has the address that was invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(in crate::doors) enum AccountThere {
    /// Nobody: whoever accepts makes an account.
    None,
    /// Somebody who signs in first.
    SignsIn,
    /// Somebody without a password, who chooses one by the link.
    NoPassword,
}
