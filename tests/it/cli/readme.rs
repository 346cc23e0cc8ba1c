//! The tour of the README, as it is typed.

use super::Workplace;
use super::anywhere::{Serving, empty};
use std::fs;
use std::path::Path;
use std::process::Command;

/// The first block of a text that holds a line.
fn block<'a>(text: &'a str, line: &str) -> &'a str {
    let blocks = text.split("```").skip(1).step_by(2);
    blocks.map(|block| block.trim_start_matches("sh\n")).find(|block| block.contains(line)).unwrap()
}

#[test]
fn the_tour_does_what_it_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let readme = fs::read_to_string(root.join("README.md")).unwrap();
    assert!(
        readme.contains("```sh\ncargo run -- serve --guard rollbook.guard\n```"),
        "the first command is another one"
    );
    let place: Workplace = empty();
    let serving = Serving::start(&place);
    // What is served is in another directory and at another port, and curl may not be here.
    let tour: String = block(&readme, "ask() {")
        .lines()
        .filter(|line| !line.starts_with("curl "))
        .map(|line| line.to_owned() + "\n")
        .collect();
    assert_eq!(tour.matches("http://127.0.0.1:8080").count(), 1, "{tour}");
    let tour = tour
        .replace("http://127.0.0.1:8080", serving.url())
        .replace("data/operator.token", "ledger/operator.token")
        .replace("cargo run --quiet --bin rollbook-verify", env!("CARGO_BIN_EXE_rollbook-verify"))
        .replace("target/debug/rollbook ", concat!(env!("CARGO_BIN_EXE_rollbook"), " "));
    let output =
        Command::new("sh").args(["-ec", &tour]).current_dir(place.path(".")).output().unwrap();
    serving.stop();
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stderr));
    let mut rest = said.as_str();
    for part in [
        "acme: MemberCreated, OrganizationCreated (seq 0 to 1)",
        "token rbi_",
        "acme: RoleChanged (seq 4)",
        "acme: 2 members",
        "bob       -     -       admin",
        "(seq 2)",
        "bob       -     -       member",
        "\"first hire\"",
        "Integrity:     VERIFIED",
    ] {
        let at = rest.find(part).unwrap_or_else(|| panic!("{part} is missing in:\n{rest}"));
        rest = &rest[at + part.len()..];
    }
}
