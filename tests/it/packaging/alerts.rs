//! What `/metrics` tells, what `docs/OPERATIONS.md` says of it, and the alerts that rest on it.

use super::{of_repository, text_of};
use crate::clients::is_there;
use crate::server::client::{Served, send};
use std::collections::BTreeSet;
use std::process::Command;

/// The metrics of a server, as their types are told.
fn told() -> BTreeSet<String> {
    let served = Served::new();
    let answer = served.send("GET", "/metrics", "");
    let types = answer.body.lines().filter_map(|line| line.strip_prefix("# TYPE "));
    types.filter_map(|line| line.split_once(' ')).map(|(name, _)| name.to_owned()).collect()
}

/// What begins like a metric's name, without what a histogram hangs on it.
fn named(text: &str) -> BTreeSet<String> {
    let is_part = |it: char| it.is_ascii_lowercase() || it == '_';
    let found = text.match_indices("rollbook_").map(|(at, _)| &text[at..]);
    let found = found.map(|rest| &rest[..rest.find(|it| !is_part(it)).unwrap_or(rest.len())]);
    let base = |name: &str| {
        let parts = ["_bucket", "_sum", "_count"];
        let base = parts.iter().find_map(|part| name.strip_suffix(part));
        base.unwrap_or(name).to_owned()
    };
    found.map(base).collect()
}

#[test]
fn the_page_and_the_server_name_the_same_metrics() {
    let page = text_of("docs/OPERATIONS.md");
    let rows = page.lines().filter(|line| line.starts_with("| `rollbook_"));
    let rows: String = rows.filter_map(|row| row.split('|').nth(1)).collect();
    assert_eq!(named(&rows), told());
}

#[test]
fn every_alert_rests_on_a_metric_that_is_told() {
    let rules = text_of("packaging/alerts.yml");
    let (told, asked) = (told(), named(&rules));
    assert!(asked.len() >= 5, "{asked:?}");
    assert!(asked.is_subset(&told), "{:?}", asked.difference(&told));
    let page = text_of("docs/OPERATIONS.md");
    let alerts: Vec<&str> =
        rules.lines().filter_map(|line| line.split_once("alert: ")).map(|it| it.1).collect();
    assert!(alerts.len() >= 5, "{alerts:?}");
    for alert in alerts {
        assert!(
            page.contains(&format!("`{alert}`")),
            "the page does not say what to do at {alert}"
        );
    }
}

#[test]
fn a_token_that_may_only_read_is_enough_for_prometheus() {
    let served = Served::new();
    let wish = r#"{"name":"prometheus","scopes":["read"],"expires_in_seconds":31000000}"#;
    let answer = served.send("POST", "/v1/tokens", wish);
    assert_eq!(answer.status, 201, "{answer:?}");
    assert!(text_of("docs/OPERATIONS.md").contains(wish));
    let bearer = format!("Bearer {}", answer.json()["token"].as_str().unwrap());
    let read = send(served.address, "GET", "/metrics", &[("Authorization", &bearer)], "");
    assert_eq!(read.status, 200, "{read:?}");
    assert_eq!(send(served.address, "GET", "/metrics", &[], "").status, 401);
}

#[test]
fn prometheus_takes_the_rules() {
    if !is_there(&["promtool", "--version"]) {
        return;
    }
    let mut promtool = Command::new("promtool");
    let rules = of_repository("packaging/alerts.yml");
    let checked = promtool.args(["check", "rules"]).arg(rules).output().unwrap();
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stderr));
}
