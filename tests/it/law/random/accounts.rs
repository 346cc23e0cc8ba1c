//! Accounts, tokens, auditors, API keys, limits; and by what somebody comes in.

use super::*;
use rollbook::facts::Holder;
use rollbook::facts::event::{
    Budget, BudgetMode, BudgetPeriod, Limits, PasswordCause, RateLimit, RateWindow, Scope,
    Thousandths,
};
use rollbook::law::command::account::{Proven, SecondFactorWish};
use rollbook::words::{ApiKeyId, Currency, Timestamp, TokenId};

const TOKENS: [&str; 4] = ["ci", "laptop", "backups", "sync"];

impl Crowd {
    /// Mostly by nothing that ends; else by a session or by any token there is, sometimes
    /// another's.
    pub(super) fn comes_in(&mut self, actor: Actor, action: &Action) -> (Actor, Credential) {
        match self.chance.below(100) {
            0..=9 => {
                let hours = self.chance.below(100) as i64;
                let since = Timestamp::from_micros(self.world.now.micros() - hours * 3_600_000_000);
                (actor, Credential::Session { since })
            }
            10..=19 => {
                let Some(id) = self.some_token(org_of(action)) else {
                    return (actor, Credential::Outside);
                };
                let token = self.world.state.token(id);
                let own = token.map_or(actor, |token| token.actor(id));
                let actor = if self.chance.percent(90) { own } else { actor };
                (actor, Credential::Token(id))
            }
            _ => (actor, Credential::Outside),
        }
    }

    /// A token that could be meant there, sometimes one that nobody issued.
    fn some_token(&mut self, org: Option<OrganizationId>) -> Option<TokenId> {
        let state = &self.world.state;
        let of = |org, holder| state.tokens(org, holder).map(|(id, _)| id).collect::<Vec<_>>();
        let mut all = org.map(|org| of(org, Holder::Organization)).unwrap_or_default();
        all.extend(of(OrganizationId::DEPLOYMENT, Holder::Operator));
        for user in self.users.iter().rev().take(20) {
            all.extend(of(OrganizationId::DEPLOYMENT, Holder::User(*user)));
        }
        self.chance.pick_any(&all)
    }

    fn secret(&mut self) -> Secret {
        Secret(self.chance.pick(&["one", "two", "three", "four"]).into())
    }

    fn moment(&mut self) -> Timestamp {
        let hours = self.chance.pick(&[0, 0, 0, 1, 50]);
        Timestamp::from_micros(self.world.now.micros() - hours * 3_600_000_000)
    }

    fn own_email(&mut self, user: UserId) -> Email {
        let known = self.world.state.user(user).and_then(|known| known.email.clone());
        let own = known.and_then(|email| Email::parse(&email).ok());
        own.filter(|_| self.chance.percent(85)).unwrap_or_else(|| self.email())
    }

    /// The address of somebody who has a password and never proved it, sometimes.
    fn doubtful_email(&mut self) -> Option<Email> {
        let state = &self.world.state;
        let has_password = |user| state.account(user).is_some_and(|found| found.password.is_some());
        let doubtful = self.users.iter().filter(|user| has_password(**user));
        let known = doubtful.filter_map(|user| state.user(*user)).filter(|known| !known.verified);
        let emails: Vec<_> = known.filter_map(|known| known.email.clone()).collect();
        let drawn = self.chance.below(emails.len().max(1));
        let email = emails.get(drawn).and_then(|email| Email::parse(email).ok());
        email.filter(|_| self.chance.percent(60))
    }

    pub(super) fn about_accounts(&mut self) -> Action {
        let user = self.user();
        Action::Account(match self.chance.below(12) {
            0..=2 => {
                let user = UserId::from_uuid(self.world.uuid());
                let (mut person, password) = (self.person(), Some(self.secret()));
                person.email = self.doubtful_email().or(person.email);
                let password = password.filter(|_| self.chance.percent(80));
                if self.chance.percent(50) {
                    AccountWish::SignUp { user, person, password }
                } else {
                    AccountWish::SignUpProven { user, person, password }
                }
            }
            3..=4 => AccountWish::VerifyEmail { user, email: self.own_email(user) },
            5..=6 => {
                let cause = self.chance.pick(PasswordCause::ALL);
                let email = self.own_email(user);
                let proves = (cause == PasswordCause::Reset).then_some(email);
                let (hash, seen) = (self.secret(), self.moment());
                AccountWish::SetPassword { user, hash, cause, proves, seen }
            }
            7..=8 => AccountWish::ChangeSecondFactor { user, change: self.second_factor(user) },
            9 => AccountWish::EndSessions { user },
            _ => {
                let name = self.chance.percent(50).then(|| self.team_name());
                let username = self.chance.percent(30).then(|| self.login());
                let proven = self.chance.pick(&[Proven::Yes, Proven::No]);
                let email = self.chance.percent(50).then(|| (self.email(), proven));
                AccountWish::UpdateUser { user, name, username, email }
            }
        })
    }

    fn second_factor(&mut self, user: UserId) -> SecondFactorWish {
        let account = self.world.state.account(user);
        let factor = account.and_then(|account| account.second_factor.as_ref());
        let known = factor.and_then(|factor| factor.recovery.clone()).map(Secret);
        match self.chance.below(4) {
            0 => SecondFactorWish::Enable { secret: self.secret(), recovery: self.secret() },
            1 => SecondFactorWish::Disable,
            2 => {
                let before = known.unwrap_or_else(|| self.secret());
                let left = Some(self.secret()).filter(|_| self.chance.percent(70));
                SecondFactorWish::UseRecovery { before, left }
            }
            _ => SecondFactorWish::RenewRecovery { recovery: self.secret() },
        }
    }

