//! The promise under load: clients that create, change, remove and invite without a pause while the
//! server is killed with -9 and started again. Whatever was acknowledged is there behind every
//! restart, as of the seq that its answer named; what was not may be there or not.
//!
//! `ROLLBOOK_LOAD_SECONDS` (of load, openings apart), `ROLLBOOK_LOAD_CLIENTS`,
//! `ROLLBOOK_LOAD_KILL_SECONDS` (between two kills) and `ROLLBOOK_LOAD_SEED` steer it.

mod after;
mod client;
pub(crate) mod connection;
mod deed;
mod server;
mod tally;

use client::Client;
use server::{Server, Stage};
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};
use tally::Tally;

/// What a run is.
#[derive(Debug, Clone, Copy)]
struct Plan {
    load: Duration,
    clients: u64,
    between_kills: Duration,
    seed: u64,
}

impl Plan {
    fn asked() -> Self {
        let number = |name: &str, usual: u64| match std::env::var(name) {
            Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name}={text} is no number")),
            Err(_) => usual,
        };
        let seconds = |name: &str, usual: u64| Duration::from_secs(number(name, usual));
        Self {
            load: seconds("ROLLBOOK_LOAD_SECONDS", 6),
            clients: number("ROLLBOOK_LOAD_CLIENTS", 8),
            between_kills: seconds("ROLLBOOK_LOAD_KILL_SECONDS", 2),
            seed: number("ROLLBOOK_LOAD_SEED", 1),
        }
    }

    fn kills(&self) -> u32 {
        (self.load.as_millis() / self.between_kills.as_millis()).try_into().unwrap()
    }
}

#[test]
fn nothing_acknowledged_under_load_is_lost_by_kills() {
    let plan = Plan::asked();
    assert!(plan.kills() > 0, "{plan:?} ends before its first kill");
    let directory = tempfile::tempdir().unwrap();
    let data = directory.path().join("data");
    let mut server = Server::start(&data);
    let mut tally = Tally::default();
    client::begin_commons(&server);
    let stage = Arc::new(Stage::open_at(server.address));
    let clients: Vec<_> = (0..plan.clients)
        .map(|number| {
            let client = Client::new(number, plan.seed, server.token.clone(), &stage);
            thread::spawn(move || client.work())
        })
        .collect();
    for kill in 1..=plan.kills() {
        thread::sleep(plan.between_kills);
        stage.close();
        server.kill();
        let killed = Instant::now();
        server = Server::start(&data);
        tally.first_answers.push(killed.elapsed());
        eprintln!("kill {kill}: first answer behind {:?}", killed.elapsed());
        stage.open_again(server.address, kill == plan.kills());
    }
    let done: Vec<_> = clients.into_iter().map(|client| client.join().unwrap()).collect();
    server.end();
    for client in &done {
        tally.add(&client.tally);
    }
    let size = after::check(&data, directory.path(), &done);
    eprintln!("{}", tally.line(&plan, size));
    assert!(tally.acknowledged() > 0 && tally.in_flight > 0, "no kill met a request: {tally:?}");
}
