//! The HTTP server, over real sockets.

mod access;
mod attacks;
mod bounds;
pub(crate) mod browsers;
mod bundles;
pub(crate) mod client;
mod dialects;
mod entering;
mod examples;
mod expiry;
mod export;
mod following;
mod full;
mod killed;
mod limits;
mod once;
mod paging;
mod people;
mod program;
pub(crate) mod refusals;
mod stopping;
pub(crate) mod tls;
pub(crate) mod tokens;
mod told;
mod transcripts;
mod transparency;
