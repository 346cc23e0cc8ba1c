//! Policies (C2SP tlog-policy): which logs somebody trusts, and how many witnesses they want.

use super::key::{KeyError, KeyKind, VerificationKey};
use std::collections::{BTreeMap, BTreeSet};
use thiserror::Error;

/// The longest policy that is read: some hundred witnesses.
pub const POLICY_LIMIT_BYTES: usize = 64 * 1024;

/// The deepest nesting of groups; nobody can read a deeper one.
const DEPTH_LIMIT: usize = 8;

/// What somebody trusts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<Party>,
    /// In the order of their lines.
    witnesses: Vec<(String, Party)>,
    groups: BTreeMap<String, Group>,
    quorum: Option<String>,
}

/// A key, and where its owner can be asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Party {
    /// The key.
    pub key: VerificationKey,
    /// Where it is reached, where that is said.
    pub url: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Group {
    needed: usize,
    members: Vec<String>,
}

/// Why a text is no policy. Lines are counted from 1.
#[derive(Debug, Clone, Error, PartialEq, Eq)]
pub enum PolicyError {
    /// Longer than any, or not UTF-8.
    #[error("it is no text of at most {POLICY_LIMIT_BYTES} bytes")]
    Text,
    /// A line that begins with no known word, or has too few or too many parts.
    #[error(
        "line {0}: expected log VKEY [URL], witness NAME VKEY [URL], group NAME K|any|all MEMBER…, or \
         quorum NAME|none"
    )]
    Line(usize),
    /// A key that is none.
    #[error("line {0}: {1}")]
    Key(usize, KeyError),
    /// A log's key that a witness signs with.
    #[error("line {0}: a log's key is of type 0x01")]
    LogKind(usize),
    /// A name that stands for something already, or is `none`.
    #[error("line {0}: the name {1} is taken")]
    Name(usize, String),
    /// A member that is not defined above, or is one of another group.
    #[error("line {0}: {1} is no witness or group of a line above that belongs to no group yet")]
    Member(usize, String),
    /// A group that needs none, or more than it has.
    #[error("line {0}: a group needs at least 1 and at most all of its members")]
    Needed(usize),
    /// One public key under two names.
    #[error("line {0}: that public key stands in the policy already")]
    Twice(usize),
    /// Not exactly one quorum.
    #[error("it needs exactly one quorum, which names what is defined above it")]
    Quorum,
    /// No log.
    #[error("it needs at least one log")]
    NoLog,
}

impl Policy {
    /// Reads a policy.
    pub fn parse(bytes: &[u8]) -> Result<Self, PolicyError> {
        let policy = Self::of_witnesses(bytes)?;
        if policy.logs.is_empty() { Err(PolicyError::NoLog) } else { Ok(policy) }
    }

    /// Reads what somebody wants of witnesses, who may know the log without being told: its key is
    /// made only when it first signs.
    pub fn of_witnesses(bytes: &[u8]) -> Result<Self, PolicyError> {
        let text = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= POLICY_LIMIT_BYTES);
        let mut reading = Reading::default();
        for (number, line) in (1..).zip(text.ok_or(PolicyError::Text)?.split('\n')) {
            let parts = line.split([' ', '\t']).filter(|part| !part.is_empty());
            let parts: Vec<&str> = parts.collect();
            if parts.first().is_none_or(|first| !first.starts_with('#')) {
                reading.line(number, &parts)?;
            }
        }
        reading.end()
    }

    /// The keys that may sign checkpoints of an origin.
    pub fn logs<'a, 'b>(
        &'a self,
        origin: &'b str,
    ) -> impl Iterator<Item = &'a VerificationKey> + Clone + use<'a, 'b> {
        self.logs.iter().map(|log| &log.key).filter(move |key| key.name() == origin)
    }

    /// The keys of all logs.
    pub fn all_logs(&self) -> impl Iterator<Item = &VerificationKey> + Clone {
        self.logs.iter().map(|log| &log.key)
    }

    /// The keys of all witnesses.
    pub fn witnesses(&self) -> impl Iterator<Item = &VerificationKey> + Clone {
        self.witnesses.iter().map(|(_, witness)| &witness.key)
    }

    /// The witnesses with what they are called, in the order of their lines.
    pub fn parties(&self) -> impl Iterator<Item = (&str, &Party)> {
        self.witnesses.iter().map(|(name, party)| (name.as_str(), party))
    }

    /// Whether no witness is asked for.
    pub fn is_unwitnessed(&self) -> bool {
        self.quorum.is_none()
    }

    /// Whether cosignatures by these keys fill the quorum.
    pub fn is_filled_by(&self, cosigned: &[&VerificationKey]) -> bool {
        self.quorum.as_deref().is_none_or(|name| self.counts(name, cosigned, 0))
    }

    fn counts(&self, name: &str, cosigned: &[&VerificationKey], depth: usize) -> bool {
        if let Some((_, witness)) = self.witnesses.iter().find(|(known, _)| known == name) {
            return cosigned.contains(&&witness.key);
        }
        let Some(group) = self.groups.get(name).filter(|_| depth < DEPTH_LIMIT) else {
            return false;
        };
        let counting = group.members.iter().filter(|it| self.counts(it, cosigned, depth + 1));
        counting.count() >= group.needed
    }
}

