//! How `tests/stores/v1` came to be: the story of `events/reference.ndjson`, and what it lacks.

use crate::reference::story::{Joined, Teller, joined, person, roles, tell_into, token};
use rollbook::facts::event::{Limits, PermissionSet, RateLimit, RateWindow};
use rollbook::facts::{Actor, Event, Permission, TeamRole};
use rollbook::ground::embedded::Options;
use rollbook::law::Action;
use rollbook::law::command::{Acceptor, IfPending, Invite, Proof, Removal, UsageWish};
use rollbook::words::{Email, InvitationId, OrganizationId, RoleName, TeamId, UserId};
use std::path::Path;

/// Small segments: the store then has several of them, and few zeros behind the last frame.
const SEGMENT_BYTES: u64 = 32 * 1024;

/// Makes `directory/data`, the same each time: clock and chance are the story's.
pub(super) fn make(directory: &Path) {
    let options = Options { segment_bytes: SEGMENT_BYTES, ..Options::STANDARD };
    let teller = tell_into(directory, "ledger.example/stores/v1", options);
    let (vera, pat, tomas) = people(&teller);
    returns(&teller, vera, pat, tomas);
    held_roles(&teller, vera);
    teams_that_last(&teller, vera);
    open_invitations(&teller, vera);
    teller.skerry();
    bounds(&teller, vera);
    teller.ledger.close().unwrap();
    assert!(teller.ledger.unsaved().is_none(), "{:?}", teller.ledger.unsaved());
    std::fs::remove_file(directory.join("tidepool.ndjson")).unwrap();
}

/// The owner of the harbour, and the two who went.
fn people(teller: &Teller) -> (Joined, UserId, UserId) {
    let views = teller.ledger.views();
    let harbour = views.by_slug("harbour").unwrap();
    let seqs = (0..harbour.size()).map(|org_seq| harbour.seq_of(org_seq).unwrap());
    let entries = seqs.map(|seq| {
        let record = teller.ledger.read(seq, 1).unwrap().remove(0);
        teller.ledger.unseal(&record).unwrap().entry
    });
    let (mut owner, mut gone) = (None, Vec::new());
    for entry in entries {
        match &entry.fact.event {
            Event::MemberCreated(_) if owner.is_none() => owner = Some(joined(&[entry.into()])),
            Event::MemberRemoved(removed) => gone.push(removed.user),
            _ => {}
        }
    }
    let [pat, tomas] = gone[..] else { panic!("two went: {gone:?}") };
    (owner.unwrap(), pat, tomas)
}

/// Removed and back: added again, invited again, and removed once more.
fn returns(teller: &Teller, vera: Joined, pat: UserId, tomas: UserId) {
    let (org, by) = (vera.org, Actor::User(vera.user));
    let add = |user| Action::AddMember { org, user, roles: None };
    let back = joined(&teller.say(by, "Back from leave", add(pat)));
    let cause = Removal::Removed;
    teller.say(by, "", Action::RemoveMember { org, member: back.member, cause });
    teller.say(by, "Removed by mistake", add(pat));
    let email = "tomas@halden.example";
    let invitation = invite(teller, by, org, email, IfPending::Refuse, &[]);
    let acceptor = Acceptor::User(tomas);
    let (proof, password) = (Proof::SignedIn, None);
    let accept = Action::AcceptInvitation { org, invitation, acceptor, proof, password };
    let back = joined(&teller.say(Actor::User(tomas), "", accept));
    teller.say(by, "On leave until spring", Action::SuspendMember { org, member: back.member });
}

/// Limits of somebody who stays.
fn bounds(teller: &Teller, vera: Joined) {
    let rate = Some(RateLimit { per: RateWindow::Day, requests: 500 });
    let (org, member, limits) = (vera.org, vera.member, Limits { budget: None, rate });
    let wish = UsageWish::ChangeLimits { org, member, limits };
    teller.say(teller.operator, "Asked for by herself", Action::Usage(wish));
}

/// A custom role that is held, and allows something else than at first.
fn held_roles(teller: &Teller, vera: Joined) {
    let (org, by) = (vera.org, Actor::User(vera.user));
    let role = RoleName::parse("lockkeeper").unwrap();
    let permissions = PermissionSet::new([Permission::MemberRead]);
    teller.say(by, "", Action::DefineRole { org, role: role.clone(), permissions });
    let lou = person("lou@harbour.example", "Lou Ferrante", "lou");
    let lou = joined(&teller.say(by, "", Action::CreateMember { org, person: lou, roles: None }));
    let roles = roles(&["lockkeeper", "member"]);
    teller.say(by, "", Action::ChangeRoles { org, member: lou.member, roles });
    let permissions = PermissionSet::new([Permission::MemberRead, Permission::LogRead]);
    teller.say(by, "Reads the log, too", Action::RedefineRole { org, role, permissions });
}

/// Teams within teams, with people in them.
fn teams_that_last(teller: &Teller, vera: Joined) {
    let (org, by) = (vera.org, Actor::User(vera.user));
    let locks = teller.team(vera, "Locks", None);
    let north = teller.team(vera, "North lock", Some(locks));
    let sam = person("sam@harbour.example", "Sam Okafor", "sam");
    let sam = joined(&teller.say(by, "", Action::CreateMember { org, person: sam, roles: None }));
    for (team, role) in [(locks, TeamRole::Member), (north, TeamRole::Maintainer)] {
        teller.say(by, "", Action::AddTeamMember { org, team, member: sam.member, role });
    }
    let kim = person("kim@harbour.example", "Kim Sørli", "kim");
    let kim = joined(&teller.say(by, "", Action::CreateMember { org, person: kim, roles: None }));
    let admin = roles(&["admin"]);
    teller.say(by, "", Action::ChangeRoles { org, member: kim.member, roles: admin });
    let (kim, email) = (Actor::User(kim.user), "noor@harbour.example");
    invite(teller, kim, org, email, IfPending::Refuse, &[north]);
    // What she sent ends with her.
    teller.say(kim, "Moves away", Action::Leave { org });
}

/// Superseded, resent and still pending.
fn open_invitations(teller: &Teller, vera: Joined) {
    let (org, by) = (vera.org, Actor::User(vera.user));
    let email = "ines@harbour.example";
    invite(teller, by, org, email, IfPending::Refuse, &[]);
    invite(teller, by, org, email, IfPending::Supersede, &[]);
    invite(teller, by, org, email, IfPending::Resend, &[]);
    invite(teller, teller.operator, org, "obi@harbour.example", IfPending::Refuse, &[]);
}

fn invite(
    teller: &Teller,
    by: Actor,
    org: OrganizationId,
    email: &str,
    if_pending: IfPending,
    teams: &[TeamId],
) -> InvitationId {
    let wish = Invite {
        org,
        email: Email::parse(email).unwrap(),
        roles: roles(&["member"]),
        teams: teams.to_vec(),
        expires_in: Invite::EXPIRES_IN,
        if_pending,
        token: token(email),
    };
    let entries = teller.say(by, "", Action::Invite(wish));
    match &entries.last().unwrap().fact.event {
        Event::InvitationSent(sent) => sent.invitation,
        Event::InvitationResent(resent) => resent.invitation,
        other => panic!("{other:?}"),
    }
}
