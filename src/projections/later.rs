//! Values that few rows ever exchange for another.

use super::Place;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The values that rows had after their first, which stands with the row itself: a row that keeps
/// its first value costs nothing here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) struct Later<T>(BTreeMap<u32, Vec<(Place, T)>>);

impl<T> Default for Later<T> {
    fn default() -> Self {
        Self(BTreeMap::new())
    }
}

impl<T> Later<T> {
    /// Another value from `place` on. Places never go back.
    pub(super) fn set(&mut self, place: Place, row: u32, value: T) {
        let Some(values) = self.0.get_mut(&row) else {
            // Room for one: most rows that change do so once.
            self.0.insert(row, vec![(place, value)]);
            return;
        };
        match values.last_mut() {
            Some(last) if last.0 == place => last.1 = value,
            Some(_) | None => values.push((place, value)),
        }
    }

    /// All values that a row had after its first.
    pub(super) fn of_mut(&mut self, row: u32) -> impl Iterator<Item = &mut T> {
        self.0.get_mut(&row).into_iter().flatten().map(|(_, value)| value)
    }

    /// The rows that ever had another value than their first, ascending.
    pub(super) fn rows(&self) -> impl Iterator<Item = u32> {
        self.0.keys().copied()
    }

    /// The value at a place, and the place from which it held; none while the first one did.
    pub(super) fn since(&self, place: Place, row: u32) -> Option<(Place, &T)> {
        let values = self.0.get(&row)?;
        let begun = values.partition_point(|(from, _)| *from <= place);
        values[..begun].last().map(|(from, value)| (*from, value))
    }

    /// The value at a place, where `first` is the row's first one.
    pub(super) fn at<'a>(&'a self, place: Place, row: u32, first: &'a T) -> &'a T {
        self.since(place, row).map_or(first, |(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_has_its_first_value_until_another_is_set() {
        let mut later = Later::default();
        later.set(Place::new(5), 1, 'b');
        later.set(Place::new(9), 1, 'x');
        later.set(Place::new(9), 1, 'c');
        let seen = |row| -> String {
            (3..12).map(|place| *later.at(Place::new(place), row, &'a')).collect()
        };
        assert_eq!(seen(1), "aabbbbccc");
        assert_eq!(seen(0), "aaaaaaaaa");
        assert_eq!(later.since(Place::new(8), 1), Some((Place::new(5), &'b')));
        assert_eq!(later.since(Place::new(4), 1), None);
    }
}
