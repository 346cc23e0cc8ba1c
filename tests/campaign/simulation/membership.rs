//! Who belongs where, as lists that are scanned: the whole state of a deployment at one moment.
//!
//! Rows have the form in which views show them, so that the two can be compared; nothing else is
//! taken from what is tested.

use super::beside::{Beside, Held};
use super::publications::Published;
use super::roles;
use rollbook::facts::event::{PermissionSet, RevocationCause};
use rollbook::facts::{Actor, RoleSet, Roles, Source, TeamRole};
use rollbook::law::command::TokenDigest;
use rollbook::projections::{
    Header, InvitationRow, InvitationStatus, MemberRow, MemberStatus, Membership, PersonalValue,
};
use rollbook::words::{
    CommandId, Email, InvitationId, MemberId, OrganizationId, RoleName, TeamId, Timestamp, UserId,
    Username,
};
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;
use std::sync::Arc;

pub(super) type Text = Arc<str>;

/// Everything at one moment.
#[derive(Clone, Default)]
pub(super) struct Deployment {
    /// In the order of beginning, ended ones too.
    pub(super) orgs: Vec<Rc<Org>>,
    pub(super) users: Vec<Rc<User>>,
    /// Slugs that were given up.
    pub(super) former_slugs: Rc<BTreeSet<Text>>,
    /// Imported lines: history and number, with the commit and command that brought them.
    pub(super) lines: Rc<BTreeMap<(Text, u64), (Text, CommandId)>>,
    /// How often the key of checkpoints changed.
    pub(super) rotations: u32,
}

#[derive(Clone)]
pub(super) struct User {
    pub(super) id: UserId,
    pub(super) email: Option<Text>,
    pub(super) name: Option<Text>,
    pub(super) username: Option<Text>,
    pub(super) signs_in: bool,
    /// Whether the address was proved to be theirs.
    pub(super) proven: bool,
    /// Whether they ever had a way to sign in that the ledger keeps.
    pub(super) account: bool,
    pub(super) password: bool,
    pub(super) second_factor: bool,
    /// Address and login name as they are compared.
    pub(super) folded: [Option<Text>; 2],
}

#[derive(Clone)]
pub(super) struct Org {
    pub(super) header: Header,
    /// How many entries it has.
    pub(super) size: u64,
    pub(super) last_effective: Timestamp,
    /// In the order of joining.
    pub(super) members: Vec<Rc<MemberRow>>,
    /// Memberships that ended, in the order of ending.
    pub(super) ended: Vec<Rc<Membership>>,
    pub(super) customs: Vec<Rc<Custom>>,
    /// In the order of sending.
    pub(super) letters: Vec<Rc<Letter>>,
    /// In the order of beginning.
    pub(super) teams: Vec<Rc<Team>>,
    /// The last names of teams that ended.
    pub(super) ended_teams: Rc<BTreeMap<TeamId, Text>>,
    pub(super) held: Held,
}

/// A role that the organization defined for itself.
#[derive(Clone)]
pub(super) struct Custom {
    pub(super) role: RoleName,
    pub(super) permissions: PermissionSet,
    pub(super) defined_at: Timestamp,
}

/// An invitation. The row's status is what was recorded last; whether its time has passed depends
/// on the moment at which it is looked at.
#[derive(Clone)]
pub(super) struct Letter {
    pub(super) row: InvitationRow,
    /// The address as it is compared.
    pub(super) address: Text,
    pub(super) token: TokenDigest,
    /// Who sent it last.
    pub(super) sender: Actor,
}

#[derive(Clone)]
pub(super) struct Team {
    pub(super) id: TeamId,
    pub(super) name: Text,
    pub(super) parent: Option<TeamId>,
    pub(super) created_at: Timestamp,
    /// In the order of joining it.
    pub(super) people: Vec<InTeam>,
}

#[derive(Clone)]
pub(super) struct InTeam {
    pub(super) member: MemberId,
    pub(super) user: UserId,
    pub(super) role: TeamRole,
    pub(super) joined_at: Timestamp,
}

/// What happened, where, and whence it comes.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    pub(super) org: OrganizationId,
    pub(super) what: What,
    pub(super) source: Option<Source>,
}

