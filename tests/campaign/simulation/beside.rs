//! What stands beside memberships: who else comes in, what members have elsewhere, and what is
//! said of people.

mod tells;

use super::happens::Frame;
use super::membership::{Deployment, Org, Text, User, folded_email, folded_login, known};
use rollbook::facts::event::{EndCause, Limits, Scope};
use rollbook::projections::{
    ApiKeyRow, ApiKeyStatus, AuditorRow, AuditorStatus, MemberRow, TokenRow, TokenStatus,
};
use rollbook::words::{ApiKeyId, KeyPrefix, MemberId, Name, Timestamp, TokenId, UserId};
use std::rc::Rc;

/// Address, name and login name, as far as they are said.
pub(super) type Person = [Option<Text>; 3];
/// The same before and after, as far as they changed.
pub(super) type Changes = [Option<[Option<Text>; 2]>; 3];

/// What can happen beside memberships; the names are those of the events.
#[derive(Clone, Debug)]
pub(super) enum Beside {
    UserCreated { user: UserId, person: Person },
    UserUpdated { user: UserId, changes: Changes },
    EmailVerified { user: UserId },
    EmailReleased { user: UserId },
    PasswordSet { user: UserId },
    SecondFactorChanged { user: UserId, on: bool },
    MemberUpdated { member: MemberId, user: UserId, changes: Changes },
    TokenIssued { token: TokenId, name: Name, scopes: Vec<Scope>, expires_at: Timestamp },
    TokenRevoked { token: TokenId, cause: EndCause },
    AuditorGranted { user: UserId, person: Person, expires_at: Option<Timestamp> },
    AuditorWithdrawn { user: UserId },
    AccessTakenOver { user: UserId },
    ApiKeyIssued { key: ApiKeyId, member: MemberId, user: UserId, about: KeyAbout },
    ApiKeyRevoked { key: ApiKeyId, member: MemberId, user: UserId, cause: EndCause },
    LimitsChanged { member: MemberId, user: UserId, before: Limits, after: Limits },
}

/// What is said of a key.
#[derive(Clone, Debug)]
pub(super) struct KeyAbout {
    pub(super) name: Name,
    pub(super) prefix: Option<KeyPrefix>,
    pub(super) environment: Option<Name>,
}

/// What an organization has beside its members. The rows' status is what was recorded last.
#[derive(Clone, Default)]
pub(super) struct Held {
    /// In the order of issuing.
    pub(super) tokens: Vec<Rc<TokenRow>>,
    /// In the order of granting.
    pub(super) auditors: Vec<Rc<AuditorRow>>,
    /// In the order of issuing, with the place of the entry that ended them.
    pub(super) keys: Vec<(Rc<ApiKeyRow>, Option<u64>)>,
    /// What bounds members now, and since when.
    pub(super) limits: Vec<(MemberId, Limits, Timestamp)>,
}

impl Held {
    /// A token that nobody revoked.
    pub(super) fn token(&self, id: TokenId) -> Option<&TokenRow> {
        let found = self.tokens.iter().find(|row| row.token_id == id).map(Rc::as_ref);
        found.filter(|row| row.status != TokenStatus::Revoked)
    }

    /// The tokens that nobody revoked, by name.
    pub(super) fn lasting_tokens(&self) -> Vec<&TokenRow> {
        let all = self.tokens.iter().map(Rc::as_ref);
        let mut all: Vec<_> = all.filter(|row| row.status != TokenStatus::Revoked).collect();
        all.sort_by(|one, other| one.name.cmp(&other.name));
        all
    }

    /// The keys that nobody revoked, by identifier.
    pub(super) fn lasting_keys(&self) -> Vec<&ApiKeyRow> {
        let all = self.keys.iter().map(|(row, _)| row.as_ref());
        let mut all: Vec<_> = all.filter(|row| row.status == ApiKeyStatus::Active).collect();
        all.sort_by_key(|row| row.api_key_id);
        all
    }

    /// A user's last grant, unless it was withdrawn.
    pub(super) fn grant(&self, user: UserId) -> Option<&AuditorRow> {
        let last = self.auditors.iter().rev().find(|row| row.user_id == user).map(Rc::as_ref);
        last.filter(|row| row.status != AuditorStatus::Withdrawn)
    }

    /// What bounds a member, and since when, if it ever changed.
    pub(super) fn bounds(&self, member: MemberId) -> (Limits, Option<Timestamp>) {
        let found = self.limits.iter().find(|(of, ..)| *of == member);
        found.map_or_else(Default::default, |(_, limits, at)| (limits.clone(), Some(*at)))
    }

    /// Where the last of a member's keys ended.
    pub(super) fn last_key_end(&self, member: MemberId) -> Option<u64> {
        let own = self.keys.iter().filter(|(row, _)| row.member_id == member);
        own.filter_map(|(_, end)| *end).max()
    }
}

