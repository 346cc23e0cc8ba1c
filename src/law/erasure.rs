//! Erasing what is known of somebody: in one organization, or everywhere.
//!
//! An erasure everywhere reaches into records for which organizations answer, so it is the
//! operator's, who weighs each request; people leave by themselves. In one organization it is for
//! the top role, and never a token's: what is erased comes back by no command, and it is the
//! organization's evidence that goes.

use super::command::{Erase, Erasee};
use super::draft::Draft;
use super::membership::end;
use super::refusal::Refusal;
use super::state::{Invitation, Organization, Own, State};
use super::tokens::{end_token, top_role_only};
use super::withdrawal::withdraw_erased;
use crate::facts::event::{EndCause, PersonalDataErased, RemovalCause};
use crate::facts::{Actor, Holder, OrganizationKind, Sealed};
use crate::words::{Email, InvitationId, OrganizationId, TokenId, UserId};
use std::collections::BTreeSet;
use std::sync::Arc;

const HERE: OrganizationId = OrganizationId::DEPLOYMENT;

/// Whose data it is, as it is found.
struct Person {
    user: Option<UserId>,
    /// The folded forms of their addresses.
    addresses: BTreeSet<Arc<str>>,
}

pub(super) fn erase(draft: &mut Draft<'_>, wish: &Erase) -> Result<(), Refusal> {
    match wish.org {
        Some(org) => in_one(draft, org, &wish.who),
        None => everywhere(draft, &wish.who),
    }
}

/// Refuses whoever was erased, in that organization or everywhere: nothing can be sealed under
/// their key there any more.
pub(super) fn not_erased(state: &State, org: OrganizationId, user: UserId) -> Result<(), Refusal> {
    let here = state.organization(org).is_some_and(|organization| organization.has_erased(user));
    if here || state.user(user).is_some_and(|user| user.erased) {
        return Err(Refusal::PersonErased);
    }
    Ok(())
}

fn in_one(draft: &mut Draft<'_>, org: OrganizationId, who: &Erasee) -> Result<(), Refusal> {
    let organization = draft.state.organization(org).ok_or(Refusal::UnknownOrganization)?;
    match draft.actor() {
        // What ended may still be erased; nobody holds a role there any more.
        Actor::Operator(_) => {}
        Actor::User(_) | Actor::Token(_) | Actor::System(_) => top_role_only(draft, org)?,
    }
    let person = match who {
        Erasee::User(user) => {
            not_erased(&draft.state, org, *user)?;
            let known = draft.state.user(*user);
            if known.is_none_or(|known| known.named_in().all(|other| other != org)) {
                return Err(Refusal::UnknownUser);
            }
            of_user(&draft.state, *user)
        }
        Erasee::Address(email) => {
            let folded = email.folded();
            let user = draft.state.by_email(&folded);
            let known = user.and_then(|user| draft.state.user(user));
            let named = known.is_some_and(|known| known.named_in().any(|other| other == org));
            match user.filter(|user| named && !organization.has_erased(*user)) {
                Some(user) => of_user(&draft.state, user),
                None => Person { user: None, addresses: BTreeSet::from([folded]) },
            }
        }
    };
    if erase_in(draft, org, &person)? { Ok(()) } else { Err(Refusal::UnknownUser) }
}

fn everywhere(draft: &mut Draft<'_>, who: &Erasee) -> Result<(), Refusal> {
    if !matches!(draft.actor(), Actor::Operator(_)) {
        return Err(Refusal::OperatorOnly);
    }
    let person = match who {
        Erasee::User(user) => {
            if draft.state.user(*user).ok_or(Refusal::UnknownUser)?.erased {
                return Err(Refusal::PersonErased);
            }
            of_user(&draft.state, *user)
        }
        Erasee::Address(email) => match draft.state.by_email(&email.folded()) {
            Some(user) => of_user(&draft.state, user),
            None => Person { user: None, addresses: BTreeSet::from([email.folded()]) },
        },
    };
    let organizations: Vec<OrganizationId> =
        draft.state.organizations().map(|(org, _)| org).collect();
    let mut reached = 0;
    for org in organizations {
        reached += usize::from(erase_in(draft, org, &person)?);
    }
    match person.user {
        Some(user) => erase_account(draft, user, reached > 0),
        None if reached > 0 => Ok(()),
        None => Err(Refusal::UnknownUser),
    }
}

/// The addresses that are theirs, and those that were and are nobody else's now.
fn of_user(state: &State, user: UserId) -> Person {
    let mut addresses = BTreeSet::new();
    if let Some(known) = state.user(user) {
        let own = known.email.as_deref().and_then(|email| Email::parse(email).ok());
        addresses.extend(own.map(|email| email.folded()));
        let former = known.former_emails.iter();
        addresses.extend(former.filter(|email| state.by_email(email).is_none()).cloned());
    }
    Person { user: Some(user), addresses }
}

