//! Every setting there is: what it is called, what it takes, and what it is for.
//!
//! Flag, variable, key in the file, the page `docs/SETTINGS.md` and `serve --help` come from here.

/// One setting.
#[derive(Debug, Clone, Copy)]
pub struct Setting {
    /// Its key in the file, with the tables it stands in.
    pub key: &'static str,
    /// What stands behind its flag in a help text.
    pub form: &'static str,
    /// What is accepted, with its unit.
    pub accepts: &'static str,
    /// What holds where nobody gives it.
    pub default: Option<&'static str>,
    /// What it is for.
    pub doc: &'static str,
}

impl Setting {
    /// Its flag, without the dashes before it.
    pub fn flag(&self) -> String {
        self.key.replace(['.', '_'], "-")
    }

    /// Its environment variable.
    pub fn variable(&self) -> String {
        format!("{PREFIX}{}", self.key.replace('.', "_").to_ascii_uppercase())
    }
}

/// Begins every environment variable of ours.
pub const PREFIX: &str = "ROLLBOOK_";

/// Variables of tests and benches begin with one of these; a server that is started by one of them
/// inherits theirs.
pub const OF_TESTS: [&str; 10] = [
    "ROLLBOOK_BENCH_",
    "ROLLBOOK_CAMPAIGN",
    "ROLLBOOK_DISK_",
    "ROLLBOOK_KILL",
    "ROLLBOOK_LOAD_",
    "ROLLBOOK_RACES_",
    "ROLLBOOK_SIMULATION_",
    "ROLLBOOK_STORE_",
    "ROLLBOOK_TEST_",
    "ROLLBOOK_VERIFY",
];

/// Declares settings, and the list of them in the order of the page.
macro_rules! settings {
    ($list:ident: $($name:ident = $key:literal $form:literal
        accepts $accepts:literal
        default $default:expr;
        $doc:literal)+) => {
        $(pub(super) const $name: Setting =
            Setting { key: $key, form: $form, accepts: $accepts, default: $default, doc: $doc };)+

        /// Every one of them, in the order of the page.
        pub const $list: &[Setting] = &[$($name),+];
    };
}

/// The file itself; it cannot name another one.
pub const CONFIG: Setting = Setting {
    key: "config",
    form: "FILE",
    accepts: "the path of a TOML file",
    default: None,
    doc: "The file that settings are read from.",
};

