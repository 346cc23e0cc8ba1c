//! A ledger, and commands in flight.

use rollbook::facts::{Actor, OrganizationKind, RoleSet, Roles};
use rollbook::ground::embedded::Options;
use rollbook::house::ledger::Pending;
use rollbook::house::{Ledger, Machine};
use rollbook::law::command::{CreateOrganization, Owner, Person};
use rollbook::law::{Action, Command};
use rollbook::projections::AsOf;
use rollbook::words::hash::Drawn;
use rollbook::words::{
    MemberId, Name, OperatorId, OrganizationId, Origin, RoleName, Slug, Timestamp, Username,
};
use std::collections::VecDeque;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const SEED: [u8; 32] = [7; 32];

/// Commands in flight where a rate is asked for.
pub(crate) const IN_FLIGHT: usize = 256;

pub(crate) fn create(path: &Path) -> Ledger {
    let origin = Origin::parse("bench.example").expect("a valid origin");
    Ledger::create(path, origin, machine()).expect("an empty directory")
}

#[expect(clippy::disallowed_methods, reason = "the bench stands where a door does")]
pub(crate) fn machine() -> Machine {
    let clock = || {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(now.as_micros()).unwrap_or(i64::MAX))
    };
    let (drawn, options) = (Drawn::from_seed(&SEED), Options::STANDARD);
    Machine { clock: Box::new(clock), drawn, options, unlock: None }
}

fn command(action: Action) -> Command {
    let operator = OperatorId::from_uuid(uuid::Uuid::from_u128(1));
    Command::new(Actor::Operator(operator), None, action)
}

fn person(number: usize) -> Person {
    let username = Username::parse(&format!("user-{number}")).expect("a valid username");
    let name = Name::parse(&format!("User {number}")).expect("a valid name");
    Person { email: None, name: Some(name), username: Some(username) }
}

/// Makes an organization whose first member is person `number`.
pub(crate) fn organization(ledger: &Ledger, slug: &str, number: usize) -> OrganizationId {
    let wish = CreateOrganization {
        kind: OrganizationKind::Standard,
        role_set: RoleSet::Basic,
        name: Name::parse(slug).expect("a valid name"),
        slug: Slug::parse(slug).expect("a valid slug"),
        seats: None,
        owner: Owner::Person(person(number)),
    };
    let receipt = ledger.submit(command(Action::CreateOrganization(wish))).expect("allowed");
    receipt.entries[0].fact.org
}

/// Keeps `window` commands in flight until `actions` ends; answers how many and how long.
pub(crate) fn in_flight(
    ledger: &Ledger,
    window: usize,
    actions: impl Iterator<Item = Action>,
) -> (usize, Duration) {
    let start = Instant::now();
    let mut pending = VecDeque::with_capacity(window);
    let mut count = 0;
    for action in actions {
        if pending.len() == window
            && let Some(first) = pending.pop_front()
        {
            wait(first);
        }
        pending.push_back(ledger.enqueue(command(action)));
        count += 1;
    }
    pending.into_iter().for_each(wait);
    (count, start.elapsed())
}

fn wait(pending: Pending) {
    pending.wait().expect("the bench asks only for what is allowed");
}

/// Creations of the persons with these numbers.
pub(crate) fn creations(
    org: OrganizationId,
    numbers: impl Iterator<Item = usize>,
) -> impl Iterator<Item = Action> {
    numbers.map(move |number| Action::CreateMember { org, person: person(number), roles: None })
}

/// Role changes, endless: each member by turns becomes admin and member again.
pub(crate) fn role_changes(
    org: OrganizationId,
    members: &[MemberId],
) -> impl Iterator<Item = Action> + '_ {
    let role = |name| Roles::one(RoleName::parse(name).expect("a valid role"));
    let (admin, member) = (role("admin"), role("member"));
    let rounds = [admin, member].into_iter().cycle();
    rounds.flat_map(move |roles| {
        members.iter().map(move |&member| Action::ChangeRoles { org, member, roles: roles.clone() })
    })
}

/// Everybody but the first, who stays admin.
pub(crate) fn ordinary_members(ledger: &Ledger, org: OrganizationId) -> Vec<MemberId> {
    let views = ledger.views();
    let view = views.organization(org).expect("just created");
    let moment = view.moment(AsOf::Now, Timestamp::MAX).expect("it has entries");
    view.members(moment).iter().skip(1).map(|row| row.member_id).collect()
}

/// Ends an endless supply when the time is up.
///
/// Nothing is taken from it that is not given on, so what comes next can be taken later.
pub(crate) fn for_seconds<I: Iterator>(
    seconds: usize,
    mut items: I,
) -> impl Iterator<Item = I::Item> {
    let until = Instant::now() + Duration::from_secs(seconds as u64);
    std::iter::from_fn(move || if Instant::now() < until { items.next() } else { None })
}
