//! What is signed while it serves, who else signs it, and how that is told.

use crate::doors::cli::failure::Failure;
use crate::doors::cli::machine::{drawn as another, now};
use crate::doors::client::{SubmissionUrl, post};
use crate::doors::settings::{Settings, Witnessed};
use crate::house::Ledger;
use crate::house::timestamping::{Authority, StampError};
use crate::house::witnessing::{Fault, Witnesses};
use crate::words::hash::Drawn;
use std::sync::Arc;
use std::thread::{Builder, JoinHandle};

/// Begins to sign checkpoints, where there is a guard, and to ask others about them.
pub(super) fn begin(
    ledger: &Ledger,
    settings: &Settings,
    drawn: &mut Drawn,
) -> Result<(), Failure> {
    let Some(guard) = settings.guard.as_deref() else {
        tracing::warn!("no checkpoints are signed: name a file with --guard, outside the data");
        return Ok(());
    };
    let begun = ledger
        .publish(guard, Box::new(now), drawn)
        .map_err(Failure::from)
        .and_then(|()| ask_witnesses(ledger, settings.witnesses.as_ref()))
        .and_then(|()| ask_for_timestamps(ledger, settings.timestamps.as_ref()));
    if begun.is_err() {
        // What is wrong with them is told, whatever closing says.
        let _ = ledger.close();
    }
    begun
}

/// Begins to ask witnesses, where there are some.
fn ask_witnesses(ledger: &Ledger, witnessed: Option<&Witnessed>) -> Result<(), Failure> {
    let Some(Witnessed { policy, is_required }) = witnessed.cloned() else { return Ok(()) };
    let told = Box::new(|witness: &str, outcome: Result<(), Fault>| match outcome {
        Ok(()) => tracing::info!(witness, "a witness signs"),
        Err(error @ (Fault::Ahead(_) | Fault::Contradicted(_))) => {
            tracing::error!(witness, %error, "a witness contradicts this ledger");
        }
        Err(
            error @ (Fault::Unreachable
            | Fault::Unknown(_)
            | Fault::Status(_)
            | Fault::Cosignature
            | Fault::Tree),
        ) => tracing::warn!(witness, %error, "a witness did not sign; it is asked again"),
    });
    Ok(ledger.ask_witnesses(Witnesses { policy, is_required, post: post(), told })?)
}

/// Begins to have checkpoints timestamped, where somebody does that.
fn ask_for_timestamps(ledger: &Ledger, url: Option<&SubmissionUrl>) -> Result<(), Failure> {
    let Some(url) = url.map(|url| url.as_str().to_owned()) else { return Ok(()) };
    let told = Box::new(|outcome: Result<(), &StampError>| match outcome {
        Ok(()) => tracing::info!("checkpoints are timestamped"),
        Err(error) => tracing::warn!(%error, "a checkpoint is not timestamped"),
    });
    let authority = Authority { url, post: post(), drawn: another()?, told };
    Ok(ledger.ask_for_timestamps(authority)?)
}

/// Tells when no checkpoints are signed any more, although they should be.
pub(super) fn spawn_telling(ledger: &Arc<Ledger>) -> Option<JoinHandle<()>> {
    let ledger = Arc::clone(ledger);
    let tell = move || {
        if let Some(error) = ledger.await_publishing_end() {
            tracing::error!(%error, "no checkpoints are signed any more");
        }
    };
    // Without a thread it is still told by `/readyz`.
    Builder::new().name("checkpoints told".to_owned()).spawn(tell).ok()
}
