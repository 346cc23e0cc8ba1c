//! The lines of `tests/access/routes.txt`.

use std::fmt;
use std::path::Path;

/// What lets somebody use a route.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Need {
    Open,
    CameIn,
    Operator,
    Belongs,
    Member,
    TopRole,
    Link,
    Person,
    /// In another system's words; `tests/http` tells who may.
    Dialect,
    Permission {
        any_of: Vec<String>,
        own: bool,
    },
}

/// One line.
#[derive(Debug, Clone)]
pub(super) struct Rule {
    pub(super) method: String,
    /// With its parameters, as it is sent.
    pub(super) path: String,
    /// As the server lists it.
    pub(super) route: String,
    pub(super) need: Need,
    pub(super) body: String,
    line: String,
}

impl Rule {
    /// Whether it changes nothing but that it was read, which auditors may, too.
    pub(super) fn is_recorded_reading(&self) -> bool {
        self.route.ends_with("/bundles")
    }

    pub(super) fn reads(&self) -> bool {
        self.method == "GET"
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.line)
    }
}

pub(super) fn all() -> Vec<Rule> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/access/routes.txt");
    let text = std::fs::read_to_string(path).unwrap();
    text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')).map(read).collect()
}

fn read(line: &str) -> Rule {
    let mut parts = line.splitn(3, " | ");
    let (asked, need) = (parts.next().unwrap(), parts.next().unwrap_or_else(|| panic!("{line}")));
    let (method, path) = asked.split_once(' ').unwrap_or_else(|| panic!("{line}"));
    let route = path.split('?').next().unwrap_or(path);
    let need = match need {
        "open" => Need::Open,
        "came in" => Need::CameIn,
        "operator" => Need::Operator,
        "belongs" => Need::Belongs,
        "member" => Need::Member,
        "top role" => Need::TopRole,
        "link" => Need::Link,
        "dialect" => Need::Dialect,
        "person" => Need::Person,
        permission => {
            let (named, own) = match permission.strip_suffix(" own") {
                Some(named) => (named, true),
                None => (permission, false),
            };
            let any_of: Vec<String> = named.split(" or ").map(str::to_owned).collect();
            assert!(any_of.iter().all(|name| name.contains('.')), "{line}: {permission:?}");
            Need::Permission { any_of, own }
        }
    };
    Rule {
        method: method.to_owned(),
        path: path.to_owned(),
        route: route.to_owned(),
        need,
        body: parts.next().unwrap_or_default().to_owned(),
        line: line.to_owned(),
    }
}
