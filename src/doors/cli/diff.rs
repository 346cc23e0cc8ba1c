//! `rollbook diff`

use super::data::Data;
use super::failure::Failure;
use super::output::{Output, cell, moment};
use super::selection::{Of, Selected, moment_of, told};
use crate::facts::event::Change;
use crate::projections::{AsOf, Diff as Difference, PersonalValue, TeamHeader};
use crate::words::UserId;
use clap::Args;
use serde::Serialize;
use std::fmt::Display;

#[derive(Debug, Args)]
pub(super) struct Diff {
    #[command(flatten)]
    data: Data,
    #[command(flatten)]
    of: Of,
    /// The moment to start from: a seq, a date or a time.
    #[arg(long, value_name = "TIME|SEQ")]
    from: AsOf,
    /// The moment to compare it with.
    #[arg(long, value_name = "TIME|SEQ")]
    to: AsOf,
}

#[derive(Serialize)]
struct Answer<'a> {
    organization_id: crate::words::OrganizationId,
    slug: &'a PersonalValue,
    #[serde(flatten)]
    difference: &'a Difference,
}

impl Diff {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let ledger = self.data.open(output)?;
        let view = self.of.find(&ledger)?;
        let from = moment_of(&ledger, &view, self.from, "--from")?;
        let to = moment_of(&ledger, &view, self.to, "--to")?;
        let difference = Difference::between(&view, from, to);
        let selected = Selected { header: view.header(to), view, at: to };
        let (slug, organization_id) = (&selected.header.slug, selected.view.id());
        if output.is_json() {
            return output.value(&Answer { organization_id, slug, difference: &difference });
        }
        output.line(format_args!("{slug}: from {} to {}", told(from), told(to)))?;
        let lines = lines(&difference);
        if lines.is_empty() {
            return output.line("no difference");
        }
        lines.into_iter().try_for_each(|line| output.line(line))
    }
}

/// What came stands behind a +, what went behind a -, what became other behind a ~.
fn lines(difference: &Difference) -> Vec<String> {
    let mut lines = Vec::new();
    for member in &difference.joined {
        let who = person(member.username.as_ref(), member.user_id);
        lines.push(format!("+ {who}: {}, joined {}", member.roles, moment(member.joined_at)));
    }
    for membership in &difference.left {
        let member = &membership.member;
        let who = person(member.username.as_ref(), member.user_id);
        let end = membership
            .left
            .map(|left| format!(", {} {}", left.cause, moment(left.left_at)))
            .unwrap_or_default();
        lines.push(format!("- {who}: {}{end}", member.roles));
    }
    for member in &difference.roles {
        let who = person(member.username.as_ref(), member.user_id);
        lines.push(changed(&who, &member.change));
    }
    for member in &difference.status {
        let who = person(member.username.as_ref(), member.user_id);
        lines.push(changed(&who, &member.change));
    }
    for team in &difference.teams {
        let named = |side: &Option<TeamHeader>| side.as_ref().map(|team| team.name.clone());
        let (before, after) = (named(&team.change.before), named(&team.change.after));
        lines.push(match (before, after) {
            (Some(before), None) => format!("- team {before}"),
            (None, after) => format!("+ team {}", cell(after)),
            (Some(before), Some(after)) if before == after => {
                format!("~ team {after}: has another parent")
            }
            (Some(before), Some(after)) => format!("~ team {before}: is called {after}"),
        });
    }
    let mut team_members: Vec<_> = difference.team_members.iter().collect();
    team_members.sort_by_key(|member| (&member.team, &member.username, member.user_id));
    for member in team_members {
        let who = person(member.username.as_ref(), member.user_id);
        lines.push(changed(&format!("{who} in team {}", member.team), &member.change));
    }
    for invitation in &difference.invitations_opened {
        lines.push(format!("+ invitation of {}: {}", invitation.email, invitation.roles));
    }
    for invitation in &difference.invitations_closed {
        lines.push(format!("- invitation of {}: {}", invitation.email, invitation.status));
    }
    lines
}

fn person(username: Option<&PersonalValue>, user: UserId) -> String {
    username.map_or_else(|| user.to_string(), PersonalValue::to_string)
}

fn changed<T: Display>(what: &str, change: &Change<T>) -> String {
    match (&change.before, &change.after) {
        (Some(before), Some(after)) => format!("~ {what}: {before} → {after}"),
        (Some(before), None) => format!("- {what}: {before}"),
        (None, after) => format!("+ {what}: {}", cell(after.as_ref())),
    }
}
