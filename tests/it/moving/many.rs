//! As many rows as an organization has.

use super::{begun, told};
use std::fmt::Write as _;
use std::time::{Duration, Instant};

const ROWS: usize = 4_000;

/// Each row is durable by itself; what waits together is synced together. The bound is far above
/// what it takes, and far below what a sync or a look at all rows for each row would take.
#[test]
fn thousands_of_rows_are_taken_in_seconds() {
    let place = begun();
    let mut list = "email,name,roles,teams,joined,left\n".to_owned();
    for row in 0..ROWS {
        let role = if row == 0 { "owner" } else { "member" };
        let (month, day) = (row / 28 % 12 + 1, row % 28 + 1);
        let left = if row % 10 == 9 { "2025-01-01" } else { "" };
        let joined = format!("{}-{month:02}-{day:02}", 2020 + row / 336 % 5);
        let team = row % 7;
        writeln!(list, "p{row}@lantern.example,Person {row},{role},Team {team},{joined},{left}")
            .unwrap();
    }
    place.write("list.csv", &list);
    let import = "rollbook import members --data ledger --org works --new Works list.csv --json";
    let began = Instant::now();
    let (rows, summary) = told(&place, import);
    let took = began.elapsed();
    assert_eq!((rows.len(), &summary["created"]), (ROWS + ROWS / 10, &ROWS.into()));
    assert_eq!((&summary["removed"], &summary["refused"]), (&(ROWS / 10).into(), &0.into()));
    assert!(took < Duration::from_secs(60), "{took:?}");
    let listed = place.run("rollbook organizations --data ledger --json").json();
    assert_eq!(listed["organizations"][0]["members"], ROWS - ROWS / 10);
    let began = Instant::now();
    let (_, again) = told(&place, import);
    assert_eq!(again["already_there"], ROWS + ROWS / 10);
    assert!(began.elapsed() < Duration::from_secs(60), "{:?}", began.elapsed());
}
