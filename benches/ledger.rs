//! How fast the ledger is, beside the disk it stands on, in one run.
//!
//! `cargo bench --bench ledger` prints a table; `benches/RESULTS.md` keeps the ones that were worth
//! keeping, with machine and commit. Ratios are what to compare: the disk's speed drifts.

use rollbook::facts::{Actor, OrganizationKind, RoleSet, Roles};
use rollbook::ground::embedded::Options;
use rollbook::house::{Ledger, Machine};
use rollbook::law::command::{CreateOrganization, Owner, Person};
use rollbook::law::{Action, Command};
use rollbook::projections::AsOf;
use rollbook::words::hash::Drawn;
use rollbook::words::{
    MemberId, Name, OperatorId, OrganizationId, Origin, RoleName, Slug, Timestamp, Username,
};
use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

const SEED: [u8; 32] = [7; 32];
/// Members of the organization that is measured.
const MEMBERS: usize = 10_000;
/// Commands in flight.
const IN_FLIGHT: usize = 256;
/// Role changes of one measurement.
const CHANGES: usize = 50_000;
/// Single appends, one after the other.
const SINGLE: usize = 500;

fn main() {
    let directory =
        tempfile::tempdir_in(".").expect("the bench needs a place on the disk it measures");
    let raw = raw_appends(directory.path(), SINGLE, 1);
    let raw_grouped = raw_appends(directory.path(), SINGLE, IN_FLIGHT);
    let path = directory.path().join("data");
    let ledger = Ledger::create(&path, origin(), machine()).expect("an empty directory");
    let org = create_organization(&ledger);

    let created = members(&ledger, org);
    row("durable MemberCreated, 256 in flight", created.0, created.1);
    let members: Vec<MemberId> = current_members(&ledger, org);
    let single = role_changes(&ledger, org, &members, SINGLE, 1);
    row("durable RoleChanged, alone", SINGLE, single);
    let grouped = role_changes(&ledger, org, &members, CHANGES, IN_FLIGHT);
    row("durable RoleChanged, 256 in flight", CHANGES, grouped);
    row("plain file, 1 entry a sync", SINGLE, raw);
    row("plain file, 256 entries a sync", SINGLE * IN_FLIGHT, raw_grouped);
    lists(&ledger, org);

    let size = ledger.head().size;
    ledger.close().expect("sled takes what is left");
    drop(ledger);
    let start = Instant::now();
    let ledger = Ledger::open(&path, machine()).expect("the ledger was closed");
    row("open: compare and replay, entries", usize::try_from(size).unwrap_or(0), start.elapsed());
    drop(ledger);
}

fn row(what: &str, count: usize, time: Duration) {
    let seconds = time.as_secs_f64();
    let each = seconds * 1e6 / count as f64;
    println!("{what:<42} {:>12.0} /s {each:>10.2} µs each", count as f64 / seconds);
}

fn origin() -> Origin {
    Origin::parse("bench.example").expect("a valid origin")
}

#[expect(clippy::disallowed_methods, reason = "the bench stands where a door does")]
fn machine() -> Machine {
    let clock = || {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp::from_micros(i64::try_from(now.as_micros()).unwrap_or(i64::MAX))
    };
    Machine { clock: Box::new(clock), drawn: Drawn::from_seed(&SEED), options: Options::STANDARD }
}

/// Appends of 600 bytes, `group` of them for each sync, to a file that is there already.
fn raw_appends(directory: &Path, syncs: usize, group: usize) -> Duration {
    let path = directory.join("plain");
    let mut file =
        OpenOptions::new().create(true).truncate(true).write(true).open(&path).expect("writable");
    let bytes = vec![b'x'; 600 * group];
    let whole = vec![0; bytes.len() * syncs];
    file.write_all(&whole).and_then(|()| file.sync_all()).expect("room");
    let mut file = OpenOptions::new().write(true).open(&path).expect("writable");
    let start = Instant::now();
    for _ in 0..syncs {
        file.write_all(&bytes).and_then(|()| file.sync_data()).expect("room");
    }
    start.elapsed()
}

