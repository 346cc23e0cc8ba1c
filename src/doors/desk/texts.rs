//! Texts of people in lists: in which order they stand, and whether one is meant.

use crate::projections::PersonalValue;
use crate::words::{Email, Username};

/// Whether an address is the one that is meant: case does not tell two of them apart.
pub(super) fn is_address(value: Option<&PersonalValue>, wanted: &Email) -> bool {
    let address = value.and_then(PersonalValue::text).and_then(|text| Email::parse(text).ok());
    address.is_some_and(|address| address.folded() == wanted.folded())
}

/// Whether a login name is the one that is meant.
pub(super) fn is_login(value: Option<&PersonalValue>, wanted: &Username) -> bool {
    let login = value.and_then(PersonalValue::text).and_then(|text| Username::parse(text).ok());
    login.is_some_and(|login| login.folded() == wanted.folded())
}

/// By what a row stands in an order.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Rank {
    /// A place, a moment or a number.
    Number(i128),
    /// A text, without regard to the size of letters.
    Text(String),
    /// What is not there, or is not shown, comes last.
    Nothing,
}

impl Rank {
    /// The rank of a text.
    pub(super) fn of(value: Option<&PersonalValue>) -> Self {
        let text = value.and_then(PersonalValue::text);
        text.map_or(Self::Nothing, |text| Self::Text(text.to_lowercase()))
    }
}