/// What can happen; the names are those of the events.
#[derive(Clone, Debug)]
pub(super) enum What {
    OrganizationCreated(Box<Header>),
    OrganizationUpdated {
        name: Option<[Text; 2]>,
        slug: Option<[Text; 2]>,
        seats: Option<[Option<u32>; 2]>,
        second_factor: Option<bool>,
    },
    OrganizationCertified,
    OrganizationDissolved,
    MemberCreated {
        joining: Joining,
        created: bool,
    },
    InvitationAccepted {
        joining: Joining,
        invitation: InvitationId,
        teams: Vec<TeamId>,
    },
    InvitationSent {
        invitation: InvitationId,
        email: Text,
        roles: Roles,
        teams: Vec<TeamId>,
        expires_at: Timestamp,
        token: TokenDigest,
    },
    InvitationResent {
        invitation: InvitationId,
        expires_at: Timestamp,
        token: TokenDigest,
    },
    InvitationRevoked {
        invitation: InvitationId,
        cause: RevocationCause,
    },
    InvitationDeclined {
        invitation: InvitationId,
    },
    InvitationExpired {
        invitation: InvitationId,
        expired_at: Timestamp,
    },
    RoleChanged {
        member: MemberId,
        user: UserId,
        before: Roles,
        after: Roles,
    },
    MemberSuspended {
        member: MemberId,
        user: UserId,
    },
    MemberReactivated {
        member: MemberId,
        user: UserId,
    },
    MemberRemoved {
        member: MemberId,
        user: UserId,
        roles: Roles,
        cause: rollbook::facts::event::RemovalCause,
    },
    SuperAdminTransferred {
        from: (MemberId, UserId),
        to: (MemberId, UserId),
        becomes: Roles,
        to_before: Roles,
    },
    RoleDefined {
        role: RoleName,
        permissions: PermissionSet,
    },
    RoleRedefined {
        role: RoleName,
        before: PermissionSet,
        after: PermissionSet,
    },
    RoleRetired {
        role: RoleName,
        permissions: PermissionSet,
    },
    TeamCreated {
        team: TeamId,
        name: Text,
        parent: Option<TeamId>,
    },
    TeamUpdated {
        team: TeamId,
        name: Option<[Text; 2]>,
        parent: Option<[Option<TeamId>; 2]>,
    },
    TeamRemoved {
        team: TeamId,
        name: Text,
    },
    TeamMemberAdded {
        team: TeamId,
        member: MemberId,
        user: UserId,
        role: TeamRole,
    },
    TeamMemberRemoved {
        team: TeamId,
        member: MemberId,
        user: UserId,
        role: TeamRole,
    },
    TeamRoleChanged {
        team: TeamId,
        member: MemberId,
        user: UserId,
        before: TeamRole,
        after: TeamRole,
    },
    Beside(Beside),
    Published(Published),
    /// Of whoever was known by these alone.
    PersonalDataErased {
        invitations: Vec<InvitationId>,
    },
}

/// Whoever becomes a member, with what is known of them.
#[derive(Clone, Debug)]
pub(super) struct Joining {
    pub(super) member: MemberId,
    pub(super) user: UserId,
    pub(super) email: Option<Text>,
    pub(super) name: Option<Text>,
    pub(super) username: Option<Text>,
    pub(super) roles: Roles,
}

pub(super) fn known(text: &Text) -> PersonalValue {
    PersonalValue::Known(Arc::clone(text))
}

pub(super) fn text(value: &PersonalValue) -> Text {
    value.text().expect("what waits is not erased").into()
}

/// How addresses are compared.
pub(super) fn folded_email(email: &str) -> Text {
    Email::parse(email).unwrap().folded()
}

/// How login names are compared.
pub(super) fn folded_login(username: &str) -> Text {
    Username::parse(username).unwrap().folded()
}

impl Deployment {
    pub(super) fn org(&self, id: OrganizationId) -> Option<&Rc<Org>> {
        self.orgs.iter().find(|org| org.header.organization_id == id)
    }

    pub(super) fn org_mut(&mut self, id: OrganizationId) -> &mut Org {
        let mut orgs = self.orgs.iter_mut();
        Rc::make_mut(orgs.find(|org| org.header.organization_id == id).unwrap())
    }

