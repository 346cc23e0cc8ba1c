//! What a chain alone cannot show. Whoever has the whole file can compute all of it anew; the
//! verifier accepts that, and says with every verdict that it would. A head known from elsewhere
//! tells them apart.

use super::binary::{Ran, run};
use super::forger::Forged;

/// What the program says it has not shown, whatever the verdict.
const SAYS: [&str; 3] = [
    "that it is the history: whoever can write the file can compute a whole chain anew",
    "that it ends there: it may go on behind the head",
    "that others were given the same",
];

fn accepted_with_another_head(forged: &Forged, entries: u64) {
    let known = Forged::of("harbour").verdict();
    let verdict = forged.verdict();
    assert!(verdict.is_whole(), "{:?}", verdict.findings);
    assert_eq!(verdict.entries, entries);
    assert_ne!(verdict.head, known.head, "a head that was kept shows it");

    let Ran { code, said, .. } = run(&forged.bytes(), &[]);
    assert_eq!(code, 0, "{said}");
    let text = said.split_whitespace().collect::<Vec<_>>().join(" ");
    let head = verdict.head.unwrap().to_string();
    for expected in SAYS.into_iter().chain([head.as_str()]) {
        assert!(text.contains(expected), "{expected:?} in {text}");
    }
    let json: serde_json::Value =
        serde_json::from_str(&run(&forged.bytes(), &["--json"]).said).unwrap();
    assert_eq!(json["integrity"], "verified");
    assert_eq!(json["head"], head);
    let not_shown = json["not_shown"].as_array().unwrap();
    assert_eq!(not_shown.iter().map(|what| what.as_str().unwrap()).collect::<Vec<_>>(), SAYS);
}

#[test]
fn an_entry_changed_and_everything_computed_anew_is_not_found_and_the_program_says_so() {
    let mut forged = Forged::of("harbour");
    forged.write_entry(30, "Quay", "Pier");
    forged.recompute();
    accepted_with_another_head(&forged, 20);
}

#[test]
fn an_end_cut_off_together_with_its_header_is_not_found_and_the_program_says_so() {
    let mut forged = Forged::of("harbour");
    forged.cut(42);
    forged.cut(41);
    forged.reseal();
    accepted_with_another_head(&forged, 18);
}

#[test]
fn an_end_made_up_behind_the_real_one_is_not_found_and_the_program_says_so() {
    let mut forged = Forged::of("harbour");
    let team = forged.lines[forged.entry(30)].clone();
    forged.lines.push(team);
    let line = forged.lines.len() - 1;
    forged.set(line, "/data/name", "Pier");
    forged.set(line, "/data/team", "0b0e7f0c-6a51-4f5e-9d0b-3c5a1e2d4f60");
    forged.set(line, "/seq", 1000);
    forged.set(line, "/time", "2027-01-01T00:00:00.000000Z");
    forged.renumber();
    forged.recompute();
    accepted_with_another_head(&forged, 21);
}

/// Withholding is a state, not a fault: it is counted.
#[test]
fn a_disclosure_left_out_is_withheld() {
    let mut forged = Forged::of("harbour");
    let line = forged.disclosure(29, "/reason");
    forged.lines.remove(line);
    let verdict = forged.verdict();
    assert!(verdict.is_whole(), "{:?}", verdict.findings);
    assert_eq!((verdict.disclosed, verdict.withheld), (18, 1));
}