    fn whose(&mut self, org: OrganizationId) -> TokenOf {
        match self.chance.below(10) {
            0..=1 => TokenOf::User(self.user()),
            2 => TokenOf::Operator,
            _ => TokenOf::Organization(org),
        }
    }

    pub(super) fn about_access(&mut self, org: OrganizationId) -> Action {
        let user = self.user();
        let until = Some(self.world.now.after(self.lasting()));
        Action::Access(match self.chance.below(12) {
            0..=4 => {
                let scopes = [Scope::Read, Scope::Write].into_iter();
                let scopes = scopes.filter(|_| self.chance.percent(85)).collect();
                AccessWish::IssueToken {
                    of: self.whose(org),
                    name: Name::parse(self.chance.pick(&TOKENS)).unwrap(),
                    scopes,
                    expires_at: self.world.now.after(self.lasting()),
                    digest: TokenDigest(
                        self.world.uuid().into_bytes().repeat(2).try_into().unwrap(),
                    ),
                }
            }
            5..=6 => {
                let token = self.some_token(Some(org));
                let token = token.unwrap_or_else(|| TokenId::from_uuid(self.world.uuid()));
                AccessWish::RevokeToken { of: self.whose(org), token }
            }
            7..=8 => {
                let expires_at = until.filter(|_| self.chance.percent(50));
                AccessWish::GrantAuditor { org, user, expires_at }
            }
            9 => {
                let found =
                    self.look(org, |found| found.auditors().map(|(user, _)| user).collect());
                AccessWish::WithdrawAuditor { org, user: found.unwrap_or(user) }
            }
            _ => AccessWish::TakeOver { org, user },
        })
    }

    /// In one organization or everywhere, a user or whoever has an address.
    pub(super) fn erases(&mut self, org: OrganizationId) -> Action {
        let member = self.look(org, |found| found.members().map(|(user, _)| user).collect());
        let who = match self.chance.below(3) {
            0 => Erasee::Address(self.email()),
            1 => Erasee::User(self.user()),
            _ => Erasee::User(member.unwrap_or_else(|| self.user())),
        };
        let org = self.chance.percent(50).then_some(org);
        Action::Erase(Erase { who, org })
    }

    pub(super) fn about_usage(&mut self, org: OrganizationId, member: MemberId) -> Action {
        let key = self.look(org, |found| found.api_keys().map(|(id, _)| id).collect());
        Action::Usage(match self.chance.below(6) {
            0..=2 => {
                let key = key.filter(|_| self.chance.percent(10));
                let name = self.team_name();
                let (prefix, environment) = (None, None);
                UsageWish::IssueApiKey { org, member, key, name, prefix, environment }
            }
            3 => {
                let key = key.unwrap_or_else(|| ApiKeyId::from_uuid(self.world.uuid()));
                UsageWish::RevokeApiKey { org, key }
            }
            _ => UsageWish::ChangeLimits { org, member, limits: self.limits() },
        })
    }

    fn limits(&mut self) -> Limits {
        let requests = self.chance.pick(&[1, 60]);
        let rate = Some(RateLimit { per: self.chance.pick(RateWindow::ALL), requests });
        let budget = Some(Budget {
            amount_thousandths: Thousandths::try_from(12_500).unwrap(),
            currency: Currency::parse("EUR").unwrap(),
            mode: self.chance.pick(BudgetMode::ALL),
            period: self.chance.pick(BudgetPeriod::ALL),
        });
        Limits {
            rate: rate.filter(|_| self.chance.percent(60)),
            budget: budget.filter(|_| self.chance.percent(60)),
        }
    }
}

/// Whose account a wish is about.
pub(super) fn user_of(wish: &AccountWish) -> UserId {
    match wish {
        AccountWish::SignUp { user, .. }
        | AccountWish::SignUpProven { user, .. }
        | AccountWish::Bring { user, .. }
        | AccountWish::VerifyEmail { user, .. }
        | AccountWish::SetPassword { user, .. }
        | AccountWish::ChangeSecondFactor { user, .. }
        | AccountWish::EndSessions { user }
        | AccountWish::UpdateUser { user, .. } => *user,
    }
}

/// The organization that a wish names.
pub(super) fn org_of_access(wish: &AccessWish) -> Option<OrganizationId> {
    match wish {
        AccessWish::IssueToken { of, .. } | AccessWish::RevokeToken { of, .. } => match of {
            TokenOf::Organization(org) => Some(*org),
            TokenOf::User(_) | TokenOf::Operator => None,
        },
        AccessWish::GrantAuditor { org, .. }
        | AccessWish::WithdrawAuditor { org, .. }
        | AccessWish::TakeOver { org, .. } => Some(*org),
    }
}

/// The organization that a wish names.
pub(super) fn org_of_usage(wish: &UsageWish) -> OrganizationId {
    match wish {
        UsageWish::IssueApiKey { org, .. }
        | UsageWish::RevokeApiKey { org, .. }
        | UsageWish::ChangeLimits { org, .. } => *org,
    }
}
