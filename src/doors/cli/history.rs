//! `rollbook history`

use super::failure::Failure;
use super::output::{Output, moment};
use super::selection::{Selected, Selection};
use crate::facts::Event;
use crate::house::Ledger;
use crate::projections::{
    About, AsOf, AuditRow, Concern, HistoryFilter, OrganizationView, PersonalValue,
};
use crate::words::{MemberId, TeamId, UserId, Username};
use clap::Args;
use serde_json::Value;
use std::ops::Range;

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
        let (ledger, selected) = self.selection.select(output)?;
        let about = match &self.member {
            None => None,
            Some(name) => Some(find(&ledger, &selected, name)?),
        };
        let filter = HistoryFilter { about, ..HistoryFilter::default() };
        let range = 0..selected.at.org_seq() + 1;
        if output.is_json() {
            // Entry by entry, because a history can be longer than memory; one row a line.
            let heading = serde_json::to_string(&selected.heading());
            let heading = heading.map_err(|error| Failure::Output(error.into()))?;
            output.text(format_args!(
                "{},\"history\":[",
                heading.strip_suffix('}').unwrap_or(&heading)
            ))?;
            let mut between = "\n";
            each(&ledger, &selected.view, filter, range, |row| {
                output.text(std::mem::replace(&mut between, ",\n"))?;
                let text = serde_json::to_string(row);
                output.text(text.map_err(|error| Failure::Output(error.into()))?)
            })?;
            return output.line("\n]}");
        }
        output.line(selected.title("history"))?;
        let mut rows = Vec::with_capacity(PAGE_ROWS);
        each(&ledger, &selected.view, filter, range, |row| {
            rows.push(columns(row, &selected.view));
            if rows.len() == PAGE_ROWS {
                page(&rows, output)?;
                rows.clear();
            }
            Ok(())
        })?;
        page(&rows, output)
    }
}

/// Reads the rows of a history one after the other.
fn each(
    ledger: &Ledger,
    view: &OrganizationView,
    filter: HistoryFilter<'_>,
    range: Range<u64>,
    mut with: impl FnMut(&AuditRow) -> Result<(), Failure>,
) -> Result<(), Failure> {
    // A membership that never was has no history.
    let places = view.history(filter, range).into_iter().flatten();
    for seq in places.filter_map(|org_seq| view.seq_of(org_seq)) {
        for record in ledger.read(seq, 1)? {
            with(&AuditRow::of(&ledger.unseal(&record)?.entry, view))?;
        }
    }
    Ok(())
}

/// Whom a name means.
fn find(ledger: &Ledger, selected: &Selected, name: &str) -> Result<About, Failure> {
    let view = &selected.view;
    let unknown = || Failure::UnknownMember {
        name: name.chars().take(64).collect(),
        organization: selected.header.slug.to_string(),
    };
    let everything = 0..view.size();
    let has_history = |about: About| {
        let filter = HistoryFilter { about: Some(about), ..HistoryFilter::default() };
        let places = view.history(filter, everything.clone());
        places.is_ok_and(|mut places| places.next().is_some()).then_some(about)
    };
    if let (Ok(member), Ok(user)) = (name.parse::<MemberId>(), name.parse::<UserId>()) {
        let found = has_history(About::Member(member)).or(has_history(About::User(user)));
        return found.ok_or_else(unknown);
    }
    let wanted = Username::parse(name).map_err(|_| unknown())?.folded();
    let is_wanted = |username: Option<&PersonalValue>| {
        let username = username.and_then(PersonalValue::text);
        username.and_then(|text| Username::parse(text).ok()).is_some_and(|it| it.folded() == wanted)
    };
    // Whoever has left stands in no list: how they joined tells who they were.
    for event_type in ["MemberCreated", "InvitationAccepted"] {
        let filter = HistoryFilter { event_type: Some(event_type), ..HistoryFilter::default() };
        let places = view.history(filter, everything.clone()).into_iter().flatten();
        for seq in places.filter_map(|org_seq| view.seq_of(org_seq)) {
            for record in ledger.read(seq, 1)? {
                let entry = ledger.unseal(&record)?.entry;
                let (user, username) = match &entry.fact.event {
                    Event::MemberCreated(event) => (event.user, &event.username),
                    Event::InvitationAccepted(event) => (event.user, &event.username),
                    _ => continue,
                };
                if is_wanted(username.as_ref().map(PersonalValue::from).as_ref()) {
                    return Ok(About::User(user));
                }
            }
        }
    }
    Err(unknown())
}

/// One event, told in columns: seq, when, who, what, to whom, before → after, why.
fn columns(row: &AuditRow, view: &OrganizationView) -> [String; 7] {
    let who = match &row.actor_username {
        Some(username) => username.to_string(),
        None => row.actor.to_string(),
    };
    let whom: Vec<String> = row.concerns.iter().filter_map(concern).collect();
    let shown = |value: &Option<Value>| value.as_ref().and_then(|value| side(value, row, view));
    let change = match (shown(&row.before), shown(&row.after)) {
        (None, None) => String::new(),
        (None, Some(after)) => format!("→ {after}"),
        (Some(before), None) => format!("{before} →"),
        (Some(before), Some(after)) => format!("{before} → {after}"),
    };
    let time = moment(row.happened_at);
    let what = row.event_type.to_owned();
    [row.seq.to_string(), time, who, what, whom.join(", "), change, why(row)]
}

/// The known cause, the words of whoever did it, and where it was recorded before.
fn why(row: &AuditRow) -> String {
    let cause = row.cause.map(str::to_owned);
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
        Concern::Member { user_id, username, name, .. } => Some(match (username, name) {
            (Some(known), _) | (None, Some(known)) => known.to_string(),
            (None, None) => user_id.to_string(),
        }),
        Concern::Invitation { invitation_id, email } => Some(match email {
            Some(email) => format!("invitation of {email}"),
            None => format!("invitation {invitation_id}"),
        }),
        Concern::Team { team_id, name } => Some(match name {
            Some(name) => format!("team {name}"),
            None => format!("team {team_id}"),
        }),
        Concern::Role { role } => Some(format!("role {role}")),
    }
}

/// One side of a change. What its line says anyway is not said again; nothing may be left then.
fn side(value: &Value, row: &AuditRow, view: &OrganizationView) -> Option<String> {
    let Value::Object(fields) = value else { return Some(value.to_string()) };
    if fields.is_empty() {
        return Some("nothing".to_owned());
    }
    let said = row.concerns.iter().any(|concern| matches!(concern, Concern::Team { .. }))
        && row.event_type != "TeamUpdated";
    let written = fields.iter().filter(|(name, _)| !(said && *name == "name"));
    let written = written.map(|(name, value)| match (name.as_str(), value) {
        ("roles" | "team_role" | "status" | "permissions", value) => plain(value),
        ("parent", Value::String(id)) => format!("parent {}", team_name(id, row, view)),
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

/// What a parent was called then. In an import it may be named before it is created; then it is
/// called as it was later.
fn team_name(id: &str, row: &AuditRow, view: &OrganizationView) -> String {
    let name = |org_seq| {
        let at = view.moment(AsOf::OrgSeq(org_seq), row.recorded_at).ok()?;
        Some(view.team(id.parse::<TeamId>().ok()?, at)?.name.to_string())
    };
    let last = view.size().saturating_sub(1);
    name(row.org_seq).or_else(|| name(last)).unwrap_or_else(|| id.to_owned())
}
