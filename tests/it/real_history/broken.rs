//! A bad line in the middle of the real files: it is named, nothing of its commit is recorded, what
//! came before stays, and a corrected import goes on where it stopped.

use crate::cli::Workplace;
use crate::support::real_history;
use serde_json::Value;
use std::path::Path;

/// The largest commit of the history and everything before it; its 3,126 lines end here.
const LAST_SEQ: u64 = 4692;

/// A seq in the middle of that commit, whose line stands in the file of teams.
const BAD_SEQ: u64 = 3000;

/// The lines of a file up to [`LAST_SEQ`].
fn beginning(data: &Path, name: &str) -> Vec<(u64, String, String)> {
    let text = std::fs::read_to_string(data.join(name)).unwrap();
    let lines = text.lines().map(|line| {
        let fields: Value = serde_json::from_str(line).unwrap();
        let commit = fields["source"]["commit"].as_str().unwrap().to_owned();
        (fields["seq"].as_u64().unwrap(), commit, line.to_owned())
    });
    lines.take_while(|(seq, ..)| *seq < LAST_SEQ).collect()
}

#[test]
fn a_bad_line_in_the_middle() {
    let Some(data) = real_history() else { return };
    let organizations = beginning(&data, "kubernetes-org.ndjson");
    let teams = beginning(&data, "kubernetes-org-teams.ndjson");
    let bad = teams.iter().position(|(seq, ..)| *seq == BAD_SEQ).unwrap();
    let commit = &teams[bad].1;
    let both = || organizations.iter().chain(&teams);
    let of_commit = both().filter(|(_, of, _)| of == commit).count();
    let before = both().filter(|(seq, of, _)| of != commit && *seq < BAD_SEQ).count();
    assert_eq!(of_commit, 3126);
    let write = |place: &Workplace, with: &dyn Fn(&str) -> String| {
        let text = |lines: &[(u64, String, String)], bad: Option<usize>| -> String {
            let lines = lines.iter().enumerate();
            let lines = lines.map(
                |(index, (_, _, line))| {
                    if Some(index) == bad { with(line) } else { line.clone() }
                },
            );
            lines.map(|line| line + "\n").collect()
        };
        place.write("org.ndjson", &text(&organizations, None));
        place.write("teams.ndjson", &text(&teams, Some(bad)));
    };
    let place = Workplace::new();
    assert_eq!(place.run("rollbook init --data ledger").code, 0);
    let import = "rollbook import history --data ledger org.ndjson teams.ndjson --json";
    type Break = fn(&str) -> String;
    let breaks: [(Break, i32, &str, &str); 3] = [
        (|line| line[..line.len() / 2].to_owned(), 2, "wrong_line", "not a line of history"),
        (|line| line.replace("\"action\"", "\"deed\""), 2, "wrong_line", "unknown field `deed`"),
        (
            |line| line.replace("\"member\":\"", "\"member\":\"no-"),
            1,
            "unknown_member",
            "no member",
        ),
    ];
    for (broken, exit, code, part) in breaks {
        write(&place, &|line| broken(line));
        let answer = place.run(import);
        let (found, message) = answer.error();
        assert_eq!((answer.code, found.as_str()), (exit, code), "{message}");
        let line = format!("teams.ndjson:{}", bad + 1);
        assert!(message.starts_with(&line) && message.contains(part), "{line}: {message}");
        assert_eq!(place.head()["size"], before, "{message}");
    }
    write(&place, &str::to_owned);
    let summary = place.run(import).json();
    assert_eq!(summary["already_present"], before);
    assert_eq!(summary["imported"], both().count() - before);
    assert_eq!(place.run("rollbook verify --data ledger").code, 0);
}
