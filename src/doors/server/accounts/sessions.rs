//! Sessions: how they begin, what is told of them, how they end.

use super::{aside, done, give_because};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::caller::write_reach;
use crate::doors::server::cookies::SESSION_COOKIE;
use crate::doors::server::reply::Reply;
use crate::doors::wire::accounts::{MySessions, SessionRow};
use crate::doors::wire::{Nothing, Parts, Problem, SESSION, Why, write_token};
use crate::ground::passes::{Digest, Kind, Pass, PassesError};
use crate::law::command::AccountWish;
use crate::words::hash::pass_digest;
use crate::words::{OrganizationId, Timestamp, UserId};
use axum::http::HeaderValue;
use std::sync::Arc;
use uuid::Uuid;

/// Signs a user in by what was recorded until `since`; answers the cookie. The session that the
/// request came by ends, so that nobody goes on by one that somebody else has put there.
pub(super) async fn begin(
    site: &Arc<Site>,
    call: &Call,
    user: UserId,
    since: Timestamp,
) -> Result<HeaderValue, Problem> {
    begin_in(site, call, user, since, None).await
}

/// The same of a session that reaches one organization only.
pub(super) async fn begin_in(
    site: &Arc<Site>,
    call: &Call,
    user: UserId,
    since: Timestamp,
    only: Option<OrganizationId>,
) -> Result<HeaderValue, Problem> {
    let before = call.session_digest();
    issue(site, user, (since, only), move |site, now| {
        let ended = before.map(|before| site.passes.end(Kind::Session, &before, now));
        ended.transpose().map(drop)
    })
    .await
}

/// The same where everything before has ended: a new password, a second factor.
pub(super) async fn begin_alone(
    site: &Arc<Site>,
    user: UserId,
    since: Timestamp,
) -> Result<HeaderValue, Problem> {
    issue(site, user, (since, None), move |site, now| end_what_rests(site, user, now)).await
}

/// Ends what rested on a password that is another now, or on the sessions that have ended.
pub(super) fn end_what_rests(site: &Site, user: UserId, now: Timestamp) -> Result<(), PassesError> {
    for kind in [Kind::Session, Kind::SignInSecondStep, Kind::PasswordReset] {
        site.passes.end_kind_of(user, kind, None, now)?;
    }
    Ok(())
}

async fn issue(
    site: &Arc<Site>,
    user: UserId,
    (since, only): (Timestamp, Option<OrganizationId>),
    before: impl FnOnce(&Site, Timestamp) -> Result<(), PassesError> + Send + 'static,
) -> Result<HeaderValue, Problem> {
    let (token, now) = (site.desk.draw(), (site.now)());
    let lifetime = site.settings.session_lifetime;
    let pass = Pass {
        kind: Kind::Session,
        digest: pass_digest(&token),
        user: Some(user),
        since,
        created: now,
        last_used: now,
        expires: now.after(lifetime),
        detail: write_reach(only),
    };
    let aside_site = Arc::clone(site);
    aside(move || {
        before(&aside_site, now)?;
        aside_site.passes.issue(pass, now)
    })
    .await??;
    SESSION_COOKIE.write(site.is_secure(), &write_token(SESSION, &token), lifetime)
}

/// Names a session by half of its digest: whoever reads it comes in nowhere.
fn name(digest: &Digest) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&digest[..16]);
    uuid::Builder::from_custom_bytes(bytes).into_uuid()
}

pub(super) fn list(site: &Site, call: &Call) -> Result<Reply, Problem> {
    let (user, current) = call.caller()?.signed_in()?;
    let Nothing {} = call.parameters()?;
    let known = site.ledger.known();
    let passes = site.passes.sessions_of(user, (site.now)()).into_iter();
    let holding = passes.filter(|pass| known.state.session_holds(user, pass.since));
    let sessions = holding.map(|pass| SessionRow {
        session_id: name(&pass.digest),
        created_at: pass.created,
        last_used_at: pass.last_used,
        expires_at: pass.expires,
        is_current: pass.digest == current,
    });
    Reply::json(None, &MySessions { sessions: sessions.collect() })
}

/// Ends one of one's own sessions.
pub(super) async fn end(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let (user, _) = call.caller()?.signed_in()?;
    let Nothing {} = call.body()?;
    let meant: Uuid = call.part("session")?;
    let now = (site.now)();
    let sessions = site.passes.sessions_of(user, now);
    let found = sessions.into_iter().find(|pass| name(&pass.digest) == meant);
    let missing = || Problem::missing("unknown_session", "you have no session of that name");
    let digest = found.ok_or_else(missing)?.digest;
    aside(move || site.passes.end(Kind::Session, &digest, now)).await??;
    Reply::json(None, &Nothing {})
}

/// Signing out twice, or without having come in, is no mistake.
pub(super) async fn sign_out(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let Nothing {} = call.body()?;
    let session = call.caller_if_any().and_then(|caller| caller.session);
    let gone = SESSION_COOKIE.clear(site.is_secure())?;
    let now = (site.now)();
    if let Some(session) = session {
        aside(move || site.passes.end(Kind::Session, &session, now)).await??;
    }
    Ok(Reply::json(None, &Nothing {})?.with_cookie(gone))
}

pub(super) async fn sign_out_everywhere(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let caller = call.caller()?;
    let (user, _) = caller.signed_in()?;
    let Why { reason } = call.body()?;
    let wish = AccountWish::EndSessions { user };
    let receipt = give_because(&site, (user, caller.credential), reason, wish).await?;
    let gone = SESSION_COOKIE.clear(site.is_secure())?;
    let now = (site.now)();
    aside(move || end_what_rests(&site, user, now)).await??;
    Ok(done(&receipt)?.with_cookie(gone))
}
