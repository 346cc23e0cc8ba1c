//! Bundles of a ledger whose keys followed each other: whoever pinned one is led to the last.

use super::made::{exported, log_lines, rotate};
use crate::ledger::{create, organization};
use crate::support::{ledger, machine};
use rollbook::house::bundle::write::{Beside, write};
use rollbook::house::bundle::{Files, Wanted, check};
use std::collections::BTreeSet;
use std::time::Duration;

/// What comes of a bundle under a policy: the exit code and what was found.
fn found(files: &Files, policy: &str, known: &[(String, Vec<u8>)]) -> (u8, String, &'static str) {
    let now = Duration::from_secs(1_811_808_000);
    let wanted =
        Wanted { known: known.to_vec(), now, allow_unwitnessed: true, ..Wanted::default() };
    let verdict = check(Ok(files.clone()), policy.as_bytes(), &wanted);
    let codes: BTreeSet<_> = verdict.findings.kept().iter().map(|it| it.code.name()).collect();
    let codes: Vec<_> = codes.into_iter().collect();
    (verdict.exit(), codes.join(" "), verdict.continuity.name())
}

#[test]
fn whoever_pinned_one_key_is_led_to_the_last() {
    let directory = tempfile::tempdir().unwrap();
    let ledger = ledger(&directory.path().join("data"), 3);
    let mut machine = machine(9);
    ledger.publish(&directory.path().join("guard"), machine.clock, &mut machine.drawn).unwrap();
    let org = organization(&ledger, "acme");
    let (mut policies, mut receipts, mut bundles, mut since) =
        (Vec::new(), Vec::new(), Vec::new(), BTreeSet::new());
    for number in 0..3 {
        ledger.submit(create(org, &format!("m{number}"))).unwrap();
        policies.push(format!("{}quorum none\n", log_lines(&ledger, org)));
        let receipt = exported(&ledger, org, number, &[]);
        let beside = Beside { since: since.clone(), ..Beside::default() };
        bundles.push(write(&ledger, &receipt, &beside).unwrap());
        since.insert(receipt.size);
        receipts.push((receipt, beside));
        rotate(&ledger);
    }
    // A bundle is led forward, and never back: the last column's key did not sign the first bundle.
    let table = [(0, [0, 3, 3]), (1, [0, 0, 3]), (2, [0, 0, 0])];
    for (bundle, exits) in table {
        let got: Vec<_> = policies.iter().map(|it| found(&bundles[bundle], it, &[])).collect();
        for (got, exit) in got.iter().zip(exits) {
            let codes = if exit == 0 { "" } else { "checkpoint_unsigned" };
            assert_eq!((got.0, got.1.as_str()), (exit, codes), "bundle {bundle}: {got:?}");
        }
    }
    // What was seen under the first key is continued by what the last one signed.
    let seen = ["global/checkpoint", "org/checkpoint"]
        .map(|path| (path.to_owned(), bundles[0].get(path).unwrap().to_vec()));
    assert_eq!(found(&bundles[2], &policies[0], &seen), (0, String::new(), "consistent"));
    // Written again behind every rotation, each has the bytes that it had before.
    for ((receipt, beside), files) in receipts.iter().zip(&bundles) {
        assert_eq!(&write(&ledger, receipt, beside).unwrap(), files);
    }
}
