//! A list of members: who they are, what they hold, when they joined and left.

use super::cells::{Cells, roles};
use super::table::{Columns, Row, TableError, read};
use crate::facts::event::RemovalCause;
use crate::facts::{OrganizationKind, RoleSet, Roles};
use crate::house::moving::{Begins, Group, Plan, Step, What, Wish};
use crate::law::command::{Action, Line, LineChange, Person, RowChange, SourceCommit, Who};
use crate::law::role_sets::definition;
use crate::words::text::TextError;
use crate::words::{Email, Name, Slug, Timestamp, Username};
use std::path::Path;

/// The columns of a list of members.
const COLUMNS: &[&str] =
    &["email", "name", "username", "roles", "teams", "joined", "left", "cause"];

/// Why a membership may have ended: the other causes come with something else that happens.
const CAUSES: [RemovalCause; 3] =
    [RemovalCause::Removed, RemovalCause::Left, RemovalCause::Deprovisioned];

/// Where a list of members is to go.
#[derive(Debug, Clone)]
pub(crate) struct Target {
    /// What stands in the entries as the place they come from.
    pub(crate) source: Name,
    /// The organization.
    pub(crate) org: Slug,
    /// What it is called and which roles it uses, where it begins with the list.
    pub(crate) begins: Option<(Name, RoleSet)>,
}

/// What a row says.
struct Said {
    person: Person,
    roles: Option<Roles>,
    teams: Vec<Name>,
    joined: Option<Timestamp>,
    left: Option<(Timestamp, RemovalCause)>,
}

/// Reads a list of members as what is to be taken over.
pub(crate) fn plan(file: &Path, target: &Target) -> Result<Plan, TableError> {
    let mut list = List { target, steps: Vec::new(), times: Vec::new(), first: Vec::new() };
    for row in read(file, Columns::Only(COLUMNS))? {
        list.row(row);
    }
    Ok(list.plan())
}

struct List<'a> {
    target: &'a Target,
    steps: Vec<Step>,
    /// When each step happened; none: as it is recorded.
    times: Vec<Option<Timestamp>>,
    /// Those who hold the top role of what begins.
    first: Vec<usize>,
}

/// What is dated comes in its order, and before what happens now.
fn later(time: Option<Timestamp>) -> (bool, Option<Timestamp>) {
    (time.is_none(), time)
}

impl List<'_> {
    fn row(&mut self, row: Row) {
        let Row { place, cells } = row;
        let said = match cells.and_then(|cells| said(&cells)) {
            Ok(said) => said,
            Err(message) => {
                let wish = Wish::Refuse { code: "wrong_row", message };
                self.steps.push(Step { place, what: What::Row, after: Vec::new(), wish });
                self.times.push(None);
                return;
            }
        };
        let Said { person, roles, teams, joined, left } = said;
        let (line, who, joins) = (place.line, Who::Person(person), self.steps.len());
        if let Some((_, role_set)) = &self.target.begins
            && roles.as_ref().is_some_and(|held| held.contains(definition(*role_set).top_role()))
        {
            self.first.push(joins);
        }
        let change = RowChange::MemberJoined { who: who.clone(), roles, teams };
        let wish = self.wish(line, "joined", joined, change);
        let after = Vec::new();
        self.steps.push(Step { place: place.clone(), what: What::Joined, after, wish });
        self.times.push(joined);
        if let Some((left, cause)) = left {
            let wish = self.wish(line, "left", Some(left), RowChange::MemberLeft { who, cause });
            self.steps.push(Step { place, what: What::Left, after: vec![joins], wish });
            self.times.push(Some(left));
        }
    }

    /// A row has two numbers: an even one for joining, the next one for leaving.
    fn wish(
        &self,
        line: usize,
        what: &str,
        occurred: Option<Timestamp>,
        change: RowChange,
    ) -> Wish {
        let seq = line as u64 * 2 + u64::from(what == "left");
        let commit = match Name::parse(&format!("line {line} {what}")) {
            Ok(commit) => commit,
            Err(error) => return Wish::Refuse { code: "wrong_row", message: error.to_string() },
        };
        let (repo, org) = (self.target.source.clone(), self.target.org.clone());
        let lines = vec![Line { seq, baseline: false, org, change: LineChange::Row(change) }];
        let action = Action::Import(SourceCommit { repo, commit, occurred, lines });
        Wish::Record { seq, action: Box::new(action) }
    }

    fn plan(mut self) -> Plan {
        let mut order: Vec<usize> = (0..self.steps.len()).collect();
        order.sort_by_key(|step| later(self.times[*step]));
        self.first.sort_by_key(|step| later(self.times[*step]));
        let begins = self.target.begins.as_ref().and_then(|(name, role_set)| {
            let kind = match role_set {
                RoleSet::Enterprise => OrganizationKind::Enterprise,
                RoleSet::Standard | RoleSet::Avisi | RoleSet::Cloudflare | RoleSet::Basic => {
                    OrganizationKind::Standard
                }
            };
            let (role_set, name) = (*role_set, name.clone());
            let change = RowChange::OrganizationBegun { kind, role_set, name };
            let (org, change) = (self.target.org.clone(), LineChange::Row(change));
            Some(Begins {
                step: None,
                line: Line { seq: 0, baseline: false, org, change },
                commit: Name::parse("organization").ok()?,
                occurred: self.times.iter().flatten().min().copied(),
                first: self.first,
            })
        });
        let groups = vec![Group { begins, order }];
        Plan { source: self.target.source.clone(), by_line: true, steps: self.steps, groups }
    }
}

fn said(cells: &Cells) -> Result<Said, String> {
    let person = Person {
        email: cells.read("email", Email::parse)?,
        name: cells.read("name", Name::parse)?,
        username: cells.read("username", Username::parse)?,
    };
    if person.email.is_none() && person.username.is_none() {
        return Err("an email or a username is needed".to_owned());
    }
    let roles = roles(cells.list("roles")?.into_iter());
    let roles = roles.map_err(|error| format!("roles: {error}"))?;
    let mut teams: Vec<Name> = Vec::new();
    for team in cells.list("teams")? {
        let team = Name::parse(team).map_err(|error: TextError| format!("teams: {error}"))?;
        if teams.contains(&team) {
            return Err(format!("teams: {team} stands there twice"));
        }
        teams.push(team);
    }
    let joined = cells.read("joined", Timestamp::parse_any)?;
    let cause = cells.read("cause", |text| {
        CAUSES
            .into_iter()
            .find(|cause| cause.name() == text)
            .ok_or_else(|| format!("expected one of {}", CAUSES.map(RemovalCause::name).join(", ")))
    })?;
    let left = match (cells.read("left", Timestamp::parse_any)?, joined, cause) {
        (Some(left), Some(joined), _) if left < joined => {
            return Err(format!("left: {left} lies before joined"));
        }
        (Some(_), None, _) => return Err("joined is missing, and left is there".to_owned()),
        (None, _, Some(_)) => return Err("left is missing, and cause is there".to_owned()),
        (left, _, cause) => left.map(|left| (left, cause.unwrap_or(RemovalCause::Removed))),
    };
    Ok(Said { person, roles, teams, joined, left })
}
