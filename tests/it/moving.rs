//! Moving in: lists of members and Better Auth's tables, with the program itself.

mod faults;
mod many;
#[cfg(feature = "server")]
mod signing_in;

use crate::cli::Workplace;
use serde_json::Value;
use std::collections::BTreeMap;

const GUILD: &str = "rollbook import better-auth --data ledger samples/better-auth --json";
const WORKS: &str = "rollbook import members --data ledger --org lantern-works \
                     --new 'Lantern Works' samples/members.csv --json";

/// With an empty ledger in `ledger`.
fn begun() -> Workplace {
    let place = Workplace::new();
    let init = place.run("rollbook init --data ledger --origin ledger.example/lantern");
    assert_eq!(init.code, 0, "{init:?}");
    place
}

/// What was told of each row, and the summary; without what a dry run says of itself.
fn told(place: &Workplace, command: &str) -> (Vec<Value>, Value) {
    let answer = place.run(command);
    let parse = |line| serde_json::from_str::<Value>(line).unwrap();
    let mut rows: Vec<Value> = answer.stdout.lines().map(parse).collect();
    for row in &mut rows {
        let fields = row.as_object_mut().unwrap();
        fields.remove("dry_run");
        fields.remove("seconds");
    }
    let summary = rows.pop().unwrap_or_else(|| panic!("{answer:?}"));
    let refused = summary["refused"].as_u64().unwrap();
    assert_eq!(answer.code, i32::from(refused > 0), "{answer:?}");
    (rows, summary)
}

/// `file:line what: outcome code`.
fn short(row: &Value) -> String {
    let text = |field: &str| row[field].as_str().unwrap_or_default().to_owned();
    let code = row["code"].as_str().map(|code| format!(" {code}")).unwrap_or_default();
    let file = text("file");
    let file = file.rsplit('/').next().unwrap();
    format!("{file}:{} {}: {}{code}", row["line"], text("what"), text("outcome"))
}

#[test]
fn a_dry_run_says_what_comes_and_records_nothing() {
    let place = begun();
    for command in [GUILD, WORKS] {
        let before = place.head();
        let predicted = told(&place, &format!("{command} --dry-run"));
        assert_eq!(place.head(), before, "{command}");
        let came = told(&place, command);
        assert_eq!(predicted, came, "{command}");
        assert_ne!(place.head(), before, "{command}");
        assert!(came.1["created"].as_u64() > Some(0), "{command}");
    }
}

#[test]
fn the_same_again_records_nothing() {
    let place = begun();
    for command in [WORKS, GUILD] {
        let (first, _) = told(&place, command);
        let head = place.head();
        let (again, summary) = told(&place, command);
        assert_eq!(place.head(), head, "{command}");
        for (first, again) in first.iter().zip(&again) {
            let expected = match first["outcome"].as_str().unwrap() {
                "created" | "added" | "removed" => "already_there",
                other => other,
            };
            assert_eq!(again["outcome"], expected, "{first} {again}");
        }
        assert_eq!(summary["created"], 0);
    }
}

#[test]
fn all_or_nothing_is_nothing_where_a_row_is_refused() {
    let place = begun();
    let before = place.head();
    let predicted = told(&place, &format!("{WORKS} --dry-run"));
    assert_eq!(told(&place, &format!("{WORKS} --all-or-nothing")), predicted);
    assert_eq!(place.head(), before);
    let works = WORKS.trim_end_matches(" --json");
    let refused = place.fails(&format!("{works} --all-or-nothing"), 1, "rows_refused", "nothing");
    assert_eq!(refused, None);
    place.write("whole.csv", "email,roles\nvera@lantern.example,owner\nbo@lantern.example,\n");
    let whole = "rollbook import members --data ledger --org works --new Works whole.csv \
                 --all-or-nothing --json";
    let (rows, _) = told(&place, whole);
    assert_eq!(
        rows.iter().map(short).collect::<Vec<_>>(),
        ["whole.csv:2 joined: created", "whole.csv:3 joined: created",]
    );
    assert_ne!(place.head(), before);
}

