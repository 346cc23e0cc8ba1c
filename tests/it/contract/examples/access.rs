//! Who may reach the organization beside its members, and what members have elsewhere.

use super::*;

pub(super) fn tokens_and_auditors(ledger: &mut Ledger) {
    let (org, by) = (lindenau(), Actor::User(mara()));
    let (ci, holder) = (id!("token ci"), Holder::Organization);
    let issued = TokenIssued {
        digest: credential(org, "credential ci"),
        expires_at: time("2027-11-22T00:00:00.000000Z"),
        holder,
        name: name("Deployments"),
        reason: Some(sealed(org, "Members follow the personnel system")),
        scopes: vec![Scope::Read, Scope::Write],
        token: ci,
    };
    ledger.record(org, by, "issue token", issued);
    let reason = Some(sealed(org, "Found in a log"));
    let revoked = TokenRevoked { cause: EndCause::Revoked, holder, reason, token: ci };
    ledger.record(org, by, "revoke token", revoked);
    let user: UserId = id!("user auditor");
    let granted = AuditorGranted {
        email: Some(sealed(user, "a.okoro@audit.example")),
        expires_at: Some(time("2027-01-31T00:00:00.000000Z")),
        name: Some(sealed(user, "Amara Okoro")),
        reason: Some(sealed(user, "Audit of 2026")),
        user,
        username: Some(sealed(user, "a.okoro")),
    };
    ledger.record(org, by, "appoint", granted);
    let reason = Some(sealed(user, "The audit is over"));
    ledger.record(org, by, "dismiss", AuditorWithdrawn { reason, user });
}

pub(super) fn keys_and_limits(ledger: &mut Ledger) {
    let (org, by) = (lindenau(), Actor::User(mara()));
    let (member, user, key) = (id!("member tomas"), tomas(), id!("key bench"));
    let issued = ApiKeyIssued {
        environment: Some(name("production")),
        key,
        member,
        name: name("Bench computer"),
        prefix: Some(KeyPrefix::parse("lin_live_4Gk").unwrap()),
        reason: Some(sealed(user, "For the calibration bench")),
        user,
    };
    ledger.record(org, by, "issue key", issued);
    let reason = Some(sealed(user, "The bench was sold"));
    let revoked = ApiKeyRevoked { cause: EndCause::Revoked, key, member, reason, user };
    ledger.record(org, by, "revoke key", revoked);
    let budget = Budget {
        amount_thousandths: Thousandths::try_from(12_500).unwrap(),
        currency: Currency::parse("EUR").unwrap(),
        mode: BudgetMode::Blocking,
        period: BudgetPeriod::Month,
    };
    let rate = |requests| Some(RateLimit { per: RateWindow::Minute, requests });
    let changed = LimitsChanged {
        after: Limits { budget: Some(budget.clone()), rate: rate(60) },
        before: Limits {
            budget: Some(Budget { mode: BudgetMode::WarnOnly, ..budget }),
            rate: rate(600),
        },
        member,
        reason: Some(sealed(user, "Spent twice what was planned")),
        user,
    };
    ledger.record(org, by, "limit", changed);
}

pub(super) fn the_glass_is_broken(ledger: &mut Ledger) {
    let user = tomas();
    let reason = sealed(user, "Nobody of the company can be reached; court order 12 C 44/26");
    ledger.record(lindenau(), operator(), "take over", AccessTakenOver { reason, user });
}
