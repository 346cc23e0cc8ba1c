//! The journal: what makes a batch durable on one machine, and the truth everything else is rebuilt
//! from.
//!
//! A directory of segment files, complete and kept: `00000000000000000000.segment`, named by their
//! first slot. A segment is a head of 512 bytes ([`segment`]), then frames
//! ([`crate::ground::frame`]) one after the other, then zeros: the file is preallocated, so that
//! committing a batch writes data only and no file system metadata. Where nothing but zeros
//! follows, the frames end.
//!
//! [`writer`] appends, [`survey`] reads everything on opening and says what is whole, [`mend`]
//! writes damaged segments again from what is left of them and from sled, [`frames`] streams.

pub mod frames;
pub mod mend;
pub mod segment;
pub mod survey;
pub(crate) mod torn;
pub mod writer;
