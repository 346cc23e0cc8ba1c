//! Why somebody does not come in by a provider.

use thiserror::Error;

/// Why somebody does not come in by a provider. What it says is for the operator's log: it names
/// nobody, and nothing that a token or an answer holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Fault {
    /// Nothing is set for the organization, or it is not there.
    #[error("no provider is set for the organization, or there is no such organization")]
    NoProvider,
    /// The state is unknown, has expired, was used, or another browser set out with it.
    #[error("the state was used, has expired, or belongs to another browser")]
    StateEnded,
    /// What the browser brought back cannot be read, or another provider sent it.
    #[error("what came back with the browser is no answer of the provider that was asked")]
    WrongReturn,
    /// The person, or the provider for them, said no.
    #[error("the provider says that access was denied")]
    AccessDenied,
    /// The provider says another error.
    #[error("the provider answered the browser with an error")]
    ProviderRefused,
    /// It does not answer, or not in the bounds.
    #[error("the provider could not be reached, or did not answer with 200 in 7 s and 1 MiB")]
    Unreachable,
    /// Its description does not fit.
    #[error(
        "the provider's description cannot be used: its issuer must be the one that is set, and \
         its endpoints https:// URLs"
    )]
    Document,
    /// The provider takes none of the ways in which Rollbook says who it is.
    #[error("the provider takes none of client_secret_basic, client_secret_post and none")]
    ClientLogin,
    /// Its keys cannot be read.
    #[error("the provider's keys cannot be read")]
    Keys,
    /// It did not give a token for the code.
    #[error(
        "the provider gave no token for the code: it is used or expired, or client_id or \
             client_secret_file are wrong"
    )]
    CodeRefused,
    /// What it gave cannot be read.
    #[error("the provider's answer cannot be read")]
    Answer,
    /// The ID token is none.
    #[error("the ID token is not of the form of RFC 7519")]
    TokenForm,
    /// The ID token names an algorithm that is not taken, or none.
    #[error("the ID token is signed by none of RS256, ES256 and EdDSA")]
    Algorithm,
    /// The ID token names a key that the provider does not show.
    #[error("the ID token is signed by a key that the provider does not show")]
    UnknownKey,
    /// The signature does not hold.
    #[error("the ID token's signature does not hold")]
    Signature,
    /// The ID token is another provider's.
    #[error("the ID token names another issuer")]
    Issuer,
    /// The ID token is for somebody else.
    #[error("the ID token is for another client")]
    Audience,
    /// The ID token is too old, or from later than now.
    #[error("the ID token has expired, or is from later than now: compare the clocks")]
    Expired,
    /// The ID token answers another request.
    #[error("the ID token has another nonce")]
    Nonce,
    /// There is no address.
    #[error("the provider names no e-mail address: it has to give the claims of the scope email")]
    EmailMissing,
    /// The provider does not say that the address is theirs.
    #[error("the provider does not say of the address that it is verified")]
    EmailUnverified,
    /// The organization has nothing to do with them.
    #[error("the organization has no such member and no such invitation")]
    NotKnown,
    /// They are invited, and belong elsewhere.
    #[error("whoever was invited belongs to another organization: they sign in as they do there")]
    BelongsElsewhere,
    /// Their account has a password, and never proved the address.
    #[error("the member's account has a password and an address that was never proven")]
    AccountUnproven,
}

impl Fault {
    /// What the page behind the link is told. Stable.
    pub const fn code(self) -> &'static str {
        match self {
            Self::NoProvider => "unknown_provider",
            Self::StateEnded => "sign_in_ended",
            Self::WrongReturn | Self::ProviderRefused => "provider_refused",
            Self::AccessDenied => "access_denied",
            Self::Unreachable | Self::Document | Self::ClientLogin | Self::Keys | Self::Answer => {
                "provider_unavailable"
            }
            Self::CodeRefused => "code_refused",
            Self::TokenForm
            | Self::Algorithm
            | Self::UnknownKey
            | Self::Signature
            | Self::Issuer
            | Self::Audience
            | Self::Expired
            | Self::Nonce => "token_refused",
            Self::EmailMissing | Self::EmailUnverified => "email_not_verified",
            Self::NotKnown => "not_a_member",
            Self::BelongsElsewhere => "sign_in_needed",
            Self::AccountUnproven => "address_unproven",
        }
    }
}
