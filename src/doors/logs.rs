//! The log: on standard error, a line for each thing that happens.
//!
//! Nothing personal stands in it: no path, query, header, body or address of a request, no name
//! and no secret. Only our own events are written, because what libraries tell is not ours to know.

use super::settings::{Log, LogForm, LogLevel};
use std::io;
use tracing::level_filters::LevelFilter;
use tracing::subscriber::set_global_default;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::{fmt, registry};

/// Whose events are written: those of this crate.
const OURS: &str = "rollbook";

/// Begins to log. In a process that logs already, that goes on.
pub(super) fn begin(log: Log) {
    let level = match log.level {
        LogLevel::Error => LevelFilter::ERROR,
        LogLevel::Warn => LevelFilter::WARN,
        LogLevel::Info => LevelFilter::INFO,
        LogLevel::Debug => LevelFilter::DEBUG,
    };
    let ours = registry().with(Targets::new().with_target(OURS, level));
    // A closed standard error stops no server.
    let lines = fmt::layer().with_writer(io::stderr).with_target(false).log_internal_errors(false);
    let _ = match log.form {
        LogForm::Text => set_global_default(ours.with(lines.with_ansi(false))),
        LogForm::Json => set_global_default(ours.with(lines.json().flatten_event(true))),
    };
}
