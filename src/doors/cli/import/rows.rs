//! Taking rows over and telling what became of each.

use crate::doors::cli::data::{GuardedData, tell_unsaved};
use crate::doors::cli::failure::Failure;
use crate::doors::cli::machine::{drawn, now};
use crate::doors::cli::output::{Output, table};
use crate::doors::moving::table::TableError;
use crate::house::Ledger;
use crate::house::import::ImportError;
use crate::house::moving::{Outcome, Plan, Step, Taker, What, run};
use crate::law::State;
use crate::words::hash::Drawn;
use clap::Args;
use serde::Serialize;
use std::time::Instant;

#[derive(Debug, Args)]
pub(super) struct Manner {
    /// Decide everything, record nothing, and tell what would come of it.
    #[arg(long)]
    dry_run: bool,
    /// Record nothing where a single row would be refused.
    #[arg(long)]
    all_or_nothing: bool,
}

/// What became of a row.
#[derive(Debug, Serialize)]
struct Told<'a> {
    file: String,
    line: usize,
    what: What,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    message: Option<&'a str>,
    dry_run: bool,
}

/// How often each came.
#[derive(Debug, Default, Serialize)]
struct Summary {
    created: u64,
    added: u64,
    removed: u64,
    already_there: u64,
    skipped: u64,
    refused: u64,
    dry_run: bool,
    seconds: f64,
}

type Outcomes = Vec<Option<Outcome>>;

impl Manner {
    /// Takes over what `plan` makes of the rows for what the ledger knows.
    pub(super) fn run(
        self,
        data: &GuardedData,
        plan: impl FnOnce(&State, &mut Drawn) -> Result<Plan, TableError>,
        output: &mut Output,
    ) -> Result<(), Failure> {
        let started = Instant::now();
        let ledger = data.open(output)?;
        let plan = plan(&ledger.known().state, &mut drawn()?)?;
        let (outcomes, stopped, dry_run) = self.take(&plan, &ledger)?;
        let closed = ledger.close();
        tell_unsaved(&ledger, output);
        let summary = tell(&plan, &outcomes, (dry_run, started), output)?;
        output.finish()?;
        if let Some(failure) = stopped {
            return Err(failure);
        }
        closed?;
        match summary.refused {
            0 => Ok(()),
            refused => Err(Failure::RowsRefused { refused, recorded: !dry_run }),
        }
    }

    /// What became of the rows, why the ledger took no more, and whether nothing was recorded.
    fn take(
        &self,
        plan: &Plan,
        ledger: &Ledger,
    ) -> Result<(Outcomes, Option<Failure>, bool), Failure> {
        if self.dry_run || self.all_or_nothing {
            let mut taker = Taker::trial(&ledger.known(), now, drawn()?);
            let (outcomes, _) = run(plan, &mut taker, ledger)?;
            let refused = outcomes.iter().flatten().any(|it| matches!(it, Outcome::Refused { .. }));
            if self.dry_run || refused {
                return Ok((outcomes, None, true));
            }
        }
        let (outcomes, error) = run(plan, &mut Taker::Ledger(ledger), ledger)?;
        let place = plan.steps.iter().zip(&outcomes).find(|(_, outcome)| outcome.is_none());
        let stopped = error.zip(place).map(|(error, (step, _))| {
            ImportError::Submit { place: step.place.clone(), error }.into()
        });
        Ok((outcomes, stopped, false))
    }
}

fn tell(
    plan: &Plan,
    outcomes: &Outcomes,
    (dry_run, started): (bool, Instant),
    output: &mut Output,
) -> Result<Summary, Failure> {
    let mut rows: Vec<(&Step, &Outcome)> = plan
        .steps
        .iter()
        .zip(outcomes)
        .filter_map(|(step, it)| Some((step, it.as_ref()?)))
        .collect();
    let place = |step: &Step| (step.place.file.clone(), step.place.line, step.what);
    rows.sort_by_cached_key(|(step, _)| place(step));
    let mut summary = Summary { dry_run, ..Summary::default() };
    let mut shown = table(["row", "what", "outcome", "because"]);
    for (step, outcome) in rows {
        let (word, would) = summary.count(outcome);
        let (code, message) = because(outcome);
        if output.is_json() {
            let (file, line) = (step.place.file.display().to_string(), step.place.line);
            let what = step.what;
            output.value(&Told { file, line, what, outcome: word, code, message, dry_run })?;
            continue;
        }
        let message = match (code, message) {
            (Some(code), Some(message)) => format!("{message} ({code})"),
            (_, message) => message.unwrap_or_default().to_owned(),
        };
        let word = if dry_run { would } else { word };
        let word = word.replace('_', " ");
        shown.add_row([step.place.to_string(), name(step.what).to_owned(), word, message]);
    }
    summary.seconds = (started.elapsed().as_secs_f64() * 1000.0).round() / 1000.0;
    if output.is_json() {
        output.value(&summary)?;
        return Ok(summary);
    }
    output.table(&shown)?;
    output.line(summary.line())?;
    Ok(summary)
}

fn because(outcome: &Outcome) -> (Option<&'static str>, Option<&str>) {
    match outcome {
        Outcome::Created | Outcome::Added | Outcome::Removed => (None, None),
        Outcome::AlreadyThere(message) => (None, message.as_deref()),
        Outcome::Skipped(message) => (None, Some(message)),
        Outcome::Refused { code, message } => (Some(code), Some(message)),
    }
}

fn name(what: What) -> &'static str {
    match what {
        What::Row => "row",
        What::User => "user",
        What::Password => "password",
        What::Organization => "organization",
        What::Joined => "joined",
        What::Left => "left",
        What::Team => "team",
        What::TeamMember => "team member",
        What::Invitation => "invitation",
    }
}

impl Summary {
    /// Counts an outcome; answers its name, and what it is called where nothing is recorded.
    fn count(&mut self, outcome: &Outcome) -> (&'static str, &'static str) {
        let (number, word, would) = match outcome {
            Outcome::Created => (&mut self.created, "created", "would be created"),
            Outcome::Added => (&mut self.added, "added", "would be added"),
            Outcome::Removed => (&mut self.removed, "removed", "would be removed"),
            Outcome::AlreadyThere(_) => (&mut self.already_there, "already_there", "already there"),
            Outcome::Skipped(_) => (&mut self.skipped, "skipped", "skipped"),
            Outcome::Refused { .. } => (&mut self.refused, "refused", "refused"),
        };
        *number += 1;
        (word, would)
    }

    fn line(&self) -> String {
        let Self { created, added, removed, already_there, skipped, refused, dry_run, .. } = self;
        let prefix = if *dry_run { "nothing is recorded: " } else { "" };
        format!(
            "{prefix}{created} created, {added} added, {removed} removed, {already_there} already there, \
             {skipped} skipped, {refused} refused"
        )
    }
}
