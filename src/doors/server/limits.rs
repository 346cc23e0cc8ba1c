//! What bounds a server.

use std::time::Duration;

/// How much a server takes at a time, and how long it waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most connections at a time; who comes later waits in the system's own queue.
    pub connections: u32,
    /// How long a request's head may take to arrive, and how long a connection may idle. Whoever
    /// sends slowly, or nothing, does not keep a place.
    pub head: Duration,
    /// The longest that a request may take, until its answer begins; and how long a part of an
    /// export may wait for its reader.
    pub request: Duration,
    /// How long requests that are under way may take to end when the server stops.
    pub grace: Duration,
    /// The most exports at a time: each reads the log on a thread of its own.
    pub exports: usize,
    /// The most who follow a history at a time: each keeps a connection.
    pub streams: usize,
}

impl Limits {
    /// What `rollbook serve` runs with. Connections take half of the 1,024 files that a process may
    /// usually have open: the ledger's own files need the rest, and a journal that cannot open its
    /// next segment stops the writer. Commands are answered within milliseconds; what takes 30 s
    /// waits for a disk that does not answer.
    pub const STANDARD: Self = Self {
        connections: 512,
        head: Duration::from_secs(30),
        request: Duration::from_secs(30),
        grace: Duration::from_secs(10),
        exports: 4,
        streams: 128,
    };
}
