//! Random commands to two ledgers of one seed: one is closed and opened again and again, the other
//! never. They stay equal to the last byte.

use super::{begin, create, person, shown, wish};
use crate::crash::stored::read_and_verify;
use crate::support::chance::{Chance, Named, seeds};
use crate::support::{ledger, machine};
use rollbook::facts::{Actor, Entry, OrganizationKind, RoleSet, Roles, TeamRole};
use rollbook::house::{Ledger, Machine};
use rollbook::law::command::{Acceptor, IfPending, Invite, Proof, Removal, TokenDigest};
use rollbook::law::{Action, Command, role_sets};
use rollbook::projections::{AsOf, OrganizationView};
use rollbook::words::{Email, InvitationId, Name, OrganizationId, RoleName, Timestamp, UserId};
use std::collections::BTreeMap;
use std::time::Duration;
use uuid::Uuid;

const COMMANDS: u64 = 240;
/// The most commands between two openings.
const OPEN_LIMIT: usize = 24;

/// The machine of a ledger of `seed` that was given so many commands: a ledger draws two keys when
/// it is made, and each command draws one seed and looks at the clock once.
fn machine_behind(seed: u8, commands: u64) -> Machine {
    let mut machine = machine(seed);
    for _ in 0..2 + commands {
        let _: [u8; 32] = machine.drawn.bytes();
    }
    for _ in 0..commands {
        (machine.clock)();
    }
    machine
}

#[test]
fn a_ledger_that_is_opened_again_and_again_equals_one_that_is_not() {
    for seed in seeds(4) {
        let _named = Named("a reopened ledger", seed);
        let directory = tempfile::tempdir().unwrap();
        let (path, twin) = (directory.path().join("reopened"), directory.path().join("twin"));
        let number = u8::try_from(seed % 256).unwrap();
        let never = ledger(&twin, number);
        let mut reopened = ledger(&path, number);
        let mut chance = Chance::from_seed(seed + 1);
        let (mut given, mut until, mut accepted) = (0, 0, 0);
        while given < COMMANDS {
            if given >= until {
                let before = (reopened.head(), shown(&reopened));
                drop(reopened);
                reopened = Ledger::open(&path, machine_behind(number, given)).unwrap();
                assert!(reopened.repairs().is_empty(), "{:?}", reopened.repairs());
                assert_eq!((reopened.head(), shown(&reopened)), before);
                until = given + 1 + chance.below(OPEN_LIMIT) as u64;
            }
            let command = command(&never, &mut chance, given);
            let (one, other) = (never.submit(command.clone()), reopened.submit(command));
            given += 1;
            accepted += u64::from(one.is_ok());
            match (one, other) {
                (Ok(one), Ok(other)) => assert_eq!((one.cmd, one.size), (other.cmd, other.size)),
                (Err(one), Err(other)) => assert_eq!(one.to_string(), other.to_string()),
                (one, other) => panic!("command {given}: {one:?} and {other:?}"),
            }
            assert_eq!(never.head(), reopened.head(), "command {given}");
        }
        assert!(accepted > COMMANDS / 3, "{accepted} accepted");
        assert_eq!(shown(&never), shown(&reopened));
        assert_leaves(&never);
        drop((never, reopened));
        let (never, reopened) = (read_and_verify(&twin), read_and_verify(&path));
        assert!(never.standing == reopened.standing && never.views == reopened.views);
    }
}

/// A key's leaf is the seq of the entry that first names its subject in the organization, and no
/// two subjects share one.
fn assert_leaves(ledger: &Ledger) {
    let mut first: BTreeMap<(OrganizationId, Uuid), u64> = BTreeMap::new();
    let mut whose = BTreeMap::new();
    let mut seq = 0;
    while let [record, ..] = &ledger.read(seq, 1).unwrap()[..] {
        let entry = Entry::parse(&record.bytes).unwrap();
        let org = entry.fact.org;
        for subject in entry.fact.event.subjects(org) {
            let leaf = *first.entry((org, subject.uuid())).or_insert(seq);
            let owner = *whose.entry(leaf).or_insert((org, subject));
            assert_eq!(owner, (org, subject), "two subjects are introduced by entry {leaf}");
        }
        for row in &record.vault {
            assert_eq!(first.get(&(org, row.owner.uuid())), Some(&row.leaf), "entry {seq}");
        }
        seq += 1;
    }
}

const ROLE_SETS: [RoleSet; 5] =
    [RoleSet::Enterprise, RoleSet::Standard, RoleSet::Avisi, RoleSet::Cloudflare, RoleSet::Basic];

