//! Checking an export: no server, no data directory, nothing but the file.
//!
//! Checked: canonical bytes, the event types' own rules, the organization's chain, and that each
//! disclosure opens the commitment it belongs to. Not shown by this: that the file ends where the
//! history ends, that it is the newest, or that others were given the same. Whoever can write the
//! file can compute a chain anew; only a head that was known before, or a signed checkpoint, can
//! show that.

use super::form::{self, Disclosed, DisclosureLine, FORMAT, Header, HeaderLine, LineError};
use crate::facts::{Entry, EntryError};
use crate::projections::OrganizationView;
use crate::proof::{LinkFault, OrganizationChain};
use crate::words::hash::Place;
use crate::words::{ChainHash, Commitment, SubjectId};
use std::fmt;
use std::io::{BufRead, Read};

/// The longest line that is read. An entry has at most 8 KiB, a disclosure less.
const LINE_LIMIT_BYTES: u64 = 32 * 1024;

/// How many findings are kept; the others are counted. A file that is not an export at all would
/// otherwise fill the memory with them.
const FINDINGS_LIMIT: usize = 1000;

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
    /// Commitments that nothing opens.
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
            Self::Size { said, found } => {
                write!(f, "the header says {said} entries, there are {found}")
            }
            Self::Head { said, found } => {
                write!(f, "the header names {said} as the last entry's hash, it is {found}")
            }
        }
    }
}

/// Reads an export to its end and reports everything that is wrong with it.
///
/// # Errors
/// Only when the file cannot be read; whatever stands in it is a matter of findings.
pub fn check(mut input: impl BufRead) -> std::io::Result<Verdict> {
    let mut checking = Checking::default();
    let mut bytes = Vec::new();
    loop {
        bytes.clear();
        let read = (&mut input).take(LINE_LIMIT_BYTES + 1).read_until(b'\n', &mut bytes)?;
        if read == 0 {
            break;
        }
        checking.line += 1;
        if bytes.last() == Some(&b'\n') {
            bytes.pop();
        } else if read as u64 > LINE_LIMIT_BYTES {
            checking.find(None, Fault::LineTooLong);
            // The rest of it would be taken for lines.
            break;
        } else {
            checking.find(None, Fault::NoLineEnd);
        }
        checking.take(&bytes);
    }
    Ok(checking.end())
}

#[derive(Default)]
struct Checking {
    verdict: Verdict,
    line: u64,
    chain: Option<OrganizationChain>,
    view: Option<OrganizationView>,
    /// The seq of the entry before; none where its bytes were no entry.
    last_seq: Option<u64>,
    /// The entry whose disclosures may follow, and the field of the last one.
    current: Option<(Entry, Option<String>)>,
}

