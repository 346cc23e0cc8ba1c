//! What the parts do together, through their public faces and on real files.
#![allow(clippy::unwrap_used, reason = "a test that meets an error fails")]

mod bundle;
mod cli;
#[cfg(feature = "server")]
mod clients;
mod conformance;
mod contract;
mod crash;
mod erasing;
mod ground_damage;
mod ground_directory;
mod ground_disk_full;
mod ground_lost;
mod ground_opening;
mod ground_sled;
mod ground_support;
mod keyring;
mod law;
mod ledger;
#[cfg(feature = "server")]
mod mail;
mod moving;
#[cfg(feature = "server")]
mod oidc;
#[cfg(feature = "server")]
mod openapi;
#[cfg(feature = "server")]
mod packaging;
mod passes;
#[cfg(feature = "server")]
mod peers;
mod publishing;
mod real_history;
mod reference;
mod savepoint;
#[cfg(feature = "server")]
mod server;
#[cfg(feature = "server")]
mod settings;
mod stores;
mod support;
mod tamper;
mod tidy;
#[cfg(feature = "server")]
mod web;
#[cfg(feature = "server")]
mod witness;
#[cfg(feature = "server")]
mod witnessing;
