//! What is said of a person, before and after it changed: the same in an account and in each
//! membership.

use super::Change;
use crate::facts::Sealed;

/// A sealed value that may have changed.
pub type Profile = Option<Change<Sealed>>;

/// Implements [`super::body::Body`] for an event with `email`, `name`, `reason`, `user` and
/// `username`.
macro_rules! profile_body {
    ($type:ty) => {
        impl $crate::facts::event::body::Body for $type {
            fn subjects(
                &self,
                _org: $crate::words::OrganizationId,
            ) -> Vec<$crate::words::SubjectId> {
                vec![self.user.into()]
            }

            fn sealed(&self) -> Vec<(&'static str, &$crate::facts::Sealed)> {
                let email = self.email.as_ref();
                let name = self.name.as_ref();
                let username = self.username.as_ref();
                [
                    ("/email/after", email.and_then(|change| change.after.as_ref())),
                    ("/email/before", email.and_then(|change| change.before.as_ref())),
                    ("/name/after", name.and_then(|change| change.after.as_ref())),
                    ("/name/before", name.and_then(|change| change.before.as_ref())),
                    ("/reason", self.reason.as_ref()),
                    ("/username/after", username.and_then(|change| change.after.as_ref())),
                    ("/username/before", username.and_then(|change| change.before.as_ref())),
                ]
                .into_iter()
                .filter_map(|(pointer, slot)| slot.map(|sealed| (pointer, sealed)))
                .collect()
            }

            fn sealed_mut(&mut self) -> Vec<(&'static str, &mut $crate::facts::Sealed)> {
                use $crate::facts::event::profile::sides;
                let (email_after, email_before) = sides(&mut self.email);
                let (name_after, name_before) = sides(&mut self.name);
                let (username_after, username_before) = sides(&mut self.username);
                [
                    ("/email/after", email_after),
                    ("/email/before", email_before),
                    ("/name/after", name_after),
                    ("/name/before", name_before),
                    ("/reason", self.reason.as_mut()),
                    ("/username/after", username_after),
                    ("/username/before", username_before),
                ]
                .into_iter()
                .filter_map(|(pointer, slot)| slot.map(|sealed| (pointer, sealed)))
                .collect()
            }
        }
    };
}
pub(super) use profile_body;

/// What it became and what it was.
pub(super) fn sides(profile: &mut Profile) -> (Option<&mut Sealed>, Option<&mut Sealed>) {
    match profile {
        Some(Change { after, before }) => (after.as_mut(), before.as_mut()),
        None => (None, None),
    }
}
