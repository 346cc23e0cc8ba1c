//! Everything that can go wrong at the command line, with its code and its exit code.

use super::wording::count;
use crate::doors::client::ClientError;
use crate::doors::codes::{append_code, submit_code};
use crate::doors::moving::table::TableError;
use crate::doors::operator::TokenError;
#[cfg(feature = "server")]
use crate::doors::server::ServeError;
#[cfg(feature = "server")]
use crate::doors::settings::SettingsError;
use crate::doors::wire::Problem;
use crate::ground::backup::BackupError;
use crate::ground::directory::DirectoryError;
use crate::ground::embedded;
use crate::ground::log::LogError;
#[cfg(feature = "server")]
use crate::ground::passes::PassesError;
use crate::ground::witness::WitnessFileError;
use crate::house::OpenError;
use crate::house::bundle::ContainerError;
use crate::house::export::write::ExportError;
use crate::house::import::ImportError;
use crate::house::ledger::shown::ShowError;
use crate::house::moving::PastError;
use crate::house::publishing::PublishError;
use crate::house::restore::RestoreError;
use crate::house::timestamping::StampError;
use crate::house::verify::VerifyError;
use crate::house::witnessing::WitnessError;
use crate::law::Refusal;
use serde_json::json;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;
use thiserror::Error;

/// What the process answers with when it fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Exit {
    /// Standard output was closed by whoever read it: they have what they wanted.
    Done = 0,
    /// The law refuses, or something is not whole.
    No = 1,
    /// What was asked is wrong.
    Wrong = 2,
    /// The data directory or the machine cannot be used.
    Unusable = 3,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(exit as u8)
    }
}

