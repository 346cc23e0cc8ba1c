//! A small ledger of invented people, told by real commands: every event type, every role set.

mod skerry;

use crate::support::machine;
use rollbook::facts::event::{Event, PermissionSet};
use rollbook::facts::{
    Actor, Entry, OrganizationKind, Permission, RoleSet, Roles, System, TeamRole,
};
use rollbook::ground::embedded::Options;
use rollbook::house::import::import;
use rollbook::house::source::History;
use rollbook::house::{Ledger, Machine};
use rollbook::law::command::{
    Acceptor, CreateOrganization, IfPending, Invite, Owner, Person, Proof, Removal, TokenDigest,
    UpdateOrganization,
};
use rollbook::law::{Action, Command};
use rollbook::words::hash::{checksum, token_digest};
use rollbook::words::{
    Email, InvitationId, MemberId, Name, OperatorId, OrganizationId, Origin, Reason, RoleName,
    Slug, TeamId, Timestamp, UserId, Username,
};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

const SEED: u8 = 42;
const DAY: Duration = Duration::from_secs(24 * 60 * 60);

/// The history of an organization that was kept elsewhere before. A parent team is named before it
/// exists.
const IMPORTED: &str = r#"{"seq":1,"time":"2019-01-18T03:14:01Z","org":"tidepool","action":"org_created","source":{"repo":"tidepool/org","commit":"a3f1"}}
{"seq":2,"time":"2019-01-18T03:14:01Z","org":"tidepool","action":"member_added","member":"mira","role":"admin","cause":"baseline","source":{"repo":"tidepool/org","commit":"a3f1"}}
{"seq":3,"time":"2019-01-18T03:14:01Z","org":"tidepool","action":"member_added","member":"jonas","role":"member","cause":"baseline","source":{"repo":"tidepool/org","commit":"a3f1"}}
{"seq":4,"time":"2020-05-02T09:30:00Z","org":"tidepool","action":"team_created","team":"surveys-north","parent":"surveys","source":{"repo":"tidepool/org","commit":"b7c2"}}
{"seq":5,"time":"2020-05-02T09:30:00Z","org":"tidepool","action":"team_created","team":"surveys","renamed_from":["mapping"],"source":{"repo":"tidepool/org","commit":"b7c2"}}
{"seq":6,"time":"2020-05-02T09:30:00Z","org":"tidepool","action":"team_member_added","team":"surveys-north","member":"jonas","role":"maintainer","source":{"repo":"tidepool/org","commit":"b7c2"}}
{"seq":7,"time":"2023-11-30T17:00:00Z","org":"tidepool","action":"role_changed","member":"jonas","role":"admin","previous_role":"member","source":{"repo":"tidepool/org","commit":"c9d3"}}
{"seq":8,"time":"2023-11-30T17:00:00Z","org":"tidepool","action":"member_removed","member":"mira","previous_role":"admin","source":{"repo":"tidepool/org","commit":"c9d3"}}
"#;

/// Somebody who belongs to an organization.
#[derive(Clone, Copy)]
pub(crate) struct Joined {
    pub(crate) org: OrganizationId,
    pub(crate) member: MemberId,
    pub(crate) user: UserId,
}

pub(crate) struct Teller {
    pub(crate) ledger: Ledger,
    clock: Arc<AtomicI64>,
    pub(crate) operator: Actor,
}

/// Tells the whole story in a fresh directory. The same each time, byte for byte.
pub(crate) fn tell(directory: &Path) -> Ledger {
    let teller = tell_into(directory, "ledger.example/reference", machine(SEED).options);
    teller.skerry();
    teller.some_are_forgotten();
    teller.ledger
}

/// The same, under another name and in another layout of files, to be continued.
pub(crate) fn tell_into(directory: &Path, origin: &str, options: Options) -> Teller {
    let start = Timestamp::parse_any("2026-11-22T08:00:00Z").unwrap();
    let clock = Arc::new(AtomicI64::new(start.micros()));
    let ticking = Arc::clone(&clock);
    let tick = move || Timestamp::from_micros(ticking.fetch_add(1_502_913, Ordering::Relaxed));
    let machine = Machine { clock: Box::new(tick), options, ..machine(SEED) };
    let origin = Origin::parse(origin).unwrap();
    let ledger = Ledger::create(&directory.join("data"), origin, machine).unwrap();
    let operator = Actor::Operator(OperatorId::from_uuid(uuid("the operator")));
    let teller = Teller { ledger, clock, operator };
    teller.tidepool(directory);
    let (vera, tomas) = teller.halden();
    teller.harbour(vera, tomas);
    teller.polder(vera);
    teller.edgewise(tomas);
    teller.personal(vera);
    teller
}