/// A command that makes sense mostly, by what the ledger shows.
pub(crate) fn command(ledger: &Ledger, chance: &mut Chance, number: u64) -> Command {
    let views = ledger.views();
    let all: Vec<&OrganizationView> = views.organizations().map(AsRef::as_ref).collect();
    let Some(view) = chance.pick_any(&all).filter(|_| chance.percent(95)) else {
        return begin(&format!("org-{number}"), chance.pick(&ROLE_SETS));
    };
    let org = view.id();
    let now = view.moment(AsOf::Now, Timestamp::MAX).unwrap();
    let members = view.members(now);
    let member = || members.get(usize::try_from(number).unwrap() % members.len().max(1));
    let login = format!("m{}", chance.below(150));
    let header = view.header(now);
    let roles = |chance: &mut Chance| {
        let built_in = role_sets::definition(header.role_set).roles;
        let names: Vec<&str> = built_in.iter().map(|role| role.name).collect();
        Roles::one(RoleName::parse(chance.pick(&names)).unwrap())
    };
    let enterprise = header.kind == OrganizationKind::Enterprise;
    let (Some(member), Some(team)) = (member(), Some(view.teams(now))) else {
        return create(org, &login);
    };
    let (id, team) = (member.member_id, team.first().map(|team| team.team_id));
    wish(match chance.below(100) {
        0..=9 if enterprise => Action::CertifyOrganization { org },
        0..=29 => return create(org, &login),
        30..=39 => Action::ChangeRoles { org, member: id, roles: roles(chance) },
        40..=47 => Action::RemoveMember { org, member: id, cause: Removal::Removed },
        48..=52 => Action::SuspendMember { org, member: id },
        53..=57 => Action::ReactivateMember { org, member: id },
        58..=67 => invite(org, &login, roles(chance), chance, number),
        68..=75 => return accept(view, chance, number),
        76..=79 => match pending(view, chance) {
            Some(invitation) => Action::RevokeInvitation { org, invitation },
            None => Action::ExpireInvitations { org },
        },
        80..=84 => {
            let name = Name::parse(&format!("team-{}", chance.below(9))).unwrap();
            Action::CreateTeam { org, name, parent: team }
        }
        85..=92 => match team {
            Some(team) => Action::AddTeamMember { org, team, member: id, role: TeamRole::Member },
            None => Action::ExpireInvitations { org },
        },
        93..=97 => Action::AddMember { org, user: somebody(&all, chance), roles: None },
        _ => Action::DissolveOrganization { org },
    })
}

fn invite(
    org: OrganizationId,
    login: &str,
    roles: Roles,
    chance: &mut Chance,
    number: u64,
) -> Action {
    let if_pending = chance.pick(&[IfPending::Refuse, IfPending::Resend, IfPending::Supersede]);
    let email = Email::parse(&format!("{login}@mail.example")).unwrap();
    // Some expire while the test runs: its clock moves a millisecond with each command.
    let expires_in = Duration::from_millis(1 + chance.below(200) as u64);
    let token = TokenDigest([u8::try_from(number % 256).unwrap(); 32]);
    Action::Invite(Invite { org, email, roles, teams: vec![], expires_in, if_pending, token })
}

fn pending(view: &OrganizationView, chance: &mut Chance) -> Option<InvitationId> {
    let now = view.moment(AsOf::Now, Timestamp::EPOCH).unwrap();
    let rows = view.pending_invitations(now);
    (!rows.is_empty()).then(|| rows[chance.below(rows.len())].invitation_id)
}

/// A newcomer accepts; that the token is right is the law's matter, here it is often wrong.
fn accept(view: &OrganizationView, chance: &mut Chance, number: u64) -> Command {
    let org = view.id();
    let Some(invitation) = pending(view, chance) else {
        return wish(Action::ExpireInvitations { org });
    };
    let user = UserId::from_uuid(Uuid::from_u128(0x4000_8000_0000_0000_0000 + u128::from(number)));
    let acceptor = Acceptor::Newcomer { user, name: person("x").name, username: None };
    let proof = Proof::SignedIn;
    let password = None;
    let action = Action::AcceptInvitation { org, invitation, acceptor, proof, password };
    Command::new(Actor::User(user), None, action)
}

fn somebody(all: &[&OrganizationView], chance: &mut Chance) -> UserId {
    let view = chance.pick(all);
    let now = view.moment(AsOf::Now, Timestamp::MAX).unwrap();
    let members = view.members(now);
    members.first().map_or(UserId::from_uuid(Uuid::nil()), |member| member.user_id)
}