#[derive(Default)]
struct Reading {
    logs: Vec<Party>,
    witnesses: Vec<(String, Party)>,
    groups: BTreeMap<String, Group>,
    members: BTreeSet<String>,
    quorums: Vec<Option<String>>,
}

impl Reading {
    fn line(&mut self, number: usize, parts: &[&str]) -> Result<(), PolicyError> {
        match parts {
            [] => Ok(()),
            ["log", vkey] => self.log(number, vkey, None),
            ["log", vkey, url] => self.log(number, vkey, Some(*url)),
            ["witness", name, vkey] => self.witness(number, name, vkey, None),
            ["witness", name, vkey, url] => self.witness(number, name, vkey, Some(*url)),
            ["group", name, needed, members @ ..] => self.group(number, name, needed, members),
            ["quorum", "none"] => {
                self.quorums.push(None);
                Ok(())
            }
            ["quorum", name] if self.is_defined(name) => {
                self.quorums.push(Some((*name).to_owned()));
                Ok(())
            }
            _ => Err(PolicyError::Line(number)),
        }
    }

    fn log(&mut self, number: usize, vkey: &str, url: Option<&str>) -> Result<(), PolicyError> {
        let key: VerificationKey = vkey.parse().map_err(|error| PolicyError::Key(number, error))?;
        if key.kind() != KeyKind::Log {
            return Err(PolicyError::LogKind(number));
        }
        self.once(number, &key)?;
        self.logs.push(Party { key, url: url.map(str::to_owned) });
        Ok(())
    }

    fn witness(
        &mut self,
        number: usize,
        name: &str,
        vkey: &str,
        url: Option<&str>,
    ) -> Result<(), PolicyError> {
        self.free(number, name)?;
        let key: VerificationKey = vkey.parse().map_err(|error| PolicyError::Key(number, error))?;
        let key = key.as_witness();
        self.once(number, &key)?;
        self.witnesses.push((name.to_owned(), Party { key, url: url.map(str::to_owned) }));
        Ok(())
    }

    /// One public key under two names would count twice.
    fn once(&self, number: usize, key: &VerificationKey) -> Result<(), PolicyError> {
        let witnesses = self.witnesses.iter().map(|(_, witness)| witness);
        let mut known = self.logs.iter().chain(witnesses);
        if known.any(|party| party.key.bytes() == key.bytes()) {
            return Err(PolicyError::Twice(number));
        }
        Ok(())
    }

    fn group(
        &mut self,
        number: usize,
        name: &str,
        needed: &str,
        members: &[&str],
    ) -> Result<(), PolicyError> {
        self.free(number, name)?;
        for member in members {
            if !self.is_defined(member) || !self.members.insert((*member).to_owned()) {
                return Err(PolicyError::Member(number, (*member).to_owned()));
            }
        }
        let needed = match needed {
            "any" => 1,
            "all" => members.len(),
            count => count.parse().map_err(|_| PolicyError::Line(number))?,
        };
        if needed == 0 || needed > members.len() {
            return Err(PolicyError::Needed(number));
        }
        let members = members.iter().map(|member| (*member).to_owned()).collect();
        self.groups.insert(name.to_owned(), Group { needed, members });
        Ok(())
    }

    fn is_defined(&self, name: &str) -> bool {
        let mut witnesses = self.witnesses.iter().map(|(known, _)| known);
        witnesses.any(|known| known == name) || self.groups.contains_key(name)
    }

    fn free(&self, number: usize, name: &str) -> Result<(), PolicyError> {
        if self.is_defined(name) || name == "none" {
            return Err(PolicyError::Name(number, name.to_owned()));
        }
        Ok(())
    }

    fn end(self) -> Result<Policy, PolicyError> {
        let Self { logs, witnesses, groups, quorums, .. } = self;
        let [quorum] = <[_; 1]>::try_from(quorums).map_err(|_| PolicyError::Quorum)?;
        Ok(Policy { logs, witnesses, groups, quorum })
    }
}

#[cfg(test)]
mod tests;
