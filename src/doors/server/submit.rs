//! Where a command goes to the ledger's writer, and its answer is awaited.

use super::Site;
use crate::doors::wire::Problem;
use crate::house::{Answer, Receipt, Submission, SubmitError};
use crate::law::Command;
use tokio::sync::oneshot;

/// Hands a command to the writer, and waits until what it led to is durable.
pub(super) async fn submit(site: &Site, command: Command) -> Result<Receipt, Problem> {
    match submit_if(site, command.into()).await? {
        Submitted::Decided(receipt) => Ok(receipt),
        // Only a command with a key is.
        Submitted::Repeated => Err(SubmitError::Repeated.into()),
    }
}

/// What became of a command that came with an idempotency key.
pub(super) enum Submitted {
    /// It was decided.
    Decided(Receipt),
    /// It was decided before, and what became of it is kept.
    Repeated,
}

/// The same of a command for which more has to hold than the law.
pub(super) async fn submit_if(site: &Site, submission: Submission) -> Result<Submitted, Problem> {
    await_answer(hand_in(site, submission)?).await
}

/// The answer of a command that was handed in.
pub(super) type Awaited = oneshot::Receiver<Answer>;

/// Hands a command in; those that are handed in one after the other are decided so.
pub(super) fn hand_in(site: &Site, submission: Submission) -> Result<Awaited, Problem> {
    let (reply, answer) = oneshot::channel();
    // Whoever asked may have gone.
    let reply = move |answer| drop(reply.send(answer));
    site.ledger.try_submit(submission, reply).map_err(|full| {
        let problem = Problem::new(503, "queue_full", full);
        Problem { is_passing: true, ..problem }
    })?;
    Ok(answer)
}

/// Waits until what it led to is durable.
pub(super) async fn await_answer(answer: Awaited) -> Result<Submitted, Problem> {
    match answer.await.unwrap_or(Err(SubmitError::Stopped)) {
        Ok(receipt) => Ok(Submitted::Decided(receipt)),
        Err(SubmitError::Repeated) => Ok(Submitted::Repeated),
        Err(error) => Err(error.into()),
    }
}
