//! Bundles that were handed out before: another process writes the same bytes, by whatever door.

use super::client::{Served, request};
use crate::cli::program::Workplace;
use crate::support;
use rollbook::doors::server::Limits;
use rollbook::house::Ledger;
use rollbook::house::bundle::Files;
use rollbook::words::Timestamp;
use rollbook::words::hash::Drawn;
use serde_json::Value;
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;

/// What an operator gets at a path, whatever bytes it is: the status and the body.
fn octets(served: &Served, path: &str) -> (u16, Vec<u8>) {
    let bearer = format!("Bearer {}", served.token);
    let headers = [("Authorization", bearer.as_str()), ("Connection", "close")];
    let request = request(served.address, "GET", path, &headers, "");
    let mut stream = TcpStream::connect(served.address).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).unwrap();
    let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    let head = String::from_utf8(answer[..end].to_vec()).unwrap();
    (head.split(' ').nth(1).unwrap().parse().unwrap(), answer[end + 4..].to_vec())
}

#[test]
fn another_process_writes_the_same_bundle_again() {
    let place = Workplace::with_sample();
    let run = |line: &str| {
        let answer = place.run(line);
        assert_eq!(answer.code, 0, "{line}: {answer:?}");
    };
    let export = "rollbook export bundle --data ledger --guard guard --org lantern-works";
    run(&format!("{export} --disclose name --since 3 --full --output first.zip"));
    let first = fs::read(place.path("first.zip")).unwrap();
    let manifest = Files::from_zip(&first).unwrap().get("manifest.json").unwrap().to_vec();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    let id = manifest["export"].as_str().unwrap();
    // The ledger goes on, under another key too.
    run("rollbook rotate-log-key --data ledger --guard guard --reason 'It was time'");
    run(&format!("{export} --output second.zip"));
    run(&format!("{export} --again {id} --since 3 --full --output third.zip"));
    assert_eq!(fs::read(place.path("third.zip")).unwrap(), first, "by the verb");
    let size = |data| Ledger::open(data, support::machine(40)).unwrap().head().size;
    let data = place.path("ledger");
    let before = size(&data);

    let directory = tempfile::tempdir().unwrap();
    support::files::copy(&data, &directory.path().join("data"));
    let guard = place.path("guard");
    let ledger = Ledger::open(&directory.path().join("data"), support::machine(41)).unwrap();
    let now = Timestamp::parse_any("2026-11-22").unwrap();
    ledger.publish(&guard, Box::new(move || now), &mut Drawn::from_seed(&[5; 32])).unwrap();
    let served = Served::over(ledger, directory, Limits::STANDARD);
    let at = format!("/v1/organizations/lantern-works/bundles/{id}");
    let (status, again) = octets(&served, &format!("{at}?since=3&proves_all=true"));
    assert_eq!((status, again == first), (200, true), "over HTTP");
    let (status, other) = octets(&served, &at);
    assert_eq!((status, other == first), (200, false), "with other proofs beside it");
    for (path, status, code) in [
        (format!("{at}?since=x"), 400, "wrong_parameter"),
        (at.replace(&id[..8], "00000000"), 404, "unknown_export"),
        (format!("{at}x"), 400, "wrong_identifier"),
    ] {
        let (found, told) = octets(&served, &path);
        let told: Value = serde_json::from_slice(&told).unwrap();
        assert_eq!((found, told["code"].as_str()), (status, Some(code)), "{path}: {told}");
    }
    assert_eq!(served.ledger.head().size, before, "nothing is recorded by that");
}
