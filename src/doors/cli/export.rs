//! `rollbook export`

mod bundle;

use super::failure::Failure;
use super::output::Output;
use super::place::Site;
use super::selection::{Selection, title};
use super::wording::count;
use crate::doors::wire::{Heading, ListedMembers, MemberList, Members, Organization, When};
use crate::projections::{MemberRow, Moment, PersonalValue};
use bundle::Bundle;
use clap::{ArgMatches, Args, Command, FromArgMatches, Subcommand, ValueEnum};
use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

/// An export discloses names and addresses: it is its owner's alone until they hand it on.
const MODE: u32 = 0o600;

#[derive(Debug, Args)]
#[command(args_conflicts_with_subcommands = true, subcommand_negates_reqs = true)]
pub(super) struct Export {
    #[command(subcommand)]
    form: Option<Form>,
    #[command(flatten)]
    plain: Maybe,
}

/// The plain form, where no bundle is asked for. `Option` would never hold it: clap looks for a
/// group that arguments within arguments leave empty.
#[derive(Debug)]
struct Maybe(Option<Plain>);

impl Args for Maybe {
    fn augment_args(command: Command) -> Command {
        Plain::augment_args(command)
    }

    fn augment_args_for_update(command: Command) -> Command {
        Plain::augment_args_for_update(command)
    }
}

impl FromArgMatches for Maybe {
    fn from_arg_matches(matches: &ArgMatches) -> Result<Self, clap::Error> {
        // Required of the plain form.
        let is_plain = matches.contains_id("format");
        is_plain.then(|| Plain::from_arg_matches(matches)).transpose().map(Self)
    }

    fn update_from_arg_matches(&mut self, matches: &ArgMatches) -> Result<(), clap::Error> {
        *self = Self::from_arg_matches(matches)?;
        Ok(())
    }
}

#[derive(Debug, Subcommand)]
enum Form {
    /// Make a bundle: a history that proves itself offline
    Bundle(Box<Bundle>),
}

#[derive(Debug, Args)]
struct Plain {
    #[command(flatten)]
    selection: Selection,
    /// What is written.
    #[arg(long, value_enum)]
    format: Format,
    /// The file to make; it must not exist. Without it: standard output.
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Format {
    /// The history: its exact entries and what opens them, for rollbook-verify.
    Ndjson,
    /// The list of members (RFC 4180).
    Csv,
}

impl Export {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        match (self.form, self.plain.0) {
            (Some(Form::Bundle(bundle)), _) => bundle.run(output),
            (None, Some(plain)) => plain.run(output),
            // Arguments that name neither are refused before.
            (None, None) => Ok(()),
        }
    }
}

impl Plain {
    fn run(self, output: &mut Output) -> Result<(), Failure> {
        let site = self.selection.open(output)?;
        let Some(path) = &self.output else {
            return self.write(&site, &mut output.writer()).map(drop);
        };
        let at_file = |error| Failure::File { path: path.clone(), error };
        let file = create(path).map_err(at_file)?;
        let (heading, what) = match self.write_file(&site, file) {
            Ok(written) => written,
            Err(error) => {
                // A part of an export must not be taken for one.
                let _ = fs::remove_file(path);
                return Err(error);
            }
        };
        if output.is_json() {
            return output.value(&heading);
        }
        output.line(format_args!("{}, written to {}", title(&heading, &what), path.display()))
    }

    fn write_file(&self, site: &Site, file: File) -> Result<(Heading, String), Failure> {
        let mut writer = BufWriter::new(file);
        let written = self.write(site, &mut writer)?;
        let file = writer.into_inner().map_err(|error| Failure::Output(error.into_error()))?;
        file.sync_all().map_err(Failure::Output)?;
        Ok(written)
    }

    /// Writes it, and tells what it holds for and how much it is.
    fn write(&self, site: &Site, writer: &mut dyn Write) -> Result<(Heading, String), Failure> {
        let org = self.selection.org();
        match self.format {
            Format::Ndjson => {
                let as_of = self.selection.as_of.clone();
                let parameters = When { as_of, ..When::default() };
                let heading = site.ask(&Organization { org, parameters })?.heading;
                let entries = heading.as_of.org_seq() + 1;
                site.export(&heading, writer)?;
                let what =
                    if entries == 1 { "1 entry".to_owned() } else { format!("{entries} entries") };
                Ok((heading, what))
            }
            Format::Csv => {
                let as_of = self.selection.as_of.clone();
                let parameters = ListedMembers { as_of, ..ListedMembers::default() };
                let answer = site.ask_whole(&Members { org, parameters })?;
                members(&answer, writer).map_err(|error| match error.into_kind() {
                    csv::ErrorKind::Io(error) => Failure::Output(error),
                    other => Failure::Output(io::Error::other(format!("{other:?}"))),
                })?;
                let what = count(answer.members.len() as u64, "member");
                Ok((answer.heading, what))
            }
        }
    }
}

fn create(path: &Path) -> io::Result<File> {
    OpenOptions::new().write(true).create_new(true).mode(MODE).open(path)
}

const COLUMNS: [&str; 10] = [
    "member_id",
    "user_id",
    "username",
    "name",
    "email",
    "roles",
    "status",
    "joined_at",
    "as_of_seq",
    "as_of_time",
];

/// The members, each row with the moment it holds for, because a list gets separated from what
/// was said beside it.
fn members(answer: &MemberList, writer: &mut dyn Write) -> Result<(), csv::Error> {
    let mut csv = csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(writer);
    csv.write_record(COLUMNS)?;
    for member in &answer.members {
        csv.write_record(row(member, answer.heading.as_of).map(|cell| neutral(&cell)))?;
    }
    Ok(csv.flush()?)
}

fn row(member: &MemberRow, at: Moment) -> [String; COLUMNS.len()] {
    let shown = |value: &Option<PersonalValue>| {
        value.as_ref().map(PersonalValue::to_string).unwrap_or_default()
    };
    [
        member.member_id.to_string(),
        member.user_id.to_string(),
        shown(&member.username),
        shown(&member.name),
        shown(&member.email),
        member.roles.iter().map(|role| role.as_str()).collect::<Vec<_>>().join(" "),
        member.status.to_string(),
        member.joined_at.to_string(),
        at.seq().to_string(),
        at.time().to_string(),
    ]
}

/// A spreadsheet takes a cell that begins so for a formula and runs it (OWASP, CSV injection);
/// behind an apostrophe it is text.
fn neutral(cell: &str) -> String {
    if cell.starts_with(['=', '+', '-', '@', '\t', '\r']) {
        format!("'{cell}")
    } else {
        cell.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_cell_is_a_formula() {
        let table = [
            ("=1+1", "'=1+1"),
            ("+49", "'+49"),
            ("-1", "'-1"),
            ("@sum", "'@sum"),
            ("\tx", "'\tx"),
            ("\rx", "'\rx"),
            ("a=1", "a=1"),
            ("'a", "'a"),
            ("", ""),
        ];
        for (cell, expected) in table {
            assert_eq!(neutral(cell), expected, "{cell:?}");
        }
    }
}
