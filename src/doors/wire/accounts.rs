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
        #[derive(Debug, Clone, Deserialize)]
        #[serde(deny_unknown_fields)]
        pub(in crate::doors) struct $name {
            $($(#[$field_meta])* pub(in crate::doors) $field: $kind,)*
        }
    )+};
}

said! {
    /// Somebody wants an account.
    SigningUp {
        email: Given<Email>,
        name: Option<Given<Name>>,
        username: Option<Given<Username>>,
        password: Typed,
    }
    /// Somebody comes in, by an address or a login name.
    SigningIn {
        login: String,
        password: Typed,
    }
    /// The second step: either of the two codes.
    SecondStep {
        ticket: OneTimeToken,
        code: Option<Typed>,
        recovery_code: Option<Typed>,
    }
    /// What is absent stays.
    ChangedPerson {
        name: Option<Given<Name>>,
        username: Option<Given<Username>>,
        /// Why, in the words of whoever wishes it.
        reason: Option<Given<Reason>>,
    }
    ChangedPassword {
        current: Typed,
        new: Typed,
    }
    ChangedEmail {
        email: Given<Email>,
        password: Typed,
    }
    /// What a link to an address says; name and password where an account begins by it.
    Verifying {
        token: OneTimeToken,
        name: Option<Given<Name>>,
        password: Option<Typed>,
    }
    Forgotten {
        email: Given<Email>,
    }
    Resetting {
        token: OneTimeToken,
        password: Typed,
    }
    /// Whoever changes how they come in says their password once more.
    Confirmed {
        password: Typed,
    }
    ConfirmedBoth {
        password: Typed,
        code: Typed,
    }
    Code {
        code: Typed,
    }
    /// Whoever has a link to an invitation.
    Looking {
        organization_id: OrganizationId,
        invitation_id: InvitationId,
        token: OneTimeToken,
    }
}
