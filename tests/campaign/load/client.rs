//! One client: it wishes, keeps what was acknowledged, and asks for it again behind every restart.

mod checks;

use super::connection::{Answer, Connection};
use super::deed::{Deed, Kind, Org, Wish};
use super::server::{Server, Stage};
use super::tally::Tally;
use rollbook::words::hash::Drawn;
use serde_json::Value;
use std::io;
use std::sync::Arc;
use uuid::Uuid;

const COMMONS: &str = "/v1/organizations/commons";
const OWNER: &str = "owner";
const MEMBER: &str = "member";
const ADMIN: &str = "admin";

/// Fewer members than this, and another one is created rather than one removed.
const FEW: usize = 5;

pub(super) struct Client {
    pub(super) slug: String,
    number: u64,
    token: String,
    stage: Arc<Stage>,
    chance: Drawn,
    wishes: u64,
    own_id: Option<Uuid>,
    /// The last entry of its own organization, of which nobody else writes any.
    own_org_seq: u64,
    last_seq: u64,
    /// Whom it created and has not removed.
    pub(super) members: Vec<(Uuid, Org, &'static str)>,
    pub(super) deeds: Vec<Deed>,
    /// How many of them were asked for behind a restart.
    checked: usize,
    in_flight: Option<Wish>,
    pub(super) tally: Tally,
}

/// Makes the organization that all share.
pub(super) fn begin_commons(server: &Server) {
    let mut connection = Connection::open(server.address, &server.token).unwrap();
    let answer = begin(&mut connection, "commons").unwrap();
    assert_eq!(answer.status, 201, "{answer:?}");
}

fn begin(connection: &mut Connection, slug: &str) -> io::Result<Answer> {
    let body = format!(
        r#"{{"kind":"standard","role_set":"standard","name":"{slug}","slug":"{slug}",
            "owner":{{"username":"owner-of-{slug}"}}}}"#
    );
    connection.ask("POST", "/v1/organizations", &body)
}

fn id(value: &Value) -> Uuid {
    value.as_str().and_then(|text| text.parse().ok()).unwrap_or_else(|| panic!("no id: {value}"))
}

fn roles(row: &Value) -> &str {
    row["roles"][0].as_str().unwrap_or_else(|| panic!("no roles: {row}"))
}

impl Client {
    pub(super) fn new(number: u64, seed: u64, token: String, stage: &Arc<Stage>) -> Self {
        let mut bytes = [0; 32];
        bytes[..8].copy_from_slice(&seed.to_be_bytes());
        bytes[8..16].copy_from_slice(&number.to_be_bytes());
        Self {
            slug: format!("client-{number}"),
            number,
            token,
            stage: Arc::clone(stage),
            chance: Drawn::from_seed(&bytes),
            wishes: 0,
            own_id: None,
            own_org_seq: 0,
            last_seq: 0,
            members: Vec::new(),
            deeds: Vec::new(),
            checked: 0,
            in_flight: None,
            tally: Tally::default(),
        }
    }

    /// Works through every life of the server.
    pub(super) fn work(mut self) -> Self {
        let mut life = self.stage.life(0);
        loop {
            let lived = Connection::open(life.address, &self.token)
                .and_then(|mut connection| self.live(&mut connection, life.is_last));
            match lived {
                Ok(()) => return self,
                Err(error) if life.is_last => panic!("nobody killed the server: {error}"),
                Err(_) => life = self.stage.life(life.number + 1),
            }
        }
    }

    /// Ends well in the last life only.
    fn live(&mut self, connection: &mut Connection, is_last: bool) -> io::Result<()> {
        self.settle(connection)?;
        self.check_again(connection)?;
        if is_last {
            return Ok(());
        }
        loop {
            self.act(connection)?;
        }
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(u64::from_le_bytes(self.chance.bytes()) % bound as u64).unwrap()
    }

    fn path(&self, org: Org) -> String {
        match org {
            Org::Own => format!("/v1/organizations/{}", self.slug),
            Org::Commons => COMMONS.to_owned(),
        }
    }

