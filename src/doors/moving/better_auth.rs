//! The tables of Better Auth, exported into a directory: accounts with their passwords, then the
//! organizations with their members and teams. A row is known again by the `id` that it has there.

mod accounts;
mod organizations;

use super::cells::Cells;
use super::table::{Columns, Row, TableError, read};
use crate::house::moving::{Group, Plan, Step, What, Wish};
use crate::house::source::Place;
use crate::law::State;
use crate::law::command::{Action, Line, LineChange, SourceCommit, Who};
use crate::words::hash::{Drawn, source_number};
use crate::words::{Name, Slug, Timestamp};
use std::collections::BTreeMap;
use std::path::Path;

/// Reads an export as what is to be taken over by a ledger that knows `state`.
pub(crate) fn plan(
    directory: &Path,
    source: &Name,
    state: &State,
    drawn: &mut Drawn,
) -> Result<Plan, TableError> {
    let table = |name| table(directory, name);
    let users = table("user")?
        .ok_or_else(|| TableError::Missing { directory: directory.to_owned(), name: "user" })?;
    let passwords = table("account")?.unwrap_or_default();
    let organizations = organizations::Tables {
        organizations: table("organization")?.unwrap_or_default(),
        members: table("member")?.unwrap_or_default(),
        teams: table("team")?.unwrap_or_default(),
        team_members: table("teamMember")?.unwrap_or_default(),
        invitations: table("invitation")?.unwrap_or_default(),
    };
    let mut export = Export { source, state, steps: Vec::new(), users: BTreeMap::new() };
    let mut groups = vec![accounts::group(&mut export, users, passwords, drawn)];
    groups.append(&mut organizations::groups(&mut export, organizations));
    Ok(Plan { source: source.clone(), by_line: false, steps: export.steps, groups })
}

/// A table under the name that Better Auth gives it, or in `snake_case`.
fn table(directory: &Path, name: &'static str) -> Result<Option<Vec<Row>>, TableError> {
    let snake = name.replace('M', "_m");
    let names = [name, snake.as_str()];
    let files = names.iter().flat_map(|name| ["csv", "ndjson"].map(|end| format!("{name}.{end}")));
    let found = files.map(|file| directory.join(file)).find(|file| file.exists());
    found.map(|file| read(&file, Columns::Any)).transpose()
}

/// What is being put together.
struct Export<'a> {
    source: &'a Name,
    state: &'a State,
    steps: Vec<Step>,
    /// By the user's id there.
    users: BTreeMap<String, User>,
}

/// A user of the export.
struct User {
    /// Who it is here.
    who: Who,
    /// The step that brings them.
    step: usize,
}

/// A row with the id that it has there.
struct Known {
    place: Place,
    id: String,
    cells: Cells,
}

impl Export<'_> {
    /// Adds what a row says; answers its place in the plan.
    fn push(&mut self, place: Place, what: What, after: Vec<usize>, wish: Wish) -> usize {
        self.steps.push(Step { place, what, after, wish });
        self.steps.len() - 1
    }

    fn refuse(&mut self, place: Place, what: What, message: String) -> usize {
        self.push(place, what, Vec::new(), Wish::Refuse { code: "wrong_row", message })
    }

    /// The row with its id; what cannot be read is told.
    fn known(&mut self, row: Row, what: What) -> Option<Known> {
        let Row { place, cells } = row;
        let identified = cells.and_then(|cells| {
            let id = cells.need("id", |id| Ok::<_, String>(id.to_owned()))?;
            Ok((id, cells))
        });
        match identified {
            Ok((id, cells)) => Some(Known { place, id, cells }),
            Err(message) => {
                self.refuse(place, what, message);
                None
            }
        }
    }

    /// What a row leads to in an organization.
    fn change(
        &self,
        (kind, id): (&str, &str),
        org: &Slug,
        occurred: Option<Timestamp>,
        change: LineChange,
    ) -> Wish {
        let (seq, commit) = match named(kind, id) {
            Ok(named) => named,
            Err(message) => return Wish::Refuse { code: "wrong_row", message },
        };
        let lines = vec![Line { seq, baseline: false, org: org.clone(), change }];
        let repo = self.source.clone();
        let action = Action::Import(SourceCommit { repo, commit, occurred, lines });
        Wish::Record { seq, action: Box::new(action) }
    }
}

/// The number and the name that a row has in the entries.
fn named(kind: &str, id: &str) -> Result<(u64, Name), String> {
    let name = format!("{kind}/{id}");
    let seq = source_number(&name);
    Name::parse(&name).map(|name| (seq, name)).map_err(|error| format!("id: {error}"))
}

/// The parts of one organization.
fn grouped(order: Vec<usize>) -> Group {
    Group { begins: None, order }
}
