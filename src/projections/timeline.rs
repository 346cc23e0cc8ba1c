//! One value over its organization's history.

use super::Place;
use serde::{Deserialize, Serialize};

/// The values that one thing has had, each with the place from which it held.
///
/// There is always a first value, so the current one cannot be missing. The first stands beside the
/// list, because most things never change and an empty list costs no allocation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Timeline<T> {
    first: (Place, T),
    later: Vec<(Place, T)>,
}

impl<T> Timeline<T> {
    /// The value that holds from `place` on.
    pub fn new(place: Place, value: T) -> Self {
        Self { first: (place, value), later: Vec::new() }
    }

    /// Another value from `place` on. Places never go back; of two values set at one place the
    /// later holds, because an answer holds for whole entries.
    pub fn set(&mut self, place: Place, value: T) {
        let last = self.later.last_mut().unwrap_or(&mut self.first);
        if last.0 == place {
            last.1 = value;
        } else {
            self.later.push((place, value));
        }
    }

    /// The value at a place; none before the first.
    pub fn at(&self, place: Place) -> Option<&T> {
        self.since(place).map(|(_, value)| value)
    }

    /// The value at a place, and the place from which it held.
    pub fn since(&self, place: Place) -> Option<(Place, &T)> {
        let later = self.later.partition_point(|(from, _)| *from <= place);
        let (from, value) = match later.checked_sub(1) {
            Some(index) => &self.later[index],
            None => &self.first,
        };
        (*from <= place).then_some((*from, value))
    }

    /// All values there have been.
    pub fn values_mut(&mut self) -> impl Iterator<Item = &mut T> {
        std::iter::once(&mut self.first).chain(&mut self.later).map(|(_, value)| value)
    }

    /// The place from which there is a value.
    pub fn began(&self) -> Place {
        self.first.0
    }

    /// The value that holds at the end of the history.
    pub fn current(&self) -> &T {
        &self.later.last().unwrap_or(&self.first).1
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_holds_from_its_place_to_the_next() {
        let mut timeline = Timeline::new(Place::new(3), 'a');
        timeline.set(Place::new(5), 'b');
        timeline.set(Place::new(5), 'c');
        timeline.set(Place::new(9), 'd');
        let seen: String =
            (0..12).map(|place| timeline.at(Place::new(place)).copied().unwrap_or('.')).collect();
        assert_eq!(seen, "...aaccccddd");
        assert_eq!(timeline.current(), &'d');
        assert_eq!(timeline.since(Place::new(8)), Some((Place::new(5), &'c')));
    }

    #[test]
    fn the_first_value_can_be_set_again_at_its_own_place() {
        let mut timeline = Timeline::new(Place::new(3), 'a');
        timeline.set(Place::new(3), 'b');
        assert_eq!(timeline, Timeline::new(Place::new(3), 'b'));
    }
}
