//! Who may come in beside the members, and what rests on them.

use super::{Answered, Desk};
use crate::doors::wire::{
    ApiKey, ApiKeyAnswer, ApiKeyList, ApiKeys, AuditorList, Auditors, LimitsAnswer, MemberLimits,
    Problem, Removal, RemovalAnswer, Removed, TokenList, Tokens,
};
use crate::words::UserId;

fn nobody() -> Problem {
    let detail = "nobody with that identifier belonged to the organization at that moment";
    Problem::missing("unknown_member", detail)
}

impl Answered for MemberLimits {
    fn answer(&self, desk: &Desk) -> Result<LimitsAnswer, Problem> {
        let selected = desk.select(&self.org, &self.parameters)?;
        let limits = selected.view.limits(self.member, selected.at).ok_or_else(nobody)?;
        Ok(LimitsAnswer { heading: selected.heading(), limits })
    }

    fn answer_own(&self, desk: &Desk, user: UserId) -> Result<LimitsAnswer, Problem> {
        let selected = desk.select(&self.org, &self.parameters)?;
        let own = selected.view.member(self.member, selected.at);
        own.filter(|row| row.user_id == user).ok_or_else(nobody)?;
        let limits = selected.view.limits(self.member, selected.at).ok_or_else(nobody)?;
        Ok(LimitsAnswer { heading: selected.heading(), limits })
    }
}

impl Answered for Removal {
    fn answer(&self, desk: &Desk) -> Result<RemovalAnswer, Problem> {
        let selected = desk.select(&self.org, &self.parameters)?;
        let member = selected.view.member(self.member, selected.at).ok_or_else(nobody)?;
        let mut resting = selected.view.rests_on(member.user_id, selected.at);
        let invitation_count = resting.invitations.len() as u64;
        resting.invitations.truncate(desk.rows_limit);
        let removal = Removed { invitation_count, resting };
        Ok(RemovalAnswer { heading: selected.heading(), removal })
    }
}

impl Answered for Tokens {
    fn answer(&self, desk: &Desk) -> Result<TokenList, Problem> {
        let page = desk.page(self)?;
        let selected = desk.select_at(&self.org, page.as_of)?;
        let rows = if self.parameters.active {
            selected.view.active_tokens(selected.at)
        } else {
            selected.view.tokens(selected.at)
        };
        let (tokens, next) = page.cut(rows, selected.at, |row| row.token_id.to_string())?;
        Ok(TokenList { heading: selected.heading(), tokens, next })
    }
}

/// A user who is granted it anew stands in the list again, so it goes on behind an entry.
impl Answered for Auditors {
    fn answer(&self, desk: &Desk) -> Result<AuditorList, Problem> {
        let page = desk.page(self)?;
        let selected = desk.select_at(&self.org, page.as_of)?;
        let rows = if self.parameters.active {
            selected.view.active_auditors(selected.at)
        } else {
            selected.view.auditors(selected.at)
        };
        let (auditors, next) =
            page.cut(rows, selected.at, |row| row.granted_org_seq.to_string())?;
        Ok(AuditorList { heading: selected.heading(), auditors, next })
    }
}

/// A key that is issued anew stands in the list again, so it goes on behind an entry.
impl Answered for ApiKeys {
    fn answer(&self, desk: &Desk) -> Result<ApiKeyList, Problem> {
        let page = desk.page(self)?;
        let selected = desk.select_at(&self.org, page.as_of)?;
        let rows = match (self.parameters.member, self.parameters.active) {
            (Some(member), active) => selected.view.api_keys_of(member, active, selected.at),
            (None, true) => selected.view.active_api_keys(selected.at),
            (None, false) => selected.view.api_keys(selected.at),
        };
        let (api_keys, next) = page.cut(rows, selected.at, |row| row.issued_org_seq.to_string())?;
        Ok(ApiKeyList { heading: selected.heading(), api_keys, next })
    }
}

impl Answered for ApiKey {
    fn answer(&self, desk: &Desk) -> Result<ApiKeyAnswer, Problem> {
        let selected = desk.select(&self.org, &self.parameters)?;
        let found = selected.view.api_key(self.key, selected.at);
        let detail = "no API key with that identifier had been issued by then";
        let api_key = found.ok_or_else(|| Problem::missing("unknown_api_key", detail))?;
        Ok(ApiKeyAnswer { heading: selected.heading(), api_key })
    }
}
