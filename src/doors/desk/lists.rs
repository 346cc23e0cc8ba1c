//! The ledger, its organizations and their roles, now and as of a moment.

use super::part::{Held, sort};
use super::reader::Reader;
use super::role_list::{role_row, role_rows};
use super::texts::Rank;
use super::{Answered, Desk};
use crate::doors::wire::{
    Head, HeadAnswer, LedgerMoment, ListedOrganizations, Organization, OrganizationAnswer,
    OrganizationKey, OrganizationList, OrganizationRow, Organizations, Problem, Role, RoleAnswer,
    RoleList, Roles,
};
use crate::projections::{AsOf, AsOfError, Header, Moment, OrganizationView, PersonalValue};
use crate::words::OrganizationId;
use std::sync::Arc;

/// An organization with what is counted in it.
pub(super) fn organization_row(view: &OrganizationView, at: Moment) -> OrganizationRow {
    let (members, entries) = (view.member_count_at(at) as u64, at.org_seq() + 1);
    OrganizationRow { header: view.header(at), members, entries }
}

impl Answered for Head {
    fn answer(&self, desk: &Desk) -> Result<HeadAnswer, Problem> {
        let head = desk.ledger.head();
        let as_of = LedgerMoment { seq: head.size.checked_sub(1) };
        let origin = desk.ledger.origin().clone();
        Ok(HeadAnswer { as_of, origin, size: head.size, hash: head.entry })
    }
}

impl Answered for Organizations {
    fn answer(&self, desk: &Desk) -> Result<OrganizationList, Problem> {
        list_organizations(self, desk, |_| true)
    }

    fn answer_known(&self, desk: &Desk, reader: &Reader) -> Result<OrganizationList, Problem> {
        list_organizations(self, desk, |org| reader.knows(org))
    }
}

type Existing<'a> = (&'a Arc<OrganizationView>, Moment);

fn list_organizations(
    question: &Organizations,
    desk: &Desk,
    is_meant: impl Fn(OrganizationId) -> bool,
) -> Result<OrganizationList, Problem> {
    let page = desk.page(question)?;
    if matches!(page.as_of, AsOf::Time(_)) {
        let detail = "across organizations as_of is a seq; or ask for recorded_as_of";
        return Err(Problem::unfit("wrong_moment", detail));
    }
    let now = (desk.now)();
    let views = desk.ledger.views();
    let meant = views.organizations().filter(|view| is_meant(view.id()));
    let existing = meant.filter_map(|view| {
        // Whatever did not exist yet stands in no list.
        let at = views.moment(view, page.as_of, now).ok()?;
        Some((view, at))
    });
    let mut existing: Vec<Existing<'_>> = existing.collect();
    let seq = match page.as_of {
        AsOf::Seq(asked) | AsOf::Again { seq: asked, .. } if asked >= views.size() => {
            let size = views.size();
            return Err(AsOfError::Beyond { what: "seq", asked, size }.into());
        }
        AsOf::Seq(seq) | AsOf::Again { seq, .. } => Some(seq),
        AsOf::Now => views.size().checked_sub(1),
        AsOf::Time(_) | AsOf::Recorded(_) | AsOf::OrgSeq(_) => {
            existing.iter().map(|(_, at)| at.seq()).max()
        }
    };
    if is_narrowed(question) {
        existing.retain(|(view, at)| is_asked_for(question, &view.header(*at)));
    }
    sort(&mut existing, question.parameters.sort, rank);
    let held = Held { seq: seq.unwrap_or_default(), instant: now };
    let (part, next) = page.cut(existing, held, |(view, _)| view.id().to_string())?;
    let organizations = part.into_iter().map(|(view, at)| organization_row(view, at)).collect();
    Ok(OrganizationList { as_of: LedgerMoment { seq }, organizations, next })
}

fn is_narrowed(question: &Organizations) -> bool {
    let ListedOrganizations { slug, kind, role_set, q, .. } = &question.parameters;
    slug.is_some() || kind.is_some() || role_set.is_some() || q.is_some()
}

fn is_asked_for(question: &Organizations, header: &Header) -> bool {
    let asked = &question.parameters;
    let is_text = |value: &PersonalValue, wanted: &str| value.text() == Some(wanted);
    asked.kind.is_none_or(|kind| header.kind == kind)
        && asked.role_set.is_none_or(|role_set| header.role_set == role_set)
        && asked.slug.as_ref().is_none_or(|slug| is_text(&header.slug, slug.0.as_str()))
        && asked.q.as_ref().is_none_or(|wanted| {
            let mut texts = [&header.name, &header.slug].into_iter().filter_map(|it| it.text());
            texts.any(|text| wanted.is_in(text))
        })
}

fn rank(key: OrganizationKey, (view, at): &Existing<'_>) -> Rank {
    match key {
        OrganizationKey::Created => Rank::Number(view.header(*at).created_at.micros().into()),
        OrganizationKey::Name => Rank::of(Some(&view.header(*at).name)),
        OrganizationKey::Slug => Rank::of(Some(&view.header(*at).slug)),
        OrganizationKey::Members => Rank::Number(view.member_count_at(*at) as i128),
    }
}

impl Answered for Organization {
    fn answer(&self, desk: &Desk) -> Result<OrganizationAnswer, Problem> {
        let selected = desk.select(&self.org, &self.parameters)?;
        let organization = organization_row(&selected.view, selected.at);
        Ok(OrganizationAnswer { heading: selected.heading(), organization })
    }
}

impl Answered for Roles {
    fn answer(&self, desk: &Desk) -> Result<RoleList, Problem> {
        let page = desk.page(self)?;
        let selected = desk.select_at(&self.org, page.as_of)?;
        let role_set = selected.view.header(selected.at).role_set;
        let rows = role_rows(&selected.view, selected.at);
        let (roles, next) = page.cut(rows, selected.at, |row| row.role.clone())?;
        Ok(RoleList { heading: selected.heading(), role_set, roles, next })
    }
}

impl Answered for Role {
    fn answer(&self, desk: &Desk) -> Result<RoleAnswer, Problem> {
        let selected = desk.select(&self.org, &self.parameters)?;
        let found = role_row(&selected.view, selected.at, self.role.0.as_str());
        let role = found.ok_or_else(no_such_role)?;
        Ok(RoleAnswer { heading: selected.heading(), role })
    }
}

pub(super) fn no_such_role() -> Problem {
    let detail = "the organization had no role of that name at that moment";
    Problem::missing("unknown_role", detail)
}
