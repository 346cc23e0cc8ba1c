//! What a store answers, as a text that people can read.
//!
//! Every field is named here, so that a view that gains one does not change what is told.

use rollbook::facts::Entry;
use rollbook::facts::event::Limits;
use rollbook::house::Ledger;
use rollbook::projections::{
    ApiKeyRow, AsOf, AuditRow, AuditorRow, Concern, InvitationRow, LimitsRow, MemberRow, Moment,
    OrganizationView, PersonalValue, TeamMemberRow, TokenRow, Views,
};
use rollbook::proof::Chains;
use rollbook::words::{OrganizationId, Timestamp};
use serde_json::Value;
use std::fmt::{self, Display, Write};

/// Everything that the first `size` entries answer.
pub(super) fn answers(ledger: &Ledger, size: u64) -> String {
    let mut chains = Chains::new(ledger.origin().clone());
    let mut entries = Vec::new();
    for seq in 0..size {
        let record = ledger.read(seq, 1).unwrap().remove(0);
        let entry = ledger.unseal(&record).unwrap().entry;
        chains.extend(&entry, &record.bytes);
        entries.push(entry);
    }
    let whole = chains.whole();
    let mut text = format!("ledger {}, {size} entries\n", ledger.origin());
    writeln!(text, "head {}\nroot {}", whole.hash, whole.frontier.root()).unwrap();
    let views = ledger.views();
    for view in views.organizations() {
        let told = Told { views: &views, view, at: view.moment(AsOf::Seq(size - 1), MAX).unwrap() };
        let chain = chains.organization(view.id());
        let (head, root) = (chain.hash, chain.frontier.root());
        writeln!(text, "\norganization {}\nhead {head}\nroot {root}", view.id()).unwrap();
        told.write(&mut text, &entries).unwrap();
    }
    let own = entries.iter().filter(|entry| entry.fact.org == OrganizationId::DEPLOYMENT);
    let own = own.map(|entry| history(&AuditRow::alone(entry)));
    section(&mut text, "\nthe deployment's own history", own).unwrap();
    text
}

const MAX: Timestamp = Timestamp::MAX;

struct Told<'a> {
    views: &'a Views,
    view: &'a OrganizationView,
    /// The end of what is told.
    at: Moment,
}

