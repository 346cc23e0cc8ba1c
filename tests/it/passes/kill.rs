//! Passes in a process that is killed: what it told of is so afterwards.

use super::*;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Command, Stdio};

const CHILD_ISSUES_IN: &str = "ROLLBOOK_TEST_CHILD_ISSUES_IN";
const CHILD_BEGINS_AT: &str = "ROLLBOOK_TEST_CHILD_BEGINS_AT";

/// Not a test by itself: what the next one starts as a process of its own and kills. Issues one
/// session after the other, ends every second and writes the file anew after every tenth.
#[test]
fn child_issues_until_it_is_killed() {
    let Some(data) = std::env::var_os(CHILD_ISSUES_IN).map(PathBuf::from) else {
        return;
    };
    let first: u32 = std::env::var(CHILD_BEGINS_AT).unwrap().parse().unwrap();
    let (passes, _) = Passes::open(&data, noon()).unwrap();
    for number in first.. {
        passes.issue(session(number, number as u8), noon()).unwrap();
        println!("issued {number}");
        if number % 2 == 0 {
            passes.end(Kind::Session, &digest(number), noon()).unwrap();
            println!("ended {number}");
        }
        if number % 10 == 0 {
            passes.compact(noon()).unwrap();
        }
    }
}

/// Starts the child, lets it work for a while, kills it; what it told of.
fn told_before_the_kill(data: &Path, first: u32, pause: Duration) -> Vec<(bool, u32)> {
    let mut child = Command::new(std::env::current_exe().expect("the tests' own program"))
        .args(["passes::kill::child_issues_until_it_is_killed", "--exact", "--nocapture"])
        .env(CHILD_ISSUES_IN, data)
        .env(CHILD_BEGINS_AT, first.to_string())
        .stdout(Stdio::piped())
        .spawn()
        .expect("the child starts");
    let lines = BufReader::new(child.stdout.take().expect("a pipe")).lines();
    let mut told = lines.map_while(Result::ok).filter_map(|line| {
        // The test runner writes its own words before the child's first.
        let issued = line.rsplit_once("issued ").map(|(_, number)| (true, number.parse().ok()));
        let ended = line.rsplit_once("ended ").map(|(_, number)| (false, number.parse().ok()));
        issued.or(ended).and_then(|(issued, number)| Some((issued, number?)))
    });
    let begun = told.next().expect("the child issued something");
    thread::sleep(pause);
    child.kill().and_then(|()| child.wait()).expect("the child is killed");
    std::iter::once(begun).chain(told).collect()
}

#[test]
fn killed_at_any_moment_no_pass_that_was_told_of_is_lost_and_none_that_ended_returns() {
    let data = tempfile::tempdir().unwrap();
    let (mut told, mut first) = (Vec::new(), 0);
    for round in 0..10 {
        let pause = Duration::from_millis(17 * round);
        told.extend(told_before_the_kill(data.path(), first, pause));
        let (passes, notes) = Passes::open(data.path(), noon()).unwrap();
        assert!(!notes.iter().any(|note| matches!(note, Note::SetAside { .. })), "{notes:?}");
        for &(issued, number) in &told {
            let found = passes.find(Kind::Session, &digest(number), noon()).is_some();
            // Of an even one only its end is sure: it may have come before the child could say so.
            assert!(!issued || found || number % 2 == 0, "round {round}: {number} is lost");
            assert!(issued || !found, "round {round}: {number} ended and is back");
        }
        // One may have been issued already when the kill cut off its report.
        first = told.last().expect("the child told of something").1 + 2;
    }
    assert!(first > 40, "the child got as far as {first}");
}
