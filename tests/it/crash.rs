//! Processes that are killed and disks that fill up: nothing that was acknowledged is lost, and an
//! import goes on where it stopped.

pub(crate) mod child;
mod disk;
mod histories;
mod kill;
pub(crate) mod stored;
