//! Below a dialect's paths everything is said in its words: also what is wrong.

use super::client::{Answer, Served, read, send};
use super::tokens::issue;
use crate::support::machine;
use rollbook::doors::server::Limits;
use serde_json::json;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// What a problem says, in the form that its dialect gives it.
#[track_caller]
fn said(path: &str, answer: &Answer) -> String {
    assert_eq!(answer.header("content-type"), Some("application/json"), "{path} {answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-store"), "{path} {answer:?}");
    let body = answer.json();
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    if path.starts_with("/api/members") {
        let said = text(&body["error_msg"]);
        assert_eq!(body, json!({"error_msg": said}));
        said
    } else if path.starts_with("/api/v1") {
        let said = text(&body["details"][0]);
        assert_eq!(body, json!({"message": body["message"], "details": [said]}));
        assert!(!text(&body["message"]).is_empty());
        said
    } else {
        let error = &body["errors"][0];
        let errors = json!([{"code": error["code"], "message": error["message"]}]);
        let whole = json!({"success": false, "errors": errors, "messages": [], "result": null});
        assert_eq!(body, whole);
        assert!(error["code"].as_u64().unwrap() > 1000, "{path} {answer:?}");
        text(&error["message"])
    }
}

const MEMBERS: [&str; 4] = [
    "/api/members",
    "/api/v1/organisations/acme/members",
    "/client/v4/accounts/00000000000040008000000000000000/members",
    "/accounts/00000000000040008000000000000000/members",
];

/// Method, path, headers, body; and the status that comes of it, where one must.
type Asked<'a> = (&'a str, &'a str, &'a [(&'a str, &'a str)], &'a str, u16);

#[test]
fn every_problem_is_said_in_the_words_of_its_dialect() {
    let served = Served::new().with_acme();
    let bearer = format!("Bearer {}", served.token);
    let operator = ("Authorization", bearer.as_str());
    let wrong = ("Authorization", "Bearer rbt_wrong");
    let typed = ("Content-Type", "application/json");
    let long = format!("{{\"name\":\"{}\"}}", "x".repeat(64 * 1024));
    for path in MEMBERS {
        let below = format!("{path}/not/there");
        let coded = format!("{path}/%ff");
        let avisi = path.starts_with("/api/v1");
        let table: [Asked<'_>; 8] = [
            ("POST", path, &[], "{}", 401),
            ("POST", path, &[wrong], "{}", 401),
            ("GET", &below, &[], "", 401),
            ("GET", &below, &[operator], "", 404),
            ("BREW", path, &[operator], "", 405),
            ("POST", path, &[operator, typed], &long, if avisi { 400 } else { 413 }),
            ("POST", path, &[operator, typed, ("Rollbook-Actor", "x")], "{}", 400),
            ("GET", &coded, &[operator], "", 0),
        ];
        for (method, path, headers, body, status) in table {
            let answer = send(served.address, method, path, headers, body);
            if status > 0 {
                assert_eq!(answer.status, status, "{method} {path} {answer:?}");
            }
            said(path, &answer);
            assert_eq!(answer.header("allow").is_some(), answer.status == 405, "{path}");
            assert_eq!(answer.header("www-authenticate").is_some(), answer.status == 401);
        }
    }
    // Rollbook's own words stay.
    assert_eq!(served.send("GET", "/api/nowhere", "").code(), "unknown_route");
}

#[test]
fn what_the_server_cannot_do_is_said_too() {
    let served = Served::new().with_acme();
    let ada = issue(&served.ledger, "ada@acme.example", "read write", 86_400);
    let acme = issue(&served.ledger, "acme", "read write", 86_400);
    let organization = served.send("GET", "/v1/organizations/acme", "").json();
    let account = organization["organization_id"].as_str().unwrap().replace('-', "");
    let account = format!("/accounts/{account}/members");
    served.ledger.close().unwrap();
    let admin = "586ad9af948dc744fe4a9dd338ce5b75";
    let table = [
        (MEMBERS[0], acme, json!({"name": "Bob", "email": "bob@acme.example"})),
        (&account, ada.clone(), json!({"email": "bob@acme.example", "roles": [admin]})),
        (MEMBERS[1], ada, json!({"email": "bob@acme.example"})),
    ];
    for (path, token, body) in table {
        let bearer = format!("Bearer {token}");
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        let answer = send(served.address, "POST", path, &headers, &body.to_string());
        assert_eq!(answer.status, 503, "{path} {answer:?}");
        said(path, &answer);
        let retry = path.starts_with("/accounts").then_some("false");
        assert_eq!(answer.header("x-should-retry"), retry, "{path}");
    }
}