fn command(action: Action) -> Command {
    let operator = OperatorId::from_uuid(uuid::Uuid::from_u128(1));
    Command { actor: Actor::Operator(operator), reason: None, action }
}

fn person(number: usize) -> Person {
    let username = Username::parse(&format!("user-{number}")).expect("a valid username");
    let name = Name::parse(&format!("User {number}")).expect("a valid name");
    Person { email: None, name: Some(name), username: Some(username) }
}

fn create_organization(ledger: &Ledger) -> OrganizationId {
    let wish = CreateOrganization {
        kind: OrganizationKind::Standard,
        role_set: RoleSet::Basic,
        name: Name::parse("Bench").expect("a valid name"),
        slug: Slug::parse("bench").expect("a valid slug"),
        seats: None,
        owner: Owner::Person(person(0)),
    };
    let receipt = ledger.submit(command(Action::CreateOrganization(wish))).expect("allowed");
    receipt.entries[0].fact.org
}

fn in_flight(ledger: &Ledger, window: usize, commands: impl Iterator<Item = Action>) -> Duration {
    let start = Instant::now();
    let mut pending = std::collections::VecDeque::with_capacity(window);
    for action in commands {
        if pending.len() == window
            && let Some(first) = pending.pop_front()
        {
            wait(first);
        }
        pending.push_back(ledger.enqueue(command(action)));
    }
    pending.into_iter().for_each(wait);
    start.elapsed()
}

fn wait(pending: rollbook::house::ledger::Pending) {
    pending.wait().expect("the bench asks only for what is allowed");
}

fn members(ledger: &Ledger, org: OrganizationId) -> (usize, Duration) {
    let actions = (1..MEMBERS).map(|number| Action::CreateMember {
        org,
        person: person(number),
        roles: None,
    });
    (MEMBERS - 1, in_flight(ledger, IN_FLIGHT, actions))
}

fn current_members(ledger: &Ledger, org: OrganizationId) -> Vec<MemberId> {
    let views = ledger.views();
    let view = views.organization(org).expect("just created");
    let moment = view.moment(AsOf::Now, Timestamp::MAX).expect("it has entries");
    view.members(moment).iter().skip(1).map(|row| row.member_id).collect()
}

fn role_changes(
    ledger: &Ledger,
    org: OrganizationId,
    members: &[MemberId],
    count: usize,
    window: usize,
) -> Duration {
    let role = |name| Roles::one(RoleName::parse(name).expect("a valid role"));
    let (admin, member) = (role("admin"), role("member"));
    let holds = |id: MemberId| -> bool {
        let views = ledger.views();
        let view = views.organization(org).expect("created");
        let moment = view.moment(AsOf::Now, Timestamp::MAX).expect("it has entries");
        view.member(id, moment).is_some_and(|row| row.roles.contains("admin"))
    };
    let mut is_admin: Vec<bool> = members.iter().map(|id| holds(*id)).collect();
    let actions = (0..count).map(|index| {
        let at = index % members.len();
        is_admin[at] = !is_admin[at];
        let roles = if is_admin[at] { admin.clone() } else { member.clone() };
        Action::ChangeRoles { org, member: members[at], roles }
    });
    in_flight(ledger, window, actions)
}

fn lists(ledger: &Ledger, org: OrganizationId) {
    const ROUNDS: usize = 50;
    let views = ledger.views();
    let view = views.organization(org).expect("created");
    let current = view.moment(AsOf::Now, Timestamp::MAX).expect("it has entries");
    let half = view.moment(AsOf::OrgSeq(view.size() / 2), Timestamp::MAX).expect("it has entries");
    for (what, moment) in
        [("list of 10,000 members, current", current), ("the same, half the history ago", half)]
    {
        let start = Instant::now();
        let rows: usize = (0..ROUNDS).map(|_| view.members(moment).len()).sum();
        assert!(rows > 0);
        row(what, ROUNDS, start.elapsed());
    }
}
