//! The checker itself: each rule meets a planted breach, and leaves alone what only looks like one.

use super::source::{Finding, Source};
use super::{care, floors, papers, shape, speech};

/// How often a rule finds something in a text that would stand at a path.
fn count(rule: fn(&Source) -> Vec<Finding>, path: &str, text: &str) -> usize {
    rule(&Source::new(path, text)).len()
}

#[test]
fn an_upward_path_is_found_however_it_is_written() {
    for (path, text, breaches) in [
        ("src/words/id.rs", "use crate::facts::Entry;", 1),
        ("src/facts/entry.rs", "use crate::words::Slug;", 0),
        ("src/facts/entry.rs", "use crate::{words::Slug, law::State};", 1),
        ("src/facts/entry.rs", "use crate::{\n    words::{self, Slug},\n    house::Ledger,\n};", 1),
        ("src/words.rs", "use super::facts::Entry;", 1),
        ("src/words/id.rs", "use super::super::facts::Entry;", 1),
        ("src/words/id.rs", "use super::hash::ChainHash;", 0),
        ("src/words/id.rs", "mod tests { use super::super::hash::ChainHash; }", 0),
        ("src/words/id.rs", "mod tests { use super::super::super::law::State; }", 1),
        ("src/law/state.rs", "fn f(view: &crate::projections::Views) {}", 1),
        ("src/projections/members.rs", "use crate::law::role_sets;", 1),
        ("src/proof/tree.rs", "use crate::law::State;", 1),
        ("src/ground/log.rs", "use crate::law::State;", 1),
        ("src/ground/log.rs", "use crate::proof::Frontier;", 0),
        ("src/house/ledger.rs", "use crate::doors::cli;", 1),
        ("src/house/ledger.rs", "use crate::law::State;\nuse crate::ground::log::Log;", 0),
        ("src/facts/event.rs", "macro_rules! m { () => { $crate::house::Ledger }; }", 1),
        ("src/facts/event.rs", "use crate::Entry;", 1),
        ("src/facts/event.rs", "use crate::*;", 1),
        ("src/attic/event.rs", "", 1),
        ("src/bin/rollbook.rs", "fn main() { rollbook::doors::cli::run() }", 0),
        (
            "src/words/id.rs",
            "/// Unlike crate::facts::Entry.\nconst A: &str = \"crate::facts::B\";",
            0,
        ),
    ] {
        assert_eq!(count(floors::upward, path, text), breaches, "{path}: {text}");
    }
}

#[test]
fn a_pure_floor_that_asks_the_machine_is_found() {
    for (path, text, breaches) in [
        ("src/law/decide.rs", "use std::fs;", 1),
        ("src/law/decide.rs", "use std::{collections::BTreeMap, net, sync::Arc};", 1),
        ("src/law/decide.rs", "use std::time::{Duration, Instant};", 1),
        ("src/law/decide.rs", "use std::time::Duration;", 0),
        ("src/proof/tree.rs", "async fn f() {}", 1),
        ("src/words/id.rs", "static mut COUNT: u32 = 0;", 1),
        ("src/facts/event.rs", "static ALL: std::sync::LazyLock<u8> = f();", 1),
        ("src/projections/roll.rs", "fn f() { std::thread::spawn(g); }", 1),
        ("src/words/time.rs", "fn f() { chrono::Utc::now(); }", 1),
        ("src/words/id.rs", "#[cfg(test)]\nmod tests { use std::fs; }", 0),
        ("src/words/id.rs", "#[cfg(test)]\nmod tests { }\nuse std::fs;", 1),
        ("src/ground/directory.rs", "use std::fs;", 0),
        ("src/law/decide.rs", "fn f<'a>(a: &'a str) { g('\"'); } // std::fs\n/* std::net */", 0),
        ("src/law/decide.rs", "const A: &str = r#\"std::fs \"quoted\" \"#;", 0),
    ] {
        assert_eq!(count(floors::impure, path, text), breaches, "{path}: {text}");
    }
    assert_eq!(count(floors::clocks, "src/house/ledger.rs", "use std::time::SystemTime;"), 2);
    assert_eq!(count(floors::clocks, "src/ground/log.rs", "fn f() { getrandom::fill(b); }"), 1);
    assert_eq!(count(floors::clocks, "src/doors/cli.rs", "use std::time::SystemTime;"), 0);
}