#[test]
fn what_takes_too_long_is_said_too() {
    let limits = Limits { request: Duration::from_millis(200), ..Limits::STANDARD };
    let served = Served::bounded(machine(7), limits);
    for path in MEMBERS {
        let mut stream = TcpStream::connect(served.address).unwrap();
        let (host, token) = (served.address, &served.token);
        // The body never comes.
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: {host}\r\nAuthorization: Bearer {token}\r\n\
             Content-Type: application/json\r\nContent-Length: 9\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        let mut text = String::new();
        stream.read_to_string(&mut text).unwrap();
        let answer = read(&text);
        assert_eq!(answer.status, 503, "{path} {answer:?}");
        assert!(said(path, &answer).starts_with("it took too long"), "{answer:?}");
    }
}

/// An address of so many characters.
fn address(length: usize) -> String {
    let labels = ["d".repeat(63), "d".repeat(63), "d".repeat(length - 197)];
    let address = format!("{}@{}.com", "l".repeat(64), labels.join("."));
    assert_eq!(address.chars().count(), length, "{address}");
    address
}

#[test]
fn texts_have_their_bounds() {
    let served = Served::new();
    let body = r#"{"kind":"standard","role_set":"standard","name":"Acme","slug":"SLUG",
                   "owner":{"email":"ada@acme.example","username":"USERNAME"}}"#;
    let (slug, username) = ("s".repeat(64), "u".repeat(255));
    let body = body.replace("SLUG", &slug).replace("USERNAME", &username);
    assert_eq!(served.send("POST", "/v1/organizations", &body).status, 201);
    let acme = issue(&served.ledger, &slug, "read write", 86_400);
    let ada = issue(&served.ledger, "ada@acme.example", "read write", 86_400);
    let ask = |token: &str, path: &str, body: serde_json::Value| {
        let bearer = format!("Bearer {token}");
        let headers = [("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
        let answer = send(served.address, "POST", path, &headers, &body.to_string());
        if answer.status >= 400 {
            said(path, &answer);
        }
        answer.status
    };
    let member = |email: String, name: usize| json!({"email": email, "name": "n".repeat(name)});
    assert_eq!(ask(&acme, MEMBERS[0], member(address(255), 1)), 400);
    assert_eq!(ask(&acme, MEMBERS[0], member(address(254), 256)), 400);
    assert_eq!(ask(&acme, MEMBERS[0], member(address(254), 255)), 201);
    let avisi = |slug: &str| format!("/api/v1/organisations/{slug}/members");
    // A user of that name is there, and a member: that is no question of length.
    assert_eq!(ask(&ada, &avisi(&slug), json!({"username": username})), 400);
    assert_eq!(ask(&ada, &avisi(&slug), json!({"username": "u".repeat(254)})), 404);
    assert_eq!(ask(&ada, &avisi(&slug), json!({"username": "u".repeat(256)})), 400);
    for wrong in ["S", "a.b", "a%20", &"s".repeat(65)] {
        assert_eq!(ask(&ada, &avisi(wrong), json!({"username": "bob"})), 400, "{wrong}");
    }
    assert_eq!(ask(&ada, &avisi("s-_9"), json!({"username": "bob"})), 404);
    for wrong in ["0", &"0".repeat(31), &"0".repeat(33), &"G".repeat(32), &"A".repeat(32)] {
        let path = format!("/accounts/{wrong}/members");
        assert_eq!(ask(&ada, &path, json!({})), 400, "{wrong}");
        let path = format!("/client/v4/accounts/{wrong}");
        let answer = send(
            served.address,
            "GET",
            &path,
            &[("X-Auth-Email", "ada@acme.example"), ("X-Auth-Key", &ada)],
            "",
        );
        assert_eq!((answer.status, answer.json()["errors"][0]["code"].as_u64()), (404, Some(7003)));
    }
}
