//! `rollbook witness`

use super::failure::Failure;
use super::machine::{drawn, now};
use super::output::Output;
use crate::doors::logs;
use crate::doors::server::{ServeError, Signals, Until, run_witness};
use crate::doors::settings::{Log, LogForm, LogLevel};
use crate::ground::witness::WitnessState;
use crate::house::witness::Witness as Witnessing;
use crate::proof::key::is_key_name;
use crate::proof::{KeyKind, Policy, VerificationKey};
use clap::Args;
use serde_json::json;
use std::fs;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;

/// A witness by C2SP tlog-witness: it signs each checkpoint that continues what it signed before.
#[derive(Debug, Args)]
pub(super) struct Witness {
    /// The file of its key; the first start makes it.
    #[arg(long, value_name = "FILE")]
    key: PathBuf,
    /// The folder with what it signed last of each log; the first start makes it. Never put back a
    /// copy of it: a witness that forgot would sign a second history.
    #[arg(long, value_name = "DIR")]
    state: PathBuf,
    /// What it is called, such as witness.example/one; needed at the first start.
    #[arg(long, value_name = "NAME", value_parser = name)]
    name: Option<String>,
    /// The key of a log that it signs checkpoints of.
    #[arg(long, value_name = "VKEY", value_parser = log, required_unless_present = "policy")]
    log: Vec<VerificationKey>,
    /// A C2SP tlog-policy, whose logs it signs checkpoints of; the rest is not looked at.
    #[arg(long, value_name = "FILE")]
    policy: Option<PathBuf>,
    /// Where to listen. Beyond this machine, put a proxy before it that speaks HTTPS.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8090")]
    listen: SocketAddr,
}

fn name(text: &str) -> Result<String, String> {
    let expected = "expected a text without blanks and plus signs, such as witness.example/one";
    if is_key_name(text) { Ok(text.to_owned()) } else { Err(expected.to_owned()) }
}

fn log(text: &str) -> Result<VerificationKey, String> {
    let key: VerificationKey = text.parse().map_err(|error| format!("{error}"))?;
    match key.kind() {
        KeyKind::Log => Ok(key),
        KeyKind::Witness => Err("that is the key of a witness, not of a log".to_owned()),
    }
}

impl Witness {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        logs::begin(Log { level: LogLevel::Info, form: LogForm::Text });
        let mut known = self.log;
        if let Some(path) = self.policy {
            let at_file = |error| Failure::File { path: path.clone(), error };
            let bytes = fs::read(&path).map_err(at_file)?;
            let policy = Policy::parse(&bytes)
                .map_err(|error| at_file(std::io::Error::other(error.to_string())))?;
            known.extend(policy.all_logs().cloned());
        }
        let listen = self.listen;
        let at_address = |error| Failure::Listen { address: listen, error };
        // An address in use is found out before anything is written.
        let listener = TcpListener::bind(listen).map_err(at_address)?;
        let address = listener.local_addr().map_err(at_address)?;
        let state = WitnessState::open(&self.state)?;
        let key = state.key(&self.key, self.name.as_deref(), &mut drawn()?)?;
        let witness = Witnessing::new(known, key, state)?;
        let signals = Signals::listen().map_err(ServeError::Machine)?;
        let vkey = witness.vkey().to_string();
        if output.is_json() {
            output.value(&json!({"listening": address, "vkey": vkey}))?;
        } else {
            output.line(format_args!("{vkey}: listening on http://{address}"))?;
        }
        output.finish()?;
        tracing::info!(%address, vkey, "listening");
        Ok(run_witness(listener, witness, now, Until::Signal(signals))?)
    }
}
