//! The house rules, as tests. A finding names file, line and cure; lists of exceptions only shrink.

mod care;
mod checker;
mod exceptions;
mod floors;
mod papers;
mod paths;
mod shape;
mod source;
mod speech;

use source::{Finding, Source, root};
use std::process::Command;

fn program() -> Vec<Source> {
    let sources = Source::below("src");
    assert!(sources.len() > 50, "the sources are not where they were");
    sources
}

fn everything() -> Vec<Source> {
    ["src", "tests", "benches"].into_iter().flat_map(Source::below).collect()
}

/// What tests and benches are written in.
#[cfg(feature = "server")]
pub(crate) fn sources_of_tests() -> Vec<(String, String)> {
    let sources = ["tests", "benches"].into_iter().flat_map(Source::below);
    sources.map(|source| (source.path.clone(), source.raw.iter().collect())).collect()
}

fn each(sources: &[Source], rule: impl Fn(&Source) -> Vec<Finding>) {
    none(sources.iter().flat_map(rule).collect());
}

#[track_caller]
fn none(found: Vec<Finding>) {
    assert!(found.is_empty(), "{} breaches\n{}\n", found.len(), found.join("\n"));
}

#[test]
fn paths_go_downwards() {
    each(&program(), floors::upward);
}

#[test]
fn pure_floors_ask_nobody() {
    each(&program(), floors::impure);
}

#[test]
fn only_doors_know_the_time_and_chance() {
    each(&program(), floors::clocks);
}

#[test]
fn libraries_stay_at_home() {
    each(&program(), floors::strays);
}

#[test]
fn files_are_small() {
    none(shape::large(&everything(), exceptions::LARGE));
}

#[test]
fn the_median_file_is_read_at_one_sitting() {
    let (median, limit) = (shape::median(&program()), shape::MEDIAN_LINES);
    assert!(median <= limit, "the median file has {median} lines, at most {limit}: divide some");
}

#[test]
fn functions_fit_a_screen() {
    none(shape::long_functions(&everything(), exceptions::LONG_FUNCTIONS));
}

#[test]
fn lines_fit_a_hundred_columns() {
    none(shape::wide(&everything(), exceptions::WIDE));
}

#[test]
fn we_use_our_own_words() {
    let sources = everything();
    each(&sources, |source| speech::banned(source, exceptions::TERMS));
    none(speech::unused_terms(&sources, exceptions::TERMS));
}

#[test]
fn nothing_panics_on_purpose() {
    each(&program(), care::panics);
}

#[test]
fn every_expectation_has_its_reason() {
    each(&program(), care::bare_expectations);
}

#[test]
fn nothing_is_unsafe() {
    each(&everything(), care::without_guard);
}

#[test]
fn every_queue_has_a_bound() {
    each(&everything(), care::endless_queues);
}

#[test]
fn no_event_passes_unseen() {
    let folds = |source: &&Source| {
        source.path.starts_with("src/law") || source.path.starts_with("src/projections")
    };
    let sources = program();
    none(sources.iter().filter(folds).flat_map(care::wildcards).collect());
}

/// What the verifier is built from, Rollbook itself included. Lower it when it falls.
const VERIFIER_CRATES: usize = 55;

#[test]
fn the_verifier_is_light() {
    let tree = Command::new(env!("CARGO"))
        .args(["tree", "--offline", "--locked", "--no-default-features"])
        .args(["--edges", "normal", "--prefix", "none", "--format", "{p}"])
        .current_dir(root())
        .output()
        .expect("cargo runs, as it does for this test");
    assert!(tree.status.success(), "cargo tree: {}", String::from_utf8_lossy(&tree.stderr));
    let text = String::from_utf8(tree.stdout).unwrap();
    let mut crates: Vec<&str> =
        text.lines().filter_map(|line| line.split_whitespace().next()).collect();
    crates.sort_unstable();
    crates.dedup();
    assert!(crates.contains(&"blake3"), "cargo tree answered something else:\n{text}");
    for heavy in ["sled", "axum", "tokio", "hyper", "chacha20poly1305", "indicatif", "csv"] {
        assert!(
            !crates.contains(&heavy),
            "rollbook-verify pulls in {heavy}: put it behind `store`"
        );
    }
    let count = crates.len();
    assert!(
        count <= VERIFIER_CRATES,
        "rollbook-verify is built from {count} crates, at most {VERIFIER_CRATES}: {crates:?}"
    );
}

#[test]
fn documents_name_files_that_exist() {
    let papers = papers::papers();
    none(papers.iter().flat_map(|(name, text)| papers::missing_files(name, text)).collect());
}

#[test]
fn documents_name_lines_that_exist() {
    let papers = papers::papers();
    none(papers.iter().flat_map(|(name, text)| papers::missing_lines(name, text)).collect());
}

#[test]
fn documents_name_tests_that_exist() {
    let papers = papers::papers();
    none(papers.iter().flat_map(|(name, text)| papers::missing_tests(name, text)).collect());
    let architecture = papers.iter().find(|(name, _)| name == "docs/ARCHITECTURE.md");
    let named = architecture.map_or(0, |(_, text)| papers::named_tests(text));
    assert!(named >= 10, "docs/ARCHITECTURE.md names the tests that guard its invariants: {named}");
}
