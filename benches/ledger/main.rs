//! How fast the ledger is, beside the disk it stands on, in one run.
//!
//! `cargo bench --bench ledger` prints tables; `-- append`, `-- proof` or `-- scale` prints one of
//! them. `benches/RESULTS.md` keeps those worth keeping, with machine and commit. Ratios are what
//! to compare: the disk's speed drifts. What is measured grows with the environment:
//!
//! | variable | meaning | default |
//! |---|---|---|
//! | `ROLLBOOK_BENCH_SECONDS` | how long a sustained rate is measured | 5 |
//! | `ROLLBOOK_BENCH_ENTRIES` | entries of the large ledger | 300,000 |
//! | `ROLLBOOK_BENCH_MEMBERS` | members of its large organization | 30,000 |
//! | `ROLLBOOK_BENCH_BUNDLE` | where the bundle that is measured is kept | nowhere |

mod append;
mod commands;
mod limits;
mod proof;
mod scale;
mod table;

fn main() {
    let asked: Vec<String> = std::env::args().skip(1).filter(|arg| arg != "--bench").collect();
    let wanted = |name: &str| asked.is_empty() || asked.iter().any(|arg| arg == name);
    table::machine();
    if wanted("append") {
        append::run();
    }
    if wanted("proof") {
        proof::run();
    }
    if wanted("scale") {
        scale::run();
    }
}

/// A number from the environment.
fn setting(name: &str, otherwise: usize) -> usize {
    match std::env::var(name) {
        Ok(text) => text.parse().unwrap_or_else(|_| panic!("{name} is not a number: {text:?}")),
        Err(_) => otherwise,
    }
}

/// A directory on the disk that is measured, removed when it is dropped.
fn place() -> tempfile::TempDir {
    tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("the bench needs room on a disk")
}
