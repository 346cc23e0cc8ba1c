//! `rollbook serve`, as it is started.

use super::client::send;
use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[test]
fn the_first_start_makes_everything_and_a_signal_ends_it() {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    for start in 0..2 {
        let mut program = Command::new(env!("CARGO_BIN_EXE_rollbook"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .current_dir(directory.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim_end().rsplit_once("http://").expect(&line).1.parse().unwrap();
        let text = std::fs::read_to_string(data.join("operator.token")).unwrap();
        let token = text.lines().next().unwrap();
        let bearer = format!("Bearer {token}");
        let body = format!(
            r#"{{"kind":"standard","role_set":"basic","name":"Acme","slug":"acme-{start}",
                "owner":{{"username":"ada{start}"}}}}"#
        );
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        let answer = send(address, "POST", "/v1/organizations", &headers, &body);
        assert_eq!(answer.status, 201, "{answer:?}");
        let listed = send(address, "GET", "/v1/organizations", &headers[..1], "").json();
        assert_eq!(listed["organizations"].as_array().unwrap().len(), start + 1);
        let id = program.id().to_string();
        assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
        let ended = program.wait_with_output().unwrap();
        assert_eq!(ended.status.code(), Some(0), "{ended:?}");
        let stderr = String::from_utf8(ended.stderr).unwrap();
        assert_eq!(stderr.contains("operator.token"), start == 0, "{stderr}");
        assert!(!stderr.contains(token) && !line.contains(token), "the token is told: {stderr}");
    }
}
