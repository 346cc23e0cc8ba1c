//! What may be claimed in the texts behind `then`.

mod access;

use super::invariants::may;
use super::speech::{Complaint, said};
use super::stage::{Stage, address};
use rollbook::facts::event::{
    Admission, EndCause, PasswordCause, RemovalCause, RevocationCause, SecondFactorStep,
};
use rollbook::facts::{Event, Permission};
use rollbook::law::state::{InvitationStatus, Organization};
use rollbook::law::{Decision, Refusal};
use rollbook::words::{Name, OrganizationId};

/// What the last command led to.
pub(crate) type Outcome = Result<Decision, Refusal>;

/// Whether a claim holds; why not.
pub(crate) fn hold(stage: &mut Stage, outcome: &Outcome, text: &str) -> Result<(), Complaint> {
    if let Some(names) = text.strip_prefix("records ") {
        return same(&recorded(outcome)?, names);
    }
    if let Some(places) = text.strip_prefix("may be cut behind ") {
        let cuts = &outcome.as_ref().map_err(|refusal| refusal.to_string())?.cuts;
        let cuts = cuts.iter().map(usize::to_string).collect();
        return same(&listed(cuts), places);
    }
    let (text, org) = match text.rsplit_once(" in ") {
        Some((text, slug)) if !slug.contains(' ') => (text, Some(stage.organization(slug))),
        _ => (text, None),
    };
    let org = org.or(stage.org).unwrap_or(OrganizationId::DEPLOYMENT);
    if let Some(listed) = text.strip_prefix("members are ") {
        return same(&members(stage, org)?, listed);
    }
    if let Some(listed) = text.strip_prefix("pending are ") {
        return same(&pending(organization(stage, org)?), listed);
    }
    let words: Vec<&str> = text.split_whitespace().collect();
    if let Some(held) = access::hold(stage, org, &words) {
        return held;
    }
    match &words[..] {
        ["there", "are", "no", "members"] => same(&members(stage, org)?, "nothing"),
        ["nothing", "is", "pending"] => same(&pending(organization(stage, org)?), "nothing"),
        ["the", "invitation", "of", who, "is", status] => {
            same(&status_of(stage, org, who, false)?, status)
        }
        ["the", "earlier", "invitation", "of", who, "is", status] => {
            same(&status_of(stage, org, who, true)?, status)
        }
        [number, "seats", "are", "taken"] => {
            let now = stage.world.now;
            same(&organization(stage, org)?.seats_taken(now).to_string(), number)
        }
        ["team", name, "is", "under", parent] => {
            same(&parent_of(organization(stage, org)?, name)?, parent)
        }
        ["team", name, "stands", "alone"] => {
            same(&parent_of(organization(stage, org)?, name)?, "nothing")
        }
        ["there", "is", "no", "team", name] => {
            let found = organization(stage, org)?.team_named(&Name::parse(name).map_err(said)?);
            if found.is_none() { Ok(()) } else { Err(format!("there is a team {name}")) }
        }
        ["team", name, "holds", ..] => {
            let (_, listed) = text.split_once(" holds ").unwrap_or_default();
            same(&team_members(stage, org, name)?, listed)
        }
        [who, "may", "not", what] => permitted(stage, org, who, what, false),
        [who, "may", what] => permitted(stage, org, who, what, true),
        [who, "has", "joined", times, "times"] => {
            let user = stage.user(who);
            same(&stage.joinings(org, user).to_string(), times)
        }
        [who, "is", "known", "at", email] => {
            let user = stage.user(who);
            let known = stage.world.state.user(user).and_then(|known| known.email.clone());
            same(known.as_deref().unwrap_or("nothing"), email)
        }
        _ => Err(format!("nobody knows whether {text:?}")),
    }
}

fn same(found: &str, claimed: &str) -> Result<(), Complaint> {
    if found == claimed { Ok(()) } else { Err(format!("claimed {claimed}\n   found   {found}")) }
}

fn listed(all: Vec<String>) -> String {
    if all.is_empty() { "nothing".to_owned() } else { all.join(", ") }
}

fn organization(stage: &Stage, org: OrganizationId) -> Result<&Organization, Complaint> {
    stage.world.state.organization(org).ok_or_else(|| "there is no such organization".to_owned())
}

