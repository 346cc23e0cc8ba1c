//! Sentences about erasures: `erases <who>|whoever is at <address>`, in the organization that is
//! meant, or `everywhere`.

use super::{Clauses, Said, said};
use crate::law::stage::Stage;
use rollbook::law::command::{Action, Erase, Erasee};
use rollbook::words::Email;

pub(super) fn about(stage: &mut Stage, words: &[&str], clauses: &Clauses) -> Said {
    let ["erases", rest @ ..] = words else { return None };
    let (rest, org) = match rest {
        [rest @ .., "everywhere"] => (rest, None),
        rest => (rest, Some(clauses.org)),
    };
    let who = match rest {
        ["whoever", "is", "at", address] => {
            Email::parse(address).map(Erasee::Address).map_err(said)
        }
        [who] => Ok(Erasee::User(stage.user(who))),
        _ => return None,
    };
    Some(who.map(|who| Action::Erase(Erase { who, org })))
}
