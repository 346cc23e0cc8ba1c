//! The register in which rows are entered and struck off, readable as of any place.

use super::Place;
use serde::{Deserialize, Serialize};

/// Which rows stand in a register, at every place of its organization's history.
///
/// Rows are numbered from 0 in the order in which they are entered; each is entered once and struck
/// off at most once. Whoever owns the roll keeps what a row means in a vector of the same order.
///
/// # Cost
///
/// Reading at place P must not depend on how long the history is. So the roll is cut into *eras*.
/// An era begins with the list of all rows that stood then, and ends once half as many changes have
/// followed as that list is long (at least [`Roll::ERA_CHANGES`]). An answer takes the last era
/// that began at or before P (a binary search), its list, and the rows entered from there to P
/// (they are neighbours, since rows are numbered by entry), and leaves out what was struck off by
/// P.
///
/// With L rows at the beginning of an era, e entered and s struck off until P, L + e rows are
/// looked at and at least L + e - s stand. Since e + s ≤ L/2, that is at most twice what stands;
/// for a list shorter than 128 it is at most 192 rows. Were an era as long as its list, an
/// organization that lost everybody within one era would look at everybody who ever belonged to
/// name nobody.
///
/// An era's list has at most 1.5 × L rows, where L began the era before and at least L/2 changes
/// lie between: three numbers a change at worst, two where the size is steady. Memory stays
/// proportional to the number of changes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Roll {
    /// By row: where it was entered. Ascending.
    entered: Vec<Place>,
    /// By row: where it was struck off; [`Place::NEVER`] while it stands.
    struck: Vec<Place>,
    /// Ascending by `from`. Before the first lies an era that began with no rows.
    eras: Vec<Era>,
    /// Changes since the last era began.
    changes: usize,
    standing: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Era {
    from: Place,
    /// Rows that stood when it began, ascending.
    standing: Box<[u32]>,
    /// The first row that was not yet entered.
    next: u32,
}

impl Roll {
    /// The least number of changes in an era: for small lists, the list of an era is then small
    /// beside the changes it stands for.
    pub const ERA_CHANGES: usize = 64;

    /// Enters the next row and says its number.
    pub fn enter(&mut self, place: Place) -> u32 {
        let row = self.next();
        self.entered.push(place);
        self.struck.push(Place::NEVER);
        self.standing += 1;
        self.changed(place);
        row
    }

    /// Strikes a row off. False when it does not stand, and then nothing changes.
    pub fn strike(&mut self, place: Place, row: u32) -> bool {
        match self.struck.get_mut(row as usize) {
            Some(struck) if *struck == Place::NEVER => *struck = place,
            Some(_) | None => return false,
        }
        self.standing -= 1;
        self.changed(place);
        true
    }

    /// The rows that stood at a place, in the order in which they were entered.
    pub fn at(&self, place: Place) -> impl Iterator<Item = u32> {
        self.candidates(place).filter(move |row| self.struck[*row as usize] > place)
    }

    /// The rows that stand at the end of the history.
    pub fn current(&self) -> impl Iterator<Item = u32> {
        self.at(Place::LAST)
    }

    /// How many rows stand at the end of the history.
    pub fn standing(&self) -> usize {
        self.standing
    }

    /// Whether a row stood at a place.
    pub fn stood(&self, row: u32, place: Place) -> bool {
        self.interval(row)
            .is_some_and(|(from, to)| from <= place && to.is_none_or(|struck| place < struck))
    }

    /// Where a row was entered, and where it was struck off if it was.
    pub fn interval(&self, row: u32) -> Option<(Place, Option<Place>)> {
        let entered = *self.entered.get(row as usize)?;
        let struck = *self.struck.get(row as usize)?;
        Some((entered, (struck != Place::NEVER).then_some(struck)))
    }

