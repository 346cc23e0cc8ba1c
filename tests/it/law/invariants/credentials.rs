//! What holds of accounts, tokens and API keys: nobody comes in by what has ended.

use super::{Command, People};
use rollbook::facts::event::{PasswordCause, Scope};
use rollbook::facts::{Actor, Event, Holder};
use rollbook::law::State;
use rollbook::law::command::{Action, Credential, Proof};
use rollbook::law::state::Organization;
use rollbook::words::{OrganizationId, Timestamp, UserId};
use std::collections::{BTreeMap, BTreeSet};

/// What facts said of how people come in.
#[derive(Default)]
pub(super) struct Ways {
    /// Whoever has proved the address that they have now.
    proven: BTreeSet<UserId>,
    /// When a password was last chosen or reset.
    passwords: BTreeMap<UserId, Timestamp>,
}

impl Ways {
    pub(super) fn meet(&mut self, event: &Event, actor: Actor, at: Timestamp) {
        match event {
            Event::EmailVerified(event) => drop(self.proven.insert(event.user)),
            Event::EmailReleased(event) => drop(self.proven.remove(&event.user)),
            Event::UserUpdated(event) if event.email.is_some() => {
                self.proven.remove(&event.user);
            }
            Event::InvitationAccepted(event) if actor == Actor::User(event.user) => {
                self.proven.insert(event.user);
            }
            Event::PasswordSet(event) if event.cause != PasswordCause::Rehashed => {
                self.passwords.insert(event.user, at);
            }
            _ => {}
        }
    }
}

/// Nobody joins by an address that they did not prove, unless they have the link.
pub(crate) fn joins_rightly(people: &People, command: &Command, event: &Event) {
    let Event::InvitationAccepted(joined) = event else { return };
    let Action::AcceptInvitation { proof, .. } = &command.action else {
        panic!("an invitation was accepted by {command:?}");
    };
    let linked = matches!(proof, Proof::Token(_));
    let vouched = matches!(command.actor, Actor::Operator(_));
    assert!(linked || vouched || people.ways.proven.contains(&joined.user), "{command:?}");
}

/// What an accepted command came in by held, as far as the state before says.
pub(crate) fn came_in(before: &State, people: &People, command: &Command, now: Timestamp) {
    match command.credential {
        Credential::Outside => {
            let is_token = matches!(command.actor, Actor::Token(_));
            assert!(!is_token, "a token comes in by itself: {command:?}");
        }
        Credential::Session { since } => {
            let Actor::User(user) = command.actor else { panic!("no session: {command:?}") };
            let changed = people.ways.passwords.get(&user);
            assert!(changed.is_none_or(|at| *at <= since), "an old session: {command:?}");
        }
        Credential::Token(id) => {
            let token = before.token(id).expect("a token that nobody issued, or that ended");
            let whose = match token.holder {
                Holder::Organization => Actor::Token(id),
                Holder::User(user) => Actor::User(user),
                Holder::Operator => {
                    Actor::Operator(rollbook::words::OperatorId::from_uuid(id.uuid()))
                }
            };
            assert_eq!(command.actor, whose, "another's token");
            assert!(now < token.expires_at, "an expired token: {command:?}");
            assert!(token.scopes.contains(&Scope::Write), "a token that reads: {command:?}");
            let ended = before.organization(token.org).is_some_and(|org| org.dissolved);
            assert!(!ended, "a token of what was dissolved: {command:?}");
            let opens = matches!(command.action, Action::Account(_));
            assert!(!opens, "a token changed an account: {command:?}");
        }
    }
}

/// At the end of every command.
pub(super) fn hold(state: &State, people: &People) {
    for user in &people.users {
        let known = state.user(*user).unwrap();
        assert!(!known.verified || known.email.is_some(), "{user} proved an address of nobody");
        let proven = people.ways.proven.contains(user);
        // With an address that was erased, what was proven of it is gone.
        let lost = people.released.contains(user) && !known.verified;
        assert!(known.verified == proven || lost, "{user} is proven or not");
        if let Some(at) = people.ways.passwords.get(user) {
            let before = Timestamp::from_micros(at.micros() - 1);
            assert!(!state.session_holds(*user, before), "a session outlived its password");
        }
        told_apart(state, OrganizationId::DEPLOYMENT, Holder::User(*user));
    }
    told_apart(state, OrganizationId::DEPLOYMENT, Holder::Operator);
    for (id, organization) in state.organizations() {
        told_apart(state, id, Holder::Organization);
        of_organization(state, id, organization);
    }
}

fn of_organization(state: &State, id: OrganizationId, organization: &Organization) {
    let active = |user: UserId| organization.member(user).filter(|member| !member.suspended);
    for (_, token) in state.tokens(id, Holder::Organization) {
        assert!(!organization.dissolved, "a token of what was dissolved");
        if let Actor::User(issuer) = token.issuer {
            assert!(active(issuer).is_some(), "a token outlived {issuer}");
        }
    }
    for (_, key) in organization.api_keys() {
        assert!(!organization.dissolved, "an API key of what was dissolved");
        let owner = active(key.user).expect("an API key outlived its owner");
        assert_eq!(owner.id, key.member, "an API key of an earlier membership");
    }
    for (user, _) in organization.members() {
        let owned = organization.api_keys().filter(|(_, key)| key.user == user).count();
        assert!(owned <= 100, "{user} owns {owned} API keys");
    }
}

/// A holder's tokens have names of their own, and are not too many.
fn told_apart(state: &State, org: OrganizationId, holder: Holder) {
    let names: Vec<_> = state.tokens(org, holder).map(|(_, token)| token.name.clone()).collect();
    let apart: BTreeSet<_> = names.iter().collect();
    assert_eq!(apart.len(), names.len(), "two tokens of {holder} have one name");
    assert!(names.len() <= 100, "{holder} holds {} tokens", names.len());
}
