//! `rollbook init`

use super::data::Data;
use super::failure::Failure;
use super::machine::machine;
use super::output::Output;
use crate::ground::directory::make;
use crate::house::Ledger;
use crate::house::ledger::keyring_path;
use crate::words::Origin;
use clap::Args;
use serde_json::json;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// The data directory is its owner's alone: names and addresses in it are sealed, but the keyring
/// that opens them lies beside them.
const MODE: u32 = 0o700;

#[derive(Debug, Args)]
pub(super) struct Init {
    #[command(flatten)]
    data: Data,
    /// The ledger's name, a URL without scheme that is yours, such as ledger.example/main. It is
    /// part of every hash and cannot be changed. Without it: rollbook.invalid/ and a random UUID.
    #[arg(long, value_name = "NAME", value_parser = Origin::parse)]
    origin: Option<Origin>,
}

impl Init {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let directory = &self.data.directory;
        let ledger = create(directory, self.origin)?;
        let (origin, keyring) = (ledger.origin().clone(), keyring_path(directory));
        ledger.close()?;
        if output.is_json() {
            return output.value(&json!({"origin": origin, "data": directory, "keyring": keyring}));
        }
        output.line(format_args!("{origin}: an empty ledger in {}", directory.display()))?;
        output.line(format_args!(
            "The key to every name and address in it is {}. Back it up apart from the rest: a copy of \
             it opens again what is erased later.",
            keyring.display()
        ))
    }
}

/// Makes an empty ledger; without a name of its own it gets a random one.
pub(super) fn create(directory: &Path, origin: Option<Origin>) -> Result<Ledger, Failure> {
    let mut machine = machine()?;
    let origin = match origin {
        Some(origin) => origin,
        None => {
            let uuid = uuid::Builder::from_random_bytes(machine.drawn.bytes()).into_uuid();
            let name = format!("rollbook.invalid/{uuid}");
            Origin::parse(&name).expect("the name has the form of an origin")
        }
    };
    let at_directory = |error| Failure::File { path: directory.to_owned(), error };
    // Nobody else can look into it at any time.
    make(directory, MODE).map_err(at_directory)?;
    let ledger = Ledger::create(directory, origin, machine)?;
    fs::set_permissions(directory, Permissions::from_mode(MODE)).map_err(at_directory)?;
    Ok(ledger)
}
