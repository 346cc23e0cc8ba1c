//! Wishes about accounts, tokens, auditors, takeovers, API keys and limits.

use super::Wisher;
use crate::simulation::membership::Org;
use rollbook::facts::Actor;
use rollbook::facts::event::{
    Budget, BudgetMode, BudgetPeriod, Limits, PasswordCause, RateLimit, RateWindow, Scope,
    Thousandths,
};

use rollbook::law::Action;
use rollbook::law::command::access::TokenOf;
use rollbook::law::command::account::{Proven, SecondFactorWish};
use rollbook::law::command::*;
use rollbook::projections::{MemberRow, TokenStatus};
use rollbook::words::{
    ApiKeyId, Currency, Email, KeyPrefix, MemberId, Name, OrganizationId, Timestamp, TokenId,
    UserId,
};
use std::collections::BTreeSet;
use uuid::Uuid;

const TOKENS: [&str; 4] = ["builds", "deployments", "nightly", "Größe"];
const NAMES: [&str; 3] = ["Ada Éva", "Bo", "Cleo of Old"];

impl Wisher<'_> {
    /// Somebody whom organizations know, mostly.
    fn somebody(&mut self, org: OrganizationId) -> UserId {
        let found = self.look(org, |org| org.members.iter().map(|row| row.user_id).collect());
        found.filter(|_| self.chance.percent(70)).unwrap_or_else(|| self.user())
    }

    pub(super) fn about_accounts(&mut self, org: OrganizationId) -> Action {
        let user = self.somebody(org);
        Action::Account(match self.chance.below(20) {
            0..=1 => {
                let fresh = UserId::from_uuid(self.uuid());
                let user = if self.chance.percent(90) { fresh } else { user };
                AccountWish::SignUp { user, person: self.person(), password: None }
            }
            2..=3 => {
                let own = self.told.world.user(user).and_then(|user| user.email.clone());
                let own = own.filter(|_| self.chance.percent(85));
                let email = own.map_or_else(|| self.email(), |own| Email::parse(&own).unwrap());
                AccountWish::VerifyEmail { user, email }
            }
            4..=6 => {
                let (cause, seen) = (PasswordCause::Chosen, Timestamp::MAX);
                AccountWish::SetPassword { user, hash: secret(), cause, proves: None, seen }
            }
            7..=9 => {
                let on = self.told.world.user(user).is_some_and(|user| user.second_factor);
                let change = if on ^ self.chance.percent(10) {
                    SecondFactorWish::Disable
                } else {
                    SecondFactorWish::Enable { secret: secret(), recovery: secret() }
                };
                AccountWish::ChangeSecondFactor { user, change }
            }
            _ => self.updates_user(user),
        })
    }

    fn updates_user(&mut self, user: UserId) -> AccountWish {
        let name = self.chance.percent(50).then(|| self.chance.pick(&NAMES));
        let username = self.chance.percent(40).then(|| self.login());
        let held: Vec<&str> = {
            let others = self.told.world.users.iter().filter(|user| user.password && !user.proven);
            others.filter_map(|user| user.email.as_deref()).collect()
        };
        let held = self.chance.pick_any(&held).filter(|_| self.chance.percent(30));
        let held = held.map(|text| Email::parse(text).unwrap());
        let email = self.chance.percent(50).then(|| {
            let proven = if self.chance.percent(60) { Proven::Yes } else { Proven::No };
            (held.unwrap_or_else(|| self.email()), proven)
        });
        let name = name.map(|name| Name::parse(name).unwrap());
        AccountWish::UpdateUser { user, name, username, email }
    }

    pub(super) fn about_access(&mut self, org: OrganizationId) -> Action {
        let of = TokenOf::Organization(org);
        Action::Access(match self.chance.below(20) {
            0..=7 => self.issues(org),
            8..=10 => {
                let found =
                    self.look(org, |org| org.held.tokens.iter().map(|row| row.token_id).collect());
                let token = found.unwrap_or_else(|| TokenId::from_uuid(self.uuid()));
                AccessWish::RevokeToken { of, token }
            }
            11..=14 => {
                let seconds = self.chance.pick(&[-1, 0, 60, 3_600, 86_400, 604_800]);
                let expires_at = self.chance.percent(70).then(|| later(self.now, seconds));
                let found = self.look(org, auditors).filter(|_| self.chance.percent(30));
                let user = found.unwrap_or_else(|| self.user());
                AccessWish::GrantAuditor { org, user, expires_at }
            }
            15..=17 => {
                let found = self.look(org, auditors).filter(|_| self.chance.percent(90));
                let user = found.unwrap_or_else(|| self.user());
                AccessWish::WithdrawAuditor { org, user }
            }
            _ => AccessWish::TakeOver { org, user: self.somebody(org) },
        })
    }

    fn issues(&mut self, org: OrganizationId) -> AccessWish {
        let scopes: BTreeSet<Scope> = match self.chance.below(20) {
            0 => BTreeSet::new(),
            1..=4 => BTreeSet::from([Scope::Read]),
            5..=10 => BTreeSet::from([Scope::Write]),
            _ => BTreeSet::from([Scope::Read, Scope::Write]),
        };
        let year = 365 * 86_400;
        let lasting = [0, 60, 86_400, 604_800, 30 * 86_400, year, year + 1];
        let expires_at = later(self.now, self.chance.pick(&lasting));
        let mut digest = [0; 32];
        digest[..16].copy_from_slice(self.uuid().as_bytes());
        AccessWish::IssueToken {
            of: TokenOf::Organization(org),
            name: Name::parse(self.chance.pick(&TOKENS)).unwrap(),
            scopes,
            expires_at,
            digest: TokenDigest(digest),
        }
    }

    pub(super) fn about_usage(&mut self, org: OrganizationId, member: MemberId) -> Action {
        Action::Usage(match self.chance.below(10) {
            0..=3 => {
                let again = self.key(org).filter(|_| self.chance.percent(25));
                let named = self.chance.percent(30).then(|| ApiKeyId::from_uuid(self.uuid()));
                let prefix = self.chance.percent(50);
                let environment = self.chance.percent(40).then(|| self.team_name());
                UsageWish::IssueApiKey {
                    org,
                    member,
                    key: again.or(named),
                    name: self.team_name(),
                    prefix: prefix.then(|| KeyPrefix::parse("sk_live_9aF").unwrap()),
                    environment,
                }
            }
            4..=5 => {
                let found = self.key(org).filter(|_| self.chance.percent(90));
                let key = found.unwrap_or_else(|| ApiKeyId::from_uuid(self.uuid()));
                UsageWish::RevokeApiKey { org, key }
            }
            _ => {
                let back = self.look(org, returned).filter(|_| self.chance.percent(40));
                let (member, limits) = (back.unwrap_or(member), self.limits());
                UsageWish::ChangeLimits { org, member, limits }
            }
        })
    }

    fn key(&mut self, org: OrganizationId) -> Option<ApiKeyId> {
        self.look(org, |org| org.held.keys.iter().map(|(row, _)| row.api_key_id).collect())
    }

    fn limits(&mut self) -> Limits {
        let requests = [0, 60, 600][self.chance.below(3)];
        let per = self.chance.pick(&[RateWindow::Minute, RateWindow::Day]);
        let amount = [0, 12_500][self.chance.below(2)];
        let budget = Budget {
            amount_thousandths: Thousandths::try_from(amount).unwrap(),
            currency: Currency::parse("EUR").unwrap(),
            mode: BudgetMode::Blocking,
            period: self.chance.pick(&[BudgetPeriod::Week, BudgetPeriod::Month]),
        };
        Limits {
            budget: self.chance.percent(40).then_some(budget),
            rate: self.chance.percent(50).then_some(RateLimit { per, requests }),
        }
    }

    /// By what an actor comes in: a token by itself, mostly.
    pub(super) fn credential(&mut self, actor: Actor) -> Credential {
        match actor {
            Actor::Token(_) if self.chance.percent(2) => Credential::Outside,
            Actor::Token(token) => Credential::Token(token),
            _ if self.chance.percent(1) => {
                let org = self.org();
                let token = self.token_of(org);
                Credential::Token(token.unwrap_or(TokenId::from_uuid(Uuid::nil())))
            }
            _ => Credential::Outside,
        }
    }

    /// A token of an organization, ended ones too.
    pub(super) fn token_of(&mut self, org: OrganizationId) -> Option<TokenId> {
        let ended = self.chance.percent(20);
        self.look(org, |org| {
            let rows = org.held.tokens.iter();
            let lasting = rows.filter(|row| ended || row.status != TokenStatus::Revoked);
            lasting.map(|row| row.token_id).collect()
        })
    }

    /// Somebody at the top, who alone lets others in.
    pub(super) fn somebody_at_the_top(&mut self, org: Option<&Org>) -> Option<Actor> {
        let users: Vec<UserId> = org?.at_the_top().iter().map(|row| row.user_id).collect();
        self.chance.pick_any(&users).map(Actor::User)
    }
}

/// Members who were bounded when they belonged before.
fn returned(org: &Org) -> Vec<MemberId> {
    let bounded = |ended: &MemberRow| org.held.bounds(ended.member_id).1.is_some();
    let before = org.ended.iter().map(|ended| &ended.member).filter(|row| bounded(row));
    before.filter_map(|row| Some(org.member_of(row.user_id)?.member_id)).collect()
}

/// Who was granted to read everything lately.
fn auditors(org: &Org) -> Vec<UserId> {
    org.held.auditors.iter().rev().take(3).map(|row| row.user_id).collect()
}

fn secret() -> Secret {
    Secret("c2VjcmV0".into())
}

fn later(time: Timestamp, seconds: i64) -> Timestamp {
    Timestamp::from_micros(time.micros() + seconds * 1_000_000)
}
