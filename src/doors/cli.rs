//! The command line: one file per verb, each with its arguments and what it does.
//!
//! Answers go to standard output, everything else to standard error, so that either can be piped.

mod backup;
mod checkpoint;
mod command;
mod completions;
mod data;
mod diff;
mod erase;
mod export;
mod failure;
mod history;
mod import;
mod init;
mod invitation;
mod invitations;
mod keyring;
mod machine;
mod man;
mod member;
mod members;
mod names;
mod organization;
mod organizations;
mod output;
mod personal;
mod place;
mod policy;
mod proofs;
#[cfg(feature = "server")]
mod ready;
mod rebuild;
mod restore;
mod role;
mod roles;
mod rotate_log_key;
mod selection;
#[cfg(feature = "server")]
mod serve;
mod team;
mod teams;
mod verify;
#[cfg(feature = "server")]
mod witness;
mod wording;

use clap::{Parser, Subcommand};
use failure::Failure;
use output::Output;
use std::ffi::OsString;
use std::process::ExitCode;

const NAME: &str = "rollbook";

const EXIT_CODES: &str = "\
Exit codes:
  0  done, and everything is whole
  1  the law refuses, or something was found that is not whole
  2  the command line, a file or a name in it is wrong; nothing of the wrong part was recorded
  3  the data directory, the server or the machine cannot be used: in use, missing, damaged, full,
     unreachable; or nobody knows whether a command was recorded

A moment (--as-of, --from, --to) is a seq of the ledger (digits only), a date such as 2026-11-22
(its first instant, UTC) or an RFC 3339 time. Answers say which entry they hold for.

Where a verb takes --data it may take --url and --token-file: then a server is asked, and the answer
is the same.

One process uses a data directory at a time. Opening one also for reading compares what is stored
and may repair it; each repair is told on standard error.";

/// A membership ledger: who belonged where, with which role, granted by whom, at any moment.
#[derive(Debug, Parser)]
#[command(name = NAME, version, after_help = EXIT_CODES, max_term_width = 100)]
struct Arguments {
    /// Answer in JSON; errors then are {"error":{"code":…,"message":…}}.
    #[arg(long, global = true)]
    json: bool,
    #[command(subcommand)]
    verb: Verb,
}

#[derive(Debug, Subcommand)]
enum Verb {
    /// Make an empty ledger.
    Init(init::Init),
    /// Take over what another system knows: rows or a history.
    #[command(subcommand)]
    Import(import::Import),
    /// List the organizations of the ledger.
    Organizations(organizations::Organizations),
    /// List who belongs to an organization, now or as of a moment.
    Members(members::Members),
    /// List its roles, what they allow and how many hold them.
    Roles(roles::Roles),
    /// List its teams and who is in them.
    Teams(teams::Teams),
    /// List its invitations and what became of them.
    Invitations(invitations::Invitations),
    /// Tell what happened: who did what to whom, when, before → after, why.
    History(history::History),
    /// Compare two moments.
    Diff(diff::Diff),
    /// Write the history, to be verified anywhere, or the list of members.
    Export(export::Export),
    /// Begin, change, certify, transfer or end an organization.
    #[command(subcommand)]
    Organization(organization::Organization),
    /// Let people join an organization, change what they hold, let them go.
    #[command(subcommand)]
    Member(member::Member),
    /// Invite, and answer invitations.
    #[command(subcommand)]
    Invitation(invitation::Invitation),
    /// Define what custom roles allow.
    #[command(subcommand)]
    Role(role::Role),
    /// Begin, change or end teams; say who is in them.
    #[command(subcommand)]
    Team(team::Team),
    /// Erase what is known of somebody, for good, and certify it.
    Erase(erase::Erase),
    /// Tell everything that is held about one person.
    PersonalData(personal::Personal),
    /// Protect the keyring, copy it, put a copy back.
    #[command(subcommand)]
    Keyring(keyring::KeyringVerb),
    /// Compute everything again from the stored bytes, over the journal alone and over sled alone.
    Verify(verify::Verify),
    /// Drop sled and build it and all projections again from the journal.
    Rebuild(rebuild::Rebuild),
    /// Print the checkpoint that was signed last.
    Checkpoint(checkpoint::Checkpoint),
    /// Print the keys that sign, as whoever verifies a bundle needs them.
    Policy(policy::Policy),
    /// Have checkpoints signed by another key.
    RotateLogKey(rotate_log_key::RotateLogKey),
    /// Copy everything but the secrets, also while a server has it open.
    Backup(backup::Backup),
    /// Make a data directory of a copy, once it is verified.
    Restore(restore::Restore),
    /// Serve it over HTTP. The first start makes the ledger and a token.
    #[cfg(feature = "server")]
    Serve(serve::Serve),
    /// Sign what other logs publish, so that they cannot show two histories.
    #[cfg(feature = "server")]
    Witness(witness::Witness),
    /// Write the OpenAPI document of the server, in JSON.
    #[cfg(feature = "server")]
    Openapi,
    /// Write what a shell completes the command line with.
    Completions(completions::Completions),
    /// Write the manual, a page per verb.
    Man(man::Man),
}

