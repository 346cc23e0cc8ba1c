//! A request that is sent again is done once, and a change that is bound to a state is made in it.

use super::client::{Answer, Served, read, request, send};
use super::expiry::set_ahead;
use crate::support;
use crate::support::chance::Chance;
use rollbook::doors::client::Client;
use rollbook::doors::server::Limits;
use rollbook::doors::wire::{AddMember, ListedMembers, Members, NewMember, OrganizationName};
use rollbook::house::Ledger;
use rollbook::projections::AsOf;
use rollbook::words::{Timestamp, Username};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::thread::{scope, spawn};

const MEMBERS: &str = "/v1/organizations/acme/members";

fn keyed(served: &Served, key: &str, method: &str, path: &str, body: &str) -> Answer {
    sent(served.address, &served.token, (method, path, body), &[("Idempotency-Key", key)])
}

fn sent(
    address: SocketAddr,
    token: &str,
    (method, path, body): (&str, &str, &str),
    more: &[(&str, &str)],
) -> Answer {
    let bearer = format!("Bearer {token}");
    let mut headers =
        vec![("Authorization", bearer.as_str()), ("Content-Type", "application/json")];
    headers.extend_from_slice(more);
    send(address, method, path, &headers, body)
}

#[test]
fn the_same_request_is_answered_the_same_without_its_secrets() {
    let served = Served::new().with_acme();
    let invite = r#"{"email":"bob@acme.example","roles":["member"]}"#;
    let path = "/v1/organizations/acme/invitations";
    let first = keyed(&served, "one", "POST", path, invite);
    let size = served.ledger.head().size;
    let again = keyed(&served, "one", "POST", path, invite);
    assert_eq!(served.ledger.head().size, size);
    assert_eq!((first.status, again.status), (201, 201), "{again:?}");
    assert_eq!(first.header("location"), again.header("location"));
    assert_eq!(first.header("rollbook-seq"), again.header("rollbook-seq"));
    assert_eq!(first.header("idempotency-replayed"), None);
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let (mut first, mut again) = (first.json(), again.json());
    assert_eq!(again["omitted"], serde_json::json!(["token", "link"]), "{again}");
    for secret in ["token", "link"] {
        assert!(first[secret].is_string() && again[secret].is_null(), "{again}");
        first.as_object_mut().unwrap().remove(secret);
    }
    again.as_object_mut().unwrap().remove("omitted");
    for told in [&mut first, &mut again] {
        // Now is later the second time.
        told["as_of"].as_object_mut().unwrap().remove("time");
    }
    assert_eq!(first, again);
}

