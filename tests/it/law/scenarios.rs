//! Performs the texts in `tests/law`.
//!
//! ```text
//! given [<role set>|personal|enterprise] <slug> owned by <who> [with <n> seats] [certified]
//! given <who> is <roles>              -- the operator creates or adds them; they cannot sign in
//! given <who> joined as <roles>       -- by an invitation's link: they can sign in, and are proven
//! given <n> times <sentence>          -- `#` in it is the number of the time
//! given|when <sentence>               -- see `speech`
//! at +7d | at +7d 1us | at the expiry of <who> [less 1us]
//! then accepted
//! then refused <code>
//! then refused line_refused at <seq>: <code>
//! then says "<part of the refusal's message>"
//! then <claim>                        -- see `claims`
//! client <sentence>; <sentence>       -- see `interleavings`
//! ```
//! What is given must be accepted; what is wished must be accepted, unless the next line says
//! otherwise.

use super::actions::ACTIONS;
use super::claims::{self, Outcome};
use super::interleavings;
use super::speech::{self, Complaint, duration};
use super::stage::{Stage, address};
use crate::support::transcript::{Keyword, Line, Scenario, read, texts, words};
use rollbook::facts::Event;
use rollbook::law::Refusal;
use std::collections::BTreeSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;

/// What a performance reached, for the tests that ask whether everything was.
#[derive(Default)]
pub(crate) struct Reached {
    pub(crate) codes: BTreeSet<String>,
    pub(crate) actions: BTreeSet<&'static str>,
    pub(crate) event_types: BTreeSet<&'static str>,
}

impl Reached {
    pub(crate) fn by(&mut self, stage: &Stage) {
        self.actions.extend(&stage.actions);
        self.event_types.extend(stage.world.event_types());
    }
}

/// Performs a scenario; says where it does not hold.
pub(crate) fn perform(scenario: &Scenario, reached: &mut Reached) -> Result<(), Complaint> {
    if scenario.lines.iter().any(|line| line.keyword == Keyword::Client) {
        return interleavings::perform(scenario, reached);
    }
    let mut stage = Stage::new(scenario.place.line as u64);
    let mut outcome: Option<Outcome> = None;
    let mut lines = scenario.lines.iter().peekable();
    while let Some(line) = lines.next() {
        let says_refused = lines
            .peek()
            .is_some_and(|next| next.keyword == Keyword::Then && next.text.starts_with("refused"));
        let done = play(&mut stage, line, &mut outcome, says_refused, reached);
        done.map_err(|complaint| format!("{}: {complaint}", line.place))?;
    }
    stage.world.replays();
    reached.by(&stage);
    Ok(())
}

fn play(
    stage: &mut Stage,
    line: &Line,
    outcome: &mut Option<Outcome>,
    says_refused: bool,
    reached: &mut Reached,
) -> Result<(), Complaint> {
    match line.keyword {
        Keyword::Given => given(stage, line),
        Keyword::At => at(stage, &line.text),
        Keyword::When => {
            let done = speak(stage, line)?;
            if let Err(refusal) = &done
                && !says_refused
            {
                return Err(format!("refused {}: {refusal}", refusal.code()));
            }
            *outcome = Some(done);
            Ok(())
        }
        Keyword::Then => {
            let outcome = outcome.as_ref().ok_or("nothing was done yet")?;
            then(stage, outcome, &line.text, reached)
        }
        Keyword::Client => Err("clients stand in a scenario of their own".to_owned()),
    }
}

/// Says a sentence and gives the command.
pub(crate) fn speak(stage: &mut Stage, line: &Line) -> Result<Outcome, Complaint> {
    let spoken = speech::understand(stage, &words(&line.text), &line.table)?;
    Ok(stage.give(&spoken.command, spoken.name.as_deref()))
}

fn say(stage: &mut Stage, sentence: &str) -> Result<(), Complaint> {
    let spoken = speech::understand(stage, &words(sentence), &[])?;
    let given = stage.give(&spoken.command, spoken.name.as_deref());
    given.map(|_| ()).map_err(|refusal| format!("{sentence}: refused {}", refusal.code()))
}