    pub(super) fn by_slug(&self, slug: &str) -> Option<&Rc<Org>> {
        self.orgs.iter().find(|org| org.header.slug.text() == Some(slug))
    }

    pub(super) fn user(&self, id: UserId) -> Option<&User> {
        self.users.iter().find(|user| user.id == id).map(Rc::as_ref)
    }

    pub(super) fn by_email(&self, email: &str) -> Option<&User> {
        let wanted = Some(folded_email(email));
        self.users.iter().find(|user| user.folded[0] == wanted).map(Rc::as_ref)
    }

    pub(super) fn by_username(&self, username: &str) -> Option<&User> {
        let wanted = Some(folded_login(username));
        self.users.iter().find(|user| user.folded[1] == wanted).map(Rc::as_ref)
    }
}

impl Org {
    pub(super) fn id(&self) -> OrganizationId {
        self.header.organization_id
    }

    pub(super) fn set(&self) -> RoleSet {
        self.header.role_set
    }

    pub(super) fn ended(&self) -> bool {
        self.header.dissolved_at.is_some()
    }

    pub(super) fn member(&self, id: MemberId) -> Option<&MemberRow> {
        self.members.iter().find(|row| row.member_id == id).map(Rc::as_ref)
    }

    pub(super) fn member_of(&self, user: UserId) -> Option<&MemberRow> {
        self.members.iter().find(|row| row.user_id == user).map(Rc::as_ref)
    }

    /// Active members who hold the top role.
    pub(super) fn at_the_top(&self) -> Vec<&MemberRow> {
        let top = &roles::table(self.set()).top;
        let rows = self.members.iter().map(Rc::as_ref);
        rows.filter(|row| row.roles.contains(top) && row.status == MemberStatus::Active).collect()
    }

    pub(super) fn letter(&self, id: InvitationId) -> Option<&Letter> {
        self.letters.iter().find(|letter| letter.row.invitation_id == id).map(Rc::as_ref)
    }

    /// Invitations whose end nobody recorded, by address.
    pub(super) fn waiting(&self) -> Vec<&Letter> {
        let all = self.letters.iter().map(Rc::as_ref);
        let waiting = all.filter(|letter| letter.row.status == InvitationStatus::Pending);
        let mut waiting: Vec<&Letter> = waiting.collect();
        waiting.sort_by(|one, other| one.address.cmp(&other.address));
        waiting
    }

    /// The one that waits for an address.
    pub(super) fn waiting_for(&self, email: &str) -> Option<&Letter> {
        let address = folded_email(email);
        self.waiting().into_iter().find(|letter| letter.address == address)
    }

    pub(super) fn seats_taken(&self, now: Timestamp) -> usize {
        let open = self.waiting().into_iter().filter(|letter| now < letter.row.expires_at);
        self.members.len() + open.count()
    }

    pub(super) fn custom(&self, role: &RoleName) -> Option<&Custom> {
        self.customs.iter().find(|custom| custom.role == *role).map(Rc::as_ref)
    }

    /// What a role allows here.
    pub(super) fn allows(&self, role: &RoleName) -> Option<PermissionSet> {
        match roles::table(self.set()).roles.get(role.as_str()) {
            Some(built_in) => Some(built_in.permissions.clone()),
            None => self.custom(role).map(|custom| custom.permissions.clone()),
        }
    }

    /// What roles allow together.
    pub(super) fn allow<'a>(&self, roles: impl Iterator<Item = &'a RoleName>) -> PermissionSet {
        let each = roles.filter_map(|role| self.allows(role));
        each.fold(PermissionSet::default(), |all, one| all.and(&one))
    }

    pub(super) fn team(&self, id: TeamId) -> Option<&Team> {
        self.teams.iter().find(|team| team.id == id).map(Rc::as_ref)
    }

    pub(super) fn team_named(&self, name: &str) -> Option<&Team> {
        self.teams.iter().find(|team| &*team.name == name).map(Rc::as_ref)
    }
}

impl Team {
    pub(super) fn role_of(&self, user: UserId) -> Option<TeamRole> {
        self.people.iter().find(|person| person.user == user).map(|person| person.role)
    }
}
