//! The HTTP server, over real sockets.

mod bounds;
mod client;
mod entering;
mod expiry;
mod export;
mod full;
mod limits;
mod program;
mod refusals;
mod stopping;
mod transcripts;