impl Teller {
    pub(crate) fn say(&self, actor: Actor, reason: &str, action: Action) -> Vec<Arc<Entry>> {
        let reason = (!reason.is_empty()).then(|| Reason::parse(reason).unwrap());
        let told = format!("{action:?}");
        let receipt = self.ledger.submit(Command::new(actor, reason, action));
        receipt.unwrap_or_else(|error| panic!("{told}: {error}")).entries
    }

    fn wait(&self, time: Duration) {
        let micros = i64::try_from(time.as_micros()).unwrap();
        self.clock.fetch_add(micros, Ordering::Relaxed);
    }

    fn begin(
        &self,
        actor: Actor,
        (kind, role_set): (OrganizationKind, RoleSet),
        [title, address]: [&str; 2],
        owner: Owner,
    ) -> Joined {
        let wish = CreateOrganization {
            kind,
            role_set,
            name: name(title),
            slug: slug(address),
            seats: (kind == OrganizationKind::Enterprise).then_some(25),
            owner,
        };
        joined(&self.say(actor, "", Action::CreateOrganization(wish)))
    }

    fn invite(&self, by: Joined, email: &str, holds: &[&str], teams: &[TeamId]) -> InvitationId {
        let wish = Invite {
            org: by.org,
            email: Email::parse(email).unwrap(),
            roles: roles(holds),
            teams: teams.to_vec(),
            expires_in: Invite::EXPIRES_IN,
            if_pending: IfPending::Refuse,
            token: token(email),
        };
        let entries = self.say(Actor::User(by.user), "", Action::Invite(wish));
        match &entries[0].fact.event {
            Event::InvitationSent(sent) => sent.invitation,
            other => panic!("{other:?}"),
        }
    }

    pub(crate) fn team(&self, by: Joined, title: &str, parent: Option<TeamId>) -> TeamId {
        let action = Action::CreateTeam { org: by.org, name: name(title), parent };
        match &self.say(Actor::User(by.user), "", action)[0].fact.event {
            Event::TeamCreated(created) => created.team,
            other => panic!("{other:?}"),
        }
    }

    /// Kept elsewhere until it was taken over; goes on here.
    fn tidepool(&self, directory: &Path) {
        let file = directory.join("tidepool.ndjson");
        std::fs::write(&file, IMPORTED).unwrap();
        let mut history = History::open(&[file], "people.example").unwrap();
        let (summary, error) = import(&self.ledger, &mut history, &mut |_, _| {});
        assert!(error.is_none(), "{}", error.unwrap());
        assert_eq!(summary.imported, 8);
        let entries = self.ledger.read(2, 1).unwrap();
        let jonas = self.ledger.unseal(&entries[0]).unwrap().entry;
        let jonas = joined(&[Arc::new(jonas)]);
        let person = person("sefa@people.example", "Sefa Tui", "sefa");
        let action = Action::CreateMember { org: jonas.org, person, roles: None };
        self.say(Actor::User(jonas.user), "Starts with the spring survey", action);
    }

