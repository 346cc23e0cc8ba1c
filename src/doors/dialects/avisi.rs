//! Avisi Cloud: organisations by their slug, members by e-mail address or username.

mod membership;
mod new_member;

pub(in crate::doors) use membership::{me, memberships};
pub(in crate::doors) use new_member::add;

use super::Failure;
use crate::doors::desk::{Desk, Reader};
use crate::doors::wire::{Guard, OrganizationName, Problem};
use crate::projections::PersonalValue;
use crate::words::{OrganizationId, Slug, Timestamp};
use serde::Serialize;
use serde_json::json;

/// What stands before a role in the clusters.
const KUBERNETES: &str = "kubernetes:";

/// An answer and the seq that it holds for.
pub(in crate::doors) struct Said<T> {
    pub(in crate::doors) seq: Option<u64>,
    pub(in crate::doors) said: T,
}

/// The organization that a path names, by its slug alone.
pub(in crate::doors) fn name(slug: &str) -> Result<OrganizationName, Problem> {
    let read = Slug::parse(slug).map_err(|error| Problem::wrong("wrong_identifier", error))?;
    if read.as_str() == slug {
        Ok(OrganizationName::Slug(read))
    } else {
        let detail = "the slug has white space at its ends";
        Err(Problem::wrong("wrong_identifier", detail))
    }
}

/// An organization's own data.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::doors) struct Organisation {
    id: OrganizationId,
    name: PersonalValue,
    slug: PersonalValue,
    created_at: Timestamp,
}

pub(in crate::doors) fn organisation(
    desk: &Desk,
    reader: &Reader,
    name: &OrganizationName,
) -> Result<Said<Organisation>, Problem> {
    desk.sight_of(Guard::Belongs, reader, Some(name))?;
    desk.look(name, |view, at| {
        let header = view.header(at);
        let (id, created_at) = (header.organization_id, header.created_at);
        let said = Organisation { id, name: header.name, slug: header.slug, created_at };
        Said { seq: Some(at.seq()), said }
    })
}

/// Avisi's clients know of fewer statuses.
pub(super) fn failure(problem: &Problem) -> Failure {
    let (status, message) = match problem.status {
        401 => (401, "Unauthorized"),
        403 => (403, "Forbidden"),
        404 | 410 => (404, "Not Found"),
        405 => (405, "Method Not Allowed"),
        503 => (503, "Service Unavailable"),
        500.. => (500, "Internal Server Error"),
        _ => (400, "Bad Request"),
    };
    let body = json!({"message": message, "details": [problem.detail]});
    Failure { status, body, is_final: false }
}