/// Does what the process's arguments say.
pub fn run() -> ExitCode {
    let arguments: Vec<OsString> = std::env::args_os().collect();
    let json = arguments.iter().any(|argument| argument == "--json");
    let done = match Arguments::try_parse_from(arguments) {
        Ok(arguments) => perform(arguments),
        // Help and version come as errors that are none.
        Err(error) if error.exit_code() == 0 || !json => {
            let _ = error.print();
            return exit_code(error.exit_code());
        }
        Err(error) => Err(Failure::Usage(error)),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            failure.tell(json);
            failure.exit().into()
        }
    }
}

fn exit_code(code: i32) -> ExitCode {
    u8::try_from(code).map_or(ExitCode::FAILURE, ExitCode::from)
}

fn perform(arguments: Arguments) -> Result<(), Failure> {
    let mut output = Output::new(arguments.json);
    match arguments.verb {
        Verb::Init(verb) => verb.run(&mut output),
        Verb::Import(verb) => verb.run(&mut output),
        Verb::Organizations(verb) => verb.run(&mut output),
        Verb::Members(verb) => verb.run(&mut output),
        Verb::Roles(verb) => verb.run(&mut output),
        Verb::Teams(verb) => verb.run(&mut output),
        Verb::Invitations(verb) => verb.run(&mut output),
        Verb::History(verb) => verb.run(&mut output),
        Verb::Diff(verb) => verb.run(&mut output),
        Verb::Export(verb) => verb.run(&mut output),
        Verb::Organization(verb) => verb.run(&mut output),
        Verb::Member(verb) => verb.run(&mut output),
        Verb::Invitation(verb) => verb.run(&mut output),
        Verb::Role(verb) => verb.run(&mut output),
        Verb::Team(verb) => verb.run(&mut output),
        Verb::Erase(verb) => verb.run(&mut output),
        Verb::PersonalData(verb) => verb.run(&mut output),
        Verb::Keyring(verb) => verb.run(&mut output),
        Verb::Verify(verb) => verb.run(&mut output),
        Verb::Rebuild(verb) => verb.run(&mut output),
        Verb::Checkpoint(verb) => verb.run(&mut output),
        Verb::Policy(verb) => verb.run(&mut output),
        Verb::RotateLogKey(verb) => verb.run(&mut output),
        Verb::Backup(verb) => verb.run(&mut output),
        Verb::Restore(verb) => verb.run(&mut output),
        #[cfg(feature = "server")]
        Verb::Serve(verb) => verb.run(&mut output),
        #[cfg(feature = "server")]
        Verb::Witness(verb) => verb.run(&mut output),
        #[cfg(feature = "server")]
        Verb::Openapi => output.text(super::server::openapi()),
        Verb::Completions(verb) => verb.run(&mut output),
        Verb::Man(verb) => verb.run(&mut output),
    }?;
    output.finish()
}
