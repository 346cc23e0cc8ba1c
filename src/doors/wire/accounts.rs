//! What people say of themselves, and what they are told: signing up and in, their account, links.

mod told;

pub(in crate::doors) use told::*;

pub(in crate::doors) use super::Typed;
use super::{Given, OneTimeToken};
use crate::words::{Email, InvitationId, Name, OrganizationId, Reason, Username};
use serde::Deserialize;

macro_rules! said {
    ($(
        $(#[$meta:meta])*
        $name:ident { $($(#[$field_meta:meta])* $field:ident: $kind:ty,)* }
    )+) => {$(
        $(#[$meta])*
        #[derive(Debug, Clone, Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub(in crate::doors) struct $name {
            $($(#[$field_meta])* pub(in crate::doors) $field: $kind,)*
        }
    )+};
}

said! {
    /// Somebody wants an account.
    SigningUp {
        /// The address.
        email: Given<Email>,
        /// What they are called.
        name: Option<Given<Name>>,
        /// Their login name.
        username: Option<Given<Username>>,
        /// The password: 8 to 128 characters, and none of the common ones.
        password: Typed,
    }
    /// Somebody comes in, by an address or a login name.
    SigningIn {
        /// An e-mail address or a login name.
        login: String,
        /// Their password.
        password: Typed,
    }
    /// The second step: either of the two codes.
    SecondStep {
        /// What the first step answered.
        ticket: OneTimeToken,
        /// What their device shows.
        code: Option<Typed>,
        /// One of the codes for when the device is lost; it works once.
        recovery_code: Option<Typed>,
    }
    /// What is absent stays.
    ChangedPerson {
        /// What they are called.
        name: Option<Given<Name>>,
        /// Their login name.
        username: Option<Given<Username>>,
        /// Why, in the words of whoever wishes it.
        reason: Option<Given<Reason>>,
    }
    /// Another password.
    ChangedPassword {
        /// The password until now.
        current: Typed,
        /// The new password: 8 to 128 characters.
        new: Typed,
        /// Why, in the words of whoever wishes it.
        reason: Option<Given<Reason>>,
    }
    /// Another address.
    ChangedEmail {
        /// The address.
        email: Given<Email>,
        /// Their password.
        password: Typed,
    }
    /// What a link to an address says; name and password where an account begins by it.
    Verifying {
        /// The token behind the link.
        token: OneTimeToken,
        /// What they are called.
        name: Option<Given<Name>>,
        /// The password of the account that begins: 8 to 128 characters.
        password: Option<Typed>,
    }
    /// Somebody forgot a password.
    Forgotten {
        /// The address.
        email: Given<Email>,
    }
    /// What a link to a new password says.
    Resetting {
        /// The token behind the link.
        token: OneTimeToken,
        /// The new password: 8 to 128 characters.
        password: Typed,
    }
    /// Whoever changes how they come in says their password once more.
    Confirmed {
        /// Their password.
        password: Typed,
    }
    /// Other recovery codes are to take the place of those that are left.
    RenewedCodes {
        /// Their password.
        password: Typed,
        /// Why, in the words of whoever wishes it.
        reason: Option<Given<Reason>>,
    }
    /// Their password, and a code.
    ConfirmedBoth {
        /// Their password.
        password: Typed,
        /// What their device shows.
        code: Typed,
        /// Why, in the words of whoever wishes it.
        reason: Option<Given<Reason>>,
    }
    /// A code of the device that is being set up.
    Code {
        /// What their device shows.
        code: Typed,
        /// Why, in the words of whoever wishes it.
        reason: Option<Given<Reason>>,
    }
    /// Whoever has a link to an invitation.
    Looking {
        /// The organization that the link names.
        organization_id: OrganizationId,
        /// The invitation that the link names.
        invitation_id: InvitationId,
        /// The token behind the link.
        token: OneTimeToken,
    }
}
