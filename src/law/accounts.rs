//! Accounts: who comes to exist by themselves, and how they prove who they are.

use super::admission::unknown_person;
use super::command::account::{Proven, SecondFactorWish};
use super::command::{AccountWish, Person, Secret};
use super::credential::no_token;
use super::draft::Draft;
use super::erasure::not_erased;
use super::refusal::Refusal;
use super::state::{SecondFactor, User};
use super::tokens::end_token;
use crate::facts::event::{
    Change, EmailReleased, EmailVerified, EndCause, MemberUpdated, PasswordCause, PasswordSet,
    Profile, SecondFactorChanged, SecondFactorStep, SessionsEnded, UserCreated, UserUpdated,
};
use crate::facts::{Actor, Holder, Sealed};
use crate::words::{Email, Name, OrganizationId, SubjectId, Timestamp, TokenId, UserId, Username};
use std::sync::Arc;

const HERE: OrganizationId = OrganizationId::DEPLOYMENT;

pub(super) fn act(draft: &mut Draft<'_>, wish: &AccountWish) -> Result<(), Refusal> {
    match wish {
        AccountWish::SignUp { user, person, password } => {
            begin(draft, *user, person)?;
            password.as_ref().map_or(Ok(()), |hash| first_password(draft, *user, hash))
        }
        AccountWish::SignUpProven { user, person, password } => {
            sign_up_proven(draft, *user, person, password.as_ref())
        }
        AccountWish::Bring { user, person, proven, password, source } => {
            if super::import::is_new(draft, source)? {
                super::import::importer(draft)?;
                draft.source = Some(source.clone());
                take_over(draft, *user, (person, *proven), password.as_ref())?;
            }
            Ok(())
        }
        AccountWish::VerifyEmail { user, email } => {
            themselves(draft, *user)?;
            verify(draft, *user, email)
        }
        AccountWish::SetPassword { user, hash, cause, proves, seen } => {
            set_password(draft, *user, (hash, *cause), proves.as_ref(), *seen)
        }
        AccountWish::ChangeSecondFactor { user, change } => {
            change_second_factor(draft, *user, change)
        }
        AccountWish::EndSessions { user } => {
            themselves(draft, *user)?;
            let event = SessionsEnded { reason: draft.reason(*user), user: *user };
            draft.record(HERE, event)
        }
        AccountWish::UpdateUser { user, name, username, email } => {
            let email = email.as_ref().map(|(email, proven)| (email, *proven));
            update(draft, *user, name.as_ref(), username.as_ref(), email)
        }
    }
}

/// An account is its user's; the operator helps.
fn theirs_or_operators(draft: &Draft<'_>, user: UserId) -> Result<(), Refusal> {
    match draft.actor() {
        Actor::Operator(_) => Ok(()),
        Actor::User(actor) if actor == user => Ok(()),
        Actor::User(_) | Actor::Token(_) | Actor::System(_) => Err(Refusal::NotYourself),
    }
}

/// The account that there is, for whom it belongs to. A token changes none.
fn themselves<'a>(draft: &'a Draft<'_>, user: UserId) -> Result<&'a User, Refusal> {
    no_token(draft)?;
    theirs_or_operators(draft, user)?;
    not_erased(&draft.state, HERE, user)?;
    draft.state.user(user).ok_or(Refusal::UnknownUser)
}

fn begin(draft: &mut Draft<'_>, user: UserId, person: &Person) -> Result<(), Refusal> {
    theirs_or_operators(draft, user)?;
    no_token(draft)?;
    come_to_exist(draft, user, person)
}

fn come_to_exist(draft: &mut Draft<'_>, user: UserId, person: &Person) -> Result<(), Refusal> {
    if draft.state.user(user).is_some() {
        return Err(Refusal::NotYourself);
    }
    unknown_person(draft, person)?;
    let sealed = |text: Arc<str>| Sealed::open(SubjectId::from(user), text);
    let event = UserCreated {
        email: person.email.as_ref().map(|email| sealed(email.shared())),
        name: person.name.as_ref().map(|name| sealed(name.shared())),
        reason: draft.reason(user),
        user,
        username: person.username.as_ref().map(|name| sealed(name.shared())),
    };
    draft.record(HERE, event)
}

fn sign_up_proven(
    draft: &mut Draft<'_>,
    user: UserId,
    person: &Person,
    password: Option<&Secret>,
) -> Result<(), Refusal> {
    let email = person.email.as_ref().ok_or(Refusal::AddressNeeded)?;
    release_unproven(draft, email)?;
    begin(draft, user, person)?;
    verify(draft, user, email)?;
    password.map_or(Ok(()), |hash| first_password(draft, user, hash))
}

