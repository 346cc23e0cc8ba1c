//! `rollbook history`

use super::failure::Failure;
use super::output::{Output, moment};
use super::selection::{Selection, title};
use crate::doors::wire::{Asked, History as Question, InParts, Part};
use crate::projections::{AuditRow, Concern};
use clap::Args;
use serde_json::Value;

#[derive(Debug, Args)]
pub(super) struct History {
    #[command(flatten)]
    selection: Selection,
    /// Only what concerns this person: a username, a user's identifier (all of their memberships)
    /// or a member's identifier (that one membership).
    #[arg(long, value_name = "WHO")]
    member: Option<String>,
}

impl History {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let site = self.selection.open(output)?;
        let (org, as_of) = (self.selection.org(), self.selection.as_of.clone());
        let parameters = Asked { as_of, who: self.member, ..Asked::default() };
        let mut question = Question { org, parameters };
        let json = output.is_json();
        let mut part = site.ask(&question)?;
        let heading = part.heading.clone();
        if json {
            let heading = serde_json::to_string(&heading);
            let heading = heading.map_err(|error| Failure::Output(error.into()))?;
            let heading = heading.strip_suffix('}').unwrap_or(&heading);
            output.text(format_args!("{heading},\"history\":["))?;
        } else {
            output.line(title(&heading, "history"))?;
        }
        let mut between = "\n";
        // Part by part, because a history can be longer than memory.
        loop {
            if json {
                for row in &part.history {
                    output.text(std::mem::replace(&mut between, ",\n"))?;
                    let text = serde_json::to_string(row);
                    output.text(text.map_err(|error| Failure::Output(error.into()))?)?;
                }
            } else {
                for rows in part.history.chunks(PAGE_ROWS) {
                    page(&rows.iter().map(columns).collect::<Vec<_>>(), output)?;
                }
            }
            let Some(next) = part.next() else { break };
            question.parameters.go_on(next);
            part = site.ask(&question)?;
        }
        if json { output.line("\n]}") } else { Ok(()) }
    }
}

/// One event, told in columns: seq, when, who, what, to whom, before → after, why.
fn columns(row: &AuditRow) -> [String; 7] {
    let who = match &row.actor_username {
        Some(username) => username.to_string(),
        None => row.actor.to_string(),
    };
    let whom: Vec<String> = row.concerns.iter().filter_map(concern).collect();
    let shown = |value: &Option<Value>| value.as_ref().and_then(|value| side(value, row));
    let change = match (shown(&row.before), shown(&row.after)) {
        (None, None) => String::new(),
        (None, Some(after)) => format!("→ {after}"),
        (Some(before), None) => format!("{before} →"),
        (Some(before), Some(after)) => format!("{before} → {after}"),
    };
    let time = moment(row.happened_at);
    let what = row.event_type.to_string();
    [row.seq.to_string(), time, who, what, whom.join(", "), change, why(row)]
}

/// The known cause, the words of whoever did it, and where it was recorded before.
fn why(row: &AuditRow) -> String {
    let cause = row.cause.as_ref().map(|cause| cause.to_string());
    // A reason may have several lines; in quotes it keeps to one.
    let reason = row.reason.as_ref().map(|reason| format!("{:?}", reason.to_string()));
    let source = row.source.as_ref().map(|source| {
        let commit: String = source.commit.as_str().chars().take(COMMIT_SHOWN_CHARS).collect();
        let baseline = if source.baseline { "baseline of " } else { "" };
        format!("{baseline}{}@{commit}", source.repo)
    });
    [cause, reason, source].into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// Writes a page of events, a line each, in columns as wide as its longest cells.
fn page(rows: &[[String; 7]], output: &mut Output) -> Result<(), Failure> {
    let mut widths = [0; 7];
    for row in rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = cell.chars().count().min(COLUMN_LIMIT_CHARS).max(*width);
        }
    }
    for row in rows {
        let mut line = format!("{:>1$}", row[0], widths[0]);
        for (cell, width) in row.iter().zip(widths).skip(1) {
            line.push_str("  ");
            line.push_str(&format!("{cell:<width$}"));
        }
        output.line(line.trim_end())?;
    }
    Ok(())
}

/// A cell beyond this is shown whole, and moves only what stands behind it on its own line.
const COLUMN_LIMIT_CHARS: usize = 44;

/// How many events share the widths of their columns.
const PAGE_ROWS: usize = 500;

/// Enough to find a commit by.
const COMMIT_SHOWN_CHARS: usize = 10;

fn concern(concern: &Concern) -> Option<String> {
    match concern {
        // The whole answer is about it.
        Concern::Organization { .. } => None,
        Concern::Invitation { invitation_id, email } => Some(match email {
            Some(email) => format!("invitation of {email}"),
            None => format!("invitation {invitation_id}"),
        }),
        Concern::Team { team_id, name } => Some(match name {
            Some(name) => format!("team {name}"),
            None => format!("team {team_id}"),
        }),
        Concern::Role { role } => Some(format!("role {role}")),
        Concern::Token { token_id, name } => Some(match name {
            Some(name) => format!("token {name}"),
            None => format!("token {token_id}"),
        }),
        Concern::ApiKey { api_key_id, name } => Some(match name {
            Some(name) => format!("API key {name}"),
            None => format!("API key {api_key_id}"),
        }),
        Concern::Member { user_id, username, name, .. }
        | Concern::User { user_id, username, name } => Some(match (username, name) {
            (Some(known), _) | (None, Some(known)) => known.to_string(),
            (None, None) => user_id.to_string(),
        }),
    }
}

/// One side of a change. What its line says anyway is not said again; nothing may be left then.
fn side(value: &Value, row: &AuditRow) -> Option<String> {
    let Value::Object(fields) = value else { return Some(value.to_string()) };
    if fields.is_empty() {
        return Some("nothing".to_owned());
    }
    let said = row.concerns.iter().any(|concern| matches!(concern, Concern::Team { .. }))
        && row.event_type != "TeamUpdated";
    let written = fields.iter().filter(|(name, _)| !(said && *name == "name"));
    let written = written.filter(|(name, _)| *name != "parent_name");
    let written = written.map(|(name, value)| match (name.as_str(), value) {
        ("roles" | "team_role" | "status" | "permissions", value) => plain(value),
        ("parent", id) => format!("parent {}", plain(fields.get("parent_name").unwrap_or(id))),
        (name, value) => format!("{name} {}", plain(value)),
    });
    let written: Vec<String> = written.collect();
    (!written.is_empty()).then(|| written.join(", "))
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(plain).collect::<Vec<_>>().join(" "),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}
