//! `rollbook serve`

use super::data::{tell, tell_ignored, tell_token};
use super::failure::Failure;
use super::init::create;
use super::machine::{drawn, machine, now};
use super::output::Output;
use crate::doors::operator::Operator;
use crate::doors::server::{Limits, Setup, Until, run};
use crate::ground::directory::DirectoryError;
use crate::house::{Ledger, OpenError};
use clap::Args;
use serde_json::json;
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

#[derive(Debug, Args)]
pub(super) struct Serve {
    /// The data directory; the first start makes it.
    #[arg(long = "data", value_name = "DIR", default_value = "./data")]
    directory: PathBuf,
    /// Where to listen. It speaks HTTP without TLS: beyond this machine, put a proxy before it.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:8080")]
    listen: SocketAddr,
}

impl Serve {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let Self { directory, listen } = self;
        let at_address = |error| Failure::Listen { address: listen, error };
        // An address in use is found out before anything is written.
        let listener = TcpListener::bind(listen).map_err(at_address)?;
        let address = listener.local_addr().map_err(at_address)?;
        let ledger = open_or_create(&directory)?;
        let told = ledger.repairs().len();
        tell(&ledger.repairs(), output);
        tell_ignored(&ledger, output);
        let mut drawn = drawn()?;
        let (operator, token_file, is_fresh) = Operator::of_directory(&directory, &mut drawn)?;
        if is_fresh {
            tell_token(&token_file, output);
        }
        if output.is_json() {
            let origin = ledger.origin();
            output.value(
                &json!({"listening": address, "origin": origin, "token_file": token_file}),
            )?;
        } else {
            let origin = ledger.origin();
            output.line(format_args!("{origin}: listening on http://{address}"))?;
        }
        output.finish()?;
        let ledger = Arc::new(ledger);
        let telling = spawn_telling(&ledger, told, output.is_json());
        let limits = Limits::STANDARD;
        let setup = Setup { ledger, operator, now, drawn, limits };
        let served = run(listener, setup, Until::Signal);
        if served.is_ok() {
            // Closing ended the scrub, so this waits for nothing.
            let _ = telling.map(JoinHandle::join);
        }
        Ok(served?)
    }
}

/// Tells what the scrub put right or found damaged, when it is over.
fn spawn_telling(ledger: &Arc<Ledger>, told: usize, json: bool) -> Option<JoinHandle<()>> {
    let ledger = Arc::clone(ledger);
    let tell_all = move || {
        let scrub = ledger.await_scrub();
        let output = Output::new(json);
        tell(ledger.repairs().iter().skip(told), &output);
        if scrub.damage().is_some() {
            output.note("damage", &scrub.to_string());
        }
    };
    // Without a thread it is still told by `/readyz`.
    Builder::new().name("scrub told".to_owned()).spawn(tell_all).ok()
}

fn open_or_create(directory: &Path) -> Result<Ledger, Failure> {
    match Ledger::open_quickly(directory, machine()?) {
        Err(OpenError::Directory(DirectoryError::NotInitialized { .. })) => create(directory, None),
        opened => Ok(opened?),
    }
}
