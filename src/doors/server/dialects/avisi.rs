//! Avisi Cloud's routes.

use super::{Plan, command, read};
use crate::doors::dialects::avisi::{self, Said};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::reply::Reply;
use crate::doors::server::table::Table;
use crate::doors::wire::{Answer, Nothing, OrganizationName, Parts, Problem};
use axum::routing::MethodFilter;
use serde::Serialize;

pub(super) fn routes(table: Table) -> Table {
    table
        .at("/api/v1/organisations/{slug}", read(organisation))
        .at("/api/v1/organisations/{slug}/me", read(me))
        .at("/api/v1/organisations/{slug}/members", command("POST", MethodFilter::POST, add_member))
        .at("/api/v1/memberships", read(memberships))
}

fn name(call: &Call) -> Result<OrganizationName, Problem> {
    avisi::name(call.text("slug"))
}

fn reply<T: Serialize>(said: Said<T>) -> Result<Reply, Problem> {
    Reply::json(said.seq, &said.said)
}

fn organisation(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let reader = site.desk.reader(call.caller()?.actor);
    let Nothing {} = call.parameters()?;
    reply(avisi::organisation(&site.desk, &reader, &name(call)?)?)
}

fn me(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let reader = site.desk.reader(call.caller()?.actor);
    let Nothing {} = call.parameters()?;
    reply(avisi::me(&site.desk, &reader, &name(call)?)?)
}

fn memberships(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let reader = site.desk.reader(call.caller()?.actor);
    reply(avisi::memberships(&site.desk, &reader, &call.parameters()?)?)
}

/// Answered with nothing but that it is done.
fn add_member(site: &Site, call: &Call) -> Result<Plan, Problem> {
    let (actor, credential) = call.commander()?;
    let reader = site.desk.reader(actor);
    let validity = site.settings.invitation_validity;
    let order = avisi::add(&site.desk, &reader, name(call)?, call.body()?, validity)?;
    Ok(Plan::ordered(order.by(credential), |_, told| Ok(Reply::empty(told?.answer.seq()))))
}
