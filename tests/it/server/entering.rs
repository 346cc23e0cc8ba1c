//! Who is let in.

use super::client::{Served, send};
use crate::support::machine;
use rollbook::doors::server::Limits;
use rollbook::doors::server::{Operator, TokenError};
use rollbook::house::Ledger;
use rollbook::words::hash::Drawn;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;
use std::thread::sleep;
use std::time::Duration;

#[test]
fn nobody_comes_in_without_the_token() {
    let served = Served::new();
    let token = served.token.clone();
    let other = format!("rbo_{}", "A".repeat(43));
    let wrong: [Vec<(&str, String)>; 8] = [
        vec![],
        vec![("Authorization", "Bearer".to_owned())],
        vec![("Authorization", "Bearer ".to_owned())],
        vec![("Authorization", format!("Bearer {other}"))],
        vec![("Authorization", format!("Bearer {token}x"))],
        vec![("Authorization", format!("Bearer {}", &token[4..]))],
        vec![("Authorization", format!("Basic {token}"))],
        vec![
            ("Authorization", format!("Bearer {token}")),
            ("Authorization", "Bearer x".to_owned()),
        ],
    ];
    for path in ["/v1/head", "/v1/organizations", "/metrics", "/nowhere", "/"] {
        for headers in &wrong {
            let headers: Vec<_> =
                headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
            let answer = send(served.address, "GET", path, &headers, "");
            assert_eq!((answer.status, answer.code().as_str()), (401, "unauthorized"), "{path}");
            assert_eq!(answer.header("www-authenticate"), Some("Bearer realm=\"rollbook\""));
            assert!(!answer.body.contains(&token[4..20]), "{answer:?}");
        }
    }
    assert_eq!(served.send("GET", "/v1/head", "").status, 200);
    let in_url = format!("/v1/head?access_token={token}");
    assert_eq!(send(served.address, "GET", &in_url, &[], "").status, 401);
}

#[test]
fn whether_it_lives_is_told_to_everybody() {
    let served = Served::new();
    let alive = send(served.address, "GET", "/healthz", &[], "");
    assert_eq!((alive.status, alive.body.as_str()), (200, "ok\n"));
    let ready = send(served.address, "GET", "/readyz", &[], "");
    assert_eq!(ready.status, 200);
    assert_eq!(
        ready.body,
        "{\"checkpoints\":\"off\",\"ledger\":\"open\",\"scrub\":{\"slots\":0,\"state\":\"whole\"},\
         \"sled_feed\":\"ok\",\"witnesses\":\"off\",\"writer\":\"ok\"}"
    );
    served.ledger.close().unwrap();
    let ready = send(served.address, "GET", "/readyz", &[], "");
    assert_eq!(ready.status, 503);
    assert_eq!(ready.json()["writer"], "stopped");
    assert_eq!(send(served.address, "GET", "/healthz", &[], "").status, 200);
}

/// What the scrub finds in a ledger that was opened quickly: ready while it runs, not when the
/// journal is damaged.
#[test]
fn readiness_shows_the_scrub() {
    let served = Served::new().with_acme();
    for number in 0..80 {
        let body = format!(r#"{{"username":"member{number}"}}"#);
        let answer = served.send("POST", "/v1/organizations/acme/members", &body);
        assert_eq!(answer.status, 201, "{answer:?}");
    }
    served.stop.now();
    let (directory, data) = served.ended();
    let sled = || sled::open(data.join("sled"));
    let mut held = sled();
    while held.is_err() {
        sleep(Duration::from_millis(10));
        held = sled();
    }
    // Only the scrub reads the first batch: the savepoint ends far behind it.
    let journal = fs::read_dir(data.join("journal")).unwrap().next().unwrap().unwrap().path();
    let mut bytes = fs::read(&journal).unwrap();
    bytes[560] ^= 1;
    fs::write(journal, bytes).unwrap();
    let ledger = Ledger::open_quickly(&data, machine(8)).unwrap();
    let served = Served::over(ledger, directory, Limits::STANDARD);
    let ready = send(served.address, "GET", "/readyz", &[], "");
    assert_eq!((ready.status, ready.json()["scrub"]["state"].as_str()), (200, Some("pending")));
    drop(held);
    served.ledger.await_scrub();
    let ready = send(served.address, "GET", "/readyz", &[], "");
    assert_eq!((ready.status, ready.json()["writer"].as_str()), (503, Some("stopped")));
    let places = r#"["batch 0 is damaged: its bytes do not have their hash"]"#;
    assert_eq!(ready.json()["scrub"]["places"].to_string(), places);
    let metrics = served.send("GET", "/metrics", "").body;
    assert!(metrics.contains("\nrollbook_scrub_damaged 1\n"), "{metrics}");
    let answer = served.send("POST", "/v1/organizations/acme/members", r#"{"username":"late"}"#);
    assert_eq!((answer.status, answer.code().as_str()), (503, "not_appended"));
    assert_eq!(served.send("GET", "/v1/organizations/acme/members", "").status, 200);
}

#[test]
fn the_token_is_written_once_and_for_its_owner_alone() {
    let directory = tempfile::tempdir().unwrap();
    let mut drawn = Drawn::from_seed(&[1; 32]);
    let (_, path, fresh) = Operator::of_directory(directory.path(), &mut drawn).unwrap();
    assert!(fresh);
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    let written = fs::read_to_string(&path).unwrap();
    let (_, _, fresh) = Operator::of_directory(directory.path(), &mut drawn).unwrap();
    assert!(!fresh);
    assert_eq!(fs::read_to_string(&path).unwrap(), written);

    fs::set_permissions(&path, Permissions::from_mode(0o640)).unwrap();
    let refused = Operator::of_directory(directory.path(), &mut drawn);
    assert!(matches!(refused, Err(TokenError::Exposed { mode: 0o640, .. })));

    fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
    let (token, actor) = written.split_once('\n').unwrap();
    for wrong in ["", token, actor, "rbo_short\noperator:x\n", &format!("{token}\nsystem:import\n")]
    {
        fs::write(&path, wrong).unwrap();
        let refused = Operator::of_directory(directory.path(), &mut drawn);
        assert!(matches!(refused, Err(TokenError::Form { .. })), "{wrong:?}");
    }
}
