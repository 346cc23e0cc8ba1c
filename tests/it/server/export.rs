//! Exports over HTTP: the same bytes as a file has, sent while they are read.

use super::client::{Served, request};
use crate::support;
use rollbook::doors::server::Limits;
use rollbook::house::export::check;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// The body of a chunked answer; none where it broke off.
fn chunks(text: &[u8]) -> Option<Vec<u8>> {
    let end = text.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
    let (mut rest, mut body) = (&text[end + 4..], Vec::new());
    loop {
        let line = rest.windows(2).position(|bytes| bytes == b"\r\n")?;
        let length = std::str::from_utf8(&rest[..line]).unwrap();
        let length = usize::from_str_radix(length, 16).unwrap();
        if length == 0 {
            return Some(body);
        }
        body.extend_from_slice(rest.get(line + 2..line + 2 + length)?);
        rest = &rest[line + 2 + length + 2..];
    }
}

fn ask(served: &Served, path: &str) -> TcpStream {
    let bearer = format!("Bearer {}", served.token);
    let headers = [("Authorization", bearer.as_str()), ("Connection", "close")];
    let mut stream = TcpStream::connect(served.address).unwrap();
    stream.write_all(request(served.address, "GET", path, &headers, "").as_bytes()).unwrap();
    stream
}

/// Enough of a history that it does not fit what lies between the server and a reader who waits.
fn with_much(served: Served) -> Served {
    let reason = "x".repeat(1000);
    for number in 0..8000 {
        let name = format!("Acme {number}");
        let action =
            rollbook::law::Action::UpdateOrganization(rollbook::law::command::UpdateOrganization {
                org: served.ledger.views().by_slug("acme").unwrap().id(),
                name: Some(rollbook::words::Name::parse(&name).unwrap()),
                slug: None,
                seats: None,
                second_factor: None,
            });
        let reason = Some(rollbook::words::Reason::parse(&reason).unwrap());
        let actor = "operator:9b1c3f0e-5a7d-4c55-9f3e-2d1f0a6b7c8d".parse().unwrap();
        drop(served.ledger.enqueue(rollbook::law::Command::new(actor, reason, action)));
    }
    let nothing = super::stopping::nothing();
    served.ledger.submit(nothing).unwrap_err();
    served
}

#[test]
fn an_export_over_http_verifies() {
    let served = Served::new().with_acme();
    let mut text = Vec::new();
    ask(&served, "/v1/organizations/acme/export").read_to_end(&mut text).unwrap();
    let head = String::from_utf8_lossy(&text).to_lowercase();
    for line in ["http/1.1 200 ok", "content-type: application/x-ndjson", "rollbook-seq: 1"] {
        assert!(head.contains(line), "{line}: {head}");
    }
    let verdict = check(&chunks(&text).unwrap()[..]).unwrap();
    assert!(verdict.is_whole() && verdict.entries == 2, "{:?}", verdict.findings);
    for (path, code) in
        [("acme/export?as_of=9", "beyond_end"), ("no/export", "unknown_organization")]
    {
        let answer = served.send("GET", &format!("/v1/organizations/{path}"), "");
        assert_eq!((answer.status, answer.code().as_str()), (404, code));
    }
}

#[test]
fn an_export_that_nobody_reads_breaks_off_and_gives_its_place_back() {
    let patience = Duration::from_millis(300);
    let limits = Limits { exports: 1, request: patience, ..Limits::STANDARD };
    let served = with_much(Served::bounded(support::machine(7), limits).with_acme());
    let path = "/v1/organizations/acme/export";
    let mut lazy = ask(&served, path);
    // Its first byte says that it has the one place.
    lazy.read_exact(&mut [0; 1]).unwrap();
    let busy = served.send("GET", path, "");
    assert_eq!((busy.status, busy.code().as_str()), (503, "exports_busy"));
    assert_eq!(busy.header("retry-after"), Some("1"));
    let whole = loop {
        let mut text = Vec::new();
        ask(&served, path).read_to_end(&mut text).unwrap();
        if text.starts_with(b"HTTP/1.1 200") {
            break chunks(&text).expect("it comes whole");
        }
    };
    let mut broken = b"HTTP/1.1 200 OK"[..1].to_vec();
    let _ = lazy.read_to_end(&mut broken);
    assert!(broken.len() < whole.len(), "the reader was not slow enough");
    assert!(chunks(&broken).is_none(), "it ended as if whole");
    assert!(check(&whole[..]).unwrap().is_whole());
}
