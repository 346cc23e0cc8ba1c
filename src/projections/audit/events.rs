//! Every event, and where it is told.

use super::names::Names;
use super::told::Told;
use super::{access, membership, organization, person, publication, role, team};
use crate::facts::Event;
use serde_json::json;

pub(super) fn told(event: &Event, names: &Names<'_>) -> Told {
    let organization = || Told::about([names.organization()]);
    let member = |member, user| Told::about([names.member(member, user)]);
    let user = |user| Told::about([names.user(user)]);
    let invitation = |invitation| Told::about([names.invitation(invitation)]);
    match event {
        Event::OrganizationCreated(event) => organization().after(organization::created(event)),
        Event::OrganizationUpdated(event) => organization::updated(organization(), event),
        Event::OrganizationCertified(_) | Event::OrganizationDissolved(_) => organization(),
        Event::MemberCreated(event) => membership::created(event, names),
        Event::MemberUpdated(event) => {
            let told = member(event.member, event.user);
            person::changed(told, &event.username, &event.name, &event.email)
        }
        Event::RoleChanged(event) => membership::role_changed(event, names),
        Event::MemberSuspended(event) => {
            membership::status(member(event.member, event.user), "active", "suspended")
        }
        Event::MemberReactivated(event) => {
            membership::status(member(event.member, event.user), "suspended", "active")
        }
        Event::MemberRemoved(event) => membership::removed(event, names),
        Event::SuperAdminTransferred(event) => membership::transferred(event, names),
        Event::InvitationSent(event) => invitation(event.invitation)
            .after(json!({"roles": event.roles, "expires_at": event.expires_at})),
        Event::InvitationResent(event) => {
            invitation(event.invitation).after(json!({"expires_at": event.expires_at}))
        }
        Event::InvitationRevoked(event) => invitation(event.invitation).cause(event.cause.name()),
        Event::InvitationDeclined(event) => invitation(event.invitation),
        Event::InvitationExpired(event) => {
            invitation(event.invitation).after(json!({"expired_at": event.expired_at}))
        }
        Event::InvitationAccepted(event) => membership::accepted(event, names),
        Event::RoleDefined(event) => role::defined(event),
        Event::RoleRedefined(event) => role::redefined(event),
        Event::RoleRetired(event) => role::retired(event),
        Event::TeamCreated(event) => team::created(event, names),
        Event::TeamUpdated(event) => team::updated(event, names),
        Event::TeamRemoved(event) => team::removed(event, names),
        Event::TeamMemberAdded(event) => team::member_added(event, names),
        Event::TeamMemberRemoved(event) => team::member_removed(event, names),
        Event::TeamRoleChanged(event) => team::role_changed(event, names),
        Event::TokenIssued(event) => access::token_issued(event),
        Event::TokenRevoked(event) => access::token_revoked(event, names),
        Event::AuditorGranted(event) => access::auditor_granted(event),
        Event::AuditorWithdrawn(event) => user(event.user),
        Event::AccessTakenOver(event) => user(event.user),
        Event::ApiKeyIssued(event) => access::key_issued(event, names),
        Event::ApiKeyRevoked(event) => access::key_revoked(event, names),
        Event::LimitsChanged(event) => {
            member(event.member, event.user).before(json!(event.before)).after(json!(event.after))
        }
        Event::UserCreated(event) => person::signed_up(event),
        Event::UserUpdated(event) => {
            person::changed(user(event.user), &event.username, &event.name, &event.email)
        }
        Event::EmailVerified(event) => person::email_verified(event, names),
        Event::EmailReleased(event) => person::email_released(event, names),
        Event::PasswordSet(event) => user(event.user).cause(event.cause.name()),
        Event::SecondFactorChanged(event) => user(event.user).cause(event.step.name()),
        Event::SessionsEnded(event) => user(event.user),
        Event::ExportCreated(event) => organization().after(publication::exported(event)),
        Event::OrganizationHeadsCommitted(event) => publication::heads(event),
        Event::CheckpointKeyRotated(event) => publication::rotated(event),
        Event::LedgerRestored(event) => publication::restored(event),
        Event::PersonalDataErased(event) => person::erased(event, names),
    }
}
