//! A server that is killed while its clients try again: with idempotency keys nothing is done
//! twice, and nothing that was answered is lost.

use super::client::{Answer, read, request};
use crate::support::chance::{Chance, Named, seeds};
use serde_json::Value;
use std::collections::BTreeMap;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::{scope, sleep};
use std::time::Duration;

const CLIENTS: usize = 8;
const EACH: usize = 60;

/// The program, and where it listens.
fn start(data: &Path) -> (Child, SocketAddr, String) {
    let mut program = Command::new(env!("CARGO_BIN_EXE_rollbook"))
        .args(["serve", "--listen", "127.0.0.1:0", "--data"])
        .arg(data)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let address = line.trim_end().rsplit_once("http://").expect(&line).1.parse().unwrap();
    let text = std::fs::read_to_string(data.join("operator.token")).unwrap();
    (program, address, text.lines().next().unwrap().to_owned())
}

/// Asks once; none where the connection breaks before a whole answer has come.
fn ask(
    address: SocketAddr,
    token: &str,
    key: Option<&str>,
    (path, body): (&str, &str),
) -> Option<Answer> {
    let bearer = format!("Bearer {token}");
    let mut headers = vec![("Authorization", bearer.as_str()), ("Connection", "close")];
    headers.push(("Content-Type", "application/json"));
    headers.extend(key.map(|key| ("Idempotency-Key", key)));
    let method = if body.is_empty() { "GET" } else { "POST" };
    let text = request(address, method, path, &headers, body);
    let mut stream = TcpStream::connect(address).ok()?;
    stream.write_all(text.as_bytes()).ok()?;
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).ok()?;
    let text = String::from_utf8(bytes).ok()?;
    let length = text.split_once("content-length: ")?.1.split_once("\r\n")?.0;
    let whole = text.split_once("\r\n\r\n")?.1.len() == length.parse::<usize>().ok()?;
    whole.then(|| read(&text)).filter(|answer| answer.status < 500)
}

#[test]
fn whoever_tries_again_through_kills_does_nothing_twice_and_loses_nothing() {
    for seed in seeds(1) {
        let _named = Named("killed", seed);
        killed(seed);
    }
}

fn killed(seed: u64) {
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let (program, address, token) = start(&data);
    let org = r#"{"kind":"standard","role_set":"standard","name":"Acme","slug":"acme",
                  "owner":{"username":"ada"}}"#;
    assert_eq!(ask(address, &token, None, ("/v1/organizations", org)).unwrap().status, 201);
    let place = Mutex::new(address);
    let is_over = AtomicBool::new(false);
    let (told, kills) = scope(|scope| {
        let killer = scope.spawn(|| {
            let (mut chance, mut program, mut kills) = (Chance::from_seed(seed), program, 0);
            while !is_over.load(Ordering::SeqCst) {
                sleep(Duration::from_millis(100 + chance.below(400) as u64));
                program.kill().unwrap();
                program.wait().unwrap();
                let (next, address, _) = start(&data);
                (program, kills) = (next, kills + 1);
                *place.lock().unwrap() = address;
            }
            (program, kills)
        });
        let client = |number: usize| {
            let (place, token) = (&place, &token);
            scope.spawn(move || {
                let one = |it: usize| {
                    let name = format!("m{number}-{it}");
                    let body = format!(r#"{{"username":"{name}"}}"#);
                    let wish = ("/v1/organizations/acme/members", body.as_str());
                    loop {
                        let address = *place.lock().unwrap();
                        if let Some(answer) = ask(address, token, Some(&name), wish) {
                            assert_eq!(answer.status, 201, "{answer:?}");
                            return (name, answer.json()["member"]["member_id"].clone());
                        }
                        sleep(Duration::from_millis(5));
                    }
                };
                (0..EACH).map(one).collect::<Vec<_>>()
            })
        };
        let clients: Vec<_> = (0..CLIENTS).map(client).collect();
        let told: Vec<(String, Value)> =
            clients.into_iter().flat_map(|client| client.join().unwrap()).collect();
        is_over.store(true, Ordering::SeqCst);
        let (mut program, kills) = killer.join().unwrap();
        let address = *place.lock().unwrap();
        let path = "/v1/organizations/acme/members?limit=1000";
        let members = ask(address, &token, None, (path, "")).unwrap().json();
        program.kill().unwrap();
        program.wait().unwrap();
        let rows = members["members"].as_array().unwrap();
        let ids: BTreeMap<&str, &Value> =
            rows.iter().map(|row| (row["username"].as_str().unwrap(), &row["member_id"])).collect();
        assert_eq!((rows.len(), ids.len()), (1 + CLIENTS * EACH, rows.len()));
        for (name, id) in &told {
            assert_eq!(ids[name.as_str()], id, "{name}");
        }
        (told.len(), kills)
    });
    assert_eq!(told, CLIENTS * EACH);
    assert!(kills > 0);
    println!("{told} wishes through {kills} kills");
}
