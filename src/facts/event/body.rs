//! What all events have in common: subjects and sealed values.

use crate::facts::{Sealed, Shown};
use crate::words::{OrganizationId, SubjectId};

/// One event type's data.
pub(super) trait Body {
    /// About whom it is.
    fn subjects(&self, org: OrganizationId) -> Vec<SubjectId>;
    /// Sealed values with their JSON pointers, sorted by pointer.
    fn sealed(&self) -> Vec<(&'static str, &Sealed)>;
    /// The same, to be changed.
    fn sealed_mut(&mut self) -> Vec<(&'static str, &mut Sealed)>;
}

/// A field that may hold a sealed value.
pub(super) trait Slot {
    fn slot(&self) -> Option<&Sealed>;
    fn slot_mut(&mut self) -> Option<&mut Sealed>;
}

impl Slot for Sealed {
    fn slot(&self) -> Option<&Sealed> {
        Some(self)
    }
    fn slot_mut(&mut self) -> Option<&mut Sealed> {
        Some(self)
    }
}

impl<T: Slot> Slot for Option<T> {
    fn slot(&self) -> Option<&Sealed> {
        self.as_ref().and_then(T::slot)
    }
    fn slot_mut(&mut self) -> Option<&mut Sealed> {
        self.as_mut().and_then(T::slot_mut)
    }
}

impl<T> Slot for Shown<T> {
    fn slot(&self) -> Option<&Sealed> {
        self.sealed()
    }
    fn slot_mut(&mut self) -> Option<&mut Sealed> {
        self.sealed_mut()
    }
}

/// Implements [`Body`]: the subjects, then each sealed field with its JSON pointer.
macro_rules! body {
    ($type:ty, |$event:ident, $org:ident| $subjects:expr, {
        $($pointer:literal => $($field:ident).+),* $(,)?
    }) => {
        impl $crate::facts::event::body::Body for $type {
            fn subjects(
                &self,
                $org: $crate::words::OrganizationId,
            ) -> Vec<$crate::words::SubjectId> {
                let $event = self;
                $subjects
            }
            fn sealed(&self) -> Vec<(&'static str, &$crate::facts::Sealed)> {
                #[allow(unused_imports)]
                use $crate::facts::event::body::Slot;
                let slots: Vec<(&'static str, Option<&$crate::facts::Sealed>)> =
                    vec![$(($pointer, self.$($field).+.slot())),*];
                slots
                    .into_iter()
                    .filter_map(|(pointer, slot)| slot.map(|sealed| (pointer, sealed)))
                    .collect()
            }
            fn sealed_mut(&mut self) -> Vec<(&'static str, &mut $crate::facts::Sealed)> {
                #[allow(unused_imports)]
                use $crate::facts::event::body::Slot;
                let slots: Vec<(&'static str, Option<&mut $crate::facts::Sealed>)> =
                    vec![$(($pointer, self.$($field).+.slot_mut())),*];
                slots
                    .into_iter()
                    .filter_map(|(pointer, slot)| slot.map(|sealed| (pointer, sealed)))
                    .collect()
            }
        }
    };
}
pub(super) use body;
