//! What every verb that gives a command has in common: where, in whose name, why, and how what was
//! recorded is told.

use super::failure::Failure;
use super::output::{Output, cell, moment};
use super::place::{Place, Site};
use super::selection::Of;
use super::wording::count;
use crate::doors::desk::Wished;
use crate::doors::wire::{
    ErasedIn, ErasureCertificate, Given, OrganizationName, OrganizationRow, Recorded, Why,
};
use crate::facts::Actor;
use crate::projections::{InvitationRow, MemberRow, TeamRow};
use crate::words::{OrganizationId, Reason};
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct By {
    /// In whose name; without it the operator's.
    #[arg(long, value_name = "user:ID", value_parser = user)]
    actor: Option<Actor>,
    /// Why, in their own words.
    #[arg(long, value_name = "TEXT")]
    pub(super) reason: Option<Given<Reason>>,
}

/// A command to an organization that is there.
#[derive(Debug, Args)]
pub(super) struct To {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    of: Of,
    #[command(flatten)]
    by: By,
}

fn user(text: &str) -> Result<Actor, String> {
    match text.parse() {
        Ok(user @ Actor::User(_)) => Ok(user),
        Ok(Actor::Operator(_) | Actor::Token(_) | Actor::System(_)) | Err(_) => {
            Err("expected user:ID".to_owned())
        }
    }
}

impl To {
    /// Gets ready to speak to the ledger.
    pub(super) fn open(&self, output: &Output) -> Result<Site, Failure> {
        self.place.open(output)
    }

    pub(super) fn org(&self) -> OrganizationName {
        self.of.org.clone()
    }

    pub(super) fn reason(&self) -> Option<Given<Reason>> {
        self.by.reason.clone()
    }

    pub(super) fn why(&self) -> Why {
        Why { reason: self.reason() }
    }

    /// Gives the command and tells what it led to.
    pub(super) fn give<W: Wished>(
        &self,
        site: Site,
        wish: W,
        output: &mut Output,
    ) -> Result<(), Failure> {
        self.by.give(site, wish, output)
    }
}

impl By {
    /// Gives the command and tells what it led to.
    pub(super) fn give<W: Wished>(
        &self,
        site: Site,
        wish: W,
        output: &mut Output,
    ) -> Result<(), Failure> {
        let recorded = site.give(wish, self.actor, output)?;
        if output.is_json() {
            return output.value(&recorded);
        }
        lines(&recorded).into_iter().try_for_each(|line| output.line(line))
    }
}

/// What was recorded and where, what it is about now, and the token that is told once.
fn lines(recorded: &Recorded) -> Vec<String> {
    let mut lines = vec![what(recorded)];
    let subject = &recorded.subject;
    lines.extend(subject.organization.as_ref().map(organization));
    lines.extend(subject.member.as_ref().map(member));
    lines.extend(subject.invitation.as_ref().map(invitation));
    lines.extend(subject.role.as_ref().map(|role| {
        let permissions: Vec<&str> = role.permissions.iter().map(|it| it.name()).collect();
        format!("role {}: {}", role.role, permissions.join(" "))
    }));
    lines.extend(subject.team.as_ref().map(team));
    lines.extend(subject.erasure.iter().flat_map(certificate));
    if let Some(token) = &recorded.token {
        lines.push(format!("token {} (told once, for whoever was invited)", token.0));
    }
    lines
}

fn certificate(erasure: &ErasureCertificate) -> Vec<String> {
    let who =
        erasure.user_id.map_or_else(|| "invitations".to_owned(), |user| format!("user:{user}"));
    let at = moment(erasure.recorded_at);
    let values = count(erasure.values, "value");
    let mut lines = vec![format!("erased {who}: {values}, recorded {at} UTC")];
    lines.extend(erasure.erased.iter().map(|erased| {
        let ErasedIn { organization_id, seq, org_seq, values, .. } = erased;
        let chain = match *organization_id {
            OrganizationId::DEPLOYMENT => "account".to_owned(),
            org => format!("organization {org}"),
        };
        format!("  {chain}: seq {seq} (org_seq {org_seq}), {}", count(*values, "value"))
    }));
    lines
        .push(format!("the keys are destroyed; the keyring is in epoch {}", erasure.keyring_epoch));
    lines.push(match erasure.older_keyring_copies_until {
        None => "no older copy of the keyring is known".to_owned(),
        Some(until) => {
            format!("the last older copy of the keyring is to be deleted by {} UTC", moment(until))
        }
    });
    lines
}

fn what(recorded: &Recorded) -> String {
    let slug = &recorded.heading.slug;
    let entries: u64 = recorded.recorded.values().sum();
    let last = recorded.heading.as_of.seq();
    let types = recorded.recorded.iter().map(|(event_type, number)| match number {
        1 => event_type.clone(),
        number => format!("{number} {event_type}"),
    });
    let types = types.collect::<Vec<_>>().join(", ");
    match entries {
        0 => format!("{slug}: nothing to record (seq {last})"),
        1 => format!("{slug}: {types} (seq {last})"),
        entries => {
            format!("{slug}: {types} (seq {} to {last})", (last + 1).saturating_sub(entries))
        }
    }
}

fn organization(row: &OrganizationRow) -> String {
    let OrganizationRow { header, members, entries: _ } = row;
    let seats = header.seats.map(|seats| format!(" of {seats} seats")).unwrap_or_default();
    format!(
        "organization {}: {}, {}, role set {}, {}{seats}",
        header.organization_id,
        header.name,
        header.kind,
        header.role_set,
        count(*members, "member")
    )
}

fn member(row: &MemberRow) -> String {
    let called = row.username.as_ref().or(row.email.as_ref()).or(row.name.as_ref());
    format!(
        "member {}: {}, {}, {}, user:{}",
        row.member_id,
        cell(called),
        row.roles,
        row.status,
        row.user_id
    )
}

fn invitation(row: &InvitationRow) -> String {
    let InvitationRow { invitation_id, email, roles, status, .. } = row;
    let expires = moment(row.expires_at);
    format!("invitation {invitation_id}: {email}, {roles}, {status}, expires {expires} UTC")
}

fn team(row: &TeamRow) -> String {
    let parent = row.parent.map(|parent| format!(", part of {parent}")).unwrap_or_default();
    format!(
        "team {}: {}{parent}, {}, {}",
        row.team_id,
        row.name,
        count(row.maintainers.len() as u64, "maintainer"),
        count(row.members.len() as u64, "member")
    )
}