/// An address that was proven elsewhere is proven: the operator vouches for where it comes from.
fn take_over(
    draft: &mut Draft<'_>,
    user: UserId,
    (person, proven): (&Person, Proven),
    password: Option<&Secret>,
) -> Result<(), Refusal> {
    let before = draft.facts.len();
    let proven = person.email.as_ref().filter(|_| proven == Proven::Yes);
    if let Some(email) = proven {
        release_unproven(draft, email)?;
    }
    come_to_exist(draft, user, person)?;
    if let Some(email) = proven {
        verify(draft, user, email)?;
    }
    password.map_or(Ok(()), |hash| first_password(draft, user, hash))?;
    draft.cut_only_after(before);
    Ok(())
}

/// Takes an address from the account that holds it without having proven it. One without a password
/// was made for the address by somebody else: whoever proves the address takes that account over.
pub(super) fn release_unproven(draft: &mut Draft<'_>, email: &Email) -> Result<(), Refusal> {
    let Some(holder) = draft.state.by_email(&email.folded()) else { return Ok(()) };
    let known = draft.state.user(holder).ok_or(Refusal::UnknownUser)?;
    if known.verified || !has_password(draft, holder) {
        return Ok(());
    }
    let released = Arc::clone(known.email.as_ref().ok_or(Refusal::UnknownUser)?);
    let organizations = known.organizations.clone();
    let sealed = Sealed::open(holder.into(), released);
    let event = EmailReleased { email: sealed.clone(), reason: draft.reason(holder), user: holder };
    draft.record(HERE, event)?;
    for org in organizations {
        let email = Some(Change { after: None, before: Some(sealed.clone()) });
        tell(draft, org, holder, [email, None, None])?;
    }
    Ok(())
}

fn has_password(draft: &Draft<'_>, user: UserId) -> bool {
    draft.state.account(user).is_some_and(|account| account.password.is_some())
}

/// Tells an organization what changed of its member's person.
fn tell(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    user: UserId,
    [email, name, username]: [Profile; 3],
) -> Result<(), Refusal> {
    let Some(member) = draft.state.organization(org).and_then(|found| found.member(user)) else {
        return Ok(());
    };
    let member = member.id;
    let event = MemberUpdated { email, member, name, reason: draft.reason(user), user, username };
    draft.record(org, event)
}

/// Records that an address is its user's. Proving it again is no refusal, and no second fact.
pub(super) fn verify(draft: &mut Draft<'_>, user: UserId, email: &Email) -> Result<(), Refusal> {
    let known = draft.state.user(user).ok_or(Refusal::UnknownUser)?;
    let own = known.email.as_deref().and_then(|own| Email::parse(own).ok());
    if own.is_none_or(|own| own.folded() != email.folded()) {
        return Err(Refusal::NotTheEmail);
    }
    if known.verified && draft.state.account(user).is_some() {
        return Ok(());
    }
    // As the account spells it: what is proven is what the account says.
    let own = known.email.clone().ok_or(Refusal::NotTheEmail)?;
    let event = EmailVerified { email: Sealed::open(user.into(), own), user };
    draft.record(HERE, event)
}

/// The password of an account that has none.
pub(super) fn first_password(
    draft: &mut Draft<'_>,
    user: UserId,
    hash: &Secret,
) -> Result<(), Refusal> {
    if has_password(draft, user) {
        return Err(Refusal::PasswordPresent);
    }
    record_password(draft, user, hash, PasswordCause::Chosen)
}

fn record_password(
    draft: &mut Draft<'_>,
    user: UserId,
    hash: &Secret,
    cause: PasswordCause,
) -> Result<(), Refusal> {
    let hash = Sealed::open(user.into(), Arc::clone(&hash.0));
    let event = PasswordSet { cause, hash, reason: draft.reason(user), user };
    draft.record(HERE, event)
}

fn set_password(
    draft: &mut Draft<'_>,
    user: UserId,
    (hash, cause): (&Secret, PasswordCause),
    proves: Option<&Email>,
    seen: Timestamp,
) -> Result<(), Refusal> {
    let was_proven = themselves(draft, user)?.verified;
    if draft.state.account(user).is_some_and(|account| account.password_at > seen) {
        return Err(Refusal::CredentialsChanged);
    }
    // Only what is there is hashed anew: else a password would be chosen without ending anything.
    if cause == PasswordCause::Rehashed && !has_password(draft, user) {
        return Err(Refusal::CredentialsChanged);
    }
    if let Some(email) = proves {
        verify(draft, user, email)?;
        // Whoever had the account before only said that the address was theirs: nothing of what
        // they set up lets them in, or keeps its owner out.
        if !was_proven {
            end_tokens(draft, user)?;
            end_second_factor(draft, user)?;
        }
    }
    record_password(draft, user, hash, cause)
}

