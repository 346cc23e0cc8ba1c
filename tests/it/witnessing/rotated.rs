//! A bundle that rests on what witnesses signed later, behind a rotation that the export knew
//! nothing of.

use super::{PATIENCE, Place};
use crate::bundle::made::{NOW, exported, log_lines, rotate};
use crate::ledger::create;
use crate::witness::program::Program;
use rollbook::house::bundle::write::{Beside, write};
use rollbook::house::bundle::{Wanted, check};
use rollbook::law::Publication;
use rollbook::proof::Checkpoint;

#[test]
fn what_witnesses_signed_behind_a_rotation_leads_there_from_the_key_before() {
    let place = Place::new();
    let (ledger, org) = (&place.ledger, place.org);
    let next = Publication { rotation: 1, restored: 0 };
    let next = ledger.publication_key(next, None).unwrap().unwrap();
    let folder = place.path("one");
    std::fs::create_dir(&folder).unwrap();
    let one = Program::of(&folder, &[place.vkey(), next.to_string()]);
    let lines = log_lines(ledger, org);
    place.ask(&[("one", &one)], false);
    let receipt = exported(ledger, org, 1, &[]);
    rotate(ledger);
    // The organization goes on, too: its handover is at a size that the export does not have.
    let later = ledger.submit(create(org, "later")).unwrap();
    ledger.await_cosigned(later.size, PATIENCE).unwrap();
    let files = write(ledger, &receipt, &Beside::default()).unwrap();
    let note = files.get("global/checkpoint").unwrap();
    assert!(Checkpoint::parse(note).unwrap().0.size >= later.size);
    assert!(files.get("global/rotations/1.json").is_some());
    assert!(files.get("org/rotations/1").is_none(), "it is behind what is told of them");
    let policy = format!("{lines}witness one {}\nquorum one\n", one.vkey);
    let verdict = check(Ok(files), policy.as_bytes(), &Wanted { now: NOW, ..Wanted::default() });
    let found: Vec<String> = verdict.findings.kept().iter().map(ToString::to_string).collect();
    assert_eq!((verdict.exit(), found), (0, Vec::new()));
}
