//! A history told event by event, as entries in their places.

use crate::facts::event::*;
use crate::facts::*;
use crate::projections::{AsOf, Moment, OrganizationView, Views};
use crate::words::*;
use uuid::Uuid;

/// An id that stands for a name, the same in every run.
pub(super) fn id(kind: &str, name: &str) -> Uuid {
    let mut bytes = [0; 16];
    bytes.copy_from_slice(&blake3::hash(format!("{kind} {name}").as_bytes()).as_bytes()[..16]);
    Uuid::from_bytes(bytes)
}

pub(super) fn user(name: &str) -> UserId {
    UserId::from_uuid(id("user", name))
}

pub(super) fn member(name: &str) -> MemberId {
    MemberId::from_uuid(id("member", name))
}

pub(super) fn team(name: &str) -> TeamId {
    TeamId::from_uuid(id("team", name))
}

pub(super) fn invitation(name: &str) -> InvitationId {
    InvitationId::from_uuid(id("invitation", name))
}

pub(super) fn roles(names: &str) -> Roles {
    Roles::new(names.split(' ').map(|name| RoleName::parse(name).unwrap())).unwrap()
}

pub(super) fn name(text: &str) -> Name {
    Name::parse(text).unwrap()
}

pub(super) fn time(text: &str) -> Timestamp {
    Timestamp::parse_any(text).unwrap()
}

/// A membership `joined` of the user whose login is `login`.
pub(super) fn joins(joined: &str, login: &str, held: &str) -> MemberCreated {
    MemberCreated {
        email: None,
        member: member(joined),
        name: None,
        reason: None,
        roles: roles(held),
        user: user(login),
        username: Some(Sealed::open(user(login).into(), login.into())),
        via: Admission::Added,
    }
}

pub(super) fn leaves(joined: &str, login: &str, cause: RemovalCause) -> MemberRemoved {
    MemberRemoved {
        cause,
        member: member(joined),
        reason: None,
        roles: roles("member"),
        user: user(login),
    }
}

pub(super) fn changes_role(who: &str, before: &str, after: &str) -> RoleChanged {
    RoleChanged {
        after: roles(after),
        before: roles(before),
        member: member(who),
        reason: None,
        user: user(who),
    }
}

pub(super) fn sends(invited: &str, held: &str, expires_at: Timestamp) -> InvitationSent {
    let of = invitation(invited).into();
    InvitationSent {
        email: Sealed::open(of, format!("{invited}@home.example").into()),
        expires_at,
        invitation: invitation(invited),
        reason: None,
        roles: roles(held),
        teams: Vec::new(),
        token: Sealed::open(of, "digest".into()),
    }
}

pub(super) fn resends(invited: &str, expires_at: Timestamp) -> InvitationResent {
    InvitationResent {
        expires_at,
        invitation: invitation(invited),
        reason: None,
        token: Sealed::open(invitation(invited).into(), "digest".into()),
    }
}

pub(super) fn accepts(invited: &str, held: &str, teams: &[&str]) -> InvitationAccepted {
    let mut teams: Vec<TeamId> = teams.iter().map(|name| team(name)).collect();
    teams.sort_unstable();
    InvitationAccepted {
        email: None,
        invitation: invitation(invited),
        member: member(invited),
        name: None,
        reason: None,
        roles: roles(held),
        teams,
        user: user(invited),
        username: Some(Sealed::open(user(invited).into(), invited.into())),
    }
}

pub(super) fn team_begins(called: &str, parent: Option<&str>) -> TeamCreated {
    TeamCreated {
        name: name(called),
        parent: parent.map(team),
        reason: None,
        renamed_from: Vec::new(),
        team: team(called),
    }
}

pub(super) fn team_ends(called: &str) -> TeamRemoved {
    TeamRemoved { name: name(called), reason: None, team: team(called) }
}

pub(super) fn joins_team(who: &str, called: &str, role: TeamRole) -> TeamMemberAdded {
    TeamMemberAdded { member: member(who), reason: None, role, team: team(called), user: user(who) }
}

pub(super) fn token(called: &str) -> TokenId {
    TokenId::from_uuid(id("token", called))
}

pub(super) fn api_key(called: &str) -> ApiKeyId {
    ApiKeyId::from_uuid(id("API key", called))
}

pub(super) fn issues_token(called: &str, expires_at: Timestamp) -> TokenIssued {
    TokenIssued {
        digest: Sealed::open(OrganizationId::DEPLOYMENT.into(), "digest".into()),
        expires_at,
        holder: Holder::Organization,
        name: name(called),
        reason: None,
        scopes: vec![Scope::Read],
        token: token(called),
    }
}

pub(super) fn ends_token(called: &str, cause: EndCause) -> TokenRevoked {
    TokenRevoked { cause, holder: Holder::Organization, reason: None, token: token(called) }
}

