//! Signing up. Whoever asks learns that a mail is on its way, and nothing else: who has an account
//! is told to the address.

use super::even::even;
use super::letters::{self, Occasion};
use super::links::{self, Purpose};
use super::{give, moment, passwords};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::reply::Reply;
use crate::doors::settings::SignUp;
use crate::doors::wire::Problem;
use crate::doors::wire::accounts::{SigningUp, UnderWay};
use crate::house::Known;
use crate::law::Refusal;
use crate::law::command::{AccountWish, Credential, Person, Secret};
use crate::words::{Email, UserId};
use axum::http::StatusCode;
use std::sync::Arc;

/// The answer to whoever names an address.
pub(super) fn under_way() -> Result<Reply, Problem> {
    let mail = "if there is something to do for the address, a mail to it says what";
    Ok(Reply::json(None, &UnderWay { mail })?.with_status(StatusCode::ACCEPTED))
}

fn closed(detail: &str) -> Problem {
    Problem::new(403, "sign_up_closed", detail)
}

/// Whether somebody may make an account without having been invited.
fn is_open(site: &Site) -> Result<(), Problem> {
    match site.settings.sign_up {
        SignUp::Open => Ok(()),
        SignUp::Invited => {
            Err(closed("accounts are made by invitation here: ask whoever invites you"))
        }
        SignUp::Nobody => is_there_any(site),
    }
}

/// Whether anybody makes an account by themselves, invited or not.
pub(super) fn is_there_any(site: &Site) -> Result<(), Problem> {
    match site.settings.sign_up {
        SignUp::Open | SignUp::Invited => Ok(()),
        SignUp::Nobody => Err(closed("the operator makes all accounts here")),
    }
}

pub(super) async fn sign_up(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let SigningUp { email, name, username, password } = call.body()?;
    is_open(&site)?;
    let (email, name, username) = (email.0, name.map(|it| it.0), username.map(|it| it.0));
    let own = [Some(email.as_str()), name.as_ref().map(|it| it.as_str())];
    let own = [own[0], own[1], username.as_ref().map(|it| it.as_str())];
    let chosen = passwords::choose(&password, &own)?;
    site.people.paces.sign_up(call.network(), (site.now)())?;
    // Login names are seen by others; that one is taken says nothing about an address.
    let known = site.ledger.known();
    if username.as_ref().is_some_and(|it| known.state.by_username(&it.folded()).is_some()) {
        return Err(Refusal::UsernameTaken.into());
    }
    let hash = passwords::hash(&site, chosen).await?;
    let person = Person { email: Some(email.clone()), name, username };
    even(answer(&site, &email, person, hash)).await?;
    under_way()
}

async fn answer(
    site: &Arc<Site>,
    email: &Email,
    person: Person,
    hash: Secret,
) -> Result<(), Problem> {
    let known = site.ledger.known();
    if let Some(holder) = known.state.by_email(&email.folded()) {
        return write_to_holder(site, &known, holder, email).await;
    }
    let user = site.desk.newcomer();
    let wish = AccountWish::SignUp { user, person, password: Some(hash) };
    match give(site, user, Credential::Outside, wish).await {
        Ok(receipt) => {
            let since = moment(&receipt, &known);
            let link = links::issue(site, Purpose::Verify, Some(user), since, Some(email)).await?;
            site.people.paces.may_write_to(email, (site.now)());
            letters::send(site, email, Occasion::Verification, link);
            Ok(())
        }
        // Somebody was faster with the same address; the answer is no other.
        Err(problem) if problem.code == "email_taken" => Ok(()),
        Err(problem) => Err(problem),
    }
}

/// Whoever has shown that the address is theirs, or was put there by somebody else, is reminded of
/// the account; one that was only said to be theirs can be taken over by whoever reads the mail.
async fn write_to_holder(
    site: &Arc<Site>,
    known: &Known,
    holder: UserId,
    email: &Email,
) -> Result<(), Problem> {
    if !site.people.paces.may_write_to(email, (site.now)()) {
        return Ok(());
    }
    let verified = known.state.user(holder).is_some_and(|user| user.verified);
    let has_password = known.state.account(holder).is_some_and(|it| it.password.is_some());
    let kept = letters::address_of(known, holder);
    let (purpose, user, occasion, email) = if verified || !has_password {
        (Purpose::Reset, Some(holder), Occasion::AlreadyKnown, kept.as_ref().unwrap_or(email))
    } else {
        (Purpose::Claim, None, Occasion::Verification, email)
    };
    let link = links::issue(site, purpose, user, known.at, Some(email)).await?;
    letters::send(site, email, occasion, link);
    Ok(())
}
