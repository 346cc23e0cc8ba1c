//! Addresses: proven by a link, changed by a link, claimed by a link.

use super::letters::{self, Occasion};
use super::links::{self, Purpose};
use super::sign_up::under_way;
use super::{as_of, done, give, moment, passwords, person, sessions};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::reply::Reply;
use crate::doors::wire::accounts::{ChangedEmail, SignedIn, Typed, Verifying};
use crate::doors::wire::{Nothing, Problem};
use crate::ground::passes::Kind;
use crate::law::Refusal;
use crate::law::command::account::Proven;
use crate::law::command::{AccountWish, Credential, Person};
use crate::words::{Email, Name, UserId};
use std::sync::Arc;

/// A link came back: the address is its reader's. An account may have been made, or moved to the
/// address, by somebody else, with a password that its reader does not know; so the reader has to
/// be signed in to the account that is proven by it. Whoever is not begins one of their own
/// instead: by signing up, which sends them a link to claim the address with.
pub(super) async fn verify(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let Verifying { token, name, password } = call.body()?;
    let returned = links::look(&site, Kind::EmailVerification, &token)?;
    let email = returned.email.ok_or_else(links::ended)?;
    let (user, pass) = (returned.pass.user, returned.pass);
    let wish = match (returned.purpose, user) {
        (Purpose::Claim, None) => {
            let welcome = claim(&site, &call, email, name.map(|name| name.0), password).await?;
            links::end(&site, &pass).await?;
            return Ok(welcome);
        }
        (Purpose::Verify, Some(user)) => {
            is_signed_in(&call, user)?;
            AccountWish::VerifyEmail { user, email }
        }
        (Purpose::Change, Some(user)) => {
            is_signed_in(&call, user)?;
            // Whoever set another password since did not want what was begun before.
            if !site.ledger.known().state.session_holds(user, pass.since) {
                return Err(links::ended());
            }
            let email = Some((email, Proven::Yes));
            AccountWish::UpdateUser { user, name: None, username: None, email }
        }
        (Purpose::Claim | Purpose::Verify | Purpose::Change, _)
        | (Purpose::Reset | Purpose::HandedOver, _) => return Err(links::ended()),
    };
    if name.is_some() || password.is_some() {
        let detail = "name and password are for whoever begins an account by the link";
        return Err(Problem::unfit("wrong_body", detail));
    }
    let user = user.ok_or_else(links::ended)?;
    let receipt = match give(&site, user, Credential::Outside, wish).await {
        Ok(receipt) => receipt,
        // The account has another address meanwhile, or this one already.
        Err(problem) if problem.code == "not_the_email" || problem.code == "nothing_changes" => {
            return Err(links::ended());
        }
        Err(problem) => return Err(problem),
    };
    links::end(&site, &pass).await?;
    done(&receipt)
}

fn is_signed_in(call: &Call, user: UserId) -> Result<(), Problem> {
    let signed_in = call.caller_if_any().and_then(|caller| caller.signed_in().ok());
    if signed_in.is_some_and(|(signed_in, _)| signed_in == user) {
        return Ok(());
    }
    let detail = "sign in to the account that the link belongs to, then open it again; if you did \
                  not make that account, sign up with your address, and it is yours";
    Err(Problem::new(403, "sign_in_needed", detail))
}

/// Begins an account with an address that somebody else had said to be theirs, and loses.
async fn claim(
    site: &Arc<Site>,
    call: &Call,
    email: Email,
    name: Option<Name>,
    password: Option<Typed>,
) -> Result<Reply, Problem> {
    let needed = || Problem::new(422, "password_needed", "choose a password for the account");
    let password = password.ok_or_else(needed)?;
    let own = [Some(email.as_str()), name.as_ref().map(|name| name.as_str())];
    let chosen = passwords::choose(&password, &own)?;
    let hash = passwords::hash(site, chosen).await?;
    let user = site.desk.newcomer();
    let person_wished = Person { email: Some(email), name, username: None };
    let wish = AccountWish::SignUpProven { user, person: person_wished, password: Some(hash) };
    let receipt = give(site, user, Credential::Outside, wish).await?;
    let known = site.ledger.known();
    let cookie = sessions::begin(site, call, user, moment(&receipt, &known)).await?;
    let told = SignedIn { user: person(&known, user)? };
    Ok(Reply::json(as_of(receipt.size).seq, &told)?.with_cookie(cookie))
}

fn mail_off() -> Problem {
    let detail = "this server sends no mail: ask its operator";
    Problem::new(409, "mail_off", detail)
}

/// Sends a link to another address; the account has it once the link came back.
pub(super) async fn change(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let (user, _) = call.caller()?.signed_in()?;
    let ChangedEmail { email, password } = call.body()?;
    let known = site.ledger.known();
    passwords::demand(&site, &call, &known, user, &password).await?;
    send(&site, &email.0, Purpose::Change, (user, known.at)).await
}

/// Sends the link to the account's own address once more.
pub(super) async fn resend(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let (user, _) = call.caller()?.signed_in()?;
    let Nothing {} = call.body()?;
    let known = site.ledger.known();
    let found = known.state.user(user).ok_or(Refusal::UnknownUser)?;
    if found.verified {
        return Err(Refusal::NothingChanges.into());
    }
    let email = found.email.as_deref().and_then(|email| Email::parse(email).ok());
    let email = email.ok_or(Refusal::AddressNeeded)?;
    send(&site, &email, Purpose::Verify, (user, known.at)).await
}

async fn send(
    site: &Arc<Site>,
    email: &Email,
    purpose: Purpose,
    (user, since): (UserId, crate::words::Timestamp),
) -> Result<Reply, Problem> {
    if !letters::are_sent(site) {
        return Err(mail_off());
    }
    if site.people.paces.may_write_to(email, (site.now)()) {
        let link = links::issue(site, purpose, Some(user), since, Some(email)).await?;
        letters::send(site, email, Occasion::Verification, link);
    }
    under_way()
}
