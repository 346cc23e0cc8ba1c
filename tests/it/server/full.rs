//! A server whose disk is full.

use super::client::Served;
use crate::ground_disk_full::SmallDisk;
use crate::support;
use rollbook::doors::server::{Limits, ServeError};
use rollbook::ground::embedded::Options;
use rollbook::house::Ledger;
use std::fs;

#[test]
fn a_full_disk_is_said_and_reading_goes_on() {
    let Some(disk) = SmallDisk::mount("8m") else { return };
    let mut machine = support::machine(7);
    let options = Options { segment_bytes: 64 * 1024, ..machine.options };
    machine.options = options;
    fs::create_dir(disk.path()).unwrap();
    let inside = tempfile::tempdir_in(disk.path()).unwrap();
    let served = Served::inside(inside, machine, Limits::STANDARD).with_acme();
    let filler = disk.fill();
    let path = "/v1/organizations/acme/teams";
    let mut acknowledged = 0;
    let refused = loop {
        let answer = served.send("POST", path, &format!(r#"{{"name":"team {acknowledged}"}}"#));
        if answer.status != 201 {
            break answer;
        }
        acknowledged += 1;
        assert!(acknowledged < 10_000, "the disk never filled up");
    };
    assert_eq!((refused.status, refused.code().as_str()), (507, "disk_full"), "{refused:?}");
    let teams = served.send("GET", path, "").json();
    assert_eq!(teams["teams"].as_array().unwrap().len(), acknowledged);
    // The writer has stopped: commands are refused until the ledger is opened again.
    let next = served.send("POST", path, r#"{"name":"one more"}"#);
    assert_eq!((next.status, next.code().as_str()), (503, "stopped"), "{next:?}");
    let ready = served.send("GET", "/readyz", "");
    assert_eq!((ready.status, &ready.json()["writer"]), (503, &"stopped".into()));
    fs::remove_file(filler).unwrap();
    served.stop.now();
    // Where sled met the full disk too, closing says that it is behind; opening brings it up.
    let (ended, _directory, data) = served.ended_somehow();
    assert!(matches!(ended, Ok(()) | Err(ServeError::Close(_))), "{ended:?}");
    let ledger = Ledger::open(&data, support::machine(8)).unwrap();
    assert_eq!(ledger.head().size, 2 + acknowledged as u64);
}
