//! All that a gateway needs to decide on one API key, in one read.

use super::{Answered, Desk, found};
use crate::doors::wire::{KeyOwner, KeyStanding, KeyStandingAnswer, LedgerMoment, Problem};
use crate::facts::event::Limits;
use crate::law::Refusal;

impl Answered for KeyStanding {
    fn answer(&self, desk: &Desk) -> Result<KeyStandingAnswer, Problem> {
        let org = found(&desk.ledger.views(), &self.org)?.id();
        let known = desk.ledger.known();
        let organization = known.state.organization(org).ok_or(Refusal::UnknownOrganization)?;
        let key = organization.api_key(self.key).ok_or(Refusal::UnknownApiKey)?;
        let member = organization.member(key.user).ok_or(Refusal::UnknownMember)?;
        let teams = organization.teams();
        let teams = teams.filter(|(_, team)| team.role_of(key.user).is_some()).map(|(id, _)| id);
        let is_usable = !member.suspended && !organization.dissolved;
        Ok(KeyStandingAnswer {
            as_of: LedgerMoment { seq: known.size.checked_sub(1) },
            organization_id: org,
            key_id: self.key,
            name: key.name.clone(),
            is_usable,
            owner: KeyOwner {
                member_id: key.member,
                user_id: key.user,
                is_suspended: member.suspended,
                roles: member.roles.clone(),
                permissions: organization.permissions(&member.roles),
                teams: teams.collect(),
            },
            limits: organization.bounds(key.user).cloned().map(Limits::from).unwrap_or_default(),
        })
    }
}
