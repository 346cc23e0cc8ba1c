//! Keyrings that a passphrase or a command protects, and the copies of them.

use super::*;
use rollbook::ground::keyring::Keyring;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::{Command as Process, Output};

/// The program, with what opens the keyring in its environment.
fn rollbook(place: &Path, opens: &[(&str, &Path)], arguments: &[&str]) -> Output {
    let mut program = Process::new(env!("CARGO_BIN_EXE_rollbook"));
    program.current_dir(place).args(arguments);
    for (variable, value) in opens {
        program.env(variable, value);
    }
    program.output().unwrap()
}

fn done(output: &Output) -> String {
    let (said, told) =
        (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{said}{told}");
    said.into_owned()
}

fn refused(output: &Output) -> String {
    assert!(!output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A program that wraps by turning text around, and may be told to fail.
fn wrapper(place: &Path, name: &str, body: &str) -> PathBuf {
    let path = place.join(name);
    fs::write(&path, format!("#!/bin/sh\n{body}\n")).unwrap();
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
    path
}

const PASSPHRASE: &str = "ROLLBOOK_KEYRING_PASSPHRASE_FILE";
const COMMAND: &str = "ROLLBOOK_KEYRING_COMMAND";

fn place() -> (tempfile::TempDir, UserId) {
    let directory = tempfile::tempdir().unwrap();
    let (ledger, _, bob) = made(&directory.path().join("data"));
    ledger.close().unwrap();
    fs::write(directory.path().join("phrase"), "correct horse\n").unwrap();
    fs::write(directory.path().join("wrong"), "battery staple\n").unwrap();
    (directory, bob)
}

#[test]
fn a_passphrase_opens_it_and_nothing_else_does() {
    let (directory, bob) = place();
    let at = directory.path();
    let by = ["keyring", "protect", "--data", "data", "--passphrase-file", "phrase"];
    assert!(done(&rollbook(at, &[], &by)).contains("protected by passphrase"));
    let bytes = fs::read(at.join("data/keyring")).unwrap();
    assert!(bytes.starts_with(b"rollbook protected keyring 1\n"));
    let ask = ["organizations", "--data", "data"];
    let said = refused(&rollbook(at, &[], &ask));
    assert!(said.contains("nothing was given that opens it"), "{said}");
    let said = refused(&rollbook(at, &[(PASSPHRASE, Path::new("wrong"))], &ask));
    assert!(said.contains("the passphrase is another"), "{said}");
    let opens = [(PASSPHRASE, Path::new("phrase"))];
    done(&rollbook(at, &opens, &ask));
    let user = bob.to_string();
    let said = done(&rollbook(at, &opens, &["erase", "--data", "data", "--user", &user]));
    assert!(said.contains("the keyring is in epoch 1"), "{said}");
    assert!(said.contains("no older copy of the keyring is known"), "{said}");
    assert!(Keyring::open(at.join("data/keyring")).is_err(), "it stays protected");
    done(&rollbook(at, &opens, &["verify", "--data", "data"]));
}

#[test]
fn a_command_wraps_the_key_and_a_failing_one_refuses_clearly() {
    let (directory, _) = place();
    let at = directory.path();
    let good = wrapper(at, "kms", "rev");
    let said = done(&rollbook(
        at,
        &[],
        &["keyring", "protect", "--data", "data", "--command", good.to_str().unwrap()],
    ));
    assert!(said.contains("protected by command"), "{said}");
    let ask = ["organizations", "--data", "data"];
    done(&rollbook(at, &[(COMMAND, &good)], &ask));
    let table = [
        (
            "denied",
            "echo 'AccessDenied: key 7' >&2; echo more >&2; exit 3",
            "exit status: 3: AccessDenied: key 7",
        ),
        ("silent", "exit 0", "something else than 32 bytes in base64"),
        ("chatty", "yes", "chatty unwrap: "),
        (
            "other",
            "echo AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
            "the key that was unwrapped is another",
        ),
    ];
    for (name, body, expected) in table {
        let program = wrapper(at, name, body);
        let said = refused(&rollbook(at, &[(COMMAND, &program)], &ask));
        assert!(said.contains(expected), "{name}: {said}");
        assert!(!said.contains("more\n") || name != "denied", "only its first line: {said}");
    }
    let said = refused(&rollbook(at, &[(COMMAND, &at.join("nowhere"))], &ask));
    assert!(said.contains("No such file"), "{said}");
}

/// A copy is told of by the certificate until it expires, is refused beside a newer keyring, and
/// where that is lost, opening erases again what was erased since.
#[test]
fn copies_belong_to_an_epoch() {
    let (directory, bob) = place();
    let at = directory.path();
    let copy = ["keyring", "backup", "copy", "--data", "data", "--expires", "30"];
    let said = refused(&rollbook(at, &[], &copy));
    assert!(said.contains("nothing was given"), "a copy is never without protection: {said}");
    let opens = [(PASSPHRASE, Path::new("phrase"))];
    let said = done(&rollbook(at, &opens, &copy));
    assert!(said.contains("a copy of the keyring in epoch 0"), "{said}");
    let user = bob.to_string();
    let said = done(&rollbook(at, &opens, &["erase", "--data", "data", "--user", &user]));
    assert!(said.contains("the last older copy of the keyring is to be deleted by"), "{said}");
    let restore = ["keyring", "restore", "copy", "--data", "data"];
    let said = refused(&rollbook(at, &opens, &restore));
    assert!(said.contains("which an erasure ended"), "{said}");

    fs::remove_file(at.join("data/keyring")).unwrap();
    let said = done(&rollbook(at, &opens, &restore));
    assert!(said.contains("what was erased since the copy was made was erased again"), "{said}");
    let opened = Keyring::open(at.join("data/keyring"));
    assert!(opened.is_err(), "what is restored is protected as the copy was");
    let said = done(&rollbook(at, &opens, &["history", "--data", "data", "--org", "acme"]));
    assert!(!said.contains("bob"), "{said}");
    done(&rollbook(at, &opens, &["verify", "--data", "data"]));
}
