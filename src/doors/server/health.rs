//! What operators and their machines ask about the server itself.

use super::Site;
use super::reply::Reply;
use crate::ground::embedded::Scrub;
use axum::http::StatusCode;
use serde_json::{Value, json};

/// The process is alive.
pub(super) fn alive(_site: &Site) -> Reply {
    Reply::text("text/plain; charset=utf-8", "ok\n".to_owned())
}

/// The ledger is open, its writer takes commands and sled is fed; the scrub may still be under way.
pub(super) fn ready(site: &Site) -> Reply {
    let writer = site.ledger.takes_commands();
    let sled = site.ledger.feed_stopped().is_none();
    let state = |works: bool| if works { "ok" } else { "stopped" };
    let status = if writer && sled { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let body = json!({
        "ledger": "open",
        "writer": state(writer),
        "sled_feed": state(sled),
        "scrub": scrub(&site.ledger.scrub()),
    });
    Reply::text("application/json", body.to_string()).with_status(status)
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
pub(super) fn metrics(site: &Site) -> Reply {
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
         rollbook_scrub_damaged {}\n",
        head.size,
        head.slot,
        u8::from(site.ledger.takes_commands()),
        scrub.compared(),
        u8::from(scrub.damage().is_some()),
    );
    site.metrics.write(&mut text);
    site.mailer.write_counts(&mut text);
    Reply::text("text/plain; version=0.0.4; charset=utf-8", text)
}
