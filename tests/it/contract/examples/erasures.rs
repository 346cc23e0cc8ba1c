//! Who is forgotten, in an organization and in the deployment's own chain.

use super::*;

pub(super) fn somebody_is_forgotten(ledger: &mut Ledger) {
    let user: UserId = id!("user jun");
    let mut invitations = vec![id!("invitation jun"), id!("invitation jun again")];
    invitations.sort_unstable();
    let reason = Some(sealed(lindenau(), "Request of 2026-12-01"));
    let everything =
        PersonalDataErased { invitations, organization: false, reason, user: Some(user) };
    ledger.record(lindenau(), operator(), "forget", everything);
    let own = PersonalDataErased {
        invitations: Vec::new(),
        organization: true,
        reason: None,
        user: Some(user),
    };
    let personal: OrganizationId = id!("organization personal");
    ledger.record_as(".personal", personal, operator(), "forget", own.into(), None);
    let account = PersonalDataErased {
        invitations: Vec::new(),
        organization: false,
        reason: None,
        user: Some(user),
    };
    let here = OrganizationId::DEPLOYMENT;
    ledger.record_as(".account", here, operator(), "forget", account.into(), None);
}
