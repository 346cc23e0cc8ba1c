//! `events/reference.ndjson` and `events/reference/`: a small ledger with every hash and
//! disclosure, and the export of each of its organizations, for whoever writes a verifier.
#![allow(clippy::unwrap_used, reason = "what is read and written here is the repository's own")]

pub(crate) mod story;

use rollbook::facts::{Entry, Event, RoleSet};
use rollbook::ground::Record;
use rollbook::house::Ledger;
use rollbook::house::export::{check, write::write};
use rollbook::proof::Chains;
use rollbook::words::hash::write_base64;
use rollbook::words::{ChainHash, TreeHash, canonical};
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Command;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("events")
}

/// The story's ledger, in a directory that is deleted with it.
struct Told {
    ledger: Ledger,
    _directory: tempfile::TempDir,
}

fn told() -> Told {
    let directory = tempfile::tempdir().unwrap();
    Told { ledger: story::tell(directory.path()), _directory: directory }
}

impl Told {
    /// A read may end early, where what was fed to sled ends.
    fn records(&self) -> Vec<Record> {
        let mut records = Vec::new();
        while (records.len() as u64) < self.ledger.head().size {
            records.extend(self.ledger.read(records.len() as u64, 1000).unwrap());
        }
        records
    }

    fn entries(&self) -> Vec<Entry> {
        self.records().iter().map(|record| Entry::parse(&record.bytes).unwrap()).collect()
    }

    /// One line for each entry: its exact bytes, their hashes, the roots behind it, what opens it.
    fn lines(&self) -> Vec<u8> {
        let mut chains = Chains::new(self.ledger.origin().clone());
        let mut lines = Vec::new();
        for record in self.records() {
            let opened = self.ledger.unseal(&record).unwrap();
            chains.extend(&opened.entry, &record.bytes);
            let sealed = opened.entry.fact.event.sealed();
            let disclosures: Vec<Value> = opened
                .disclosures
                .iter()
                .map(|disclosure| {
                    let (field, value) =
                        sealed.iter().find(|(field, _)| *field == disclosure.field).unwrap();
                    json!({
                        "field": field,
                        "of": value.of,
                        "salt": write_base64(&disclosure.salt),
                        "value": disclosure.value,
                    })
                })
                .collect();
            let line = json!({
                "bytes": std::str::from_utf8(&record.bytes).unwrap(),
                "chain_hash": ChainHash::of_entry(&record.bytes),
                "disclosures": disclosures,
                "leaf": TreeHash::leaf(&record.bytes),
                "org_root": chains.organization(record.org).frontier.root(),
                "root": chains.whole().frontier.root(),
            });
            lines.extend(canonical::write(&line).unwrap());
            lines.push(b'\n');
        }
        lines
    }

    /// Each organization's export, by the name of its file.
    fn exports(&self) -> BTreeMap<String, Vec<u8>> {
        let views = self.ledger.views();
        let organizations = views.organizations().map(|view| {
            let mut bytes = Vec::new();
            write(&self.ledger, view.id(), view.size(), &mut bytes).unwrap();
            let called = view.slug().text().unwrap().to_owned();
            (format!("{called}.export.ndjson"), bytes)
        });
        organizations.collect()
    }
}

/// Holds a file to what the code writes, or writes it anew.
fn expect(path: &Path, written: &[u8]) {
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(path, written).unwrap();
        return;
    }
    let stands = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let hint = "UPDATE_EXPECT=1 writes it anew; a released file is never written anew";
    assert!(stands == written, "{} differs: {hint}", path.display());
}

#[test]
fn the_reference_ledger_and_its_exports_are_what_the_code_writes() {
    let told = told();
    expect(&folder().join("reference.ndjson"), &told.lines());
    let exports = told.exports();
    for (file, bytes) in &exports {
        expect(&folder().join("reference").join(file), bytes);
    }
    let files = std::fs::read_dir(folder().join("reference")).unwrap();
    let files: BTreeSet<String> =
        files.map(|file| file.unwrap().file_name().into_string().unwrap()).collect();
    assert_eq!(files, exports.into_keys().collect(), "one export for each organization");
}

#[test]
fn every_event_type_role_set_and_kind_of_entry_is_covered() {
    let entries = told().entries();
    let told: BTreeSet<(&str, u32)> = entries
        .iter()
        .map(|entry| (entry.fact.event.type_name(), entry.fact.event.version()))
        .collect();
    assert_eq!(told, Event::CATALOGUE.iter().copied().collect());

    let sets: BTreeSet<RoleSet> = entries
        .iter()
        .filter_map(|entry| match &entry.fact.event {
            Event::OrganizationCreated(created) => Some(created.role_set),
            _ => None,
        })
        .collect();
    assert_eq!(sets, RoleSet::ALL.iter().copied().collect());

    let imported = |entry: &&Entry| entry.occurred.is_some() && entry.fact.source.is_some();
    assert_eq!(entries.iter().filter(imported).count(), 8);
    assert!(entries.iter().any(|entry| entry.fact.source.as_ref().is_some_and(|at| at.baseline)));
}

/// Where somebody was forgotten.
const ERASED_IN: [&str; 2] = ["halden.export.ndjson", "skerry.export.ndjson"];

#[test]
fn every_reference_export_verifies() {
    for (file, bytes) in told().exports() {
        let verdict = check(bytes.as_slice()).unwrap();
        assert!(verdict.is_whole(), "{file}: {:?}", verdict.findings);
        assert_eq!(verdict.withheld, 0, "{file}");
        assert!(verdict.disclosed > 0, "{file}");
        assert_eq!(verdict.erased > 0, ERASED_IN.contains(&file.as_str()), "{file}");
    }
}

/// A verifier of its own, written from `events/README.md` alone.
#[test]
fn a_verifier_in_another_language_comes_to_the_same() {
    let Some(mut check) = python() else { return };
    let output = check.arg(folder()).output().unwrap();
    let (said, failed) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{failed}");
    let entries = told().ledger.head().size;
    assert!(said.contains(&format!("reference.ndjson: {entries} entries")), "{said}");
    eprint!("{said}");
}

/// The check, where Python has what it needs. Without it a test says that it skips, and under CI it
/// fails.
pub(crate) fn python() -> Option<Command> {
    let importable = Command::new("python3").args(["-c", "import blake3"]).output();
    if importable.is_ok_and(|output| output.status.success()) {
        let mut command = Command::new("python3");
        command.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/reference_check.py"));
        return Some(command);
    }
    assert!(std::env::var_os("CI").is_none(), "python3 cannot import blake3: pip install blake3");
    eprintln!("skipped: python3 cannot import blake3 (pip install blake3)");
    None
}
