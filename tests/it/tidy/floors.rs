//! The house: what each floor may name.

use super::paths::{Named, paths};
use super::source::{Finding, Source};

/// Floors from the ground up; rooms of one floor do not know each other.
const FLOORS: [&[&str]; 6] =
    [&["words"], &["facts"], &["law", "proof", "projections"], &["ground"], &["house"], &["doors"]];

/// Two rooms below each other that keep apart all the same: to the ground an entry is opaque bytes.
const APART: [(&str, &str); 2] = [("ground", "law"), ("ground", "projections")];

/// Whatever the machine decides: not in a pure floor.
const IMPURE_PATHS: [&str; 10] = [
    "std::fs",
    "std::net",
    "std::thread",
    "std::process",
    "std::env",
    "std::*",
    "std::time::SystemTime",
    "std::time::Instant",
    "std::time::*",
    "Utc::now",
];
const IMPURE_WORDS: [&str; 10] = [
    "tokio",
    "getrandom",
    "rand",
    "LazyLock",
    "OnceLock",
    "LazyCell",
    "thread_local",
    "async",
    "await",
    "new_v4",
];

/// Time and chance come in through the doors.
const DOORS_ONLY_PATHS: [&str; 5] =
    ["std::time::SystemTime", "std::time::Instant", "Utc::now", "Local::now", "std::time::*"];
const DOORS_ONLY_WORDS: [&str; 4] = ["getrandom", "new_v4", "now_v7", "SystemTime"];

/// Libraries that one room alone names: whatever else needs them asks that room.
const AT_HOME: [(&[&str], &str); 13] = [
    (&["tokio", "axum", "futures_util", "hyper", "hyper_util", "tokio_rustls"], "src/doors/server"),
    (&["ureq", "rustls"], "src/doors/client"),
    (&["lettre"], "src/doors/mail"),
    (&["toml"], "src/doors/settings"),
    (&["tracing_subscriber"], "src/doors/logs"),
    (&["sled"], "src/ground/sled_store"),
    (&["argon2", "scrypt"], "src/doors/accounts/password"),
    (&["data_encoding"], "src/doors/accounts/totp"),
    (&["percent_encoding"], "src/doors/accounts"),
    (&["ring"], "src/doors/accounts/oidc"),
    (&["totp_lite"], "src/words/hash"),
    (&["ed25519_dalek"], "src/proof/key"),
    (&["der"], "src/house/timestamping"),
];

fn height(room: &str) -> Option<usize> {
    FLOORS.iter().position(|rooms| rooms.contains(&room))
}

/// The room that a file stands in; none for `src/lib.rs`.
fn room(path: &str) -> Option<&str> {
    let inside = path.strip_prefix("src/")?;
    let name = inside.split('/').next()?.trim_end_matches(".rs");
    match name {
        "bin" | "main" => Some("doors"),
        "lib" => None,
        name => Some(name),
    }
}

fn is_pure(room: &str) -> bool {
    height(room).is_some_and(|height| height <= 2)
}

/// Paths that go upwards, or sideways to another room.
pub(crate) fn upward(source: &Source) -> Vec<Finding> {
    let Some(own) = room(&source.path) else { return Vec::new() };
    let Some(height_of_own) = height(own) else {
        let cure = format!("`{own}` is no floor: put it into one of {FLOORS:?}");
        return vec![source.at(0, cure)];
    };
    let fault = |named: &Named| {
        let other = target(source, named)?;
        let Some(height_of_other) = height(&other) else {
            return Some(format!("`{other}` is no floor: name the floor that defines it"));
        };
        let below = height_of_other < height_of_own && !APART.contains(&(own, &other));
        if other == own || below {
            return None;
        }
        Some(format!(
            "{own} (floor {height_of_own}) may not know {other} (floor {height_of_other}): move what \
             both need down, or hand it in"
        ))
    };
    let found = paths(source);
    found.iter().filter_map(|named| Some(source.at(named.at, fault(named)?))).collect()
}

/// The room that a path leads to, if it begins at the crate's root.
fn target(source: &Source, named: &Named) -> Option<String> {
    let first = named.parts.first()?;
    if first == "crate" || first == "rollbook" {
        return named.parts.get(1).cloned();
    }
    let climbed = named.parts.iter().take_while(|part| *part == "super").count();
    (climbed > 0 && climbed == depth(source, named.at))
        .then(|| named.parts.get(climbed).cloned())?
}

/// How many modules stand around a place.
fn depth(source: &Source, at: usize) -> usize {
    let file = source.path.trim_start_matches("src/").split('/').count();
    let inline = source.words().into_iter().filter(|(place, word)| {
        let open = source.code[*place..].iter().position(|char| matches!(char, '{' | ';'));
        let open = open.map(|open| place + open).filter(|open| source.code[*open] == '{');
        word == "mod" && open.is_some_and(|open| source.bracketed(open).contains(&at))
    });
    file + inline.count()
}

/// What a pure floor names and may not.
pub(crate) fn impure(source: &Source) -> Vec<Finding> {
    if !room(&source.path).is_some_and(is_pure) {
        return Vec::new();
    }
    let cure =
        "a pure floor asks nobody: hand it in as an argument (Context brings time and chance)";
    let mut found = named(source, &IMPURE_PATHS, &IMPURE_WORDS, cure);
    let global = source.find("static mut ").into_iter().filter(|at| !source.is_test(*at));
    found.extend(global.map(|at| source.at(at, format!("static mut: {cure}"))));
    found
}

/// Clocks and chance below the doors.
pub(crate) fn clocks(source: &Source) -> Vec<Finding> {
    if room(&source.path).is_none_or(|room| room == "doors") {
        return Vec::new();
    }
    let cure =
        "only doors ask the machine for time and chance: take them from `Machine` or Context";
    named(source, &DOORS_ONLY_PATHS, &DOORS_ONLY_WORDS, cure)
}

/// Libraries named outside their room.
pub(crate) fn strays(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    for named in paths(source) {
        let first = named.parts[0].as_str();
        for (libraries, home) in AT_HOME {
            let inside = source.path == format!("{home}.rs") || source.path.starts_with(home);
            if libraries.contains(&first) && !inside {
                let cure = format!("{first}: only {home} names it; ask what stands there");
                found.push(source.at(named.at, cure));
            }
        }
    }
    found
}

fn named(source: &Source, forbidden: &[&str], words: &[&str], cure: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for named in paths(source).iter().filter(|named| !source.is_test(named.at)) {
        let held = forbidden.iter().filter(|path| named.holds(path));
        found.extend(held.map(|path| source.at(named.at, format!("{path}: {cure}"))));
    }
    for (at, word) in source.words() {
        if words.contains(&word.as_str()) && !source.is_test(at) {
            found.push(source.at(at, format!("{word}: {cure}")));
        }
    }
    found
}
