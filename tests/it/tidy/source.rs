//! A source file with its comments and texts told apart from its code.

use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// A file of Rust. `code`, `comments` and `raw` have one character for each other: what does not
/// belong to one of them is a space there, and line breaks stand in all.
pub(crate) struct Source {
    /// From the repository's root, with slashes.
    pub(crate) path: String,
    pub(crate) raw: Vec<char>,
    /// Without comments and without what stands inside texts.
    pub(crate) code: Vec<char>,
    pub(crate) comments: Vec<char>,
    /// Where the code is compiled for tests only.
    tests: Vec<Range<usize>>,
}

/// A breach of a rule: where, and what cures it.
pub(crate) type Finding = String;

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let raw: Vec<char> = text.chars().collect();
        let (code, comments) = separate(&raw);
        let mut source = Self { path: path.to_owned(), raw, code, comments, tests: Vec::new() };
        source.tests = source.test_items();
        source
    }

    /// Every file of Rust below a folder of the repository.
    pub(crate) fn below(folder: &str) -> Vec<Self> {
        let mut paths = Vec::new();
        collect(&root().join(folder), &mut paths);
        paths.sort();
        let read = |path: &PathBuf| {
            let name = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            Self::new(&name, &fs::read_to_string(path).unwrap())
        };
        let mut sources: Vec<Self> = paths.iter().map(read).collect();
        let only_tests: Vec<String> = sources.iter().flat_map(Self::test_modules).collect();
        for source in &mut sources {
            let test = only_tests.iter().any(|module| {
                source.path == format!("{module}.rs")
                    || source.path.starts_with(&format!("{module}/"))
            });
            if test {
                source.tests.push(0..source.raw.len());
            }
        }
        sources
    }

    pub(crate) fn lines(&self) -> usize {
        self.raw.iter().filter(|char| **char == '\n').count()
    }

    /// Lines that are compiled into the program.
    pub(crate) fn lines_without_tests(&self) -> usize {
        let breaks = self.raw.iter().enumerate().filter(|(_, char)| **char == '\n');
        breaks.filter(|(at, _)| !self.is_test(*at)).count()
    }

    pub(crate) fn line_at(&self, at: usize) -> usize {
        self.raw[..at].iter().filter(|char| **char == '\n').count() + 1
    }

    pub(crate) fn is_test(&self, at: usize) -> bool {
        self.tests.iter().any(|range| range.contains(&at))
    }

    /// A finding at a place of this file.
    pub(crate) fn at(&self, at: usize, cure: impl std::fmt::Display) -> Finding {
        format!("{}:{}: {cure}", self.path, self.line_at(at))
    }

    /// Names and numbers in the code, each with its place.
    pub(crate) fn words(&self) -> Vec<(usize, String)> {
        words(&self.code)
    }

    /// From an opening bracket at `open` to behind the one that closes it.
    pub(crate) fn bracketed(&self, open: usize) -> Range<usize> {
        let mut depth = 0;
        for (at, char) in self.code.iter().enumerate().skip(open) {
            match char {
                '{' | '(' | '[' => depth += 1,
                '}' | ')' | ']' => depth -= 1,
                _ => {}
            }
            if depth == 0 {
                return open..at + 1;
            }
        }
        open..self.code.len()
    }

    /// The first place from `from` on that is no white space.
    pub(crate) fn skip_blank(&self, from: usize) -> usize {
        let blank = self.code[from..].iter().take_while(|char| char.is_whitespace());
        from + blank.count()
    }

    /// Every place where a text stands in the code.
    pub(crate) fn find(&self, text: &str) -> Vec<usize> {
        let text: Vec<char> = text.chars().collect();
        let places = self.code.windows(text.len()).enumerate();
        places.filter(|(_, found)| *found == text).map(|(at, _)| at).collect()
    }

    fn test_items(&self) -> Vec<Range<usize>> {
        let item = |at: usize| {
            let body = at + self.code[at..].iter().position(|char| matches!(char, '{' | ';'))?;
            Some(if self.code[body] == ';' { at..body + 1 } else { at..self.bracketed(body).end })
        };
        self.find("#[cfg(test)]").into_iter().filter_map(item).collect()
    }

    /// Modules in files of their own that are compiled for tests only, as paths without `.rs`.
    fn test_modules(&self) -> Vec<String> {
        let stem = self.path.trim_end_matches(".rs");
        let folder = match stem.rsplit_once('/') {
            Some((folder, "lib" | "main")) => folder,
            _ => stem,
        };
        let declared = |range: &Range<usize>| {
            let text: String = self.code[range.clone()].iter().collect();
            let name = text.rsplit_once("mod ")?.1.strip_suffix(';')?.trim().to_owned();
            Some(format!("{folder}/{name}"))
        };
        self.tests.iter().filter_map(declared).collect()
    }
}

pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn collect(folder: &Path, paths: &mut Vec<PathBuf>) {
    let Ok(items) = fs::read_dir(folder) else { return };
    for item in items {
        let path = item.unwrap().path();
        if path.is_dir() {
            collect(&path, paths);
        } else if path.extension().is_some_and(|end| end == "rs") {
            paths.push(path);
        }
    }
}

pub(crate) fn is_name(char: char) -> bool {
    char.is_alphanumeric() || char == '_'
}

pub(crate) fn words(text: &[char]) -> Vec<(usize, String)> {
    let mut words: Vec<(usize, String)> = Vec::new();
    for (at, char) in text.iter().enumerate().filter(|(_, char)| is_name(**char)) {
        match words.last_mut() {
            Some((start, word)) if *start + word.chars().count() == at => word.push(*char),
            _ => words.push((at, char.to_string())),
        }
    }
    words
}

/// Tells code from comments; what stands inside texts and characters is neither.
fn separate(raw: &[char]) -> (Vec<char>, Vec<char>) {
    let blank: Vec<char> = raw.iter().map(|char| if *char == '\n' { '\n' } else { ' ' }).collect();
    let (mut code, mut comments) = (blank.clone(), blank);
    let mut at = 0;
    while at < raw.len() {
        let end = if starts(raw, at, "//") {
            raw[at..].iter().position(|char| *char == '\n').map_or(raw.len(), |end| at + end)
        } else if starts(raw, at, "/*") {
            end_of_block(raw, at)
        } else {
            let end = end_of_text(raw, at).unwrap_or(at + 1);
            // The quotes stay, so that code with a text in it still reads as such.
            code[at] = raw[at];
            code[end - 1] = raw[end - 1];
            at = end;
            continue;
        };
        comments[at..end].copy_from_slice(&raw[at..end]);
        at = end;
    }
    (code, comments)
}

fn starts(raw: &[char], at: usize, with: &str) -> bool {
    with.chars().enumerate().all(|(index, char)| raw.get(at + index) == Some(&char))
}

fn end_of_block(raw: &[char], start: usize) -> usize {
    let (mut at, mut depth) = (start, 0);
    while at < raw.len() {
        if starts(raw, at, "/*") {
            (at, depth) = (at + 2, depth + 1);
        } else if starts(raw, at, "*/") {
            (at, depth) = (at + 2, depth - 1);
            if depth == 0 {
                return at;
            }
        } else {
            at += 1;
        }
    }
    raw.len()
}

/// Behind the text or character that begins at `at`, if one does.
fn end_of_text(raw: &[char], at: usize) -> Option<usize> {
    let named = at > 0 && is_name(raw[at - 1]);
    match raw[at] {
        '"' => Some(end_of_quoted(raw, at + 1, '"')),
        'r' if !named || raw[at - 1] == 'b' => {
            let hashes = raw[at + 1..].iter().take_while(|char| **char == '#').count();
            let open = at + 1 + hashes;
            (raw.get(open) == Some(&'"')).then_some(())?;
            let close = format!("\"{}", "#".repeat(hashes));
            let end = (open + 1..raw.len()).find(|end| starts(raw, *end, &close));
            Some(end.map_or(raw.len(), |end| end + close.len()))
        }
        // A lifetime has no second quote behind its first character.
        '\'' if raw.get(at + 1) == Some(&'\\') => Some(end_of_quoted(raw, at + 1, '\'')),
        '\'' if raw.get(at + 2) == Some(&'\'') => Some(at + 3),
        _ => None,
    }
}

fn end_of_quoted(raw: &[char], from: usize, quote: char) -> usize {
    let mut at = from;
    while at < raw.len() && raw[at] != quote {
        at += if raw[at] == '\\' { 2 } else { 1 };
    }
    (at + 1).min(raw.len())
}
