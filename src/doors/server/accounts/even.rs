//! One time for every outcome.

use std::future::Future;
use std::time::Duration;
use tokio::time::sleep;

/// How long it takes to do what may be done for an address that somebody types: a few writes to the
/// log and the passes, each a sync of the disk. Whether there was anything to do is hidden in it.
const ANSWERED_AFTER: Duration = Duration::from_millis(250);

/// Does something, and takes as long whatever there was to do.
pub(super) async fn even<T>(act: impl Future<Output = T>) -> T {
    let (done, ()) = tokio::join!(act, sleep(ANSWERED_AFTER));
    done
}
