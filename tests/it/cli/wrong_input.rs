//! Wrong questions and unusable data directories get a clear error, and change nothing.

use super::Workplace;
use rollbook::house::Ledger;

/// A command, and how it is answered: exit code, code, a part of the message.
#[rustfmt::skip]
const QUESTIONS: &[(&str, i32, &str, &str)] = &[
    ("members --data ledger --org nowhere",
        2, "unknown_organization", "no organization has the slug \"nowhere\""),
    ("members --data ledger --org 3d7a2b1c-0000-4000-8000-000000000001",
        2, "unknown_organization", "identifier"),
    ("members --data ledger --org 3D7A2B1C-0000-4000-8000-000000000001",
        2, "usage", "expected a UUID in lower case"),
    ("members --data ledger --org 'Lantern Works'",
        2, "usage", "the slug holds 'L' at character 1"),
    ("members --data ledger --org lantern-works --as-of yesterday",
        2, "usage", "\"yesterday\" is no moment"),
    ("members --data ledger --org lantern-works --as-of 2020-02-30",
        2, "usage", "is no moment"),
    ("members --data ledger --org lantern-works --as-of=-1",
        2, "usage", "is no moment"),
    ("members --data ledger --org lantern-works --as-of 99999999999999999999",
        2, "usage", "is no moment"),
    ("members --data ledger --org lantern-works --as-of 49",
        2, "beyond_end", "seq 49 does not exist yet: there are 49, counted from 0"),
    ("members --data ledger --org lantern-works --as-of 2019-01-01",
        2, "before_beginning", "begins with seq 0, at 2019-03-04"),
    ("members --data ledger --org lantern-lab --as-of 3",
        2, "before_beginning", "begins with seq 15"),
    ("diff --data ledger --org lantern-works --from 0 --to 50",
        2, "beyond_end", "to: seq 50 does not exist yet"),
    ("history --data ledger --org lantern-works --member nobody",
        2, "unknown_member", "\"nobody\" ever belonged to lantern-works"),
    ("history --data ledger --org lantern-works --member 3d7a2b1c-0000-4000-8000-000000000001",
        2, "unknown_member", "ever belonged"),
    ("export --data ledger --org lantern-works --format xml",
        2, "usage", "invalid value 'xml'"),
    ("export --data ledger --org lantern-works --format csv --output taken.csv",
        2, "file", "exists"),
    ("export --data ledger --org lantern-works --format csv --output nowhere/x.csv",
        2, "file", "nowhere/x.csv"),
    ("import history --data ledger nowhere.ndjson",
        2, "wrong_line", "nowhere.ndjson: No such file"),
    ("import history --data ledger samples",
        2, "wrong_line", "samples: Is a directory"),
    ("import history --data ledger",
        2, "usage", "<FILE>"),
    ("import history --data ledger --email-domain 'not a domain' samples/lantern-works.ndjson",
        2, "usage", "--email-domain"),
    ("import history --data ledger --email-domain example samples/lantern-works.ndjson",
        2, "usage", "expected local-part@domain.example"),
    ("init --data fresh --origin https://ledger.example",
        2, "usage", "schema-less URL"),
    ("conjure",
        2, "usage", "unrecognized subcommand 'conjure'"),
    ("members --org lantern-works",
        2, "usage", "--data <DIR>"),
];

#[test]
fn wrong_questions() {
    let place = Workplace::with_sample();
    let before = place.head();
    place.write("taken.csv", "somebody else's");
    let differing: Vec<String> = QUESTIONS
        .iter()
        .filter_map(|(command, exit, code, part)| {
            place.fails(&format!("rollbook {command}"), *exit, code, part)
        })
        .collect();
    assert!(differing.is_empty(), "{differing:#?}");
    assert_eq!(std::fs::read(place.path("taken.csv")).unwrap(), b"somebody else's");
    assert_eq!(place.head(), before);
    assert!(!place.path("fresh").exists());
}

#[test]
fn data_directories_that_cannot_be_used() {
    let place = Workplace::with_sample();
    place.write("file", "no directory");
    std::fs::create_dir(place.path("full")).unwrap();
    place.write("full/something", "else");
    for (directory, format) in [("newer", "rollbook data directory, format 2\n"), ("odd", "42\n")] {
        std::fs::create_dir(place.path(directory)).unwrap();
        place.write(&format!("{directory}/FORMAT"), format);
    }
    let table = [
        ("nowhere", "not_initialized", "run `rollbook init`"),
        ("full", "not_initialized", "it has no FORMAT file"),
        ("file", "io", "file/FORMAT: Not a directory"),
        (
            "newer",
            "newer_format",
            "has format 2, this version reads format 1: use a newer Rollbook",
        ),
        ("odd", "damaged", "does not hold a format number"),
    ];
    for (directory, code, part) in table {
        for verb in
            ["organizations", "verify", "rebuild", "import history samples/lantern-works.ndjson"]
        {
            let answer = place.run(&format!("rollbook {verb} --json --data {directory}"));
            let (found, message) = answer.error();
            assert_eq!((answer.code, found.as_str()), (3, code), "{verb} {directory}: {message}");
            assert!(message.contains(part), "{verb} {directory}: {message}");
        }
    }
    for directory in ["full", "ledger"] {
        let answer = place.run(&format!("rollbook init --json --data {directory}"));
        assert_eq!((answer.code, answer.error().0.as_str()), (3, "not_empty"), "{answer:?}");
    }
    assert!(!place.path("nowhere").exists());
}

#[test]
fn a_data_directory_in_use() {
    let place = Workplace::with_sample();
    let held = Ledger::open(&place.path("ledger"), crate::support::machine(1)).unwrap();
    for verb in ["organizations", "verify", "rebuild", "members --org lantern-works"] {
        let answer = place.run(&format!("rollbook {verb} --data ledger"));
        assert_eq!(answer.code, 3, "{verb}: {answer:?}");
        let expected =
            "error: ledger is in use by another process: stop that one first, or ask it instead\n";
        assert_eq!(answer.stderr, expected, "{verb}");
    }
    drop(held);
    assert_eq!(place.run("rollbook organizations --data ledger").code, 0);
}

#[test]
fn only_the_owner_can_read_what_is_kept() {
    use std::os::unix::fs::PermissionsExt;
    let place = Workplace::with_sample();
    let answer = place.run(
        "rollbook export --data ledger --org lantern-works --format ndjson --output works.ndjson",
    );
    assert_eq!(answer.code, 0, "{answer:?}");
    for (name, mode) in [("ledger", 0o700), ("ledger/keyring", 0o600), ("works.ndjson", 0o600)] {
        let found = std::fs::metadata(place.path(name)).unwrap().permissions().mode() & 0o777;
        assert_eq!(found, mode, "{name}: {found:o}");
    }
}
