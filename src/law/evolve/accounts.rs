//! Accounts and tokens: how somebody comes in.

use super::token;
use crate::facts::event::{
    EmailReleased, EmailVerified, PasswordCause, PasswordSet, Profile, SecondFactorChanged,
    SecondFactorStep, TokenIssued, UserUpdated,
};
use crate::facts::{Actor, Sealed};
use crate::law::state::{Account, SecondFactor, State, Token, User};
use crate::words::{Email, OrganizationId, Timestamp, TokenId, UserId, Username};
use std::sync::Arc;

fn account(state: &mut State, user: UserId) -> &mut Account {
    Arc::make_mut(state.accounts.entry(user).or_default())
}

fn user(state: &mut State, user: UserId) -> Option<&mut User> {
    state.users.get_mut(&user).map(Arc::make_mut)
}

/// What a value became, where it changed; the inner `None`: there is none any more.
pub(super) fn became(profile: &Profile) -> Option<Option<Arc<str>>> {
    let change = profile.as_ref()?;
    Some(change.after.as_ref().and_then(Sealed::text).cloned())
}

pub(super) fn folded_email(email: &str) -> Option<Arc<str>> {
    Email::parse(email).ok().map(|email| email.folded())
}

pub(super) fn folded_username(username: &str) -> Option<Arc<str>> {
    Username::parse(username).ok().map(|username| username.folded())
}

pub(super) fn update_user(state: &mut State, event: &UserUpdated) {
    let id = event.user;
    let Some(known) = state.users.get(&id).cloned() else { return };
    if let Some(email) = became(&event.email) {
        if let Some(before) = known.email.as_deref().and_then(folded_email) {
            state.emails.remove(&before);
        }
        keep_former(state, event);
        if let Some(after) = email.as_deref().and_then(folded_email) {
            state.emails.insert(after, id);
        }
        if let Some(user) = user(state, id) {
            user.email = email;
            user.own.email = is_there(&event.email);
            user.verified = false;
        }
    }
    if let Some(username) = became(&event.username) {
        if let Some(before) = known.username.as_deref().and_then(folded_username) {
            state.usernames.remove(&before);
        }
        if let Some(after) = username.as_deref().and_then(folded_username) {
            state.usernames.insert(after, id);
        }
        if let Some(user) = user(state, id) {
            user.username = username;
            user.own.username = is_there(&event.username);
        }
    }
    if let (Some(name), Some(user)) = (became(&event.name), user(state, id)) {
        user.name = name;
        user.own.name = is_there(&event.name);
    }
}

/// Whether there is a value behind a change, known or not.
fn is_there(profile: &Profile) -> bool {
    profile.as_ref().is_some_and(|change| change.after.is_some())
}

/// Keeps the address that an account had before: invitations to it are its user's.
fn keep_former(state: &mut State, event: &UserUpdated) {
    let before = event.email.as_ref().and_then(|change| change.before.as_ref());
    let before = before.and_then(Sealed::text).and_then(|email| folded_email(email));
    if let (Some(before), Some(user)) = (before, user(state, event.user))
        && !user.former_emails.contains(&before)
    {
        user.former_emails = user.former_emails.iter().cloned().chain([before]).collect();
    }
}

pub(super) fn verify_email(state: &mut State, event: &EmailVerified) {
    // Where the organization that the address came from has erased it, the account still has it.
    if let Some(folded) = event.email.text().and_then(|email| folded_email(email)) {
        state.emails.insert(folded, event.user);
    }
    if let Some(user) = user(state, event.user) {
        user.verified = true;
        user.signs_in = true;
        user.own.email = true;
        user.email = event.email.text().cloned().or(user.email.take());
    }
    account(state, event.user);
}

pub(super) fn release_email(state: &mut State, event: &EmailReleased) {
    let Some(user) = user(state, event.user) else { return };
    user.verified = false;
    user.own.email = false;
    let email = user.email.take();
    if let Some(folded) = email.as_deref().and_then(folded_email) {
        state.emails.remove(&folded);
    }
}

/// A session that rests on the moment of a new password itself is one that began with it.
pub(super) fn set_password(state: &mut State, event: &PasswordSet, at: Timestamp) {
    if let Some(user) = user(state, event.user) {
        user.signs_in = true;
    }
    let account = account(state, event.user);
    account.password = event.hash.text().cloned();
    match event.cause {
        PasswordCause::Chosen | PasswordCause::Reset => {
            account.password_at = at;
            account.sessions_from = at;
        }
        PasswordCause::Rehashed => {}
    }
}

pub(super) fn change_second_factor(state: &mut State, event: &SecondFactorChanged, at: Timestamp) {
    let account = account(state, event.user);
    let text = |sealed: &Option<Sealed>| sealed.as_ref().and_then(Sealed::text).cloned();
    let recovery = text(&event.recovery);
    match event.step {
        SecondFactorStep::Enabled => {
            let secret = text(&event.secret);
            account.second_factor = Some(SecondFactor { secret, recovery });
            account.sessions_from = at;
        }
        SecondFactorStep::Disabled => account.second_factor = None,
        SecondFactorStep::RecoveryUsed | SecondFactorStep::RecoveryRenewed => {
            if let Some(factor) = &mut account.second_factor {
                factor.recovery = recovery;
            }
        }
    }
}

/// Only who ever could sign in has sessions.
pub(super) fn end_sessions(state: &mut State, user: UserId, at: Timestamp) {
    if let Some(account) = state.accounts.get_mut(&user) {
        Arc::make_mut(account).sessions_from = at;
    }
}

pub(super) fn issue_token(
    state: &mut State,
    org: OrganizationId,
    event: &TokenIssued,
    issuer: Actor,
) {
    let digest = token(&event.digest);
    if let Some(digest) = &digest {
        state.token_digests.insert(digest.0, event.token);
    }
    let name = Some(event.name.clone());
    state.token_names.insert((org, event.holder, name), event.token);
    let issued = Token {
        org,
        holder: event.holder,
        name: event.name.clone(),
        scopes: event.scopes.clone(),
        expires_at: event.expires_at,
        digest,
        issuer,
    };
    state.tokens.insert(event.token, Arc::new(issued));
}

pub(super) fn revoke_token(state: &mut State, id: TokenId) {
    let Some(token) = state.tokens.remove(&id) else { return };
    if let Some(digest) = &token.digest {
        state.token_digests.remove(&digest.0);
    }
    state.token_names.remove(&(token.org, token.holder, Some(token.name.clone())));
}
