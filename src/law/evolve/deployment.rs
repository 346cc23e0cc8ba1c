//! What a fact means beyond its organization: slugs, who is known to the deployment, how they come
//! in.

use super::accounts::{
    change_second_factor, end_sessions, folded_email, folded_username, issue_token, release_email,
    revoke_token, set_password, update_user, verify_email,
};
use super::erasure::erase;
use crate::facts::event::{self, Change};
use crate::facts::{Actor, Event, Fact, Sealed, Shown, Source};
use crate::law::state::{ImportedLines, Organization, State, User};
use crate::words::{CommandId, Name, OrganizationId, Slug, Timestamp, UserId};
use imbl::{OrdMap, OrdSet};
use std::sync::Arc;

pub(super) fn evolve(state: &mut State, fact: &Fact, actor: Actor, at: Timestamp) {
    let org = fact.org;
    match &fact.event {
        Event::OrganizationCreated(event) => create_organization(state, org, event),
        Event::OrganizationUpdated(event) => move_slug(state, org, event),
        Event::MemberCreated(event) => {
            let person = [&event.email, &event.name, &event.username].map(Option::as_ref);
            know_user(state, event.user, person);
            belong(state, event.user, org);
        }
        Event::InvitationAccepted(event) => {
            let person = [&event.email, &event.name, &event.username].map(Option::as_ref);
            let user = know_user(state, event.user, person);
            user.signs_in = true;
            // Who accepts for themselves has the link, or proved the address before.
            user.verified |= matches!(actor, Actor::User(_)) && event.email.is_some();
            belong(state, event.user, org);
        }
        Event::MemberRemoved(event) => {
            depart(state, event.user, org);
            if event.cause.ends_sessions() {
                end_sessions(state, event.user, at);
            }
        }
        Event::MemberSuspended(event) => end_sessions(state, event.user, at),
        Event::TokenIssued(event) => issue_token(state, org, event, actor),
        Event::TokenRevoked(event) => revoke_token(state, event.token),
        Event::UserCreated(event) => begin_account(state, event),
        Event::AuditorGranted(event) => {
            let person = [&event.email, &event.name, &event.username].map(Option::as_ref);
            know_user(state, event.user, person).be_named(org);
        }
        Event::PersonalDataErased(event) => erase(state, org, event),
        Event::UserUpdated(event) => update_user(state, event),
        Event::EmailVerified(event) => verify_email(state, event),
        Event::EmailReleased(event) => release_email(state, event),
        Event::PasswordSet(event) => set_password(state, event, at),
        Event::SecondFactorChanged(event) => change_second_factor(state, event, at),
        Event::SessionsEnded(event) => end_sessions(state, event.user, at),
        Event::CheckpointKeyRotated(event) => state.publication.rotation = event.rotation,
        Event::LedgerRestored(event) => state.publication.restored = event.restored,
        Event::OrganizationCertified(_)
        | Event::OrganizationDissolved(_)
        | Event::InvitationSent(_)
        | Event::InvitationResent(_)
        | Event::InvitationRevoked(_)
        | Event::InvitationDeclined(_)
        | Event::InvitationExpired(_)
        | Event::RoleChanged(_)
        | Event::MemberUpdated(_)
        | Event::MemberReactivated(_)
        | Event::SuperAdminTransferred(_)
        | Event::RoleDefined(_)
        | Event::RoleRedefined(_)
        | Event::RoleRetired(_)
        | Event::TeamCreated(_)
        | Event::TeamUpdated(_)
        | Event::TeamRemoved(_)
        | Event::TeamMemberAdded(_)
        | Event::TeamMemberRemoved(_)
        | Event::TeamRoleChanged(_)
        | Event::AuditorWithdrawn(_)
        | Event::AccessTakenOver(_)
        | Event::ApiKeyIssued(_)
        | Event::ApiKeyRevoked(_)
        | Event::LimitsChanged(_)
        | Event::ExportCreated(_)
        | Event::OrganizationHeadsCommitted(_) => {}
    }
}

