//! Checking an export: no server, no data directory, nothing but the file.
//!
//! Checked: canonical bytes, the event types' own rules, the organization's chain, and that each
//! disclosure opens the commitment it belongs to. Not shown by this: that the file ends where the
//! history ends, that it is the newest, or that others were given the same. Whoever can write the
//! file can compute a chain anew; only a head that was known before, or a signed checkpoint, can
//! show that.

use super::form::{self, Disclosed, DisclosureLine, FORMAT, HeaderLine};
use super::owners::Owners;
use super::verdict::{Fault, Finding, Verdict};
use crate::facts::{Entry, Event};
use crate::projections::OrganizationView;
use crate::proof::{LinkFault, OrganizationChain};
use crate::words::hash::Place;
use crate::words::{ChainHash, Commitment};
use std::io::{BufRead, Read};

/// The longest line that is read. An entry has at most 8 KiB, a disclosure less.
pub(super) const LINE_LIMIT_BYTES: u64 = 32 * 1024;

/// How many findings are kept; the others are counted. A file that is not an export at all would
/// otherwise fill the memory with them.
pub(super) const FINDINGS_LIMIT: usize = 1000;

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
    owners: Owners,
}

impl Checking {
    fn find(&mut self, seq: Option<u64>, fault: Fault) {
        self.keep(Finding { line: self.line, seq, fault });
    }

    fn keep(&mut self, finding: Finding) {
        self.verdict.findings_total += 1;
        if self.verdict.findings.len() < FINDINGS_LIMIT {
            self.verdict.findings.push(finding);
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
        self.current = None;
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
        self.own(&entry);
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

    /// Whose values it commits to, and whose it says were erased.
    fn own(&mut self, entry: &Entry) {
        for (field, sealed) in entry.fact.event.sealed() {
            if self.owners.commits(sealed.of) {
                let fault = Fault::SealedBehindErasure { field: field.to_owned(), of: sealed.of };
                self.find(Some(entry.seq), fault);
            }
        }
        let Event::PersonalDataErased(erased) = &entry.fact.event else { return };
        for subject in erased.erased(entry.fact.org) {
            if let Some(finding) = self.owners.erase(subject) {
                self.keep(finding);
            }
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
            Some(Fault::DisclosureOrder { field: disclosed.field.clone() })
        };
        match fault {
            None => {
                if let Some(finding) = self.owners.discloses(self.line, &disclosed) {
                    self.keep(finding);
                }
            }
            Some(fault) => self.find(Some(seq), fault),
        }
    }

    fn end(mut self) -> Verdict {
        let [disclosed, erased, withheld] = self.owners.counts();
        self.verdict.disclosed = disclosed;
        self.verdict.erased = erased;
        self.verdict.withheld = withheld;
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
