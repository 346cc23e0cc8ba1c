//! `organization`, `member`, `team`, `teamMember` and `invitation`: one group for each
//! organization, in the order of time.

use super::{Export, Known, named};
use crate::doors::moving::cells::{Cells, database_time, roles};
use crate::doors::moving::table::Row;
use crate::facts::{OrganizationKind, RoleSet, Roles};
use crate::house::moving::{Begins, Group, What, Wish};
use crate::law::command::{Line, LineChange, RowChange};
use crate::law::role_sets::definition;
use crate::words::{Name, Slug, Timestamp};
use std::collections::{BTreeMap, BTreeSet};

/// The tables that name organizations.
pub(super) struct Tables {
    pub(super) organizations: Vec<Row>,
    pub(super) members: Vec<Row>,
    pub(super) teams: Vec<Row>,
    pub(super) team_members: Vec<Row>,
    pub(super) invitations: Vec<Row>,
}

/// An organization that is being put together.
struct Organization {
    slug: Slug,
    begins: Begins,
    /// What happens in it: when, before what else of the same time, and which step.
    events: Vec<(Option<Timestamp>, u8, usize)>,
    /// Whether it holds the top role, by when they joined.
    first: Vec<(Option<Timestamp>, usize)>,
    /// By the user's id: the step and the time of joining.
    members: BTreeMap<String, (usize, Option<Timestamp>)>,
}

/// A team: its organization's id, its step, its name and when it began.
type Team = (String, usize, Name, Option<Timestamp>);

pub(super) fn groups(export: &mut Export<'_>, tables: Tables) -> Vec<Group> {
    let before = export.steps.len();
    let mut parts = Parts { all: BTreeMap::new(), teams: BTreeMap::new() };
    for row in tables.organizations {
        parts.each(export, row, What::Organization, organization);
    }
    for row in tables.members {
        parts.each(export, row, What::Joined, member);
    }
    for row in tables.teams {
        parts.each(export, row, What::Team, team);
    }
    for row in tables.team_members {
        parts.each(export, row, What::TeamMember, team_member);
    }
    for row in tables.invitations {
        parts.each(export, row, What::Invitation, invitation);
    }
    let mut groups: Vec<Group> = parts.all.into_values().map(Organization::group).collect();
    // Rows that belong to no organization that can be read.
    let mut grouped: BTreeSet<usize> = BTreeSet::new();
    for group in &groups {
        grouped.extend(&group.order);
        grouped.extend(group.begins.as_ref().and_then(|begins| begins.step));
    }
    let loose = (before..export.steps.len()).filter(|step| !grouped.contains(step));
    groups.push(super::grouped(loose.collect()));
    groups
}

struct Parts {
    /// By the organization's id.
    all: BTreeMap<String, Organization>,
    teams: BTreeMap<String, Team>,
}

