//! Who and what the texts speak of: names stand for identifiers, which the stage keeps.

use super::actions;
use super::world::World;
use rollbook::facts::{Actor, Event, Roles, System};
use rollbook::law::command::{Action, Command, Credential, TokenDigest};
use rollbook::law::{Decision, Refusal};
use rollbook::words::hash::token_digest;
use rollbook::words::{
    ApiKeyId, InvitationId, MemberId, Name, OperatorId, OrganizationId, RoleName, TeamId,
    Timestamp, TokenId, UserId,
};
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

/// See the module.
pub(crate) struct Stage {
    pub(crate) world: World,
    /// The organization that is meant when none is named: the one that began last.
    pub(crate) org: Option<OrganizationId>,
    orgs: BTreeMap<String, OrganizationId>,
    people: BTreeMap<String, UserId>,
    memberships: BTreeMap<(OrganizationId, UserId), Vec<MemberId>>,
    teams: BTreeMap<(OrganizationId, String), TeamId>,
    invitations: Vec<SentInvitation>,
    links: u16,
    operator: OperatorId,
    tokens: BTreeMap<String, TokenId>,
    keys: BTreeMap<(OrganizationId, String), ApiKeyId>,
    /// The actions that were wished.
    pub(crate) actions: BTreeSet<&'static str>,
}

struct SentInvitation {
    org: OrganizationId,
    address: String,
    id: InvitationId,
    /// The links that were sent, the last one last.
    links: Vec<TokenDigest>,
}

impl Stage {
    pub(crate) fn new(seed: u64) -> Self {
        let mut world = World::new(seed);
        Self {
            org: None,
            orgs: BTreeMap::new(),
            people: BTreeMap::new(),
            memberships: BTreeMap::new(),
            teams: BTreeMap::new(),
            invitations: Vec::new(),
            links: 0,
            operator: OperatorId::from_uuid(world.uuid()),
            tokens: BTreeMap::new(),
            keys: BTreeMap::new(),
            actions: BTreeSet::new(),
            world,
        }
    }

    /// Gives a command. What comes to exist by it is known by `name` from here on.
    pub(crate) fn give(
        &mut self,
        command: &Command,
        name: Option<&str>,
    ) -> Result<Decision, Refusal> {
        self.actions.extend(actions::names(&command.action));
        let decision = self.world.give(command)?;
        for fact in &decision.facts {
            let org = fact.org;
            match &fact.event {
                Event::OrganizationCreated(_) => {
                    self.org = Some(org);
                    let slug = self.world.state.organization(org).and_then(|o| o.slug.clone());
                    self.orgs.insert(slug.unwrap().to_string(), org);
                }
                Event::MemberCreated(event) => {
                    let login = event.username.as_ref().and_then(|login| login.text());
                    let name = name.map(str::to_owned).or(login.map(|login| login.to_string()));
                    self.meet(name, event.user);
                    self.memberships.entry((org, event.user)).or_default().push(event.member);
                }
                Event::InvitationAccepted(event) => {
                    self.meet(name.map(str::to_owned), event.user);
                    self.memberships.entry((org, event.user)).or_default().push(event.member);
                }
                Event::UserCreated(event) => self.meet(name.map(str::to_owned), event.user),
                Event::TokenIssued(event) => {
                    self.tokens.insert(event.name.to_string(), event.token);
                }
                Event::ApiKeyIssued(event) => {
                    self.keys.insert((org, event.name.to_string()), event.key);
                }
                Event::TeamCreated(event) => {
                    self.teams.insert((org, event.name.to_string()), event.team);
                }
                Event::InvitationSent(event) => {
                    let address = event.email.text().unwrap().to_lowercase();
                    let links = vec![token_of(&command.action).unwrap()];
                    self.invitations.push(SentInvitation {
                        org,
                        address,
                        id: event.invitation,
                        links,
                    });
                }
                Event::InvitationResent(event) => {
                    let link = token_of(&command.action).unwrap();
                    let sent = self.invitations.iter_mut();
                    let sent = sent.filter(|sent| sent.id == event.invitation);
                    sent.for_each(|sent| sent.links.push(link));
                }
                _ => {}
            }
        }
        Ok(decision)
    }

    fn meet(&mut self, name: Option<String>, user: UserId) {
        let known = self.people.values().any(|known| *known == user);
        if let Some(name) = name
            && !known
        {
            self.people.insert(name, user);
        }
    }

    /// A digest of a link that nobody has.
    pub(crate) fn fresh_link(&mut self) -> TokenDigest {
        self.links += 1;
        let mut link = [0; 32];
        link[..2].copy_from_slice(&self.links.to_be_bytes());
        TokenDigest(token_digest(&link))
    }

    /// Somebody of that name; whoever the ledger does not know gets an identifier it does not know.
    pub(crate) fn user(&mut self, name: &str) -> UserId {
        match self.people.get(name) {
            Some(user) => *user,
            None => UserId::from_uuid(self.world.uuid()),
        }
    }

    /// Whether the ledger knows somebody of that name.
    pub(crate) fn knows(&self, name: &str) -> bool {
        self.people.contains_key(name)
    }

