//! What may be claimed of accounts, tokens, API keys and of who sees what.

use super::{listed, organization, same};
use crate::law::speech::{Complaint, duration};
use crate::law::stage::Stage;
use rollbook::facts::{Actor, Holder, Permission};
use rollbook::law::Refusal;
use rollbook::law::sight::Sight;
use rollbook::words::{OrganizationId, UserId};

/// Whether a claim holds, where it is one of these.
pub(super) fn hold(
    stage: &mut Stage,
    org: OrganizationId,
    words: &[&str],
) -> Option<Result<(), Complaint>> {
    Some(match words {
        [who, "is", claimed @ ("proven" | "unproven")] => {
            let user = stage.user(who);
            let proven = stage.world.state.user(user).is_some_and(|known| known.verified);
            same(if proven { "proven" } else { "unproven" }, claimed)
        }
        [who, "has", "no", "password"] => same(&password(stage, who), "nothing"),
        [who, "has", "the", "password", text] => same(&password(stage, who), text),
        [who, "has", "the", "codes", codes] => same(&codes_of(stage, who), codes),
        [who, "has", "no", "codes"] => same(&codes_of(stage, who), "nothing"),
        ["a", "session", "of", who, "from", long, claimed @ ("holds" | "ended")] => {
            let user = stage.user(who);
            match duration(long) {
                Ok(long) => {
                    let holds = stage.world.state.session_holds(user, stage.ago(long));
                    same(if holds { "holds" } else { "ended" }, claimed)
                }
                Err(complaint) => Err(complaint),
            }
        }
        ["tokens", "are", listed @ ..] => {
            same(&tokens(stage, org, Holder::Organization), &listed.join(" "))
        }
        ["tokens", "of", "operators", "are", listed @ ..] => {
            same(&tokens(stage, OrganizationId::DEPLOYMENT, Holder::Operator), &listed.join(" "))
        }
        ["tokens", "of", who, "are", listed @ ..] => {
            let holder = Holder::User(stage.user(who));
            same(&tokens(stage, OrganizationId::DEPLOYMENT, holder), &listed.join(" "))
        }
        ["keys", "are", listed @ ..] => match keys(stage, org) {
            Ok(found) => same(&found, &listed.join(" ")),
            Err(complaint) => Err(complaint),
        },
        [who, "is", "bounded"] => bounded(stage, org, who, "bounded"),
        [who, "is", "unbounded"] => bounded(stage, org, who, "unbounded"),
        [who, "sees", claimed, "of", what] => sees(stage, org, who, what, claimed),
        [who, "knows", "it"] => knows(stage, org, who, "knows"),
        [who, "knows", "nothing"] => knows(stage, org, who, "does not know"),
        _ => return None,
    })
}

fn password(stage: &mut Stage, who: &str) -> String {
    let user = stage.user(who);
    let account = stage.world.state.account(user);
    let password = account.and_then(|account| account.password.as_deref());
    password.unwrap_or("nothing").to_owned()
}

fn codes_of(stage: &mut Stage, who: &str) -> String {
    let user = stage.user(who);
    let factor = stage.world.state.account(user).and_then(|found| found.second_factor.as_ref());
    let codes = factor.map(|factor| factor.recovery.as_deref().unwrap_or("none"));
    codes.unwrap_or("nothing").to_owned()
}

fn tokens(stage: &Stage, org: OrganizationId, holder: Holder) -> String {
    let all = stage.world.state.tokens(org, holder);
    listed(all.map(|(_, token)| token.name.to_string()).collect())
}

/// `laptop of bob, phone of carl`, by name.
fn keys(stage: &Stage, org: OrganizationId) -> Result<String, Complaint> {
    let all = organization(stage, org)?.api_keys();
    let named = all.map(|(_, key)| format!("{} of {}", key.name, stage.name_of(key.user)));
    let mut all: Vec<String> = named.collect();
    all.sort();
    Ok(listed(all))
}

fn bounded(
    stage: &mut Stage,
    org: OrganizationId,
    who: &str,
    claimed: &str,
) -> Result<(), Complaint> {
    let user: UserId = stage.user(who);
    let bounds = organization(stage, org)?.bounds(user);
    same(if bounds.is_some() { "bounded" } else { "unbounded" }, claimed)
}

/// `all`, `own`, `nothing`, or the code of a refusal.
fn sees(
    stage: &mut Stage,
    org: OrganizationId,
    who: &str,
    what: &str,
    claimed: &str,
) -> Result<(), Complaint> {
    let what = Permission::from_name(what).ok_or_else(|| format!("{what:?} is no permission"))?;
    let (actor, _) = stage.actor(who);
    let found = match stage.world.state.sight(actor, org, what, stage.world.now) {
        Ok(Sight::All) => "all",
        Ok(Sight::Own(user)) if actor == Actor::User(user) => "own",
        Ok(Sight::Own(_)) => "somebody else's",
        Ok(Sight::Nothing) => "nothing",
        Err(refusal) => Refusal::code(&refusal),
    };
    same(found, claimed)
}

fn knows(
    stage: &mut Stage,
    org: OrganizationId,
    who: &str,
    claimed: &str,
) -> Result<(), Complaint> {
    let (actor, _) = stage.actor(who);
    let knows = stage.world.state.knows(actor, org, stage.world.now);
    same(if knows { "knows" } else { "does not know" }, claimed)
}