    /// An enterprise: certified, invitations in all their lives, its one super admin transferred.
    fn halden(&self) -> (Joined, Joined) {
        let kind = (OrganizationKind::Enterprise, RoleSet::Enterprise);
        let person = person("vera@halden.example", "Vera Åsnes", "vera");
        let names = ["Halden Optik", "halden-optik"];
        let vera = self.begin(self.operator, kind, names, Owner::Person(person));
        let (org, by) = (vera.org, Actor::User(vera.user));
        self.say(self.operator, "Papers seen", Action::CertifyOrganization { org });
        let wish = UpdateOrganization {
            org,
            name: Some(name("Halden Instruments")),
            slug: Some(slug("halden")),
            seats: Some(Some(40)),
            second_factor: None,
        };
        self.say(by, "The \"Optik\" is gone from the name", Action::UpdateOrganization(wish));

        let invitation = self.invite(vera, "tomas@halden.example", &["finance_admin"], &[]);
        let tomas = self.accept_as_newcomer(org, invitation, "tomas@halden.example", "Tomáš Novák");
        let action = Action::TransferSuperAdmin { org, to: tomas.member };
        self.say(by, "Vera moves to research", action);

        let by = Actor::User(tomas.user);
        let late = self.invite(tomas, "lena@halden.example", &["member"], &[]);
        let resend = Action::ResendInvitation {
            org,
            invitation: late,
            expires_in: 3 * DAY,
            token: token("lena, once more"),
        };
        self.say(by, "The first mail was lost", resend);
        let unwilling = self.invite(tomas, "ivo@halden.example", &["dev_admin"], &[]);
        let proof = Proof::Token(token("ivo@halden.example"));
        let ivo = Actor::User(UserId::from_uuid(uuid("ivo")));
        let decline = Action::DeclineInvitation { org, invitation: unwilling, proof };
        self.say(ivo, "Thanks, but no", decline);
        let mistaken = self.invite(tomas, "nobody@halden.example", &["member"], &[]);
        let revoke = Action::RevokeInvitation { org, invitation: mistaken };
        self.say(by, "Wrong address", revoke);
        self.wait(4 * DAY);
        let expire = Action::ExpireInvitations { org };
        self.say(Actor::System(System::Expiry), "", expire);
        (vera, tomas)
    }

    fn accept_as_newcomer(
        &self,
        org: OrganizationId,
        invitation: InvitationId,
        email: &str,
        called: &str,
    ) -> Joined {
        let user = UserId::from_uuid(uuid(email));
        let login = email.split('@').next().unwrap();
        let username = Some(Username::parse(login).unwrap());
        let acceptor = Acceptor::Newcomer { user, name: Some(name(called)), username };
        let proof = Proof::Token(token(email));
        let password = None;
        let accept = Action::AcceptInvitation { org, invitation, acceptor, proof, password };
        joined(&self.say(Actor::User(user), "Looking forward", accept))
    }

    /// A standard organization: direct creation, custom roles, teams, and every way to go.
    fn harbour(&self, vera: Joined, tomas: Joined) {
        let kind = (OrganizationKind::Standard, RoleSet::Standard);
        let names = ["Harbour Portal", "harbour"];
        let by = Actor::User(vera.user);
        let vera = self.begin(by, kind, names, Owner::User(vera.user));
        let org = vera.org;
        self.custom_roles(by, org);

        let pat = person("pat@harbour.example", "Pat O\u{2019}Hara", "pat");
        let create = Action::CreateMember { org, person: pat, roles: None };
        let pat = joined(&self.say(by, "", create));
        let roles = roles(&["admin", "member"]);
        let change = Action::ChangeRoles { org, member: pat.member, roles };
        self.say(by, "Runs the portal from December", change);
        self.teams(vera, pat, tomas);

        self.say(by, "Badge lost", Action::SuspendMember { org, member: pat.member });
        self.say(by, "Badge found", Action::ReactivateMember { org, member: pat.member });
        self.wait(DAY);
        let cause = Removal::Deprovisioned;
        self.say(by, "", Action::RemoveMember { org, member: pat.member, cause });
        self.say(Actor::User(tomas.user), "Too many meetings", Action::Leave { org });
    }

    fn custom_roles(&self, by: Actor, org: OrganizationId) {
        let role = RoleName::parse("harbour-master").unwrap();
        let reading = PermissionSet::new([Permission::LogRead, Permission::MemberRead]);
        let more = PermissionSet::new([Permission::MemberRead, Permission::TeamWrite]);
        let define = Action::DefineRole { org, role: role.clone(), permissions: reading };
        self.say(by, "For the watch", define);
        let redefine = Action::RedefineRole { org, role: role.clone(), permissions: more };
        self.say(by, "The watch forms its own teams", redefine);
        self.say(by, "", Action::RetireRole { org, role });
    }

