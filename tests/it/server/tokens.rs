//! Accounts and tokens as a ledger has them, for clients that come in by one.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use rollbook::facts::event::Scope;
use rollbook::facts::{Actor, Holder};
use rollbook::house::Ledger;
use rollbook::law::command::access::TokenOf;
use rollbook::law::command::{AccessWish, AccountWish, Person, Secret, TokenDigest};
use rollbook::law::{Action, Command};
use rollbook::words::hash::credential_digest;
use rollbook::words::{Email, Name, OperatorId, Timestamp, UserId, Username};
use std::collections::BTreeSet;
use uuid::Uuid;

fn operator() -> Actor {
    Actor::Operator(OperatorId::from_uuid(Uuid::from_u128(1)))
}

/// Somebody signs up with a password, and proves the address or does not. `said` is an address, and
/// may be followed by a name.
pub(crate) fn sign_up(ledger: &Ledger, said: &str, is_proven: bool) {
    let number = ledger.head().size;
    let drawn = uuid::Builder::from_random_bytes([number as u8; 16]);
    let user = UserId::from_uuid(drawn.into_uuid());
    let (email, name) = said.split_once(' ').unwrap_or((said, ""));
    let (email, name) = (Some(Email::parse(email).unwrap()), Name::parse(name).ok());
    let person = Person { email, name, username: None };
    let password = Some(Secret("$argon2id$of a test".into()));
    let wish = if is_proven {
        AccountWish::SignUpProven { user, person, password }
    } else {
        AccountWish::SignUp { user, person, password }
    };
    let command = Command::new(Actor::User(user), None, Action::Account(wish));
    ledger.submit(command).unwrap();
}

/// Issues a token, to the organization with a slug or to the user with an address or username, for
/// as many seconds.
pub(crate) fn issue(ledger: &Ledger, holder: &str, scopes: &str, seconds: u64) -> String {
    let known = ledger.known();
    let by_email = Email::parse(holder).ok().and_then(|it| known.state.by_email(&it.folded()));
    let by_username = || known.state.by_username(&Username::parse(holder).unwrap().folded());
    let (of, prefix) = match known.state.by_slug(holder) {
        Some(org) => (TokenOf::Organization(org), "rbt_"),
        None => (TokenOf::User(by_email.or_else(by_username).expect(holder)), "rbp_"),
    };
    let number = ledger.head().size;
    let mut bytes = [7; 32];
    bytes[..8].copy_from_slice(&number.to_be_bytes());
    let names = [("read", Scope::Read), ("write", Scope::Write)];
    let scopes: BTreeSet<Scope> =
        names.iter().filter(|(name, _)| scopes.contains(name)).map(|(_, scope)| *scope).collect();
    let digest = TokenDigest(credential_digest(&bytes));
    let name = Name::parse(&format!("token {number}")).unwrap();
    // The clock of a test's ledger began on that day.
    let expires_at = Timestamp::parse_any("2026-11-22").unwrap();
    let expires_at = Timestamp::from_micros(expires_at.micros() + seconds as i64 * 1_000_000);
    let wish = AccessWish::IssueToken { of, name, scopes, expires_at, digest };
    ledger.submit(Command::new(operator(), None, Action::Access(wish))).unwrap();
    format!("{prefix}{}", URL_SAFE_NO_PAD.encode(bytes))
}

/// Ends every token of an organization.
pub(crate) fn revoke_all(ledger: &Ledger, slug: &str) {
    let known = ledger.known();
    let org = known.state.by_slug(slug).unwrap();
    for (token, _) in known.state.tokens(org, Holder::Organization) {
        let wish = AccessWish::RevokeToken { of: TokenOf::Organization(org), token };
        ledger.submit(Command::new(operator(), None, Action::Access(wish))).unwrap();
    }
}