#[test]
fn a_key_belongs_to_one_request_of_one_caller() {
    let served = Served::new().with_acme();
    let bob = r#"{"email":"bob@acme.example"}"#;
    assert_eq!(keyed(&served, "one", "POST", MEMBERS, bob).status, 201);
    let table = [
        ("one", "POST", MEMBERS, r#"{"email":"bob@acme.example" }"#, 422, "idempotency_key_reused"),
        ("one", "POST", "/v1/organizations/acme/leave", "", 422, "idempotency_key_reused"),
        ("two", "POST", MEMBERS, bob, 409, "email_taken"),
        ("", "POST", MEMBERS, bob, 400, "wrong_idempotency_key"),
        ("ä", "POST", MEMBERS, bob, 400, "wrong_idempotency_key"),
        (&"x".repeat(256), "POST", MEMBERS, bob, 400, "wrong_idempotency_key"),
        ("one", "POST", "/v1/sign-out", "", 400, "idempotency_key_not_taken"),
    ];
    for (key, method, path, body, status, code) in table {
        let answer = keyed(&served, key, method, path, body);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{key} {path}");
    }
    // In somebody's name it is another request; somebody else's key is another key.
    let ada = served.send("GET", MEMBERS, "").json()["members"][0]["user_id"].clone();
    let actor = format!("user:{}", ada.as_str().unwrap());
    let more = [("Idempotency-Key", "one"), ("Rollbook-Actor", actor.as_str())];
    let answer = sent(served.address, &served.token, ("POST", MEMBERS, bob), &more);
    assert_eq!(answer.code(), "idempotency_key_reused");
}

#[test]
fn a_refusal_is_kept_too_and_what_was_not_understood_is_not() {
    let served = Served::new().with_acme();
    let taken = r#"{"email":"ada@acme.example"}"#;
    let first = keyed(&served, "one", "POST", MEMBERS, taken);
    assert_eq!((first.status, first.code().as_str()), (409, "email_taken"));
    let ada = served.send("GET", MEMBERS, "").json()["members"][0]["user_id"].clone();
    let again = keyed(&served, "one", "POST", MEMBERS, taken);
    assert_eq!((first.status, first.body), (again.status, again.body), "{ada}");
    assert_eq!(keyed(&served, "two", "POST", MEMBERS, "{").code(), "wrong_body");
    let bob = r#"{"email":"bob@acme.example"}"#;
    assert_eq!(keyed(&served, "two", "POST", MEMBERS, bob).status, 201);
}

#[test]
fn keys_hold_for_a_day_and_through_restarts() {
    let (machine, _) = set_ahead();
    let served = Served::with(machine).with_acme();
    let bob = r#"{"email":"bob@acme.example"}"#;
    let first = keyed(&served, "one", "POST", MEMBERS, bob);
    assert_eq!(first.status, 201);
    let size = served.ledger.head().size;
    served.stop.now();
    let (directory, data) = served.ended();
    let ledger = Ledger::open(&data, support::machine(8)).unwrap();
    let served = Served::over(ledger, directory, Limits::STANDARD);
    let again = keyed(&served, "one", "POST", MEMBERS, bob);
    assert_eq!(again.header("idempotency-replayed"), Some("true"), "{again:?}");
    assert_eq!(first.json()["member"], again.json()["member"]);
    assert_eq!(served.ledger.head().size, size);
}

#[test]
fn a_record_without_its_entries_says_nothing() {
    let served = Served::new().with_acme();
    let bob = r#"{"email":"bob@acme.example"}"#;
    assert_eq!(keyed(&served, "one", "POST", MEMBERS, bob).status, 201);
    served.stop.now();
    let (directory, data) = served.ended();
    // What a crash leaves between the two writes: the record, and a log that ends before it.
    let records = std::fs::read_dir(&data).unwrap().map(|entry| entry.unwrap().path());
    let records: Vec<_> =
        records.filter(|path| path.to_string_lossy().contains("idempotency-")).collect();
    assert_eq!(records.len(), 1);
    let other = Served::new().with_acme();
    other.stop.now();
    let (other, other_data) = other.ended();
    std::fs::copy(&records[0], other_data.join(records[0].file_name().unwrap())).unwrap();
    drop(directory);
    let ledger = Ledger::open(&other_data, support::machine(9)).unwrap();
    let served = Served::over(ledger, other, Limits::STANDARD);
    let answer =
        sent(served.address, &served.token, ("POST", MEMBERS, bob), &[("Idempotency-Key", "one")]);
    assert_eq!((answer.status, answer.header("idempotency-replayed")), (201, None), "{answer:?}");
}

#[test]
fn of_many_who_send_it_at_once_one_is_done_and_all_are_told() {
    let served = Served::new().with_acme();
    for round in 0..20 {
        let body = format!(r#"{{"email":"m{round}@acme.example"}}"#);
        let key = format!("round {round}");
        let size = served.ledger.head().size;
        let answers: Vec<Answer> = scope(|scope| {
            let send = || scope.spawn(|| keyed(&served, &key, "POST", MEMBERS, &body));
            let threads: Vec<_> = (0..8).map(|_| send()).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let member = |answer: &Answer| answer.json()["member"]["member_id"].clone();
        for answer in &answers {
            assert_eq!((answer.status, member(answer)), (201, member(&answers[0])), "{answer:?}");
        }
        let fresh = answers.iter().filter(|it| it.header("idempotency-replayed").is_none());
        assert_eq!(fresh.count(), 1);
        assert_eq!(served.ledger.head().size, size + 1);
    }
}

/// A way to a server on which some answers are lost: the request arrives, and its sender sees the
/// connection break.
fn dropping_proxy(server: SocketAddr, seed: u64) -> (SocketAddr, Arc<AtomicU64>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let dropped = Arc::new(AtomicU64::new(0));
    let counted = Arc::clone(&dropped);
    spawn(move || {
        let mut chance = Chance::from_seed(seed);
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (loses, counted) = (chance.below(3), Arc::clone(&counted));
            spawn(move || {
                let mut there = TcpStream::connect(server).unwrap();
                let mut back = there.try_clone().unwrap();
                let mut from = stream.try_clone().unwrap();
                let forth = spawn(move || {
                    let _ = std::io::copy(&mut from, &mut there);
                    let _ = there.shutdown(Shutdown::Write);
                });
                let answer = one_answer(&mut back);
                let kept = match loses {
                    0 => &answer[..0],
                    1 => &answer[..answer.len() / 2],
                    _ => &answer[..],
                };
                counted.fetch_add(u64::from(kept.len() < answer.len()), Ordering::SeqCst);
                let _ = stream.write_all(kept);
                let _ = stream.shutdown(Shutdown::Both);
                let _ = back.shutdown(Shutdown::Both);
                let _ = forth.join();
            });
        }
    });
    (address, dropped)
}

/// The bytes of one answer, whether or not the connection stays open behind it.
fn one_answer(stream: &mut TcpStream) -> Vec<u8> {
    let (mut bytes, mut chunk) = (Vec::new(), [0; 65_536]);
    while let Ok(length @ 1..) = stream.read(&mut chunk) {
        bytes.extend_from_slice(&chunk[..length]);
        let text = String::from_utf8_lossy(&bytes);
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let stated = head.split_once("content-length: ").map(|(_, rest)| rest);
        let stated = stated.and_then(|rest| rest.lines().next()?.parse::<usize>().ok());
        if stated.is_some_and(|stated| body.len() >= stated) {
            break;
        }
    }
    bytes
}

/// Sends a request until a whole answer comes, at most so many times.
fn until_answered(address: SocketAddr, text: &str, tries: usize) -> Option<Answer> {
    (0..tries).find_map(|_| {
        let mut stream = TcpStream::connect(address).ok()?;
        stream.write_all(text.as_bytes()).ok()?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes).ok()?;
        let text = String::from_utf8(bytes).ok()?;
        let length = text.split_once("content-length: ")?.1.split_once("\r\n")?.0;
        let whole = text.split_once("\r\n\r\n")?.1.len() == length.parse::<usize>().ok()?;
        whole.then(|| read(&text))
    })
}

#[test]
fn retrying_through_lost_answers_creates_nothing_twice() {
    const CLIENTS: usize = 8;
    const EACH: usize = 40;
    let served = Served::new().with_acme();
    let (proxy, dropped) = dropping_proxy(served.address, 11);
    let bearer = format!("Bearer {}", served.token);
    let created: Vec<Value> = scope(|scope| {
        let client = |number: usize| {
            let bearer = bearer.clone();
            scope.spawn(move || {
                let wish = |it: usize| {
                    let body =
                        format!(r#"{{"name":"m {number}.{it}","username":"m{number}-{it}"}}"#);
                    let key = format!("{number}/{it}");
                    let headers = [
                        ("Authorization", bearer.as_str()),
                        ("Content-Type", "application/json"),
                        ("Idempotency-Key", key.as_str()),
                        ("Connection", "close"),
                    ];
                    let text = request(proxy, "POST", MEMBERS, &headers, &body);
                    // Six tries: one, and five times again. Two of three answers are lost, so some
                    // clients give up; what they wished is there once or not at all.
                    until_answered(proxy, &text, 6).map(|answer| {
                        assert_eq!(answer.status, 201, "{answer:?}");
                        answer.json()["member"]["member_id"].clone()
                    })
                };
                (0..EACH).filter_map(wish).collect::<Vec<_>>()
            })
        };
        let clients: Vec<_> = (0..CLIENTS).map(client).collect();
        clients.into_iter().flat_map(|client| client.join().unwrap()).collect()
    });
    assert!(dropped.load(Ordering::SeqCst) > 300, "{dropped:?}");
    assert!(created.len() > CLIENTS * EACH * 3 / 4, "{}", created.len());
    let views = served.ledger.views();
    let acme = views.by_slug("acme").unwrap();
    let at = acme.moment(AsOf::Now, Timestamp::MAX).unwrap();
    let members = acme.members(at);
    // Every wish arrived, was done once, and each answer names who is there.
    assert_eq!(members.len(), 1 + CLIENTS * EACH);
    for id in created {
        assert!(members.iter().any(|row| id == row.member_id.to_string()), "{id}");
    }
}

/// The client sends again by itself, under a key of its own.
#[test]
fn the_client_creates_nothing_twice_through_lost_answers() {
    let served = Served::new().with_acme();
    let (proxy, dropped) = dropping_proxy(served.address, 5);
    let client = Client::new(&format!("http://{proxy}").parse().unwrap(), &served.token);
    let direct = Client::new(&format!("http://{}", served.address).parse().unwrap(), &served.token);
    let org: OrganizationName = "acme".parse().unwrap();
    let give = |number: usize| {
        let username = Username::parse(&format!("m{number}")).unwrap();
        let body = NewMember { username: Some(username.into()), ..NewMember::default() };
        client.give(&AddMember { org: org.clone(), body }, None).ok()
    };
    let told: Vec<_> = (0..20).filter_map(give).collect();
    assert!(dropped.load(Ordering::SeqCst) > 15, "{dropped:?}");
    assert!(told.len() > 10, "{}", told.len());
    let parameters = ListedMembers { limit: Some(7), ..ListedMembers::default() };
    let members = direct.ask_whole(&Members { org, parameters }).unwrap().members;
    assert_eq!(members.len(), 21);
    for recorded in told {
        let member = recorded.subject.member.unwrap();
        assert!(members.iter().any(|row| row.member_id == member.member_id));
    }
}

#[test]
fn many_members_come_in_one_request_and_once() {
    let served = Served::new().with_acme();
    let path = "/v1/organizations/acme/members/bulk";
    let rows: Vec<Value> = (0..200)
        .map(|number| match number % 10 {
            7 => serde_json::json!({"email": "ada@acme.example"}),
            _ => serde_json::json!({"email": format!("m{number}@acme.example")}),
        })
        .collect();
    let body = serde_json::json!({"members": rows, "reason": "the summer's"}).to_string();
    let first = keyed(&served, "one", "POST", path, &body);
    let size = served.ledger.head().size;
    let again = keyed(&served, "one", "POST", path, &body);
    assert_eq!(served.ledger.head().size, size);
    assert_eq!((first.status, again.status), (200, 200), "{first:?}");
    let (first, again) = (first.json(), again.json());
    assert_eq!(first, again);
    assert_eq!((&first["created"], &first["refused"]), (&180.into(), &20.into()));
    assert_eq!(first["results"][7]["code"], "email_taken");
    assert_eq!(first["results"][8]["member"]["email"], "m8@acme.example");
    for (rows, code) in [(vec![], "wrong_body"), (vec![rows[0].clone(); 1001], "wrong_body")] {
        let body = serde_json::json!({"members": rows}).to_string();
        assert_eq!(served.send("POST", path, &body).code(), code);
    }
}

#[test]
fn a_change_is_made_in_the_state_that_it_is_bound_to() {
    let served = Served::new().with_acme();
    let bob = served.send("POST", MEMBERS, r#"{"email":"bob@acme.example"}"#).json();
    let bob = format!("{MEMBERS}/{}", bob["member"]["member_id"].as_str().unwrap());
    let tag = |path: &str| served.send("GET", path, "").header("etag").unwrap().to_owned();
    let bound = |tag: &str, method: &str, path: &str, body: &str| {
        sent(served.address, &served.token, (method, path, body), &[("If-Match", tag)])
    };
    let seen = tag(&bob);
    // What happens to others is nothing to it.
    served.send("POST", MEMBERS, r#"{"email":"carol@acme.example"}"#);
    assert_eq!(seen, tag(&bob));
    let roles = format!("{bob}/roles");
    assert_eq!(bound(&seen, "PUT", &roles, r#"{"roles":["admin"]}"#).status, 200);
    assert_ne!(seen, tag(&bob));
    let late = bound(&seen, "PUT", &roles, r#"{"roles":["member"]}"#);
    assert_eq!((late.status, late.code().as_str()), (412, "precondition_failed"));
    let acme = "/v1/organizations/acme";
    let seen = tag(acme);
    assert_eq!(bound(&seen, "PATCH", acme, r#"{"seats":9}"#).status, 200);
    assert_eq!(bound(&seen, "PATCH", acme, r#"{"seats":8}"#).status, 412);
    assert_eq!(bound("*", "PATCH", acme, r#"{"seats":8}"#).status, 200);
    let table = [
        ("POST", MEMBERS, r#"{"email":"dan@acme.example"}"#, "*", 400, "wrong_condition"),
        ("PATCH", acme, r#"{"seats":7}"#, "seen", 400, "wrong_condition"),
        ("POST", "/v1/sign-out", "", "*", 400, "wrong_condition"),
    ];
    for (method, path, body, tag, status, code) in table {
        let answer = bound(tag, method, path, body);
        assert_eq!((answer.status, answer.code().as_str()), (status, code), "{method} {path}");
    }
}

#[test]
fn of_many_changes_bound_to_one_state_one_is_made() {
    let served = Served::new().with_acme();
    let acme = "/v1/organizations/acme";
    for round in 0..10 {
        let seen = served.send("GET", acme, "").header("etag").unwrap().to_owned();
        let statuses: Vec<u16> = scope(|scope| {
            let change = |number: usize| {
                let body = format!(r#"{{"seats":{}}}"#, 100 + round * 10 + number);
                let (served, seen) = (&served, &seen);
                scope.spawn(move || {
                    let more = [("If-Match", seen.as_str())];
                    sent(served.address, &served.token, ("PATCH", acme, &body), &more).status
                })
            };
            let threads: Vec<_> = (0..8).map(change).collect();
            threads.into_iter().map(|thread| thread.join().unwrap()).collect()
        });
        let made = statuses.iter().filter(|status| **status == 200).count();
        assert_eq!((made, statuses.contains(&412)), (1, true), "{statuses:?}");
    }
}
