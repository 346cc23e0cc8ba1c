//! Altered copies of one export: every lie is found, and named where it was told.

use super::forger::Forged;
use super::lies::{Case, IMPOSSIBLE, all};
use crate::reference::python;
use std::collections::BTreeSet;
use std::path::Path;

fn altered(case: &Case) -> Forged {
    let mut forged = Forged::of("harbour");
    let before = forged.bytes();
    (case.alter)(&mut forged);
    assert!(forged.bytes() != before, "{}: nothing was altered", case.lie);
    forged
}

#[test]
fn the_copy_that_is_altered_is_whole_before() {
    let verdict = Forged::of("harbour").verdict();
    assert!(verdict.is_whole(), "{:?}", verdict.findings);
    assert_eq!((verdict.entries, verdict.withheld), (20, 0));
}

#[test]
fn every_lie_is_found_where_it_was_told() {
    let mut missed = Vec::new();
    let mut lies = BTreeSet::new();
    for case in all() {
        assert!(lies.insert((case.lie, case.found)), "{} stands twice", case.lie);
        let verdict = altered(case).verdict();
        let first = verdict.findings.first();
        let fits = first.is_some_and(|finding| {
            finding.seq == case.seq && finding.to_string().contains(case.found)
        });
        if !fits {
            missed.push(format!(
                "{}: {:?} of {:?}, but: {}",
                case.lie,
                case.found,
                case.seq,
                first.map_or("nothing".to_owned(), ToString::to_string)
            ));
        }
    }
    assert!(missed.is_empty(), "{} of {}:\n{}", missed.len(), lies.len(), missed.join("\n"));
    eprintln!("{} altered copies of an export, each found in its place", lies.len());
}

#[test]
fn a_verifier_in_another_language_finds_them_too() {
    let Some(mut check) = python() else { return };
    let directory = tempfile::tempdir().unwrap();
    check.arg(Path::new(env!("CARGO_MANIFEST_DIR")).join("events"));
    let hashed = all().filter(|case| !IMPOSSIBLE.iter().any(|other| other.lie == case.lie));
    let mut names = BTreeSet::new();
    for (number, case) in hashed.enumerate() {
        let name = format!("{number:03} {}", case.lie);
        let file = directory.path().join(&name);
        std::fs::write(&file, altered(case).bytes()).unwrap();
        check.arg(file);
        names.insert(name);
    }
    let output = check.output().unwrap();
    let said = String::from_utf8(output.stdout).unwrap();
    let errors = String::from_utf8(output.stderr).unwrap();
    let judged = names
        .iter()
        .filter(|name| {
            said.contains(&format!("\n{name}: ")) || said.starts_with(&format!("{name}: "))
        })
        .count();
    assert_eq!(judged, names.len(), "{said}{errors}");
    let missed: Vec<&str> = said.lines().filter(|line| line.ends_with(", no findings")).collect();
    assert!(missed.is_empty(), "{missed:#?}");
    assert_eq!(output.status.code(), Some(1));
}
