//! Performs the texts in `tests/lies`: a history that was allowed, and what somebody changed in it.
//!
//! ```text
//! given …, at …, when …              -- as in `scenarios`; all is accepted
//! then <lie>; <lie> is <code>         -- found at the last entry, and nothing before it
//! then <lie> is <code> at <n> before  -- found so many entries before the last
//! ```
//! Each `then` is a lie of its own. What can be changed:
//!
//! ```text
//! by <who>               -- the last command has another actor
//! last by <who>          -- the last entry alone has
//! says <pointer> <value> -- its data say something else: JSON, `nothing`, `@<thing>` (see `named`)
//! <n> back says …        -- those of the entry so many before the last do
//! dropped [<n>]          -- the last entry is not there, or the one so many before it
//! again [<n>]            -- a copy of it stands at the end, as a command of its own
//! resumed <n>            -- the same, as the command that it was
//! as one                 -- the last command belongs to the one before
//! later <duration>, earlier <duration>
//! occurred, sourceless
//! disclosed <address>    -- everything is disclosed, and this is the last entry's e-mail address
//! ```

use super::{replayed, withheld};
use crate::law::scenarios::{at, given, speak};
use crate::law::speech::{Complaint, duration, said};
use crate::law::stage::{Stage, address};
use crate::support::transcript::{Keyword, Line, Scenario, read, texts};
use rollbook::facts::{Content, Entry};
use rollbook::law::replay::LawFault;
use rollbook::words::{CommandId, Timestamp};
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// A history that is being changed.
struct Lie<'a> {
    stage: &'a mut Stage,
    entries: Vec<Entry>,
    /// The truth, with everything disclosed.
    disclosed: Vec<Entry>,
}

/// The part of a sentence behind its first words.
fn rest<'a>(lie: &'a str, verb: &str) -> Option<&'a str> {
    let rest = lie.strip_prefix(verb)?;
    (rest.is_empty() || rest.starts_with(' ')).then(|| rest.trim())
}

fn count(text: &str) -> Result<usize, Complaint> {
    if text.is_empty() { Ok(0) } else { text.parse().map_err(said) }
}

impl Lie<'_> {
    fn last(&mut self) -> &mut Entry {
        self.entries.last_mut().expect("a history was told")
    }

    fn before_last(&self, text: &str) -> Result<usize, Complaint> {
        let place = self.entries.len().checked_sub(1 + count(text)?);
        place.ok_or_else(|| format!("there are no {text} entries before the last"))
    }

    fn command(&mut self) -> impl Iterator<Item = &mut Entry> {
        let cmd = self.last().cmd;
        self.entries.iter_mut().filter(move |entry| entry.cmd == cmd)
    }

    fn tell(&mut self, lie: &str) -> Result<(), Complaint> {
        if let Some(who) = rest(lie, "by") {
            let (actor, _) = self.stage.actor(who);
            self.command().for_each(|entry| entry.actor = actor);
        } else if let Some(who) = rest(lie, "last by") {
            self.last().actor = self.stage.actor(who).0;
        } else if let Some((number, words)) = lie.split_once(" back says ") {
            self.say(number, words)?;
        } else if let Some(words) = rest(lie, "says") {
            self.say("", words)?;
        } else if let Some(number) = rest(lie, "dropped") {
            let place = self.before_last(number)?;
            self.entries.remove(place);
        } else if let Some(number) = rest(lie, "again") {
            let cmd = CommandId::from_uuid(self.stage.world.uuid());
            self.copy(number, Some(cmd))?;
        } else if let Some(number) = rest(lie, "resumed") {
            self.copy(number, None)?;
        } else if lie == "as one" {
            let cmd = self.last().cmd;
            let before = self.entries.iter().rev().find(|entry| entry.cmd != cmd);
            let before = before.ok_or("there is one command")?.cmd;
            self.command().for_each(|entry| entry.cmd = before);
        } else if let Some(text) = rest(lie, "later") {
            let time = self.last().time.after(duration(text)?);
            self.last().time = time;
        } else if let Some(text) = rest(lie, "earlier") {
            let micros = i64::try_from(duration(text)?.as_micros()).map_err(said)?;
            let entry = self.last();
            entry.time = Timestamp::from_micros(entry.time.micros() - micros);
        } else if lie == "occurred" {
            let entry = self.last();
            entry.occurred = Some(entry.time);
        } else if lie == "sourceless" {
            self.command().for_each(|entry| (entry.fact.source, entry.occurred) = (None, None));
        } else if let Some(text) = rest(lie, "disclosed") {
            self.entries = self.disclosed.clone();
            for (field, sealed) in self.last().fact.event.sealed_mut() {
                if field == "/email" {
                    sealed.content = Content::Open(text.into());
                }
            }
        } else {
            return Err(format!("nobody lies like {lie:?}"));
        }
        Ok(())
    }

    fn copy(&mut self, number: &str, cmd: Option<CommandId>) -> Result<(), Complaint> {
        let mut copy = self.entries[self.before_last(number)?].clone();
        let last = self.last();
        (copy.seq, copy.time) = (last.seq + 1, last.time.next());
        copy.cmd = cmd.unwrap_or(copy.cmd);
        self.entries.push(copy);
        Ok(())
    }

    /// Writes an entry with something else in its data, and reads it back.
    fn say(&mut self, number: &str, words: &str) -> Result<(), Complaint> {
        let (pointer, value) = words.split_once(' ').ok_or("it says what, and where?")?;
        let value = self.named(value)?;
        let place = self.before_last(number)?;
        let entry = withheld(self.entries[place].clone());
        let mut shown: Value = serde_json::from_slice(&entry.write().map_err(said)?).unwrap();
        let (parent, field) = pointer.rsplit_once('/').ok_or("a pointer begins with /")?;
        let parent = shown["data"].pointer_mut(parent).ok_or("there is no such place")?;
        let parent = parent.as_object_mut().ok_or("there is nothing to say")?;
        match value {
            Some(value) => drop(parent.insert(field.to_owned(), value)),
            None => drop(parent.remove(field)),
        }
        let bytes = serde_jcs::to_vec(&shown).unwrap();
        self.entries[place] = Entry::recall(&bytes).map_err(|error| format!("{error}: {shown}"))?;
        Ok(())
    }

    /// `@bob`, `@bob.member`, `@bob.invitation`, `@core.team`, `@ci.token`, `@laptop.key`; any
    /// other value is JSON.
    fn named(&mut self, text: &str) -> Result<Option<Value>, Complaint> {
        if text == "nothing" {
            return Ok(None);
        }
        let Some(name) = text.strip_prefix('@') else {
            return serde_json::from_str(text)
                .map(Some)
                .map_err(|error| format!("{text}: {error}"));
        };
        let org = self.stage.org.ok_or("no organization is meant")?;
        let (name, what) = name.split_once('.').unwrap_or((name, "user"));
        Ok(Some(match what {
            "user" => json!(self.stage.user(name)),
            "member" => json!(self.stage.member(org, name)),
            "invitation" => json!(self.stage.invitation(org, &address(name), false)),
            "team" => json!(self.stage.team(org, name)),
            "token" => json!(self.stage.token(name)),
            "key" => json!(self.stage.key(org, name)),
            _ => return Err(format!("nothing is called {text}")),
        }))
    }
}

