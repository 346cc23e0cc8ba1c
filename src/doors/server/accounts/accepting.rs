//! Answering an invitation by its link: as somebody who is signed in, or who is nobody yet and is
//! signed in by it.

use super::looking::{by_link, holder};
use super::{moment, passwords, sessions, sign_up};
use crate::doors::desk::{About, no_such_organization, proof};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::openapi::Operation;
use crate::doors::server::problem;
use crate::doors::server::reply::Reply;
use crate::doors::server::route::{decided, deed, record};
use crate::doors::server::submit::submit;
use crate::doors::server::table::Way;
use crate::doors::wire::accounts::{AccountThere, Typed};
use crate::doors::wire::{
    AcceptInvitation, Acceptance, Answer, DeclineInvitation, Declining, Given, Method,
    OrganizationName, Parts, Problem, Recorded, Wish,
};
use crate::facts::Actor;
use crate::law::command::{Acceptor, Secret};
use crate::law::{Action, Command};
use crate::words::{InvitationId, Name, OrganizationId, UserId, Username};
use std::sync::Arc;

pub(in crate::doors::server) fn accepting() -> Way {
    deed(Method::Post, |site, call| async move {
        let done = accept(&site, &call).await;
        decided(&site, hidden(&site, &call, done))
    })
    .told(Operation::wish::<AcceptInvitation>().tells::<Recorded>(200).or_by_link())
}

pub(in crate::doors::server) fn declining() -> Way {
    deed(Method::Post, |site, call| async move {
        let done = decline(&site, &call).await;
        decided(&site, hidden(&site, &call, done))
    })
    .told(Operation::wish::<DeclineInvitation>().or_by_link())
}

/// To whoever has nothing to do with an organization, one that has no such invitation is not there;
/// nor is one that has invited somebody else, where they do not even have the link.
fn hidden(site: &Site, call: &Call, done: Result<Reply, Problem>) -> Result<Reply, Problem> {
    let Err(problem) = done else { return done };
    let Some(name) = call.organization()? else { return Err(problem) };
    let is_known = call
        .caller_if_any()
        .and_then(|_| call.commander().ok())
        .is_some_and(|(actor, _)| site.desk.meant(&site.desk.reader(actor), &name).is_ok());
    let body: Result<serde_json::Value, Problem> = call.body();
    let has_link = body.is_ok_and(|body| body.get("token").is_some());
    let is_telling = match &*problem.code {
        "unknown_invitation" | "unknown_organization" => true,
        "invitation_not_yours" | "not_yourself" => !has_link,
        _ => false,
    };
    if is_telling && !is_known { Err(no_such_organization(&name)) } else { Err(problem) }
}

async fn accept(site: &Arc<Site>, call: &Call) -> Result<Reply, Problem> {
    let body: Acceptance = call.body()?;
    let Some(caller) = call.caller_if_any() else { return join(site, call, body).await };
    if body.password.is_some() {
        let detail = "password: it is chosen by whoever is not signed in yet";
        return Err(Problem::unfit("wrong_body", detail));
    }
    let body = match (caller.actor, caller.session) {
        // Whoever is signed in accepts as who they are.
        (Actor::User(user), Some(_)) if body.name.is_none() && body.username.is_none() => {
            Acceptance { user_id: body.user_id.or(Some(user)), ..body }
        }
        _ => body,
    };
    record(site, call, AcceptInvitation::read(call, body)).await
}

async fn decline(site: &Arc<Site>, call: &Call) -> Result<Reply, Problem> {
    let body: Declining = call.body()?;
    if call.caller_if_any().is_some() {
        return record(site, call, DeclineInvitation::read(call, body)).await;
    }
    call.is_plain()?;
    let (org, id) = meant(site, call)?;
    let token = body.token.ok_or_else(problem::unauthorized)?;
    by_link(&site.ledger.known(), (org, id), &token)?;
    let action = Action::DeclineInvitation { org, invitation: id, proof: proof(Some(&token)) };
    // Whoever has the link needs no account to say no: the operator passes it on.
    let reason = body.reason.map(|reason| reason.0);
    let receipt = submit(site, Command::new(site.operator.actor(), reason, action)).await?;
    let told = site.desk.recorded(&receipt, About::Invitation(id), None, Some(org))?;
    Reply::json(told.answer.seq(), &told.answer)
}

