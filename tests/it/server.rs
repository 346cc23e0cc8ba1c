//! The HTTP server, over real sockets.

mod client;
mod entering;
mod limits;
mod program;
mod refusals;
mod stopping;
mod transcripts;
