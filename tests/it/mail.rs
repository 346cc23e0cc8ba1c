//! Mail: what is written, and what a mail server gets.

mod arriving;
mod letters;
mod secured;
mod sink;

pub(crate) use sink::{Sink, smtp};
