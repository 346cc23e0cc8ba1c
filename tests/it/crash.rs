//! Processes that are killed and disks that fill up: nothing that was acknowledged is lost, and an
//! import goes on where it stopped.

mod child;
mod disk;
mod histories;
mod kill;
pub(crate) mod stored;
