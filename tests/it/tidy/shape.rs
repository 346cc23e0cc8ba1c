//! Sizes: of files, functions and lines.

use super::source::{Finding, Source};
use std::ops::Range;

pub(crate) const MEDIAN_LINES: usize = 150;
pub(crate) const FILE_LINES: usize = 600;
pub(crate) const FUNCTION_LINES: usize = 70;
pub(crate) const LINE_COLUMNS: usize = 100;
/// From here on a file must be listed.
pub(crate) const LARGE_LINES: usize = 400;

/// Files that are too long, or large without being listed, or listed without being large.
pub(crate) fn large(sources: &[Source], listed: &[&str]) -> Vec<Finding> {
    let mut found = Vec::new();
    for source in sources {
        let lines = source.lines();
        if lines > FILE_LINES {
            let cure =
                format!("{lines} lines, at most {FILE_LINES}: divide it by what it is about");
            found.push(source.at(0, cure));
        } else if lines > LARGE_LINES && !listed.contains(&source.path.as_str()) {
            let cure = format!(
                "{lines} lines: divide it by what it is about (above {LARGE_LINES} a file must be \
                 listed, and the list only shrinks)"
            );
            found.push(source.at(0, cure));
        }
    }
    for path in listed {
        let source = sources.iter().find(|source| source.path == *path);
        if source.is_none_or(|source| source.lines() <= LARGE_LINES) {
            found.push(format!("{path}:1: it is not large any more: take it off the list"));
        }
    }
    found
}

/// The median of the lines of what is compiled into the program.
pub(crate) fn median(sources: &[Source]) -> usize {
    let mut lines: Vec<usize> = sources.iter().map(Source::lines_without_tests).collect();
    lines.retain(|lines| *lines > 0);
    lines.sort_unstable();
    lines.get(lines.len() / 2).copied().unwrap_or_default()
}

/// Functions that do not fit a screen and are not listed, or that are listed and fit.
pub(crate) fn long_functions(sources: &[Source], listed: &[(&str, &str)]) -> Vec<Finding> {
    let mut found = Vec::new();
    let mut long = Vec::new();
    for source in sources {
        let words = source.words();
        for pair in words.windows(2).filter(|pair| pair[0].1 == "fn") {
            let (at, name) = (pair[0].0, pair[1].1.as_str());
            let Some(body) = body(source, at) else { continue };
            let lines = source.line_at(body.end - 1) + 1 - source.line_at(at);
            if lines <= FUNCTION_LINES {
                continue;
            }
            long.push((source.path.clone(), name.to_owned()));
            if !listed.contains(&(source.path.as_str(), name)) {
                let cure = format!(
                    "{name} has {lines} lines, at most {FUNCTION_LINES}: give its parts names of \
                     their own"
                );
                found.push(source.at(at, cure));
            }
        }
    }
    let fits = |(path, name): &&(&str, &str)| {
        !long.iter().any(|(long_path, long_name)| long_path == path && long_name == name)
    };
    let cure = "fits a screen, or is gone: take it off the list";
    found.extend(listed.iter().filter(fits).map(|(path, name)| format!("{path}:1: {name} {cure}")));
    found
}

/// The body of the function whose `fn` stands at `at`; none for a declaration.
fn body(source: &Source, at: usize) -> Option<Range<usize>> {
    let mut place = at;
    loop {
        match source.code.get(place)? {
            '(' | '[' => place = source.bracketed(place).end,
            '{' => return Some(source.bracketed(place)),
            ';' => return None,
            _ => place += 1,
        }
    }
}

/// Files that have more wide lines than they are listed with, or fewer.
pub(crate) fn wide(sources: &[Source], listed: &[(&str, usize)]) -> Vec<Finding> {
    let mut found = Vec::new();
    for source in sources {
        let lines = wide_lines(source);
        let known = listed.iter().find(|(path, _)| *path == source.path);
        let known = known.map_or(0, |(_, count)| *count);
        if lines.len() > known {
            found.extend(lines);
        } else if lines.len() < known {
            let count = lines.len();
            found.push(source.at(0, format!("{count} wide lines are left of {known}: list that")));
        }
    }
    for (path, _) in listed.iter().filter(|(path, _)| sources.iter().all(|it| it.path != *path)) {
        found.push(format!("{path}:1: it is gone: take it off the list"));
    }
    found
}

/// Lines that are too wide. What stands inside a text does not count: a message is found by its
/// words, so they stay together.
pub(crate) fn wide_lines(source: &Source) -> Vec<Finding> {
    let mut found = Vec::new();
    let (mut begin, mut columns) = (0, 0);
    for (at, char) in source.raw.iter().enumerate() {
        let outside_texts = source.code[at] != ' ' || source.comments[at] != ' ';
        if *char != '\n' {
            columns += usize::from(outside_texts || *char == ' ');
            continue;
        }
        if columns > LINE_COLUMNS {
            let cure = format!("{columns} columns, at most {LINE_COLUMNS}: break the line");
            found.push(source.at(begin, cure));
        }
        (begin, columns) = (at + 1, 0);
    }
    found
}
