//! Full queues, and servers that stop.

use super::client::{Served, read, request};
use crate::support;
use rollbook::facts::Actor;
use rollbook::house::{Ledger, Machine};
use rollbook::law::{Action, Command};
use rollbook::projections::AsOf;
use rollbook::words::{OrganizationId, Timestamp};
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{spawn, yield_now};
use std::time::Duration;

/// A machine whose clock stands still, and the writer with it, while the test holds `gate`.
pub(super) fn held() -> (Machine, Arc<Mutex<()>>, Receiver<()>) {
    let gate = Arc::new(Mutex::new(()));
    let (asked, looks): (SyncSender<()>, _) = sync_channel(4096);
    let mut machine = support::machine(7);
    let mut clock = machine.clock;
    let inner = Arc::clone(&gate);
    machine.clock = Box::new(move || {
        let _ = asked.try_send(());
        drop(inner.lock().unwrap_or_else(PoisonError::into_inner));
        clock()
    });
    (machine, gate, looks)
}

pub(super) fn looked_at(looks: &Receiver<()>) {
    looks.recv_timeout(Duration::from_secs(20)).expect("the writer looks at the clock");
}

pub(super) fn nothing() -> Command {
    let actor = "system:import".parse::<Actor>().unwrap();
    Command::new(actor, None, Action::CertifyOrganization { org: OrganizationId::DEPLOYMENT })
}

#[test]
fn a_full_queue_says_when_to_come_again() {
    let (machine, gate, looks) = held();
    let served = Served::with(machine).with_acme();
    let path = "/v1/organizations/acme/members";
    let body = r#"{"email":"bob@acme.example"}"#;
    while looks.try_recv().is_ok() {}
    let holding = gate.lock().unwrap();
    served.ledger.try_enqueue(nothing(), |_| {}).unwrap();
    looked_at(&looks);
    let mut waiting = 0;
    while served.ledger.try_enqueue(nothing(), |_| {}).is_ok() {
        waiting += 1;
        assert!(waiting < 10_000, "the queue has no bound");
    }
    let answer = served.send("POST", path, body);
    assert_eq!((answer.status, answer.code().as_str()), (503, "queue_full"));
    assert_eq!(answer.header("retry-after"), Some("1"));
    // Reads do not wait for the writer.
    assert_eq!(served.send("GET", path, "").status, 200);
    drop(holding);
    // Everything that waits is refused; behind it the same command has room.
    while served.ledger.try_enqueue(nothing(), |_| {}).is_err() {}
    served.ledger.submit(nothing()).unwrap_err();
    assert_eq!(served.send("POST", path, body).status, 201);
}

#[test]
fn what_is_under_way_when_it_stops_is_answered_and_stays() {
    let (machine, gate, looks) = held();
    let served = Arc::new(Served::with(machine).with_acme());
    while looks.try_recv().is_ok() {}
    let holding = gate.lock().unwrap();
    let path = "/v1/organizations/acme/members";
    let (under_way, reached) = sync_channel(16);
    let clients: Vec<_> = (0..16)
        .map(|number| {
            let (served, under_way) = (Arc::clone(&served), under_way.clone());
            let body = format!(r#"{{"username":"member{number}"}}"#);
            spawn(move || {
                let bearer = format!("Bearer {}", served.token);
                let headers = [
                    ("Authorization", bearer.as_str()),
                    ("Content-Type", "application/json"),
                    ("Connection", "close"),
                    // Answered when the server begins to read the body: then it is under way.
                    ("Expect", "100-continue"),
                ];
                let request = request(served.address, "POST", path, &headers, &body);
                let (head, body) = request.split_at(request.len() - body.len());
                let mut stream = BufReader::new(TcpStream::connect(served.address).unwrap());
                stream.get_mut().write_all(head.as_bytes()).unwrap();
                let mut line = String::new();
                while line != "\r\n" {
                    line.clear();
                    assert!(stream.read_line(&mut line).unwrap() > 0, "it was told to go on");
                }
                stream.get_mut().write_all(body.as_bytes()).unwrap();
                under_way.send(()).unwrap();
                let mut text = String::new();
                stream.read_to_string(&mut text).unwrap();
                read(&text)
            })
        })
        .collect();
    for _ in 0..clients.len() {
        reached.recv_timeout(Duration::from_secs(20)).expect("every client gets in");
    }
    served.stop.now();
    // It has stopped taking connections when nobody gets one any more.
    while TcpStream::connect(served.address).is_ok() {
        yield_now();
    }
    drop(holding);
    let mut acknowledged = Vec::new();
    for client in clients {
        let answer = client.join().unwrap();
        assert_eq!(answer.status, 201, "{answer:?}");
        acknowledged.push(answer.json()["member"]["member_id"].as_str().unwrap().to_owned());
    }
    let served = Arc::into_inner(served).expect("every client has gone");
    let (_directory, data) = served.ended();
    let ledger = Ledger::open(&data, support::machine(8)).unwrap();
    let views = ledger.views();
    let acme = views.by_slug("acme").unwrap();
    let at = acme.moment(AsOf::Now, Timestamp::MAX).unwrap();
    for member in acknowledged {
        assert!(acme.member(member.parse().unwrap(), at).is_some(), "{member}");
    }
}
