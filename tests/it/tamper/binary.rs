//! The real `rollbook-verify`: what it prints and how it ends.

use super::forger::Forged;
use std::io::Write;
use std::process::{Command, Stdio};

pub(super) struct Ran {
    pub code: i32,
    pub said: String,
    pub errors: String,
}

fn program() -> Command {
    Command::new(env!("CARGO_BIN_EXE_rollbook-verify"))
}

fn ran(mut command: Command) -> Ran {
    let output = command.output().unwrap();
    Ran {
        code: output.status.code().unwrap(),
        said: String::from_utf8(output.stdout).unwrap(),
        errors: String::from_utf8(output.stderr).unwrap(),
    }
}

/// Checks these bytes as a file.
pub(super) fn run(bytes: &[u8], arguments: &[&str]) -> Ran {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("export.ndjson");
    std::fs::write(&file, bytes).unwrap();
    let mut command = program();
    command.arg(file).args(arguments);
    ran(command)
}

/// A lie, and what is printed about it.
type Told = (&'static str, fn(&mut Forged), &'static str, Option<u64>);

const TOLD: [Told; 6] = [
    (
        "another role",
        |it| it.write_entry(42, r#""cause":"left""#, r#""cause":"removed""#),
        "the header names",
        None,
    ),
    (
        "another time",
        |it| it.set_entry(30, "/time", "2026-11-26T08:00:00.000000Z"),
        "line 18 (seq 30): time",
        Some(30),
    ),
    (
        "an entry less",
        |it| it.cut(30),
        "line 18 (seq 31): org_seq is 8 where 7 comes next",
        Some(31),
    ),
    (
        "a space",
        |it| it.write_entry(30, r#""tv":1"#, r#""tv": 1"#),
        "line 18 (seq 30): byte 434",
        Some(30),
    ),
    (
        "another value",
        |it| it.set(it.disclosure(29, "/reason"), "/disclosure/value", "Why not"),
        "line 17 (seq 29): the value of /reason",
        Some(29),
    ),
    (
        "the end cut",
        |it| drop(it.lines.pop().unwrap().pop().and(it.lines.pop())),
        "the header says 20 entries, there are 19",
        None,
    ),
];

#[test]
fn a_whole_export_ends_with_0() {
    let whole = Forged::of("harbour").bytes();
    let Ran { code, said, errors } = run(&whole, &[]);
    assert_eq!((code, errors.as_str()), (0, ""), "{said}");
    for expected in [
        "VERIFIED",
        "ledger.example/reference",
        "Entries:       20",
        "19 values disclosed, 0 erased, 0 withheld",
    ] {
        assert!(said.contains(expected), "{expected} in {said}");
    }
    let json: serde_json::Value = serde_json::from_str(&run(&whole, &["--json"]).said).unwrap();
    assert_eq!(json["integrity"], "verified");
    assert_eq!(json["findings"], serde_json::json!([]));
    assert_eq!((&json["entries"], &json["disclosed"]), (&20.into(), &19.into()));
}

#[test]
fn an_altered_export_ends_with_1_and_the_finding() {
    for (lie, alter, printed, seq) in TOLD {
        let mut forged = Forged::of("harbour");
        alter(&mut forged);
        let Ran { code, said, errors } = run(&forged.bytes(), &[]);
        assert_eq!((code, errors.as_str()), (1, ""), "{lie}: {said}");
        assert!(said.contains(printed) && said.contains("FAILED"), "{lie}: {said}");
        assert!(!said.contains("VERIFIED"), "{lie}: {said}");

        let Ran { code, said, .. } = run(&forged.bytes(), &["--json"]);
        let json: serde_json::Value = serde_json::from_str(&said).unwrap();
        assert_eq!((code, &json["integrity"]), (1, &"failed".into()), "{lie}");
        assert_eq!(json["findings"][0]["seq"].as_u64(), seq, "{lie}: {said}");
        assert_eq!(
            json["findings_total"].as_u64(),
            Some(json["findings"].as_array().unwrap().len() as u64)
        );
    }
}

#[test]
fn what_cannot_be_read_ends_with_2() {
    let directory = tempfile::tempdir().unwrap();
    let missing = directory.path().join("missing.ndjson");
    let mut cases = [program(), program(), program(), program()];
    cases[0].arg(&missing);
    cases[1].arg(directory.path());
    cases[2].args(["one", "two"]);
    cases[3].arg("--zeal");
    for command in cases {
        let shown = format!("{command:?}");
        let Ran { code, said, errors } = ran(command);
        assert_eq!((code, said.as_str()), (2, ""), "{shown}: {errors}");
        assert!(!errors.is_empty(), "{shown}");
    }
}

#[test]
fn it_reads_standard_input() {
    let mut child = program()
        .args(["-", "--json"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(&Forged::of("tidepool").bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0));
    let json: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!((&json["integrity"], &json["entries"]), (&"verified".into(), &9.into()));
}
