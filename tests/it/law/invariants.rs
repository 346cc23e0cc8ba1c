//! What holds after every command, written from the design and not from the law.

mod credentials;
mod erasures;

pub(crate) use credentials::{came_in, joins_rightly};
pub(crate) use erasures::{Erasures, replay_the_same};
use rollbook::facts::event::PermissionSet;
use rollbook::facts::{Actor, Event, Fact, OrganizationKind, Permission, RoleSet, Roles, Sealed};
use rollbook::law::State;
use rollbook::law::command::{Action, Command};
use rollbook::law::state::{InvitationStatus, Organization};
use rollbook::words::{Email, OrganizationId, RoleName, TeamId, Timestamp, UserId, Username};
use std::collections::{BTreeMap, BTreeSet};

/// Top role, whether exactly one member holds it, and whether a member holds several roles.
fn rules(set: RoleSet) -> (&'static str, bool, bool) {
    match set {
        RoleSet::Enterprise => ("super_admin", true, false),
        RoleSet::Standard => ("owner", false, true),
        RoleSet::Avisi => ("admin", false, false),
        RoleSet::Cloudflare => ("super-administrator", false, true),
        RoleSet::Basic => ("admin", false, false),
    }
}

/// What stands beside a main role of avisi.
const BESIDE: [&str; 3] = ["kubernetes:cluster-admin", "kubernetes:edit", "kubernetes:view"];

fn is_pending(status: InvitationStatus) -> bool {
    status == InvitationStatus::Pending
}

/// Everything that holds at the end of a command given at `now`.
pub(crate) fn hold(state: &State, people: &People, now: Timestamp) {
    hold_between_batches(state, people);
    credentials::hold(state, people);
    for (id, organization) in state.organizations() {
        let pending = organization.invitations().map(|(_, invitation)| invitation);
        let reserved = pending
            .filter(|invitation| is_pending(invitation.status) && now < invitation.expires_at)
            .count();
        if let Some(seats) = organization.seats {
            let taken = organization.members().count() + reserved;
            let beyond = people.takeovers.get(&id).copied().unwrap_or_default();
            assert!(taken <= seats as usize + beyond, "{taken} of {seats} seats are taken");
        }
        for (_, invitation) in organization.invitations() {
            let open = is_pending(invitation.status) && now < invitation.expires_at;
            if let (true, Actor::User(inviter)) = (open, invitation.inviter) {
                let active = organization.member(inviter).is_some_and(|member| !member.suspended);
                assert!(active, "an invitation is pending whose sender's membership ended");
            }
        }
        if organization.dissolved {
            assert_eq!(organization.members().count(), 0, "a dissolved organization has members");
            let waiting = organization.invitations().filter(|(_, found)| is_pending(found.status));
            assert_eq!(waiting.count(), 0, "a dissolved organization has pending invitations");
        }
    }
}

/// What holds at every place where a long command may be cut in two.
pub(crate) fn hold_between_batches(state: &State, people: &People) {
    let mut slugs = BTreeSet::new();
    for (id, organization) in state.organizations() {
        if let Some(slug) = organization.slug.clone() {
            assert_eq!(state.by_slug(&slug), Some(id), "{slug} leads elsewhere");
            assert!(slugs.insert(slug.clone()), "two organizations are called {slug}");
        } else {
            let ended = organization.dissolved && organization.kind == OrganizationKind::Personal;
            assert!(ended, "only an ended personal organization's slug can be erased");
        }
        top_role_is_filled(organization);
        members_hold_what_there_is(organization);
        one_pending_invitation_per_address(organization);
        teams_are_a_forest_of_members(organization);
    }
    people_are_told_apart(state, people);
}

fn top_role_is_filled(organization: &Organization) {
    if organization.dissolved {
        return;
    }
    let (top, exactly_one, _) = rules(organization.role_set);
    let holders =
        || organization.members().filter(|(_, member)| member.roles.contains(top)).map(|(_, m)| m);
    let active = holders().filter(|member| !member.suspended).count();
    assert!(active >= 1, "nobody active holds {top}");
    if exactly_one {
        assert_eq!(holders().count(), 1, "exactly one member holds {top}");
    }
}

