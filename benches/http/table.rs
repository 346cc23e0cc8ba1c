//! What is printed: rates with their spread, and the ratios that DESIGN asks for.

use crate::client::Load;

pub(crate) const BARE_ONE: &str = "GET bare axum, constant bytes of one member";
pub(crate) const ONE: &str = "GET one member";
pub(crate) const BARE_LIST: &str = "GET bare axum, constant bytes of a list of 100";
pub(crate) const LIST: &str = "GET list of 100 members";
pub(crate) const PAGE: &str = "GET 100 of 10,000 members";
pub(crate) const ECHO: &str = "POST bare axum, echo";
pub(crate) const BARE_DURABLE: &str = "POST bare axum, group-committed fdatasync";
pub(crate) const CREATE: &str = "POST member, durable, 64 organizations";
pub(crate) const CREATE_IN_ONE: &str = "POST member, durable, one organization";
pub(crate) const BOTH: &str = "POST member and GET 100 in turns, 10,000 members";
pub(crate) const INVITE: &str = "POST invitation, durable";
pub(crate) const ACCEPT: &str = "POST accept, durable";
pub(crate) const ROLE: &str = "PUT roles, durable, 10,000 members";
pub(crate) const BESIDE_INVITE: &str = "Better Auth on SQLite: invite";
pub(crate) const BESIDE_ACCEPT: &str = "Better Auth on SQLite: accept";
pub(crate) const BESIDE_ROLE: &str = "Better Auth on SQLite: change role";
pub(crate) const BESIDE_PAGE: &str = "Better Auth on SQLite: 100 of 10,000 members";

/// What was measured of one row, a load each round.
pub(crate) struct Row {
    name: &'static str,
    loads: Vec<Load>,
}

impl Row {
    pub(crate) fn new(name: &'static str) -> Self {
        Self { name, loads: Vec::new() }
    }

    pub(crate) fn take(&mut self, load: Load) {
        self.loads.push(load);
    }

    fn rates(&self) -> Vec<f64> {
        self.loads.iter().map(|load| load.per_second).collect()
    }

    fn work(&self) -> Vec<f64> {
        self.loads.iter().map(|load| load.work.as_secs_f64()).collect()
    }
}

/// The least, the middle and the greatest of some numbers.
fn spread(mut numbers: Vec<f64>) -> (f64, f64, f64) {
    numbers.sort_unstable_by(f64::total_cmp);
    let at = |index: usize| numbers.get(index).copied().unwrap_or(f64::NAN);
    (at(0), at(numbers.len() / 2), at(numbers.len().saturating_sub(1)))
}

pub(crate) fn rates(rows: &[Row]) {
    println!(
        "{:<49} {:>9} {:>17} {:>8} {:>8} {:>8} {:>7}",
        "", "/s", "least to most", "half µs", "99 % µs", "work µs", "bytes"
    );
    for row in rows {
        let (least, middle, most) = spread(row.rates());
        let micros = |of: fn(&Load) -> std::time::Duration| {
            spread(row.loads.iter().map(|load| of(load).as_secs_f64() * 1e6).collect()).1
        };
        let bytes = row.loads.last().map_or(0, |load| load.body_bytes);
        println!(
            "{:<49} {middle:>9.0} {:>17} {:>8.0} {:>8.0} {:>8.1} {bytes:>7}",
            row.name,
            format!("{least:.0} to {most:.0}"),
            micros(|load| load.half),
            micros(|load| load.nearly_all),
            micros(|load| load.work),
        );
    }
}

/// What a row is held against.
enum Beside {
    /// Another row of the same round.
    Row(&'static str),
    /// What was measured elsewhere, on such a machine.
    Rate(f64, &'static str),
}

const TARGETS: [(&str, f64, Beside); 17] = [
    (ONE, 0.8, Beside::Row(BARE_ONE)),
    (LIST, 0.5, Beside::Row(BARE_LIST)),
    (PAGE, 0.5, Beside::Row(BARE_LIST)),
    (CREATE, 0.5, Beside::Row(ECHO)),
    (CREATE_IN_ONE, 0.5, Beside::Row(ECHO)),
    (CREATE, 0.5, Beside::Row(BARE_DURABLE)),
    (CREATE_IN_ONE, 0.5, Beside::Row(BARE_DURABLE)),
    (INVITE, 50.0, Beside::Row(BESIDE_INVITE)),
    (ACCEPT, 50.0, Beside::Row(BESIDE_ACCEPT)),
    (ROLE, 50.0, Beside::Row(BESIDE_ROLE)),
    (PAGE, 50.0, Beside::Row(BESIDE_PAGE)),
    (CREATE, 7.0, Beside::Rate(3_900.0, "PostgreSQL, chained audit table")),
    (CREATE, 2.0, Beside::Rate(17_000.0, "PostgreSQL, plain audit table")),
    (CREATE, 2.0, Beside::Rate(12_500.0, "UmaDB, conditional appends")),
    (CREATE_IN_ONE, 2.0, Beside::Rate(17_000.0, "PostgreSQL, plain audit table")),
    (LIST, 2.0, Beside::Rate(4_000.0, "PostgreSQL, lists")),
    (PAGE, 2.0, Beside::Rate(4_000.0, "PostgreSQL, lists")),
];

pub(crate) fn ratios(rows: &[Row]) {
    println!(
        "\n{:<49} {:>9} {:>17} {:>8} {:>7}",
        "ratio", "median", "least to most", "by work", "wanted"
    );
    for (name, wanted, beside) in TARGETS {
        let row = |name| rows.iter().find(|row| row.name == name);
        let Some(own) = row(name) else { continue };
        let (what, others, by_work) = match beside {
            Beside::Row(other) => {
                let Some(row) = row(other) else { continue };
                let ratios = row.work().into_iter().zip(own.work()).map(|(other, own)| other / own);
                (other, row.rates(), format!("{:.2}", spread(ratios.collect()).1))
            }
            Beside::Rate(rate, what) => (what, vec![rate; own.loads.len()], String::new()),
        };
        let ratios = own.rates().into_iter().zip(others).map(|(rate, other)| rate / other);
        let (least, middle, most) = spread(ratios.collect());
        let verdict = if middle >= wanted { "" } else { "  missed" };
        println!(
            "{name}\n  {:<47} {middle:>9.2} {:>17} {by_work:>8} {wanted:>7.1}{verdict}",
            format!("beside {what}"),
            format!("{least:.2} to {most:.2}"),
        );
    }
}
