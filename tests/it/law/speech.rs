//! What may be said in the texts: sentences that are commands.
//!
//! `<actor> <verb> …`, behind it in any order `in <slug>`, `because "<reason>"`, where something is
//! sent or granted `for <duration>`, and by what the actor came in: `signed-in <duration>` (a
//! session that began so long ago), `through <token>` or `through nothing`. `seen <duration>`: what
//! is acted on was looked at so long ago. The actor is a person's name, or `operator`, `import`,
//! `clock`, `token` (one that nobody issued) or `token:<name>`, which comes in by itself.

mod access;
mod accounts;
mod erasures;
mod invitations;
mod members;
mod organizations;
mod publication;
mod teams;
mod usage;

use super::history;
use super::stage::{Stage, address};
use crate::support::transcript::Place;
use rollbook::facts::Actor;
use rollbook::law::Command;
use rollbook::law::command::{Acceptor, AccountWish, Action, Credential, Invite, Person, Secret};
use rollbook::words::{Email, Name, OrganizationId, Reason, Timestamp, Username};
use std::time::Duration;
pub(super) use teams::team_role;

/// A sentence that was understood: the command, and how whoever comes to exist by it is called.
pub(crate) struct Spoken {
    pub(crate) command: Command,
    pub(crate) name: Option<String>,
}

/// Why a sentence is not a command.
pub(crate) type Complaint = String;

/// What stands behind a sentence.
struct Clauses {
    org: OrganizationId,
    reason: Option<Reason>,
    lasting: Option<Duration>,
    credential: Option<Credential>,
    seen: Timestamp,
}

impl Clauses {
    /// How long what is sent or issued is valid.
    fn lasting(&self) -> Duration {
        self.lasting.unwrap_or(Invite::EXPIRES_IN)
    }
}

/// Understands a sentence.
pub(crate) fn understand(
    stage: &mut Stage,
    words: &[String],
    table: &[(Place, String)],
) -> Result<Spoken, Complaint> {
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    let clauses = clauses(stage, &mut words)?;
    let Some((actor_name, rest)) = words.split_first() else {
        return Err("nothing is said".to_owned());
    };
    let (actor, own) = stage.actor(actor_name);
    let mut name = None;
    let action = history::import(stage, rest, table)
        .or_else(|| organizations::about(stage, rest, &clauses, &mut name))
        .or_else(|| accounts::about(stage, actor_name, rest, &clauses, &mut name))
        .or_else(|| access::about(stage, rest, &clauses, &mut name))
        .or_else(|| publication::about(stage, rest, &clauses))
        .or_else(|| usage::about(stage, rest, clauses.org, &mut name))
        .or_else(|| erasures::about(stage, rest, &clauses))
        .or_else(|| members::about(stage, rest, &clauses, &mut name))
        .or_else(|| invitations::about(stage, actor_name, rest, &clauses, &mut name))
        .or_else(|| teams::about(stage, rest, clauses.org))
        .unwrap_or_else(|| Err(format!("nobody knows how to {:?}", rest.join(" "))))?;
    // Whoever is somebody new speaks with the identifier under which they join.
    let actor = match (&action, actor) {
        (
            Action::AcceptInvitation { acceptor: Acceptor::Newcomer { user, .. }, .. },
            Actor::User(_),
        ) => Actor::User(*user),
        (
            Action::Account(
                AccountWish::SignUp { user, .. } | AccountWish::SignUpProven { user, .. },
            ),
            Actor::User(_),
        ) if !stage.knows(actor_name) => Actor::User(*user),
        (_, actor) => actor,
    };
    let credential = clauses.credential.unwrap_or(own);
    let command = Command { credential, ..Command::new(actor, clauses.reason, action) };
    Ok(Spoken { command, name })
}

fn clauses(stage: &mut Stage, words: &mut Vec<&str>) -> Result<Clauses, Complaint> {
    let (mut org, mut reason, mut lasting, mut credential) = (None, None, None, None);
    let mut seen = stage.world.now;
    while let [.., clause, value] = words[..] {
        match clause {
            "in" => org = Some(stage.organization(value)),
            "because" => reason = Some(Reason::parse(value).map_err(said)?),
            "for" => lasting = Some(duration(value)?),
            "signed-in" => {
                credential = Some(Credential::Session { since: stage.ago(duration(value)?) });
            }
            "through" if value == "nothing" => credential = Some(Credential::Outside),
            "through" => credential = Some(Credential::Token(stage.token(value))),
            "seen" => seen = stage.ago(duration(value)?),
            _ => break,
        }
        words.truncate(words.len() - 2);
    }
    let org = match org.or(stage.org) {
        Some(org) => org,
        None => stage.organization("nowhere"),
    };
    Ok(Clauses { org, reason, lasting, credential, seen })
}

pub(crate) fn said(error: impl std::fmt::Display) -> Complaint {
    error.to_string()
}

/// `7d`, `1h`, `90s`, `1us`, `0s`.
pub(crate) fn duration(text: &str) -> Result<Duration, Complaint> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number: u64 = text[..digits].parse().map_err(|_| format!("{text:?} is no duration"))?;
    match &text[digits..] {
        "us" => Ok(Duration::from_micros(number)),
        "s" => Ok(Duration::from_secs(number)),
        "h" => Ok(Duration::from_secs(number * 3600)),
        "d" => Ok(Duration::from_secs(number * 86_400)),
        _ => Err(format!("{text:?} is no duration: expected a number with us, s, h or d")),
    }
}

pub(super) type Said = Option<Result<Action, Complaint>>;

/// `bob`, `bob at Bob@Mail.example`, `bob known as bob99`, or both; `nobody` has neither.
fn person(name: &str, rest: &[&str]) -> Result<Person, Complaint> {
    let (mut email, mut username) = (None, None);
    let mut at = rest;
    loop {
        at = match at {
            [] => break,
            ["at", text, rest @ ..] => {
                email = Some(Email::parse(text).map_err(said)?);
                rest
            }
            ["known", "as", text, rest @ ..] => {
                username = Some(Username::parse(text).map_err(said)?);
                rest
            }
            _ => return Err(format!("{:?} says nothing of a person", at.join(" "))),
        };
    }
    if email.is_none() && username.is_none() && name != "nobody" {
        email = Some(Email::parse(&address(name)).map_err(said)?);
    }
    Ok(Person { email, name: Some(Name::parse(name).map_err(said)?), username })
}

/// Takes `with password <p>` off the end. What stands for the hash is the password itself.
fn password<'a, 'b>(words: &'a [&'b str]) -> (&'a [&'b str], Option<Secret>) {
    match words {
        [rest @ .., "with", "password", text] => (rest, Some(Secret((*text).into()))),
        rest => (rest, None),
    }
}
