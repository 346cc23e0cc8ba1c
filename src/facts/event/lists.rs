//! Lists as they are recorded: two orders of one list would be two spellings of one event.

use serde::de::{Deserialize, Deserializer, Error};

/// A list that is sorted, each element once.
pub(super) fn sorted<'de, D: Deserializer<'de>, T: Deserialize<'de> + Ord>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let list: Vec<T> = Vec::deserialize(deserializer)?;
    if list.is_sorted_by(|before, after| before < after) {
        Ok(list)
    } else {
        Err(D::Error::custom("a recorded list is sorted, each element once"))
    }
}
