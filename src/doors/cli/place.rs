//! Where the ledger is: a data directory that is opened here, or a server. Everything else of the
//! command line speaks to one and does not know which.

use super::data::{open, tell_token, tell_unsaved};
use super::failure::Failure;
use super::machine::{drawn, now};
use super::output::Output;
use crate::doors::client::{Client, ServerUrl};
use crate::doors::desk::{Answered, Desk, Wished};
use crate::doors::operator::Operator;
use crate::doors::wire::{
    BundleAgain, Heading, ListQuestion, NewBundle, OrganizationName, Problem, Recorded, whole,
};
use crate::facts::Actor;
use crate::house::bundle::Files;
use crate::house::export::write::write;
use crate::words::ExportId;
use clap::Args;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

#[derive(Debug, Args)]
pub(super) struct Place {
    /// The data directory.
    #[arg(
        long = "data",
        value_name = "DIR",
        required_unless_present = "url",
        conflicts_with = "url"
    )]
    directory: Option<PathBuf>,
    /// The guard of the server: a data directory that is behind it is refused. Nothing is signed.
    #[arg(long, value_name = "FILE", conflicts_with = "url")]
    guard: Option<PathBuf>,
    /// A server in place of a data directory, such as http://127.0.0.1:8080.
    #[arg(long, value_name = "URL", requires = "token_file")]
    url: Option<ServerUrl>,
    /// The file whose first line is the token for the server.
    #[arg(long, value_name = "FILE", requires = "url")]
    token_file: Option<PathBuf>,
}

/// A ledger that can be asked.
pub(super) enum Site {
    Here { desk: Desk, directory: PathBuf },
    There(Client),
}

impl Place {
    /// Opens the directory, or gets ready to speak to the server.
    pub(super) fn open(&self, output: &Output) -> Result<Site, Failure> {
        if let (Some(url), Some(token_file)) = (&self.url, &self.token_file) {
            if url.is_readable_on_the_way {
                output.note("warning", "without TLS the token can be read on its way: use https");
            }
            return Ok(Site::There(Client::with_token_file(url, token_file)?));
        }
        // The arguments are refused without one of the two.
        let directory = self.directory.clone().unwrap_or_default();
        let ledger = Arc::new(open(&directory, self.guard.as_deref(), output)?);
        Ok(Site::Here { desk: Desk::whole(ledger, now, drawn()?), directory })
    }
}

impl Place {
    /// The same, and signs checkpoints meanwhile: of a directory, behind its guard.
    pub(super) fn open_signing(&self, output: &Output) -> Result<Site, Failure> {
        let site = self.open(output)?;
        if let Site::Here { desk, .. } = &site {
            let guard = self.guard.as_deref().ok_or(Failure::NoGuard)?;
            desk.ledger.sign(guard, &mut drawn()?)?;
        }
        Ok(site)
    }
}

impl Site {
    /// Asks, and waits for the answer.
    pub(super) fn ask<Q: Answered>(&self, question: &Q) -> Result<Q::Answer, Failure> {
        Ok(match self {
            Self::Here { desk, .. } => question.answer(desk)?,
            Self::There(client) => client.ask(question)?,
        })
    }

    /// Asks for a list until all of it is there.
    pub(super) fn ask_whole<Q>(&self, question: &Q) -> Result<Q::Answer, Failure>
    where
        Q: Answered + ListQuestion + Clone,
    {
        whole(question, |part| self.ask(part))
    }

    /// Writes an organization's history up to a moment, to be verified anywhere.
    pub(super) fn export(&self, heading: &Heading, writer: &mut dyn Write) -> Result<(), Failure> {
        let Heading { organization_id: org, as_of, .. } = *heading;
        match self {
            Self::Here { desk, .. } => Ok(write(&desk.ledger, org, as_of.org_seq() + 1, writer)?),
            Self::There(client) => Ok(client.export(org, as_of.seq(), writer)?),
        }
    }

    /// Has a history handed out as a bundle; of a directory, by the operator.
    pub(super) fn bundle(
        self,
        org: &OrganizationName,
        wanted: NewBundle,
        output: &Output,
    ) -> Result<Files, Failure> {
        let (desk, directory) = match self {
            Self::There(client) => {
                let mut bytes = Vec::new();
                client.bundle(org, &wanted, &mut bytes)?;
                return Ok(Files::from_zip(&bytes)?);
            }
            Self::Here { desk, directory } => (desk, directory),
        };
        let actor = operator(&directory, output)?;
        let (command, beside) = desk.bundle_order(org, wanted, actor)?;
        let receipt = desk.ledger.submit(command).map_err(Problem::from)?;
        let files = desk.bundle(&receipt, &beside);
        let closed = desk.ledger.close();
        tell_unsaved(&desk.ledger, output);
        let files = files?;
        closed?;
        Ok(files)
    }

    /// The bundle of an export that was handed out before; nothing is recorded.
    pub(super) fn bundle_again(
        self,
        org: &OrganizationName,
        export: ExportId,
        wanted: &BundleAgain,
        output: &Output,
    ) -> Result<Files, Failure> {
        match self {
            Self::There(client) => {
                let mut bytes = Vec::new();
                client.bundle_again(org, export, wanted, &mut bytes)?;
                Ok(Files::from_zip(&bytes)?)
            }
            Self::Here { desk, .. } => {
                let written = desk.bundle_again(org, export, wanted);
                let closed = desk.ledger.close();
                tell_unsaved(&desk.ledger, output);
                let (files, _) = written?;
                closed?;
                Ok(files)
            }
        }
    }

    /// Gives a command, and waits until what it led to is durable. Without an actor it is the
    /// operator's.
    pub(super) fn give<W: Wished>(
        self,
        wish: W,
        actor: Option<Actor>,
        output: &Output,
    ) -> Result<Recorded, Failure> {
        let (desk, directory) = match self {
            Self::There(client) => return Ok(client.give(&wish, actor)?),
            Self::Here { desk, directory } => (desk, directory),
        };
        let actor = match actor {
            Some(actor) => actor,
            None => operator(&directory, output)?,
        };
        let order = wish.order(&desk, actor)?;
        let recorded = desk.submit(order);
        let closed = desk.ledger.close();
        tell_unsaved(&desk.ledger, output);
        let recorded = recorded?;
        closed?;
        Ok(recorded)
    }
}

/// The operator of a directory; whoever opens it commands as they.
pub(super) fn operator(directory: &Path, output: &Output) -> Result<Actor, Failure> {
    let (operator, path, is_fresh) = Operator::of_directory(directory, &mut drawn()?)?;
    if is_fresh {
        tell_token(&path, output);
    }
    Ok(operator.actor())
}