/// Brings about what a line says is so.
pub(crate) fn given(stage: &mut Stage, line: &Line) -> Result<(), Complaint> {
    let all = words(&line.text);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    match &all[..] {
        [set, slug, "owned", "by", owner, rest @ ..] => {
            let (certified, rest) = match rest {
                [rest @ .., "certified"] => (true, rest),
                rest => (false, rest),
            };
            let rest = rest.join(" ");
            say(stage, &format!("operator begins {set} {slug} owned by {owner} {rest}"))?;
            if certified { say(stage, "operator certifies") } else { Ok(()) }
        }
        [who, "is", held] => {
            let verb = if stage.knows(who) { "adds" } else { "creates" };
            let direct = format!("operator {verb} {who} as {held}");
            say(stage, &direct).or_else(|_| {
                say(stage, &format!("operator creates {who}"))?;
                say(stage, &format!("operator changes {who} to {held}"))
            })
        }
        [who, "joined", "as", held] => {
            let newcomer = if stage.knows(who) { "by link" } else { "as newcomer by link" };
            say(stage, &format!("operator invites {who} as {held}"))?;
            say(stage, &format!("{who} accepts {newcomer}"))
        }
        [number, "times", sentence @ ..] if number.parse::<usize>().is_ok() => {
            (1..=number.parse().map_err(speech::said)?).try_for_each(|nth: usize| {
                say(stage, &sentence.join(" ").replace('#', &nth.to_string()))
            })
        }
        _ => match speak(stage, line)? {
            Ok(_) => Ok(()),
            Err(refusal) => Err(format!("refused {}: {refusal}", refusal.code())),
        },
    }
}

pub(crate) fn at(stage: &mut Stage, text: &str) -> Result<(), Complaint> {
    let all = words(text);
    let all: Vec<&str> = all.iter().map(String::as_str).collect();
    let (who, less) = match &all[..] {
        ["the", "expiry", "of", who] => (*who, Duration::ZERO),
        ["the", "expiry", "of", who, "less", less] => (*who, duration(less)?),
        all => {
            for (index, word) in all.iter().enumerate() {
                let word = if index == 0 { word.strip_prefix('+') } else { Some(*word) };
                stage.world.pass(duration(word.ok_or("time passes like \"at +7d\"")?)?);
            }
            return Ok(());
        }
    };
    let org = stage.org.ok_or("no organization is meant")?;
    let id = stage.invitation(org, &address(who), false);
    let organization = stage.world.state.organization(org);
    let invitation = organization.and_then(|found| found.invitation(id));
    let expires_at = invitation.ok_or_else(|| format!("{who} was never invited"))?.expires_at;
    let less = i64::try_from(less.as_micros()).map_err(|_| "too long")?;
    let moment = rollbook::words::Timestamp::from_micros(expires_at.micros() - less);
    if moment < stage.world.now {
        return Err(format!("{moment} is over: it is {}", stage.world.now));
    }
    stage.world.now = moment;
    Ok(())
}

fn then(
    stage: &mut Stage,
    outcome: &Outcome,
    text: &str,
    reached: &mut Reached,
) -> Result<(), Complaint> {
    if let Some(claimed) = text.strip_prefix("refused ") {
        return refused(outcome, claimed, reached);
    }
    if let Some(part) = text.strip_prefix("says ") {
        let message = outcome.as_ref().err().map(ToString::to_string).unwrap_or_default();
        let part = part.trim_matches('"');
        return if message.contains(part) { Ok(()) } else { Err(format!("it says {message:?}")) };
    }
    match (text, outcome) {
        ("accepted", Ok(_)) => Ok(()),
        ("accepted", Err(refusal)) => Err(format!("refused {}: {refusal}", refusal.code())),
        _ => claims::hold(stage, outcome, text),
    }
}

