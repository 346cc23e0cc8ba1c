//! Words that we do not use, and what we say instead.

use super::source::{Finding, Source, words};

/// The word, and what stands in its place.
const BANNED: [(&str, &str); 14] = [
    ("aggregate", "Organization or State"),
    ("envelope", "Entry"),
    ("manager", "the noun of what it keeps: Keyring, Log, Writer"),
    ("helper", "the name of what it does"),
    ("util", "the name of what it does"),
    ("utils", "the names of what they do"),
    ("utility", "the name of what it does"),
    ("handler", "the verb it carries out"),
    ("snapshot", "Savepoint, or \"as of\""),
    ("mock", "the real part on a temporary directory"),
    ("todo", "an issue, or the work itself"),
    ("fixme", "the repair"),
    ("xxx", "what is meant"),
    ("hack", "the reason why it must be so"),
];

/// Banned words in names and comments.
pub(crate) fn banned(source: &Source, terms: &[(&str, &str)]) -> Vec<Finding> {
    let mut found = Vec::new();
    for (at, name) in words(&source.code).into_iter().chain(words(&source.comments)) {
        for part in parts(&name) {
            let singular = part.strip_suffix('s').unwrap_or(&part);
            let banned = BANNED.iter().find(|(word, _)| *word == part || *word == singular);
            if let Some((word, instead)) = banned
                && !terms.contains(&(source.path.as_str(), word))
            {
                found.push(source.at(at, format!("\"{name}\": say {instead}")));
            }
        }
    }
    found
}

/// Exceptions that nothing needs.
pub(crate) fn unused_terms(sources: &[Source], terms: &[(&str, &str)]) -> Vec<Finding> {
    let needed = |(path, word): &&(&str, &str)| {
        let source = sources.iter().find(|source| source.path == *path);
        source.is_some_and(|source| {
            let others: Vec<_> = terms.iter().filter(|term| *term != &(*path, *word)).collect();
            let others: Vec<(&str, &str)> = others.into_iter().copied().collect();
            !banned(source, &others).is_empty()
        })
    };
    let unused = terms.iter().filter(|term| !needed(term));
    unused
        .map(|(path, word)| format!("{path}:1: no \"{word}\" is left: drop the exception"))
        .collect()
}

/// The words of a name, in lower case: `read_HTTPFile2` is read, http, file2.
fn parts(name: &str) -> Vec<String> {
    let chars: Vec<char> = name.chars().collect();
    let mut parts = vec![String::new()];
    for (at, char) in chars.iter().enumerate() {
        let before = at.checked_sub(1).map(|before| chars[before]);
        let next_is_small = chars.get(at + 1).is_some_and(|next| next.is_lowercase());
        let begins = char.is_uppercase()
            && before.is_some_and(|before| before.is_lowercase() || next_is_small);
        if *char == '_' || begins {
            parts.push(String::new());
        }
        if let (true, Some(last)) = (*char != '_', parts.last_mut()) {
            last.extend(char.to_lowercase());
        }
    }
    parts.retain(|part| !part.is_empty());
    parts
}
