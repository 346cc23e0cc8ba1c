//! What is answered when something is wrong: the members of RFC 9457, and a stable code.

use serde::Deserialize;
use std::borrow::Cow;
use thiserror::Error;

/// One thing that is wrong. `code` is stable; the words may change.
#[derive(Debug, Clone, Error, Deserialize)]
#[error("{detail}")]
pub struct Problem {
    /// The status of the answer.
    pub status: u16,
    /// Stands for what is wrong, in every version.
    pub code: Cow<'static, str>,
    /// What is wrong, where, and what to do, for people.
    pub detail: String,
    /// Nothing was recorded, and the same request may do soon.
    #[serde(skip)]
    pub is_passing: bool,
    /// Before so many seconds have passed the same request is refused again.
    #[serde(skip)]
    pub wait_seconds: Option<u64>,
}

impl Problem {
    /// A problem.
    pub fn new(status: u16, code: &'static str, detail: impl ToString) -> Self {
        let (code, detail) = (Cow::Borrowed(code), detail.to_string());
        Self { status, code, detail, is_passing: false, wait_seconds: None }
    }

    /// What was asked cannot be understood.
    pub fn wrong(code: &'static str, detail: impl ToString) -> Self {
        Self::new(400, code, detail)
    }

    /// Each part of what was asked can be understood, and they do not go together.
    pub fn unfit(code: &'static str, detail: impl ToString) -> Self {
        Self::new(422, code, detail)
    }

    /// What was asked for is not there.
    pub fn missing(code: &'static str, detail: impl ToString) -> Self {
        Self::new(404, code, detail)
    }

    /// Rollbook did not do what it should; the operator finds out more than the caller.
    pub fn fault(code: &'static str, error: impl ToString) -> Self {
        Self::new(500, code, error)
    }
}
