//! Tokens, auditors, takeovers, API keys and limits.

use super::rights::Rights;
use super::{Code, Trial, unless};
use crate::simulation::beside::{Beside, KeyAbout};
use crate::simulation::membership::{Org, What};
use crate::simulation::roles;
use rollbook::facts::event::{EndCause, Limits, Scope};
use rollbook::facts::{Actor, OrganizationKind, Permission};
use rollbook::law::command::access::TokenOf;
use rollbook::law::command::{AccessWish, Credential, UsageWish};
use rollbook::projections::MemberStatus;
use rollbook::words::{ApiKeyId, MemberId, OrganizationId, Timestamp, TokenId, UserId};
use std::rc::Rc;
use std::time::Duration;

const YEAR: Duration = Duration::from_secs(365 * 24 * 3600);

impl Trial<'_> {
    /// Whether the actor may command by what they came in: a token that lasts, is theirs, and
    /// commands.
    pub(super) fn comes_in(&self) -> Result<(), Code> {
        let id = match (self.command.credential, self.actor()) {
            (Credential::Outside, Actor::Token(_)) => return Err("token_ended"),
            (Credential::Outside, _) => return Ok(()),
            (Credential::Token(id), Actor::Token(actor)) if id == actor => id,
            (Credential::Token(_), _) => return Err("token_ended"),
            (Credential::Session { .. }, _) => unreachable!("nobody signs in here"),
        };
        let found = self.world.orgs.iter().find_map(|org| org.held.token(id));
        let row = found.ok_or("token_ended")?;
        unless(row.expires_at <= self.now(), "token_ended")?;
        unless(!row.scopes.contains(&Scope::Write), "scope_missing")
    }

    pub(super) fn access(&mut self, wish: &AccessWish) -> Result<(), Code> {
        match wish {
            AccessWish::IssueToken { of: TokenOf::Organization(org), .. } => {
                self.issues_token(*org, wish)
            }
            AccessWish::RevokeToken { of: TokenOf::Organization(org), token } => {
                let found = self.top_only(*org)?;
                found.held.token(*token).ok_or("unknown_token")?;
                let (token, cause) = (*token, EndCause::Revoked);
                self.records(*org, What::Beside(Beside::TokenRevoked { token, cause }))
            }
            AccessWish::GrantAuditor { org, user, expires_at } => {
                self.grants(*org, *user, *expires_at)
            }
            AccessWish::WithdrawAuditor { org, user } => {
                let found = self.top_only(*org)?;
                found.held.grant(*user).ok_or("not_an_auditor")?;
                self.records(*org, What::Beside(Beside::AuditorWithdrawn { user: *user }))
            }
            AccessWish::TakeOver { org, user } => self.breaks_the_glass(*org, *user),
            other => unreachable!("nobody wishes {other:?} here"),
        }
    }

    /// The organization, where the actor is the operator or holds its top role.
    pub(super) fn top_only(&self, org: OrganizationId) -> Result<Rc<Org>, Code> {
        let found = self.living(org)?;
        self.rights(&found)?;
        let may = match self.actor() {
            Actor::Operator(_) => true,
            Actor::User(user) => found.at_the_top().iter().any(|row| row.user_id == user),
            Actor::Token(_) | Actor::System(_) => false,
        };
        unless(!may, "top_role_only")?;
        Ok(found)
    }

    fn issues_token(&mut self, org: OrganizationId, wish: &AccessWish) -> Result<(), Code> {
        let AccessWish::IssueToken { name, scopes, expires_at, .. } = wish else {
            unreachable!("only what is issued")
        };
        self.no_token()?;
        let found = self.top_only(org)?;
        unless(scopes.is_empty(), "scope_needed")?;
        let now = self.now();
        let sensible = now < *expires_at && *expires_at <= now.after(YEAR);
        unless(!sensible, "token_expiry_out_of_range")?;
        let taken = found.held.lasting_tokens().iter().any(|row| row.name == *name);
        unless(taken, "token_name_taken")?;
        let token = TokenId::from_uuid(self.draws());
        let (name, scopes) = (name.clone(), scopes.iter().copied().collect());
        let expires_at = *expires_at;
        self.records(org, What::Beside(Beside::TokenIssued { token, name, scopes, expires_at }))
    }

    fn grants(
        &mut self,
        org: OrganizationId,
        user: UserId,
        expires_at: Option<Timestamp>,
    ) -> Result<(), Code> {
        let found = self.top_only(org)?;
        let known = self.world.user(user).ok_or("unknown_user")?;
        let now = self.now();
        let holds = |until: Option<Timestamp>| until.is_none_or(|until| now < until);
        let has = found.held.grant(user).is_some_and(|row| holds(row.expires_at));
        unless(has, "already_auditor")?;
        unless(!holds(expires_at), "grant_expiry_out_of_range")?;
        let person = [known.email.clone(), known.name.clone(), known.username.clone()];
        self.records(org, What::Beside(Beside::AuditorGranted { user, person, expires_at }))
    }

    fn breaks_the_glass(&mut self, org: OrganizationId, user: UserId) -> Result<(), Code> {
        unless(!matches!(self.actor(), Actor::Operator(_)), "operator_only")?;
        unless(self.command.reason.is_none(), "reason_needed")?;
        let found = self.living(org)?;
        unless(found.header.kind == OrganizationKind::Personal, "personal_organization")?;
        let top = found.at_the_top();
        unless(top.iter().any(|row| row.user_id == user), "nothing_changes")?;
        let held = found.member_of(user);
        let suspended = held.is_some_and(|row| row.status == MemberStatus::Suspended);
        unless(suspended, "member_suspended")?;
        let known = self.world.user(user).ok_or("unknown_user")?;
        unless(!known.signs_in, "cannot_sign_in")?;
        self.records(org, What::Beside(Beside::AccessTakenOver { user }))?;
        let table = roles::table(found.set());
        let (first, usual) = (roles::one(&table.top), roles::one(&table.joins_as));
        if held.is_none() {
            let joins = if table.exactly_one_top { &usual } else { &first };
            self.joins_again(org, user, joins)?;
        }
        let now = self.living(org)?;
        let row = now.member_of(user).unwrap();
        let (member, before) = (row.member_id, row.roles.clone());
        if table.exactly_one_top {
            let from = (top[0].member_id, top[0].user_id);
            let (to, becomes, to_before) = ((member, user), usual, before);
            self.records(org, What::SuperAdminTransferred { from, to, becomes, to_before })
        } else if held.is_some() {
            self.records(org, What::RoleChanged { member, user, before, after: first })
        } else {
            Ok(())
        }
    }

    pub(super) fn usage(&mut self, wish: &UsageWish) -> Result<(), Code> {
        match wish {
            UsageWish::IssueApiKey { org, member, key, name, prefix, environment } => {
                let (name, prefix) = (name.clone(), prefix.clone());
                let about = KeyAbout { name, prefix, environment: environment.clone() };
                self.issues_key(*org, *member, *key, about)
            }
            UsageWish::RevokeApiKey { org, key } => {
                let (found, _) = self.keys_of(*org)?;
                let keys = found.held.lasting_keys();
                let row = keys.iter().find(|row| row.api_key_id == *key);
                let row = row.ok_or("unknown_api_key")?;
                let (member, user, cause) = (row.member_id, row.user_id, EndCause::Revoked);
                let what = Beside::ApiKeyRevoked { key: *key, member, user, cause };
                self.records(*org, What::Beside(what))
            }
            UsageWish::ChangeLimits { org, member, limits } => self.bounds(*org, *member, limits),
        }
    }

    /// An organization whose keys the actor may issue and revoke.
    fn keys_of(&self, org: OrganizationId) -> Result<(Rc<Org>, Rights), Code> {
        let found = self.manageable(org)?;
        let rights = self.rights(&found)?;
        let any = [Permission::CredentialWrite, Permission::MemberRole, Permission::ApiKeyWrite];
        unless(any.iter().all(|one| rights.need(*one).is_err()), "not_permitted")?;
        Ok((found, rights))
    }

    fn issues_key(
        &mut self,
        org: OrganizationId,
        member: MemberId,
        key: Option<ApiKeyId>,
        about: KeyAbout,
    ) -> Result<(), Code> {
        let (found, _) = self.keys_of(org)?;
        let row = found.member(member).ok_or("unknown_member")?;
        unless(row.status == MemberStatus::Suspended, "member_suspended")?;
        let taken = found.held.lasting_keys().iter().any(|row| Some(row.api_key_id) == key);
        unless(taken, "api_key_taken")?;
        let user = row.user_id;
        let key = key.unwrap_or_else(|| ApiKeyId::from_uuid(self.draws()));
        self.records(org, What::Beside(Beside::ApiKeyIssued { key, member, user, about }))
    }

    fn bounds(
        &mut self,
        org: OrganizationId,
        member: MemberId,
        limits: &Limits,
    ) -> Result<(), Code> {
        let (found, rights) = self.managed(org, Permission::MemberRole)?;
        let row = found.member(member).ok_or("unknown_member")?;
        rights.may_touch(&found, &row.roles)?;
        let (before, _) = found.held.bounds(member);
        unless(before == *limits, "nothing_changes")?;
        let (user, after) = (row.user_id, limits.clone());
        self.records(org, What::Beside(Beside::LimitsChanged { member, user, before, after }))
    }

    /// Ends the organization's tokens and keys, by name and by identifier: those that somebody
    /// issued or owns, or all.
    pub(super) fn ends_tokens_and_keys(
        &mut self,
        org: OrganizationId,
        of: Option<UserId>,
        cause: EndCause,
    ) -> Result<(), Code> {
        let found = self.living(org)?;
        for row in found.held.lasting_tokens() {
            if of.is_none_or(|user| row.issued_by == Actor::User(user)) {
                let token = row.token_id;
                self.records(org, What::Beside(Beside::TokenRevoked { token, cause }))?;
            }
        }
        for row in found.held.lasting_keys() {
            if of.is_none_or(|user| row.user_id == user) {
                let (key, member, user) = (row.api_key_id, row.member_id, row.user_id);
                let what = Beside::ApiKeyRevoked { key, member, user, cause };
                self.records(org, What::Beside(what))?;
            }
        }
        Ok(())
    }
}
