//! Where a command goes to the ledger's writer, and its answer is awaited.

use super::Site;
use crate::doors::wire::Problem;
use crate::house::{Receipt, SubmitError};
use crate::law::Command;
use tokio::sync::oneshot;

/// Hands a command to the writer, and waits until what it led to is durable.
pub(super) async fn submit(site: &Site, command: Command) -> Result<Receipt, Problem> {
    let (reply, answer) = oneshot::channel();
    // Whoever asked may have gone.
    let reply = move |answer| drop(reply.send(answer));
    site.ledger.try_enqueue(command, reply).map_err(|full| {
        let problem = Problem::new(503, "queue_full", full);
        Problem { is_passing: true, ..problem }
    })?;
    Ok(answer.await.unwrap_or(Err(SubmitError::Stopped))?)
}