impl Told<'_> {
    fn write(&self, text: &mut String, entries: &[Entry]) -> fmt::Result {
        let header = self.view.header(self.at);
        writeln!(text, "{} ({})", header.slug, header.name)?;
        let (kind, set) = (header.kind, header.role_set);
        write!(text, "{kind}, role set {set}, created {}", header.created_at)?;
        writeln!(
            text,
            "{}{}{}",
            also(", seats ", header.seats),
            also(", certified ", header.certified_at),
            also(", dissolved ", header.dissolved_at),
        )?;
        let own = |entry: &&Entry| entry.fact.org == self.view.id();
        let own: Vec<&Entry> = entries.iter().filter(own).collect();
        section(text, "members", self.view.members(self.at).iter().map(member))?;
        let roles = self.view.roles(self.at).into_iter();
        let roles = roles.map(|row| {
            let allows = row.permissions.map(|allows| json(&allows));
            format!("{}{}, held by {}", row.role, also(" allows ", allows), row.holders)
        });
        section(text, "roles", roles)?;
        section(text, "teams", self.teams())?;
        section(text, "invitations", self.view.invitations(self.at).iter().map(invitation))?;
        // Nothing was recorded in between: what is pending runs out by time alone.
        let later = Timestamp::parse_any("2029-12-31").unwrap();
        let later = self.views.moment(self.view, AsOf::Time(later), MAX).unwrap();
        let later = self.view.invitations(later).into_iter();
        let later = later.map(|row| format!("{} {}", row.invitation_id, row.status));
        section(text, "invitations in 2029", later)?;
        section(text, "tokens", self.view.tokens(self.at).iter().map(token))?;
        section(text, "auditors", self.view.auditors(self.at).iter().map(auditor))?;
        section(text, "API keys", self.view.api_keys(self.at).iter().map(key))?;
        let members = self.view.members(self.at).into_iter();
        let bounded = members.filter_map(|row| self.view.limits(row.member_id, self.at));
        section(
            text,
            "limits",
            bounded.filter(|row| row.changed_at.is_some()).map(|row| limits(&row)),
        )?;
        section(text, "who belonged, from when on", self.lists(&own))?;
        section(text, "history", own.iter().map(|entry| history(&AuditRow::of(entry, self.view))))
    }

    fn teams(&self) -> impl Iterator<Item = String> {
        self.view.teams(self.at).into_iter().map(|team| {
            let who = |rows: &[TeamMemberRow]| {
                let names = rows.iter().map(|row| called(row.username.as_ref(), row.member_id));
                names.collect::<Vec<_>>().join(" ")
            };
            let (parent, id) = (also(" in ", team.parent), team.team_id);
            let (leads, others) = (who(&team.maintainers), who(&team.members));
            format!("{} {id}{parent}: maintainers [{leads}], members [{others}]", team.name)
        })
    }

    /// The list of members as of each moment at which it became another, asked for by its time.
    fn lists(&self, entries: &[&Entry]) -> Vec<String> {
        let mut lists: Vec<(Timestamp, String)> = Vec::new();
        for time in entries.iter().map(|entry| entry.effective_time()) {
            let at = self.views.moment(self.view, AsOf::Time(time), MAX).unwrap();
            let rows = self.view.members(at);
            let rows = rows.iter().map(|row| {
                let who = called(row.username.as_ref(), row.member_id);
                format!("{who} ({}, {})", row.roles, row.status)
            });
            let list = rows.collect::<Vec<_>>().join(", ");
            if lists.last().is_none_or(|(_, last)| *last != list) {
                lists.push((time, list));
            }
        }
        lists.into_iter().map(|(time, list)| format!("{time} {list}")).collect()
    }
}

fn section(text: &mut String, title: &str, rows: impl IntoIterator<Item = String>) -> fmt::Result {
    let mut rows = rows.into_iter().peekable();
    if rows.peek().is_some() {
        writeln!(text, "{title}:")?;
    }
    rows.try_for_each(|row| writeln!(text, "  {row}"))
}

fn member(row: &MemberRow) -> String {
    format!(
        "{} {}{}{}: {}, {}, joined {} (org_seq {}, {}) by {}, user {}, roles since {}",
        called(row.username.as_ref(), row.member_id),
        row.member_id,
        also(" ", row.name.as_ref()),
        also(" ", row.email.as_ref()),
        row.roles,
        row.status,
        row.joined_at,
        row.joined_org_seq,
        json(&row.via),
        row.added_by,
        row.user_id,
        row.role_since,
    )
}

fn token(row: &TokenRow) -> String {
    format!(
        "{} {}: {}, {}{}, issued {} (org_seq {}) by {}, expires {}{}",
        row.name,
        row.token_id,
        json(&row.scopes),
        row.status,
        also(" because ", row.cause),
        row.issued_at,
        row.issued_org_seq,
        row.issued_by,
        row.expires_at,
        also(", revoked ", row.revoked_at),
    )
}

fn auditor(row: &AuditorRow) -> String {
    format!(
        "{} {}{}{}: {}, granted {} (org_seq {}) by {}{}{}",
        called(row.username.as_ref(), row.user_id),
        row.user_id,
        also(" ", row.name.as_ref()),
        also(" ", row.email.as_ref()),
        row.status,
        row.granted_at,
        row.granted_org_seq,
        row.granted_by,
        also(", expires ", row.expires_at),
        also(", withdrawn ", row.withdrawn_at),
    )
}

