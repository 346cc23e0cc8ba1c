//! Moving in from another system: rows become commands, and each is decided by itself. What the law
//! refuses is what is told of its row; the others stay.

mod past;
mod run;
mod taker;

pub use past::PastError;
pub use run::run;
pub use taker::Taker;

use super::source::Place;
use crate::law::command::{Action, Line, LineChange, RowChange, Who};
use crate::words::{Name, Timestamp};
use serde::Serialize;

/// Rows that are to be taken over, and in which order.
#[derive(Debug)]
pub struct Plan {
    /// What stands in the entries as the place they come from.
    pub source: Name,
    /// Whether rows are known again by their lines: then a line that is about somebody else than it
    /// was is refused.
    pub by_line: bool,
    /// All rows, in the order in which they are told of.
    pub steps: Vec<Step>,
    /// Which of them belong together, in the order in which they are decided.
    pub groups: Vec<Group>,
}

/// The rows of one organization, or those of accounts.
#[derive(Debug, Default)]
pub struct Group {
    /// The organization that begins with them, unless it is there.
    pub begins: Option<Begins>,
    /// Its rows, as places in [`Plan::steps`], in the order of time.
    pub order: Vec<usize>,
}

/// How an organization begins. One is never without somebody who holds its top role, so it begins
/// together with the first of them.
#[derive(Debug)]
pub struct Begins {
    /// The row that says so, if there is one.
    pub step: Option<usize>,
    /// What it is.
    pub line: Line,
    /// How it is called in the entries.
    pub commit: Name,
    /// When; none: as it is recorded.
    pub occurred: Option<Timestamp>,
    /// Who may be the first, in that order.
    pub first: Vec<usize>,
}

/// One thing that a row says.
#[derive(Debug)]
pub struct Step {
    /// Where the row stands.
    pub place: Place,
    /// What it says.
    pub what: What,
    /// The steps without which this one cannot be.
    pub after: Vec<usize>,
    /// What is to come of it.
    pub wish: Wish,
}

/// What is to come of a row.
#[derive(Debug)]
pub enum Wish {
    /// It is recorded, under that number of its source.
    Record {
        /// The number.
        seq: u64,
        /// The command.
        action: Box<Action>,
    },
    /// It is recorded with the first of [`Step::after`], or with the beginning of its organization.
    Part,
    /// It was there before, by other ways.
    There(String),
    /// It is left out.
    Skip(String),
    /// It cannot be read.
    Refuse {
        /// The stable code.
        code: &'static str,
        /// What is wrong.
        message: String,
    },
}

/// What a row says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
#[allow(missing_docs)]
pub enum What {
    Row,
    User,
    Password,
    Organization,
    Joined,
    Left,
    Team,
    TeamMember,
    Invitation,
}

/// What became of a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Somebody or something came to exist.
    Created,
    /// Somebody or something that was there became part of something.
    Added,
    /// A membership ended.
    Removed,
    /// It was recorded before.
    AlreadyThere(Option<String>),
    /// It was left out.
    Skipped(String),
    /// It is not recorded.
    Refused {
        /// The stable code.
        code: &'static str,
        /// Why.
        message: String,
    },
}

impl Outcome {
    /// Whether what rests on it can be.
    fn is_there(&self) -> bool {
        match self {
            Self::Created | Self::Added | Self::Removed | Self::AlreadyThere(_) => true,
            Self::Skipped(_) | Self::Refused { .. } => false,
        }
    }
}

impl Step {
    /// The line that is recorded of it.
    fn line(&self) -> Option<&Line> {
        match &self.wish {
            Wish::Record { action, .. } => match action.as_ref() {
                Action::Import(commit) => commit.lines.first(),
                _ => None,
            },
            Wish::Part | Wish::There(_) | Wish::Skip(_) | Wish::Refuse { .. } => None,
        }
    }

    /// Whom it is about.
    fn who(&self) -> Option<&Who> {
        let LineChange::Row(change) = &self.line()?.change else { return None };
        match change {
            RowChange::MemberJoined { who, .. }
            | RowChange::MemberLeft { who, .. }
            | RowChange::TeamJoined { who, .. } => Some(who),
            RowChange::OrganizationBegun { .. } => None,
        }
    }
}
