//! Invitations, now and as of a moment.

use super::lists::no_such_role;
use super::part::sort;
use super::role_list::role_meaning;
use super::texts::{Rank, is_address};
use super::{Answered, Desk, Selected};
use crate::doors::wire::{
    Invitation, InvitationAnswer, InvitationKey, InvitationList, Invitations, ListedInvitations,
    Problem,
};
use crate::projections::{InvitationRow, InvitationStatus};

impl Answered for Invitations {
    fn answer(&self, desk: &Desk) -> Result<InvitationList, Problem> {
        let asked = &self.parameters;
        let page = desk.page(self)?;
        let selected = desk.select_at(&self.org, page.as_of)?;
        let Selected { view, at } = &selected;
        if let Some(role) = &asked.role {
            role_meaning(view, *at, role.0.as_str()).ok_or_else(no_such_role)?;
        }
        let mut rows = match asked.status {
            Some(InvitationStatus::Pending) => view.pending_invitations(*at),
            _ => view.invitations(*at),
        };
        rows.retain(|row| is_asked_for(asked, row));
        sort(&mut rows, asked.sort, rank);
        let (invitations, next) = page.cut(rows, *at, |row| row.invitation_id.to_string())?;
        Ok(InvitationList { heading: selected.heading(), invitations, next })
    }
}

fn is_asked_for(asked: &ListedInvitations, row: &InvitationRow) -> bool {
    asked.status.is_none_or(|status| row.status == status)
        && asked.email.as_ref().is_none_or(|email| is_address(Some(&row.email), &email.0))
        && asked.role.as_ref().is_none_or(|role| row.roles.iter().any(|held| *held == role.0))
}

fn rank(key: InvitationKey, row: &InvitationRow) -> Rank {
    match key {
        InvitationKey::Sent => Rank::Number(row.sent_org_seq.into()),
        InvitationKey::Expires => Rank::Number(row.expires_at.micros().into()),
        InvitationKey::Email => Rank::of(Some(&row.email)),
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
