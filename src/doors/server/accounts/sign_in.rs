//! Signing in: a password, and a code where the account asks for one. Who is unknown, who has no
//! password and who types a wrong one get one answer after one time.

use super::passwords::{Compared, compare};
use super::second_factor::{self, Second};
use super::{as_of, aside, give, person, sessions};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::reply::Reply;
use crate::doors::wire::accounts::{HalfWay, SecondStep, SignedIn, SigningIn, Ticket};
use crate::doors::wire::{OneTimeToken, Problem, TICKET, read_token, write_token};
use crate::facts::event::PasswordCause;
use crate::ground::passes::{Kind, Pass, seal, unseal};
use crate::house::Known;
use crate::law::command::{AccountWish, Credential};
use crate::words::hash::{Drawn, pass_digest};
use crate::words::{Email, OrganizationId, Timestamp, UserId, Username};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::Duration;

/// How long somebody may look for their device.
const SECOND_STEP_FOR: Duration = Duration::from_secs(10 * 60);

/// The most of a login that is counted by: longer ones are nobody's.
const LOGIN_CHARS: usize = 255;

fn wrong_credentials() -> Problem {
    let detail = "the login and the password do not go together";
    Problem::new(401, "wrong_credentials", detail)
}

/// Whom somebody means, and by which text tries at them are counted.
fn meant(known: &Known, login: &str) -> (String, Option<UserId>) {
    if let Ok(email) = Email::parse(login) {
        let folded = email.folded();
        return (folded.to_string(), known.state.by_email(&folded));
    }
    if let Ok(username) = Username::parse(login) {
        let folded = username.folded();
        return (folded.to_string(), known.state.by_username(&folded));
    }
    (login.chars().take(LOGIN_CHARS).collect(), None)
}

pub(super) async fn sign_in(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let SigningIn { login, password } = call.body()?;
    let known = site.ledger.known();
    let (named, user) = meant(&known, &login);
    let attempt = site.people.paces.begin(&named, call.network(), (site.now)())?;
    let compared = match compare(&site, &known, user, &password).await {
        Ok(compared) => compared,
        Err(problem) => {
            attempt.passed();
            return Err(problem);
        }
    };
    let (Some(user), Compared::Right(anew)) = (user, compared) else {
        return Err(wrong_credentials());
    };
    if let Some(hash) = anew {
        let (cause, seen) = (PasswordCause::Rehashed, known.at);
        let wish = AccountWish::SetPassword { user, hash, cause, proves: None, seen };
        // Whoever cannot be hashed anew today comes in all the same.
        drop(give(&site, user, Credential::Outside, wish).await);
    }
    if known.state.has_second_factor(user) {
        attempt.passed();
        let first = FirstStep { named, only: None };
        let second_factor = ticket(&site, user, known.at, &first).await?;
        return Reply::json(None, &HalfWay { second_factor });
    }
    attempt.succeeded();
    let cookie = sessions::begin(&site, &call, user, known.at).await?;
    welcome(&site, user).map(|reply| reply.with_cookie(cookie))
}

fn welcome(site: &Site, user: UserId) -> Result<Reply, Problem> {
    let known = site.ledger.known();
    Reply::json(as_of(known.size).seq, &SignedIn { user: person(&known, user)? })
}

/// What somebody showed first.
#[derive(Serialize, Deserialize)]
pub(super) struct FirstStep {
    /// By which text tries at them are counted.
    pub(super) named: String,
    /// The one organization that they come in to.
    pub(super) only: Option<OrganizationId>,
}

/// What is given back with the second factor, for somebody who showed the first.
pub(super) async fn ticket(
    site: &Arc<Site>,
    user: UserId,
    since: Timestamp,
    first: &FirstStep,
) -> Result<Ticket, Problem> {
    let first = serde_json::to_vec(first).map_err(|error| Problem::fault("unwritable", error))?;
    let (token, now, kind) = (site.desk.draw(), (site.now)(), Kind::SignInSecondStep);
    let expires_at = now.after(SECOND_STEP_FOR);
    let mut drawn = Drawn::from_seed(&site.desk.draw());
    let pass = Pass {
        kind,
        digest: pass_digest(&token),
        user: Some(user),
        since,
        created: now,
        last_used: now,
        expires: expires_at,
        detail: seal(&token, kind, &first, &mut drawn),
    };
    let passes = Arc::clone(&site.passes);
    aside(move || passes.issue(pass, now)).await??;
    let ticket = OneTimeToken(write_token(TICKET, &token));
    Ok(Ticket { ticket, expires_at })
}

fn ticket_ended() -> Problem {
    Problem::new(401, "ticket_ended", "too much time has passed: give the password once more")
}

pub(super) async fn second_step(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let SecondStep { ticket, code, recovery_code } = call.body()?;
    let token = read_token(TICKET, &ticket.0).ok_or_else(ticket_ended)?;
    let (digest, now, kind) = (pass_digest(&token), (site.now)(), Kind::SignInSecondStep);
    let pass = site.passes.find(kind, &digest, now).ok_or_else(ticket_ended)?;
    let user = pass.user.ok_or_else(ticket_ended)?;
    let first = unseal(&token, kind, &pass.detail).ok_or_else(ticket_ended)?;
    let first: FirstStep = serde_json::from_slice(&first).map_err(|_| ticket_ended())?;
    let known = site.ledger.known();
    if !known.state.session_holds(user, pass.since) {
        return Err(ticket_ended());
    }
    let second = match (code, recovery_code) {
        (Some(code), None) => Second::Code(code),
        (None, Some(code)) => Second::Recovery(code),
        (Some(_), Some(_)) | (None, None) => {
            return Err(Problem::unfit("wrong_body", "expected either code or recovery_code"));
        }
    };
    let attempt = site.people.paces.begin_at(user, call.network(), now)?;
    second_factor::demand(&site, &known, user, second).await?;
    attempt.succeeded();
    site.people.paces.came_in(&first.named, call.network(), now);
    let passes = Arc::clone(&site.passes);
    // Of all who come with one ticket one gets in.
    aside(move || passes.take(kind, &digest, now)).await??.ok_or_else(ticket_ended)?;
    let cookie = sessions::begin_in(&site, &call, user, pass.since, first.only).await?;
    welcome(&site, user).map(|reply| reply.with_cookie(cookie))
}
