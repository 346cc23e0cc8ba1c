//! The attack corpus: bundles that were spoilt in one way each, and what has to come of it. They
//! are made in JavaScript (`tests/web/cases/`) from definitions alone, and the second verifier is
//! held to the same expectations (`tests/web/verify.test.mjs`).

use crate::clients::is_there;
use serde_json::Value;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::Command;

/// The numbers of the corpus. Some are about a ledger that runs, and tested where that is; the last
/// is of whoever changes a bundle while it is read, and what is checked was read once before.
const OF_BUNDLES: std::ops::RangeInclusive<u64> = 1..=42;
const OF_LEDGERS: [u64; 6] = [12, 31, 37, 38, 39, 42];

fn laid(directory: &Path) -> Vec<PathBuf> {
    let output = Command::new("node")
        .args(["tests/web/lay.mjs", directory.to_str().unwrap()])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let cases = std::fs::read_dir(directory).unwrap().map(|case| case.unwrap().path());
    let mut cases: Vec<PathBuf> = cases.filter(|case| case.join("case.json").exists()).collect();
    cases.sort();
    cases
}

/// What the verifier that people have says of a case.
fn verified(folder: &Path, case: &Value) -> (i32, Value) {
    let options = case["options"].as_array().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_rollbook-verify"))
        .arg(case["bundle"].as_str().unwrap())
        .args(options.iter().map(|option| option.as_str().unwrap()))
        .args(["--json", "--evidence", "evidence"])
        .current_dir(folder)
        .output()
        .unwrap();
    let printed = String::from_utf8_lossy(&output.stdout);
    let told = serde_json::from_str(&printed).unwrap_or_else(|error| {
        let complaint = String::from_utf8_lossy(&output.stderr);
        panic!("{}: {error}: {printed}{complaint}", case["name"])
    });
    (output.status.code().unwrap(), told)
}

fn texts<'a>(list: &'a Value, of: impl Fn(&'a Value) -> &'a Value) -> BTreeSet<&'a str> {
    list.as_array().unwrap().iter().filter_map(|item| of(item).as_str()).collect()
}

#[test]
fn every_attack_is_found_as_it_should_be() {
    if !is_there(&["node", "--version"]) {
        return;
    }
    let directory = tempfile::tempdir().unwrap();
    let (mut wrong, mut covered) = (Vec::new(), BTreeSet::new());
    let cases = laid(directory.path());
    for folder in &cases {
        let text = std::fs::read_to_string(folder.join("case.json")).unwrap();
        let case: Value = serde_json::from_str(&text).unwrap();
        covered.insert(case["corpus"].as_u64().unwrap());
        let (exit, told) = verified(folder, &case);
        let mut differs = Vec::new();
        if Some(i64::from(exit)) != case["exit"].as_i64() || told["exit"] != case["exit"] {
            differs.push(format!("exit {exit} and not {}", case["exit"]));
        }
        let found = texts(&told["findings"], |finding| &finding["code"]);
        let expected = texts(&case["codes"], |code| code);
        // Where a list of findings is full, more may be found than could be listed.
        let is_full = case["isFull"] == true && found.is_superset(&expected);
        if found != expected && !is_full {
            differs.push(format!("{found:?} and not {expected:?}"));
        }
        if let Some(law) = case["law"].as_str() {
            let found = texts(&told["findings"], |finding| &finding["law"]);
            if !found.contains(law) {
                differs.push(format!("the law's {found:?} and not {law}"));
            }
        }
        for (verdict, expected) in case["verdicts"].as_object().into_iter().flatten() {
            if told["verdicts"][verdict] != *expected {
                let found = &told["verdicts"][verdict];
                differs.push(format!("{verdict} {found} and not {expected}"));
            }
        }
        if folder.join("evidence").exists() != (exit == 4) {
            differs.push("evidence is written for a contradiction alone".to_owned());
        }
        if !differs.is_empty() {
            let name = folder.file_name().unwrap().to_string_lossy();
            wrong.push(format!("{name} {}: {}", case["name"], differs.join("; ")));
        }
    }
    assert!(wrong.is_empty(), "{} of {} cases:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
    let missing: Vec<u64> = OF_BUNDLES
        .filter(|attack| !covered.contains(attack) && !OF_LEDGERS.contains(attack))
        .collect();
    assert!(missing.is_empty(), "no case for {missing:?} of the corpus");
}
