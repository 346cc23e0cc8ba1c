//! Who is let in.

use super::client::{Served, send};
use rollbook::doors::server::{Operator, TokenError};
use rollbook::words::hash::Drawn;
use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt;

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
        "{\"ledger\":\"open\",\"scrub\":{\"slots\":0,\"state\":\"whole\"},\
         \"sled_feed\":\"ok\",\"writer\":\"ok\"}"
    );
    served.ledger.close().unwrap();
    let ready = send(served.address, "GET", "/readyz", &[], "");
    assert_eq!(ready.status, 503);
    assert_eq!(ready.json()["writer"], "stopped");
    assert_eq!(send(served.address, "GET", "/healthz", &[], "").status, 200);
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