fn members_hold_what_there_is(organization: &Organization) {
    let (_, _, several) = rules(organization.role_set);
    let mut memberships = BTreeSet::new();
    for (user, member) in organization.members() {
        assert!(memberships.insert(member.id), "two members have one membership");
        assert_eq!(organization.user_of(member.id), Some(user));
        let unknown = member.roles.iter().find(|role| organization.permissions_of(role).is_none());
        assert_eq!(unknown, None, "a member holds a role that is not there");
        let beside = member.roles.iter().filter(|role| BESIDE.contains(&role.as_str()));
        let beside = if organization.role_set == RoleSet::Avisi { beside.count() } else { 0 };
        let main = member.roles.count() - beside;
        assert!(beside <= 1 && main >= 1 && (several || main == 1), "held: {}", member.roles);
    }
    if organization.kind == OrganizationKind::Personal {
        assert!(organization.members().count() <= 1, "a personal organization has one member");
        assert_eq!(organization.invitations().count(), 0);
    }
}

fn one_pending_invitation_per_address(organization: &Organization) {
    let mut addresses = BTreeSet::new();
    for (_, invitation) in organization.invitations() {
        if is_pending(invitation.status) {
            let email = invitation.email.as_deref().expect("every invitation has an address");
            assert!(addresses.insert(email.to_lowercase()), "{email} is invited twice");
        }
    }
}

fn teams_are_a_forest_of_members(organization: &Organization) {
    let parents: BTreeMap<TeamId, Option<TeamId>> =
        organization.teams().map(|(id, team)| (id, team.parent)).collect();
    let mut names = BTreeSet::new();
    for (id, team) in organization.teams() {
        assert!(names.insert(team.name.clone()), "two teams are called {}", team.name);
        assert_eq!(organization.team_named(&team.name), Some(id));
        for (user, _) in team.members() {
            assert!(organization.member(user).is_some(), "{} holds a stranger", team.name);
        }
        let mut above = BTreeSet::from([id]);
        let mut at = team.parent;
        while let Some(parent) = at {
            assert!(above.insert(parent), "{} is part of itself", team.name);
            at = *parents.get(&parent).expect("a team's parent exists");
        }
    }
}

fn people_are_told_apart(state: &State, people: &People) {
    for user in &people.users {
        let known = state.user(*user).expect("whoever joined is a user, also when they left");
        let reachable = known.email.is_some() || known.username.is_some();
        assert!(reachable || people.released.contains(user), "nobody can reach {user}");
        if let Some(email) = &known.email {
            let found = state.by_email(&Email::parse(email).unwrap().folded());
            assert_eq!(found, Some(*user), "{email} is somebody else's");
        }
        if let Some(username) = &known.username {
            let found = state.by_username(&Username::parse(username).unwrap().folded());
            assert_eq!(found, Some(*user), "{username} is somebody else's");
        }
    }
    for (address, owner) in &people.addresses {
        assert_eq!(state.by_email(address), Some(*owner), "an address stays its user's");
        let own = state.user(*owner).and_then(|known| known.email.clone()).unwrap();
        let own = Email::parse(&own).unwrap().folded();
        assert_eq!(own.as_ref(), address.as_str(), "a user has two addresses");
    }
}

/// Everybody who ever came to exist, and whose each address is, as the facts say.
#[derive(Default)]
pub(crate) struct People {
    users: BTreeSet<UserId>,
    addresses: BTreeMap<String, UserId>,
    /// Whoever lost an address that they had never proven, or had erased what was known of them.
    released: BTreeSet<UserId>,
    /// How often the operator let somebody in beyond the seats.
    takeovers: BTreeMap<OrganizationId, usize>,
    ways: credentials::Ways,
}

impl People {
    /// Notes what an event says of people.
    pub(crate) fn meet(&mut self, fact: &Fact, actor: Actor, at: Timestamp) {
        let Fact { org, event, .. } = fact;
        self.ways.meet(event, actor, at);
        match event {
            Event::MemberCreated(joined) => self.exists(joined.user, &joined.email),
            Event::InvitationAccepted(joined) => self.exists(joined.user, &joined.email),
            Event::UserCreated(created) => self.exists(created.user, &created.email),
            Event::UserUpdated(updated) => {
                if let Some(email) = &updated.email {
                    self.addresses.retain(|_, owner| *owner != updated.user);
                    self.exists(updated.user, &email.after);
                }
            }
            Event::EmailReleased(released) => {
                self.addresses.retain(|_, owner| *owner != released.user);
                self.released.insert(released.user);
            }
            // An account may still have what an organization erased; an erased one has nothing.
            Event::PersonalDataErased(erased) => {
                self.addresses.retain(|_, owner| Some(*owner) != erased.user);
                self.released.extend(erased.user);
            }
            Event::AccessTakenOver(_) => *self.takeovers.entry(*org).or_default() += 1,
            _ => {}
        }
    }

