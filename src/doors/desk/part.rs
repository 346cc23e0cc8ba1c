//! One part of a list: the moment it is of, where it begins, and where the next one goes on.

use super::texts::Rank;
use super::{Desk, read};
use crate::doors::wire::{Cursor, InParts, ListQuestion, Order, Problem};
use crate::projections::{AsOf, Moment};
use crate::words::Timestamp;
use crate::words::hash::checksum;
use std::cmp::Reverse;
use std::fmt::Write;

/// How many bytes of a digest tell questions apart: whoever changes a parameter by mistake is told.
const QUESTION_BYTES: usize = 8;

/// The part of a list that is asked for.
pub(super) struct Page {
    /// At most that many rows.
    pub(super) limit: usize,
    /// The moment of all parts.
    pub(super) as_of: AsOf,
    /// How many rows stand before it.
    pub(super) passed: usize,
    /// The name of the last of them.
    last: String,
    question: String,
}

/// The moment that a part turned out to be of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Held {
    pub(super) seq: u64,
    pub(super) instant: Timestamp,
}

impl From<Moment> for Held {
    fn from(at: Moment) -> Self {
        Self { seq: at.seq(), instant: at.time() }
    }
}

impl Desk {
    /// Which part is asked for.
    pub(super) fn page<Q: ListQuestion>(&self, question: &Q) -> Result<Page, Problem> {
        let asked = question.parameters();
        let limit = self.rows_limit(asked.limit())?;
        let name = name_of(question);
        let Some(text) = asked.cursor() else {
            let (as_of, last) = (read(&asked.when())?, String::new());
            return Ok(Page { limit, as_of, passed: 0, last, question: name });
        };
        let Cursor { seq, instant, passed, last, .. } = Cursor::read(text, &name)?;
        let as_of = AsOf::Again { seq, instant };
        Ok(Page { limit, as_of, passed, last, question: name })
    }

    /// How many rows are wanted.
    fn rows_limit(&self, asked: Option<usize>) -> Result<usize, Problem> {
        let most = self.rows_limit;
        match asked.unwrap_or(most) {
            limit if (1..=most).contains(&limit) => Ok(limit),
            _ => Err(Problem::wrong("wrong_parameter", format!("limit: expected 1 to {most}"))),
        }
    }
}

/// Tells a question from others: its path, and everything that is the same in every part.
fn name_of<Q: ListQuestion>(question: &Q) -> String {
    let asked = serde_json::to_string(&question.parameters().without_part());
    let text = format!("{}?{}", question.path(), asked.unwrap_or_default());
    let mut name = String::new();
    for byte in &checksum(text.as_bytes())[..QUESTION_BYTES] {
        // Writing into a text cannot fail.
        let _ = write!(name, "{byte:02x}");
    }
    name
}

impl Page {
    /// The part of the rows of a whole list, and where the next one goes on.
    pub(super) fn cut<T>(
        &self,
        mut rows: Vec<T>,
        held: impl Into<Held>,
        name: impl Fn(&T) -> String,
    ) -> Result<(Vec<T>, Option<String>), Problem> {
        rows.drain(..self.before().min(rows.len()));
        self.cut_behind(rows, held, name)
    }

    /// How many rows of a whole list [`Page::cut_behind`] does not look at.
    pub(super) fn before(&self) -> usize {
        self.passed.saturating_sub(1)
    }

    /// How many rows behind those [`Page::cut_behind`] looks at.
    pub(super) fn reach(&self) -> usize {
        self.limit.saturating_add(2)
    }

    /// The same of rows that begin behind the first [`Page::before`].
    pub(super) fn cut_behind<T>(
        &self,
        mut rows: Vec<T>,
        held: impl Into<Held>,
        name: impl Fn(&T) -> String,
    ) -> Result<(Vec<T>, Option<String>), Problem> {
        if self.passed > 0 {
            // What was erased since may stand elsewhere in an order, or fit a filter no more.
            if rows.first().is_none_or(|row| name(row) != self.last) {
                return Err(changed());
            }
            rows.remove(0);
        }
        let goes_on = rows.len() > self.limit;
        rows.truncate(self.limit);
        let last = rows.last().filter(|_| goes_on);
        let next = last.map(|row| self.next(rows.len(), held, name(row)));
        Ok((rows, next))
    }

    /// A cursor behind so many more rows, the last of which has a name.
    pub(super) fn next(&self, rows: usize, held: impl Into<Held>, last: String) -> String {
        let Held { seq, instant } = held.into();
        let (question, passed) = (self.question.clone(), self.passed.saturating_add(rows));
        Cursor { question, seq, instant, passed, last }.write()
    }

    /// The name of the last row before it; none at the beginning.
    pub(super) fn last(&self) -> Option<&str> {
        (self.passed > 0).then_some(self.last.as_str())
    }
}

/// The parts before are of another list.
pub(super) fn changed() -> Problem {
    let detail = "what was erased since has changed this list: ask for it from the beginning";
    Problem::new(410, "list_changed", detail)
}

/// Puts rows in order by what is asked for, with the last first where that is asked for too. Rows
/// of one rank stay in the order in which they came.
pub(super) fn sort<T, K: Copy>(
    rows: &mut [T],
    order: Option<Order<K>>,
    rank: impl Fn(K, &T) -> Rank,
) {
    match order {
        None => {}
        Some(Order { by, descending: false }) => rows.sort_by_cached_key(|row| rank(by, row)),
        Some(Order { by, descending: true }) => {
            rows.sort_by_cached_key(|row| Reverse(rank(by, row)));
        }
    }
}
