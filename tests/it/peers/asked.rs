//! Our side of C2SP tlog-witness: a ledger asks a witness that somebody else wrote, and what comes
//! of it is accepted by the verifier.

use super::witness::Witness;
use super::{Shown, printed, program, runs};
use crate::ledger::create;
use crate::witness::program::Program;
use rollbook::doors::client::post;
use rollbook::house::bundle::write::{Beside, write};
use rollbook::house::bundle::{Wanted, check};
use rollbook::house::witnessing::Witnesses;
use rollbook::proof::{AddCheckpoint, Policy};
use std::fs;
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(20);

#[test]
fn a_witness_of_somebody_else_signs_what_a_ledger_publishes_and_bundles_are_accepted() {
    if !runs(&["witness-log", "--help"]) || !runs(&["node", "--version"]) {
        return;
    }
    let shown = Shown::new();
    let witness = Witness::start(&shown);
    let ledger = &shown.ledger;
    let one = format!("witness one {} http://{}", witness.key, witness.address);
    let policy = Policy::of_witnesses(format!("{one}\nquorum one\n").as_bytes()).unwrap();
    let told = Box::new(|witness: &str, outcome| assert_eq!(outcome, Ok(()), "{witness}"));
    let witnesses = Witnesses { policy, is_required: false, post: post(), told };
    ledger.ask_witnesses(witnesses).unwrap();
    let cosigned = ledger.await_cosigned(ledger.head().size, PATIENCE).unwrap();
    let signed = cosigned.note.verify([&witness.key].into_iter()).unwrap();
    assert_eq!(signed.len(), 1);

    // Exported now, and the ledger goes on: the bundle rests on what the witness signs then.
    let org = ledger.views().organizations().next().unwrap().id();
    let receipt = crate::bundle::export(ledger, org, &[]);
    let later = ledger.submit(create(org, "later")).unwrap().size;
    assert!(later > receipt.size && ledger.await_cosigned(later, PATIENCE).is_some());
    let files = write(ledger, &receipt, &Beside::default()).unwrap();
    let published = ledger.published().unwrap();
    let key = |org| ledger.log_key(&published, org).unwrap().unwrap();
    let logs = format!("log {}\nlog {}\n", key(None), key(Some(org)));
    let now = signed[0].time.unwrap() + Duration::from_secs(1);
    let path = shown.path("bundle.zip");
    fs::write(&path, files.to_zip().unwrap()).unwrap();
    let verdict = |quorum: &str| {
        let policy =
            format!("{logs}{one}\nwitness two {}\n{quorum}", crate::bundle::witness(2).public());
        // The second verifier says the same.
        fs::write(shown.path("policy"), &policy).unwrap();
        let seconds = now.as_secs().to_string();
        let mut second = program(&["node", "web/verify/node.mjs", path.to_str().unwrap()]);
        second.arg("--policy").arg(shown.path("policy")).args(["--now", &seconds]);
        let second = second.output().unwrap().status.code();
        let wanted = Wanted { now, ..Wanted::default() };
        let verdict = check(Ok(files.clone()), policy.as_bytes(), &wanted);
        let found: Vec<_> = verdict.findings.kept().iter().map(ToString::to_string).collect();
        assert_eq!(second, Some(i32::from(verdict.exit())), "{found:?}");
        (verdict.exit(), found.join("; "))
    };
    assert_eq!(verdict("quorum one\n"), (0, String::new()));
    assert_eq!(verdict("group both all one two\nquorum both\n").0, 3);
}

/// A witness of ours signs, and the verifier of somebody else takes it.
#[test]
fn the_verifier_of_somebody_else_takes_what_our_witness_signed() {
    if !runs(&["witness-log", "--help"]) {
        return;
    }
    let shown = Shown::new();
    let vkey = shown.text("vkey").trim().to_owned();
    let folder = shown.path("own");
    fs::create_dir(&folder).unwrap();
    let witness = Program::of(&folder, std::slice::from_ref(&vkey));
    let old = shown.text("old-checkpoint");
    let first = AddCheckpoint { old: 0, proof: Vec::new(), checkpoint: &old }.write();
    assert_eq!(witness.add(&first).status, 200);
    assert_eq!(witness.add(&shown.text("consistency")).status, 200);
    let latest = witness.latest(&shown.published.checkpoint.origin).body;
    let verify = |text: &str| {
        fs::write(shown.path("cosigned"), text).unwrap();
        let (path, key) = (shown.path("cosigned"), witness.vkey.to_string());
        let words = ["witness-log", "c2sp", "verify", path.to_str().unwrap()];
        let mut verifier = program(&words);
        verifier.args(["--vkey", &vkey, "--vkey", &key]).output().unwrap()
    };
    let told = printed(&verify(&latest));
    assert!(told.contains(witness.vkey.name()), "{told}");
    let size = shown.published.checkpoint.size;
    let larger = latest.replacen(&format!("\n{size}\n"), &format!("\n{}\n", size + 1), 1);
    assert_eq!(verify(&larger).status.code(), Some(40));
}
