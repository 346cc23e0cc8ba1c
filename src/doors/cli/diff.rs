//! `rollbook diff`

use super::failure::Failure;
use super::output::{Output, cell, moment};
use super::place::Place;
use super::selection::{Of, as_of, told};
use crate::doors::wire::{Between, Diff as Question};
use crate::facts::event::{Change, Limits};
use crate::projections::{Diff as Difference, PersonalValue, Profile, TeamHeader, limits_in_words};
use crate::words::UserId;
use clap::Args;
use std::fmt::Display;

#[derive(Debug, Args)]
pub(super) struct Diff {
    #[command(flatten)]
    place: Place,
    #[command(flatten)]
    of: Of,
    /// The moment to start from: a seq, a date or a time.
    #[arg(long, value_name = "TIME|SEQ", value_parser = as_of)]
    from: String,
    /// The moment to compare it with.
    #[arg(long, value_name = "TIME|SEQ", value_parser = as_of)]
    to: String,
}

impl Diff {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let site = self.place.open(output)?;
        let Self { of: Of { org }, from, to, .. } = self;
        let parameters = Between { from, to: Some(to), min_seq: None, limit: None, cursor: None };
        let answer = site.ask_whole(&Question { org, parameters })?;
        if output.is_json() {
            return output.value(&answer);
        }
        let (slug, difference) = (&answer.heading.slug, &answer.difference);
        let (from, to) = (told(difference.from), told(difference.to));
        output.line(format_args!("{slug}: from {from} to {to}"))?;
        let lines = lines(difference);
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
    lines.extend(profiles(difference));
    lines.extend(difference.limits.iter().map(|member| {
        let who = person(member.username.as_ref(), member.user_id);
        let told = |side: &Option<Limits>| side.as_ref().map(limits_in_words);
        let (before, after) = (told(&member.change.before), told(&member.change.after));
        changed(&format!("{who}: limits"), &Change { before, after })
    }));
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

fn profiles(difference: &Difference) -> Vec<String> {
    let mut lines = Vec::new();
    for member in &difference.profiles {
        let who = person(member.username.as_ref(), member.user_id);
        let [before, after] = [&member.change.before, &member.change.after].map(Option::as_ref);
        for (what, of) in PROFILE {
            let [before, after] = [before, after].map(|side| side.and_then(of).cloned());
            if before != after {
                lines.push(changed(&format!("{who}: {what}"), &Change { before, after }));
            }
        }
    }
    lines
}

/// What a profile holds.
type Part = (&'static str, fn(&Profile) -> Option<&PersonalValue>);
const PROFILE: [Part; 3] = [
    ("username", |profile| profile.username.as_ref()),
    ("name", |profile| profile.name.as_ref()),
    ("e-mail", |profile| profile.email.as_ref()),
];

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