#[test]
fn a_library_outside_its_room_is_found() {
    for (path, text, breaches) in [
        ("src/doors/server/gate.rs", "use axum::middleware::Next;", 0),
        ("src/doors/server.rs", "use tokio::sync::Notify;", 0),
        ("src/doors/desk.rs", "use axum::http::StatusCode;", 1),
        ("src/doors/cli/serve.rs", "fn f() { tokio::spawn(g()); }", 1),
        ("src/house/ledger.rs", "use hyper_util::rt::TokioIo;", 1),
        ("src/doors/client.rs", "use ureq::Agent;", 0),
        ("src/doors/cli/place.rs", "fn f(error: ureq::Error) {}", 1),
        ("src/doors/desk.rs", "// use axum::Router;\nuse super::wire;", 0),
        ("src/ground/embedded.rs", "use super::sled_store::Store;", 0),
        ("src/ground/embedded.rs", "use sled::Db;", 1),
    ] {
        assert_eq!(count(floors::strays, path, text), breaches, "{path}: {text}");
    }
}

#[test]
fn what_is_too_large_is_found() {
    let lines = |lines: usize| Source::new("src/words/id.rs", &"\n".repeat(lines));
    assert_eq!(shape::large(&[lines(400)], &[]).len(), 0);
    assert_eq!(shape::large(&[lines(401)], &[]).len(), 1);
    assert_eq!(shape::large(&[lines(401)], &["src/words/id.rs"]).len(), 0);
    assert_eq!(shape::large(&[lines(601)], &["src/words/id.rs"]).len(), 1);
    assert_eq!(shape::large(&[lines(400)], &["src/words/id.rs"]).len(), 1);
    assert_eq!(shape::large(&[], &["src/words/gone.rs"]).len(), 1);
    assert_eq!(shape::median(&[lines(1), lines(7), lines(9)]), 7);
    let with_tests = Source::new("src/words/id.rs", "a\nb\n#[cfg(test)]\nmod tests {\n\n\n}\n");
    assert_eq!(with_tests.lines_without_tests(), 3);
    let function = |lines: usize| {
        let body = "\n".repeat(lines - 1);
        [Source::new(
            "src/a.rs",
            &format!("fn f(a: [u8; 2]) {{{body}}}\ntrait A {{ fn g(&self); }}"),
        )]
    };
    assert_eq!(shape::long_functions(&function(70), &[]).len(), 0);
    assert_eq!(shape::long_functions(&function(71), &[]).len(), 1);
    assert_eq!(shape::long_functions(&function(71), &[("src/a.rs", "f")]).len(), 0);
    assert_eq!(shape::long_functions(&function(70), &[("src/a.rs", "f")]).len(), 1);
    let comment =
        |columns: usize| [Source::new("src/a.rs", &format!("//{}\n", "x".repeat(columns - 2)))];
    assert_eq!(shape::wide(&comment(100), &[]).len(), 0);
    assert_eq!(shape::wide(&comment(101), &[]).len(), 1);
    assert_eq!(shape::wide(&comment(101), &[("src/a.rs", 1)]).len(), 0);
    assert_eq!(shape::wide(&comment(100), &[("src/a.rs", 1)]).len(), 1);
    assert_eq!(shape::wide(&[], &[("src/a.rs", 1)]).len(), 1);
    let text = format!("    \"{}\",\n", "x".repeat(120));
    assert_eq!(shape::wide(&[Source::new("src/a.rs", &text)], &[]).len(), 0);
}

#[test]
fn a_banned_word_is_found_in_names_and_comments() {
    for (text, breaches) in [
        ("struct MemberManager;", 1),
        ("fn read_helpers() {}", 1),
        ("// TODO: later", 1),
        ("/// A snapshot of it.", 1),
        ("const HTTP_UTIL: u8 = 0;", 1),
        ("let message = \"snapshot\";", 0),
        ("let utilisation = mocking(hackney);", 0),
    ] {
        let source = Source::new("src/words/id.rs", text);
        assert_eq!(speech::banned(&source, &[]).len(), breaches, "{text}");
    }
    let source = Source::new("src/words/id.rs", "// A disk's snapshot");
    let term = [("src/words/id.rs", "snapshot")];
    assert_eq!(speech::banned(&source, &term).len(), 0);
    assert_eq!(speech::unused_terms(&[source], &term).len(), 0);
    let clean = Source::new("src/words/id.rs", "// A disk");
    assert_eq!(speech::unused_terms(&[clean], &term).len(), 1);
}

