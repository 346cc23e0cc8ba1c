//! Bundles: what is written is accepted, and nothing else is.

mod attacks;
mod changes;
pub(crate) mod made;
mod rotated;

use made::{Made, NOW};
pub(crate) use made::{export, witness};
use rollbook::house::bundle::{Files, Wanted, check};
use std::time::Duration;

#[test]
fn what_is_written_is_accepted_in_every_form() {
    for slug in ["skerry", "halden", "tidepool", "harbour"] {
        let made = Made::of(slug);
        let zipped = Files::from_zip(&made.files.to_zip().unwrap()).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let folder = directory.path().join("bundle");
        made.files.write(&folder).unwrap();
        for files in [made.files.clone(), zipped, Files::read(&folder).unwrap()] {
            let verdict = check(Ok(files), made.policy.as_bytes(), &made.wanted());
            let findings: Vec<_> =
                verdict.findings.kept().iter().map(ToString::to_string).collect();
            assert_eq!(findings, Vec::<String>::new(), "{slug}");
            assert_eq!(verdict.exit(), 0);
            let named = [
                verdict.integrity.name(),
                verdict.completeness.name(),
                verdict.assurance.name(),
                verdict.continuity.name(),
            ];
            assert_eq!(named, ["verified", "complete", "witnessed", "unasked"], "{slug}");
        }
    }
}

#[test]
fn the_same_export_is_the_same_bytes() {
    let made = Made::of("skerry");
    assert_eq!(made.again(), made.files);
    assert_eq!(made.files.to_zip(), Made::of("skerry").files.to_zip());
}

#[test]
fn what_is_disclosed_decides_what_nobody_could_check_without_it() {
    let made = Made::of("harbour");
    let verdict = check(Ok(made.files.clone()), made.policy.as_bytes(), &made.wanted());
    let counted = &verdict.personal_data.not_checkable;
    let names: Vec<&str> = counted.iter().map(|(name, _)| *name).collect();
    assert!(names.contains(&"invitation_proof"), "{names:?}");
    assert!(!names.contains(&"accepted_address"), "the address was disclosed: {names:?}");
}

#[test]
fn whoever_wants_more_than_there_is_hears_so() {
    let made = Made::of("skerry");
    let asked = |wanted: Wanted| {
        let verdict = check(Ok(made.files.clone()), made.policy.as_bytes(), &wanted);
        let codes: Vec<_> = verdict.findings.kept().iter().map(|it| it.code.name()).collect();
        (verdict.exit(), codes.join(" "))
    };
    let day = Duration::from_secs(86_400);
    let table = [
        (Wanted { min_size: Some(1), max_age: Some(day), ..made.wanted() }, (0, "")),
        (Wanted { min_size: Some(1_000), ..made.wanted() }, (3, "too_small")),
        (Wanted { max_age: Some(day), now: NOW + day + day, ..made.wanted() }, (3, "too_old")),
        (Wanted { now: NOW - day, ..made.wanted() }, (3, "quorum")),
    ];
    for (wanted, (exit, codes)) in table {
        assert_eq!(asked(wanted), (exit, codes.to_owned()));
    }
}
