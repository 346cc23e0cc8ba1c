//! The settings of a server: flags before environment before file before defaults.
//!
//! `declared` says what there is, `given` what somebody gave, `read` makes values of it. A wrong
//! setting or one that does not exist stops the start; nothing is passed over.

mod declared;
mod file;
mod forms;
mod given;
mod read;
mod secret;

pub use declared::{ALL, CONFIG, OF_TESTS, OIDC, PREFIX, Setting};
pub use given::{Given, GivenBy, refuse_unknown};
pub use secret::Secret;

use super::client::SubmissionUrl;
use super::server::limits::Limits;
use super::server::tls::Tls;
use super::unlock;
use crate::ground::keyring::Unlock;
use crate::proof::Policy;
use crate::words::{Email, Slug};
use ipnet::IpNet;
use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;
use thiserror::Error;

/// What a server runs with.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The data directory.
    pub data: PathBuf,
    /// What was signed last. Without it nothing is signed.
    pub guard: Option<PathBuf>,
    /// Who else signs checkpoints.
    pub witnesses: Option<Witnessed>,
    /// Who says when checkpoints were there.
    pub timestamps: Option<SubmissionUrl>,
    /// What opens the keyring, where it is protected.
    pub unlock: KeyringUnlock,
    /// Where it listens.
    pub listen: SocketAddr,
    /// How people reach it, where somebody said so; see [`Settings::url_at`].
    pub public_url: Option<PublicUrl>,
    /// What it speaks HTTPS with.
    pub tls: Option<Tls>,
    /// Whose word about a client's address and scheme is believed.
    pub trusted_proxies: Vec<IpNet>,
    /// Who may make an account.
    pub sign_up: SignUp,
    /// Who may create organizations.
    pub create_organizations: Creators,
    /// How long somebody stays signed in.
    pub session_lifetime: Duration,
    /// How long an invitation can be accepted that does not say so itself.
    pub invitation_validity: Duration,
    /// Where mail is handed in. Without it none is sent.
    pub smtp: Option<Smtp>,
    /// Where members of an organization may sign in.
    pub oidc: Vec<Oidc>,
    /// What is logged, and how.
    pub log: Log,
    /// What bounds the server.
    pub limits: Limits,
}

/// How people reach the server.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PublicUrl(String);

impl PublicUrl {
    /// The URL, without a slash at its end.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether browsers reach it by HTTPS: then cookies are Secure.
    pub fn is_secure(&self) -> bool {
        self.0.starts_with("https://")
    }
}

/// What opens a protected keyring: at most one of both.
#[derive(Debug, Clone, Default)]
pub struct KeyringUnlock {
    /// The passphrase.
    pub passphrase: Option<Secret>,
    /// A program that wraps and unwraps a key.
    pub command: Option<PathBuf>,
}

impl KeyringUnlock {
    /// The same, to be used.
    pub(in crate::doors) fn ready(&self) -> Unlock {
        let passphrase = self.passphrase.as_ref();
        let passphrase = passphrase.map(|secret| unlock::by_passphrase(secret.reveal()));
        passphrase.or_else(|| self.command.clone().map(unlock::by_command))
    }
}

/// Who else signs checkpoints, and what it means.
#[derive(Debug, Clone)]
pub struct Witnessed {
    /// Who they are, and how many are needed.
    pub policy: Policy,
    /// Whether nothing leaves that they did not sign.
    pub is_required: bool,
}

/// Who may make an account.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SignUp {
    /// Everybody.
    Open,
    /// Whoever has an invitation.
    Invited,
    /// Nobody.
    Nobody,
}

/// Who may create organizations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Creators {
    /// The operator alone.
    Operator,
    /// Every user too.
    Users,
}

/// A mail server, and who comes to it.
#[derive(Debug, Clone)]
pub struct Smtp {
    /// Its name or address.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// How mail is kept from being read on the way.
    pub security: Security,
    /// As whom to log in, and the password.
    pub login: Option<(String, Secret)>,
    /// Whom mail comes from.
    pub from: Email,
}

/// How a connection to a mail server is kept from being read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Security {
    /// TLS from the first byte.
    Tls,
    /// TLS before anything else is said; without it nothing is sent.
    Starttls,
    /// It is not.
    None,
}

/// An OpenID provider of one organization.
#[derive(Debug, Clone)]
pub struct Oidc {
    /// The organization.
    pub organization: Slug,
    /// The provider, as its tokens name it.
    pub issuer: String,
    /// What Rollbook is called there.
    pub client_id: String,
    /// Rollbook's secret for it.
    pub client_secret: Option<Secret>,
}

/// What is logged, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Log {
    /// How much.
    pub level: LogLevel,
    /// How a line is written.
    pub form: LogForm,
}

/// How much is logged; each tells what those before it tell too.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogLevel {
    /// What failed.
    Error,
    /// What somebody should look at.
    Warn,
    /// Requests, starting, stopping, repairs.
    Info,
    /// What helps to find a fault.
    Debug,
}

/// How a line of the log is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LogForm {
    /// For people.
    Text,
    /// For machines: one object a line.
    Json,
}

impl Settings {
    /// The URL that links begin with, where nobody named one: the address that is listened at.
    pub fn url_at(&self, address: SocketAddr) -> PublicUrl {
        let scheme = if self.tls.is_some() { "https" } else { "http" };
        PublicUrl(format!("{scheme}://{address}"))
    }
}

/// What nobody changed.
impl Default for Settings {
    fn default() -> Self {
        Self::read(&Given::default()).expect("every default is one that is accepted")
    }
}

/// Why settings cannot be used. The value itself is never told: it may be a secret that stands in
/// the wrong place.
#[derive(Debug, Error)]
pub enum SettingsError {
    /// A value does not fit its setting.
    #[error("{key} ({by}): expected {accepts}")]
    Wrong {
        /// The setting.
        key: &'static str,
        /// By what it was given.
        by: GivenBy,
        /// What is accepted.
        accepts: &'static str,
    },
    /// A value fits, and what it names cannot be used.
    #[error("{key} ({by}): {what}")]
    Unusable {
        /// The setting.
        key: &'static str,
        /// By what it was given.
        by: GivenBy,
        /// What is wrong with it.
        what: String,
    },
    /// A variable that begins as ours do and is none.
    #[error(
        "variable {variable}: there is no such setting; serve --help names all, with their variables"
    )]
    UnknownVariable {
        /// The variable.
        variable: String,
    },
    /// A key that does not exist.
    #[error(
        "{path}, line {line}: there is no setting {key:?}; docs/SETTINGS.md names all, with their keys"
    )]
    UnknownKey {
        /// The file.
        path: PathBuf,
        /// Counted from one.
        line: usize,
        /// The key, with the tables it stands in.
        key: String,
    },
    /// The file is no TOML.
    #[error("{path}, line {line}: {what}")]
    Form {
        /// The file.
        path: PathBuf,
        /// Counted from one.
        line: usize,
        /// What is wrong.
        what: String,
    },
    /// The file cannot be read.
    #[error("config: {path}: {error}")]
    File {
        /// The file.
        path: PathBuf,
        /// What failed.
        error: io::Error,
    },
}
