//! The ledger draws identifiers; the model takes them over, and only them, from what was recorded.

use super::beside::Beside;
use super::membership::{Fact, Joining, What};
use super::rules::is_fresh;
use rollbook::facts::{Entry, Event};
use rollbook::words::{ApiKeyId, InvitationId, MemberId, OrganizationId, TeamId, TokenId, UserId};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use uuid::Uuid;

/// Gives what came to exist the identifiers that were drawn for it. None of them was met before.
pub(super) fn adopts(facts: &mut [Fact], entries: &[Arc<Entry>], met: &mut BTreeSet<Uuid>) {
    assert_eq!(facts.len(), entries.len(), "recorded {entries:?} instead of {facts:?}");
    let mut drawn = BTreeMap::new();
    for (fact, entry) in facts.iter().zip(entries) {
        assert_eq!(fact.what.name(), entry.fact.event.type_name(), "{entry:?}");
        let mut takes = |ours: Uuid, theirs: Uuid| {
            if is_fresh(ours) {
                drawn.insert(ours, theirs);
            }
        };
        takes(fact.org.uuid(), entry.fact.org.uuid());
        match (&fact.what, &entry.fact.event) {
            (What::MemberCreated { joining, .. }, Event::MemberCreated(found)) => {
                takes(joining.member.uuid(), found.member.uuid());
                takes(joining.user.uuid(), found.user.uuid());
            }
            (What::InvitationAccepted { joining, .. }, Event::InvitationAccepted(found)) => {
                takes(joining.member.uuid(), found.member.uuid());
            }
            (What::InvitationSent { invitation, .. }, Event::InvitationSent(found)) => {
                takes(invitation.uuid(), found.invitation.uuid());
            }
            (What::TeamCreated { team, .. }, Event::TeamCreated(found)) => {
                takes(team.uuid(), found.team.uuid());
            }
            (What::Beside(Beside::TokenIssued { token, .. }), Event::TokenIssued(found)) => {
                takes(token.uuid(), found.token.uuid());
            }
            (What::Beside(Beside::ApiKeyIssued { key, .. }), Event::ApiKeyIssued(found)) => {
                takes(key.uuid(), found.key.uuid());
            }
            (What::Published(published), event) => published.assert_is(event),
            _ => {}
        }
    }
    for id in drawn.values() {
        assert!(met.insert(*id), "{id} was drawn twice");
    }
    let real = |id: Uuid| drawn.get(&id).copied().unwrap_or(id);
    for (fact, entry) in facts.iter_mut().zip(entries) {
        renames(fact, &real);
        assert_eq!(fact.org, entry.fact.org, "recorded elsewhere: {entry:?}");
    }
}

fn renames(fact: &mut Fact, real: &dyn Fn(Uuid) -> Uuid) {
    let org = |id: &mut OrganizationId| *id = OrganizationId::from_uuid(real(id.uuid()));
    let member = |id: &mut MemberId| *id = MemberId::from_uuid(real(id.uuid()));
    let user = |id: &mut UserId| *id = UserId::from_uuid(real(id.uuid()));
    let team = |id: &mut TeamId| *id = TeamId::from_uuid(real(id.uuid()));
    let letter = |id: &mut InvitationId| *id = InvitationId::from_uuid(real(id.uuid()));
    let joins = |joining: &mut Joining| {
        member(&mut joining.member);
        user(&mut joining.user);
    };
    org(&mut fact.org);
    match &mut fact.what {
        What::OrganizationCreated(header) => org(&mut header.organization_id),
        What::MemberCreated { joining, .. } => joins(joining),
        What::InvitationAccepted { joining, invitation, teams } => {
            joins(joining);
            letter(invitation);
            teams.iter_mut().for_each(team);
        }
        What::InvitationSent { invitation, teams, .. } => {
            letter(invitation);
            teams.iter_mut().for_each(team);
        }
        What::InvitationResent { invitation, .. }
        | What::InvitationRevoked { invitation, .. }
        | What::InvitationDeclined { invitation }
        | What::InvitationExpired { invitation, .. } => letter(invitation),
        What::RoleChanged { member: id, user: who, .. }
        | What::MemberSuspended { member: id, user: who }
        | What::MemberReactivated { member: id, user: who }
        | What::MemberRemoved { member: id, user: who, .. } => {
            member(id);
            user(who);
        }
        What::TeamMemberAdded { team: of, member: id, user: who, .. }
        | What::TeamMemberRemoved { team: of, member: id, user: who, .. }
        | What::TeamRoleChanged { team: of, member: id, user: who, .. } => {
            team(of);
            member(id);
            user(who);
        }
        What::TeamCreated { team: of, parent, .. } => {
            team(of);
            parent.iter_mut().for_each(team);
        }
        What::TeamUpdated { team: of, .. } | What::TeamRemoved { team: of, .. } => team(of),
        What::SuperAdminTransferred { to, .. } => member(&mut to.0),
        What::Beside(Beside::TokenIssued { token, .. }) => {
            *token = TokenId::from_uuid(real(token.uuid()));
        }
        What::Beside(Beside::ApiKeyIssued { key, .. }) => {
            *key = ApiKeyId::from_uuid(real(key.uuid()));
        }
        // Nothing else is about what came with the command, and roles have names.
        What::Beside(_)
        | What::Published(_)
        | What::PersonalDataErased { .. }
        | What::OrganizationUpdated { .. }
        | What::OrganizationCertified
        | What::OrganizationDissolved
        | What::RoleDefined { .. }
        | What::RoleRedefined { .. }
        | What::RoleRetired { .. } => {}
    }
}