#[test]
fn a_list_that_grew_goes_on_and_one_that_moved_is_noticed() {
    let place = begun();
    let import = "rollbook import members --data ledger --org works --new Works list.csv --json";
    let head = "email,roles,joined,left\n";
    let vera = "vera@lantern.example,owner,2024-01-01,\n";
    let bo = "bo@lantern.example,,2024-02-01,2024-03-01\n";
    let cy = "cy@lantern.example,,2024-04-01,\n";
    let tell = |list: &str| -> Vec<String> {
        place.write("list.csv", &format!("{head}{list}"));
        told(&place, import).0.iter().map(short).collect()
    };
    assert_eq!(
        tell(&format!("{vera}{bo}")),
        ["list.csv:2 joined: created", "list.csv:3 joined: created", "list.csv:3 left: removed",]
    );
    assert_eq!(
        tell(&format!("{vera}{bo}{cy}")),
        [
            "list.csv:2 joined: already_there",
            "list.csv:3 joined: already_there",
            "list.csv:3 left: already_there",
            "list.csv:4 joined: created",
        ]
    );
    assert_eq!(
        tell(&format!("{cy}{vera}")),
        [
            "list.csv:2 joined: refused source_conflict",
            "list.csv:3 joined: refused source_conflict",
        ]
    );
}

/// What PostgreSQL writes, row by row as JSON, where tables and columns are in `snake_case`.
#[test]
fn postgresql_in_snake_case_reads_the_same() {
    let (sqlite, postgres) = (begun(), begun());
    std::fs::create_dir(postgres.path("tables")).unwrap();
    for table in ["user", "account", "organization", "member", "team", "teamMember", "invitation"] {
        let file = postgres.path(&format!("samples/better-auth/{table}.csv"));
        let mut rows = csv::Reader::from_path(file).unwrap();
        let names: Vec<String> = rows.headers().unwrap().iter().map(snake).collect();
        let mut text = String::new();
        for row in rows.records() {
            let row = row.unwrap();
            let cell = |(name, cell): (&String, &str)| (name.clone(), as_postgres(name, cell));
            let row: BTreeMap<String, Value> = names.iter().zip(&row).map(cell).collect();
            text += &format!("{}\n", serde_json::to_string(&row).unwrap());
        }
        postgres.write(&format!("tables/{}.ndjson", snake(table)), &text);
    }
    let outcomes = |(rows, summary): (Vec<Value>, Value)| {
        let of = |row: &Value| (row["what"].to_string(), row["outcome"].to_string());
        (rows.iter().map(of).collect::<Vec<_>>(), summary)
    };
    let theirs = "rollbook import better-auth --data ledger tables --json";
    let (mut expected, mut found) =
        (outcomes(told(&sqlite, GUILD)), outcomes(told(&postgres, theirs)));
    expected.0.sort();
    found.0.sort();
    assert_eq!(found, expected);
    let members = "rollbook members --data ledger --org lantern-guild";
    let listed = |place: &Workplace| -> Vec<String> {
        place.run(members).stdout.lines().skip(1).map(str::to_owned).collect()
    };
    assert_eq!(listed(&postgres), listed(&sqlite));
    assert_eq!(listed(&sqlite).len(), 5, "four members under a heading");
}

fn snake(name: &str) -> String {
    name.chars().fold(String::new(), |all, letter| match letter {
        'A'..='Z' => all + "_" + &letter.to_ascii_lowercase().to_string(),
        _ => all + &letter.to_string(),
    })
}

fn as_postgres(name: &str, cell: &str) -> Value {
    match name {
        _ if cell.is_empty() => Value::Null,
        "email_verified" => Value::Bool(cell == "1"),
        name if name.ends_with("_at") => Value::String(cell.replace('T', " ").replace("Z", "+00")),
        _ => Value::String(cell.to_owned()),
    }
}

/// Neither an answer nor a file of the ledger holds a hash or an address that can be read.
#[test]
fn nothing_secret_is_told_or_left_in_clear() {
    let place = begun();
    let answer = place.run(GUILD);
    let accounts = std::fs::read_to_string(place.path("samples/better-auth/account.csv")).unwrap();
    let hash = accounts.split([',', ':']).find(|cell| cell.len() == 128).unwrap();
    let bytes: Vec<u8> =
        (0..64).map(|at| u8::from_str_radix(&hash[at * 2..at * 2 + 2], 16).unwrap()).collect();
    let phc = rollbook::words::hash::write_base64(&bytes);
    let secrets = [hash, &phc[..40], "vera@lantern.example"];
    for secret in secrets {
        assert!(!answer.stdout.contains(secret), "{answer:?}");
    }
    let mut folders = vec![place.path("ledger")];
    let mut read = 0;
    while let Some(folder) = folders.pop() {
        for item in std::fs::read_dir(folder).unwrap().map(|item| item.unwrap().path()) {
            if item.is_dir() {
                folders.push(item);
                continue;
            }
            let bytes = std::fs::read(&item).unwrap();
            for secret in secrets {
                let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
                assert!(!found, "{}: {secret}", item.display());
            }
            read += 1;
        }
    }
    assert!(read > 3, "the ledger has files");
}
