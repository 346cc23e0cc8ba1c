//! An export in the hands of somebody who wants it to say something else.

use rollbook::facts::Entry;
use rollbook::house::export::{Verdict, check};
use rollbook::words::{ChainHash, Origin, canonical};
use serde_json::Value;
use std::path::Path;

/// The lines of an export, each with its end.
#[derive(Clone)]
pub(super) struct Forged {
    pub lines: Vec<Vec<u8>>,
}

impl Forged {
    /// The export of an organization of the reference ledger.
    pub(super) fn of(slug: &str) -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("events/reference");
        let bytes = std::fs::read(folder.join(format!("{slug}.export.ndjson"))).unwrap();
        Self { lines: bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect() }
    }

    pub(super) fn bytes(&self) -> Vec<u8> {
        self.lines.concat()
    }

    pub(super) fn verdict(&self) -> Verdict {
        check(self.bytes().as_slice()).unwrap()
    }

    /// Which line an entry stands in.
    pub(super) fn entry(&self, seq: u64) -> usize {
        let stands = |line: &&[u8]| Entry::parse(line).is_ok_and(|entry| entry.seq == seq);
        let line = self.texts().position(|line| stands(&line));
        line.unwrap_or_else(|| panic!("no entry {seq}"))
    }

    /// Which line a disclosure stands in.
    pub(super) fn disclosure(&self, seq: u64, field: &str) -> usize {
        let stands = |line: &[u8]| {
            let value: Value = serde_json::from_slice(line).unwrap_or_default();
            let disclosure = &value["disclosure"];
            disclosure["seq"] == seq && disclosure["field"] == field
        };
        let line = self.texts().position(stands);
        line.unwrap_or_else(|| panic!("no disclosure of {field} in {seq}"))
    }

    fn texts(&self) -> impl Iterator<Item = &[u8]> {
        self.lines.iter().map(|line| line.strip_suffix(b"\n").unwrap_or(line))
    }

    /// Writes something else in one place of a line.
    pub(super) fn write(&mut self, line: usize, before: &str, after: &str) {
        let text = String::from_utf8(self.lines[line].clone()).unwrap();
        assert_eq!(text.matches(before).count(), 1, "{before} in {text}");
        self.lines[line] = text.replace(before, after).into_bytes();
    }

    pub(super) fn write_entry(&mut self, seq: u64, before: &str, after: &str) {
        self.write(self.entry(seq), before, after);
    }

    /// Gives a field of a line another value, in canonical form.
    pub(super) fn set(&mut self, line: usize, pointer: &str, value: impl Into<Value>) {
        let mut object: Value = serde_json::from_slice(&self.lines[line]).unwrap();
        if let Some(place) = object.pointer_mut(pointer) {
            *place = value.into();
        } else {
            let (within, field) = pointer.rsplit_once('/').unwrap();
            let fields = object.pointer_mut(within).unwrap().as_object_mut().unwrap();
            fields.insert(field.to_owned(), value.into());
        }
        self.lines[line] = canonical::write(&object).unwrap();
        self.lines[line].push(b'\n');
    }

    pub(super) fn set_entry(&mut self, seq: u64, pointer: &str, value: impl Into<Value>) {
        self.set(self.entry(seq), pointer, value);
    }

    pub(super) fn get(&self, line: usize, pointer: &str) -> Value {
        let object: Value = serde_json::from_slice(&self.lines[line]).unwrap();
        object.pointer(pointer).unwrap_or_else(|| panic!("no {pointer} in {object}")).clone()
    }

    /// Ends an entry's line otherwise.
    pub(super) fn end_line(&mut self, seq: u64, end: &[u8]) {
        let line = self.entry(seq);
        self.lines[line].pop();
        self.lines[line].extend(end);
    }

    /// Says a line twice.
    pub(super) fn double(&mut self, line: usize) {
        self.lines.insert(line, self.lines[line].clone());
    }

    /// Takes an entry away, with its disclosures.
    pub(super) fn cut(&mut self, seq: u64) {
        let begins = self.entry(seq);
        let disclosures = self.lines[begins + 1..].iter();
        let ends = disclosures.take_while(|line| line.starts_with(b"{\"disclosure\"")).count();
        self.lines.drain(begins..=begins + ends);
    }

    /// Computes every link anew, as far as this file has them. Lines that are no entries stay.
    pub(super) fn relink(&mut self) {
        let header: Value = serde_json::from_slice(&self.lines[0]).unwrap();
        let log = Origin::parse(header["export"]["log"].as_str().unwrap()).unwrap();
        let org = header["export"]["org"].as_str().unwrap().parse().unwrap();
        let mut org_prev = ChainHash::organization_genesis(&log, org);
        let mut last_seq = None;
        for line in 1..self.lines.len() {
            let Ok(value) = serde_json::from_slice::<Value>(&self.lines[line]) else { continue };
            let Some(seq) = value["seq"].as_u64() else { continue };
            self.set(line, "/org_prev", org_prev.to_string());
            if last_seq.is_some_and(|last| last + 1 == seq) {
                self.set(line, "/prev", org_prev.to_string());
            }
            org_prev = ChainHash::of_entry(self.lines[line].strip_suffix(b"\n").unwrap());
            last_seq = Some(seq);
        }
    }

    /// Numbers the entries anew, so that none seems to be missing.
    pub(super) fn renumber(&mut self) {
        let mut org_seq = 0;
        for line in 1..self.lines.len() {
            let value: Value = serde_json::from_slice(&self.lines[line]).unwrap();
            if value.get("org_seq").is_some() {
                self.set(line, "/org_seq", org_seq);
                org_seq += 1;
            }
        }
    }

    /// Writes the header that fits what follows it.
    pub(super) fn reseal(&mut self) {
        let entries: Vec<&[u8]> =
            self.texts().skip(1).filter(|line| !line.starts_with(b"{\"disclosure\"")).collect();
        let (size, head) = (entries.len(), ChainHash::of_entry(entries.last().unwrap()));
        self.set(0, "/export/org_size", size);
        self.set(0, "/export/head", head.to_string());
    }

    /// Everything that a forger can do who has the whole file: links and header computed anew.
    pub(super) fn recompute(&mut self) {
        self.relink();
        self.reseal();
    }
}
