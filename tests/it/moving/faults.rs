//! Each kind of fault that a list or a row can have.

use super::{begun, short, told};

const OWNER: &str = "email,roles\nvera@lantern.example,owner\nbo@lantern.example,member\n";

/// What is wrong, the header, the row, what is told of it, a part of the message.
type Case = (&'static str, &'static str, &'static str, &'static str, &'static str);

#[rustfmt::skip]
const ROWS: &[Case] = &[
    ("no address", "name", "Vera", "row: refused wrong_row", "an email or a username is needed"),
    ("a wrong address", "email", "vera@", "row: refused wrong_row", "email: "),
    ("a wrong username", "username", "v h", "row: refused wrong_row", "username: "),
    ("a wrong role name", "email,roles", "a@b.example,Member", "row: refused wrong_row", "roles: "),
    ("a role without a name", "email,roles", "a@b.example,member;", "row: refused wrong_row", "roles: "),
    ("a team twice", "email,teams", "a@b.example,Core;Core", "row: refused wrong_row", "teams: Core stands there twice"),
    ("a team without a name", "email,teams", "a@b.example,Core;", "row: refused wrong_row", "teams: "),
    ("no date", "email,joined", "a@b.example,soon", "row: refused wrong_row", "joined: \"soon\" is not a time"),
    ("left before joined", "email,joined,left", "a@b.example,2025-02-01,2025-01-01", "row: refused wrong_row", "lies before joined"),
    ("left and not joined", "email,left", "a@b.example,2025-01-01", "row: refused wrong_row", "joined is missing"),
    ("a cause and not left", "email,cause", "a@b.example,left", "row: refused wrong_row", "left is missing"),
    ("an unknown cause", "email,joined,left,cause", "a@b.example,2025-01-01,2025-02-01,whim", "row: refused wrong_row", "expected one of removed, left, deprovisioned"),
    ("a field too many", "email,name", "a@b.example,A,B", "row: refused wrong_row", "the row has 3 fields, the header has 2"),
    ("not UTF-8", "email,name", "a@b.example,\u{fffd}", "row: refused wrong_row", "name is not UTF-8"),
    ("an unknown role", "email,roles", "a@b.example,keeper", "joined: refused unknown_role", "keeper"),
    ("somebody who is there", "email", "bo@lantern.example", "joined: refused already_member", "is a member"),
    ("a username that is taken", "email,username", "a@b.example,VERA", "joined: created", ""),
    ("the same username again", "email,username", "c@d.example,vera", "joined: refused username_taken", "username"),
    ("a date to come", "email,joined", "e@f.example,2126-01-01", "joined: refused occurred_in_future", "still to come"),
    ("a date before the history's end", "email,joined", "e@f.example,2024-01-01", "joined: refused occurred_too_early", "already reaches to"),
];

#[test]
fn every_fault_of_a_row_is_told_with_its_place() {
    let place = begun();
    place.write("first.csv", OWNER);
    let first = "rollbook import members --data ledger --org works --new Works first.csv --json";
    assert_eq!(told(&place, first).1["created"], 2);
    for (number, (what, header, row, expected, part)) in ROWS.iter().enumerate() {
        let before = place.head();
        let file = format!("list{number}.csv");
        let text = format!("{header}\n{row}\n").into_bytes();
        let broken: Vec<u8> = match *what {
            "not UTF-8" => text.into_iter().filter(|byte| *byte != 0xef).collect(),
            _ => text,
        };
        std::fs::write(place.path(&file), broken).unwrap();
        let import = format!("rollbook import members --data ledger --org works {file} --json");
        let (rows, _) = told(&place, &import);
        let [row] = &rows[..] else { panic!("{what}: {rows:?}") };
        assert_eq!(short(row), format!("{file}:2 {expected}"), "{what}: {row}");
        let message = row["message"].as_str().unwrap_or_default();
        assert!(message.contains(part), "{what}: {message}");
        assert_eq!(place.head() == before, expected.contains("refused"), "{what}");
    }
}

/// Rows of NDJSON: the line, what is told of it, a part of the message.
#[rustfmt::skip]
const LINES: &[(&str, &str, &str)] = &[
    (r#"{"email":"a@b.example","#, "row: refused wrong_row", "EOF"),
    (r#"["a@b.example"]"#, "row: refused wrong_row", "an object"),
    (r#"{"email":"a@b.example","role":"member"}"#, "row: refused wrong_row", "\"role\" is no column"),
    (r#"{"email":"a@b.example","email":"c@d.example"}"#, "row: refused wrong_row", "email stands there twice"),
    (r#"{"email":["a@b.example"]}"#, "row: refused wrong_row", "email is a list"),
    (r#"{"email":"a@b.example","roles":"member"}"#, "row: refused wrong_row", "roles should be an array"),
    (r#"{"email":"a@b.example","roles":[1]}"#, "row: refused wrong_row", "no text"),
    (r#"{"email":"a@b.example","roles":["member"],"teams":null}"#, "joined: created", ""),
];

#[test]
fn every_fault_of_a_line_is_told_with_its_place() {
    let place = begun();
    place.write("first.csv", OWNER);
    let first = "rollbook import members --data ledger --org works --new Works first.csv --json";
    told(&place, first);
    let text: Vec<&str> = LINES.iter().map(|(line, ..)| *line).collect();
    place.write("list.ndjson", &format!("{}\n\n", text.join("\n")));
    let import = "rollbook import members --data ledger --org works list.ndjson --json";
    let (rows, _) = told(&place, import);
    assert_eq!(rows.len(), LINES.len());
    for (index, (row, (_, expected, part))) in rows.iter().zip(LINES).enumerate() {
        assert_eq!(short(row), format!("list.ndjson:{} {expected}", index + 1), "{row}");
        assert!(row["message"].as_str().unwrap_or_default().contains(part), "{row}");
    }
}

/// Lists and organizations that cannot be begun with at all.
#[test]
fn a_list_that_cannot_be_read_is_refused_as_a_whole() {
    let place = begun();
    let before = place.head();
    place.write("unknown.csv", "email,role\na@b.example,member\n");
    place.write("twice.csv", "email,email\na@b.example,b@c.example\n");
    place.write("list.txt", "email\na@b.example\n");
    std::fs::create_dir(place.path("empty")).unwrap();
    let members = "rollbook import members --data ledger --org works --new Works";
    let other = "rollbook import better-auth --data ledger empty".to_owned();
    for (command, code, part) in [
        (format!("{members} unknown.csv"), "wrong_table", "unknown.csv:1: \"role\" is no column"),
        (format!("{members} twice.csv"), "wrong_table", "email stands there twice"),
        (format!("{members} list.txt"), "wrong_table", "ends in .csv or .ndjson"),
        (format!("{members} missing.csv"), "file", "missing.csv: "),
        (other, "wrong_table", "there is no user.csv and no user.ndjson"),
    ] {
        assert_eq!(place.fails(&command, 2, code, part), None);
    }
    assert_eq!(place.head(), before);
}

/// Where an organization cannot begin, none of its rows is taken for another one's.
#[test]
fn rows_of_an_organization_that_cannot_begin_are_refused() {
    let place = begun();
    place.write("first.csv", OWNER);
    place.write("list.csv", "email,roles\nmallory@lantern.example,owner\n");
    place.write("nobody.csv", "email,roles\ncy@lantern.example,member\nsoon,owner\n");
    let import = |rest: &str| {
        let command = format!("rollbook import members --data ledger {rest} --json");
        told(&place, &command).0.iter().map(short).collect::<Vec<_>>()
    };
    assert_eq!(import("--org works --new Works first.csv").len(), 2);
    let head = place.head();
    let taken = import("--org works --new Works list.csv");
    assert_eq!(taken, ["list.csv:2 joined: refused slug_taken"]);
    let nobodys = import("--org other --new Other nobody.csv");
    assert_eq!(
        nobodys,
        ["nobody.csv:2 joined: refused last_top_role", "nobody.csv:3 row: refused wrong_row",]
    );
    let nowhere = import("--org nowhere list.csv");
    assert_eq!(nowhere, ["list.csv:2 joined: refused unknown_organization"]);
    assert_eq!(place.head(), head);
}