#[test]
fn what_stops_or_waits_without_end_is_found() {
    let path = "src/house/ledger.rs";
    for (text, breaches) in [
        ("fn f() { a.unwrap(); panic!(\"no\"); todo!() }", 3),
        ("fn f() { a.unwrap_or_default(); std::panic::catch_unwind(g); }", 0),
        ("#[test]\n#[cfg(test)]\nfn f() { a.unwrap() }", 0),
        ("/// Never `panic!`.\nfn f() {}", 0),
    ] {
        assert_eq!(count(care::panics, path, text), breaches, "{text}");
    }
    for (text, breaches) in [
        ("fn f() { a.expect(\"bounded above\"); }", 1),
        ("fn f() { a.expect(\n    \"a batch is bounded\",\n); }", 0),
        ("fn f() { a\n.expect(\"\"); }", 1),
    ] {
        assert_eq!(count(care::bare_expectations, path, text), breaches, "{text}");
    }
    assert_eq!(count(care::without_guard, path, "fn f() { unsafe { g() } }"), 1);
    assert_eq!(count(care::without_guard, path, "#![deny(unsafe_code)]"), 0);
    for (text, breaches) in [
        ("use std::sync::mpsc::{Receiver, channel};", 1),
        ("fn f() { mpsc::channel(); }", 1),
        ("use std::sync::mpsc::sync_channel;", 0),
        ("use tokio::sync::mpsc::{Receiver, channel};", 0),
        ("use tokio::sync::mpsc::unbounded_channel;", 1),
    ] {
        assert_eq!(count(care::endless_queues, path, text), breaches, "{text}");
    }
}

#[test]
fn an_arm_for_any_other_event_is_found() {
    for (text, breaches) in [
        ("fn f() { match event { Event::A(a) => g(a), _ => {} } }", 1),
        ("fn f() { match event { Event::A(a) => { g(a) } _ if h() => {} } }", 1),
        ("fn f() { match (a, b) { (Event::A(a), _) => g(a), (_, _) => {} } }", 1),
        ("fn f() { match event { Event::A(a) => g(a), other => {} } }", 1),
        ("fn f() { match event { Event::A(a) => g(a), other => h(other) } }", 0),
        ("fn f() { match event { Event::A(_) | Event::B(_) => g() } }", 0),
        ("fn f() { match number { 1 => g(Event::A), _ => {} } }", 0),
        ("fn f() { match a { Event::A(a) => match a { 1 => {}, _ => {} }, Event::B => {} } }", 0),
        ("fn f() { match a { OtherEvent::A => {} _ => {} } }", 0),
    ] {
        assert_eq!(count(care::wildcards, "src/law/evolve.rs", text), breaches, "{text}");
    }
}

#[test]
fn what_documents_name_wrongly_is_found() {
    for (text, breaches) in [
        ("see `src/words/id.rs` and `src/words/`", 0),
        ("see `src/words/ids.rs`", 1),
        ("see `src/words/{id,ids}.rs` and `Cargo.toml`", 1),
        ("see `id.rs`", 1),
        ("see `data/journal/0.segment`, `a/b` and `a.rs.b`", 0),
        ("```\nsee `src/words/ids.rs`\n```", 0),
    ] {
        assert_eq!(papers::missing_files("README.md", text).len(), breaches, "{text}");
    }
    for (text, breaches) in [
        ("`tests/it/tidy.rs::paths_go_downwards`", 0),
        ("`tests/it/tidy.rs::paths_go_upwards`", 1),
        ("`tests/it/tidy.rs::program`", 1),
        ("`tests/it/conformance.rs::readers_see_batches_whole`", 0),
    ] {
        assert_eq!(papers::missing_tests("README.md", text).len(), breaches, "{text}");
    }
    for (text, breaches) in [
        ("`tests/law/standard.txt: Only active owners count`", 0),
        ("`tests/law/standard.txt: Suspended owners count`", 1),
        ("`tests/law/nowhere.txt: Only active owners count`", 1),
        ("`tests/http/invitations.txt: The token that was sent first opens nothing any more.`", 0),
    ] {
        assert_eq!(papers::missing_lines("README.md", text).len(), breaches, "{text}");
    }
}
