//! Where the machine's clock and its randomness enter the house, and the only place where they do.

use super::failure::Failure;
use crate::doors::unlock::of_environment;
use crate::ground::embedded::Options;
use crate::ground::keyring::Unlock;
use crate::house::Machine;
use crate::words::Timestamp;
use crate::words::hash::Drawn;
use std::time::{SystemTime, UNIX_EPOCH};

/// What the machine's clock says.
#[allow(clippy::disallowed_methods, reason = "the clock is handed in from here")]
pub(super) fn now() -> Timestamp {
    // A clock before 1970 reads as 1970, and the writer refuses it beside any entry.
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    Timestamp::EPOCH.after(since_1970)
}

/// Unpredictable bytes, from a seed that the operating system gave for this process alone.
pub(super) fn drawn() -> Result<Drawn, Failure> {
    let mut seed = [0; 32];
    getrandom::fill(&mut seed).map_err(Failure::Randomness)?;
    Ok(Drawn::from_seed(&seed))
}

/// What opens the keyring, where the environment says so.
pub(super) fn unlock() -> Result<Unlock, Failure> {
    of_environment().map_err(Failure::Unlock)
}

/// The machine as a ledger needs it.
pub(super) fn machine() -> Result<Machine, Failure> {
    machine_with(unlock()?)
}

/// The same where something else says what opens the keyring.
pub(super) fn machine_with(unlock: Unlock) -> Result<Machine, Failure> {
    Ok(Machine { clock: Box::new(now), drawn: drawn()?, options: Options::STANDARD, unlock })
}