/// Whoever had the account before its address was proven keeps no way in.
fn end_tokens(draft: &mut Draft<'_>, user: UserId) -> Result<(), Refusal> {
    let tokens = draft.state.tokens(HERE, Holder::User(user));
    let tokens: Vec<TokenId> = tokens.map(|(id, _)| id).collect();
    tokens.into_iter().try_for_each(|id| end_token(draft, HERE, id, EndCause::Revoked))
}

fn end_second_factor(draft: &mut Draft<'_>, user: UserId) -> Result<(), Refusal> {
    if !draft.state.has_second_factor(user) {
        return Ok(());
    }
    let (step, reason) = (SecondFactorStep::Disabled, draft.reason(user));
    let event = SecondFactorChanged { reason, recovery: None, secret: None, step, user };
    draft.record(HERE, event)
}

fn change_second_factor(
    draft: &mut Draft<'_>,
    user: UserId,
    change: &SecondFactorWish,
) -> Result<(), Refusal> {
    themselves(draft, user)?;
    let factor = draft.state.account(user).and_then(|account| account.second_factor.clone());
    let sealed = |secret: &Secret| Sealed::open(user.into(), Arc::clone(&secret.0));
    let (step, secret, recovery) = match (change, factor) {
        (SecondFactorWish::Enable { secret, recovery }, None) => {
            (SecondFactorStep::Enabled, Some(sealed(secret)), Some(sealed(recovery)))
        }
        (SecondFactorWish::Enable { .. }, Some(_)) => return Err(Refusal::SecondFactorOn),
        (
            SecondFactorWish::Disable
            | SecondFactorWish::UseRecovery { .. }
            | SecondFactorWish::RenewRecovery { .. },
            None,
        ) => return Err(Refusal::SecondFactorOff),
        (SecondFactorWish::Disable, Some(_)) => (SecondFactorStep::Disabled, None, None),
        (SecondFactorWish::UseRecovery { before, left }, Some(SecondFactor { recovery, .. })) => {
            if recovery.as_ref() != Some(&before.0) {
                return Err(Refusal::CredentialsChanged);
            }
            (SecondFactorStep::RecoveryUsed, None, left.as_ref().map(sealed))
        }
        (SecondFactorWish::RenewRecovery { recovery }, Some(_)) => {
            (SecondFactorStep::RecoveryRenewed, None, Some(sealed(recovery)))
        }
    };
    let event = SecondFactorChanged { reason: draft.reason(user), recovery, secret, step, user };
    draft.record(HERE, event)
}

fn update(
    draft: &mut Draft<'_>,
    user: UserId,
    name: Option<&Name>,
    username: Option<&Username>,
    email: Option<(&Email, Proven)>,
) -> Result<(), Refusal> {
    let known = themselves(draft, user)?.clone();
    let change = |before: &Option<Arc<str>>, after: Option<Arc<str>>| -> Profile {
        let after = after.filter(|after| before.as_ref() != Some(after))?;
        let sealed = |text: Arc<str>| Sealed::open(user.into(), text);
        Some(Change { after: Some(sealed(after)), before: before.clone().map(sealed) })
    };
    if let Some((email, proven)) = email {
        let is_own = draft.state.by_email(&email.folded()) == Some(user);
        if proven == Proven::Yes && !is_own {
            release_unproven(draft, email)?;
        }
        if draft.state.by_email(&email.folded()).is_some_and(|holder| holder != user) {
            return Err(Refusal::EmailTaken);
        }
    }
    if let Some(username) = username
        && draft.state.by_username(&username.folded()).is_some_and(|holder| holder != user)
    {
        return Err(Refusal::UsernameTaken);
    }
    let email_change = change(&known.email, email.map(|(email, _)| email.shared()));
    let name_change = change(&known.name, name.map(Name::shared));
    let username_change = change(&known.username, username.map(Username::shared));
    if email_change.is_none() && name_change.is_none() && username_change.is_none() {
        return Err(Refusal::NothingChanges);
    }
    let event = UserUpdated {
        email: email_change.clone(),
        name: name_change.clone(),
        reason: draft.reason(user),
        user,
        username: username_change.clone(),
    };
    draft.record(HERE, event)?;
    if let Some((email, Proven::Yes)) = email {
        verify(draft, user, email)?;
    }
    for org in known.organizations {
        let profile = [email_change.clone(), name_change.clone(), username_change.clone()];
        tell(draft, org, user, profile)?;
    }
    Ok(())
}
