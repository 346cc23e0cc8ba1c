//! What happened to an organization as a whole.

use super::told::{Told, object};
use crate::facts::Shown;
use crate::facts::event::{Change, OrganizationCreated, OrganizationUpdated};
use crate::projections::PersonalValue;
use serde_json::{Value, json};

pub(super) fn created(event: &OrganizationCreated) -> Value {
    object([
        ("name", Some(json!(PersonalValue::from(&event.name)))),
        ("slug", Some(json!(PersonalValue::from(&event.slug)))),
        ("kind", Some(json!(event.kind))),
        ("role_set", Some(json!(event.role_set))),
        ("seats", event.seats.map(|seats| json!(seats))),
    ])
}

pub(super) fn updated(told: Told, event: &OrganizationUpdated) -> Told {
    let [name_before, name_after] = shown(event.name.as_ref());
    let [slug_before, slug_after] = shown(event.slug.as_ref());
    let [seats_before, seats_after] = plain(event.seats.as_ref());
    let [second_before, second_after] = plain(event.second_factor.as_ref());
    let side = |name, slug, seats, second_factor| {
        object([("name", name), ("slug", slug), ("seats", seats), ("second_factor", second_factor)])
    };
    told.before(side(name_before, slug_before, seats_before, second_before)).after(side(
        name_after,
        slug_after,
        seats_after,
        second_after,
    ))
}

/// What it was and what it became.
fn shown<T>(change: Option<&Change<Shown<T>>>) -> [Option<Value>; 2]
where
    for<'a> PersonalValue: From<&'a Shown<T>>,
{
    let told = |side: Option<&Shown<T>>| side.map(|side| json!(PersonalValue::from(side)));
    let side = |of: fn(&Change<Shown<T>>) -> Option<&Shown<T>>| told(change.and_then(of));
    [side(|change| change.before.as_ref()), side(|change| change.after.as_ref())]
}

fn plain<T: Copy + serde::Serialize>(change: Option<&Change<T>>) -> [Option<Value>; 2] {
    let told = |side: Option<T>| side.map(|side| json!(side));
    [told(change.and_then(|change| change.before)), told(change.and_then(|change| change.after))]
}
