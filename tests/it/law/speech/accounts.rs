//! Sentences about accounts. `… of <who>` at the end: somebody else's than the actor's own.

use super::{Clauses, Complaint, Said, password, person, said};
use crate::law::stage::Stage;
use rollbook::facts::Source;
use rollbook::facts::event::PasswordCause;
use rollbook::law::command::account::{Proven, SecondFactorWish};
use rollbook::law::command::{AccountWish, Action, Secret};
use rollbook::words::{Email, Name, UserId, Username};

pub(super) fn about(
    stage: &mut Stage,
    actor: &str,
    words: &[&str],
    clauses: &Clauses,
    name: &mut Option<String>,
) -> Said {
    let signs_up = match words {
        ["brings", rest @ ..] => brings(stage, rest, name),
        ["signs", "up", rest @ ..] => signs_up(stage, actor, rest, name),
        [rest @ .., "of", who] => return of(stage, who, rest, clauses),
        rest => return of(stage, actor, rest, clauses),
    };
    Some(signs_up.map(Action::Account))
}

/// `signs up [proven] [at x] [known as y] [with password p]`.
fn signs_up(
    stage: &mut Stage,
    actor: &str,
    words: &[&str],
    name: &mut Option<String>,
) -> Result<AccountWish, Complaint> {
    let (words, password) = password(words);
    *name = Some(actor.to_owned());
    let user = stage.user(actor);
    Ok(match words {
        ["proven", rest @ ..] => {
            AccountWish::SignUpProven { user, person: person(actor, rest)?, password }
        }
        ["as", who, rest @ ..] => {
            let user = stage.user(who);
            AccountWish::SignUp { user, person: person(who, rest)?, password }
        }
        rest => AccountWish::SignUp { user, person: person(actor, rest)?, password },
    })
}

/// `brings [proven] <who> [known as y] [with password p] as line <n> of commit <c>`: an account of
/// another system.
fn brings(
    stage: &mut Stage,
    words: &[&str],
    name: &mut Option<String>,
) -> Result<AccountWish, Complaint> {
    let [words @ .., "as", "line", seq, "of", "commit", commit] = words else {
        return Err("an account is brought as a line of a commit".to_owned());
    };
    let (seq, commit) = (seq.parse().map_err(said)?, Name::parse(commit).map_err(said)?);
    let repo = Name::parse("elsewhere").map_err(said)?;
    let source = Source { baseline: false, commit, repo, seq };
    let (words, password) = password(words);
    let (proven, words) = match words {
        ["proven", words @ ..] => (Proven::Yes, words),
        words => (Proven::No, words),
    };
    let [who, rest @ ..] = words else { return Err("nobody is brought".to_owned()) };
    *name = Some((*who).to_owned());
    let user = stage.user(who);
    Ok(AccountWish::Bring { user, person: person(who, rest)?, proven, password, source })
}

fn of(stage: &mut Stage, who: &str, words: &[&str], clauses: &Clauses) -> Said {
    let known = |stage: &mut Stage| stage.user(who);
    let secret = |text: &str| Secret(text.into());
    let set = |user, text: &str, cause, proves| {
        let (hash, seen) = (secret(text), clauses.seen);
        AccountWish::SetPassword { user, hash, cause, proves, seen }
    };
    let change = |user, change| AccountWish::ChangeSecondFactor { user, change };
    let wish = match words {
        ["proves", email] => Email::parse(email)
            .map(|email| AccountWish::VerifyEmail { user: known(stage), email })
            .map_err(said),
        ["chooses", "password", text] => Ok(set(known(stage), text, PasswordCause::Chosen, None)),
        ["resets", "password", text] => Ok(set(known(stage), text, PasswordCause::Reset, None)),
        ["resets", "password", text, "proving", email] => Email::parse(email)
            .map(|email| set(known(stage), text, PasswordCause::Reset, Some(email)))
            .map_err(said),
        ["rehashes", "password", text] => {
            Ok(set(known(stage), text, PasswordCause::Rehashed, None))
        }
        ["switches", "codes", "on", "with", codes] => {
            let (secret, recovery) = (secret("seed"), secret(codes));
            Ok(change(known(stage), SecondFactorWish::Enable { secret, recovery }))
        }
        ["switches", "codes", "off"] => Ok(change(known(stage), SecondFactorWish::Disable)),
        ["uses", "a", "code", "and", codes, "become", left] => {
            let left = (*left != "nothing").then(|| secret(left));
            let before = secret(codes);
            Ok(change(known(stage), SecondFactorWish::UseRecovery { before, left }))
        }
        ["renews", "codes", "to", codes] => {
            let recovery = secret(codes);
            Ok(change(known(stage), SecondFactorWish::RenewRecovery { recovery }))
        }
        ["ends", "all", "sessions"] => Ok(AccountWish::EndSessions { user: known(stage) }),
        ["becomes", rest @ ..] => becomes(known(stage), rest),
        _ => return None,
    };
    Some(wish.map(Action::Account))
}

/// `becomes [called n] [known as l] [at e | at e proven]`.
fn becomes(user: UserId, words: &[&str]) -> Result<AccountWish, Complaint> {
    let (mut name, mut username, mut email) = (None, None, None);
    let mut at = words;
    loop {
        at = match at {
            [] => break,
            ["called", text, rest @ ..] => {
                name = Some(Name::parse(text).map_err(said)?);
                rest
            }
            ["known", "as", text, rest @ ..] => {
                username = Some(Username::parse(text).map_err(said)?);
                rest
            }
            ["at", text, "proven", rest @ ..] => {
                email = Some((Email::parse(text).map_err(said)?, Proven::Yes));
                rest
            }
            ["at", text, rest @ ..] => {
                email = Some((Email::parse(text).map_err(said)?, Proven::No));
                rest
            }
            _ => return Err(format!("{:?} says nothing of an account", at.join(" "))),
        };
    }
    Ok(AccountWish::UpdateUser { user, name, username, email })
}
