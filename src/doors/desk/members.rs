//! Members, now and as of a moment.

use super::lists::no_such_role;
use super::part::{Page, sort};
use super::role_list::role_meaning;
use super::teams::no_such_team;
use super::texts::{Rank, is_address, is_login};
use super::{Answered, Desk};
use crate::doors::wire::{
    ListedMembers, Member, MemberAnswer, MemberKey, MemberList, Members, Problem,
};
use crate::projections::{MemberRow, Moment, OrganizationView, PersonalValue};
use crate::words::{MemberId, UserId};
use std::collections::BTreeSet;

impl Answered for Members {
    fn answer(&self, desk: &Desk) -> Result<MemberList, Problem> {
        let page = desk.page(self)?;
        let selected = desk.select_at(&self.org, page.as_of)?;
        let (members, next) = part(&selected.view, selected.at, &self.parameters, &page)?;
        Ok(MemberList { heading: selected.heading(), members, next })
    }

    fn answer_own(&self, desk: &Desk, user: UserId) -> Result<MemberList, Problem> {
        let page = desk.page(self)?;
        let selected = desk.select_at(&self.org, page.as_of)?;
        let wanted = Wanted::of(&selected.view, selected.at, &self.parameters)?;
        let own = selected.view.member_of_user(user, selected.at);
        let own = own.filter(|row| wanted.has(row)).into_iter().collect();
        let (members, next) = page.cut(own, selected.at, name)?;
        Ok(MemberList { heading: selected.heading(), members, next })
    }
}

fn name(row: &MemberRow) -> String {
    row.member_id.to_string()
}

fn part(
    view: &OrganizationView,
    at: Moment,
    asked: &ListedMembers,
    page: &Page,
) -> Result<(Vec<MemberRow>, Option<String>), Problem> {
    if !is_narrowed(asked) {
        // In the order of joining a part is read alone.
        let rows = view.members_from(at, page.before(), page.reach());
        return page.cut_behind(rows, at, name);
    }
    let wanted = Wanted::of(view, at, asked)?;
    let mut rows = view.members(at);
    rows.retain(|row| wanted.has(row));
    sort(&mut rows, asked.sort, rank);
    page.cut(rows, at, name)
}

fn is_narrowed(asked: &ListedMembers) -> bool {
    let ListedMembers { role, status, team, user, email, username, q, sort, .. } = asked;
    let by_identity = team.is_some() || user.is_some();
    let by_text = email.is_some() || username.is_some() || q.is_some();
    role.is_some() || status.is_some() || by_identity || by_text || sort.is_some()
}

/// Whom a list is asked for. What is named and does not exist is refused: an empty list would not
/// tell it from one that nobody fits.
struct Wanted<'a> {
    asked: &'a ListedMembers,
    team: Option<BTreeSet<MemberId>>,
}

impl<'a> Wanted<'a> {
    fn of(view: &OrganizationView, at: Moment, asked: &'a ListedMembers) -> Result<Self, Problem> {
        if let Some(role) = &asked.role {
            role_meaning(view, at, role.0.as_str()).ok_or_else(no_such_role)?;
        }
        let team = asked.team.map(|team| view.team(team, at).ok_or_else(no_such_team));
        let team = team.transpose()?.map(|team| {
            let both = team.maintainers.iter().chain(&team.members);
            both.map(|row| row.member_id).collect()
        });
        Ok(Self { asked, team })
    }

    fn has(&self, row: &MemberRow) -> bool {
        let Self { asked, team } = self;
        asked.role.as_ref().is_none_or(|role| row.roles.iter().any(|held| *held == role.0))
            && asked.status.is_none_or(|status| row.status == status)
            && team.as_ref().is_none_or(|team| team.contains(&row.member_id))
            && asked.user.is_none_or(|user| row.user_id == user)
            && asked.email.as_ref().is_none_or(|email| is_address(row.email.as_ref(), &email.0))
            && asked.username.as_ref().is_none_or(|it| is_login(row.username.as_ref(), &it.0))
            && asked.q.as_ref().is_none_or(|wanted| {
                let texts = [&row.name, &row.username, &row.email].into_iter().flatten();
                texts.filter_map(PersonalValue::text).any(|text| wanted.is_in(text))
            })
    }
}

fn rank(key: MemberKey, row: &MemberRow) -> Rank {
    match key {
        MemberKey::Joined => Rank::Number(row.joined_org_seq.into()),
        MemberKey::Name => Rank::of(row.name.as_ref()),
        MemberKey::Username => Rank::of(row.username.as_ref()),
        MemberKey::Email => Rank::of(row.email.as_ref()),
    }
}

impl Answered for Member {
    fn answer(&self, desk: &Desk) -> Result<MemberAnswer, Problem> {
        let selected = desk.select(&self.org, &self.parameters)?;
        let found = selected.view.member(self.member, selected.at);
        let member = found.ok_or_else(no_such_member)?;
        Ok(MemberAnswer { heading: selected.heading(), member })
    }

    /// Whoever sees only themselves learns of nobody else whether they belong.
    fn answer_own(&self, desk: &Desk, user: UserId) -> Result<MemberAnswer, Problem> {
        let selected = desk.select(&self.org, &self.parameters)?;
        let own = selected.view.member(self.member, selected.at);
        let member = own.filter(|row| row.user_id == user).ok_or_else(no_such_member)?;
        Ok(MemberAnswer { heading: selected.heading(), member })
    }
}

pub(super) fn no_such_member() -> Problem {
    let detail = "nobody with that identifier belonged to the organization at that moment";
    Problem::missing("unknown_member", detail)
}