/// Tells what was so, then each lie; says where one is not found as it should be.
fn perform(scenario: &Scenario, codes: &mut BTreeSet<&'static str>) -> Result<usize, Complaint> {
    let mut stage = Stage::new(scenario.place.line as u64);
    let mut lies = 0;
    for line in &scenario.lines {
        let done = match line.keyword {
            Keyword::Given => given(&mut stage, line),
            Keyword::At => at(&mut stage, &line.text),
            Keyword::When => match speak(&mut stage, line) {
                Ok(Ok(_)) => Ok(()),
                Ok(Err(refusal)) => Err(format!("refused {}", refusal.code())),
                Err(complaint) => Err(complaint),
            },
            Keyword::Then => {
                lies += 1;
                lie(&mut stage, line, codes)
            }
            Keyword::Client => Err("nobody tells lies in every order".to_owned()),
        };
        done.map_err(|complaint| format!("{}: {complaint}", line.place))?;
    }
    stage.world.replays();
    Ok(lies)
}

fn lie(
    stage: &mut Stage,
    line: &Line,
    codes: &mut BTreeSet<&'static str>,
) -> Result<(), Complaint> {
    let (told, expected) = line.text.rsplit_once(" is ").ok_or("a lie is found as something")?;
    let (code, before) = expected.split_once(" at ").unwrap_or((expected, "0"));
    let before = count(before.trim_end_matches(" before"))?;
    let org = stage.org.ok_or("no organization is meant")?;
    let mut disclosed = stage.world.entries();
    disclosed.retain(|entry| entry.fact.org == org);
    let entries = disclosed.iter().cloned().map(withheld).collect();
    let mut lie = Lie { stage, entries, disclosed };
    told.split("; ").try_for_each(|told| lie.tell(told))?;
    let place = lie.entries.len().checked_sub(1 + before).ok_or("there is no such entry")?;
    let (found, _) = replayed(lie.entries.iter());
    let first = found.first().ok_or("nothing was found")?;
    if (first.seq, first.fault.code()) != (lie.entries[place].seq, code) {
        let at = lie.entries.iter().position(|entry| entry.seq == first.seq);
        let event = at.map(|at| &lie.entries[at].fact.event);
        return Err(format!("found {} at {at:?}: {event:?}", first.fault.code()));
    }
    codes.insert(first.fault.code());
    Ok(())
}

#[test]
fn every_lie_is_found_where_it_was_told() {
    let (mut codes, mut complaints, mut lies) = (BTreeSet::new(), Vec::new(), 0);
    for (file, text) in texts("tests/lies") {
        for scenario in read(&file, &text).unwrap() {
            match perform(&scenario, &mut codes) {
                Ok(told) => lies += told,
                Err(complaint) => complaints.push(format!("# {}\n{complaint}", scenario.title)),
            }
        }
    }
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
    assert!(lies > 100, "only {lies} lies are told");
    let all: BTreeSet<&str> = LawFault::ALL.iter().map(|fault| fault.code()).collect();
    let missing: Vec<_> = all.difference(&codes).collect();
    assert!(missing.is_empty(), "no lie is found as {missing:?}");
}
