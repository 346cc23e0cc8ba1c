//! What stops a program, waits without end, or lets an event pass unseen.

use super::paths::paths;
use super::source::{Finding, Source, is_name};

/// Panics outside tests.
pub(crate) fn panics(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for (call, cure) in [
        (".unwrap()", "return the error, or `expect` with the reason why it cannot happen"),
        (".unwrap_err()", "match on the result"),
        ("panic!", "return an error"),
        ("todo!", "do it, or leave it out"),
        ("unimplemented!", "do it, or leave it out"),
        ("unreachable!", "make it unrepresentable, or `expect` with the reason"),
    ] {
        let whole = |at: &usize| call.starts_with('.') || *at == 0 || !is_name(source.code[at - 1]);
        let places = source.find(call).into_iter().filter(whole).filter(|at| !source.is_test(*at));
        found.extend(places.map(|at| source.at(at, format!("{call}: {cure}"))));
    }
    found
}

/// `expect` whose text does not say why it cannot happen.
pub(crate) fn bare_expectations(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for at in source.find(".expect(") {
        let text = source.skip_blank(at + ".expect(".len());
        if source.is_test(at) || source.raw.get(text) != Some(&'"') {
            continue;
        }
        let inside: String =
            source.raw[text + 1..].iter().take_while(|char| **char != '"').collect();
        if inside.split_whitespace().count() < 3 {
            let cure = format!("expect({inside:?}): say in a sentence why it cannot happen");
            found.push(source.at(at, cure));
        }
    }
    found
}

/// The keyword that the house does without, in tests too.
pub(crate) fn without_guard(source: &Source) -> Vec<Finding> {
    let words = source.words().into_iter().filter(|(_, word)| word == "unsafe");
    words.map(|(at, _)| source.at(at, "unsafe: find a safe way, or a crate that has one")).collect()
}

/// Queues without a bound.
pub(crate) fn endless_queues(source: &Source) -> Vec<Finding> {
    let cure = "a queue without a bound: use `sync_channel` with a named limit and its reason";
    let channels = paths(source).into_iter().filter(|named| {
        // The one of tokio takes its bound.
        named.holds("mpsc::channel") && !named.holds("tokio::sync::mpsc::channel")
    });
    let mut found: Vec<Finding> = channels.map(|named| source.at(named.at, cure)).collect();
    let named = source.words().into_iter().filter(|(_, word)| word.contains("unbounded"));
    found.extend(named.map(|(at, _)| source.at(at, cure)));
    found
}

/// Matches over events with an arm for whatever else there may be.
pub(crate) fn wildcards(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, word) in source.words() {
        if word != "match" || source.is_test(at) {
            continue;
        }
        let Some(open) = opening(source, at + word.len()) else { continue };
        let arms = arms(source, open);
        let over_events = arms.iter().any(|arm| names_event(&arm.pattern));
        for arm in arms.iter().filter(|arm| over_events && arm.takes_anything()) {
            let cure = format!(
                "`{} =>` in a match over events: name every event, so that another one is noticed \
                 here by the compiler",
                arm.pattern
            );
            found.push(source.at(arm.at, cure));
        }
    }
    found
}

struct Arm {
    at: usize,
    pattern: String,
    body: String,
}

impl Arm {
    /// Whether the pattern fits every value and the arm does not hand the value on whole, to a
    /// match that is exhaustive itself.
    fn takes_anything(&self) -> bool {
        let pattern = self.pattern.split(" if ").next().unwrap_or_default().trim();
        if pattern.chars().all(|char| matches!(char, '_' | '(' | ')' | ',' | ' ' | '|')) {
            return true;
        }
        let binds = pattern.chars().all(is_name)
            && pattern.starts_with(|char: char| char.is_lowercase() || char == '_');
        let chars: Vec<char> = self.body.chars().collect();
        binds && !super::source::words(&chars).iter().any(|(_, word)| word == pattern)
    }
}

fn names_event(pattern: &str) -> bool {
    let before = |at: usize| pattern[..at].chars().next_back();
    pattern.match_indices("Event::").any(|(at, _)| !before(at).is_some_and(is_name))
}

/// The brace that opens a match's arms.
fn opening(source: &Source, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        match source.code.get(at)? {
            '(' | '[' => at = source.bracketed(at).end,
            '{' => return Some(at),
            ';' | '}' => return None,
            _ => at += 1,
        }
    }
}

fn arms(source: &Source, open: usize) -> Vec<Arm> {
    let end = source.bracketed(open).end - 1;
    let mut arms = Vec::new();
    let mut at = source.skip_blank(open + 1);
    while at < end {
        let begin = at;
        let Some(arrow) = scan(source, at, end, |rest| rest.starts_with(&['=', '>'])) else {
            break;
        };
        let body = source.skip_blank(arrow + 2);
        let behind = if source.code.get(body) == Some(&'{') {
            source.bracketed(body).end
        } else {
            scan(source, body, end, |rest| rest.starts_with(&[','])).unwrap_or(end)
        };
        let text = |from: usize, to: usize| source.code[from..to].iter().collect::<String>();
        let pattern = text(begin, arrow).split_whitespace().collect::<Vec<_>>().join(" ");
        arms.push(Arm { at: begin, pattern, body: text(body, behind) });
        at = source.skip_blank(behind);
        if source.code.get(at) == Some(&',') {
            at = source.skip_blank(at + 1);
        }
    }
    arms
}

/// The first place outside brackets where something stands.
fn scan(source: &Source, from: usize, to: usize, here: impl Fn(&[char]) -> bool) -> Option<usize> {
    let mut at = from;
    while at < to {
        if here(&source.code[at..to]) {
            return Some(at);
        }
        at = match source.code[at] {
            '(' | '[' | '{' => source.bracketed(at).end,
            _ => at + 1,
        };
    }
    None
}
