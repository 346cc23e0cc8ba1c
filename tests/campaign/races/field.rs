//! A server, and clients that all send at the same moment.

use crate::load::connection::Connection;
use rollbook::doors::server::{Operator, Setup, Stop, Until, run};
use rollbook::doors::settings::Settings;
use rollbook::ground::embedded::Options;
use rollbook::ground::passes::Passes;
use rollbook::house::{Ledger, Machine};
use rollbook::words::hash::Drawn;
use rollbook::words::{Origin, Timestamp};
use serde_json::Value;
use std::net::{SocketAddr, TcpListener};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Arc, Barrier};
use std::thread::{JoinHandle, spawn};
use tempfile::TempDir;

const CLIENTS: usize = 64;

/// What one client sends.
#[derive(Debug, Clone)]
pub(super) struct Request {
    method: &'static str,
    path: String,
    body: String,
    bearer: String,
}

impl Request {
    pub(super) fn new(method: &'static str, path: String, body: Value) -> Self {
        Self { method, path, body: body.to_string(), bearer: String::new() }
    }

    pub(super) fn by(self, token: String) -> Self {
        Self { bearer: format!("Bearer {token}"), ..self }
    }
}

/// What a client was told.
#[derive(Debug)]
pub(super) struct Told {
    pub(super) status: u16,
    pub(super) code: String,
}

pub(super) struct Field {
    pub(super) ledger: Arc<Ledger>,
    token: String,
    clients: Vec<(SyncSender<Request>, Receiver<Told>)>,
    stop: Stop,
    server: Option<JoinHandle<()>>,
    _directory: TempDir,
}

/// A clock that counts: each look is a millisecond later.
pub(super) fn now() -> Timestamp {
    static LOOKS: AtomicI64 = AtomicI64::new(0);
    let began = Timestamp::parse_any("2026-11-22").unwrap();
    Timestamp::from_micros(began.micros() + 1000 * LOOKS.fetch_add(1, Ordering::Relaxed))
}

impl Field {
    pub(super) fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let data = directory.path().join("data");
        let machine = Machine {
            clock: Box::new(now),
            drawn: Drawn::from_seed(&[7; 32]),
            options: Options::STANDARD,
            unlock: None,
        };
        let origin = Origin::parse("ledger.example").unwrap();
        let ledger = Arc::new(Ledger::create(&data, origin, machine).unwrap());
        let mut drawn = Drawn::from_seed(&[9; 32]);
        let (operator, path, _) = Operator::of_directory(&data, &mut drawn).unwrap();
        let token = std::fs::read_to_string(path).unwrap().lines().next().unwrap().to_owned();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let passes = Arc::new(Passes::open(&data, now()).unwrap().0);
        let settings = Arc::new(Settings::default());
        let served = Arc::clone(&ledger);
        let setup = Setup { ledger: served, operator, now, drawn, passes, settings };
        let stop = Stop::default();
        let until = Until::Told(stop.clone());
        let server = spawn(move || run(listener, setup, until).unwrap());
        let gate = Arc::new(Barrier::new(CLIENTS));
        let clients = (0..CLIENTS).map(|_| client(address, Arc::clone(&gate))).collect();
        Self { ledger, token, clients, stop, server: Some(server), _directory: directory }
    }

    pub(super) fn clients(&self) -> usize {
        CLIENTS
    }

    pub(super) fn operator(&self) -> String {
        self.token.clone()
    }

    /// Every client sends its request when all are ready to.
    pub(super) fn at_once(&mut self, requests: Vec<Request>) -> Vec<Told> {
        assert_eq!(requests.len(), CLIENTS);
        for ((send, _), request) in self.clients.iter().zip(requests) {
            send.send(request).unwrap();
        }
        self.clients.iter().map(|(_, told)| told.recv().unwrap()).collect()
    }
}

impl Drop for Field {
    fn drop(&mut self) {
        self.clients.clear();
        self.stop.now();
        if let Some(server) = self.server.take() {
            // A run that failed has told why.
            let _ = server.join();
        }
    }
}

fn client(address: SocketAddr, gate: Arc<Barrier>) -> (SyncSender<Request>, Receiver<Told>) {
    let (send, requests) = sync_channel::<Request>(1);
    let (tell, told) = sync_channel(1);
    spawn(move || {
        let mut connection = Connection::open(address, "").unwrap();
        while let Ok(request) = requests.recv() {
            let Request { method, path, body, bearer } = request;
            gate.wait();
            let answer = connection.ask_as(&bearer, method, &path, &body).unwrap();
            let code = answer.code().to_owned();
            if tell.send(Told { status: answer.status, code }).is_err() {
                return;
            }
        }
    });
    (send, told)
}
