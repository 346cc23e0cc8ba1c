//! The law, asked afterwards: was what one organization's history says allowed when it happened?
//!
//! Nothing is decided anew. Every entry is held to the state that the entries before it lead to,
//! and to `authority`, which is data. What a history with personal values withheld cannot show is
//! counted as unchecked.

mod authority;
mod fault;
mod unchecked;

pub use authority::{By, PEOPLE_ONLY, Way, ways};
pub use fault::LawFault;
pub use unchecked::{Counts, Unchecked};