fn key(row: &ApiKeyRow) -> String {
    format!(
        "{} {}{}{} of {} {}: {}{}, issued {} (org_seq {}) by {}{}",
        row.name,
        row.api_key_id,
        also(" ", row.prefix.as_ref()),
        also(" in ", row.environment.as_ref()),
        called(row.username.as_ref(), row.member_id),
        row.user_id,
        row.status,
        also(" because ", row.cause),
        row.issued_at,
        row.issued_org_seq,
        row.issued_by,
        also(", revoked ", row.revoked_at),
    )
}

fn limits(row: &LimitsRow) -> String {
    let who = called(row.username.as_ref(), row.member_id);
    let bounds = Limits { budget: row.budget.clone(), rate: row.rate };
    format!("{who} {}: {}{}", row.user_id, json(&bounds), also(" since ", row.changed_at))
}

fn invitation(row: &InvitationRow) -> String {
    let (id, email, roles, status) = (row.invitation_id, &row.email, &row.roles, row.status);
    let teams: Vec<String> = row.teams.iter().map(ToString::to_string).collect();
    let teams = (!teams.is_empty()).then(|| teams.join(" "));
    format!(
        "{email} {id}: {roles}{}, {status}{}, sent {} times from {} (org_seq {}) by {}, expires \
         {}{}{}",
        also(" in ", teams),
        also(" because ", row.cause),
        row.sends,
        row.sent_at,
        row.sent_org_seq,
        row.inviter,
        row.expires_at,
        also(", ended ", row.ended_at),
        also(", joined as ", row.member_id),
    )
}

fn history(row: &AuditRow) -> String {
    let concerns: Vec<String> = row.concerns.iter().map(concern).collect();
    let source = row.source.as_ref().map(|source| {
        let baseline = if source.baseline { ", baseline" } else { "" };
        format!("{} {} line {}{baseline}", source.repo, source.commit, source.seq)
    });
    format!(
        "{} {} {}{} {}{}: {} {}{}{}{}{}, cmd {}{}",
        row.seq,
        row.org_seq,
        row.happened_at,
        also(" recorded ", (row.recorded_at != row.happened_at).then_some(row.recorded_at)),
        row.actor,
        also(" ", row.actor_username.as_ref()),
        row.event_type,
        concerns.join(", "),
        also(" before ", row.before.as_ref().map(Value::to_string)),
        also(" after ", row.after.as_ref().map(Value::to_string)),
        also(" because ", row.cause.as_deref()),
        also(" reason ", row.reason.as_ref()),
        row.cmd,
        also(", from ", source),
    )
}

fn concern(concern: &Concern) -> String {
    match concern {
        Concern::Organization { .. } => "organization".to_owned(),
        Concern::Member { member_id, username, .. } => {
            format!("member {} {member_id}", called(username.as_ref(), member_id))
        }
        Concern::Invitation { invitation_id, email } => {
            format!("invitation {invitation_id}{}", also(" of ", email.as_ref()))
        }
        Concern::Team { team_id, name } => {
            format!("team {team_id}{}", also(" ", name.as_ref()))
        }
        Concern::Role { role } => format!("role {role}"),
        Concern::Token { token_id, name } => {
            format!("token {token_id}{}", also(" ", name.as_ref()))
        }
        Concern::ApiKey { api_key_id, name } => {
            format!("API key {api_key_id}{}", also(" ", name.as_ref()))
        }
        Concern::User { user_id, username, .. } => {
            format!("user {} {user_id}", called(username.as_ref(), user_id))
        }
    }
}

fn called(username: Option<&PersonalValue>, otherwise: impl Display) -> String {
    username.map_or_else(|| otherwise.to_string(), PersonalValue::to_string)
}

fn also(before: &str, value: Option<impl Display>) -> String {
    value.map(|value| format!("{before}{value}")).unwrap_or_default()
}

fn json(value: &impl serde::Serialize) -> String {
    serde_json::to_string(value).unwrap()
}
