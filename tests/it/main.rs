//! What the parts do together, through their public faces and on real files.

mod conformance;
mod contract;
mod crash;
mod ground_damage;
mod ground_directory;
mod ground_disk_full;
mod ground_support;
mod keyring;
mod ledger;
mod real_history;
mod support;