fn refused(outcome: &Outcome, claimed: &str, reached: &mut Reached) -> Result<(), Complaint> {
    let (code, inside) = match claimed.split_once(" at ") {
        Some((code, inside)) => (code, Some(inside)),
        None => (claimed, None),
    };
    let known = |code: &str| {
        if Refusal::CODES.contains(&code) {
            Ok(())
        } else {
            Err(format!("no refusal has the code {code:?}"))
        }
    };
    known(code)?;
    let refusal = match outcome {
        Err(refusal) => refusal,
        Ok(decision) => {
            let facts: Vec<_> = decision.facts.iter().map(|fact| fact.event.type_name()).collect();
            return Err(format!("accepted, and recorded {}", facts.join(", ")));
        }
    };
    if refusal.code() != code {
        return Err(format!("refused {} and not {code}: {refusal}", refusal.code()));
    }
    reached.codes.insert(code.to_owned());
    if let Some(inside) = inside {
        let Refusal::Line { seq, because } = refusal else {
            return Err(format!("{code} has no line"));
        };
        let found = format!("{seq}: {}", because.code());
        known(inside.split_once(": ").map_or(inside, |(_, code)| code))?;
        if found != inside {
            return Err(format!("it was line {found}: {because}"));
        }
        reached.codes.insert(because.code().to_owned());
    }
    Ok(())
}

/// Performs every text there is; what does not hold comes with its place.
fn perform_all() -> (Reached, Vec<Complaint>) {
    let (mut reached, mut complaints) = (Reached::default(), Vec::new());
    for (file, text) in texts("tests/law") {
        match read(&file, &text) {
            Ok(scenarios) => {
                for scenario in scenarios {
                    let Scenario { title, place, .. } = &scenario;
                    let performed = AssertUnwindSafe(|| perform(&scenario, &mut reached));
                    let done = catch_unwind(performed)
                        .unwrap_or_else(|_| Err(format!("{place}: an invariant broke, see above")));
                    complaints
                        .extend(done.err().map(|complaint| format!("# {title}\n{complaint}")));
                }
            }
            Err(complaint) => complaints.push(complaint),
        }
    }
    (reached, complaints)
}

#[test]
fn the_texts_hold() {
    let (_, complaints) = perform_all();
    assert!(complaints.is_empty(), "{}", complaints.join("\n\n"));
}

#[test]
fn the_texts_reach_every_refusal_action_and_event() {
    let (reached, _) = perform_all();
    let missing = |all: Vec<&'static str>, found: BTreeSet<&str>| -> Vec<&'static str> {
        all.into_iter().filter(|name| !found.contains(name)).collect()
    };
    let codes = reached.codes.iter().map(String::as_str).collect();
    let codes = missing(Refusal::CODES.to_vec(), codes);
    assert!(codes.is_empty(), "no text is refused {}", codes.join(", "));
    let actions = missing(ACTIONS.to_vec(), reached.actions);
    assert!(actions.is_empty(), "no text wishes {}", actions.join(", "));
    let types = Event::CATALOGUE.iter().map(|(name, _)| *name).collect();
    let types = missing(types, reached.event_types);
    assert!(types.is_empty(), "no text records {}", types.join(", "));
}

#[test]
fn a_text_that_does_not_hold_is_found() {
    let begun = "# A\ngiven standard acme owned by ada\n";
    let table = [
        ("when ada leaves\nthen refused no_such_code", "t:4: no refusal has the code"),
        ("when ada leaves\nthen refused no_seat_left", "t:4: refused last_top_role and not"),
        ("when ada leaves", "t:3: refused last_top_role"),
        (
            "when ada invites bob as member\nthen refused no_seat_left",
            "t:4: accepted, and recorded",
        ),
        ("when ada sings", "t:3: nobody knows how to \"sings\""),
        (
            "when ada calls it x\nthen members are bob owner",
            "t:4: claimed bob owner\n   found   ada",
        ),
        ("when ada calls it x\nthen ada may not member.read", "t:4: ada may member.read"),
        ("when ada calls it x\nthen it rains", "t:4: nobody knows whether \"it rains\""),
        ("given ada changes ada to member", "t:3: refused last_top_role"),
        ("when ada invites bob as member for 3", "t:3: \"3\" is no duration"),
    ];
    for (lines, expected) in table {
        let scenario = read("t", &format!("{begun}{lines}")).unwrap().remove(0);
        let complaint = perform(&scenario, &mut Reached::default()).unwrap_err();
        assert!(complaint.starts_with(expected), "{lines}: {complaint}");
    }
}
