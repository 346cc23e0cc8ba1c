//! Sentences about invitations.

use super::{Clauses, Complaint, Said, password, said};
use crate::law::stage::{Stage, address, roles};
use rollbook::law::command::{Acceptor, Action, IfPending, Invite, Proof, TokenDigest};
use rollbook::words::{Email, InvitationId, Name, OrganizationId, TeamId, UserId, Username};

/// Takes `earlier` off the front: the invitation before the last one is meant.
fn earlier<'a, 'b>(words: &'a [&'b str]) -> (bool, &'a [&'b str]) {
    match words {
        ["earlier", rest @ ..] => (true, rest),
        rest => (false, rest),
    }
}

pub(super) fn about(
    stage: &mut Stage,
    actor: &str,
    words: &[&str],
    clauses: &Clauses,
    name: &mut Option<String>,
) -> Said {
    let org = clauses.org;
    Some(match words {
        ["invites", who, "as", held, rest @ ..] => invites(stage, clauses, who, held, rest),
        ["resends", "the", rest @ ..] => {
            let (before, rest) = earlier(rest);
            let ["invitation", "of", who] = rest else { return None };
            let invitation = stage.invitation(org, &address(who), before);
            let (expires_in, token) = (clauses.lasting(), stage.fresh_link());
            Ok(Action::ResendInvitation { org, invitation, expires_in, token })
        }
        ["revokes", "the", rest @ ..] => {
            let (before, rest) = earlier(rest);
            let ["invitation", "of", who] = rest else { return None };
            let invitation = stage.invitation(org, &address(who), before);
            Ok(Action::RevokeInvitation { org, invitation })
        }
        ["expires", "invitations"] => Ok(Action::ExpireInvitations { org }),
        ["accepts", rest @ ..] => accepts(stage, org, actor, rest, name),
        ["declines", rest @ ..] => whose(stage, org, actor, rest).and_then(|(invitation, rest)| {
            let proof = proof(stage, invitation, rest)?;
            Ok(Action::DeclineInvitation { org, invitation, proof })
        }),
        _ => return None,
    })
}

fn invites(
    stage: &mut Stage,
    clauses: &Clauses,
    who: &str,
    held: &str,
    rest: &[&str],
) -> Result<Action, Complaint> {
    let org = clauses.org;
    let (mut if_pending, mut teams) = (IfPending::Refuse, Vec::new());
    let mut at = rest;
    loop {
        at = match at {
            [] => break,
            ["or", "resends", rest @ ..] => {
                if_pending = IfPending::Resend;
                rest
            }
            ["or", "supersedes", rest @ ..] => {
                if_pending = IfPending::Supersede;
                rest
            }
            ["into", number, "teams", rest @ ..] if number.parse::<usize>().is_ok() => {
                for _ in 0..number.parse().unwrap() {
                    teams.push(TeamId::from_uuid(stage.world.uuid()));
                }
                rest
            }
            ["into", team, rest @ ..] => {
                teams.push(stage.team(org, team));
                rest
            }
            _ => return Err(format!("{:?} says nothing of an invitation", at.join(" "))),
        };
    }
    Ok(Action::Invite(Invite {
        org,
        email: Email::parse(&address(who)).map_err(said)?,
        roles: roles(held)?,
        teams,
        expires_in: clauses.lasting(),
        if_pending,
        token: stage.fresh_link(),
    }))
}

/// `[the [earlier] invitation of <who>] …`; without it, one's own.
fn whose<'a, 'b>(
    stage: &mut Stage,
    org: OrganizationId,
    actor: &str,
    words: &'a [&'b str],
) -> Result<(InvitationId, &'a [&'b str]), Complaint> {
    let (before, who, rest) = match words {
        ["the", "earlier", "invitation", "of", who, rest @ ..] => (true, *who, rest),
        ["the", "invitation", "of", who, rest @ ..] => (false, *who, rest),
        rest => (false, actor, rest),
    };
    Ok((stage.invitation(org, &address(who), before), rest))
}

fn proof(stage: &Stage, invitation: InvitationId, words: &[&str]) -> Result<Proof, Complaint> {
    let nobodys = TokenDigest([0xee; 32]);
    let link = |before| Proof::Token(stage.link(invitation, before).unwrap_or(nobodys));
    match words {
        [] | ["signed", "in"] => Ok(Proof::SignedIn),
        ["by", "link"] => Ok(link(false)),
        ["by", "the", "link", "before"] => Ok(link(true)),
        ["by", "a", "wrong", "link"] => Ok(Proof::Token(nobodys)),
        _ => Err(format!("{:?} proves nothing", words.join(" "))),
    }
}

/// `accepts … as newcomer [known as x]`, `accepts … on behalf of <user>`: else the actor
/// themselves; at the end `with password <p>`.
fn accepts(
    stage: &mut Stage,
    org: OrganizationId,
    actor: &str,
    words: &[&str],
    name: &mut Option<String>,
) -> Result<Action, Complaint> {
    let (words, password) = password(words);
    let (invitation, rest) = whose(stage, org, actor, words)?;
    let (acceptor, rest) = match rest {
        ["as", "newcomer", "known", "as", login, rest @ ..] => {
            (newcomer(stage, actor, Some(login), name)?, rest)
        }
        ["as", "newcomer", rest @ ..] => (newcomer(stage, actor, None, name)?, rest),
        ["on", "behalf", "of", who, rest @ ..] => (Acceptor::User(stage.user(who)), rest),
        rest => (Acceptor::User(stage.user(actor)), rest),
    };
    let proof = proof(stage, invitation, rest)?;
    Ok(Action::AcceptInvitation { org, invitation, acceptor, proof, password })
}

fn newcomer(
    stage: &mut Stage,
    actor: &str,
    login: Option<&str>,
    name: &mut Option<String>,
) -> Result<Acceptor, Complaint> {
    *name = Some(actor.to_owned());
    let user: UserId = stage.user(actor);
    let username = login.map(Username::parse).transpose().map_err(said)?;
    Ok(Acceptor::Newcomer { user, name: Some(Name::parse(actor).map_err(said)?), username })
}