/// Erases a person in one organization, as far as they were named there. False where they were not.
fn erase_in(draft: &mut Draft<'_>, org: OrganizationId, person: &Person) -> Result<bool, Refusal> {
    let Some(organization) = draft.state.organization(org) else { return Ok(false) };
    let named = |user: &UserId| {
        let known = draft.state.user(*user);
        known.is_some_and(|known| known.named_in().any(|other| other == org))
    };
    let user = person.user.filter(named);
    let invitations: Vec<InvitationId> = organization
        .invitations()
        .filter(|(_, invitation)| person.was_invited_by(invitation))
        .map(|(id, _)| id)
        .collect();
    if user.is_none() && invitations.is_empty() {
        return Ok(false);
    }
    let own = organization.kind == OrganizationKind::Personal
        && person.user.is_some()
        && organization.personal_of == person.user;
    if !organization.dissolved {
        for invitation in &invitations {
            withdraw_erased(draft, org, *invitation)?;
        }
    }
    if let Some(user) = user.filter(|user| is_member(draft, org, *user)) {
        end(draft, org, user, RemovalCause::Erased)?;
    }
    record(draft, org, user, invitations, own)?;
    Ok(true)
}

fn is_member(draft: &Draft<'_>, org: OrganizationId, user: UserId) -> bool {
    draft.state.organization(org).is_some_and(|found| found.member(user).is_some())
}

/// Records the erasure, in as many entries as the invitations take.
fn record(
    draft: &mut Draft<'_>,
    org: OrganizationId,
    user: Option<UserId>,
    invitations: Vec<InvitationId>,
    organization: bool,
) -> Result<(), Refusal> {
    let reason = || {
        let reason = draft.command.reason.as_ref().filter(|_| !organization);
        reason.map(|reason| Sealed::open(org.into(), reason.shared()))
    };
    let mut rest = invitations.chunks(PersonalDataErased::INVITATIONS_LIMIT);
    let first = PersonalDataErased {
        invitations: rest.next().unwrap_or_default().to_vec(),
        organization,
        reason: reason(),
        user,
    };
    let mut all = vec![first];
    all.extend(rest.map(|invitations| PersonalDataErased {
        invitations: invitations.to_vec(),
        organization: false,
        reason: reason(),
        user: None,
    }));
    all.into_iter().try_for_each(|event| draft.record(org, event))
}

/// Ends the account. Why is said where an organization is not told: an entry gives one key at most,
/// and this one may be the first in the deployment's chain that names the user.
fn erase_account(draft: &mut Draft<'_>, user: UserId, told: bool) -> Result<(), Refusal> {
    let tokens = draft.state.tokens(HERE, Holder::User(user));
    let tokens: Vec<TokenId> = tokens.map(|(id, _)| id).collect();
    for token in tokens {
        end_token(draft, HERE, token, EndCause::Revoked)?;
    }
    let known = draft.state.user(user).is_some_and(|known| known.own != Own::default());
    let has_key = known || draft.state.account(user).is_some();
    let reason = draft.command.reason.as_ref().filter(|_| !told && has_key);
    let event = PersonalDataErased {
        invitations: Vec::new(),
        organization: false,
        reason: reason.map(|reason| Sealed::open(HERE.into(), reason.shared())),
        user: Some(user),
    };
    draft.record(HERE, event)
}

impl State {
    /// The invitations to a user's addresses, and those by which they joined, as far as they were
    /// not erased.
    pub fn invitations_to(
        &self,
        user: UserId,
    ) -> impl Iterator<Item = (OrganizationId, InvitationId)> {
        let person = of_user(self, user);
        self.organizations().flat_map(move |(org, organization)| {
            let theirs = organization.invitations();
            let theirs = theirs.filter(|(_, invitation)| person.was_invited_by(invitation));
            let theirs: Vec<_> = theirs.map(|(id, _)| (org, id)).collect();
            theirs
        })
    }

    /// An organization's invitations to whoever got one of them, that one first, and the user whom
    /// it brought in. Whose address it is elsewhere is nothing that the organization is told.
    pub fn invited_alike(
        &self,
        org: OrganizationId,
        invitation: InvitationId,
    ) -> Option<(Option<UserId>, Vec<InvitationId>)> {
        let organization = self.organization(org)?;
        let found = organization.invitation(invitation)?;
        let address = found.email.as_deref().and_then(|email| Email::parse(email).ok());
        let addresses = address.map(|email| email.folded()).into_iter().collect();
        let person = Person { user: found.accepted_by, addresses };
        let others = organization
            .invitations()
            .filter(|(id, other)| *id != invitation && person.was_invited_by(other));
        let all = [invitation].into_iter().chain(others.map(|(id, _)| id)).collect();
        Some((person.user, all))
    }
}

impl Person {
    /// Whether an invitation was to one of their addresses, or brought them in.
    fn was_invited_by(&self, invitation: &Invitation) -> bool {
        if invitation.erased {
            return false;
        }
        let email = invitation.email.as_deref().and_then(|email| Email::parse(email).ok());
        email.is_some_and(|email| self.addresses.contains(&email.folded()))
            || invitation.accepted_by.is_some() && invitation.accepted_by == self.user
    }
}

impl Organization {
    /// Whether a user's values were erased here.
    pub fn has_erased(&self, user: UserId) -> bool {
        self.erased.contains(&user)
    }
}
