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
        #[derive(Debug, Clone, Serialize, schemars::JsonSchema)]
        pub(in crate::doors) struct $name {
            $($(#[$field_meta])* pub(in crate::doors) $field: $kind,)*
        }
    )+};
}

told! {
    /// Whatever somebody asked for is under way, or there is nothing to do: the mail tells which.
    UnderWay {
        /// Says what the mail tells.
        mail: &'static str,
    }
    /// Done; there is nothing more to tell.
    Done {
        /// The last entry that the answer counts.
        as_of: LedgerMoment,
    }
    /// Somebody, as they see themselves.
    Person {
        /// The user.
        user_id: UserId,
        /// The e-mail address.
        #[serde(skip_serializing_if = "Option::is_none")]
        email: Option<Arc<str>>,
        /// What they, or it, are called.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Arc<str>>,
        /// The login name.
        #[serde(skip_serializing_if = "Option::is_none")]
        username: Option<Arc<str>>,
        /// The address is proven to be theirs.
        is_verified: bool,
    }
    /// Somebody is signed in: the cookie says it from here on.
    SignedIn {
        /// Who they are.
        user: Person,
    }
    /// The password was right; the code is still to come.
    HalfWay {
        /// What to give back with the code.
        second_factor: Ticket,
    }
    /// What stands between the two steps of signing in.
    Ticket {
        /// What the second step is begun with.
        ticket: OneTimeToken,
        /// From this moment on it does not hold.
        expires_at: Timestamp,
    }
    /// Somebody, and where they belong.
    Me {
        /// The last entry that the answer counts.
        as_of: LedgerMoment,
        /// Who they are.
        user: Person,
        /// They can sign in by a password.
        has_password: bool,
        /// A second factor is on.
        has_second_factor: bool,
        /// The settings let them begin organizations.
        may_create_organizations: bool,
        /// Where they belong.
        organizations: Vec<Belonging>,
        /// What they may read without belonging to it.
        auditor_of: Vec<Auditing>,
    }
    /// A membership, as its member sees it.
    Belonging {
        /// The organization.
        organization: Named,
        /// Their membership.
        member_id: MemberId,
        /// What they hold, or will.
        roles: Roles,
        /// They can do nothing there until reactivated.
        is_suspended: bool,
        /// Nothing can be done there without a second factor.
        needs_second_factor: bool,
    }
    /// An organization that somebody may read.
    Auditing {
        /// The organization.
        organization: Named,
        /// From this moment on it does not hold; absent: until it is withdrawn.
        #[serde(skip_serializing_if = "Option::is_none")]
        expires_at: Option<Timestamp>,
    }
    /// An organization, as it is called.
    Named {
        /// Its identifier.
        organization_id: OrganizationId,
        /// What they, or it, are called.
        #[serde(skip_serializing_if = "Option::is_none")]
        name: Option<Arc<str>>,
        /// Its part of an address.
        #[serde(skip_serializing_if = "Option::is_none")]
        slug: Option<Arc<str>>,
    }
    /// Invitations of an address.
    MyInvitations {
        /// The last entry that the answer counts.
        as_of: LedgerMoment,
        /// The invitations that they can answer.
        invitations: Vec<Invited>,
    }
    /// An invitation, as whoever is invited sees it.
    Invited {
        /// The organization.
        organization: Named,
        /// The invitation.
        invitation_id: InvitationId,
        /// Who invited them, as they are called.
        #[serde(skip_serializing_if = "Option::is_none")]
        inviter: Option<Arc<str>>,
        /// What they hold, or will.
        roles: Roles,
        /// From this moment on it does not hold.
        expires_at: Timestamp,
    }
    /// What a link to an invitation leads to.
    Looked {
        /// The invitation.
        #[serde(flatten)]
        invited: Invited,
        /// The e-mail address.
        #[serde(skip_serializing_if = "Option::is_none")]
        email: Option<Arc<str>>,
        /// What had become of it.
        status: InvitationStatus,
        /// Who has the address that was invited.
        account: AccountThere,
    }
    /// Somebody's sessions.
    MySessions {
        /// The sessions that hold.
        sessions: Vec<SessionRow>,
    }
    /// A session.
    SessionRow {
        /// Names the session; nobody comes in by it.
        session_id: Uuid,
        /// When it began.
        created_at: Timestamp,
        /// When somebody last came in by it.
        last_used_at: Timestamp,
        /// From this moment on it does not hold.
        expires_at: Timestamp,
        /// The request came in by it.
        is_current: bool,
    }
    /// Tokens.
    HeldTokens {
        /// The last entry that the answer counts.
        as_of: LedgerMoment,
        /// The tokens that hold.
        tokens: Vec<HeldToken>,
    }
    /// A token. Of the token itself there is nothing here.
    HeldToken {
        /// The token.
        token_id: TokenId,
        /// What it is called.
        name: Name,
        /// What it may be used for.
        scopes: Vec<Scope>,
        /// From this moment on it does not hold.
        expires_at: Timestamp,
    }
    /// A token, told once.
    IssuedToken {
        /// The last entry that the answer counts.
        as_of: LedgerMoment,
        /// The token.
        token_id: TokenId,
        /// The token itself, told once: absent where the same request comes again.
        #[serde(skip_serializing_if = "Option::is_none")]
        token: Option<OneTimeToken>,
        /// What it is called.
        name: Name,
        /// What it may be used for.
        scopes: Vec<Scope>,
        /// From this moment on it does not hold.
        expires_at: Timestamp,
        /// What the first answer told and this one does not.
        #[serde(skip_serializing_if = "Vec::is_empty")]
        omitted: Vec<&'static str>,
    }
    /// A one-time link, told once.
    ToldLink {
        /// The link.
        link: OneTimeToken,
        /// From this moment on it does not hold.
        expires_at: Timestamp,
    }
    /// What a device and the server are to share; told once.
    Setup {
        /// The secret, in base32.
        secret: OneTimeToken,
        /// The same as an otpauth URI, for a QR code.
        uri: OneTimeToken,
        /// From this moment on it does not hold.
        expires_at: Timestamp,
    }
    /// Codes for when the device is lost; told once.
    RecoveryCodes {
        /// The last entry that the answer counts.
        as_of: LedgerMoment,
        /// Each works once.
        recovery_codes: Vec<OneTimeToken>,
    }
}

/// Who has the address that was invited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub(in crate::doors) enum AccountThere {
    /// Nobody: whoever accepts makes an account.
    None,
    /// Somebody who signs in first.
    SignsIn,
    /// Somebody without a password, who chooses one by the link.
    NoPassword,
}
