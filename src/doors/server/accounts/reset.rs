//! Another password: by the old one, by a link that was mailed, by a link that was handed over.

use super::even::even;
use super::letters::{self, Occasion};
use super::links::{self, Purpose};
use super::sessions::end_what_rests;
use super::sign_up::under_way;
use super::{aside, done, give, give_because, moment, passwords, sessions};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::reply::Reply;
use crate::doors::wire::accounts::{ChangedPassword, Forgotten, Resetting, ToldLink};
use crate::doors::wire::{Nothing, Parts, Problem};
use crate::facts::Actor;
use crate::facts::event::PasswordCause;
use crate::ground::passes::Kind;
use crate::house::Known;
use crate::law::Refusal;
use crate::law::command::{AccountWish, Credential};
use crate::words::{Email, UserId};
use std::sync::Arc;

pub(super) async fn change(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let caller = call.caller()?;
    let (user, _) = caller.signed_in()?;
    let ChangedPassword { current, new, reason } = call.body()?;
    let known = site.ledger.known();
    let chosen = passwords::choose(&new, &own(&known, user))?;
    passwords::demand(&site, &call, &known, user, &current).await?;
    let hash = passwords::hash(&site, chosen).await?;
    let (cause, seen) = (PasswordCause::Chosen, known.at);
    let wish = AccountWish::SetPassword { user, hash, cause, proves: None, seen };
    let receipt = give_because(&site, (user, caller.credential), reason, wish).await?;
    let cookie = sessions::begin_alone(&site, user, moment(&receipt, &known)).await?;
    Ok(done(&receipt)?.with_cookie(cookie))
}

/// What of an account nobody takes as its password.
fn own(known: &Known, user: UserId) -> [Option<&str>; 3] {
    let Some(user) = known.state.user(user) else { return [None; 3] };
    [user.email.as_deref(), user.name.as_deref(), user.username.as_deref()]
}

pub(super) async fn forgot(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let Forgotten { email } = call.body()?;
    even(answer(&site, &email.0)).await?;
    under_way()
}

async fn answer(site: &Arc<Site>, email: &Email) -> Result<(), Problem> {
    let known = site.ledger.known();
    let holder = known.state.by_email(&email.folded());
    if let Some(user) = holder
        && site.people.paces.may_write_to(email, (site.now)())
    {
        let kept = letters::address_of(&known, user);
        let email = kept.as_ref().unwrap_or(email);
        let link = links::issue(site, Purpose::Reset, Some(user), known.at, Some(email)).await?;
        letters::send(site, email, Occasion::PasswordReset, link);
    }
    Ok(())
}

/// Of all who come with one link at once, one sets the password: what was recorded when the link
/// was made is what the law compares.
pub(super) async fn reset(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let Resetting { token, password } = call.body()?;
    let returned = links::look(&site, Kind::PasswordReset, &token)?;
    let user = returned.pass.user.ok_or_else(links::ended)?;
    let known = site.ledger.known();
    let chosen = passwords::choose(&password, &own(&known, user))?;
    let hash = passwords::hash(&site, chosen).await?;
    let proves = match returned.purpose {
        Purpose::Reset => returned.email,
        Purpose::HandedOver => None,
        Purpose::Verify | Purpose::Change | Purpose::Claim => return Err(links::ended()),
    };
    let (cause, seen) = (PasswordCause::Reset, returned.pass.since);
    let wish = AccountWish::SetPassword { user, hash, cause, proves, seen };
    let receipt = match give(&site, user, Credential::Outside, wish).await {
        Ok(receipt) => receipt,
        // Another password was set since, or the account has another address.
        Err(problem) if ["credentials_changed", "not_the_email"].contains(&&*problem.code) => {
            return Err(links::ended());
        }
        Err(problem) => return Err(problem),
    };
    let (site, now) = (Arc::clone(&site), (site.now)());
    aside(move || end_what_rests(&site, user, now)).await??;
    done(&receipt)
}

/// Tells a link by which somebody sets a password, to be handed over by people: to the operator,
/// and to whoever made an account for somebody who has come in nowhere yet.
pub(super) async fn hand_over(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let caller = call.caller()?;
    let Nothing {} = call.body()?;
    let user: UserId = call.part("user")?;
    let known = site.ledger.known();
    match caller.actor {
        Actor::Operator(_) => {
            known.state.user(user).ok_or(Refusal::UnknownUser)?;
        }
        Actor::User(_) => has_made(&known, caller.signed_in()?.0, user)?,
        Actor::Token(_) | Actor::System(_) => return Err(Refusal::UnknownUser.into()),
    }
    let purpose = Purpose::HandedOver;
    let (link, expires_at) = links::issue(&site, purpose, Some(user), known.at, None).await?;
    Reply::json(None, &ToldLink { link, expires_at })
}

/// Whether somebody has the top role where a user belongs who is nowhere else, and cannot sign in.
fn has_made(known: &Known, by: UserId, user: UserId) -> Result<(), Problem> {
    let found = known.state.user(user).ok_or(Refusal::UnknownUser)?;
    let of = |org: &_| known.state.organization(*org).filter(|it| it.member(by).is_some());
    let shared = found.organizations.iter().find_map(of).ok_or(Refusal::UnknownUser)?;
    let top = shared.definition().top_role();
    let has_top = shared.member(by).is_some_and(|member| {
        !member.suspended && member.roles.iter().any(|role| role.as_str() == top)
    });
    if !has_top {
        return Err(Refusal::TopRoleOnly { role: top }.into());
    }
    if shared.second_factor && !known.state.has_second_factor(by) {
        return Err(Refusal::SecondFactorNeeded.into());
    }
    if found.signs_in || found.organizations.len() > 1 {
        let detail = "they can sign in, or belong to another organization too: they set their \
                      password themselves, or the operator helps";
        return Err(Problem::new(409, "not_yours_to_help", detail));
    }
    Ok(())
}
