//! Many members in one request: each row is a command of its own, with a result of its own.
//!
//! A row that is refused takes no other with it. With an idempotency key every row has its own: a
//! request that comes again tells what became of the rows that were done, and does the rest.

use super::Site;
use super::call::Call;
use super::idempotency::{self, once, told_again};
use super::openapi::Operation;
use super::reply::Reply;
use super::route::{deed, prepared, tell};
use super::submit::{Awaited, Submitted, await_answer, hand_in};
use super::table::Way;
use crate::doors::desk::{About, Order, Told, Wished};
use crate::doors::wire::{
    AddMember, BulkAnswer, BulkRow, LedgerMoment, Method, NewMember, NewMembers, OrganizationName,
    Parts, Problem,
};
use crate::facts::Permission;
use crate::ground::idempotency::IdempotencyKey;
use crate::house::{Submission, SubmitError};
use axum::extract::DefaultBodyLimit;
use std::sync::Arc;

/// The most rows in one request: decided and written in well under a second.
const ROWS_LIMIT: usize = 1000;

/// The longest body: as many rows, each with a name, an address and a reason of some length.
const BODY_LIMIT_BYTES: usize = 1024 * 1024;

/// How many rows wait at a time: the queue is everybody's.
const ROWS_WAITING: usize = 64;

pub(super) fn way() -> Way {
    let way = deed(Method::Post, |site, call| async move { add(&site, &call).await });
    let told = "Creates or adds many members.\n\n\
                Each row is a command of its own, and has a result of its own: what it would have \
                been answered alone. With an idempotency key every row has its own, so a request \
                that is sent again does what was not done.";
    let told = Operation::new("createMembers", told)
        .part::<OrganizationName>("org")
        .takes::<NewMembers>()
        .tells::<BulkAnswer>(200)
        .commanded()
        .once();
    way.inside(|route| route.layer(DefaultBodyLimit::max(BODY_LIMIT_BYTES))).told(told)
}

async fn add(site: &Arc<Site>, call: &Call) -> Result<Reply, Problem> {
    call.is_unbound()?;
    let (actor, credential) = call.commander()?;
    let org: OrganizationName = call.part("org")?;
    let meant = site.desk.meant(&site.desk.reader(call.caller()?.actor), &org)?;
    let reader = site.desk.reader(actor);
    let may = |permission| reader.may(meant, permission);
    may(Permission::MemberCreate)
        .or_else(|refusal| may(Permission::MemberAdd).map_err(|_| refusal))?;
    let key = call.idempotency_key()?;
    let NewMembers { members, reason } = call.body()?;
    if !(1..=ROWS_LIMIT).contains(&members.len()) {
        let detail = format!("members: expected 1 to {ROWS_LIMIT} rows");
        return Err(Problem::wrong("wrong_body", detail));
    }
    let mut results = Vec::with_capacity(members.len());
    let mut rows = members.into_iter().enumerate().peekable();
    while rows.peek().is_some() {
        let mut waiting = Vec::with_capacity(ROWS_WAITING);
        for (number, member) in rows.by_ref().take(ROWS_WAITING) {
            let body = NewMember { reason: member.reason.or_else(|| reason.clone()), ..member };
            let order = AddMember { org: org.clone(), body }.order(&site.desk, actor);
            let order = order.map(|order| order.by(credential));
            let key = key.as_ref().map(|key| idempotency::row(key, number));
            waiting.push(begin(site, order, key));
        }
        for row in waiting {
            let told = match row {
                Ok(row) => end(site, row).await,
                Err(problem) => Err(problem),
            };
            results.push(result(results.len(), told));
        }
    }
    let created = results.iter().filter(|row| row.status == 201).count();
    let seq = results.iter().filter_map(|row| row.as_of).map(|at| at.seq()).max();
    let as_of = LedgerMoment { seq: seq.or(site.ledger.known().size.checked_sub(1)) };
    let refused = results.len() - created;
    Reply::json(as_of.seq, &BulkAnswer { as_of, created, refused, results })
}

/// A row on its way.
struct Row {
    awaited: Awaited,
    about: About,
    key: Option<IdempotencyKey>,
}

fn begin(
    site: &Arc<Site>,
    order: Result<Order, Problem>,
    key: Option<IdempotencyKey>,
) -> Result<Row, Problem> {
    let order = order?;
    let about = order.subject.clone();
    let once = key.clone().map(|key| once(key, &prepared(&order)));
    let submission = Submission { command: order.command, condition: None, once };
    Ok(Row { awaited: hand_in(site, submission)?, about, key })
}

async fn end(site: &Arc<Site>, row: Row) -> Result<Told, Problem> {
    let Row { awaited, about, key } = row;
    match await_answer(awaited).await? {
        Submitted::Decided(receipt) => tell(site, &receipt, about, None, None).await,
        Submitted::Repeated => {
            let Some(key) = key else { return Err(SubmitError::Repeated.into()) };
            told_again(site, &key).await?.ok_or_else(|| SubmitError::Repeated.into())
        }
    }
}

fn result(row: usize, told: Result<Told, Problem>) -> BulkRow {
    match told {
        Ok(Told { answer, .. }) => BulkRow {
            row,
            status: 201,
            as_of: Some(answer.heading.as_of),
            member: answer.subject.member,
            code: None,
            detail: None,
        },
        Err(Problem { status, code, detail, .. }) => BulkRow {
            row,
            status,
            as_of: None,
            member: None,
            code: Some(code.into_owned()),
            detail: Some(detail),
        },
    }
}