impl Parts {
    fn each(
        &mut self,
        export: &mut Export<'_>,
        row: Row,
        what: What,
        read: impl Fn(&mut Self, &mut Export<'_>, &Known) -> Result<(), String>,
    ) {
        if let Some(known) = export.known(row, what)
            && let Err(message) = read(self, export, &known)
        {
            export.refuse(known.place, what, message);
        }
    }

    fn of(&mut self, cells: &Cells) -> Result<(String, &mut Organization), String> {
        let id = cells.need("organizationId", text)?;
        let unknown = "organizationId: no row of organization that can be read has this id";
        let found = self.all.get_mut(&id).ok_or_else(|| unknown.to_owned())?;
        Ok((id, found))
    }
}

fn text(text: &str) -> Result<String, String> {
    Ok(text.to_owned())
}

fn organization(parts: &mut Parts, export: &mut Export<'_>, known: &Known) -> Result<(), String> {
    let Known { place, id, cells } = known;
    let (name, slug) = (cells.need("name", Name::parse)?, cells.need("slug", Slug::parse)?);
    let occurred = cells.read("createdAt", database_time)?;
    let (seq, commit) = named("organization", id)?;
    if parts.all.contains_key(id) {
        return Err("id: another row has the same".to_owned());
    }
    let step = export.push(place.clone(), What::Organization, Vec::new(), Wish::Part);
    let (kind, role_set) = (OrganizationKind::Standard, RoleSet::Standard);
    let change = LineChange::Row(RowChange::OrganizationBegun { kind, role_set, name });
    let line = Line { seq, baseline: false, org: slug.clone(), change };
    let begins = Begins { step: Some(step), line, commit, occurred, first: Vec::new() };
    let (events, first, members) = (Vec::new(), Vec::new(), BTreeMap::new());
    let organization = Organization { slug, begins, events, first, members };
    parts.all.insert(id.clone(), organization);
    Ok(())
}

fn member(parts: &mut Parts, export: &mut Export<'_>, known: &Known) -> Result<(), String> {
    let Known { place, id, cells } = known;
    let user_id = cells.need("userId", text)?;
    let user = export.users.get(&user_id);
    let user = user.ok_or("userId: no row of user that can be read has this id")?;
    let (who, after) = (user.who.clone(), vec![user.step]);
    let joined = cells.read("createdAt", database_time)?;
    let held = cells.text("role")?.map(|text| roles(text.split(','))).transpose();
    let held: Option<Roles> = held.map_err(|error| format!("role: {error}"))?.flatten();
    let (_, org) = parts.of(cells)?;
    let top = definition(RoleSet::Standard).top_role();
    let is_top = held.as_ref().is_some_and(|held| held.contains(top));
    let change = RowChange::MemberJoined { who, roles: held, teams: Vec::new() };
    let wish = export.change(("member", id), &org.slug, joined, LineChange::Row(change));
    let step = export.push(place.clone(), What::Joined, after, wish);
    org.events.push((joined, 1, step));
    if is_top {
        org.first.push((joined, step));
    }
    org.members.entry(user_id).or_insert((step, joined));
    Ok(())
}

fn team(parts: &mut Parts, export: &mut Export<'_>, known: &Known) -> Result<(), String> {
    let Known { place, id, cells } = known;
    let (name, began) = (cells.need("name", Name::parse)?, cells.read("createdAt", database_time)?);
    let (org_id, org) = parts.of(cells)?;
    let began = began.or(org.begins.occurred);
    let change =
        LineChange::TeamCreated { team: name.clone(), parent: None, renamed_from: Vec::new() };
    let wish = export.change(("team", id), &org.slug, began, change);
    let step = export.push(place.clone(), What::Team, Vec::new(), wish);
    org.events.push((began, 0, step));
    parts.teams.insert(id.clone(), (org_id, step, name, began));
    Ok(())
}

fn team_member(parts: &mut Parts, export: &mut Export<'_>, known: &Known) -> Result<(), String> {
    let Known { place, id, cells } = known;
    let (team, user_id) = (cells.need("teamId", text)?, cells.need("userId", text)?);
    let joined = cells.read("createdAt", database_time)?;
    let found = parts.teams.get(&team);
    let (org, team_step, team, began) =
        found.ok_or("teamId: no row of team that can be read has this id")?;
    let org = parts.all.get_mut(org).ok_or("teamId: its organization cannot be read")?;
    let (member, since) =
        *org.members.get(&user_id).ok_or("userId: they are no member of the organization")?;
    let user = export.users.get(&user_id).ok_or("userId: they cannot be read")?;
    // Nobody is in a team before they are in the organization, or before the team is there.
    let joined = joined.max(since).max(*began).filter(|_| since.is_some());
    let change = RowChange::TeamJoined { who: user.who.clone(), team: team.clone() };
    let wish = export.change(("teamMember", id), &org.slug, joined, LineChange::Row(change));
    let step = export.push(place.clone(), What::TeamMember, vec![member, *team_step], wish);
    org.events.push((joined, 2, step));
    Ok(())
}

/// What opens an invitation stands nowhere but in the mail that was sent.
fn invitation(_: &mut Parts, export: &mut Export<'_>, known: &Known) -> Result<(), String> {
    let status = known.cells.need("status", text)?;
    let wish = Wish::Skip(match status.as_str() {
        "pending" => "it is pending, and its link leads to Better Auth: invite again".to_owned(),
        other => format!("it is {other}"),
    });
    export.push(known.place.clone(), What::Invitation, Vec::new(), wish);
    Ok(())
}

impl Organization {
    /// What is dated comes in its order, and before what happens now.
    fn group(mut self) -> Group {
        let dated = |time: Option<Timestamp>| (time.is_none(), time);
        self.events.sort_by_key(|(time, rank, step)| (dated(*time), *rank, *step));
        self.first.sort_by_key(|(time, step)| (dated(*time), *step));
        let times = self.events.iter().filter_map(|(time, _, _)| *time);
        self.begins.occurred = times.chain(self.begins.occurred).min();
        self.begins.first = self.first.into_iter().map(|(_, step)| step).collect();
        let order = self.events.into_iter().map(|(_, _, step)| step).collect();
        Group { begins: Some(self.begins), order }
    }
}