pub(super) fn remember_line(state: &mut State, source: &Source, cmd: CommandId) {
    let before = source.seq.checked_sub(1);
    let key = (source.repo.clone(), source.seq);
    let run = state
        .imported
        .range(..(source.repo.clone(), source.seq))
        .next_back()
        .filter(|((repo, _), run)| {
            *repo == source.repo
                && Some(run.last) == before
                && run.commit == source.commit
                && run.cmd == cmd
        })
        .map(|(key, _)| key.clone());
    let first = run.unwrap_or(key);
    let lines = ImportedLines { last: source.seq, commit: source.commit.clone(), cmd };
    state.imported.insert(first, lines);
}

fn begin_account(state: &mut State, event: &event::UserCreated) {
    let person = [&event.email, &event.name, &event.username].map(Option::as_ref);
    let user = know_user(state, event.user, person);
    user.own.email |= event.email.is_some();
    user.own.name |= event.name.is_some();
    user.own.username |= event.username.is_some();
}

/// Keeps what is known of a user, and finds them by it.
fn know_user<'a>(state: &'a mut State, id: UserId, person: [Option<&Sealed>; 3]) -> &'a mut User {
    let [email, name, username] = person.map(|value| value.and_then(Sealed::text).cloned());
    if let Some(folded) = email.as_deref().and_then(folded_email) {
        state.emails.insert(folded, id);
    }
    if let Some(folded) = username.as_deref().and_then(folded_username) {
        state.usernames.insert(folded, id);
    }
    let user: &mut User = Arc::make_mut(state.users.entry(id).or_default());
    user.email = email.or(user.email.take());
    user.name = name.or(user.name.take());
    user.username = username.or(user.username.take());
    user
}

fn belong(state: &mut State, user: UserId, org: OrganizationId) {
    Arc::make_mut(state.users.entry(user).or_default()).belong(org);
}

fn depart(state: &mut State, user: UserId, org: OrganizationId) {
    if let Some(user) = state.users.get_mut(&user) {
        Arc::make_mut(user).depart(org);
    }
}

pub(super) trait Text {
    fn text(&self) -> Arc<str>;
}

impl Text for Name {
    fn text(&self) -> Arc<str> {
        self.shared()
    }
}

impl Text for Slug {
    fn text(&self) -> Arc<str> {
        self.shared()
    }
}

pub(super) fn text<T: Text>(shown: &Shown<T>) -> Option<Arc<str>> {
    match shown {
        Shown::Public(value) => Some(value.text()),
        Shown::Sealed(sealed) => sealed.text().cloned(),
    }
}

fn create_organization(state: &mut State, org: OrganizationId, event: &event::OrganizationCreated) {
    let slug = text(&event.slug);
    if let Some(slug) = &slug {
        state.slugs.insert(Arc::clone(slug), org);
    }
    let organization = Organization {
        kind: event.kind,
        role_set: event.role_set,
        name: text(&event.name),
        slug,
        certified: false,
        dissolved: false,
        seats: event.seats,
        second_factor: false,
        last_effective: Timestamp::EPOCH,
        members: OrdMap::new(),
        member_ids: OrdMap::new(),
        top_holders: OrdSet::new(),
        custom_roles: OrdMap::new(),
        invitations: OrdMap::new(),
        pending: OrdMap::new(),
        teams: OrdMap::new(),
        team_names: OrdMap::new(),
        awaited_parents: OrdSet::new(),
        auditors: OrdMap::new(),
        api_keys: OrdMap::new(),
        limits: OrdMap::new(),
        erased: OrdSet::new(),
        personal_of: None,
    };
    state.organizations.insert(org, Arc::new(organization));
}

fn move_slug(state: &mut State, org: OrganizationId, event: &event::OrganizationUpdated) {
    let Some(Change { before, after }) = &event.slug else { return };
    if let Some(slug) = before.as_ref().and_then(text) {
        state.slugs.remove(&slug);
    }
    if let Some(slug) = after.as_ref().and_then(text) {
        state.slugs.insert(slug, org);
    }
}
