//! What is said of people, and how they sign in. Never a password's hash, a secret or a code.

use super::Concern;
use super::names::Names;
use super::told::{Told, object, personal};
use crate::facts::event::{EmailReleased, EmailVerified, PersonalDataErased, Profile, UserCreated};
use crate::facts::{Sealed, event::Change};
use crate::projections::PersonalValue;
use serde_json::Value;

/// What was said of somebody before and after, as far as it changed.
pub(super) fn changed(told: Told, username: &Profile, name: &Profile, email: &Profile) -> Told {
    let side = |of: fn(&Change<Sealed>) -> Option<&Sealed>| -> Value {
        let value = |profile: &Profile| personal(profile.as_ref().and_then(of));
        object([("username", value(username)), ("name", value(name)), ("email", value(email))])
    };
    told.before(side(|change| change.before.as_ref())).after(side(|change| change.after.as_ref()))
}

pub(super) fn signed_up(event: &UserCreated) -> Told {
    let shown = |sealed: &Option<_>| sealed.as_ref().map(PersonalValue::from);
    let user = Concern::User {
        user_id: event.user,
        username: shown(&event.username),
        name: shown(&event.name),
    };
    Told::about([user]).after_any(object([("email", personal(event.email.as_ref()))]))
}

pub(super) fn email_verified(event: &EmailVerified, names: &Names<'_>) -> Told {
    let after = object([("email", personal(Some(&event.email)))]);
    Told::about([names.user(event.user)]).after(after)
}

pub(super) fn email_released(event: &EmailReleased, names: &Names<'_>) -> Told {
    let before = object([("email", personal(Some(&event.email)))]);
    Told::about([names.user(event.user)]).before(before)
}

/// Whom it was about is told by what is left: identifiers.
pub(super) fn erased(event: &PersonalDataErased, names: &Names<'_>) -> Told {
    let user = event.user.map(|user| names.user(user));
    let organization = event.organization.then(|| names.organization());
    let invitations = event.invitations.iter().map(|id| names.invitation(*id));
    Told::about(user.into_iter().chain(organization).chain(invitations))
}
