//! What happens to accounts, in the deployment's own chain. What changes of a person is told to
//! their organizations too.

use super::*;

const HERE: OrganizationId = OrganizationId::DEPLOYMENT;

fn jun() -> UserId {
    id!("user jun")
}

fn change(of: UserId, before: &str, after: &str) -> Option<Change<Sealed>> {
    Some(Change { after: Some(sealed(of, after)), before: Some(sealed(of, before)) })
}

pub(super) fn somebody_signs_up(ledger: &mut Ledger) {
    let (user, by) = (jun(), Actor::User(jun()));
    let created = UserCreated {
        email: Some(sealed(user, "jun@achter.example")),
        name: Some(sealed(user, "Jun Achter")),
        reason: Some(sealed(user, "Wants to try it")),
        user,
        username: Some(sealed(user, "jun")),
    };
    ledger.record(HERE, by, "sign up alone", created);
    let phc = "$argon2id$v=19$m=19456,t=2,p=1$c2l4dGVlbiBieXRlcyEh$\
               RG8gbm90IHRha2UgdGhpcyBmb3IgYSByZWFsIGhhc2g";
    let set = PasswordSet {
        cause: PasswordCause::Chosen,
        hash: sealed(user, phc),
        reason: Some(sealed(user, "The first one")),
        user,
    };
    ledger.record(HERE, by, "sign up alone", set);
    let email = sealed(user, "jun@achter.example");
    ledger.record(HERE, by, "prove", EmailVerified { email, user });
    let codes = [1, 2].map(|number| write_base64(&recovery_code_digest(user, &[number; 10])));
    let changed = SecondFactorChanged {
        reason: Some(sealed(user, "Policy of Lindenau")),
        recovery: Some(sealed(user, &codes.join(" "))),
        secret: Some(sealed(user, "MTIzNDU2Nzg5MDEyMzQ1Njc4OTA=")),
        step: SecondFactorStep::Enabled,
        user,
    };
    ledger.record(HERE, by, "switch on", changed);
    let reason = Some(sealed(user, "A laptop was stolen"));
    ledger.record(HERE, by, "end sessions", SessionsEnded { reason, user });
}

pub(super) fn somebody_marries(ledger: &mut Ledger) {
    let (user, by) = (tomas(), Actor::User(tomas()));
    let name = || change(user, "Tomás Oye", "Tomás Quist");
    let email = || change(user, "tomas.oye@lindenau.example", "tomas.quist@lindenau.example");
    let username = || change(user, "tomas", "tomas.quist");
    let reason = || Some(sealed(user, "Married"));
    let updated =
        UserUpdated { email: email(), name: name(), reason: reason(), user, username: username() };
    ledger.record(HERE, by, "marry too", updated);
    let told = MemberUpdated {
        email: email(),
        member: id!("member tomas"),
        name: name(),
        reason: reason(),
        user,
        username: username(),
    };
    ledger.record(lindenau(), by, "marry too", told);
}

pub(super) fn an_address_is_lost(ledger: &mut Ledger) {
    let (user, by): (UserId, _) = (id!("user stranger"), Actor::User(id!("user rightful")));
    let email = sealed(user, "rightful@achter.example");
    let reason = Some(sealed(user, "Somebody else proved it"));
    ledger.record(HERE, by, "release", EmailReleased { email, reason, user });
}

/// A token of a user and one of an operator stand in the deployment's chain.
pub(super) fn tokens_of_the_deployment(ledger: &mut Ledger) {
    let user = jun();
    let issued = |of: SubjectId, holder, called, label| TokenIssued {
        digest: credential(of, label),
        expires_at: time("2027-05-22T00:00:00.000000Z"),
        holder,
        name: name(called),
        reason: None,
        scopes: vec![Scope::Read],
        token: id!(label),
    };
    let own = issued(user.into(), Holder::User(user), "Laptop", "token laptop");
    ledger.record_as(".user", HERE, Actor::User(user), "issue own", own.into(), None);
    let operators = issued(HERE.into(), Holder::Operator, "Backups", "token backups");
    ledger.record_as(".operator", HERE, operator(), "issue operator's", operators.into(), None);
}