    fn teams(&self, vera: Joined, pat: Joined, tomas: Joined) {
        let (org, by) = (vera.org, Actor::User(vera.user));
        let quay = self.team(vera, "Quay", None);
        let night = self.team(vera, "Night watch", None);
        let (called, parent) = (Some(name("Night watch ☾")), Some(Some(quay)));
        let update = Action::UpdateTeam { org, team: night, name: called, parent };
        self.say(by, "Part of the quay", update);
        let member = pat.member;
        let add = Action::AddTeamMember { org, team: night, member, role: TeamRole::Member };
        self.say(by, "", add);
        let role = TeamRole::Maintainer;
        self.say(by, "", Action::ChangeTeamRole { org, team: night, member, role });

        let email = "tomas@halden.example";
        let invitation = self.invite(vera, email, &["member"], &[quay, night]);
        let acceptor = Acceptor::User(tomas.user);
        let (proof, password) = (Proof::SignedIn, None);
        let accept = Action::AcceptInvitation { org, invitation, acceptor, proof, password };
        self.say(Actor::User(tomas.user), "", accept);
        let removal = Action::RemoveTeamMember { org, team: night, member };
        self.say(by, "Days only", removal);
        self.say(by, "", Action::RemoveTeam { org, team: night });
    }

    /// Dissolved with members and a pending invitation.
    fn polder(&self, vera: Joined) {
        let kind = (OrganizationKind::Standard, RoleSet::Avisi);
        let person = person("jan@polder.example", "Jan de Wit", "jan");
        let names = ["Polder Cloud", "polder"];
        let jan = self.begin(self.operator, kind, names, Owner::Person(person));
        let (org, by) = (jan.org, Actor::User(jan.user));
        let roles = Some(roles(&["developer", "kubernetes:edit"]));
        self.say(by, "Lent by Halden", Action::AddMember { org, user: vera.user, roles });
        self.invite(jan, "mies@polder.example", &["billing-admin"], &[]);
        self.wait(DAY);
        self.say(by, "Merged into another", Action::DissolveOrganization { org });
    }

    /// Several roles at once.
    fn edgewise(&self, tomas: Joined) {
        let kind = (OrganizationKind::Standard, RoleSet::Cloudflare);
        let by = Actor::User(tomas.user);
        let names = ["Edgewise", "edgewise"];
        let tomas = self.begin(by, kind, names, Owner::User(tomas.user));
        let org = tomas.org;
        let person = person("rin@edgewise.example", "佐藤 凛", "rin");
        let roles = |names: &[&str]| roles(names);
        let create = Action::CreateMember { org, person, roles: Some(roles(&["dns", "ssl"])) };
        let rin = joined(&self.say(by, "", create));
        let change = Action::ChangeRoles {
            org,
            member: rin.member,
            roles: roles(&["administrator", "billing"]),
        };
        self.say(by, "Takes the accounts over", change);
    }

    /// One person's own: its name and slug are sealed.
    fn personal(&self, vera: Joined) {
        let kind = (OrganizationKind::Personal, RoleSet::Basic);
        let by = Actor::User(vera.user);
        let vera = self.begin(by, kind, ["Vera Åsnes", "vera"], Owner::User(vera.user));
        let wish = UpdateOrganization {
            org: vera.org,
            name: Some(name("Vera Åsnes-Holm")),
            slug: Some(slug("vera-holm")),
            seats: None,
            second_factor: None,
        };
        self.say(by, "Married", Action::UpdateOrganization(wish));
    }
}

/// Who joined by the last of these entries.
pub(crate) fn joined(entries: &[Arc<Entry>]) -> Joined {
    let entry = entries.last().unwrap();
    let (member, user) = match &entry.fact.event {
        Event::MemberCreated(created) => (created.member, created.user),
        Event::InvitationAccepted(accepted) => (accepted.member, accepted.user),
        other => panic!("nobody joins by {other:?}"),
    };
    Joined { org: entry.fact.org, member, user }
}

/// A random identifier that is the same each time for the same label.
fn uuid(label: &str) -> uuid::Uuid {
    let digest = checksum(label.as_bytes());
    uuid::Builder::from_random_bytes(digest[..16].try_into().unwrap()).into_uuid()
}

pub(crate) fn token(label: &str) -> TokenDigest {
    TokenDigest(token_digest(&checksum(label.as_bytes())))
}

pub(crate) fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

fn slug(text: &str) -> Slug {
    Slug::parse(text).unwrap()
}

pub(crate) fn roles(names: &[&str]) -> Roles {
    Roles::new(names.iter().map(|name| RoleName::parse(name).unwrap())).unwrap()
}

pub(crate) fn person(email: &str, called: &str, login: &str) -> Person {
    Person {
        email: Some(Email::parse(email).unwrap()),
        name: Some(name(called)),
        username: Some(Username::parse(login).unwrap()),
    }
}
