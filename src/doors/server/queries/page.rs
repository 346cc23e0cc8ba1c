//! Lists in parts.

use super::When;
use crate::doors::server::problem::Problem;
use serde::Deserialize;
use std::str::FromStr;

/// The most rows in one answer: some 400 KB, written in a millisecond.
pub(super) const ROWS_LIMIT: usize = 1000;

/// What a list is asked for.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct List {
    as_of: Option<String>,
    recorded_as_of: Option<String>,
    /// At most that many rows.
    limit: Option<usize>,
    /// Those behind the row with that identifier.
    after: Option<String>,
}

impl List {
    pub(super) fn when(&self) -> When {
        When { as_of: self.as_of.clone(), recorded_as_of: self.recorded_as_of.clone() }
    }
}

/// How many rows are wanted.
pub(super) fn rows_limit(asked: Option<usize>) -> Result<usize, Problem> {
    match asked.unwrap_or(ROWS_LIMIT) {
        limit @ 1..=ROWS_LIMIT => Ok(limit),
        _ => Err(Problem::wrong("wrong_parameter", "limit: expected 1 to 1000")),
    }
}

/// The part of a list that can be had in parts, and behind which row it goes on.
pub(super) fn page_of<T, I: FromStr + ToString>(
    part: impl FnOnce(Option<I>, usize) -> Option<Vec<T>>,
    asked: &List,
    id: impl Fn(&T) -> I,
) -> Result<(Vec<T>, Option<String>), Problem> {
    let limit = rows_limit(asked.limit)?;
    let after = asked.after.as_ref().map(|after| after.parse()).transpose();
    let after = after.map_err(|_| no_such_row())?;
    // One more than is wanted tells whether the list goes on.
    let mut rows = part(after, limit + 1).ok_or_else(no_such_row)?;
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(|row| id(row).to_string());
    Ok((rows, next))
}

fn no_such_row() -> Problem {
    let detail = "after: no row of that moment has that identifier; keep to one as_of";
    Problem::wrong("wrong_parameter", detail)
}

/// The part of a list that was asked for, and behind which row it goes on.
pub(super) fn page<T>(
    mut rows: Vec<T>,
    asked: &List,
    id: impl Fn(&T) -> String,
) -> Result<(Vec<T>, Option<String>), Problem> {
    let limit = rows_limit(asked.limit)?;
    if let Some(after) = &asked.after {
        let found = rows.iter().position(|row| id(row) == *after);
        rows.drain(..=found.ok_or_else(no_such_row)?);
    }
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(id);
    Ok((rows, next))
}
