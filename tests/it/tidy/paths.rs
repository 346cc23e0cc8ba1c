//! The paths that a file names, with groups taken apart: `a::{b, c::d}` is `a::b` and `a::c::d`.

use super::source::{Source, is_name};

/// A path and the place of its last part.
pub(crate) struct Named {
    pub(crate) at: usize,
    pub(crate) parts: Vec<String>,
}

impl Named {
    /// Whether these parts stand in the path one behind the other.
    pub(crate) fn holds(&self, parts: &str) -> bool {
        let parts: Vec<&str> = parts.split("::").collect();
        self.parts.windows(parts.len()).any(|found| found == parts)
    }
}

/// Every path of at least two parts, in the order of the file.
pub(crate) fn paths(source: &Source) -> Vec<Named> {
    let mut found = Vec::new();
    let mut at = 0;
    while at < source.code.len() {
        if is_name(source.code[at]) {
            at = path(source, at, &[], &mut found);
        } else {
            at += 1;
        }
    }
    found.retain(|named| named.parts.len() > 1);
    found
}

/// Reads a path that begins at `at` behind `before`; answers where it ends.
fn path(source: &Source, at: usize, before: &[String], found: &mut Vec<Named>) -> usize {
    let code = &source.code;
    let mut parts = before.to_vec();
    let mut begin = at;
    loop {
        let name: String = code[begin..].iter().take_while(|char| is_name(**char)).collect();
        let mut end = begin + name.chars().count();
        if name.is_empty() && code.get(begin) == Some(&'*') {
            parts.push("*".to_owned());
            end += 1;
        } else if !name.is_empty() {
            parts.push(name);
        }
        let next = source.skip_blank(end);
        if code[next..].starts_with(&[':', ':']) {
            begin = source.skip_blank(next + 2);
            if code.get(begin) == Some(&'{') {
                return group(source, begin, &parts, found);
            }
            if code.get(begin).is_some_and(|char| is_name(*char) || *char == '*') {
                continue;
            }
        }
        found.push(Named { at: begin.min(code.len() - 1), parts });
        return end.max(at + 1);
    }
}

fn group(source: &Source, open: usize, before: &[String], found: &mut Vec<Named>) -> usize {
    let end = source.bracketed(open).end;
    let mut at = open + 1;
    while at < end - 1 {
        let char = source.code[at];
        if is_name(char) || char == '*' {
            at = path(source, at, before, found);
            // A name behind `as` is another one for the same path.
            let comma = source.code[at..end - 1].iter().position(|char| *char == ',');
            at = comma.map_or(end - 1, |comma| at + comma + 1);
        } else {
            at += 1;
        }
    }
    end
}
