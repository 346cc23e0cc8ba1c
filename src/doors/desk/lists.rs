//! Lists and what stands in them, now and as of a moment.

use super::reader::Reader;
use super::role_list::role_rows;
use super::{Answered, Desk, Selected, read};
use crate::doors::wire::{
    Head, HeadAnswer, Invitation, InvitationAnswer, InvitationList, Invitations, LedgerMoment,
    Listed, Member, MemberAnswer, MemberList, Members, Organization, OrganizationAnswer,
    OrganizationList, OrganizationRow, Organizations, Problem, RoleList, Roles, Team, TeamAnswer,
    TeamList, Teams,
};
use crate::projections::{AsOf, AsOfError, MemberRow, Moment, OrganizationView};
use crate::words::{OrganizationId, UserId};
use std::str::FromStr;
use std::sync::Arc;

impl Desk {
    /// How many rows are wanted.
    pub(super) fn rows_limit(&self, asked: Option<usize>) -> Result<usize, Problem> {
        let most = self.rows_limit;
        match asked.unwrap_or(most) {
            limit if (1..=most).contains(&limit) => Ok(limit),
            _ => Err(Problem::wrong("wrong_parameter", format!("limit: expected 1 to {most}"))),
        }
    }

    /// The part of a list that was asked for, and behind which row it goes on.
    pub(super) fn part<T>(
        &self,
        mut rows: Vec<T>,
        asked: &Listed,
        name: impl Fn(&T) -> String,
    ) -> Result<(Vec<T>, Option<String>), Problem> {
        let limit = self.rows_limit(asked.limit)?;
        if let Some(after) = &asked.after {
            let found = rows.iter().position(|row| name(row) == *after);
            rows.drain(..=found.ok_or_else(no_such_row)?);
        }
        Ok(cut(rows, limit, name))
    }

    /// The same of a list that can be had in parts: `read` gives at most so many rows behind one.
    fn part_read<T, I: FromStr>(
        &self,
        read: impl FnOnce(Option<I>, usize) -> Option<Vec<T>>,
        asked: &Listed,
        name: impl Fn(&T) -> String,
    ) -> Result<(Vec<T>, Option<String>), Problem> {
        let limit = self.rows_limit(asked.limit)?;
        let after = asked.after.as_ref().map(|after| after.parse()).transpose();
        let after = after.map_err(|_| no_such_row())?;
        // One more than is wanted tells whether the list goes on.
        let rows = read(after, limit.saturating_add(1)).ok_or_else(no_such_row)?;
        Ok(cut(rows, limit, name))
    }
}

fn cut<T>(mut rows: Vec<T>, limit: usize, name: impl Fn(&T) -> String) -> (Vec<T>, Option<String>) {
    let more = rows.len() > limit;
    rows.truncate(limit);
    let next = rows.last().filter(|_| more).map(name);
    (rows, next)
}

fn no_such_row() -> Problem {
    let detail = "after: no row of that moment is called so; keep to one as_of";
    Problem::wrong("wrong_parameter", detail)
}

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

fn list_organizations(
    question: &Organizations,
    desk: &Desk,
    is_meant: impl Fn(OrganizationId) -> bool,
) -> Result<OrganizationList, Problem> {
    let as_of = read(&question.parameters.when())?;
    if matches!(as_of, AsOf::Time(_)) {
        let detail = "across organizations as_of is a seq; or ask for recorded_as_of";
        return Err(Problem::wrong("wrong_moment", detail));
    }
    let now = (desk.now)();
    let views = desk.ledger.views();
    let meant = views.organizations().filter(|view| is_meant(view.id()));
    let existing = meant.filter_map(|view| {
        // Whatever did not exist yet stands in no list.
        let at = views.moment(view, as_of, now).ok()?;
        Some((view, at))
    });
    let existing: Vec<(&Arc<OrganizationView>, Moment)> = existing.collect();
    let seq = match as_of {
        AsOf::Seq(seq) if seq < views.size() => Some(seq),
        AsOf::Seq(asked) => {
            let size = views.size();
            return Err(AsOfError::Beyond { what: "seq", asked, size }.into());
        }
        AsOf::Now => views.size().checked_sub(1),
        AsOf::Time(_) | AsOf::Recorded(_) | AsOf::OrgSeq(_) => {
            existing.iter().map(|(_, at)| at.seq()).max()
        }
    };
    let (part, next) =
        desk.part(existing, &question.parameters, |(view, _)| view.id().to_string())?;
    let organizations = part.into_iter().map(|(view, at)| organization_row(view, at)).collect();
    Ok(OrganizationList { as_of: LedgerMoment { seq }, organizations, next })
}

