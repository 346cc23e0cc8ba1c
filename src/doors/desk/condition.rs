//! What a change is bound to: the state in which somebody saw what they change.

use super::recorded::About;
use super::role_list::role_meaning;
use crate::doors::wire::{IfMatch, Problem, StateTag};
use crate::house::Condition;
use crate::projections::{Moment, OrganizationView};
use crate::words::OrganizationId;

/// The condition that what a command is about is in one of the states that a request names.
pub(in crate::doors) fn condition(
    org: Option<OrganizationId>,
    about: &About,
    wanted: IfMatch,
) -> Result<Condition, Problem> {
    let (Some(org), false) = (org, matches!(about, About::Created | About::Erasure)) else {
        let detail = "If-Match: it is for what is there, and stays";
        return Err(Problem::wrong("wrong_condition", detail));
    };
    let about = about.clone();
    let holds = move |view: &OrganizationView, at| wanted.holds(state(view, at, &about).as_ref());
    Ok(Condition { org, holds: Box::new(holds) })
}

/// The state of a thing, as the answer to its question tags it.
fn state(view: &OrganizationView, at: Moment, about: &About) -> Option<StateTag> {
    match about {
        About::Created | About::Erasure => None,
        About::Organization => Some(StateTag::of(&view.header(at))),
        About::Member(id) => view.member(*id, at).map(|row| StateTag::of(&row)),
        About::Limits(id) => view.limits(*id, at).map(|row| StateTag::of(&row)),
        About::Invitation(id) => view.invitation(*id, at).map(|row| StateTag::of(&row)),
        About::Role(name) => role_meaning(view, at, name.as_str())
            .map(|role| StateTag::of_role(name.as_str(), role.defined_at, &role.permissions)),
        About::Team(id) => view.team(*id, at).map(|row| StateTag::of(&row)),
        About::ApiKey(id) => view.api_key(*id, at).map(|row| StateTag::of(&row)),
        About::Token(id) => {
            let tokens = view.tokens(at);
            tokens.iter().find(|row| row.token_id == *id).map(StateTag::of)
        }
    }
}
