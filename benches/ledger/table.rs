//! Rows as they are kept in `benches/RESULTS.md`.

use std::process::Command;
use std::time::Duration;

/// Says on what, and of what, the numbers were taken.
pub(crate) fn machine() {
    let run = |program: &str, arguments: &[&str]| {
        let output = Command::new(program).args(arguments).output().ok();
        let text = output.map(|output| String::from_utf8_lossy(&output.stdout).trim().to_owned());
        text.filter(|text| !text.is_empty()).unwrap_or_else(|| "unknown".to_owned())
    };
    let processor = run("sh", &["-c", "sed -n 's/^model name.*: //p' /proc/cpuinfo | head -1"]);
    let memory = run("sh", &["-c", "sed -n 's/^MemTotal: *//p' /proc/meminfo"]);
    println!(
        "{} x {processor}, {memory}, Linux {}, {}, commit {}, {}, load {}",
        run("nproc", &[]),
        run("uname", &["-r"]),
        run("rustc", &["--version"]),
        run("git", &["describe", "--always", "--dirty"]),
        run("date", &["-u", "+%Y-%m-%d %H:%M UTC"]),
        run("cut", &["-d ", "-f1-2", "/proc/loadavg"]),
    );
}

/// Begins a table.
pub(crate) fn begin(title: &str) {
    println!("\n| {title:<58} | {:>12} | {:>10} | {:<34} |", "per second", "each", "against");
    println!("|{:-<60}|{:->14}|{:->12}|{:-<36}|", "", "", "", "");
}

/// `count` of something took `time`.
pub(crate) fn row(what: &str, count: usize, time: Duration, against: &str) -> f64 {
    let each = time.as_secs_f64() / count.max(1) as f64;
    let rate = 1.0 / each.max(1e-12);
    println!("| {what:<58} | {rate:>12.0} | {:>10} | {against:<34} |", short(each));
    rate
}

/// A row that is no rate.
pub(crate) fn value(what: &str, value: &str, against: &str) {
    println!("| {what:<58} | {:>12} | {value:>10} | {against:<34} |", "");
}

/// How a figure stands to what it is to reach.
pub(crate) fn target(name: &str, ratio: f64, at_least: f64) -> String {
    let verdict = if ratio >= at_least { "reached" } else { "MISSED" };
    format!("{ratio:.2} x {name}, {at_least} wanted: {verdict}")
}

pub(crate) fn short(seconds: f64) -> String {
    match seconds {
        s if s < 1e-3 => format!("{:.2} µs", s * 1e6),
        s if s < 1.0 => format!("{:.2} ms", s * 1e3),
        s => format!("{s:.2} s"),
    }
}

/// How long this thread was on a processor so far: what one core needs, whoever else is busy.
pub(crate) fn own_cpu() -> Duration {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    let nanoseconds = text.split(' ').next().and_then(|text| text.parse().ok());
    Duration::from_nanos(nanoseconds.unwrap_or_default())
}

/// How long this process's threads of that name were on a processor so far.
pub(crate) fn thread_cpu(name: &str) -> Duration {
    let tasks = std::fs::read_dir("/proc/self/task").into_iter().flatten().flatten();
    let named = tasks.filter(|task| {
        std::fs::read_to_string(task.path().join("comm")).is_ok_and(|comm| comm.trim() == name)
    });
    let nanoseconds = named.filter_map(|task| {
        let text = std::fs::read_to_string(task.path().join("schedstat")).ok()?;
        text.split(' ').next()?.parse::<u64>().ok()
    });
    Duration::from_nanos(nanoseconds.sum())
}
