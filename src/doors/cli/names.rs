//! Members, teams and invitations by the names that people have for them.

use super::failure::Failure;
use super::place::Site;
use crate::doors::wire::{
    Invitations, ListedInvitations, ListedMembers, ListedTeams, Members, OrganizationName, Teams,
};
use crate::projections::PersonalValue;
use crate::words::{Email, InvitationId, MemberId, TeamId, Username};

/// The most that is told of a name that means nobody.
const SHOWN_CHARS: usize = 64;

fn unnamed(what: &'static str, code: &'static str, name: &str, org: &OrganizationName) -> Failure {
    let name = name.chars().take(SHOWN_CHARS).collect();
    Failure::Unnamed { what, code, name, organization: org.to_string() }
}

/// A member by identifier, username or e-mail address.
pub(super) fn member(site: &Site, org: &OrganizationName, name: &str) -> Result<MemberId, Failure> {
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    let question = Members { org: org.clone(), parameters: ListedMembers::default() };
    let found =
        site.ask_whole(&question)?.members.into_iter().find(|row| {
            is_username(row.username.as_ref(), name) || is_email(row.email.as_ref(), name)
        });
    let unnamed = || unnamed("member", "unknown_member", name, org);
    found.map(|row| row.member_id).ok_or_else(unnamed)
}

/// A team by identifier or name.
pub(super) fn team(site: &Site, org: &OrganizationName, name: &str) -> Result<TeamId, Failure> {
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    let question = Teams { org: org.clone(), parameters: ListedTeams::default() };
    let found = site.ask_whole(&question)?.teams.into_iter().find(|row| row.name.as_str() == name);
    found.map(|row| row.team_id).ok_or_else(|| unnamed("team", "unknown_team", name, org))
}

/// An invitation by identifier, or the one that was sent last to an address.
pub(super) fn invitation(
    site: &Site,
    org: &OrganizationName,
    name: &str,
) -> Result<InvitationId, Failure> {
    if let Ok(id) = name.parse() {
        return Ok(id);
    }
    let question = Invitations { org: org.clone(), parameters: ListedInvitations::default() };
    let mut rows = site.ask_whole(&question)?.invitations.into_iter().rev();
    let found = rows.find(|row| is_email(Some(&row.email), name));
    let unnamed = || unnamed("invitation", "unknown_invitation", name, org);
    found.map(|row| row.invitation_id).ok_or_else(unnamed)
}

fn is_username(known: Option<&PersonalValue>, name: &str) -> bool {
    let folded = |text: &str| Username::parse(text).ok().map(|it| it.folded());
    let known = known.and_then(PersonalValue::text).and_then(folded);
    known.is_some() && known == folded(name)
}

fn is_email(known: Option<&PersonalValue>, name: &str) -> bool {
    let folded = |text: &str| Email::parse(text).ok().map(|it| it.folded());
    let known = known.and_then(PersonalValue::text).and_then(folded);
    known.is_some() && known == folded(name)
}
