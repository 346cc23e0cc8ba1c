//! AISIX Cloud's one route.

use super::{Plan, command};
use crate::doors::dialects::aisix::{create, created};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::reply::Reply;
use crate::doors::server::table::{Table, Way};
use crate::doors::wire::{Answer, Problem};
use axum::http::StatusCode;
use axum::routing::MethodFilter;

pub(super) fn routes(table: Table) -> Table {
    table.at("/api/members", members())
}

fn members() -> Way {
    command("POST", MethodFilter::POST, |site: &Site, call: &Call| -> Result<Plan, Problem> {
        let (actor, credential) = call.commander()?;
        let order = create(&site.desk, &site.desk.reader(actor), call.body()?)?;
        Ok(Plan::ordered(order.by(credential), |_, told| {
            let answer = told?.answer;
            let seq = answer.seq();
            Ok(Reply::json(seq, &created(answer)?)?.with_status(StatusCode::CREATED))
        }))
    })
}