impl Answered for Organization {
    fn answer(&self, desk: &Desk) -> Result<OrganizationAnswer, Problem> {
        let selected = desk.select(&self.org, &self.parameters)?;
        let organization = organization_row(&selected.view, selected.at);
        Ok(OrganizationAnswer { heading: selected.heading(), organization })
    }
}

impl Answered for Members {
    fn answer(&self, desk: &Desk) -> Result<MemberList, Problem> {
        let selected = desk.select(&self.org, &self.parameters.when())?;
        let read = |after, limit| selected.view.members_behind(selected.at, after, limit);
        let name = |row: &MemberRow| row.member_id.to_string();
        let (members, next) = desk.part_read(read, &self.parameters, name)?;
        Ok(MemberList { heading: selected.heading(), members, next })
    }

    fn answer_own(&self, desk: &Desk, user: UserId) -> Result<MemberList, Problem> {
        let selected = desk.select(&self.org, &self.parameters.when())?;
        let own = selected.view.member_of_user(user, selected.at).into_iter().collect();
        let (members, next) =
            desk.part(own, &self.parameters, |row: &MemberRow| row.member_id.to_string())?;
        Ok(MemberList { heading: selected.heading(), members, next })
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

fn no_such_member() -> Problem {
    let detail = "nobody with that identifier belonged to the organization at that moment";
    Problem::missing("unknown_member", detail)
}

impl Answered for Invitations {
    fn answer(&self, desk: &Desk) -> Result<InvitationList, Problem> {
        let asked = self.parameters.listed();
        let selected = desk.select(&self.org, &asked.when())?;
        let Selected { view, at } = &selected;
        let rows = if self.parameters.pending {
            view.pending_invitations(*at)
        } else {
            view.invitations(*at)
        };
        let (invitations, next) = desk.part(rows, &asked, |row| row.invitation_id.to_string())?;
        Ok(InvitationList { heading: selected.heading(), invitations, next })
    }
}

impl Answered for Invitation {
    fn answer(&self, desk: &Desk) -> Result<InvitationAnswer, Problem> {
        let selected = desk.select(&self.org, &self.parameters)?;
        let found = selected.view.invitation(self.invitation, selected.at);
        let detail = "the organization had sent no invitation with that identifier by then";
        let invitation = found.ok_or_else(|| Problem::missing("unknown_invitation", detail))?;
        Ok(InvitationAnswer { heading: selected.heading(), invitation })
    }
}

impl Answered for Roles {
    fn answer(&self, desk: &Desk) -> Result<RoleList, Problem> {
        let selected = desk.select(&self.org, &self.parameters.when())?;
        let role_set = selected.view.header(selected.at).role_set;
        let rows = role_rows(&selected.view, selected.at);
        let (roles, next) = desk.part(rows, &self.parameters, |row| row.role.clone())?;
        Ok(RoleList { heading: selected.heading(), role_set, roles, next })
    }
}

impl Answered for Teams {
    fn answer(&self, desk: &Desk) -> Result<TeamList, Problem> {
        let selected = desk.select(&self.org, &self.parameters.when())?;
        let rows = selected.view.teams(selected.at);
        let (teams, next) = desk.part(rows, &self.parameters, |row| row.team_id.to_string())?;
        Ok(TeamList { heading: selected.heading(), teams, next })
    }
}

impl Answered for Team {
    fn answer(&self, desk: &Desk) -> Result<TeamAnswer, Problem> {
        let selected = desk.select(&self.org, &self.parameters)?;
        let found = selected.view.team(self.team, selected.at);
        let detail = "the organization had no team with that identifier at that moment";
        let team = found.ok_or_else(|| Problem::missing("unknown_team", detail))?;
        Ok(TeamAnswer { heading: selected.heading(), team })
    }
}