pub(super) fn grants(login: &str, expires_at: Option<Timestamp>) -> AuditorGranted {
    let sealed = |text: &str| Some(Sealed::open(user(login).into(), text.into()));
    AuditorGranted {
        email: sealed(&format!("{login}@audit.example")),
        expires_at,
        name: None,
        reason: None,
        user: user(login),
        username: sealed(login),
    }
}

pub(super) fn withdraws(login: &str) -> AuditorWithdrawn {
    AuditorWithdrawn { reason: None, user: user(login) }
}

/// A key of the membership `who` of the user whose login is `login`.
pub(super) fn issues_key(called: &str, who: &str, login: &str) -> ApiKeyIssued {
    ApiKeyIssued {
        environment: Some(name("production")),
        key: api_key(called),
        member: member(who),
        name: name(called),
        prefix: Some(KeyPrefix::parse("rb-12").unwrap()),
        reason: None,
        user: user(login),
    }
}

pub(super) fn ends_key(called: &str, who: &str, login: &str, cause: EndCause) -> ApiKeyRevoked {
    let (member, user) = (member(who), user(login));
    ApiKeyRevoked { cause, key: api_key(called), member, reason: None, user }
}

/// At most so many requests a minute; none: no limit.
pub(super) fn rate(requests: Option<u32>) -> Limits {
    let rate = requests.map(|requests| RateLimit { per: RateWindow::Minute, requests });
    Limits { budget: None, rate }
}

pub(super) fn bounds(
    who: &str,
    login: &str,
    before: Option<u32>,
    after: Option<u32>,
) -> LimitsChanged {
    let (before, after) = (rate(before), rate(after));
    LimitsChanged { after, before, member: member(who), reason: None, user: user(login) }
}

/// Another login name, or another address.
pub(super) fn renames(
    who: &str,
    login: &str,
    username: Option<[&str; 2]>,
    email: Option<[&str; 2]>,
) -> MemberUpdated {
    let sealed =
        |text: &str| (!text.is_empty()).then(|| Sealed::open(user(login).into(), text.into()));
    let change = |sides: Option<[&str; 2]>| {
        sides.map(|[before, after]| Change { after: sealed(after), before: sealed(before) })
    };
    MemberUpdated {
        email: change(email),
        member: member(who),
        name: None,
        reason: None,
        user: user(login),
        username: change(username),
    }
}

pub(super) fn organization_begins(slug: &str) -> OrganizationCreated {
    OrganizationCreated {
        kind: OrganizationKind::Standard,
        name: Shown::Public(name("Acme")),
        reason: None,
        role_set: RoleSet::Standard,
        seats: None,
        slug: Shown::Public(Slug::parse(slug).unwrap()),
    }
}

/// One organization's history. Its entries stand at every third place of the ledger, from 10 on.
pub(super) struct Story {
    pub(super) entries: Vec<Entry>,
    organization: OrganizationId,
    now: Timestamp,
    actor: Actor,
}

impl Story {
    pub(super) fn new() -> Self {
        let mut story = Self::of(OrganizationId::from_uuid(id("organization", "acme")));
        story.tell(organization_begins("acme"));
        story
    }

    /// A chain in which nothing has happened yet.
    pub(super) fn of(organization: OrganizationId) -> Self {
        Self {
            entries: Vec::new(),
            organization,
            now: time("2020-01-01"),
            actor: Actor::System(System::Import),
        }
    }

    /// What is told from here on happens then.
    pub(super) fn on(&mut self, moment: Timestamp) -> &mut Self {
        self.now = moment;
        self
    }

    pub(super) fn now(&self) -> Timestamp {
        self.now
    }

    pub(super) fn by(&mut self, actor: Actor) -> &mut Self {
        self.actor = actor;
        self
    }

    pub(super) fn tell(&mut self, event: impl Into<Event>) -> &mut Self {
        let org_seq = self.entries.len() as u64;
        let log = Origin::parse("ledger.example").unwrap();
        self.entries.push(Entry {
            fact: Fact { org: self.organization, event: event.into(), source: None },
            actor: self.actor,
            cmd: CommandId::from_uuid(id("command", &org_seq.to_string())),
            org_prev: ChainHash::organization_genesis(&log, self.organization),
            prev: ChainHash::genesis(&log),
            log,
            occurred: Some(self.now),
            org_seq,
            seq: 10 + 3 * org_seq,
            // Recorded in one go, years later.
            time: Timestamp::from_micros(time("2026-01-01").micros() + org_seq as i64),
        });
        self
    }

    pub(super) fn views(&self) -> Views {
        let mut views = Views::default();
        for entry in &self.entries {
            views.apply(entry).unwrap();
        }
        views
    }

    pub(super) fn view(&self) -> OrganizationView {
        OrganizationView::clone(self.views().organization(self.organization).unwrap())
    }
}

/// As of an `org_seq`.
pub(super) fn after(view: &OrganizationView, org_seq: usize) -> Moment {
    view.moment(AsOf::OrgSeq(org_seq as u64), Timestamp::EPOCH).unwrap()
}
