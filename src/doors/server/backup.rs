//! A copy of everything that is committed, sent while it is read.

use super::Site;
use super::call::Call;
use super::export::sent;
use super::openapi::Operation;
use super::table::{Untold, Way};
use crate::doors::desk::not_for_them;
use crate::doors::wire::Guard;
use crate::facts::Actor;
use axum::extract::State;
use axum::routing::{MethodFilter, on};
use std::sync::Arc;

pub(super) fn way() -> Way {
    let answer = move |State(site): State<Arc<Site>>, call: Call| async move {
        match call.caller()?.actor {
            Actor::Operator(_) => {}
            Actor::User(_) | Actor::Token(_) | Actor::System(_) => {
                return Err(not_for_them(Guard::Operator));
            }
        }
        let ledger = Arc::clone(&site.ledger);
        let write = move |writer: &mut dyn std::io::Write| ledger.back_up(writer).is_ok();
        sent(&site, "application/octet-stream", write)
    };
    let told = "A copy of everything that is committed, without any secret.\n\n\
                For operators: `rollbook backup` asks for it and makes a directory of it, \
                `rollbook restore` puts that in place. What breaks off is no copy.";
    let told = Operation::new("getBackup", told).tells_text(200, "application/octet-stream");
    Untold::new("GET", on(MethodFilter::GET, answer)).told(told)
}
