//! The reference ledger replays, and what it leaves undecided is known.

use super::{replayed, was_lawful, withheld};
use rollbook::facts::{Content, Entry};
use rollbook::words::OrganizationId;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// Every entry, with the values open that are not erased.
fn entries() -> Vec<Entry> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("events/reference.ndjson");
    let lines = std::fs::read_to_string(path).unwrap();
    let entries = lines.lines().map(|line| {
        let line: Value = serde_json::from_str(line).unwrap();
        let mut entry = Entry::parse(line["bytes"].as_str().unwrap().as_bytes()).unwrap();
        let disclosures = line["disclosures"].as_array().unwrap();
        for (field, sealed) in entry.fact.event.sealed_mut() {
            let disclosed = disclosures.iter().find(|disclosed| disclosed["field"] == field);
            // None of what was erased.
            if let Some(disclosed) = disclosed {
                let value = disclosed["value"].as_str().unwrap();
                sealed.content = Content::Open(value.into());
            }
        }
        entry
    });
    entries.collect()
}

#[test]
fn the_reference_ledger_was_lawful() {
    let entries = entries();
    was_lawful(&entries);
    let sealed: Vec<Entry> = entries.iter().cloned().map(withheld).collect();
    let undecided = json!({ "disclosed": counted(&entries), "withheld": counted(&sealed) });
    let written = format!("{}\n", serde_json::to_string_pretty(&undecided).unwrap());
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/lies/undecided.json");
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(&path, written).unwrap();
    } else {
        let stands = std::fs::read_to_string(&path).unwrap();
        assert!(
            stands == written,
            "another verifier is held to it; UPDATE_EXPECT=1 writes it anew"
        );
    }
}

/// What the history of each organization leaves undecided, by organization and rule.
fn counted(entries: &[Entry]) -> BTreeMap<OrganizationId, BTreeMap<&'static str, u64>> {
    let mut organizations = BTreeMap::new();
    for org in entries.iter().map(|entry| entry.fact.org) {
        if org != OrganizationId::DEPLOYMENT && !organizations.contains_key(&org) {
            let (_, counts) = replayed(entries.iter().filter(|entry| entry.fact.org == org));
            let counts = counts.iter().map(|(rule, count)| (rule.name(), count));
            organizations.insert(org, counts.collect());
        }
    }
    assert_eq!(organizations.len(), 7);
    organizations
}
