//! What a witness keeps decides whether it starts.

use super::program::{Program, command, log, request};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// How a start that is refused ends, and what it says.
fn refused(folder: &Path) -> String {
    let logs = [log("ledger.example").public().to_string()];
    let mut command = command(folder, &logs, "127.0.0.1:0");
    let ended = command.stderr(std::process::Stdio::piped()).output().unwrap();
    assert_eq!(ended.status.code(), Some(3), "{ended:?}");
    String::from_utf8(ended.stderr).unwrap()
}

#[test]
fn what_it_signed_and_its_key_outlive_a_restart_and_are_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let witness = Program::start(folder.path());
    let vkey = witness.vkey.clone();
    assert_eq!(witness.add(&request(0, 5, "ledger.example")).status, 200);
    assert!(refused(folder.path()).contains("is in use"));
    drop(witness);
    let witness = Program::start(folder.path());
    assert_eq!(witness.vkey, vkey);
    assert_eq!(witness.add(&request(0, 3, "ledger.example")).body, "5\n");
    drop(witness);
    for name in ["key", "state"] {
        let mode = fs::metadata(path(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{name} is for its owner alone");
    }
    // Another name, a key that is gone or altered, a state that is altered.
    let key = fs::read(path("key")).unwrap();
    let mut other = key.clone();
    let at = other.iter().position(|byte| *byte == b'.').unwrap();
    other[at] = b'-';
    fs::write(path("key"), other).unwrap();
    assert!(refused(folder.path()).contains("is damaged"));
    fs::remove_file(path("key")).unwrap();
    assert!(refused(folder.path()).contains("is missing"));
    fs::write(path("key"), key).unwrap();
    let state = fs::read_dir(path("state")).unwrap().map(|file| file.unwrap().path());
    let state = state.filter(|file| !file.ends_with("lock")).collect::<Vec<_>>();
    let whole = fs::read(&state[0]).unwrap();
    for at in 0..whole.len() {
        let mut altered = whole.clone();
        altered[at] ^= 1;
        fs::write(&state[0], altered).unwrap();
        // The log's own signature decides nothing here.
        let is_logs = String::from_utf8_lossy(&whole[..at]).matches('\u{2014}').count() == 1;
        if !is_logs && at % 16 == 0 {
            assert!(refused(folder.path()).contains("is damaged"), "byte {at}");
        }
    }
    fs::write(&state[0], whole).unwrap();
    drop(Program::start(folder.path()));
}
