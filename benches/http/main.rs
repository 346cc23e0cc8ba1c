//! How fast the server is, beside what axum can do at best, in one run.
//!
//! `cargo bench --bench http` prints a table; `benches/RESULTS.md` keeps the ones that were worth
//! keeping. `ROLLBOOK_BENCH_ROUNDS` and `ROLLBOOK_BENCH_MILLIS` say how often and how long each row
//! is measured, `ROLLBOOK_BENCH_ROWS` names the rows to run alone, for a profile of one path.
//!
//! All rows but Better Auth's go through one server process with one runtime, one gate and one
//! client. Better Auth's go through a process of its own (`better_auth.rs`), asked by the same
//! client; they are left out where its packages are not installed. All take turns, so that whatever
//! else the machine does meets each of them. Ratios are what to compare: each is taken within a
//! round, and the median of them is shown; beside it the same ratio by what was worked for an
//! answer, which other programs on the machine disturb less.

mod bare;
mod better_auth;
mod client;
mod deeds;
mod site;
mod table;

use better_auth::BetterAuth;
use client::Asked;
use site::Site;
use std::process::Command;
use std::time::Duration;
use table::Row;

fn main() {
    let rounds = number("ROLLBOOK_BENCH_ROUNDS", 15) as usize;
    let time = Duration::from_millis(number("ROLLBOOK_BENCH_MILLIS", 1000));
    let directory =
        tempfile::tempdir_in(".").expect("the bench needs a place on the disk it measures");
    let data = directory.path().join("data");
    let ledger = site::ledger(&data);
    let member = site::somebody(&ledger, "hundred");
    let durable_bytes = site::bytes_per_member(&ledger);
    let beside = bare::routes(directory.path(), durable_bytes);
    let site = Site::serve(&data, ledger, beside);
    let one = format!("/v1/organizations/hundred/members/{member}");
    let list = "/v1/organizations/hundred/members";
    bare::set_bodies([&one, list].map(|path| site.body_bytes(path)));
    let better_auth = BetterAuth::start(directory.path());
    let rows = only_named(rows(&site, better_auth.as_ref(), &one, list));

    tell_machine(rounds, time, durable_bytes);
    let mut measured: Vec<Row> = rows.iter().map(|(name, _)| Row::new(name)).collect();
    for round in 0..=rounds {
        for ((_, asked), row) in rows.iter().zip(&mut measured) {
            // The first round warms up. A compiler at run time needs longer for that.
            let longer = if round == 0 && asked.is_beside() { 6 } else { 1 };
            let load = client::load(time * longer, asked);
            if round > 0 {
                row.take(load);
            }
        }
    }
    table::rates(&measured);
    table::ratios(&measured);
    let (entries, journal) = (site.ledger.head().size, site.ledger.head().slot);
    println!("\nat the end: {entries} entries in {journal} batches");
    site.end();
}

fn rows(
    site: &Site,
    better_auth: Option<&BetterAuth>,
    one: &str,
    list: &str,
) -> Vec<(&'static str, Asked)> {
    let members = |org: String| format!("/v1/organizations/{org}/members");
    let page = "/v1/organizations/crowd/members?limit=100";
    let same = |path: &'static str| move |_| path.to_owned();
    let mut rows = vec![
        (table::BARE_ONE, site.get("/bare/one")),
        (table::ONE, site.get(one)),
        (table::BARE_LIST, site.get("/bare/list")),
        (table::LIST, site.get(list)),
        (table::PAGE, site.get(page)),
        (table::ECHO, site.post("echo", same("/bare/echo"))),
        (table::BARE_DURABLE, site.post("durable", same("/bare/durable"))),
        (table::CREATE, site.post("many", move |number| members(format!("many-{number}")))),
        (table::CREATE_IN_ONE, site.post("one", move |_| members("one".to_owned()))),
        (table::BOTH, site.post("both", move |_| members("crowd".to_owned())).and(site.get(page))),
        (table::INVITE, deeds::invite(site)),
        (table::ACCEPT, deeds::accept(site)),
        (table::ROLE, deeds::change_role(site)),
    ];
    if let Some(beside) = better_auth {
        rows.push((table::BESIDE_INVITE, beside.invite()));
        rows.push((table::BESIDE_ACCEPT, beside.accept()));
        rows.push((table::BESIDE_ROLE, beside.change_role()));
        rows.push((table::BESIDE_PAGE, beside.page()));
    }
    rows
}

fn only_named(rows: Vec<(&'static str, Asked)>) -> Vec<(&'static str, Asked)> {
    match std::env::var("ROLLBOOK_BENCH_ROWS") {
        Ok(named) => {
            let named: Vec<&str> = named.split(';').collect();
            rows.into_iter().filter(|(name, _)| named.contains(name)).collect()
        }
        Err(_) => rows,
    }
}

fn number(variable: &str, usual: u64) -> u64 {
    let given = std::env::var(variable).ok();
    given.map_or(usual, |given| given.parse().expect("the variable holds a number"))
}

fn tell_machine(rounds: usize, time: Duration, durable_bytes: usize) {
    let output = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output();
        let text = output.ok().filter(|output| output.status.success()).map(|output| output.stdout);
        text.and_then(|text| String::from_utf8(text).ok()).unwrap_or_default().trim().to_owned()
    };
    let processors = std::thread::available_parallelism().map_or(0, usize::from);
    println!("date    {}", output("date", &["-u", "+%Y-%m-%d %H:%M"]));
    println!("commit  {}", output("git", &["describe", "--always", "--dirty"]));
    println!("machine {processors} cores, {}", output("uname", &["-srm"]));
    println!(
        "load    {} kept connections, one request under way on each; client, server and ledger \
         share the cores",
        client::CLIENTS
    );
    println!(
        "rounds  {rounds} of {} ms a row, in turns; {durable_bytes} bytes a bare durable append\n",
        time.as_millis()
    );
}