    /// Lets a name be somebody else's from here on.
    pub(crate) fn forget(&mut self, name: &str) {
        self.people.remove(name);
    }

    /// The name of a user.
    pub(crate) fn name_of(&self, user: UserId) -> &str {
        let known = self.people.iter().find(|(_, known)| **known == user);
        known.map_or("somebody", |(name, _)| name.as_str())
    }

    /// Whoever gives a command, and by what they come in where nobody says so.
    pub(crate) fn actor(&mut self, name: &str) -> (Actor, Credential) {
        let actor = match name {
            "operator" => Actor::Operator(self.operator),
            "import" => Actor::System(System::Import),
            "clock" => Actor::System(System::Expiry),
            name if name == "token" || name.starts_with("token:") => {
                let id = self.token(name.trim_start_matches("token").trim_start_matches(':'));
                let issued = self.world.state.token(id);
                let actor = issued.map_or(Actor::Token(id), |token| token.actor(id));
                return (actor, Credential::Token(id));
            }
            name => Actor::User(self.user(name)),
        };
        (actor, Credential::Outside)
    }

    /// The token that was issued last under that name; one that nobody issued otherwise.
    pub(crate) fn token(&mut self, name: &str) -> TokenId {
        match self.tokens.get(name) {
            Some(token) => *token,
            None => TokenId::from_uuid(self.world.uuid()),
        }
    }

    /// The API key that was issued last under that name; one that nobody issued otherwise.
    pub(crate) fn key(&mut self, org: OrganizationId, name: &str) -> ApiKeyId {
        match self.keys.get(&(org, name.to_owned())) {
            Some(key) => *key,
            None => ApiKeyId::from_uuid(self.world.uuid()),
        }
    }

    /// So long ago.
    pub(crate) fn ago(&self, duration: Duration) -> Timestamp {
        let micros = i64::try_from(duration.as_micros()).unwrap();
        Timestamp::from_micros(self.world.now.micros() - micros)
    }

    /// The organization with that slug; one that the ledger does not know otherwise.
    pub(crate) fn organization(&mut self, slug: &str) -> OrganizationId {
        match self.orgs.get(slug) {
            Some(org) => *org,
            None => OrganizationId::from_uuid(self.world.uuid()),
        }
    }

    /// Somebody's membership: the current one, else the last one, else one that is nobody's.
    pub(crate) fn member(&mut self, org: OrganizationId, name: &str) -> MemberId {
        let user = self.user(name);
        match self.memberships.get(&(org, user)).and_then(|all| all.last()) {
            Some(member) => *member,
            None => MemberId::from_uuid(self.world.uuid()),
        }
    }

    /// How many times somebody joined, each time with a membership of its own.
    pub(crate) fn joinings(&self, org: OrganizationId, user: UserId) -> usize {
        let all = self.memberships.get(&(org, user)).map(Vec::as_slice).unwrap_or_default();
        all.iter().collect::<BTreeSet<_>>().len()
    }

    /// The team that has that name, else the one that had it, else one that the ledger does not
    /// know.
    pub(crate) fn team(&mut self, org: OrganizationId, name: &str) -> TeamId {
        let organization = self.world.state.organization(org);
        let named = organization.and_then(|found| found.team_named(&Name::parse(name).ok()?));
        match named.or(self.teams.get(&(org, name.to_owned())).copied()) {
            Some(team) => team,
            None => TeamId::from_uuid(self.world.uuid()),
        }
    }

    /// The last invitation of an address, or the one before it.
    pub(crate) fn invitation(
        &mut self,
        org: OrganizationId,
        address: &str,
        before_last: bool,
    ) -> InvitationId {
        match self.sent(org, address, before_last) {
            Some(sent) => sent.id,
            None => InvitationId::from_uuid(self.world.uuid()),
        }
    }

    /// The link that was sent with it last, or the one before it.
    pub(crate) fn link(&self, invitation: InvitationId, before_last: bool) -> Option<TokenDigest> {
        let sent = self.invitations.iter().find(|sent| sent.id == invitation)?;
        sent.links.iter().rev().nth(usize::from(before_last)).copied()
    }

    fn sent(&self, org: OrganizationId, address: &str, before: bool) -> Option<&SentInvitation> {
        let address = address.to_lowercase();
        let all = self.invitations.iter().rev();
        let mut all = all.filter(|sent| sent.org == org && sent.address == address);
        all.nth(usize::from(before))
    }
}

/// The address of a person of whom none is given.
pub(crate) fn address(name: &str) -> String {
    if name.contains('@') { name.to_owned() } else { format!("{name}@mail.example") }
}

/// `a+b`: several roles.
pub(crate) fn roles(text: &str) -> Result<Roles, String> {
    let names: Result<Vec<_>, _> = text.split('+').map(RoleName::parse).collect();
    Roles::new(names.map_err(|error| error.to_string())?).map_err(|error| error.to_string())
}

fn token_of(action: &Action) -> Option<TokenDigest> {
    match action {
        Action::Invite(invite) => Some(invite.token),
        Action::ResendInvitation { token, .. } => Some(*token),
        _ => None,
    }
}
