//! `user` and `account`: who there is, and how they come in.

use super::{Export, Known, User, grouped, named};
use crate::doors::accounts::password::PhcText;
use crate::doors::moving::cells::{Cells, truth};
use crate::doors::moving::table::Row;
use crate::facts::Source;
use crate::house::moving::{Group, What, Wish};
use crate::law::State;
use crate::law::command::account::Proven;
use crate::law::command::{AccountWish, Action, Person, Secret, Who};
use crate::words::hash::Drawn;
use crate::words::{Email, Name, UserId, Username};
use std::collections::BTreeMap;
use uuid::Builder;

/// How an `account` names the way in by a password.
const CREDENTIAL: &str = "credential";

/// The hashes that can be taken over, by the user's id.
type Passwords = BTreeMap<String, Secret>;

pub(super) fn group(
    export: &mut Export<'_>,
    users: Vec<Row>,
    accounts: Vec<Row>,
    drawn: &mut Drawn,
) -> Group {
    let (mut passwords, mut rows) = (Passwords::new(), Vec::new());
    for row in accounts {
        rows.push(way_in(row, &mut passwords));
    }
    for row in users {
        if let Some(known) = export.known(row, What::User) {
            user(export, known, &passwords, drawn);
        }
    }
    for (place, of, wish) in rows {
        let user = of.and_then(|id| export.users.get(&id)).map(|user| user.step);
        let wish = match (wish, user) {
            (Wish::Part, None) => {
                let message = "userId: no row of user that can be read has this id".to_owned();
                Wish::Refuse { code: "wrong_row", message }
            }
            (wish, _) => wish,
        };
        export.push(place, What::Password, user.into_iter().collect(), wish);
    }
    grouped((0..export.steps.len()).collect())
}

/// What comes of a row of `account`, and whose it is.
fn way_in(
    row: Row,
    passwords: &mut Passwords,
) -> (crate::house::source::Place, Option<String>, Wish) {
    let Row { place, cells } = row;
    let text = |text: &str| Ok::<_, String>(text.to_owned());
    let read = cells.and_then(|cells| {
        let (user, provider) = (cells.need("userId", text)?, cells.need("providerId", text)?);
        Ok((user, provider, cells.read("password", text)?))
    });
    let (user, provider, hash) = match read {
        Ok(read) => read,
        Err(message) => return (place, None, Wish::Refuse { code: "wrong_row", message }),
    };
    let wish = match hash {
        _ if provider != CREDENTIAL => Wish::Skip(format!(
            "they came in by {provider}: set the organization's provider, or let them set a password \
             by a link"
        )),
        None => Wish::Skip("there is no password: let them set one by a link".to_owned()),
        Some(hash) => match PhcText::of_better_auth(&hash) {
            Ok(hash) => {
                passwords.insert(user.clone(), Secret(hash.as_str().into()));
                Wish::Part
            }
            Err(_) => {
                let message =
                    "the hash is not Better Auth's own (scrypt, salt:key): let them set a \
                               password by a link"
                        .to_owned();
                Wish::Refuse { code: "unknown_hash", message }
            }
        },
    };
    (place, Some(user), wish)
}

fn user(export: &mut Export<'_>, known: Known, passwords: &Passwords, drawn: &mut Drawn) {
    let Known { place, id, cells } = known;
    let read = person(&cells).and_then(|(person, proven)| {
        let (seq, commit) = named("user", &id)?;
        Ok((person, proven, seq, commit))
    });
    let (person, proven, seq, commit) = match read {
        Ok(read) => read,
        Err(message) => {
            export.refuse(place, What::User, message);
            return;
        }
    };
    let holder = person.email.as_ref().and_then(|email| export.state.by_email(&email.folded()));
    let was_brought = export.state.imported(export.source, seq).is_some();
    let fresh = UserId::from_uuid(Builder::from_random_bytes(drawn.bytes()).into_uuid());
    let who = match holder {
        Some(user) if was_brought => Who::User(user),
        Some(user) if !loses_it(export.state, user, proven) => Who::Person(person.clone()),
        Some(_) | None => Who::User(fresh),
    };
    let wish = match &who {
        Who::Person(_) => {
            let message = "the address has an account here, which stays as it is: its password too";
            Wish::There(message.to_owned())
        }
        Who::User(user) => {
            let (repo, password) = (export.source.clone(), passwords.get(&id).cloned());
            let source = Source { baseline: false, commit, repo, seq };
            let wish = AccountWish::Bring { user: *user, person, proven, password, source };
            Wish::Record { seq, action: Box::new(Action::Account(wish)) }
        }
    };
    if export.users.contains_key(&id) {
        export.refuse(place, What::User, "id: another row has the same".to_owned());
        return;
    }
    let step = export.push(place, What::User, Vec::new(), wish);
    export.users.insert(id, User { who, step });
}

/// Whoever never proved their address loses it to somebody who did.
fn loses_it(state: &State, user: UserId, proven: Proven) -> bool {
    let has_password = state.account(user).is_some_and(|account| account.password.is_some());
    let was_proven = state.user(user).is_some_and(|user| user.verified);
    proven == Proven::Yes && has_password && !was_proven
}

fn person(cells: &Cells) -> Result<(Person, Proven), String> {
    let person = Person {
        email: Some(cells.need("email", Email::parse)?),
        name: cells.read("name", Name::parse)?,
        username: cells.read("username", Username::parse)?,
    };
    let proven = match cells.read("emailVerified", truth)? {
        Some(true) => Proven::Yes,
        Some(false) | None => Proven::No,
    };
    Ok((person, proven))
}
