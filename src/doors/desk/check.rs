//! Whether somebody had a permission, now or then.

use super::role_list::role_meaning;
use super::{Answered, Desk, Selected};
use crate::doors::wire::{
    Access as Question, AccessAnswer, AccessRow, Because, Checked, Problem, When,
};
use crate::projections::{MemberRow, MemberStatus};
use crate::words::{RoleName, UserId};

impl Answered for Question {
    fn answer(&self, desk: &Desk) -> Result<AccessAnswer, Problem> {
        self.checked(desk, |_| true)
    }

    /// Whoever sees only themselves asks about themselves.
    fn answer_own(&self, desk: &Desk, user: UserId) -> Result<AccessAnswer, Problem> {
        self.checked(desk, |asked| asked == Some(user))
    }
}

impl Question {
    fn checked(
        &self,
        desk: &Desk,
        may_ask: impl Fn(Option<UserId>) -> bool,
    ) -> Result<AccessAnswer, Problem> {
        let Checked { user, member, permission, .. } = self.parameters;
        let (as_of, recorded_as_of) =
            (self.parameters.as_of.clone(), self.parameters.recorded_as_of.clone());
        let when = When { as_of, recorded_as_of, min_seq: None };
        let selected = desk.select(&self.org, &when)?;
        let Selected { view, at } = &selected;
        let row = match (user, member) {
            (Some(user), None) => view.member_of_user(user, *at),
            (None, Some(member)) => view.member(member, *at),
            (Some(_), Some(_)) | (None, None) => {
                return Err(Problem::wrong("wrong_parameter", "expected either user or member"));
            }
        };
        let user_id = user.or(row.as_ref().map(|row| row.user_id));
        if !may_ask(user_id) {
            return Err(super::members::no_such_member());
        }
        let gives = |role: &&RoleName| {
            let meaning = role_meaning(view, *at, role.as_str());
            meaning.is_some_and(|role| role.permissions.contains(permission))
        };
        let roles: Vec<RoleName> =
            row.iter().flat_map(|row| row.roles.iter()).filter(gives).cloned().collect();
        let because = because(row.as_ref(), &roles, view.header(*at).dissolved_at.is_some());
        let access = AccessRow {
            user_id,
            member_id: row.map(|row| row.member_id),
            permission,
            is_allowed: because == Because::RoleGives,
            because,
            roles,
        };
        Ok(AccessAnswer { heading: selected.heading(), access })
    }
}

fn because(member: Option<&MemberRow>, roles: &[RoleName], is_dissolved: bool) -> Because {
    match member {
        _ if is_dissolved => Because::OrganizationDissolved,
        None => Because::NotAMember,
        Some(row) if row.status == MemberStatus::Suspended => Because::MemberSuspended,
        Some(_) if roles.is_empty() => Because::NoRoleGives,
        Some(_) => Because::RoleGives,
    }
}