/// Which invitation a path names.
fn meant(site: &Site, call: &Call) -> Result<(OrganizationId, InvitationId), Problem> {
    let name: OrganizationName = call.part("org")?;
    let id: InvitationId = call.part("invitation")?;
    let known = site.ledger.known();
    let org = match &name {
        OrganizationName::Id(org) => Some(*org),
        OrganizationName::Slug(slug) => known.state.by_slug(slug.as_str()),
    };
    Ok((org.ok_or_else(|| no_such_organization(&name))?, id))
}

/// Joins somebody who is nobody here yet, or who could not sign in so far.
async fn join(site: &Arc<Site>, call: &Call, body: Acceptance) -> Result<Reply, Problem> {
    let Acceptance { user_id, name, username, token, password, reason } = body;
    call.is_plain()?;
    let (org, id) = meant(site, call)?;
    let token = token.ok_or_else(problem::unauthorized)?;
    if user_id.is_some() {
        let detail = "user_id: whoever is not signed in does not say who they are";
        return Err(Problem::unfit("wrong_body", detail));
    }
    let known = site.ledger.known();
    let invitation = by_link(&known, (org, id), &token)?;
    let email = invitation.email.clone();
    let (user, acceptor, own) = match holder(&known, invitation) {
        (Some(_), AccountThere::SignsIn) => {
            let detail = "the address that was invited has an account: sign in, then accept";
            return Err(Problem::new(409, "sign_in_needed", detail));
        }
        (Some(user), AccountThere::NoPassword | AccountThere::None) => {
            if name.is_some() || username.is_some() {
                let detail = "name, username: the account has them already; change them later";
                return Err(Problem::unfit("wrong_body", detail));
            }
            (user, Acceptor::User(user), [email.as_deref().map(str::to_owned), None, None])
        }
        (None, _) => {
            sign_up::is_there_any(site)?;
            newcomer(site.desk.newcomer(), name, username, email.as_deref())
        }
    };
    let hash = chosen(site, password, &own).await?;
    let proof = proof(Some(&token));
    let action =
        Action::AcceptInvitation { org, invitation: id, acceptor, proof, password: Some(hash) };
    let command = Command::new(Actor::User(user), reason.map(|reason| reason.0), action);
    let receipt = submit(site, command).await?;
    let told = site.desk.recorded(&receipt, About::Created, None, Some(org))?;
    let cookie = sessions::begin(site, call, user, moment(&receipt, &known)).await?;
    let reply = Reply::json(told.answer.seq(), &told.answer)?.with_cookie(cookie);
    Ok(match told.created_at {
        Some(place) => reply.created(place),
        None => reply,
    })
}

/// Somebody who comes to exist, and what of them is no password.
fn newcomer(
    user: UserId,
    name: Option<Given<Name>>,
    username: Option<Given<Username>>,
    email: Option<&str>,
) -> (UserId, Acceptor, [Option<String>; 3]) {
    let (name, username) = (name.map(|it| it.0), username.map(|it| it.0));
    let own = [
        email.map(str::to_owned),
        name.as_ref().map(|it| it.as_str().to_owned()),
        username.as_ref().map(|it| it.as_str().to_owned()),
    ];
    (user, Acceptor::Newcomer { user, name, username }, own)
}

async fn chosen(
    site: &Site,
    password: Option<Typed>,
    own: &[Option<String>; 3],
) -> Result<Secret, Problem> {
    let needed = || Problem::new(422, "password_needed", "choose a password for the account");
    let password = password.ok_or_else(needed)?;
    let [email, name, username] = own;
    let own = [email.as_deref(), name.as_deref(), username.as_deref()];
    passwords::hash(site, passwords::choose(&password, &own)?).await
}
