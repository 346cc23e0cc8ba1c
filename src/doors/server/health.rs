//! What operators and their machines ask about the server itself.

mod witnessed;

use super::Site;
use super::openapi::{self, Operation};
use super::reply::Reply;
use super::route::{open, operators};
use super::table::Table;
use crate::ground::embedded::Scrub;
use crate::words::Timestamp;
use axum::http::StatusCode;
use schemars::JsonSchema;
use serde_json::{Map, Value, json};
use std::time::Duration;

/// Their paths.
pub(super) fn ways(table: Table) -> Table {
    let alive = open(alive).told(
        Operation::new("getAlive", "Whether the process is alive.")
            .open()
            .tells_text(200, "text/plain"),
    );
    let ready = open(ready).told(
        Operation::new("getReady", "Whether the ledger is open and commands are taken.")
            .open()
            .tells::<Readiness>(200)
            .tells::<Readiness>(503),
    );
    let metrics = operators(metrics).told(
        Operation::new("getMetrics", "Counters, for Prometheus.\n\nFor operators.")
            .tells_text(200, "text/plain"),
    );
    let document = open(openapi::served).told(
        Operation::new("getOpenapi", "This document.").open().tells::<Map<String, Value>>(200),
    );
    let page = open(openapi::shown).told(
        Operation::new("getDocs", "This document as a page.").open().tells_text(200, "text/html"),
    );
    let style = open(openapi::styled).told(
        Operation::new("getDocsStyle", "The page's style.").open().tells_text(200, "text/css"),
    );
    table
        .at("/healthz", alive)
        .at("/readyz", ready)
        .at("/metrics", metrics)
        .at("/openapi.json", document)
        .at("/docs", page)
        .at("/docs/style.css", style)
}

/// What `/readyz` answers.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct Readiness {
    /// Always `open`: a server serves only then.
    ledger: String,
    /// `ok`, or `stopped` where no commands are taken any more.
    writer: String,
    /// `ok`, or `stopped` where sled is not fed any more.
    sled_feed: String,
    /// `ok`, `off` where the server has no guard, or `stopped` where none are signed any more.
    /// Commands are taken all the same, so this does not decide the status.
    checkpoints: String,
    /// `ok`, `off` where the server asks no witnesses, or `behind` where they have been missing
    /// for more than a minute. It does not decide the status either.
    witnesses: String,
    /// How far journal and sled are compared.
    scrub: ScrubState,
}

/// How far journal and sled are compared.
#[derive(JsonSchema)]
#[allow(dead_code, reason = "only its schema is used")]
struct ScrubState {
    /// `pending`, `running`, `whole` or `damaged`.
    state: String,
    /// The batch that was compared last.
    #[schemars(skip_serializing_if = "Option::is_none")]
    slot: Option<u64>,
    /// How many there are.
    #[schemars(skip_serializing_if = "Option::is_none")]
    slots: Option<u64>,
    /// What is damaged.
    #[schemars(skip_serializing_if = "Option::is_none")]
    places: Option<Vec<String>>,
}

/// The process is alive.
fn alive(_site: &Site) -> Reply {
    Reply::text("text/plain; charset=utf-8", "ok\n".to_owned())
}

/// The ledger is open, its writer takes commands and sled is fed; the scrub may still be under way.
fn ready(site: &Site) -> Reply {
    let writer = site.ledger.takes_commands();
    let sled = site.ledger.feed_stopped().is_none();
    let state = |works: bool| if works { "ok" } else { "stopped" };
    let status = if writer && sled { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({
        "ledger": "open",
        "writer": state(writer),
        "sled_feed": state(sled),
        "checkpoints": checkpoints(site),
        "witnesses": witnesses(site),
        "scrub": scrub(&site.ledger.scrub()),
    });
    Reply::text("application/json", body.to_string()).with_status(status)
}

/// Whether checkpoints are signed.
fn checkpoints(site: &Site) -> &'static str {
    match (site.ledger.signs(), site.ledger.publishing_fault()) {
        (false, _) => "off",
        (true, None) => "ok",
        (true, Some(_)) => "stopped",
    }
}

/// How long witnesses may take until it is told.
const WITNESSES_LATE: Duration = Duration::from_secs(60);

/// Whether witnesses sign what is signed.
fn witnesses(site: &Site) -> &'static str {
    let late = |since: Timestamp| (site.now)() > since.after(WITNESSES_LATE);
    match site.ledger.uncosigned_since() {
        _ if !site.ledger.is_witnessed() => "off",
        Some(since) if late(since) => "behind",
        Some(_) | None => "ok",
    }
}

fn scrub(scrub: &Scrub) -> Value {
    match scrub {
        Scrub::Pending => json!({"state": "pending"}),
        Scrub::Running { slot, slots } => json!({"state": "running", "slot": slot, "slots": slots}),
        Scrub::Whole { slots } => json!({"state": "whole", "slots": slots}),
        Scrub::Damaged { places } => {
            let places: Vec<_> = places.iter().map(ToString::to_string).collect();
            json!({"state": "damaged", "places": places})
        }
    }
}

/// Counters, for Prometheus.
fn metrics(site: &Site) -> Reply {
    let (head, scrub) = (site.ledger.head(), site.ledger.scrub());
    let mut text = format!(
        "# HELP rollbook_entries Entries in the ledger.\n\
         # TYPE rollbook_entries gauge\n\
         rollbook_entries {}\n\
         # HELP rollbook_batches Batches in the journal.\n\
         # TYPE rollbook_batches gauge\n\
         rollbook_batches {}\n\
         # HELP rollbook_writer_up Whether commands are taken.\n\
         # TYPE rollbook_writer_up gauge\n\
         rollbook_writer_up {}\n\
         # HELP rollbook_scrub_batches Batches that were compared in journal and sled.\n\
         # TYPE rollbook_scrub_batches gauge\n\
         rollbook_scrub_batches {}\n\
         # HELP rollbook_scrub_damaged Whether the journal was found damaged.\n\
         # TYPE rollbook_scrub_damaged gauge\n\
         rollbook_scrub_damaged {}\n\
         # HELP rollbook_checkpoint_entries Entries under the last checkpoint that was signed.\n\
         # TYPE rollbook_checkpoint_entries gauge\n\
         rollbook_checkpoint_entries {}\n\
         # HELP rollbook_checkpoints_stopped Whether no checkpoints are signed any more.\n\
         # TYPE rollbook_checkpoints_stopped gauge\n\
         rollbook_checkpoints_stopped {}\n",
        head.size,
        head.slot,
        u8::from(site.ledger.takes_commands()),
        scrub.compared(),
        u8::from(scrub.damage().is_some()),
        site.ledger.signed_size(),
        u8::from(site.ledger.publishing_fault().is_some()),
    );
    site.metrics.write(&mut text);
    witnessed::write(&site.ledger, (site.now)(), &mut text);
    site.mailer.write_counts(&mut text);
    Reply::text("text/plain; version=0.0.4; charset=utf-8", text)
}