/// What becomes of people.
pub(super) fn happens_to_people(world: &mut Deployment, beside: &Beside) {
    if let Beside::UserCreated { user, person } = beside {
        let [email, name, username] = person.clone();
        world.users.push(Rc::new(User::new(*user, email, name, username)));
        return;
    }
    let user = match beside {
        Beside::UserUpdated { user, .. }
        | Beside::EmailVerified { user }
        | Beside::EmailReleased { user }
        | Beside::PasswordSet { user }
        | Beside::SecondFactorChanged { user, .. } => *user,
        _ => return,
    };
    let known = world.users.iter_mut().find(|known| known.id == user).unwrap();
    let known = Rc::make_mut(known);
    match beside {
        Beside::UserUpdated { changes: [email, name, username], .. } => {
            if let Some([_, after]) = email {
                (known.email, known.proven) = (after.clone(), false);
            }
            name.iter().for_each(|[_, after]| known.name.clone_from(after));
            username.iter().for_each(|[_, after]| known.username.clone_from(after));
        }
        Beside::EmailVerified { .. } => {
            (known.proven, known.signs_in, known.account) = (true, true, true);
        }
        Beside::EmailReleased { .. } => (known.email, known.proven) = (None, false),
        Beside::PasswordSet { .. } => {
            (known.password, known.signs_in, known.account) = (true, true, true);
        }
        Beside::SecondFactorChanged { on, .. } => {
            (known.second_factor, known.account) = (*on, true);
        }
        other => unreachable!("{other:?} is told elsewhere"),
    }
    known.folds();
}

impl User {
    pub(super) fn new(
        id: UserId,
        email: Option<Text>,
        name: Option<Text>,
        username: Option<Text>,
    ) -> Self {
        let mut user = Self {
            id,
            email,
            name,
            username,
            signs_in: false,
            proven: false,
            account: false,
            password: false,
            second_factor: false,
            folded: [None, None],
        };
        user.folds();
        user
    }

    fn folds(&mut self) {
        self.folded =
            [self.email.as_deref().map(folded_email), self.username.as_deref().map(folded_login)];
    }
}

impl Org {
    pub(super) fn has_beside(&mut self, beside: &Beside, frame: Frame, place: u64) {
        match beside {
            Beside::MemberUpdated { member, changes: [email, name, username], .. } => {
                let shown = |after: &Option<Text>| after.as_ref().map(known);
                let row: &mut MemberRow = self.member_mut(*member);
                email.iter().for_each(|[_, after]| row.email = shown(after));
                name.iter().for_each(|[_, after]| row.name = shown(after));
                username.iter().for_each(|[_, after]| row.username = shown(after));
            }
            Beside::TokenIssued { token, name, scopes, expires_at } => {
                self.held.tokens.push(Rc::new(TokenRow {
                    token_id: *token,
                    name: name.clone(),
                    scopes: scopes.clone(),
                    status: TokenStatus::Active,
                    expires_at: *expires_at,
                    issued_at: frame.at,
                    issued_org_seq: place,
                    issued_by: frame.actor,
                    revoked_at: None,
                    cause: None,
                }));
            }
            Beside::TokenRevoked { token, cause } => {
                let mut rows = self.held.tokens.iter_mut();
                let row = Rc::make_mut(rows.find(|row| row.token_id == *token).unwrap());
                row.status = TokenStatus::Revoked;
                (row.revoked_at, row.cause) = (Some(frame.at), Some(*cause));
            }
            Beside::AuditorGranted { user, person, expires_at } => {
                let [email, name, username] =
                    person.each_ref().map(|text| text.as_ref().map(known));
                self.held.auditors.push(Rc::new(AuditorRow {
                    user_id: *user,
                    username,
                    name,
                    email,
                    status: AuditorStatus::Active,
                    expires_at: *expires_at,
                    granted_at: frame.at,
                    granted_org_seq: place,
                    granted_by: frame.actor,
                    withdrawn_at: None,
                }));
            }
            Beside::AuditorWithdrawn { user } => {
                let mut rows = self.held.auditors.iter_mut().rev();
                let row = Rc::make_mut(rows.find(|row| row.user_id == *user).unwrap());
                (row.status, row.withdrawn_at) = (AuditorStatus::Withdrawn, Some(frame.at));
            }
            Beside::ApiKeyIssued { .. } | Beside::ApiKeyRevoked { .. } => {
                self.has_key(beside, frame, place);
            }
            Beside::LimitsChanged { member, after, .. } => {
                self.held.limits.retain(|(of, ..)| of != member);
                self.held.limits.push((*member, after.clone(), frame.at));
            }
            Beside::AccessTakenOver { .. } => {}
            other => unreachable!("{other:?} happens to people"),
        }
    }

    fn has_key(&mut self, beside: &Beside, frame: Frame, place: u64) {
        match beside {
            Beside::ApiKeyIssued { key, member, user, about } => {
                let row = ApiKeyRow {
                    api_key_id: *key,
                    name: about.name.clone(),
                    environment: about.environment.clone(),
                    prefix: about.prefix.clone(),
                    member_id: *member,
                    user_id: *user,
                    username: None,
                    status: ApiKeyStatus::Active,
                    issued_at: frame.at,
                    issued_org_seq: place,
                    issued_by: frame.actor,
                    revoked_at: None,
                    cause: None,
                };
                self.held.keys.push((Rc::new(row), None));
            }
            Beside::ApiKeyRevoked { key, cause, .. } => {
                let mut rows = self.held.keys.iter_mut().rev();
                let (row, end) = rows.find(|(row, _)| row.api_key_id == *key).unwrap();
                let row = Rc::make_mut(row);
                row.status = ApiKeyStatus::Revoked;
                (row.revoked_at, row.cause) = (Some(frame.at), Some(*cause));
                *end = Some(place);
            }
            other => unreachable!("{other:?} is about no key"),
        }
    }
}
