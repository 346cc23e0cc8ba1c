//! `rollbook serve`

mod checkpoints;

use super::failure::Failure;
use super::init::create;
use super::machine::{drawn, machine_with, now};
use super::output::Output;
use super::ready;
use crate::doors::logs;
use crate::doors::operator::Operator;
use crate::doors::server::{ServeError, Setup, Signals, Until, run};
use crate::doors::settings::{
    ALL, CONFIG, Given, GivenBy, Settings, SettingsError, refuse_unknown,
};
use crate::ground::directory::DirectoryError;
use crate::ground::embedded::Repair;
use crate::ground::keyring::Unlock;
use crate::ground::passes::Passes;
use crate::house::{Ledger, OpenError};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Args, Command, FromArgMatches};
use serde_json::json;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

/// What was given by flags and variables.
#[derive(Debug)]
pub(super) struct Serve(Given);

impl Args for Serve {
    fn augment_args(command: Command) -> Command {
        ALL.iter().chain([&CONFIG]).fold(command, |command, setting| {
            let default = setting.default.filter(|text| !text.is_empty());
            let default = default.map(|text| format!(" [default: {text}]")).unwrap_or_default();
            let argument = Arg::new(setting.key)
                .long(setting.flag())
                .env(setting.variable())
                .hide_env_values(true)
                .value_name(setting.form)
                .help(format!("{} Accepts {}{default}", setting.doc, setting.accepts));
            command.arg(argument)
        })
    }

    fn augment_args_for_update(command: Command) -> Command {
        Self::augment_args(command)
    }
}

impl FromArgMatches for Serve {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        let mut given = Given::default();
        for setting in ALL.iter().chain([&CONFIG]) {
            let Some(text) = matches.get_one::<String>(setting.key) else { continue };
            let by = match matches.value_source(setting.key) {
                Some(ValueSource::EnvVariable) => GivenBy::Variable(setting.variable()),
                _ => GivenBy::Flag(setting.flag()),
            };
            given.add(setting, text.clone(), by);
        }
        Ok(Self(given))
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

/// Flags before variables before the file before defaults.
fn settings(mut given: Given) -> Result<Settings, SettingsError> {
    refuse_unknown(std::env::vars_os().map(|(name, _)| name))?;
    given.add_file()?;
    Settings::read(&given)
}

impl Serve {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let settings = Arc::new(settings(self.0)?);
        logs::begin(settings.log);
        let (directory, listen) = (settings.data.clone(), settings.listen);
        let at_address = |error| Failure::Listen { address: listen, error };
        // An address in use is found out before anything is written.
        let listener = TcpListener::bind(listen).map_err(at_address)?;
        let address = listener.local_addr().map_err(at_address)?;
        let scheme = if settings.tls.is_some() { "https" } else { "http" };
        let ledger = open_or_create(&directory, &settings.unlock.ready())?;
        let told = ledger.repairs().len();
        tell_repairs(&ledger.repairs());
        for ignored in ledger.ignored() {
            tracing::warn!(what = %ignored, "ignored");
        }
        let mut drawn = drawn()?;
        let (operator, token_file, is_fresh) = Operator::of_directory(&directory, &mut drawn)?;
        if is_fresh {
            let file = token_file.display().to_string();
            tracing::info!(file, "operator token written: whoever has it may do everything");
        }
        checkpoints::begin(&ledger, &settings, &mut drawn)?;
        let signals = Signals::listen().map_err(ServeError::Machine)?;
        if output.is_json() {
            let origin = ledger.origin();
            output.value(
                &json!({"listening": address, "origin": origin, "token_file": token_file}),
            )?;
        } else {
            let origin = ledger.origin();
            output.line(format_args!("{origin}: listening on {scheme}://{address}"))?;
        }
        output.finish()?;
        tracing::info!(version = env!("CARGO_PKG_VERSION"), %address, scheme, "listening");
        let ledger = Arc::new(ledger);
        let telling = [spawn_telling(&ledger, told), checkpoints::spawn_telling(&ledger)];
        let (passes, notes) = Passes::open(&directory, now())?;
        for note in notes {
            output.note("passes", &note.to_string());
        }
        let passes = Arc::new(passes);
        tell_ready();
        let setup = Setup { ledger, operator, now, drawn, passes, settings };
        let served = run(listener, setup, Until::Signal(signals));
        if served.is_ok() {
            // Closing ended the scrub and the publisher, so this waits for nothing.
            telling.into_iter().flatten().for_each(|telling| drop(telling.join()));
            tracing::info!("stopped");
        }
        Ok(served?)
    }
}

/// The ledger is open, and whoever connects from here on waits in the listener's queue at worst.
fn tell_ready() {
    let Some(socket) = std::env::var_os(ready::VARIABLE) else { return };
    if let Err(error) = ready::tell(&socket) {
        tracing::warn!(%error, "whoever supervises this process could not be told that it serves");
    }
}

/// Tells what was put right.
fn tell_repairs<'a>(repairs: impl IntoIterator<Item = &'a Repair>) {
    for repair in repairs {
        if repair.is_damage() {
            tracing::warn!(what = %repair, "repaired damage");
        } else {
            tracing::info!(what = %repair, "repaired");
        }
    }
}

/// Tells what the scrub put right or found damaged, when it is over.
fn spawn_telling(ledger: &Arc<Ledger>, told: usize) -> Option<JoinHandle<()>> {
    let ledger = Arc::clone(ledger);
    let tell_all = move || {
        let scrub = ledger.await_scrub();
        tell_repairs(ledger.repairs().iter().skip(told));
        if scrub.damage().is_some() {
            tracing::error!(what = %scrub, "damage");
        }
    };
    // Without a thread it is still told by `/readyz`.
    Builder::new().name("scrub told".to_owned()).spawn(tell_all).ok()
}

fn open_or_create(directory: &Path, unlock: &Unlock) -> Result<Ledger, Failure> {
    match Ledger::open_quickly(directory, machine_with(unlock.clone())?) {
        Err(OpenError::Directory(DirectoryError::NotInitialized { .. })) => create(directory, None),
        opened => Ok(opened?),
    }
}
