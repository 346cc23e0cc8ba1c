//! `rollbook teams`

use super::failure::Failure;
use super::output::{Output, cell, wrapped};
use super::selection::{Selection, title};
use super::wording::count;
use crate::doors::wire::{ListedTeams, Teams as Question};
use crate::projections::{TeamMemberRow, TeamRow};
use crate::words::TeamId;
use clap::Args;
use std::collections::BTreeSet;

#[derive(Debug, Args)]
pub(super) struct Teams {
    #[command(flatten)]
    selection: Selection,
}

impl Teams {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        let site = self.selection.open(output)?;
        let (org, as_of) = (self.selection.org(), self.selection.as_of.clone());
        let parameters = ListedTeams { as_of, ..ListedTeams::default() };
        let answer = site.ask_whole(&Question { org, parameters })?;
        if output.is_json() {
            return output.value(&answer);
        }
        let mut teams = answer.teams;
        output.line(title(&answer.heading, &count(teams.len() as u64, "team")))?;
        let mut table = wrapped(["team", "maintainers", "members"]);
        teams.sort_by(|one, other| one.name.cmp(&other.name));
        for (depth, team) in outline(&teams) {
            table.add_row([
                // A space would be trimmed where the cell is wrapped.
                format!("{}{}", "\u{a0}\u{a0}".repeat(depth), team.name),
                people(&team.maintainers),
                people(&team.members),
            ]);
        }
        output.table(&table)
    }
}

fn people(rows: &[TeamMemberRow]) -> String {
    let names: Vec<String> =
        rows.iter().map(|row| cell(row.username.as_ref().or(row.name.as_ref()))).collect();
    if names.is_empty() { "-".to_owned() } else { names.join(", ") }
}

/// Each team below its parent, with its depth.
fn outline(teams: &[TeamRow]) -> Vec<(usize, &TeamRow)> {
    let known: BTreeSet<TeamId> = teams.iter().map(|team| team.team_id).collect();
    let is_root = |team: &&TeamRow| team.parent.is_none_or(|parent| !known.contains(&parent));
    let mut outline = Vec::with_capacity(teams.len());
    // The last of `open` is next, so each level goes in backwards.
    let mut open: Vec<(usize, &TeamRow)> =
        teams.iter().filter(is_root).map(|team| (0, team)).rev().collect();
    while let Some((depth, team)) = open.pop() {
        outline.push((depth, team));
        let children = teams.iter().filter(|child| child.parent == Some(team.team_id));
        open.extend(children.map(|child| (depth + 1, child)).rev());
    }
    outline
}