    /// Finds out what became of the request that was under way.
    fn settle(&mut self, connection: &mut Connection) -> io::Result<()> {
        let mut heading = connection.get(&self.path(Org::Own))?;
        if heading.status == 404 {
            assert_eq!(self.own_id, None, "the organization {} is lost", self.slug);
            heading = begin(connection, &self.slug.clone())?;
            assert_eq!(heading.status, 201, "{heading:?}");
        }
        let in_flight = self.in_flight;
        if self.own_id.is_none() {
            self.own_id = Some(id(&heading.body["organization_id"]));
            self.own_org_seq = 1;
            let answer = connection.get(&format!("{}/members", self.path(Org::Own)))?;
            let owner = id(&answer.body["members"][0]["member_id"]);
            self.members.push((owner, Org::Own, OWNER));
        }
        let beyond = heading.org_seq().checked_sub(self.own_org_seq);
        match (beyond, in_flight) {
            (Some(0), Some(Wish { org: Org::Own, .. }) | None) => {}
            (Some(1), Some(wish @ Wish { org: Org::Own, .. })) => {
                self.own_org_seq += 1;
                self.tally.in_flight_recorded += 1;
                let id = self.id_of_recorded(connection, wish)?;
                self.keep(Deed { id, seq: heading.seq(), ..deed(wish) });
            }
            (Some(0), Some(wish @ Wish { org: Org::Commons, .. })) => {
                self.settle_in_commons(connection, wish)?;
            }
            (beyond, in_flight) => panic!(
                "{}: acknowledged up to org_seq {}, found {}, {beyond:?} beyond, under way: \
                 {in_flight:?}",
                self.slug,
                self.own_org_seq,
                heading.org_seq()
            ),
        }
        self.in_flight = None;
        Ok(())
    }

    /// The identifier of what an answer that was lost would have named.
    fn id_of_recorded(&self, connection: &mut Connection, wish: Wish) -> io::Result<Uuid> {
        match wish.kind {
            Kind::RoleChanged | Kind::Removed => Ok(wish.id),
            Kind::Invited => Ok(Uuid::nil()),
            Kind::Created => {
                let listed = self.list(connection, None)?;
                let known = self.own_members();
                let mut others = listed.keys().filter(|id| !known.contains_key(id));
                match (others.next(), others.next()) {
                    (Some(newcomer), None) => Ok(*newcomer),
                    _ => panic!("{}: one newcomer was recorded", self.slug),
                }
            }
        }
    }

    fn settle_in_commons(&mut self, connection: &mut Connection, wish: Wish) -> io::Result<()> {
        let Some(at) = self.members.iter().position(|(id, ..)| *id == wish.id) else {
            // A newcomer or an invitation: whether it is there was never promised.
            return Ok(());
        };
        let now = connection.get(&format!("{COMMONS}/members/{}", wish.id))?;
        let before = self.members[at].2;
        match (wish.kind, now.status) {
            (Kind::Removed, 404) => drop(self.members.swap_remove(at)),
            (Kind::RoleChanged, 200) if roles(&now.body["member"]) == wish.role => {
                self.members[at].2 = wish.role;
            }
            (Kind::Removed | Kind::RoleChanged, 200) => {
                assert_eq!(roles(&now.body["member"]), before, "{now:?}");
                return Ok(());
            }
            _ => panic!("{wish:?}: {now:?}"),
        }
        self.tally.in_flight_recorded += 1;
        Ok(())
    }

    fn act(&mut self, connection: &mut Connection) -> io::Result<()> {
        match self.below(100) {
            0..20 => self.read(connection),
            20..23 => self.be_refused(connection),
            _ => {
                let wish = self.wish();
                self.give(connection, wish)
            }
        }
    }

    /// Whoever was acknowledged is seen at once.
    fn read(&mut self, connection: &mut Connection) -> io::Result<()> {
        let at = self.below(self.members.len());
        let (id, org, role) = self.members[at];
        self.tally.requests += 1;
        let answer = connection.get(&format!("{}/members/{id}", self.path(org)))?;
        assert_eq!(answer.status, 200, "{answer:?}");
        assert_eq!(roles(&answer.body["member"]), role, "{answer:?}");
        Ok(())
    }

