//! The histories that are imported again and again: part of the real one, and a generated one whose
//! commits need several batches each.

use serde_json::{Value, json};
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

/// Files to import, and what they say.
pub(crate) struct Files {
    pub(crate) paths: Vec<PathBuf>,
    /// Every line as (seq, commit), in order.
    pub(crate) lines: Vec<(u64, String)>,
    pub(crate) repo: String,
}

impl Files {
    fn of(paths: Vec<PathBuf>) -> Self {
        let mut lines: Vec<(u64, String)> = Vec::new();
        let mut repo = String::new();
        for path in &paths {
            for line in fs::read_to_string(path).unwrap().lines() {
                let line: Value = serde_json::from_str(line).unwrap();
                let commit = line["source"]["commit"].as_str().unwrap().to_owned();
                line["source"]["repo"].as_str().unwrap().clone_into(&mut repo);
                lines.push((line["seq"].as_u64().unwrap(), commit));
            }
        }
        lines.sort_unstable();
        Self { paths, lines, repo }
    }

    /// How many lines the first `commits` commits have.
    pub(crate) fn lines_of(&self, commits: usize) -> usize {
        let mut end = 0;
        for _ in 0..commits {
            end = self.commit_around(end).1;
        }
        end
    }

    /// How many lines there are from the first to the last of the commit that holds line `index`:
    /// where it begins, and where it ends.
    pub(crate) fn commit_around(&self, index: usize) -> (usize, usize) {
        let commit = &self.lines[index].1;
        let before = self.lines[..index].iter().rev().take_while(|(_, name)| name == commit);
        let behind = self.lines[index..].iter().take_while(|(_, name)| name == commit);
        (index - before.count(), index + behind.count())
    }

    /// A copy that ends before line `end`.
    pub(crate) fn until(&self, end: usize, into: &Path) -> Self {
        fs::create_dir_all(into).unwrap();
        let last = self.lines[..end].last().unwrap().0;
        let mut copies = Vec::new();
        for path in &self.paths {
            let copy = into.join(path.file_name().unwrap());
            let text = fs::read_to_string(path).unwrap();
            let early = text.lines().filter(|line| {
                let line: Value = serde_json::from_str(line).unwrap();
                line["seq"].as_u64().unwrap() <= last
            });
            fs::write(&copy, early.fold(String::new(), |all, line| all + line + "\n")).unwrap();
            copies.push(copy);
        }
        Self::of(copies)
    }
}

/// The real history.
pub(crate) fn real(data: &Path) -> Files {
    let names = ["kubernetes-org.ndjson", "kubernetes-org-teams.ndjson"];
    Files::of(names.map(|name| data.join(name)).to_vec())
}

/// An invented history of `organizations` organizations. Each begins with one commit of 1,401
/// lines, which is more than a batch holds. Where a batch would be full, 60 teams wait for a parent
/// that comes 540 lines later, so the commit can be cut only before or behind them. Ten commits of
/// one line follow.
pub(crate) fn generated(organizations: usize, into: &Path) -> Files {
    fs::create_dir_all(into).unwrap();
    let mut written = Written { text: String::new(), seq: 0, commit: 0 };
    for number in 0..organizations {
        let org = format!("works-{number}");
        written.commit += 1;
        written.line(&org, &json!({"action": "org_created"}));
        written.member(&org, &format!("founder-{number}"), "admin");
        let blocks = [(0..500, 0..60), (500..1000, 60..100), (1000..1099, 100..100)];
        for (places, teams) in blocks {
            places.for_each(|place| written.member(&org, &login(number, place), "member"));
            teams.for_each(|team| written.team(&org, team));
        }
        for place in 0..200 {
            let (member, team) = (login(number, place * 5), format!("team-{}", place % 100));
            let what = json!({"action": "team_member_added", "member": member, "role": "member",
                "team": team});
            written.line(&org, &what);
        }
        for place in 0..10 {
            written.commit += 1;
            let what = json!({"action": "role_changed", "member": login(number, place),
                "role": "admin", "previous_role": "member"});
            written.line(&org, &what);
        }
    }
    let path = into.join("generated.ndjson");
    fs::write(&path, written.text).unwrap();
    Files::of(vec![path])
}

/// One in five belongs to every organization.
fn login(number: usize, place: usize) -> String {
    if place.is_multiple_of(5) { format!("all-{place}") } else { format!("w{number}-{place}") }
}

struct Written {
    text: String,
    seq: u64,
    commit: u64,
}

impl Written {
    fn member(&mut self, org: &str, login: &str, role: &str) {
        self.line(org, &json!({"action": "member_added", "member": login, "role": role}));
    }

    /// The first 60 are part of the last, the others each of one of those.
    fn team(&mut self, org: &str, number: usize) {
        let mut what = json!({"action": "team_created", "team": format!("team-{number}")});
        if number != 99 {
            let parent = if number < 60 { 99 } else { number - 60 };
            what["parent"] = format!("team-{parent}").into();
        }
        self.line(org, &what);
    }

    fn line(&mut self, org: &str, what: &Value) {
        self.seq += 1;
        let mut line = what.clone();
        line["seq"] = self.seq.into();
        line["org"] = org.into();
        line["time"] =
            format!("2020-01-{:02}T00:00:{:02}Z", 1 + self.commit / 60, self.commit % 60).into();
        line["source"] = json!({"repo": "works/org", "commit": format!("commit-{}", self.commit)});
        writeln!(self.text, "{line}").unwrap();
    }
}
