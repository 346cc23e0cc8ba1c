//! The documents: what they name must be there.

use super::source::{Finding, Source, root};
use std::fs;

/// A text in backticks, and the line it stands in.
struct Quoted {
    line: usize,
    text: String,
}

/// The folders and endings by which a text is taken for a file of the repository.
const FOLDERS: [&str; 7] = ["src/", "tests/", "events/", "docs/", "benches/", "packaging/", ".ci/"];
const ENDINGS: [&str; 3] = [".rs", ".toml", ".md"];

/// README.md and everything in docs/, each with its text.
pub(crate) fn papers() -> Vec<(String, String)> {
    let mut names = vec!["README.md".to_owned()];
    let docs = fs::read_dir(root().join("docs")).into_iter().flatten();
    names.extend(docs.map(|item| format!("docs/{}", item.unwrap().file_name().display())));
    names.retain(|name| name.ends_with(".md"));
    names.sort();
    let read = |name: String| Some((fs::read_to_string(root().join(&name)).ok()?, name));
    names.into_iter().filter_map(read).map(|(text, name)| (name, text)).collect()
}

/// Files that a document names and that do not exist.
pub(crate) fn missing_files(name: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for Quoted { line, text } in quoted(text) {
        for path in variants(&text) {
            let path = path.split("::").next().unwrap_or_default();
            let path = path.trim_end_matches("/**").trim_end_matches("/*").trim_end_matches('/');
            let inside = FOLDERS.iter().any(|folder| format!("{path}/").starts_with(folder));
            let file =
                ENDINGS.iter().any(|ending| path.ends_with(ending) && path.len() > ending.len());
            let a_path = !path.contains([' ', '<', '…', '*']) && (inside || file);
            if a_path && !root().join(path).exists() {
                found.push(format!(
                    "{name}:{line}: `{path}` does not exist: write its path from the repository's \
                     root, or drop it"
                ));
            }
        }
    }
    found
}

/// Tests that a document names, as `file.rs::test`, and that do not exist.
pub(crate) fn missing_tests(name: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for Quoted { line, text } in quoted(text) {
        let Some((path, test)) = text.split_once(".rs::") else { continue };
        let path = format!("{path}.rs");
        let source = fs::read_to_string(root().join(&path)).map(|text| Source::new(&path, &text));
        if !source.is_ok_and(|source| has_test(&source, test)) {
            found.push(format!(
                "{name}:{line}: {path} has no test {test}: name the one that guards it"
            ));
        }
    }
    found
}

/// Lines of texts that a document names, as `file.txt: line`, and that do not stand there; a title
/// is named without its `#`.
pub(crate) fn missing_lines(name: &str, text: &str) -> Vec<Finding> {
    let mut found = Vec::new();
    for Quoted { line, text } in quoted(text) {
        let Some((path, named)) = text.split_once(".txt: ") else { continue };
        let path = format!("{path}.txt");
        let told = fs::read_to_string(root().join(&path)).unwrap_or_default();
        if !told.lines().any(|told| told.trim_start_matches("# ") == named) {
            found.push(format!("{name}:{line}: {path} has no line {named:?}: name one it has"));
        }
    }
    found
}

/// How many tests a document names.
pub(crate) fn named_tests(text: &str) -> usize {
    quoted(text).iter().filter(|quoted| quoted.text.contains(".rs::")).count()
}

/// A function of that name behind `#[test]`, or one that a table of tests lists by its name.
fn has_test(source: &Source, test: &str) -> bool {
    let words = source.words();
    let functions = words.windows(2).filter(|pair| pair[0].1 == "fn" && pair[1].1 == test);
    let listed = words.iter().filter(|(_, word)| word == test).any(|(at, word)| {
        let behind = source.skip_blank(at + word.chars().count());
        matches!(source.code.get(behind), Some(',' | '}'))
    });
    functions.into_iter().any(|pair| {
        let before: String = source.code[..pair[0].0].iter().collect();
        listed || before.trim_end().ends_with("#[test]")
    })
}

/// What stands in single backticks outside blocks.
fn quoted(text: &str) -> Vec<Quoted> {
    let mut block = false;
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate() {
        if line.trim_start().starts_with("```") {
            block = !block;
        } else if !block {
            let texts = line.split('`').skip(1).step_by(2);
            found.extend(texts.map(|text| Quoted { line: index + 1, text: text.to_owned() }));
        }
    }
    found
}

/// `a/{b,c}.rs` stands for two files.
fn variants(text: &str) -> Vec<String> {
    let group = text.split_once('{').and_then(|(before, rest)| {
        let (inside, behind) = rest.split_once('}')?;
        Some((before, inside, behind))
    });
    match group {
        Some((before, inside, behind)) => {
            inside.split(',').map(|part| format!("{before}{}{behind}", part.trim())).collect()
        }
        None => vec![text.to_owned()],
    }
}