    /// How many rows had been entered at a place, standing or not.
    pub fn entered_by(&self, place: Place) -> u32 {
        row_number(self.entered.partition_point(|entered| *entered <= place))
    }

    fn next(&self) -> u32 {
        row_number(self.entered.len())
    }

    /// All rows that are looked at in order to answer for a place.
    fn candidates(&self, place: Place) -> impl Iterator<Item = u32> {
        let begun = self.eras.partition_point(|era| era.from <= place);
        let (standing, next) = match begun.checked_sub(1) {
            Some(index) => (&*self.eras[index].standing, self.eras[index].next),
            None => (&[][..], 0),
        };
        standing.iter().copied().chain(next..self.entered_by(place).max(next))
    }

    fn changed(&mut self, place: Place) {
        self.changes += 1;
        let at_beginning = self.eras.last().map_or(0, |era| era.standing.len());
        if self.changes >= Self::ERA_CHANGES.max(at_beginning / 2) {
            let standing = self.current().collect();
            self.eras.push(Era { from: place, standing, next: self.next() });
            self.changes = 0;
        }
    }
}

/// Rows are made by entries of one organization, and those are counted in 32 bits; see [`Place`].
fn row_number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// What to do at the next place: enter (even) or strike off one that stands (odd), and whether
    /// the place moves on before it.
    fn steps() -> impl Strategy<Value = Vec<(u8, u16, bool)>> {
        prop::collection::vec((any::<u8>(), any::<u16>(), any::<bool>()), 0..400)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(100))]
        #[test]
        fn every_place_reads_as_a_list_kept_by_hand(steps in steps(), lean in 0u8..=255) {
            let mut roll = Roll::default();
            let mut standing: Vec<u32> = Vec::new();
            let mut place = 0;
            let mut by_place = vec![Vec::new()];
            for (choice, pick, moves_on) in steps {
                if moves_on {
                    place += 1;
                    by_place.push(standing.clone());
                }
                if choice >= lean && !standing.is_empty() {
                    let row = standing.remove(usize::from(pick) % standing.len());
                    prop_assert!(roll.strike(Place::new(place), row));
                    prop_assert!(!roll.strike(Place::new(place), row));
                } else {
                    standing.push(roll.enter(Place::new(place)));
                }
                by_place[place as usize] = standing.clone();
            }
            for (place, expected) in by_place.iter().enumerate() {
                let place = Place::new(place as u32);
                prop_assert_eq!(&roll.at(place).collect::<Vec<_>>(), expected);
                for row in 0..=roll.next() {
                    prop_assert_eq!(roll.stood(row, place), expected.contains(&row));
                }
            }
            prop_assert_eq!(roll.standing(), standing.len());
            prop_assert_eq!(roll.current().collect::<Vec<_>>(), standing);
        }
    }

    /// Grows to 20,000 rows, is emptied, and then lives on with a few rows that come and go.
    fn long_history() -> Roll {
        let mut roll = Roll::default();
        for place in 0..20_000 {
            roll.enter(Place::new(place));
        }
        for row in 0..20_000 {
            assert!(roll.strike(Place::new(20_000 + row), row));
        }
        for place in 0..30_000 {
            let row = roll.enter(Place::new(40_000 + 2 * place));
            assert!(roll.strike(Place::new(40_001 + 2 * place), row));
        }
        roll
    }

    #[test]
    fn the_work_of_an_answer_follows_its_length_and_not_the_history() {
        let roll = long_history();
        for place in (0..100_000).step_by(7) {
            let place = Place::new(place);
            let work = roll.candidates(place).count();
            let rows = roll.at(place).count();
            assert!(work <= 2 * rows + 192, "{place:?}: {work} looked at for {rows}");
        }
    }

    #[test]
    fn memory_follows_the_number_of_changes() {
        let numbers: usize = long_history().eras.iter().map(|era| era.standing.len()).sum();
        assert!(numbers <= 3 * 100_000, "{numbers}");
    }
}