impl Checking {
    fn find(&mut self, seq: Option<u64>, fault: Fault) {
        self.verdict.findings_total += 1;
        if self.verdict.findings.len() < FINDINGS_LIMIT {
            self.verdict.findings.push(Finding { line: self.line, seq, fault });
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        if self.line == 1 {
            self.header(bytes);
        } else if bytes.starts_with(form::DISCLOSURE_BEGINS) {
            self.disclosure(bytes);
        } else {
            self.entry(bytes);
        }
    }

    fn header(&mut self, bytes: &[u8]) {
        match form::read::<HeaderLine>(bytes) {
            Ok(HeaderLine { export }) => {
                if export.format != FORMAT {
                    self.find(None, Fault::Format(export.format));
                }
                let chain = OrganizationChain::new(export.log.clone(), export.org);
                self.chain = Some(chain);
                self.verdict.header = Some(export);
            }
            Err(error) => self.find(None, Fault::Header(error)),
        }
    }

    fn entry(&mut self, bytes: &[u8]) {
        self.settle_withheld();
        self.verdict.entries += 1;
        let entry = match Entry::parse(bytes) {
            Ok(entry) => entry,
            Err(error) => {
                if let Some(chain) = &mut self.chain {
                    chain.extend_unread(bytes);
                }
                self.last_seq = None;
                self.find(stated_seq(bytes), Fault::Entry(error));
                return;
            }
        };
        let seq = Some(entry.seq);
        if let Some(chain) = &mut self.chain {
            let foreign = entry.fact.org != chain.organization();
            let mut faults = chain.check(&entry);
            if let Some(before) = known_before(&entry, self.last_seq, chain)
                && entry.prev != before
            {
                faults.push(LinkFault::Prev);
            }
            chain.extend(&entry, bytes);
            if foreign {
                self.find(seq, Fault::Organization);
            }
            for fault in faults {
                self.find(seq, Fault::Link(fault));
            }
        }
        self.project(&entry);
        self.last_seq = seq;
        self.current = Some((entry, None));
    }

    /// Asks whether what the entry says can follow. Behind a first finding that proves nothing
    /// more.
    fn project(&mut self, entry: &Entry) {
        if !self.verdict.is_whole() {
            return;
        }
        let applied = match &mut self.view {
            Some(view) => view.apply(entry),
            None => OrganizationView::begin(entry).map(|view| self.view = Some(view)),
        };
        if let Err(error) = applied {
            self.find(Some(entry.seq), Fault::Contradiction(error.to_string()));
        }
    }

    fn disclosure(&mut self, bytes: &[u8]) {
        let disclosed = match form::read::<DisclosureLine>(bytes) {
            Ok(line) => line.disclosure,
            Err(error) => {
                let seq = self.current.as_ref().map(|(entry, _)| entry.seq);
                return self.find(seq, Fault::Disclosure(error));
            }
        };
        let seq = disclosed.seq;
        let Some((entry, last)) = self.current.as_mut().filter(|(entry, _)| entry.seq == seq)
        else {
            return self.find(Some(seq), Fault::DisclosureMisplaced { seq });
        };
        let in_order = last.as_ref().is_none_or(|last| *last < disclosed.field);
        *last = Some(disclosed.field.clone());
        let fault = if in_order {
            opens(entry, &disclosed)
        } else {
            Some(Fault::DisclosureOrder { field: disclosed.field })
        };
        match fault {
            None => self.verdict.disclosed += 1,
            Some(fault) => self.find(Some(seq), fault),
        }
    }

    /// Counts all commitments of the entry as withheld; [`Self::end`] takes off what was disclosed.
    fn settle_withheld(&mut self) {
        if let Some((entry, _)) = self.current.take() {
            self.verdict.withheld += entry.fact.event.sealed().len() as u64;
        }
    }

    fn end(mut self) -> Verdict {
        self.settle_withheld();
        self.verdict.withheld = self.verdict.withheld.saturating_sub(self.verdict.disclosed);
        self.verdict.head = self.chain.as_ref().map(|chain| chain.chain().hash);
        let (said, found) = (self.verdict.header.clone(), self.verdict.entries);
        match said {
            None if self.line == 0 => self.find(None, Fault::Empty),
            None => {}
            Some(header) => {
                if header.org_size != found {
                    self.find(None, Fault::Size { said: header.org_size, found });
                }
                if let Some(head) = self.verdict.head
                    && head != header.head
                {
                    self.find(None, Fault::Head { said: header.head, found: head });
                }
            }
        }
        self.verdict
    }
}

/// The hash that `prev` must be, where this file shows it: at the ledger's first entry, and where
/// the entry before in the ledger is the organization's own.
fn known_before(
    entry: &Entry,
    last_seq: Option<u64>,
    chain: &OrganizationChain,
) -> Option<ChainHash> {
    match entry.seq.checked_sub(1) {
        None => Some(ChainHash::genesis(&entry.log)),
        before if before == last_seq => Some(chain.chain().hash),
        Some(_) => None,
    }
}

/// The seq that bytes state which are no entry: with it a fault has its place. No event has a field
/// of that name, and what a text holds is escaped, so the first key `seq` is the entry's own.
fn stated_seq(bytes: &[u8]) -> Option<u64> {
    const KEY: &[u8] = b",\"seq\":";
    let begins = bytes.windows(KEY.len()).position(|window| window == KEY)? + KEY.len();
    let digits = bytes[begins..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    std::str::from_utf8(&bytes[begins..begins + digits]).ok()?.parse().ok()
}

/// What keeps a disclosure from opening a commitment of the entry, if anything does.
fn opens(entry: &Entry, disclosed: &Disclosed) -> Option<Fault> {
    let field = disclosed.field.clone();
    let sealed = entry.fact.event.sealed();
    let Some((_, sealed)) = sealed.into_iter().find(|(known, _)| *known == disclosed.field) else {
        return Some(Fault::DisclosureOfNothing { field });
    };
    if sealed.of != disclosed.of {
        return Some(Fault::DisclosureOwner { field, of: sealed.of });
    }
    let place = Place { log: &entry.log, seq: entry.seq, field: &disclosed.field };
    let commit = Commitment::to(place, &disclosed.salt, &disclosed.value);
    if sealed.commitment() == Some(commit) {
        None
    } else {
        Some(Fault::DisclosureMismatch { field })
    }
}
