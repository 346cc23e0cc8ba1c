//! Sentences about tokens, auditors and the operator's takeover.
//!
//! `issues token <name> allowing read+write|nothing [to <who>|to operators]`: without anybody, the
//! organization's own.

use super::{Clauses, Complaint, Said, said};
use crate::law::stage::Stage;
use rollbook::facts::event::Scope;
use rollbook::law::command::access::TokenOf;
use rollbook::law::command::{AccessWish, Action};
use rollbook::words::Name;
use std::collections::BTreeSet;

pub(super) fn about(
    stage: &mut Stage,
    words: &[&str],
    clauses: &Clauses,
    name: &mut Option<String>,
) -> Said {
    let org = clauses.org;
    let wish = match words {
        ["issues", "token", called, "allowing", scopes, of @ ..] => {
            *name = Some((*called).to_owned());
            issues(stage, called, scopes, of, clauses)
        }
        ["revokes", "token", called, of @ ..] => {
            let token = stage.token(called);
            whose(stage, of, clauses).map(|of| AccessWish::RevokeToken { of, token })
        }
        ["appoints", who, "auditor"] => {
            let expires_at = clauses.lasting.map(|lasting| stage.world.now.after(lasting));
            Ok(AccessWish::GrantAuditor { org, user: stage.user(who), expires_at })
        }
        ["dismisses", who, "as", "auditor"] => {
            Ok(AccessWish::WithdrawAuditor { org, user: stage.user(who) })
        }
        ["breaks", "the", "glass", "to", "help", who] => {
            Ok(AccessWish::TakeOver { org, user: stage.user(who) })
        }
        _ => return None,
    };
    Some(wish.map(Action::Access))
}

fn issues(
    stage: &mut Stage,
    called: &str,
    scopes: &str,
    of: &[&str],
    clauses: &Clauses,
) -> Result<AccessWish, Complaint> {
    let scopes = scopes.split('+').filter(|scope| *scope != "nothing");
    let scopes = scopes.map(|scope| Scope::from_name(scope).ok_or(format!("{scope} is no scope")));
    Ok(AccessWish::IssueToken {
        of: whose(stage, of, clauses)?,
        name: Name::parse(called).map_err(said)?,
        scopes: scopes.collect::<Result<BTreeSet<_>, _>>()?,
        expires_at: stage.world.now.after(clauses.lasting()),
        digest: stage.fresh_link(),
    })
}

fn whose(stage: &mut Stage, words: &[&str], clauses: &Clauses) -> Result<TokenOf, Complaint> {
    Ok(match words {
        [] => TokenOf::Organization(clauses.org),
        ["to" | "of", "operators"] => TokenOf::Operator,
        ["to" | "of", who] => TokenOf::User(stage.user(who)),
        _ => return Err(format!("{:?} holds no token", words.join(" "))),
    })
}
