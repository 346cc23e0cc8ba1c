//! Behind a restart: whether what was acknowledged is there.

use super::super::connection::Connection;
use super::super::deed::{Deed, Kind, Org};
use super::{Client, OWNER, id, roles};
use std::collections::BTreeMap;
use std::io;
use uuid::Uuid;

/// Deeds from before the last restart that are asked for again behind each.
const OLDER_DEEDS: usize = 50;

impl Client {
    /// Asks for what was acknowledged since the last restart, for some of what is older, and for
    /// the whole list: at present, and as of some moment.
    pub(super) fn check_again(&mut self, connection: &mut Connection) -> io::Result<()> {
        while self.checked < self.deeds.len() {
            self.check(connection, self.deeds[self.checked])?;
            self.checked += 1;
        }
        for _ in 0..OLDER_DEEDS.min(self.deeds.len()) {
            let at = self.below(self.deeds.len());
            self.check(connection, self.deeds[at])?;
        }
        assert_eq!(self.list(connection, None)?, self.own_members(), "{}", self.slug);
        let own: Vec<u64> =
            self.deeds.iter().filter(|deed| deed.org == Org::Own).map(|deed| deed.seq).collect();
        if !own.is_empty() {
            let seq = own[self.below(own.len())];
            let listed = self.list(connection, Some(seq))?;
            assert_eq!(listed, self.own_members_at(seq), "{} as of {seq}", self.slug);
        }
        Ok(())
    }

    /// Asks for one acknowledged answer, as of the seq that it named.
    fn check(&mut self, connection: &mut Connection, deed: Deed) -> io::Result<()> {
        let Deed { org, kind, id, role, seq } = deed;
        if id.is_nil() {
            return Ok(());
        }
        let (path, folder) =
            (self.path(org), if kind == Kind::Invited { "invitations" } else { "members" });
        let answer = connection.get(&format!("{path}/{folder}/{id}?as_of={seq}"))?;
        match kind {
            Kind::Created | Kind::RoleChanged => {
                assert_eq!(answer.status, 200, "lost: {deed:?} {answer:?}");
                assert_eq!(roles(&answer.body["member"]), role, "lost: {deed:?} {answer:?}");
            }
            Kind::Invited => {
                assert_eq!(answer.status, 200, "lost: {deed:?} {answer:?}");
                assert_eq!(answer.body["invitation"]["status"], "pending", "{deed:?} {answer:?}");
            }
            Kind::Removed => {
                assert_eq!(answer.code(), "unknown_member", "lost: {deed:?} {answer:?}");
                let before = connection.get(&format!("{path}/members/{id}?as_of={}", seq - 1))?;
                assert_eq!(before.status, 200, "lost from before: {deed:?} {before:?}");
            }
        }
        if kind != Kind::Removed {
            assert_eq!(answer.seq(), seq, "{deed:?} {answer:?}");
        }
        self.tally.checked += 1;
        Ok(())
    }

    /// Its own organization's members with their roles.
    pub(super) fn list(
        &self,
        connection: &mut Connection,
        as_of: Option<u64>,
    ) -> io::Result<BTreeMap<Uuid, String>> {
        let as_of = as_of.map(|seq| format!("&as_of={seq}")).unwrap_or_default();
        let (mut listed, mut cursor) = (BTreeMap::new(), String::new());
        loop {
            let path = format!("{}/members?limit=1000{as_of}{cursor}", self.path(Org::Own));
            let answer = connection.get(&path)?;
            for row in answer.body["members"].as_array().unwrap() {
                listed.insert(id(&row["member_id"]), roles(row).to_owned());
            }
            match answer.body["next"].as_str() {
                Some(next) => cursor = format!("&cursor={next}"),
                None => return Ok(listed),
            }
        }
    }

    pub(super) fn own_members(&self) -> BTreeMap<Uuid, String> {
        let own = self.members.iter().filter(|(_, org, _)| *org == Org::Own);
        own.map(|(id, _, role)| (*id, (*role).to_owned())).collect()
    }

    /// The same as of a seq, from the owner and what was done since.
    fn own_members_at(&self, seq: u64) -> BTreeMap<Uuid, String> {
        let owner = self.members.iter().find(|(.., role)| *role == OWNER).unwrap();
        let mut members = BTreeMap::from([(owner.0, OWNER.to_owned())]);
        for deed in self.deeds.iter().filter(|deed| deed.org == Org::Own && deed.seq <= seq) {
            match deed.kind {
                Kind::Created | Kind::RoleChanged => {
                    members.insert(deed.id, deed.role.to_owned());
                }
                Kind::Removed => drop(members.remove(&deed.id)),
                Kind::Invited => {}
            }
        }
        members
    }
}
