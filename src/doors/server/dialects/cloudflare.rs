//! Cloudflare's routes, under its prefix and without.

use super::{Plan, command, read};
use crate::doors::desk::Reader;
use crate::doors::dialects::cloudflare::{self as said, Answered, Success};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::reply::Reply;
use crate::doors::server::table::{Table, Way};
use crate::doors::wire::{Answer, Nothing, Parts, Problem};
use axum::routing::MethodFilter;
use serde::Serialize;

/// A path, and what is done there.
type Route = (&'static str, fn() -> Way);

const ROUTES: [Route; 8] = [
    ("/accounts", || read(accounts)),
    ("/accounts/{account}", || read(account)),
    ("/accounts/{account}/members", || {
        read(members).and(command("POST", MethodFilter::POST, create))
    }),
    ("/accounts/{account}/members/{member}", || {
        read(member).and(command("PUT", MethodFilter::PUT, change)).and(command(
            "DELETE",
            MethodFilter::DELETE,
            remove,
        ))
    }),
    ("/accounts/{account}/roles", || read(roles)),
    ("/accounts/{account}/roles/{role}", || read(role)),
    ("/memberships", || read(memberships)),
    ("/memberships/{membership}", || {
        read(membership).and(command("PUT", MethodFilter::PUT, answer)).and(command(
            "DELETE",
            MethodFilter::DELETE,
            leave,
        ))
    }),
];

pub(super) fn routes(mut table: Table) -> Table {
    for prefix in ["/client/v4", ""] {
        for (path, way) in ROUTES {
            table = table.at(&format!("{prefix}{path}"), way());
        }
    }
    table
}

fn reply<T: Serialize>(success: &Success<T>) -> Result<Reply, Problem> {
    Reply::json(success.seq, success)
}

fn reader(site: &Site, call: &Call) -> Result<Reader, Problem> {
    Ok(site.desk.reader(call.caller()?.actor))
}

fn accounts(site: &Site, call: &Call) -> Result<Reply, Problem> {
    reply(&said::accounts(&site.desk, &reader(site, call)?, &call.parameters()?)?)
}

fn account(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let reader = reader(site, call)?;
    let Nothing {} = call.parameters()?;
    reply(&said::account(&site.desk, &reader, call.text("account"))?)
}

fn roles(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let reader = reader(site, call)?;
    reply(&said::roles(&site.desk, &reader, call.text("account"), &call.parameters()?)?)
}

fn role(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let reader = reader(site, call)?;
    let Nothing {} = call.parameters()?;
    reply(&said::role(&site.desk, &reader, call.text("account"), call.text("role"))?)
}

fn members(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let reader = reader(site, call)?;
    reply(&said::members(&site.desk, &reader, call.text("account"), &call.parameters()?)?)
}

fn member(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let reader = reader(site, call)?;
    let Nothing {} = call.parameters()?;
    reply(&said::member(&site.desk, &reader, call.text("account"), call.text("member"))?)
}

fn create(site: &Site, call: &Call) -> Result<Plan, Problem> {
    let (actor, credential) = call.commander()?;
    let reader = site.desk.reader(actor);
    let validity = site.settings.invitation_validity;
    let account = call.text("account");
    let (org, order) = said::create(&site.desk, &reader, account, call.body()?, validity)?;
    Ok(Plan::ordered(order.by(credential), move |site, told| {
        reply(&said::recorded(&site.desk.reader(actor), org, told?.answer)?)
    }))
}

/// What is so already is no conflict: the request says how it shall be.
fn change(site: &Site, call: &Call) -> Result<Plan, Problem> {
    let (actor, credential) = call.commander()?;
    let reader = site.desk.reader(actor);
    let (account, id) = (call.text("account").to_owned(), call.text("member").to_owned());
    let (org, order) = said::change(&site.desk, &reader, (&account, &id), call.body()?)?;
    Ok(Plan::ordered(order.by(credential), move |site, told| {
        let reader = site.desk.reader(actor);
        match told {
            Ok(told) => reply(&said::recorded(&reader, org, told.answer)?),
            Err(problem) if problem.code == "nothing_changes" => {
                reply(&said::member(&site.desk, &reader, &account, &id)?)
            }
            Err(problem) => Err(problem),
        }
    }))
}

fn remove(site: &Site, call: &Call) -> Result<Plan, Problem> {
    let (actor, credential) = call.commander()?;
    let reader = site.desk.reader(actor);
    let Nothing {} = call.body()?;
    let id = call.text("member").to_owned();
    let order = said::remove(&site.desk, &reader, call.text("account"), &id)?;
    Ok(Plan::ordered(order.by(credential), move |_, told| {
        reply(&said::gone(told?.answer.seq(), &id))
    }))
}

fn memberships(site: &Site, call: &Call) -> Result<Reply, Problem> {
    reply(&said::memberships(&site.desk, &reader(site, call)?, &call.parameters()?)?)
}

fn membership(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let reader = reader(site, call)?;
    let Nothing {} = call.parameters()?;
    reply(&said::membership(&site.desk, &reader, call.text("membership"))?)
}

fn answer(site: &Site, call: &Call) -> Result<Plan, Problem> {
    let (actor, credential) = call.commander()?;
    let reader = site.desk.reader(actor);
    let id = call.text("membership").to_owned();
    Ok(match said::answer(&site.desk, &reader, &id, &call.body()?)? {
        Answered::Before(membership) => Plan::Said(reply(&membership)?),
        Answered::Accepted(order) => Plan::ordered(order.by(credential), move |site, told| {
            told?;
            reply(&said::membership(&site.desk, &site.desk.reader(actor), &id)?)
        }),
        Answered::Rejected(order, membership) => {
            Plan::ordered(order.by(credential), move |_, told| {
                reply(&said::rejected(told?.answer.seq(), membership))
            })
        }
    })
}

fn leave(site: &Site, call: &Call) -> Result<Plan, Problem> {
    let (actor, credential) = call.commander()?;
    let Nothing {} = call.body()?;
    let id = call.text("membership").to_owned();
    let order = said::leave(&site.desk, &site.desk.reader(actor), &id)?;
    Ok(Plan::ordered(order.by(credential), move |_, told| {
        reply(&said::gone(told?.answer.seq(), &id))
    }))
}
