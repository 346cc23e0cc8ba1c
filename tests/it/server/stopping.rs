//! Full queues, and servers that stop.

use super::client::Served;
use crate::support;
use rollbook::facts::Actor;
use rollbook::house::{Ledger, Machine};
use rollbook::law::{Action, Command};
use rollbook::projections::AsOf;
use rollbook::words::{OrganizationId, Timestamp};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{sleep, spawn};
use std::time::Duration;

/// A machine whose clock stands still, and the writer with it, while the test holds `gate`.
fn held() -> (Machine, Arc<Mutex<()>>, Receiver<()>) {
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

fn looked_at(looks: &Receiver<()>) {
    looks.recv_timeout(Duration::from_secs(20)).expect("the writer looks at the clock");
}

fn nothing() -> Command {
    Command {
        actor: "system:import".parse::<Actor>().unwrap(),
        reason: None,
        action: Action::CertifyOrganization { org: OrganizationId::DEPLOYMENT },
    }
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
    let clients: Vec<_> = (0..16)
        .map(|number| {
            let served = Arc::clone(&served);
            let body = format!(r#"{{"username":"member{number}"}}"#);
            spawn(move || served.send("POST", path, &body))
        })
        .collect();
    looked_at(&looks);
    // The other clients need a moment to get in; whoever does not is refused a connection below.
    sleep(Duration::from_millis(500));
    served.stop.now();
    sleep(Duration::from_millis(200));
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
