//! What checking an export comes to.

use super::check::LINE_LIMIT_BYTES;
use super::form::{FORMAT, Header, LineError};
use crate::facts::EntryError;
use crate::proof::LinkFault;
use crate::words::{ChainHash, SubjectId};
use std::fmt;

/// The whole result.
#[derive(Debug, Default)]
pub struct Verdict {
    /// The first line, where it could be read.
    pub header: Option<Header>,
    /// How many entries were read.
    pub entries: u64,
    /// The hash of the last one.
    pub head: Option<ChainHash>,
    /// Commitments that a disclosure opens.
    pub disclosed: u64,
    /// Commitments whose key was destroyed: a `PersonalDataErased` covers whose they are.
    pub erased: u64,
    /// Commitments that nothing opens, although something might.
    pub withheld: u64,
    /// Everything that is wrong, in the order of the file; at most 1,000.
    pub findings: Vec<Finding>,
    /// How many findings there are in all.
    pub findings_total: u64,
}

impl Verdict {
    /// Whether nothing is wrong.
    pub fn is_whole(&self) -> bool {
        self.findings_total == 0
    }
}

/// One fault.
#[derive(Debug)]
pub struct Finding {
    /// The line, counted from 1.
    pub line: u64,
    /// The entry it stands in or belongs to, where that can be told.
    pub seq: Option<u64>,
    /// What is wrong.
    pub fault: Fault,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "line {}", self.line)?;
        if let Some(seq) = self.seq {
            write!(f, " (seq {seq})")?;
        }
        write!(f, ": {}", self.fault)
    }
}

/// What can be wrong with an export.
#[derive(Debug)]
pub enum Fault {
    /// Nothing stands in the file.
    Empty,
    /// The first line is no header.
    Header(LineError),
    /// The header is of a format that this version does not read.
    Format(u32),
    /// A line is longer than any can be.
    LineTooLong,
    /// The last line is not ended by a line feed: the file was cut.
    NoLineEnd,
    /// The bytes are no entry.
    Entry(EntryError),
    /// An entry of another organization.
    Organization,
    /// The entry does not come next.
    Link(LinkFault),
    /// What it says cannot follow from the entries before it.
    Contradiction(String),
    /// The line is no disclosure.
    Disclosure(LineError),
    /// A disclosure does not stand behind its entry.
    DisclosureMisplaced {
        /// The entry it names.
        seq: u64,
    },
    /// Disclosures of one entry are not in the order of their fields, or one stands twice.
    DisclosureOrder {
        /// The field.
        field: String,
    },
    /// The entry commits to nothing there.
    DisclosureOfNothing {
        /// The field.
        field: String,
    },
    /// The value belongs to somebody else.
    DisclosureOwner {
        /// The field.
        field: String,
        /// Whose the entry says it is.
        of: SubjectId,
    },
    /// The value is not the one that the entry commits to.
    DisclosureMismatch {
        /// The field.
        field: String,
    },
    /// The value is there, although the organization says that its key was destroyed.
    DisclosureOfErased {
        /// The field.
        field: String,
        /// Whose it is.
        of: SubjectId,
    },
    /// Something was sealed for somebody whose key had been destroyed.
    SealedBehindErasure {
        /// The field.
        field: String,
        /// Whose it is.
        of: SubjectId,
    },
    /// More or fewer entries than the header says.
    Size {
        /// What the header says.
        said: u64,
        /// How many there are.
        found: u64,
    },
    /// The last entry is not the one that the header names.
    Head {
        /// What the header says.
        said: ChainHash,
        /// The hash of the last entry.
        found: ChainHash,
    },
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Empty => f.write_str("the file is empty"),
            Self::Header(error) => write!(f, "the first line is not an export's: {error}"),
            Self::Format(found) => {
                write!(f, "export format {found}; this version reads format {FORMAT}")
            }
            Self::LineTooLong => write!(f, "the line has more than {LINE_LIMIT_BYTES} bytes"),
            Self::NoLineEnd => f.write_str("the line is not ended: the file was cut"),
            Self::Entry(error) => write!(f, "{error}"),
            Self::Organization => f.write_str("the entry belongs to another organization"),
            Self::Link(fault) => write!(f, "{fault}"),
            Self::Contradiction(why) => write!(f, "{why}"),
            Self::Disclosure(error) => write!(f, "not a disclosure: {error}"),
            Self::DisclosureMisplaced { seq } => {
                write!(f, "the disclosure belongs to entry {seq} and does not stand behind it")
            }
            Self::DisclosureOrder { field } => {
                write!(f, "the disclosure of {field} is out of order or double")
            }
            Self::DisclosureOfNothing { field } => {
                write!(f, "the entry commits to nothing at {field}")
            }
            Self::DisclosureOwner { field, of } => {
                write!(f, "the value of {field} belongs to {of}")
            }
            Self::DisclosureMismatch { field } => {
                write!(f, "the value of {field} is not the one that the entry commits to")
            }
            Self::DisclosureOfErased { field, of } => {
                write!(f, "the value of {field} is disclosed, although those of {of} were erased")
            }
            Self::SealedBehindErasure { field, of } => {
                write!(f, "{field} is sealed for {of}, whose values had been erased")
            }
            Self::Size { said, found } => {
                write!(f, "the header says {said} entries, there are {found}")
            }
            Self::Head { said, found } => {
                write!(f, "the header names {said} as the last entry's hash, it is {found}")
            }
        }
    }
}
