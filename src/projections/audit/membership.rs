//! Who joined, what they held, who left.

use super::names::Names;
use super::told::Told;
use crate::facts::Roles;
use crate::facts::event::{
    InvitationAccepted, MemberCreated, MemberRemoved, RoleChanged, SuperAdminTransferred,
};
use serde_json::{Value, json};

pub(super) fn created(event: &MemberCreated, names: &Names<'_>) -> Told {
    let told = Told::about([names.member(event.member, event.user)]);
    told.after(held(&event.roles)).cause(event.via.name())
}

pub(super) fn role_changed(event: &RoleChanged, names: &Names<'_>) -> Told {
    let told = Told::about([names.member(event.member, event.user)]);
    told.before(held(&event.before)).after(held(&event.after))
}

pub(super) fn removed(event: &MemberRemoved, names: &Names<'_>) -> Told {
    let told = Told::about([names.member(event.member, event.user)]);
    told.before(held(&event.roles)).cause(event.cause.name())
}

pub(super) fn status(told: Told, before: &str, after: &str) -> Told {
    told.before(json!({"status": before})).after(json!({"status": after}))
}

/// Two members change: each side names who held the top role, and what the other one held.
pub(super) fn transferred(event: &SuperAdminTransferred, names: &Names<'_>) -> Told {
    let (from, to) = (event.from_member, event.to_member);
    Told::about([names.member(from, event.from), names.member(to, event.to)])
        .before(json!({"super_admin": from, "other": to, "other_roles": event.to_before}))
        .after(json!({"super_admin": to, "other": from, "other_roles": event.becomes}))
}

pub(super) fn accepted(event: &InvitationAccepted, names: &Names<'_>) -> Told {
    let joined = names.member(event.member, event.user);
    let teams = event.teams.iter().map(|team| names.team(*team));
    Told::about([joined, names.invitation(event.invitation)].into_iter().chain(teams))
        .after(held(&event.roles))
}

fn held(roles: &Roles) -> Value {
    json!({"roles": roles})
}
