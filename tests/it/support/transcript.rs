//! Reads the texts that are tests: scenarios of lines that begin with a keyword.
//!
//! ```text
//! # What the scenario shows
//! given enterprise acme owned by ada, certified
//!   and bob is member
//! when ada removes ada
//! then refused last_super_admin
//! ```
//! A `#` at the start of a line begins a scenario. `and` continues the keyword above it. A line
//! that begins with `|` belongs to the line above. `--` begins a remark.

use std::fmt;
use std::path::{Path, PathBuf};

/// What a line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Keyword {
    Given,
    At,
    When,
    Then,
    Client,
}

const KEYWORDS: [(&str, Keyword); 5] = [
    ("given", Keyword::Given),
    ("at", Keyword::At),
    ("when", Keyword::When),
    ("then", Keyword::Then),
    ("client", Keyword::Client),
];

/// One line, with what belongs to it.
#[derive(Debug, Clone)]
pub(crate) struct Line {
    pub(crate) place: Place,
    pub(crate) keyword: Keyword,
    pub(crate) text: String,
    /// The `|` lines below it, each with the words between the bars.
    pub(crate) table: Vec<(Place, String)>,
}

/// One scenario.
#[derive(Debug, Clone)]
pub(crate) struct Scenario {
    pub(crate) place: Place,
    pub(crate) title: String,
    pub(crate) lines: Vec<Line>,
}

/// Where something stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Place {
    pub(crate) file: String,
    pub(crate) line: usize,
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}", self.file, self.line)
    }
}

/// What does not fit, and where.
pub(crate) type Complaint = String;

/// All scenarios of a text.
pub(crate) fn read(file: &str, text: &str) -> Result<Vec<Scenario>, Complaint> {
    let mut scenarios: Vec<Scenario> = Vec::new();
    for (index, raw) in text.lines().enumerate() {
        let place = Place { file: file.to_owned(), line: index + 1 };
        let line = raw.split("--").next().unwrap_or_default().trim();
        if line.is_empty() {
            continue;
        }
        if let Some(title) = line.strip_prefix('#') {
            let title = title.trim().to_owned();
            scenarios.push(Scenario { place, title, lines: Vec::new() });
            continue;
        }
        let lines = match scenarios.last_mut() {
            Some(scenario) => &mut scenario.lines,
            None => return Err(format!("{place}: a scenario begins with a line like \"# Title\"")),
        };
        if let Some(row) = line.strip_prefix('|') {
            let above = lines.last_mut();
            let above = above.ok_or_else(|| format!("{place}: there is no line above this row"))?;
            above.table.push((place, row.trim().to_owned()));
            continue;
        }
        let (first, rest) = line.split_once(' ').unwrap_or((line, ""));
        let known = KEYWORDS.iter().find(|(word, _)| *word == first).map(|(_, keyword)| *keyword);
        let keyword = match known {
            Some(keyword) => keyword,
            None if first == "and" => match lines.last() {
                Some(above) => above.keyword,
                None => {
                    return Err(format!("{place}: \"and\" continues a line, and none is above"));
                }
            },
            None => {
                return Err(format!(
                    "{place}: {first:?} is not one of given, at, when, then, client, and"
                ));
            }
        };
        let text = rest.trim().to_owned();
        lines.push(Line { place, keyword, text, table: Vec::new() });
    }
    Ok(scenarios)
}

/// Every `.txt` of a directory below the package, sorted, with its text.
pub(crate) fn texts(directory: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let listed = std::fs::read_dir(root.join(directory));
    let listed = listed.unwrap_or_else(|error| panic!("{directory} cannot be listed: {error}"));
    let mut paths: Vec<PathBuf> = listed.map(|entry| entry.unwrap().path()).collect();
    paths.retain(|path| path.extension().is_some_and(|extension| extension == "txt"));
    paths.sort();
    paths
        .into_iter()
        .map(|path| {
            let shown = path.strip_prefix(root).unwrap().display().to_string();
            (shown, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

/// Words, with what stands in quotes as one word; commas at a word's end separate and mean nothing.
pub(crate) fn words(text: &str) -> Vec<String> {
    let mut words = Vec::new();
    for (index, part) in text.split('"').enumerate() {
        if index % 2 == 1 {
            words.push(part.to_owned());
        } else {
            let plain = part.split_whitespace().map(|word| word.trim_end_matches(','));
            words.extend(plain.filter(|word| !word.is_empty()).map(str::to_owned));
        }
    }
    words
}

#[test]
fn a_line_that_does_not_fit_is_named() {
    let table = [
        ("given x", "t:1: a scenario begins"),
        ("# A\nwhenever x", "t:2: \"whenever\" is not one of"),
        ("# A\n\n  and x", "t:3: \"and\" continues"),
        ("# A\n| x", "t:2: there is no line above"),
    ];
    for (text, expected) in table {
        let complaint = read("t", text).unwrap_err();
        assert!(complaint.starts_with(expected), "{complaint}");
    }
    let read = read("t", "# A -- remark\nwhen x\n  and y, \"two words\"\n| 1 z").unwrap();
    assert_eq!((read[0].title.as_str(), read[0].lines.len()), ("A", 2));
    assert_eq!(read[0].lines[1].table[0].1, "1 z");
    assert_eq!(words(&read[0].lines[1].text), ["y", "two words"]);
}
