//! Tokens, auditors, API keys, limits and profiles.

use crate::simulation::chronicle::Seen;
use crate::simulation::membership::Org;
use rollbook::facts::Actor;
use rollbook::facts::event::Limits;
use rollbook::projections::{
    ApiKeyRow, ApiKeyStatus, AuditorRow, AuditorStatus, InvitationStatus, LimitsRow, MemberChange,
    MemberRow, PersonalValue, Profile, Resting, TokenRow, TokenStatus,
};
use rollbook::words::{MemberId, UserId};

impl Org {
    /// The keys, each with what its owner is called or was called last.
    pub(in crate::simulation) fn keys(
        &self,
        wanted: impl Fn(&ApiKeyRow) -> bool,
    ) -> Vec<ApiKeyRow> {
        let rows = self.held.keys.iter().map(|(row, _)| row.as_ref()).filter(|row| wanted(row));
        let shown = |row: &ApiKeyRow| {
            let mut ended = self.ended.iter().map(|ended| &ended.member);
            let owner = self.member(row.member_id);
            let owner = owner.or_else(|| ended.find(|other| other.member_id == row.member_id));
            ApiKeyRow { username: owner.unwrap().username.clone(), ..row.clone() }
        };
        rows.map(shown).collect()
    }

    pub(in crate::simulation) fn limits(&self, member: MemberId) -> Limits {
        self.held.bounds(member).0
    }

    pub(in crate::simulation) fn limits_row(&self, member: MemberId) -> Option<LimitsRow> {
        let row = self.member(member)?;
        let (Limits { budget, rate }, changed_at) = self.held.bounds(member);
        let (user_id, username) = (row.user_id, row.username.clone());
        Some(LimitsRow { member_id: member, user_id, username, budget, rate, changed_at })
    }
}

impl Seen {
    pub(in crate::simulation) fn tokens(&self, usable: bool) -> Vec<TokenRow> {
        let rows = self.page.org.held.tokens.iter().map(|row| self.token(row));
        rows.filter(|row| !usable || row.status == TokenStatus::Active).collect()
    }

    fn token(&self, row: &TokenRow) -> TokenRow {
        let expired = row.status == TokenStatus::Active && row.expires_at <= self.time;
        let status = if expired { TokenStatus::Expired } else { row.status };
        TokenRow { status, ..row.clone() }
    }

    pub(in crate::simulation) fn auditors(&self, active: bool) -> Vec<AuditorRow> {
        let rows = self.page.org.held.auditors.iter().map(|row| {
            let passed = row.expires_at.is_some_and(|until| until <= self.time);
            let expired = row.status == AuditorStatus::Active && passed;
            let status = if expired { AuditorStatus::Expired } else { row.status };
            AuditorRow { status, ..(**row).clone() }
        });
        rows.filter(|row| !active || row.status == AuditorStatus::Active).collect()
    }

    /// What would end with a membership.
    pub(in crate::simulation) fn resting(&self, user: UserId) -> Resting {
        let (org, by) = (&self.page.org, Actor::User(user));
        let letters = org.letters.iter().filter(|letter| letter.sender == by);
        let open = letters.filter(|letter| self.status(letter) == InvitationStatus::Pending);
        let tokens = org.held.tokens.iter().filter(|row| row.issued_by == by);
        let tokens = tokens.filter(|row| row.status != TokenStatus::Revoked);
        let member = org.member_of(user).map(|row| row.member_id);
        let theirs = |row: &ApiKeyRow| Some(row.member_id) == member;
        Resting {
            invitations: open.map(|letter| self.invitation_row(letter)).collect(),
            tokens: tokens.map(|row| self.token(row)).collect(),
            api_keys: org.keys(|row| theirs(row) && row.status == ApiKeyStatus::Active),
        }
    }
}

/// What became other of somebody's names and address; only that.
pub(super) fn profile(was: &MemberRow, is: &MemberRow) -> Option<MemberChange<Profile>> {
    let value = |row: &MemberRow, of: fn(&MemberRow) -> &Option<PersonalValue>| {
        let other = of(was) != of(is);
        of(row).clone().filter(|_| other)
    };
    let side = |row: &MemberRow| Profile {
        username: value(row, |row| &row.username),
        name: value(row, |row| &row.name),
        email: value(row, |row| &row.email),
    };
    let same = (&was.username, &was.name, &was.email) == (&is.username, &is.name, &is.email);
    (!same).then(|| super::change::<Profile>(is, side(was), side(is)))
}
