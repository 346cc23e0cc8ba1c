//! Passwords are hashed and compared on threads that may block, a few at once.

use super::aside;
use super::paces::Attempt;
use crate::doors::accounts::password::{Busy, Hashing, Password, PhcText};
use crate::doors::server::Site;
use crate::doors::server::call::Call;
use crate::doors::wire::Problem;
use crate::doors::wire::accounts::Typed;
use crate::house::Known;
use crate::law::command::Secret;
use crate::words::UserId;
use std::sync::Arc;

/// What is compared where somebody types what can be no password: as long as any other.
const ANY: &str = "no password at all";

/// What came of comparing.
pub(super) enum Compared {
    Wrong,
    /// It is the password; hashed anew where its hash is of an older kind.
    Right(Option<Secret>),
}

/// Reads what somebody chooses as their password, whose address and names are `own`.
pub(super) fn choose(typed: &Typed, own: &[Option<&str>]) -> Result<Password, Problem> {
    let own: Vec<&str> = own.iter().flatten().copied().collect();
    let chosen = Password::choose(typed.reveal(), &own);
    chosen.map_err(|error| Problem::new(422, "password_refused", error))
}

/// Hashes a password; it waits while as many are hashed as may be at once.
pub(super) async fn hash(site: &Site, password: Password) -> Result<Secret, Problem> {
    let salt = site.desk.draw();
    in_turn(site, move |hashing| {
        hashing.hash(&password, salt).map(|hash| Secret(hash.as_str().into()))
    })
    .await
}

/// Compares a password with what is kept of a user's. It takes as long where there is no user, no
/// password, or what was typed can be none.
pub(super) async fn compare(
    site: &Site,
    known: &Known,
    user: Option<UserId>,
    typed: &Typed,
) -> Result<Compared, Problem> {
    let account = user.and_then(|user| known.state.account(user));
    let kept = account.and_then(|account| account.password.clone());
    let kept = kept.and_then(|kept| PhcText::parse(&kept).ok());
    let password = Password::parse(typed.reveal()).ok();
    let salt = site.desk.draw();
    in_turn(site, move |hashing| {
        let (Some(kept), Some(password)) = (kept, password) else {
            let Ok(any) = Password::parse(ANY) else { return Ok(Compared::Wrong) };
            return hashing.verify_nobody(&any).map(|_| Compared::Wrong);
        };
        if !hashing.verify(&kept, &password)? {
            return Ok(Compared::Wrong);
        }
        let anew = kept.is_outdated().then(|| hashing.hash(&password, salt)).transpose()?;
        Ok(Compared::Right(anew.map(|hash| Secret(hash.as_str().into()))))
    })
    .await
}

async fn in_turn<T: Send + 'static>(
    site: &Site,
    act: impl FnOnce(&Hashing) -> Result<T, Busy> + Send + 'static,
) -> Result<T, Problem> {
    let place = Arc::clone(&site.people.places).acquire_owned().await;
    let place = place.map_err(|error| Problem::fault("fault", error))?;
    let hashing = Arc::clone(&site.people.hashing);
    // The place is kept until the hash is there, even if whoever asked has gone.
    let done = aside(move || {
        let done = act(&hashing);
        drop(place);
        done
    });
    done.await?
        .map_err(|busy| Problem { is_passing: true, ..Problem::new(503, "passwords_busy", busy) })
}

/// Demands the password of somebody who is signed in: whoever sits down at an open browser does not
/// change how its owner comes in.
pub(super) async fn demand(
    site: &Site,
    call: &Call,
    known: &Known,
    user: UserId,
    typed: &Typed,
) -> Result<(), Problem> {
    let attempt = site.people.paces.begin_at(user, call.network(), (site.now)())?;
    match compare(site, known, Some(user), typed).await {
        Ok(Compared::Right(_)) => {
            Attempt::passed(attempt);
            Ok(())
        }
        Ok(Compared::Wrong) => {
            Err(Problem::new(403, "wrong_password", "that is not the account's password"))
        }
        Err(problem) => {
            Attempt::passed(attempt);
            Err(problem)
        }
    }
}