settings! { ALL:
DATA = "data" "DIR"
    accepts "the path of a directory" default Some("./data");
    "The data directory; the first start makes it."
GUARD = "guard" "FILE"
    accepts "the path of a file outside the data directory" default None;
    "What was signed last, so that an old copy of the data refuses to start. Made where it is missing; in no backup. Without it no checkpoints are signed."
WITNESSES = "witnesses" "FILE"
    accepts "the path of a C2SP tlog-policy file whose quorum is filled by at most 14 witnesses that have a URL" default None;
    "Whoever is asked to sign each checkpoint, and how many are needed. Log lines in it are not looked at. Read at the start. Without it nobody is asked."
WITNESSES_REQUIRED = "witnesses_required" "WHETHER"
    accepts "yes or no" default Some("no");
    "With yes nothing leaves under a checkpoint that does not fill the quorum: no checkpoint, proof or bundle. Commands are recorded all the same."
TIMESTAMPS = "timestamps" "URL"
    accepts "http:// or https://, a host, and a port and a path where needed" default None;
    "The authority (RFC 3161) that says when a checkpoint was there: asked every ten minutes while the ledger grows, and for each bundle. Without it nobody is asked."
KEYRING_PASSPHRASE_FILE = "keyring.passphrase_file" "FILE"
    accepts "the path of a file whose first line is the passphrase" default None;
    "What opens a keyring that a passphrase protects. Other verbs read the variable, too."
KEYRING_COMMAND = "keyring.command" "PROGRAM"
    accepts "the path of a program that wraps and unwraps a key" default None;
    "What opens a keyring that a command protects, in place of the passphrase. Other verbs read the variable, too."
LISTEN = "listen" "ADDR"
    accepts "an address and a port, such as 127.0.0.1:8080" default Some("127.0.0.1:8080");
    "Where to listen. Beyond this machine, set the TLS files or put a proxy before it."
PUBLIC_URL = "public_url" "URL"
    accepts "http://HOST:PORT or https://HOST, without a path" default None;
    "How people reach it: links begin with it, and https:// makes cookies Secure. Without it: the address it listens on."
TLS_CERTIFICATE_FILE = "tls.certificate_file" "FILE"
    accepts "the path of a PEM file with the certificate and what leads to its root" default None;
    "The certificate to speak HTTPS with; goes with the key. Read at the start."
TLS_KEY_FILE = "tls.key_file" "FILE"
    accepts "the path of a PEM file with the certificate's private key" default None;
    "The private key of the certificate. Read at the start."
TRUSTED_PROXIES = "trusted_proxies" "CIDR,…"
    accepts "networks such as 10.0.0.0/8 or ::1/128, with commas between them" default Some("");
    "From these peers Forwarded and X-Forwarded-For, -Proto are believed. Each must replace or extend what its clients send."
SIGN_UP = "sign_up" "WHO"
    accepts "open, invited or nobody" default Some("invited");
    "Who may make an account: everybody, whoever has an invitation, or nobody."
CREATE_ORGANIZATIONS = "create_organizations" "WHO"
    accepts "operator or users" default Some("operator");
    "Who may create organizations: the operator alone, or every user too."
SESSION_LIFETIME = "session_lifetime" "DURATION"
    accepts "a duration from 1m to 365d: a number and s, m, h or d" default Some("7d");
    "How long somebody stays signed in."
INVITATION_VALIDITY = "invitation_validity" "DURATION"
    accepts "a duration from 1m to 365d: a number and s, m, h or d" default Some("7d");
    "How long an invitation can be accepted, where it does not say so itself."
SMTP_HOST = "smtp.host" "HOST"
    accepts "a host name or an IP address" default None;
    "The mail server. Without it no mail is sent."
SMTP_PORT = "smtp.port" "PORT"
    accepts "a number from 1 to 65535" default None;
    "Its port. Without it 465 for tls, 587 for starttls, 25 for none."
SMTP_SECURITY = "smtp.security" "HOW"
    accepts "tls, starttls or none" default Some("tls");
    "How mail is kept from being read on the way to it. With none no password is sent beyond this machine."
SMTP_USER_NAME = "smtp.user_name" "NAME"
    accepts "a name of 1 to 255 characters" default None;
    "As whom to log in there; goes with the password."
SMTP_PASSWORD_FILE = "smtp.password_file" "FILE"
    accepts "the path of a file whose first line is the password" default None;
    "Where the password stands. It is no value itself: arguments and variables can be read by others."
SMTP_FROM = "smtp.from" "EMAIL"
    accepts "an e-mail address" default None;
    "Whom mail comes from; needed to send any."
LOG_LEVEL = "log.level" "LEVEL"
    accepts "error, warn, info or debug" default Some("info");
    "How much is logged; requests are told at info."
LOG_FORM = "log.form" "FORM"
    accepts "text or json" default Some("text");
    "How a line of the log is written."
LIMITS_CONNECTIONS = "limits.connections" "COUNT"
    accepts "a number from 1 to 65536" default Some("512");
    "The most connections at a time. Each takes a file descriptor, and the ledger's own files need some too."
LIMITS_HEAD = "limits.head" "DURATION"
    accepts "a duration from 1s to 10m: a number and s, m, h or d" default Some("30s");
    "How long a TLS handshake or a request's head may take to arrive, and how long a connection may idle."
LIMITS_REQUEST = "limits.request" "DURATION"
    accepts "a duration from 1s to 10m: a number and s, m, h or d" default Some("30s");
    "The longest that a request may take, until its answer begins."
LIMITS_GRACE = "limits.grace" "DURATION"
    accepts "a duration from 1s to 10m: a number and s, m, h or d" default Some("10s");
    "How long requests that are under way may take to end when the server stops."
LIMITS_EXPORTS = "limits.exports" "COUNT"
    accepts "a number from 1 to 64" default Some("4");
    "The most exports at a time."
LIMITS_STREAMS = "limits.streams" "COUNT"
    accepts "a number from 1 to 65536" default Some("128");
    "The most who follow a history at a time; each keeps a connection."
}

settings! { OIDC:
OIDC_ORGANIZATION = "sign_in.oidc.organization" "SLUG"
    accepts "an organization's slug" default None;
    "Whose members may sign in there."
OIDC_ISSUER = "sign_in.oidc.issuer" "URL"
    accepts "an https:// URL, or an http:// one of this machine" default None;
    "The provider, as its tokens name it."
OIDC_CLIENT_ID = "sign_in.oidc.client_id" "ID"
    accepts "a text of 1 to 255 characters" default None;
    "What Rollbook is called there."
OIDC_CLIENT_SECRET_FILE = "sign_in.oidc.client_secret_file" "FILE"
    accepts "the path of a file whose first line is the secret" default None;
    "Where Rollbook's secret for it stands; a public client has none."
}
