//! Commands: from a request to a wish, and from what was recorded to an answer.

pub(super) mod invitations;
pub(super) mod members;
pub(super) mod organizations;
pub(super) mod roles;
pub(super) mod teams;

use super::Site;
use super::call::Call;
use super::given::Given;
use super::operator::write;
use super::problem::Problem;
use super::reply::{Heading, Reply};
use crate::doors::role_list;
use crate::facts::{Actor, Entry, Event};
use crate::house::Receipt;
use crate::law::Action;
use crate::law::command::TokenDigest;
use crate::projections::{AsOf, Moment, OrganizationView};
use crate::words::hash::token_digest;
use crate::words::{CommandId, InvitationId, MemberId, Reason, RoleName, TeamId};
use serde::{Deserialize, Serialize};
use serde_json::value::{RawValue, to_raw_value};
use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError};

/// What stands before the 32 random bytes of an invitation's token.
const INVITATION: &str = "rbi_";

/// A command, and what its answer tells.
pub(super) struct Wish {
    pub(super) actor: Actor,
    pub(super) action: Action,
    pub(super) reason: Option<Reason>,
    pub(super) subject: Subject,
    /// A one-time token, told once and kept nowhere.
    pub(super) token: Option<String>,
}

/// What a command is about; the answer shows it as it is behind the command.
#[derive(Debug, Clone)]
pub(super) enum Subject {
    /// Whatever comes to exist by it.
    Created,
    Organization,
    Member(MemberId),
    Invitation(InvitationId),
    Role(RoleName),
    Team(TeamId),
}

impl Wish {
    fn new(call: &Call, action: Action, reason: Option<Given<Reason>>, subject: Subject) -> Self {
        let reason = reason.map(|reason| reason.0);
        Self { actor: call.actor, action, reason, subject, token: None }
    }
}

/// The body of a command that says nothing but why.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Why {
    reason: Option<Given<Reason>>,
}

/// A fresh one-time token, and what is kept of it.
fn draw_token(site: &Site) -> (String, TokenDigest) {
    let bytes = site.drawn.lock().unwrap_or_else(PoisonError::into_inner).bytes();
    (write(INVITATION, &bytes), TokenDigest(token_digest(&bytes)))
}

/// What a command is answered.
#[derive(Serialize)]
struct Recorded {
    #[serde(flatten)]
    heading: Heading,
    cmd: CommandId,
    #[serde(skip_serializing_if = "Option::is_none")]
    token: Option<String>,
    /// What it is about, under its name; left out where it is not there any more.
    #[serde(flatten)]
    subject: BTreeMap<&'static str, Box<RawValue>>,
}

/// Answers a command that is recorded: what it is about, as of its last entry.
pub(super) fn recorded(
    site: &Site,
    receipt: &Receipt,
    subject: Subject,
    token: Option<String>,
) -> Result<Reply, Problem> {
    let Some(last) = receipt.entries.last() else {
        return Err(Problem::fault("fault", "the command recorded nothing"));
    };
    let view = site.ledger.views().organization(last.fact.org).map(Arc::clone);
    let view = view.ok_or_else(|| Problem::fault("fault", "recorded, but it cannot be shown"))?;
    let at = view.moment(AsOf::Seq(last.seq), (site.now)())?;
    let (subject, is_fresh) = match subject {
        Subject::Created => came_to_exist(&receipt.entries),
        other => (other, false),
    };
    let base = format!("/v1/organizations/{}", view.id());
    let (name, place, row) = shown(&view, at, &subject, base)?;
    let subject = row.map(|row| (name, row)).into_iter().collect();
    let heading = Heading::of(&view, at);
    let answer = Recorded { heading, cmd: receipt.cmd, token, subject };
    let reply = Reply::json(Some(last.seq), &answer)?;
    Ok(if is_fresh { reply.created(place) } else { reply })
}

/// The first thing that entries brought into being. A resent invitation was there before.
fn came_to_exist(entries: &[Arc<Entry>]) -> (Subject, bool) {
    for entry in entries {
        return match &entry.fact.event {
            Event::OrganizationCreated(_) => (Subject::Organization, true),
            Event::MemberCreated(event) => (Subject::Member(event.member), true),
            Event::InvitationAccepted(event) => (Subject::Member(event.member), true),
            Event::InvitationSent(event) => (Subject::Invitation(event.invitation), true),
            Event::InvitationResent(event) => (Subject::Invitation(event.invitation), false),
            Event::RoleDefined(event) => (Subject::Role(event.role.clone()), true),
            Event::TeamCreated(event) => (Subject::Team(event.team), true),
            _ => continue,
        };
    }
    (Subject::Organization, false)
}

/// Under which name and at which place something is found, and what it is.
fn shown(
    view: &OrganizationView,
    at: Moment,
    subject: &Subject,
    base: String,
) -> Result<(&'static str, String, Option<Box<RawValue>>), Problem> {
    let shown = match subject {
        Subject::Created | Subject::Organization => {
            ("organization", base, to_raw_value(&view.header(at)).map(Some))
        }
        Subject::Member(id) => {
            let row = view.member(*id, at).map(|row| to_raw_value(&row)).transpose();
            ("member", format!("{base}/members/{id}"), row)
        }
        Subject::Invitation(id) => {
            let row = view.invitation(*id, at).map(|row| to_raw_value(&row)).transpose();
            ("invitation", format!("{base}/invitations/{id}"), row)
        }
        Subject::Role(name) => {
            let mut rows = role_list::rows(view, at).into_iter();
            let row = rows.find(|row| row.role == name.as_str());
            let row = row.map(|row| to_raw_value(&row)).transpose();
            ("role", format!("{base}/roles/{name}"), row)
        }
        Subject::Team(id) => {
            let row = view.team(*id, at).map(|row| to_raw_value(&row)).transpose();
            ("team", format!("{base}/teams/{id}"), row)
        }
    };
    let (name, place, row) = shown;
    Ok((name, place, row.map_err(|error| Problem::fault("unwritable", error))?))
}
