//! What somebody is a member of.

use super::{KUBERNETES, Said};
use crate::doors::desk::{Desk, Reader};
use crate::doors::dialects::oneself;
use crate::doors::wire::{Guard, OrganizationName, Problem};
use crate::facts::RoleSet;
use crate::law::role_sets::definition;
use crate::projections::{MemberRow, PersonalValue};
use crate::words::{MemberId, OrganizationId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// How many memberships stand on a page.
const PAGE_ROWS: usize = 50;

/// One's own membership in an organization.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::doors) struct Me {
    subject: UserId,
    identity: MemberId,
    username: Option<PersonalValue>,
    email: Option<PersonalValue>,
    role: String,
    kubernetes_role: String,
    joined_at: Timestamp,
}

/// A membership in a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::doors) struct Membership {
    id: MemberId,
    identity: MemberId,
    member_identity: UserId,
    organisation_identity: OrganizationId,
    name: PersonalValue,
    slug: PersonalValue,
    email: Option<PersonalValue>,
    role: String,
    kubernetes_role: String,
}

/// Which page is asked for; the first is 0.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct Asked {
    #[serde(default)]
    page: usize,
}

/// A page of a list.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(in crate::doors) struct Page<T> {
    content: Vec<T>,
    number: usize,
    size: usize,
    number_of_elements: usize,
    total_elements: usize,
    total_pages: usize,
    first: bool,
    last: bool,
    empty: bool,
}

/// The main role, the highest where there are several, and the one in the clusters; none is the
/// empty text.
fn roles(set: RoleSet, member: &MemberRow) -> (String, String) {
    let held = |name: &str| member.roles.contains(name);
    let ranked = definition(set).roles.iter().filter(|role| !role.beside);
    let built_in = ranked.map(|role| role.name).find(|name| held(name)).map(str::to_owned);
    let beside = |name: &str| name.strip_prefix(KUBERNETES).map(str::to_owned);
    let names = || member.roles.iter().map(|name| name.as_str());
    let custom = || names().find(|name| beside(name).is_none()).map(str::to_owned);
    let main = built_in.or_else(custom).unwrap_or_default();
    (main, names().find_map(beside).unwrap_or_default())
}

pub(in crate::doors) fn me(
    desk: &Desk,
    reader: &Reader,
    name: &OrganizationName,
) -> Result<Said<Me>, Problem> {
    let user = oneself(reader)?;
    desk.sight_of(Guard::Belongs, reader, Some(name))?;
    let found = desk.look(name, |view, at| {
        let member = view.member_of_user(user, at)?;
        let (role, kubernetes_role) = roles(view.header(at).role_set, &member);
        let (identity, joined_at) = (member.member_id, member.joined_at);
        let (username, email) = (member.username, member.email);
        let said =
            Me { subject: user, identity, username, email, role, kubernetes_role, joined_at };
        Some(Said { seq: Some(at.seq()), said })
    })?;
    found.ok_or_else(|| Problem::missing("unknown_member", "you are not a member there"))
}

/// All of one's own, by organization.
pub(in crate::doors) fn memberships(
    desk: &Desk,
    reader: &Reader,
    asked: &Asked,
) -> Result<Said<Page<Membership>>, Problem> {
    let user = oneself(reader)?;
    let known = reader.known.state.user(user);
    let belongs = known.map_or(&[][..], |known| &known.organizations);
    let total = belongs.len();
    let begin = asked.page.saturating_mul(PAGE_ROWS).min(total);
    let mut said = Said { seq: None, said: Vec::new() };
    for org in &belongs[begin..total.min(begin.saturating_add(PAGE_ROWS))] {
        let name = OrganizationName::Id(*org);
        let (seq, row) = desk.look(&name, |view, at| {
            let header = view.header(at);
            let row = view.member_of_user(user, at).map(|member| {
                let (role, kubernetes_role) = roles(header.role_set, &member);
                Membership {
                    id: member.member_id,
                    identity: member.member_id,
                    member_identity: user,
                    organisation_identity: header.organization_id,
                    name: header.name,
                    slug: header.slug,
                    email: member.email,
                    role,
                    kubernetes_role,
                }
            });
            (at.seq(), row)
        })?;
        said.seq = said.seq.max(Some(seq));
        said.said.extend(row);
    }
    Ok(Said { seq: said.seq, said: page(said.said, asked.page, total) })
}

fn page<T>(content: Vec<T>, number: usize, total_elements: usize) -> Page<T> {
    let (size, total_pages) = (PAGE_ROWS, total_elements.div_ceil(PAGE_ROWS));
    let (number_of_elements, empty) = (content.len(), content.is_empty());
    let last = number.saturating_add(1) >= total_pages;
    let first = number == 0;
    Page {
        content,
        number,
        size,
        number_of_elements,
        total_elements,
        total_pages,
        first,
        last,
        empty,
    }
}