    fn exists(&mut self, user: UserId, email: &Option<Sealed>) {
        self.users.insert(user);
        let text = email.as_ref().and_then(|email| email.text());
        let address = text.map(|text| Email::parse(text).unwrap().folded().to_string());
        self.addresses.extend(address.map(|address| (address, user)));
    }
}

fn allowed(organization: &Organization, user: UserId) -> PermissionSet {
    match organization.member(user) {
        Some(member) if !member.suspended => organization.permissions(&member.roles),
        Some(_) | None => PermissionSet::default(),
    }
}

/// What somebody may hand on: what they may do, and an avisi admin also what the roles in the
/// clusters allow, which rank below theirs.
fn may_give(organization: &Organization, user: UserId) -> PermissionSet {
    let own = allowed(organization, user);
    let (top, ..) = rules(organization.role_set);
    let top = organization.permissions_of(&RoleName::parse(top).unwrap()).unwrap();
    if organization.role_set != RoleSet::Avisi || !top.within(&own) {
        return own;
    }
    let clusters = RoleName::parse("kubernetes:cluster-admin").unwrap();
    own.and(&organization.permissions_of(&clusters).unwrap())
}

/// A token has what the top role has, but for what only people do.
fn token_may_give(state: &State, org: OrganizationId, actor: Actor) -> PermissionSet {
    let Actor::Token(id) = actor else { return PermissionSet::default() };
    if state.token(id).is_none_or(|token| token.org != org) {
        return PermissionSet::default();
    }
    let organization = state.organization(org).unwrap();
    let (top, ..) = rules(organization.role_set);
    let top = organization.permissions_of(&RoleName::parse(top).unwrap()).unwrap();
    let peoples = ["organization.dissolve", "organization.transfer", "token.write"];
    PermissionSet::new(top.iter().filter(|permission| !peoples.contains(&permission.name())))
}

/// Whoever can do more than before got it from somebody who could do it, or from the operator.
pub(crate) fn nobody_gave_what_they_lack(
    before: &State,
    after: &State,
    command: &Command,
    facts: &[Fact],
) {
    let actor = command.actor;
    if !matches!(actor, Actor::User(_) | Actor::Token(_)) {
        return;
    }
    if matches!(command.action, Action::CreateOrganization(_)) {
        return;
    }
    for (org, organization) in after.organizations() {
        let was = before.organization(org).expect("organizations begin by their own command");
        let own = match actor {
            Actor::User(user) => may_give(was, user),
            _ => token_may_give(before, org, actor),
        };
        for (user, _) in organization.members() {
            let could = allowed(was, user);
            let gained = allowed(organization, user);
            let gained = gained.iter().filter(|permission| !could.contains(*permission));
            let gained = PermissionSet::new(gained);
            let given = match &command.action {
                Action::AcceptInvitation { invitation, .. } => {
                    let invitation = was.invitation(*invitation);
                    invitation.map(|found| was.permissions(&found.roles)).unwrap_or_default()
                }
                _ => own.clone(),
            };
            assert!(gained.within(&given), "{user} gained {gained:?} from {command:?}");
        }
        promised_only_what_they_have(org, organization, &own, facts);
    }
}

/// An invitation gives what it names to whoever holds its token: sending one, again or first, is
/// giving, and so is defining a role.
fn promised_only_what_they_have(
    org: OrganizationId,
    organization: &Organization,
    own: &PermissionSet,
    facts: &[Fact],
) {
    let covers = |roles: &Roles| organization.permissions(roles).within(own);
    for fact in facts.iter().filter(|fact| fact.org == org) {
        match &fact.event {
            Event::InvitationSent(sent) => assert!(covers(&sent.roles), "sent: {}", sent.roles),
            Event::InvitationResent(sent) => {
                let roles = &organization.invitation(sent.invitation).unwrap().roles;
                assert!(covers(roles), "sent again: {roles}");
            }
            Event::RoleDefined(role) => assert!(role.permissions.within(own)),
            Event::RoleRedefined(role) => assert!(role.after.within(own)),
            _ => {}
        }
    }
}

/// What somebody may do somewhere.
pub(crate) fn may(state: &State, org: OrganizationId, user: UserId, what: Permission) -> bool {
    state.organization(org).is_some_and(|organization| allowed(organization, user).contains(what))
}