/// The types of the facts, with what tells two of a kind apart.
fn recorded(outcome: &Outcome) -> Result<String, Complaint> {
    let decision = outcome.as_ref().map_err(|refusal| format!("refused: {}", refusal.code()))?;
    let named = decision.facts.iter().map(|fact| {
        let name = fact.event.type_name();
        match detail(&fact.event) {
            Some(detail) => format!("{name} ({detail})"),
            None => name.to_owned(),
        }
    });
    Ok(listed(named.collect()))
}

fn detail(event: &Event) -> Option<&'static str> {
    match event {
        Event::MemberCreated(event) => Some(Admission::name(event.via)),
        Event::MemberRemoved(event) => Some(RemovalCause::name(event.cause)),
        Event::InvitationRevoked(event) => Some(RevocationCause::name(event.cause)),
        Event::TokenRevoked(event) => Some(EndCause::name(event.cause)),
        Event::ApiKeyRevoked(event) => Some(EndCause::name(event.cause)),
        Event::PasswordSet(event) => Some(PasswordCause::name(event.cause)),
        Event::SecondFactorChanged(event) => Some(SecondFactorStep::name(event.step)),
        _ => None,
    }
}

/// `ada owner, bob admin+auditor, carl member suspended`, by name.
fn members(stage: &Stage, org: OrganizationId) -> Result<String, Complaint> {
    let organization = organization(stage, org)?;
    let mut all: Vec<String> = organization
        .members()
        .map(|(user, member)| {
            let suspended = if member.suspended { " suspended" } else { "" };
            let roles = member.roles.to_string().replace(", ", "+");
            format!("{} {roles}{suspended}", stage.name_of(user))
        })
        .collect();
    all.sort();
    Ok(listed(all))
}

/// The addresses that are invited and have not answered, by address.
fn pending(organization: &Organization) -> String {
    let waiting = organization.invitations().map(|(_, invitation)| invitation);
    let waiting = waiting.filter(|invitation| invitation.status == InvitationStatus::Pending);
    let mut all: Vec<String> = waiting
        .map(|found| {
            format!("{} {}", found.email.as_deref().unwrap_or_default(), found.roles)
                .replace(", ", "+")
        })
        .collect();
    all.sort();
    listed(all)
}

fn status_of(
    stage: &mut Stage,
    org: OrganizationId,
    who: &str,
    before_last: bool,
) -> Result<String, Complaint> {
    let id = stage.invitation(org, &address(who), before_last);
    let found = organization(stage, org)?.invitation(id);
    let status = found.ok_or_else(|| format!("{who} was never invited"))?.status;
    Ok(match status {
        InvitationStatus::Pending => "pending",
        InvitationStatus::Accepted => "accepted",
        InvitationStatus::Declined => "declined",
        InvitationStatus::Revoked => "revoked",
        InvitationStatus::Expired => "expired",
    }
    .to_owned())
}

fn parent_of(organization: &Organization, name: &str) -> Result<String, Complaint> {
    let team = organization.team_named(&Name::parse(name).map_err(said)?);
    let team =
        team.and_then(|id| organization.team(id)).ok_or_else(|| format!("no team {name}"))?;
    let parent = team.parent.and_then(|id| organization.team(id));
    Ok(parent.map_or_else(|| "nothing".to_owned(), |parent| parent.name.to_string()))
}

/// `ada maintainer, bob member`, by name.
fn team_members(stage: &Stage, org: OrganizationId, name: &str) -> Result<String, Complaint> {
    let organization = organization(stage, org)?;
    let team = organization.team_named(&Name::parse(name).map_err(said)?);
    let team =
        team.and_then(|id| organization.team(id)).ok_or_else(|| format!("no team {name}"))?;
    let mut all: Vec<String> =
        team.members().map(|(user, role)| format!("{} {role}", stage.name_of(user))).collect();
    all.sort();
    Ok(listed(all))
}

fn permitted(
    stage: &mut Stage,
    org: OrganizationId,
    who: &str,
    what: &str,
    claimed: bool,
) -> Result<(), Complaint> {
    let user = stage.user(who);
    let what = Permission::from_name(what).ok_or_else(|| format!("{what:?} is no permission"))?;
    if may(&stage.world.state, org, user, what) == claimed {
        Ok(())
    } else {
        Err(format!("{who} may {}{what}", if claimed { "not " } else { "" }))
    }
}
