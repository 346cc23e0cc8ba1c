//! Tokens of people and of operators: listed, issued, told once, revoked.

use super::{as_of, done, give_once};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::server::idempotency::{Retelling, issued};
use crate::doors::server::reply::Reply;
use crate::doors::wire::accounts::{HeldToken, HeldTokens};
use crate::doors::wire::{NewToken, Nothing, OPERATOR, PERSONAL_TOKEN, Parts, Problem, Why};
use crate::facts::{Actor, Holder};
use crate::house::Receipt;
use crate::law::command::AccessWish;
use crate::law::command::access::TokenOf;
use crate::law::{Action, Command, Refusal};
use crate::words::{OrganizationId, Reason, TokenId, UserId};
use std::sync::Arc;

/// Whose tokens they are: only somebody who is signed in has some of their own.
fn signed_in(call: &Call) -> Result<UserId, Problem> {
    call.caller()?.signed_in().map(|(user, _)| user)
}

fn operator(call: &Call) -> Result<(), Problem> {
    match call.caller()?.actor {
        Actor::Operator(_) => Ok(()),
        Actor::User(_) | Actor::Token(_) | Actor::System(_) => Err(Refusal::OperatorOnly.into()),
    }
}

pub(super) fn mine(site: &Site, call: &Call) -> Result<Reply, Problem> {
    list(site, call, Holder::User(signed_in(call)?))
}

pub(super) fn operators(site: &Site, call: &Call) -> Result<Reply, Problem> {
    operator(call)?;
    list(site, call, Holder::Operator)
}

fn list(site: &Site, call: &Call, holder: Holder) -> Result<Reply, Problem> {
    let Nothing {} = call.parameters()?;
    let known = site.ledger.known();
    let held = known.state.tokens(OrganizationId::DEPLOYMENT, holder);
    let tokens = held.map(|(token_id, token)| HeldToken {
        token_id,
        name: token.name.clone(),
        scopes: token.scopes.clone(),
        expires_at: token.expires_at,
    });
    let as_of = as_of(known.size);
    Reply::json(as_of.seq, &HeldTokens { as_of, tokens: tokens.collect() })
}

pub(super) async fn issue_mine(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let of = TokenOf::User(signed_in(&call)?);
    issue(&site, &call, (of, PERSONAL_TOKEN), "/v1/me/tokens").await
}

pub(super) async fn issue_operators(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    operator(&call)?;
    issue(&site, &call, (TokenOf::Operator, OPERATOR), "/v1/tokens").await
}

async fn issue(
    site: &Arc<Site>,
    call: &Call,
    of: (TokenOf, &str),
    place: &str,
) -> Result<Reply, Problem> {
    let body: NewToken = call.body()?;
    let reason = body.reason.clone();
    let (token, wish) = site.desk.draw_credential(of, body);
    let retelling = Retelling::Issued { place: place.to_owned() };
    let receipt = match give(site, call, (reason.map(|reason| reason.0), wish), retelling).await? {
        Ok(receipt) => receipt,
        Err(reply) => return Ok(reply),
    };
    issued(&receipt, Some(token), place)
}

pub(super) async fn revoke_mine(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    let of = TokenOf::User(signed_in(&call)?);
    revoke(&site, &call, of).await
}

pub(super) async fn revoke_operators(site: Arc<Site>, call: Call) -> Result<Reply, Problem> {
    operator(&call)?;
    revoke(&site, &call, TokenOf::Operator).await
}

async fn revoke(site: &Arc<Site>, call: &Call, of: TokenOf) -> Result<Reply, Problem> {
    let Why { reason } = call.body()?;
    let token: TokenId = call.part("token")?;
    let wish = AccessWish::RevokeToken { of, token };
    match give(site, call, (reason.map(|reason| reason.0), wish), Retelling::Done).await? {
        Ok(receipt) => done(&receipt),
        Err(reply) => Ok(reply),
    }
}

async fn give(
    site: &Arc<Site>,
    call: &Call,
    (reason, wish): (Option<Reason>, AccessWish),
    retelling: Retelling,
) -> Result<Result<Receipt, Reply>, Problem> {
    let caller = call.caller()?;
    let command = Command::new(caller.actor, reason, Action::Access(wish));
    let command = Command { credential: caller.credential, ..command };
    give_once(site, call, command, retelling).await
}
