//! Every refusal has a status.

use rollbook::doors::server::refused_with;
use rollbook::facts::event::Scope;
use rollbook::facts::{OrganizationKind, Permission, RoleSet, Roles};
use rollbook::law::Refusal::{self, *};
use rollbook::words::{Name, RoleName, Timestamp};
use std::collections::BTreeSet;

pub(crate) fn table() -> Vec<(u16, Vec<Refusal>)> {
    let roles = Roles::one(RoleName::parse("owner").unwrap());
    let time = Timestamp::EPOCH;
    let (kind, role_set) = (OrganizationKind::Personal, RoleSet::Enterprise);
    let said = "one".to_owned();
    vec![
        // Somebody else may.
        (403, vec![NotPermitted { permission: Permission::MemberRead }, OperatorOnly, NotYourself]),
        (403, vec![ActorSuspended, RoleOutranksActor, MemberOutranksActor]),
        (403, vec![InvitationNotYours, InvitationTokenWrong]),
        (403, vec![TopRoleOnly { role: "owner" }, SecondFactorNeeded, EmailUnverified]),
        (403, vec![ScopeMissing { scope: Scope::Read }, SessionNeeded]),
        // Whoever came in has to come in again.
        (401, vec![SessionEnded, TokenEnded]),
        // It is not there.
        (404, vec![UnknownToken, UnknownApiKey, NotAnAuditor]),
        (404, vec![UnknownOrganization, UnknownUser, UnknownMember, UnknownInvitation]),
        (404, vec![UnknownRole { role: said.clone() }, UnknownTeam]),
        // It is over.
        (410, vec![OrganizationDissolved, InvitationExpired { expired_at: time }]),
        (410, vec![InvitationRevoked, InvitationDeclined, PersonErased]),
        // It can never be.
        (422, vec![RoleSetDoesNotFit { kind, role_set }, AddressNeeded, RolesDoNotFit { roles }]),
        (422, vec![SuperAdminByTransferOnly, CreatedMembersJoinAs { role: "member" }]),
        (422, vec![ExpiryOutOfRange, TooManyTeams, TeamsTooDeep { limit: 16 }]),
        (422, vec![OccurredInFuture { occurred: time }, ReasonNeeded, ScopeNeeded]),
        (422, vec![TokenExpiryOutOfRange, GrantExpiryOutOfRange]),
        // What is recorded stands against it.
        (409, vec![OrganizationNotCertified, NotAnEnterprise, PersonalOrganization, SlugTaken]),
        (409, vec![NoSeatLeft { seats: 1 }, NothingChanges, EmailTaken, UsernameTaken]),
        (409, vec![AlreadyMember, MemberSuspended, MemberActive, CannotSignIn, LastSuperAdmin]),
        (409, vec![LastTopRole { role: "owner" }, NothingToTransfer, RoleNameTaken, RoleInUse]),
        (409, vec![RoleBuiltIn, AlreadyInvited, InvitationAccepted, TeamNameTaken, TeamCycle]),
        (409, vec![AlreadyInTeam, NotInTeam, OccurredTooEarly { occurred: time, last: time }]),
        (409, vec![NotTheEmail, CredentialsChanged, PasswordPresent, SecondFactorOn]),
        (409, vec![SecondFactorOff, TokenNameTaken, TooManyTokens { limit: 1 }, AlreadyAuditor]),
        (409, vec![ApiKeyTaken, TooManyApiKeys { limit: 1 }]),
        (409, vec![SourceConflict { seq: 1, commit: Name::parse("c").unwrap() }]),
        (409, vec![SourceContradicts { said: said.clone(), found: said }]),
        // A line is refused as what is wrong in it.
        (404, vec![Line { seq: 1, because: Box::new(UnknownTeam) }]),
    ]
}

#[test]
fn every_refusal_has_its_status() {
    let mut seen = BTreeSet::new();
    for (status, refusals) in table() {
        for refusal in refusals {
            assert_eq!(refused_with(&refusal), status, "{}", refusal.code());
            seen.insert(refusal.code());
        }
    }
    let all: BTreeSet<&str> = Refusal::CODES.iter().copied().collect();
    assert_eq!(seen, all);
}
