//! Lists by numbered pages.

use super::Success;
use crate::doors::wire::Problem;
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

const PER_PAGE: RangeInclusive<usize> = 5..=50;
const PER_PAGE_UNASKED: usize = 20;

/// Which page is asked for; the first is 1.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct Asked {
    page: Option<usize>,
    per_page: Option<usize>,
}

impl Asked {
    pub(super) fn page(&self) -> Result<Page, Problem> {
        Page::read(self.page, self.per_page)
    }
}

/// Which way a list is ordered.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Direction {
    #[default]
    Asc,
    Desc,
}

impl Direction {
    /// Orders rows by a key; those that have the same stay as they stood.
    pub(super) fn sort<T, K: Ord>(self, rows: &mut [T], key: impl Fn(&T) -> K) {
        match self {
            Self::Asc => rows.sort_by_key(key),
            Self::Desc => rows.sort_by_key(|row| std::cmp::Reverse(key(row))),
        }
    }
}

/// A page that can be asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    page: usize,
    per_page: usize,
}

/// What a list says of itself.
#[derive(Debug, Serialize)]
pub(super) struct Info {
    page: usize,
    per_page: usize,
    count: usize,
    total_count: usize,
    total_pages: usize,
}

impl Page {
    pub(super) fn read(page: Option<usize>, per_page: Option<usize>) -> Result<Self, Problem> {
        let (page, per_page) = (page.unwrap_or(1), per_page.unwrap_or(PER_PAGE_UNASKED));
        if page == 0 {
            return Err(Problem::wrong("wrong_parameter", "page: expected 1 or more"));
        }
        if !PER_PAGE.contains(&per_page) {
            let (least, most) = (PER_PAGE.start(), PER_PAGE.end());
            let detail = format!("per_page: expected {least} to {most}");
            return Err(Problem::wrong("wrong_parameter", detail));
        }
        Ok(Self { page, per_page })
    }

    /// How many rows stand before it.
    pub(super) fn skip(self) -> usize {
        (self.page - 1).saturating_mul(self.per_page)
    }

    /// How many rows it has at most.
    pub(super) fn rows(self) -> usize {
        self.per_page
    }

    /// The page of a whole list. Behind the list's end it is empty: clients ask until one is.
    pub(super) fn cut<T>(self, seq: Option<u64>, rows: Vec<T>) -> Success<Vec<T>> {
        let total = rows.len();
        self.of(seq, rows.into_iter().skip(self.skip()).take(self.per_page).collect(), total)
    }

    /// An answer of its rows.
    pub(super) fn of<T>(self, seq: Option<u64>, rows: Vec<T>, total: usize) -> Success<Vec<T>> {
        let info = Info {
            page: self.page,
            per_page: self.per_page,
            count: rows.len(),
            total_count: total,
            total_pages: total.div_ceil(self.per_page),
        };
        Success { result_info: Some(info), ..Success::new(seq, rows) }
    }
}
