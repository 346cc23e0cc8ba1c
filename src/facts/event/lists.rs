//! Lists as they are recorded. Absent and empty, or two orders of one list, would be two spellings of
//! one event; only one of them is read.

use serde::de::{Deserialize, Deserializer, Error};

/// A list that is left out when it is empty.
pub(super) fn filled<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let list = Vec::deserialize(deserializer)?;
    if list.is_empty() {
        return Err(D::Error::custom("an empty list is left out"));
    }
    Ok(list)
}

/// The same, sorted, each element once.
pub(super) fn sorted<'de, D: Deserializer<'de>, T: Deserialize<'de> + Ord>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let list: Vec<T> = filled(deserializer)?;
    if list.is_sorted_by(|before, after| before < after) {
        Ok(list)
    } else {
        Err(D::Error::custom("a recorded list is sorted, each element once"))
    }
}
