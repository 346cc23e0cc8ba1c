//! What is answered when something is wrong: the members of RFC 9457, and a stable code.

use serde::Deserialize;
use std::borrow::Cow;
use thiserror::Error;

/// One thing that is wrong. `code` is stable; the words may change.
#[derive(Debug, Clone, Error, Deserialize)]
#[error("{detail}")]
pub(in crate::doors) struct Problem {
    pub(in crate::doors) status: u16,
    pub(in crate::doors) code: Cow<'static, str>,
    pub(in crate::doors) detail: String,
    /// Nothing was recorded, and the same request may do soon.
    #[serde(skip)]
    pub(in crate::doors) is_passing: bool,
    /// Before so many seconds have passed the same request is refused again.
    #[serde(skip)]
    pub(in crate::doors) wait_seconds: Option<u64>,
}

impl Problem {
    pub(in crate::doors) fn new(status: u16, code: &'static str, detail: impl ToString) -> Self {
        let (code, detail) = (Cow::Borrowed(code), detail.to_string());
        Self { status, code, detail, is_passing: false, wait_seconds: None }
    }

    /// What was asked cannot be understood.
    pub(in crate::doors) fn wrong(code: &'static str, detail: impl ToString) -> Self {
        Self::new(400, code, detail)
    }

    /// Each part of what was asked can be understood, and they do not go together.
    pub(in crate::doors) fn unfit(code: &'static str, detail: impl ToString) -> Self {
        Self::new(422, code, detail)
    }

    pub(in crate::doors) fn missing(code: &'static str, detail: impl ToString) -> Self {
        Self::new(404, code, detail)
    }

    /// Rollbook did not do what it should; the operator finds out more than the caller.
    pub(in crate::doors) fn fault(code: &'static str, error: impl ToString) -> Self {
        Self::new(500, code, error)
    }
}