#[derive(Debug, Error)]
pub(super) enum Failure {
    #[error("{}", first_paragraph(.0))]
    Usage(clap::Error),
    #[error("the operating system gives no random bytes: {0}")]
    Randomness(getrandom::Error),
    #[error("what opens the keyring cannot be used: {0}")]
    Unlock(io::Error),
    #[error("{path}: {error}")]
    File { path: PathBuf, error: io::Error },
    #[error("the answer could not be written: {0}")]
    Output(io::Error),
    #[error(transparent)]
    Open(#[from] OpenError),
    #[error(transparent)]
    Read(#[from] LogError),
    #[error(transparent)]
    Publish(#[from] PublishError),
    #[error(transparent)]
    Witness(#[from] WitnessError),
    #[error(transparent)]
    Stamp(#[from] StampError),
    #[error(transparent)]
    WitnessFile(#[from] WitnessFileError),
    #[error("nothing is signed without a guard: name the server's with --guard FILE")]
    NoGuard,
    #[error(transparent)]
    Show(#[from] ShowError),
    #[error(transparent)]
    Backup(#[from] BackupError),
    #[error(transparent)]
    Restore(#[from] RestoreError),
    #[error(transparent)]
    Problem(#[from] Problem),
    #[error(transparent)]
    Client(#[from] ClientError),
    #[error("--role: {0}")]
    Roles(String),
    #[error("{organization} has no {what} that is called {name:?}")]
    Unnamed { what: &'static str, code: &'static str, name: String, organization: String },
    #[error("{}", told(.0))]
    Import(#[from] ImportError),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("the file's name cannot name its source: {0}; name it with --source")]
    Source(String),
    #[error(transparent)]
    Past(#[from] PastError),
    #[error("{}", rows_refused(*.refused, *.recorded))]
    RowsRefused { refused: u64, recorded: bool },
    #[error(transparent)]
    Export(#[from] ExportError),
    #[error("the bundle: {0}")]
    Bundle(#[from] ContainerError),
    #[error(transparent)]
    Verify(#[from] VerifyError),
    #[error(
        "the data directory is not whole: {}{}; any other verb opens it and mends what one of the two \
         copies still holds",
        count(*.findings, "finding"),
        heads(*.heads_equal)
    )]
    NotWhole { findings: u64, heads_equal: bool },
    #[cfg(feature = "server")]
    #[error("nobody can listen on {address}: {error}")]
    Listen { address: std::net::SocketAddr, error: io::Error },
    #[error(transparent)]
    Token(#[from] TokenError),
    #[cfg(feature = "server")]
    #[error(transparent)]
    Serve(#[from] ServeError),
    #[cfg(feature = "server")]
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[cfg(feature = "server")]
    #[error(transparent)]
    Passes(#[from] PassesError),
}

/// A refused line by its place in the file; its seq is another number and is called so.
fn told(error: &ImportError) -> String {
    match error {
        ImportError::Refused { place, refusal: Refusal::Line { seq, because } } => {
            format!("{place} (seq {seq}): {because} ({})", because.code())
        }
        ImportError::Refused { .. } | ImportError::Source(_) | ImportError::Submit { .. } => {
            error.to_string()
        }
    }
}

fn rows_refused(refused: u64, recorded: bool) -> String {
    let refused = match refused {
        1 => "1 row was refused".to_owned(),
        refused => format!("{refused} rows were refused"),
    };
    format!(
        "{refused}; {}",
        if recorded { "the others are recorded" } else { "nothing is recorded" }
    )
}

fn heads(equal: bool) -> &'static str {
    if equal { "" } else { ", and journal and sled end at different heads" }
}

/// clap explains at length; a machine gets what was wrong, on one line.
fn first_paragraph(error: &clap::Error) -> String {
    let text = error.to_string();
    let text = text.strip_prefix("error: ").unwrap_or(&text);
    let lines = text.lines().take_while(|line| !line.is_empty()).map(str::trim);
    lines.collect::<Vec<_>>().join(" ")
}

impl Failure {
    /// The stable code.
    pub(super) fn code(&self) -> &str {
        match self {
            Self::Usage(_) | Self::Roles(_) | Self::Source(_) => "usage",
            Self::Randomness(_) => "no_randomness",
            Self::Unlock(_) => "keyring",
            Self::File { .. } => "file",
            Self::Output(_) => "output",
            Self::Open(error) => open_code(error),
            Self::Read(error) => log_code(error),
            Self::Publish(error) => publish_code(error),
            Self::NoGuard | Self::Witness(WitnessError::Off) => "guard",
            Self::Witness(_) => "witnesses",
            Self::Stamp(_) => "timestamps",
            Self::WitnessFile(_) => "witness",
            Self::Show(error) => show_code(error),
            Self::Backup(error) => backup_code(error),
            Self::Restore(error) => restore_code(error),
            Self::Problem(problem) | Self::Client(ClientError::Problem(problem)) => &problem.code,
            Self::Client(ClientError::TokenFile { .. }) => "file",
            Self::Client(ClientError::Randomness(_)) => "randomness",
            Self::Client(ClientError::Output(_)) => "output",
            Self::Client(ClientError::Unreachable { .. }) => "unreachable",
            Self::Client(ClientError::NotRollbook { .. }) => "not_rollbook",
            Self::Unnamed { code, .. } => code,
            Self::Import(error) => match error {
                ImportError::Source(_) => "wrong_line",
                ImportError::Refused { refusal, .. } => refusal.innermost().code(),
                ImportError::Submit { error, .. } => submit_code(error),
            },
            Self::Table(error) => match error {
                TableError::Io { .. } => "file",
                TableError::Form(_)
                | TableError::TooLarge(_)
                | TableError::Header { .. }
                | TableError::Missing { .. } => "wrong_table",
            },
            Self::Past(PastError::Log(error)) => log_code(error),
            Self::Past(PastError::Unseal(_)) => "damaged",
            Self::RowsRefused { .. } => "rows_refused",
            Self::Export(error) => match error {
                ExportError::Log(error) => log_code(error),
                ExportError::Unseal(_) | ExportError::Missing { .. } => "damaged",
                ExportError::Line(_) | ExportError::Output(_) => "output",
            },
            Self::Bundle(_) => "bundle",
            Self::Verify(error) => match error {
                VerifyError::Directory(error) => directory_code(error),
                VerifyError::Inspection(error) => embedded_code(error),
                VerifyError::Keyring(_) => "keyring",
            },
            Self::NotWhole { .. } => "not_whole",
            #[cfg(feature = "server")]
            Self::Listen { .. } => "listen",
            Self::Token(_) => "operator_token",
            #[cfg(feature = "server")]
            Self::Serve(_) => "serve",
            #[cfg(feature = "server")]
            Self::Settings(_) => "settings",
            #[cfg(feature = "server")]
            Self::Passes(_) => "passes",
        }
    }

    /// What the process answers with.
    pub(super) fn exit(&self) -> Exit {
        match self {
            Self::Output(error)
            | Self::Export(ExportError::Output(error))
            | Self::Client(ClientError::Output(error))
                if error.kind() == io::ErrorKind::BrokenPipe =>
            {
                Exit::Done
            }
            Self::Import(ImportError::Refused { .. })
            | Self::RowsRefused { .. }
            | Self::NotWhole { .. } => Exit::No,
            Self::Problem(problem) | Self::Client(ClientError::Problem(problem)) => {
                answered(problem)
            }
            Self::Restore(RestoreError::NotWhole(_)) => Exit::No,
            Self::Restore(RestoreError::Taken { .. } | RestoreError::Nothing { .. }) => Exit::Wrong,
            Self::Restore(_) => Exit::Unusable,
            Self::Usage(_)
            | Self::NoGuard
            | Self::Roles(_)
            | Self::Source(_)
            | Self::Table(_)
            | Self::File { .. }
            | Self::Client(ClientError::TokenFile { .. })
            | Self::Unnamed { .. }
            | Self::Import(ImportError::Source(_)) => Exit::Wrong,
            Self::Randomness(_)
            | Self::Unlock(_)
            | Self::Output(_)
            | Self::Open(_)
            | Self::Read(_)
            | Self::Publish(_)
            | Self::Witness(_)
            | Self::Stamp(_)
            | Self::WitnessFile(_)
            | Self::Show(_)
            | Self::Backup(_)
            | Self::Client(_)
            | Self::Export(_)
            | Self::Bundle(_)
            | Self::Token(_)
            | Self::Verify(_)
            | Self::Past(_)
            | Self::Import(ImportError::Submit { .. }) => Exit::Unusable,
            #[cfg(feature = "server")]
            Self::Listen { .. } | Self::Serve(_) => Exit::Unusable,
            #[cfg(feature = "server")]
            Self::Settings(_) => Exit::Wrong,
            #[cfg(feature = "server")]
            Self::Passes(_) => Exit::Unusable,
        }
    }

    /// Tells it on standard error.
    pub(super) fn tell(&self, json: bool) {
        if self.exit() == Exit::Done {
            return;
        }
        let mut stderr = io::stderr();
        let message = self.to_string();
        // There is nobody left to tell if this fails.
        let _ = if json {
            writeln!(stderr, "{}", json!({"error": {"code": self.code(), "message": message}}))
        } else {
            writeln!(stderr, "error: {message}")
        };
    }
}

/// By the status, whether it came from here or from a server: what was asked is wrong or names
/// nothing, the law or what is recorded stands against it, or the ledger cannot be used.
fn answered(problem: &Problem) -> Exit {
    match problem.status {
        403 | 409 | 410 | 422 => Exit::No,
        400 | 404 | 405 | 413 | 415 => Exit::Wrong,
        _ => Exit::Unusable,
    }
}

fn open_code(error: &OpenError) -> &'static str {
    match error {
        OpenError::Directory(error) => directory_code(error),
        OpenError::Log(error) => embedded_code(error),
        OpenError::Read(error) => log_code(error),
        OpenError::Unseal(_) | OpenError::Link { .. } | OpenError::Apply(_) => "damaged",
        OpenError::Keyring(_) | OpenError::Erase(_) => "keyring",
        OpenError::Writer(_) => "machine",
        OpenError::Idempotency(_) => "io",
    }
}

fn publish_code(error: &PublishError) -> &'static str {
    match error {
        PublishError::Rollback { .. } | PublishError::Fork { .. } => "rollback",
        PublishError::Guard(_) | PublishError::Foreign { .. } => "guard",
        PublishError::LogKey(_) | PublishError::Key(_) => "log_key",
        PublishError::Root { .. } => "damaged",
        PublishError::Log(error) => log_code(error),
        PublishError::Tiles(_) => "io",
    }
}

fn show_code(error: &ShowError) -> &'static str {
    match error {
        ShowError::Wrong => "damaged",
        ShowError::Off => "guard",
        ShowError::Log(error) => log_code(error),
        ShowError::Key(_) => "log_key",
    }
}

fn backup_code(error: &BackupError) -> &'static str {
    match error {
        BackupError::Log(error) => log_code(error),
        BackupError::Directory(error) => directory_code(error),
        BackupError::Io { .. } => "io",
        BackupError::BrokeOff(_) | BackupError::Form(_) | BackupError::Short { .. } => "wrong_copy",
    }
}

fn restore_code(error: &RestoreError) -> &'static str {
    match error {
        RestoreError::Copy(error) => backup_code(error),
        RestoreError::Nothing { .. } => "wrong_copy",
        RestoreError::Open(error) => open_code(error),
        RestoreError::Verify(_) | RestoreError::NotWhole(_) => "not_whole",
        RestoreError::Publish(error) => publish_code(error),
        RestoreError::Submit(error) => submit_code(error),
        RestoreError::Taken { .. } => "not_empty",
        RestoreError::Io { .. } => "io",
    }
}

fn embedded_code(error: &embedded::OpenError) -> &'static str {
    match error {
        embedded::OpenError::Directory(error) => directory_code(error),
        embedded::OpenError::Log(error) => log_code(error),
        embedded::OpenError::Append(error) => append_code(error),
        embedded::OpenError::Lost(_)
        | embedded::OpenError::NothingLeft { .. }
        | embedded::OpenError::JournalNotWhole { .. } => "damaged",
    }
}

fn directory_code(error: &DirectoryError) -> &'static str {
    match error {
        DirectoryError::Locked { .. } => "in_use",
        DirectoryError::NotInitialized { .. } => "not_initialized",
        DirectoryError::NotEmpty { .. } => "not_empty",
        DirectoryError::NewerFormat { .. } => "newer_format",
        DirectoryError::UnreadableFormat { .. } => "damaged",
        DirectoryError::Io { .. } => "io",
    }
}

fn log_code(error: &LogError) -> &'static str {
    match error {
        LogError::Io { .. } => "io",
        LogError::Damaged(_) => "damaged",
        LogError::Closed => "closed",
    }
}
