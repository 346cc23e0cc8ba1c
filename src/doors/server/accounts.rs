//! People: how they sign up and in, what they do to their own account, and the links that are sent
//! to them.
//!
//! Whether somebody has an account is told to nobody who does not know their password or read their
//! mail: sign-up and forgotten passwords have one answer ([`even`]), a wrong sign-in has another.
//! What changes how somebody comes in goes through the log, where one of all who try at once wins;
//! sessions and links are passes, and end with what they rest on.

mod accepting;
mod email;
mod entrances;
mod even;
pub(super) mod letters;
mod links;
mod looking;
mod me;
mod oidc;
mod organizations;
mod paces;
mod passwords;
mod reset;
mod second_factor;
mod sessions;
mod sign_in;
mod sign_up;
mod tokens;

pub(super) use accepting::{accepting, declining};
pub(super) use entrances::ways;
pub(super) use organizations::{may_create, may_invite};

use super::Site;
use super::call::Call;
use super::idempotency::{Retelling, again, once, repeated};
use super::reply::Reply;
use super::submit::{Submitted, submit, submit_if};
use crate::doors::accounts::password::{AT_ONCE_LIMIT, Hashing};
use crate::doors::settings::Oidc;
use crate::doors::wire::accounts::{Done, Person};
use crate::doors::wire::{Given, LedgerMoment, Problem};
use crate::facts::Actor;
use crate::ground::passes::PassesError;
use crate::house::{Known, Receipt, Submission};
use crate::law::command::{AccountWish, Credential};
use crate::law::{Action, Command};
use crate::words::{Reason, Timestamp, UserId};
use oidc::Providers;
use paces::Paces;
use std::sync::Arc;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;

/// What people come in by, beside the ledger and the passes.
pub(super) struct People {
    hashing: Arc<Hashing>,
    /// Whoever waits to be hashed holds a connection, and of those there are only so many.
    places: Arc<Semaphore>,
    paces: Paces,
    providers: Providers,
}

impl People {
    /// `key` is drawn when the server starts.
    pub(super) fn new(key: [u8; 32], providers: &[Oidc]) -> Self {
        let places = Arc::new(Semaphore::new(AT_ONCE_LIMIT));
        let providers = Providers::new(providers);
        Self { hashing: Arc::default(), places, paces: Paces::new(key), providers }
    }
}

/// Does what waits for a disk, or takes long, on a thread that may block.
async fn aside<T: Send + 'static>(act: impl FnOnce() -> T + Send + 'static) -> Result<T, Problem> {
    spawn_blocking(act).await.map_err(|error| Problem::fault("fault", error))
}

impl From<PassesError> for Problem {
    fn from(error: PassesError) -> Self {
        match &error {
            PassesError::Full => Self { is_passing: true, ..Self::new(503, "passes_full", error) },
            PassesError::Io { .. }
            | PassesError::NotAFile { .. }
            | PassesError::Unsettled { .. }
            | PassesError::DetailTooLong { .. } => Self::fault("passes", error),
        }
    }
}

/// Does something to an account in its user's own name.
async fn give(
    site: &Site,
    user: UserId,
    credential: Credential,
    wish: AccountWish,
) -> Result<Receipt, Problem> {
    give_because(site, (user, credential), None, wish).await
}

/// The same with a reason.
async fn give_because(
    site: &Site,
    (user, credential): (UserId, Credential),
    reason: Option<Given<Reason>>,
    wish: AccountWish,
) -> Result<Receipt, Problem> {
    let reason = reason.map(|reason| reason.0);
    let command = Command::new(Actor::User(user), reason, Action::Account(wish));
    submit(site, Command { credential, ..command }).await
}

/// Gives a command whose answer is told again where the request comes again: what it led to, or
/// that answer.
async fn give_once(
    site: &Arc<Site>,
    call: &Call,
    command: Command,
    retelling: Retelling,
) -> Result<Result<Receipt, Reply>, Problem> {
    call.is_unbound()?;
    let Some(key) = call.idempotency_key()? else { return submit(site, command).await.map(Ok) };
    if let Some(reply) = again(site, &key).await? {
        return Ok(Err(reply));
    }
    let once = Some(once(key.clone(), &retelling));
    match submit_if(site, Submission { command, condition: None, once }).await? {
        Submitted::Decided(receipt) => Ok(Ok(receipt)),
        Submitted::Repeated => repeated(site, Some(&key)).await.map(Err),
    }
}

/// The moment of the last entry of a command: what rests on it rests on that.
fn moment(receipt: &Receipt, known: &Known) -> Timestamp {
    receipt.entries.last().map_or(known.at, |entry| entry.time)
}

/// What a ledger of so many entries is told to hold for.
fn as_of(size: u64) -> LedgerMoment {
    LedgerMoment { seq: size.checked_sub(1) }
}

fn done(receipt: &Receipt) -> Result<Reply, Problem> {
    let as_of = as_of(receipt.size);
    Reply::json(as_of.seq, &Done { as_of })
}

/// Somebody, as they see themselves.
fn person(known: &Known, user: UserId) -> Result<Person, Problem> {
    let found = known.state.user(user).ok_or_else(super::problem::unauthorized)?;
    let (email, name, username) = (found.email.clone(), found.name.clone(), found.username.clone());
    Ok(Person { user_id: user, email, name, username, is_verified: found.verified })
}
