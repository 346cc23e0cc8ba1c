//! `rollbook export bundle`

use crate::doors::cli::failure::Failure;
use crate::doors::cli::output::Output;
use crate::doors::cli::place::Place;
use crate::doors::cli::selection::{Of, as_of};
use crate::doors::wire::{BundleAgain, Given, NewBundle};
use crate::doors::witnesses::policy;
use crate::facts::event::PersonalField;
use crate::house::bundle::Files;
use crate::words::{ExportId, Reason};
use clap::Args;
use serde_json::json;
use std::collections::BTreeSet;
use std::io::{self, ErrorKind, Write};
use std::path::{Path, PathBuf};

/// A history that proves itself: rollbook-verify, or a browser with verify.html, checks it offline.
#[derive(Debug, Args)]
pub(in crate::doors::cli) struct Bundle {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    of: Of,
    /// The org_seq of its first entry. Without it: 0.
    #[arg(long, value_name = "ORG_SEQ")]
    from: Option<u64>,
    /// The org_seq behind its last entry. Without it: up to the record of this export.
    #[arg(long, value_name = "ORG_SEQ", conflicts_with = "as_of")]
    to: Option<u64>,
    /// What had happened by then, in place of --to: a seq, a date or a time.
    #[arg(long, value_name = "TIME|SEQ", value_parser = as_of)]
    as_of: Option<String>,
    /// Which personal values it discloses: all, none, or of email,name,reason,slug,username.
    #[arg(long, value_name = "FIELDS", default_value = "none", value_parser = fields)]
    disclose: Disclosed,
    /// A size of the ledger that it continues from: that of a checkpoint somebody holds.
    #[arg(long, value_name = "SIZE")]
    since: Vec<u64>,
    /// Prove every entry in the ledger, not the first and the last alone.
    #[arg(long)]
    full: bool,
    /// Whoever has to sign the statement that it rests on: a C2SP tlog-policy. A server knows its
    /// own.
    #[arg(long, value_name = "FILE", requires = "guard")]
    witnesses: Option<PathBuf>,
    /// The id of an export that was handed out before: its bundle once more, in the same bytes
    /// where --since and --full are the same. Nothing is recorded.
    #[arg(
        long,
        value_name = "EXPORT",
        conflicts_with_all = ["from", "to", "as_of", "disclose", "reason"]
    )]
    again: Option<ExportId>,
    /// Why it is handed out; recorded.
    #[arg(long, value_name = "TEXT")]
    reason: Option<Given<Reason>>,
    /// What to make: a folder, or a zip file where it ends in .zip. It must not exist.
    #[arg(long, value_name = "PATH")]
    output: PathBuf,
}

#[derive(Debug, Clone)]
struct Disclosed(BTreeSet<PersonalField>);

fn fields(text: &str) -> Result<Disclosed, String> {
    match text {
        "all" => Ok(Disclosed(PersonalField::ALL.iter().copied().collect())),
        "none" => Ok(Disclosed(BTreeSet::new())),
        some => {
            let read = |name: &str| {
                let unknown = format!(
                    "{name:?} is no field: expected all, none, or of email,name,reason,slug,username"
                );
                PersonalField::from_name(name).ok_or(unknown)
            };
            some.split(',').map(read).collect::<Result<_, _>>().map(Disclosed)
        }
    }
}

impl Bundle {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let Self { place, of, from, to, as_of, disclose, full, again, .. } = self;
        let (witnesses, reason, path) = (self.witnesses, self.reason, self.output);
        let since: BTreeSet<u64> = self.since.into_iter().collect();
        if path.exists() {
            return Err(Failure::File { path, error: ErrorKind::AlreadyExists.into() });
        }
        let witnesses = witnesses.map(|path| {
            let wrong =
                |error| Failure::File { path: path.clone(), error: io::Error::other(error) };
            policy(&path).map_err(wrong)
        });
        let witnesses = witnesses.transpose()?;
        let site = place.open_signing(output)?;
        witnesses.map_or(Ok(()), |policy| site.require_witnesses(policy))?;
        let files = match again {
            Some(export) => {
                let wanted = BundleAgain::new(&since, full);
                site.bundle_again(&of.org, export, &wanted, output)?
            }
            None => {
                let (disclose, proves_all) = (disclose.0, full);
                let wanted = NewBundle { from, to, as_of, disclose, since, proves_all, reason };
                site.bundle(&of.org, wanted, output)?
            }
        };
        if path.extension().is_some_and(|ending| ending == "zip") {
            let zipped = write_zip(&files, &path);
            zipped.map_err(|error| Failure::File { path: path.clone(), error })?;
        } else {
            files.write(&path)?;
        }
        let count = files.iter().count();
        if output.is_json() {
            return output.value(&json!({"written": path, "files": count}));
        }
        output.line(format_args!(
            "{count} files, written to {}; check them with rollbook-verify and a policy that came \
             another way",
            path.display()
        ))
    }
}

fn write_zip(files: &Files, path: &Path) -> io::Result<()> {
    let bytes = files.to_zip().ok_or(ErrorKind::FileTooLarge)?;
    let mut file = super::create(path)?;
    file.write_all(&bytes)?;
    file.sync_all()
}
