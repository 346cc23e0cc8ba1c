//! Cloudflare's account members: an organization is an account, an invitation a pending member.
//!
//! Identifiers are UUIDs without hyphens. A membership keeps the one that it was promised under:
//! who joined by an invitation is found by the invitation's.

mod accounts;
mod changes;
mod members;
mod memberships;
mod numbers;
mod page;
mod roles;

pub(in crate::doors) use accounts::{account, accounts};
pub(in crate::doors) use changes::{change, create, recorded, remove};
pub(in crate::doors) use members::{member, members};
pub(in crate::doors) use memberships::{
    Answered, answer, leave, membership, memberships, rejected,
};
pub(in crate::doors) use roles::{role, roles};

use super::Failure;
use crate::doors::desk::{Desk, Reader};
use crate::doors::wire::{OrganizationName, Problem};
use crate::words::OrganizationId;
use page::Info;
use serde::Serialize;
use serde_json::json;
use uuid::Uuid;

/// An answer when all is well.
#[derive(Debug, Serialize)]
pub(in crate::doors) struct Success<T> {
    success: bool,
    errors: [(); 0],
    messages: [(); 0],
    result: T,
    #[serde(skip_serializing_if = "Option::is_none")]
    result_info: Option<Info>,
    /// What it holds for; it travels beside the answer.
    #[serde(skip)]
    pub(in crate::doors) seq: Option<u64>,
}

impl<T> Success<T> {
    fn new(seq: Option<u64>, result: T) -> Self {
        Self { success: true, errors: [], messages: [], result, result_info: None, seq }
    }
}

/// What is left of something that is gone.
#[derive(Debug, Serialize)]
pub(in crate::doors) struct Gone {
    id: String,
}

/// Says that what was known by an id is gone.
pub(in crate::doors) fn gone(seq: Option<u64>, id: &str) -> Success<Gone> {
    Success::new(seq, Gone { id: id.to_owned() })
}

fn write_id(id: impl Into<Uuid>) -> String {
    id.into().simple().to_string()
}

/// The one spelling: 32 digits in lower case.
fn read_id(text: &str) -> Option<Uuid> {
    let is_spelled = text.len() == 32 && !text.bytes().any(|byte| byte.is_ascii_uppercase());
    Uuid::try_parse(text).ok().filter(|_| is_spelled)
}

/// No route leads to what is not an identifier.
fn no_id() -> Problem {
    let detail = "No route for the URI: an identifier is 32 hexadecimal digits in lower case";
    Problem::missing("unknown_route", detail)
}

/// The account that a path names, to somebody who has something to do with it. One that was
/// dissolved is not there any more.
fn entered(
    desk: &Desk,
    reader: &Reader,
    account: &str,
) -> Result<(OrganizationName, OrganizationId), Problem> {
    let id = read_id(account).ok_or_else(no_id)?;
    let name = OrganizationName::Id(OrganizationId::from_uuid(id));
    let org = desk.meant(reader, &name)?;
    let known = reader.known.state.organization(org);
    if known.is_some_and(|known| known.dissolved) {
        return Err(Problem::missing("organization_dissolved", "the account was dissolved"));
    }
    Ok((name, org))
}

pub(super) fn failure(problem: &Problem) -> Failure {
    let status = match problem.status {
        410 => 404,
        422 => 400,
        other => other,
    };
    let message = match &*problem.code {
        "unknown_route" => "No route for the URI",
        _ => &problem.detail,
    };
    let body = json!({
        "success": false,
        "errors": [{"code": numbers::of(&problem.code), "message": message}],
        "messages": [],
        "result": null,
    });
    let is_passing = problem.is_passing || problem.wait_seconds.is_some();
    let is_repeated = matches!(status, 408 | 409 | 429 | 500..);
    Failure { status, body, is_final: is_repeated && !is_passing }
}
