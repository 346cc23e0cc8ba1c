//! `tests/access/routes.txt`: every route, with every role of every role set, in one's own
//! organization and in another one. What a role allows is read from `events/role-sets`.

mod callers;
mod rule;

use super::client::Served;
use callers::{Caller, Callers, Kind};
use rollbook::doors::server::listed;
use rollbook::facts::RoleSet;
use rule::{Need, Rule};
use std::collections::BTreeSet;

/// What became of a request, as far as rights go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Outcome {
    /// It was let through to what it asks for, whatever came of that.
    Let,
    /// 401.
    Unknown,
    /// 403.
    Refused,
    /// 404: to this caller the organization is not there.
    NotThere,
}

#[test]
fn every_route_has_its_line() {
    let lines: BTreeSet<(String, String)> =
        rule::all().into_iter().map(|rule| (rule.method, rule.route)).collect();
    let routes: BTreeSet<(String, String)> =
        listed().into_iter().map(|(method, path)| (method.to_owned(), path)).collect();
    let missing: Vec<_> = routes.difference(&lines).collect();
    let gone: Vec<_> = lines.difference(&routes).collect();
    assert!(missing.is_empty() && gone.is_empty(), "no line: {missing:#?}\nno route: {gone:#?}");
}

#[test]
fn every_role_does_what_it_may_and_nothing_else() {
    let mut wrong = Vec::new();
    for &role_set in RoleSet::ALL {
        let served = Served::new();
        let callers = Callers::new(&served, role_set);
        let rules = rule::all();
        let told = rules
            .iter()
            .filter(|rule| !matches!(rule.need, Need::Open | Need::Link | Need::Dialect));
        for (rule, caller) in told.flat_map(|rule| callers.all().iter().map(move |it| (rule, it))) {
            let own = callers.send(&served, rule, caller, callers.own(rule, caller));
            if own != expected(rule, caller) {
                wrong.push(format!("{role_set} {caller}: {rule} was {own:?}"));
            }
            if rule.route.contains("{org}") {
                let other = callers.send(&served, rule, caller, callers.other());
                if other != elsewhere(rule, caller) {
                    wrong.push(format!("{role_set} {caller} elsewhere: {rule} was {other:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{}:\n{}", wrong.len(), wrong.join("\n"));
}

/// A token without the scope is stopped before anything is looked at.
fn lacks_scope(rule: &Rule, caller: &Caller) -> bool {
    match caller.kind {
        Kind::Token { reads, writes, .. } => !(if rule.reads() { reads } else { writes }),
        Kind::Nobody
        | Kind::Operator
        | Kind::Suspended
        | Kind::Outsider
        | Kind::Auditor
        | Kind::Member { .. } => false,
    }
}

/// What is to become of a request in the caller's own organization.
fn expected(rule: &Rule, caller: &Caller) -> Outcome {
    let when = |may: bool| if may { Outcome::Let } else { Outcome::Refused };
    if lacks_scope(rule, caller) {
        return Outcome::Refused;
    }
    match (&caller.kind, &rule.need) {
        (Kind::Nobody, _) => Outcome::Unknown,
        (_, Need::CameIn | Need::Open | Need::Link | Need::Dialect) => Outcome::Let,
        // Nobody but its user does something to an account, not even by a token.
        (kind, Need::Person) => when(!matches!(kind, Kind::Operator | Kind::Token { .. })),
        (Kind::Operator, need) => when(*need != Need::Member),
        (Kind::Outsider, _) if rule.route.contains("{org}") => Outcome::NotThere,
        (_, Need::Operator) => Outcome::Refused,
        (Kind::Outsider, _) => Outcome::Refused,
        // Whoever is suspended can still go; an auditor hears that they are no member.
        (Kind::Suspended | Kind::Auditor, Need::Member) => Outcome::Let,
        (Kind::Suspended, _) => Outcome::Refused,
        (Kind::Auditor, Need::Belongs) => Outcome::Let,
        (Kind::Auditor, Need::Permission { .. }) => {
            when(rule.reads() || rule.is_recorded_reading())
        }
        (Kind::Auditor, Need::TopRole) => Outcome::Refused,
        // A reading that is recorded needs both.
        (Kind::Token { reads: false, .. }, _) if rule.is_recorded_reading() => Outcome::Refused,
        (Kind::Token { .. }, Need::Belongs) => Outcome::Let,
        (Kind::Token { .. }, Need::TopRole | Need::Member) => Outcome::Refused,
        (Kind::Token { .. }, Need::Permission { any_of, .. }) => {
            when(any_of.iter().any(|name| caller.has(name)))
        }
        (Kind::Member { .. }, Need::Belongs | Need::Member) => Outcome::Let,
        (Kind::Member { is_top }, Need::TopRole) => when(*is_top),
        (Kind::Member { .. }, Need::Permission { any_of, own }) => {
            when(*own || any_of.iter().any(|name| caller.has(name)))
        }
    }
}

/// What is to become of it in an organization that the caller has nothing to do with.
fn elsewhere(rule: &Rule, caller: &Caller) -> Outcome {
    if lacks_scope(rule, caller) {
        return Outcome::Refused;
    }
    match caller.kind {
        Kind::Nobody => Outcome::Unknown,
        Kind::Operator if rule.need == Need::Member => Outcome::Refused,
        Kind::Operator => Outcome::Let,
        Kind::Token { .. }
        | Kind::Suspended
        | Kind::Outsider
        | Kind::Auditor
        | Kind::Member { .. } => Outcome::NotThere,
    }
}
