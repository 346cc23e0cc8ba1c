//! `rollbook import history`

use crate::doors::cli::data::{GuardedData, tell_unsaved};
use crate::doors::cli::failure::Failure;
use crate::doors::cli::output::Output;
use crate::house::import::{ImportError, import};
use crate::house::source::History as Source;
use crate::words::Email;
use crate::words::text::TextError;
use clap::Args;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::PathBuf;
use std::time::Instant;

#[derive(Debug, Args)]
pub(in crate::doors::cli) struct History {
    #[command(flatten)]
    data: GuardedData,
    /// What stands behind the @ of everybody's address; before it stands their login.
    #[arg(
        long,
        value_name = "DOMAIN",
        default_value = "users.noreply.github.com",
        value_parser = email_domain
    )]
    email_domain: String,
    /// Files of history, one JSON object a line. Several are merged by their seq.
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
}

/// A domain is what makes an address behind a login.
fn email_domain(text: &str) -> Result<String, TextError> {
    Email::parse(&format!("login@{text}"))?;
    Ok(text.to_owned())
}

impl History {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let started = Instant::now();
        // Files first: a wrong name must not cost the opening of the ledger.
        let mut history =
            Source::open(&self.files, &self.email_domain).map_err(ImportError::Source)?;
        let ledger = self.data.open(output)?;
        let bar = if output.shows_progress() { bar() } else { ProgressBar::hidden() };
        let (mut summary, error) = import(&ledger, &mut history, &mut |read, all| {
            bar.set_length(all);
            bar.set_position(read);
        });
        bar.finish_and_clear();
        let closed = ledger.close();
        tell_unsaved(&ledger, output);
        summary.seconds = started.elapsed();
        output.value(&summary)?;
        output.finish()?;
        if let Some(error) = error {
            return Err(error.into());
        }
        Ok(closed?)
    }
}

fn bar() -> ProgressBar {
    let style = ProgressStyle::with_template("{wide_bar} {percent:>3} %  {elapsed}, {eta} to go");
    ProgressBar::new(0).with_style(style.expect("the template is a valid one"))
}
