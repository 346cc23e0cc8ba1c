//! What the house asks of servers that are not ours. Only the doors speak to them.

use std::sync::Arc;

/// What is sent by POST.
#[derive(Debug, Clone, Copy)]
pub struct Sent<'a> {
    /// Where to.
    pub url: &'a str,
    /// Its `Content-Type`.
    pub kind: &'static str,
    /// What is sent.
    pub body: &'a [u8],
}

/// What came back.
#[derive(Debug)]
pub struct Came {
    /// The status.
    pub status: u16,
    /// Its `Content-Type`; empty where it has none.
    pub kind: String,
    /// What stands in it.
    pub body: Vec<u8>,
}

/// Sends something and waits for what comes back, bounded in time and size and led nowhere else;
/// none where nothing came.
pub type Post = Arc<dyn Fn(Sent<'_>) -> Option<Came> + Send + Sync>;
