//! Who sends a request: an operator, a token, somebody who is signed in, or nobody yet.

use super::Site;
use super::cookies::SESSION_COOKIE;
use super::problem;
use crate::doors::wire::{
    OPERATOR, ORGANIZATION_TOKEN, PERSONAL_TOKEN, Problem, SESSION, read_token,
};
use crate::facts::event::Scope;
use crate::facts::{Actor, Holder};
use crate::ground::passes::{Digest, Kind};
use crate::house::Known;
use crate::law::Refusal;
use crate::law::command::{Credential, TokenDigest};
use crate::law::state::Token;
use crate::words::hash::{credential_digest, pass_digest};
use crate::words::{Email, OrganizationId, Timestamp, TokenId, UserId};
use axum::http::header::{AUTHORIZATION, ORIGIN};
use axum::http::{HeaderMap, HeaderName, Method};

/// Names the account for which [`API_KEY`] is given, in Cloudflare's older way of coming in.
const API_EMAIL: HeaderName = HeaderName::from_static("x-auth-email");
const API_KEY: HeaderName = HeaderName::from_static("x-auth-key");

/// Whoever came in.
#[derive(Debug, Clone, Copy)]
pub(super) struct Caller {
    pub(super) actor: Actor,
    pub(super) credential: Credential,
    /// The session they came in by.
    pub(super) session: Option<Digest>,
    /// The one organization that this reaches: its provider vouched for them, and for nothing of
    /// theirs elsewhere.
    pub(super) only: Option<OrganizationId>,
}

impl Caller {
    /// The user who is signed in; tokens do nothing to an account.
    pub(super) fn signed_in(&self) -> Result<(UserId, Digest), Problem> {
        match (self.actor, self.session) {
            (Actor::User(user), Some(session)) => Ok((user, session)),
            _ => Err(Refusal::SessionNeeded.into()),
        }
    }
}

/// Who sends a request; none where nothing says who. What is given and does not hold is refused,
/// except a cookie, which browsers send whether they mean it or not.
pub(super) fn identify(
    site: &Site,
    method: &Method,
    headers: &HeaderMap,
) -> Result<Option<Caller>, Problem> {
    let known = site.ledger.known();
    let now = (site.now)();
    if headers.contains_key(AUTHORIZATION) {
        let token = authorization(headers).ok_or_else(problem::unauthorized)?;
        return by_token(site, &known, token, None, (method, now)).map(Some);
    }
    if headers.contains_key(API_KEY) {
        let email = single(headers, &API_EMAIL).and_then(|email| Email::parse(email).ok());
        let (Some(email), Some(token)) = (email, single(headers, &API_KEY)) else {
            return Err(problem::unauthorized());
        };
        return by_token(site, &known, token, Some(&email), (method, now)).map(Some);
    }
    let Some(caller) = by_session(site, &known, headers, now) else { return Ok(None) };
    if method.is_safe() || comes_from_here(site, headers) {
        Ok(Some(caller))
    } else {
        Err(problem::foreign_origin())
    }
}

fn single<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut given = headers.get_all(name).iter();
    match (given.next(), given.next()) {
        (Some(only), None) => only.to_str().ok(),
        _ => None,
    }
}

/// The token of RFC 6750 § 2.1, or under the scheme that Avisi's clients use. The scheme's name is
/// compared without case (RFC 9110 § 11.1).
fn authorization(headers: &HeaderMap) -> Option<&str> {
    let (scheme, token) = single(headers, &AUTHORIZATION)?.split_once(' ')?;
    let is_known = ["bearer", "token"].iter().any(|known| scheme.eq_ignore_ascii_case(known));
    is_known.then(|| token.trim_start())
}

fn by_token(
    site: &Site,
    known: &Known,
    token: &str,
    email: Option<&Email>,
    (method, now): (&Method, Timestamp),
) -> Result<Caller, Problem> {
    if email.is_none() && site.operator.owns(token) {
        let actor = site.operator.actor();
        return Ok(Caller { actor, credential: Credential::Outside, session: None, only: None });
    }
    let (id, issued) = issued(known, token).ok_or_else(problem::unauthorized)?;
    if now >= issued.expires_at || email.is_some_and(|email| !is_users(known, issued, email)) {
        return Err(problem::unauthorized());
    }
    let scope = if method.is_safe() { Scope::Read } else { Scope::Write };
    if !issued.allows(scope, now) {
        return Err(Refusal::ScopeMissing { scope }.into());
    }
    Ok(Caller {
        actor: issued.actor(id),
        credential: Credential::Token(id),
        session: None,
        only: None,
    })
}

/// The token that the ledger knows by that text. Its first letters are those of its holder: a token
/// under other letters is none.
fn issued<'a>(known: &'a Known, token: &str) -> Option<(TokenId, &'a Token)> {
    [OPERATOR, ORGANIZATION_TOKEN, PERSONAL_TOKEN].into_iter().find_map(|prefix| {
        let digest = TokenDigest(credential_digest(&read_token(prefix, token)?));
        let (id, issued) = known.state.token_by_digest(&digest)?;
        (prefix_of(issued.holder) == prefix).then_some((id, issued))
    })
}

/// What stands before a token, by whom it acts for.
pub(in crate::doors) const fn prefix_of(holder: Holder) -> &'static str {
    match holder {
        Holder::Operator => OPERATOR,
        Holder::Organization => ORGANIZATION_TOKEN,
        Holder::User(_) => PERSONAL_TOKEN,
    }
}

fn is_users(known: &Known, token: &Token, email: &Email) -> bool {
    let owner = known.state.by_email(&email.folded());
    owner.is_some_and(|owner| token.holder == Holder::User(owner))
}

/// What stands in a session that reaches one organization; nothing in every other.
pub(super) fn write_reach(only: Option<OrganizationId>) -> Vec<u8> {
    only.map_or_else(Vec::new, |org| org.as_bytes().to_vec())
}

fn read_reach(detail: &[u8]) -> Option<OrganizationId> {
    let bytes: [u8; 16] = detail.try_into().ok()?;
    Some(OrganizationId::from_uuid(uuid::Uuid::from_bytes(bytes)))
}

fn by_session(site: &Site, known: &Known, headers: &HeaderMap, now: Timestamp) -> Option<Caller> {
    let token = read_token(SESSION, SESSION_COOKIE.read(headers, site.is_secure())?)?;
    let digest = pass_digest(&token);
    let pass = site.passes.find(Kind::Session, &digest, now)?;
    let user = pass.user?;
    if !known.state.session_holds(user, pass.since) {
        return None;
    }
    site.passes.touch(&digest, now);
    Some(Caller {
        actor: Actor::User(user),
        credential: Credential::Session { since: pass.since },
        session: Some(digest),
        only: read_reach(&pass.detail),
    })
}

/// Whether a page of this server sent the request: browsers say so of everything that changes
/// something (Fetch, § 3.2), and other pages cannot say otherwise.
fn comes_from_here(site: &Site, headers: &HeaderMap) -> bool {
    single(headers, &ORIGIN).is_some_and(|origin| origin == site.url.as_str())
}