    fn be_refused(&mut self, connection: &mut Connection) -> io::Result<()> {
        self.tally.requests += 1;
        let path = format!("{}/members", self.path(Org::Own));
        let body = r#"{"username":"owner-of-commons"}"#;
        let answer = connection.ask("POST", &path, body)?;
        assert!(matches!(answer.code(), "username_taken" | "queue_full"), "{answer:?}");
        self.tally.refuse(answer.code());
        Ok(())
    }

    fn wish(&mut self) -> Wish {
        let org = if self.below(4) == 0 { Org::Commons } else { Org::Own };
        let known: Vec<usize> = self
            .members
            .iter()
            .enumerate()
            .filter(|(_, (_, of, role))| *of == org && *role != OWNER)
            .map(|(at, _)| at)
            .collect();
        let kind = match self.below(100) {
            _ if known.len() < FEW => Kind::Created,
            0..35 => Kind::Created,
            35..65 => Kind::RoleChanged,
            65..90 => Kind::Removed,
            _ => Kind::Invited,
        };
        self.wishes += 1;
        let number = self.wishes;
        if matches!(kind, Kind::Created | Kind::Invited) {
            return Wish { org, kind, id: Uuid::nil(), role: MEMBER, number };
        }
        let at = known[self.below(known.len())];
        let (id, _, held) = self.members[at];
        let other = if held == MEMBER { ADMIN } else { MEMBER };
        let role = if kind == Kind::RoleChanged { other } else { held };
        Wish { org, kind, id, role, number }
    }

    fn give(&mut self, connection: &mut Connection, wish: Wish) -> io::Result<()> {
        let Wish { org, kind, id: member, role, number } = wish;
        let (path, name) = (self.path(org), format!("c{}-{number}", self.number));
        self.tally.requests += 1;
        self.in_flight = Some(wish);
        let answer = match kind {
            Kind::Created => {
                let body = format!(r#"{{"username":"{name}","email":"{name}@people.example"}}"#);
                connection.ask("POST", &format!("{path}/members"), &body)
            }
            Kind::RoleChanged => {
                let body = format!(r#"{{"roles":["{role}"],"reason":"wish {number}"}}"#);
                connection.ask("PUT", &format!("{path}/members/{member}/roles"), &body)
            }
            Kind::Removed => connection.ask("DELETE", &format!("{path}/members/{member}"), ""),
            Kind::Invited => {
                let body = format!(r#"{{"email":"{name}@invited.example","roles":["{role}"]}}"#);
                connection.ask("POST", &format!("{path}/invitations"), &body)
            }
        };
        let answer = answer.inspect_err(|_| self.tally.in_flight += 1)?;
        self.in_flight = None;
        if answer.code() == "queue_full" {
            self.tally.refuse(answer.code());
            return Ok(());
        }
        assert!(matches!(answer.status, 200 | 201), "{wish:?}: {answer:?}");
        let id = match kind {
            Kind::Created => id(&answer.body["member"]["member_id"]),
            Kind::Invited => id(&answer.body["invitation"]["invitation_id"]),
            Kind::RoleChanged | Kind::Removed => member,
        };
        if org == Org::Own {
            self.own_org_seq += 1;
            assert_eq!(answer.org_seq(), self.own_org_seq, "{wish:?}: {answer:?}");
        }
        self.tally.acknowledge(kind);
        self.keep(Deed { id, seq: answer.seq(), ..deed(wish) });
        Ok(())
    }

    /// Takes in what is recorded.
    fn keep(&mut self, deed: Deed) {
        assert!(deed.seq > self.last_seq, "{deed:?} behind {}", self.last_seq);
        self.last_seq = deed.seq;
        let at = self.members.iter().position(|(id, ..)| *id == deed.id);
        match (deed.kind, at) {
            (Kind::Created, None) => self.members.push((deed.id, deed.org, deed.role)),
            (Kind::RoleChanged, Some(at)) => self.members[at].2 = deed.role,
            (Kind::Removed, Some(at)) => drop(self.members.swap_remove(at)),
            (Kind::Invited, None) => {}
            _ => panic!("{}: {deed:?} of somebody else", self.slug),
        }
        self.deeds.push(deed);
    }
}

/// Without what only an answer tells.
fn deed(wish: Wish) -> Deed {
    let Wish { org, kind, role, .. } = wish;
    Deed { org, kind, id: Uuid::nil(), role, seq: 0 }
}
