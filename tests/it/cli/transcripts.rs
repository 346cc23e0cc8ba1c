//! `tests/cli/*.txt`: what was typed and what was answered, to be read as it is.
//!
//! A line that begins with `$` is run; what follows until the next empty line is the answer,
//! standard output before standard error, with the exit code behind it where it is not 0.
//! Identifiers and hashes are numbered in the order in which they appear, so that the same number
//! stands for the same thing; the times of the run itself are all written as now. With `BLESS=1`
//! in the environment the files are written anew.

use super::program::{Answer, Workplace};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/cli")
}

#[test]
fn every_transcript_is_what_happens() {
    let mut files: Vec<PathBuf> =
        fs::read_dir(folder()).unwrap().map(|file| file.unwrap().path()).collect();
    files.retain(|path| path.is_file());
    files.sort();
    assert!(files.len() >= 4, "{files:?}");
    for file in files {
        let told = fs::read_to_string(&file).unwrap();
        let place = Workplace::new();
        let happened = replay(&told, |command| place.run(command));
        if std::env::var_os("BLESS").is_some() {
            fs::write(&file, happened).unwrap();
        } else {
            let differs = told.lines().zip(happened.lines()).find(|(told, now)| told != now);
            assert!(told == happened, "{}: {differs:#?}\n{happened}", file.display());
        }
    }
}

/// The transcript as it comes out now.
pub(super) fn replay(told: &str, run: impl Fn(&str) -> Answer) -> String {
    let mut numbered = Numbered::default();
    let mut happened = String::new();
    let mut in_answer = false;
    for line in told.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            writeln!(happened, "{line}").unwrap();
            happened.push_str(&numbered.shown(&answered(&run(&numbered.meant(command)))));
            in_answer = true;
        } else if line.is_empty() || !in_answer {
            writeln!(happened, "{line}").unwrap();
            in_answer = false;
        }
    }
    happened
}

fn answered(answer: &Answer) -> String {
    let mut text = format!("{}{}", answer.stdout.replace("\r\n", "\n"), answer.stderr);
    // An empty line ends the answer in the file.
    text = text
        .lines()
        .filter(|line| !line.is_empty())
        .fold(String::new(), |all, line| all + line.trim_end() + "\n");
    if answer.code != 0 {
        writeln!(text, "[exit {}]", answer.code).unwrap();
    }
    text
}

/// Values that differ from run to run, in the order in which they appeared.
#[derive(Default)]
pub(crate) struct Numbered {
    ids: Vec<String>,
    hashes: Vec<String>,
    tokens: Vec<String>,
    cursors: Vec<String>,
}

impl Numbered {
    /// A text in which numbers stand for values, with the values.
    pub(crate) fn meant(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (what, known) in [("id", &self.ids), ("token", &self.tokens), ("cursor", &self.cursors)]
        {
            for (index, value) in known.iter().enumerate() {
                text = text.replace(&format!("<{what} {}>", index + 1), value);
            }
        }
        for (index, id) in self.ids.iter().enumerate() {
            text = text.replace(&format!("<hex {}>", index + 1), &id.replace('-', ""));
        }
        text
    }

    pub(crate) fn shown(&mut self, text: &str) -> String {
        let mut shown = String::new();
        let mut rest = text;
        let mut before = ' ';
        while let Some(first) = rest.chars().next() {
            // What stands inside a longer run of digits is a part of something else.
            let (placeholder, length) = match before.is_ascii_hexdigit() {
                true => (None, 0),
                false => self.placeholder(rest),
            };
            match placeholder {
                Some(placeholder) => shown.push_str(&placeholder),
                None => shown.push(first),
            }
            let taken = if length > 0 { length } else { first.len_utf8() };
            before = rest[..taken].chars().next_back().unwrap_or(first);
            rest = &rest[taken..];
        }
        shown
    }

    /// What stands for the value at the beginning of a text, and how long the value is.
    fn placeholder(&mut self, text: &str) -> (Option<String>, usize) {
        if let Some(id) = begins(text, "xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx") {
            return (Some(format!("<id {}>", number(&mut self.ids, id))), id.len());
        }
        // The same without hyphens, where it was drawn at random.
        if let Some(id) = begins(text, "xxxxxxxxxxxx4xxxvxxxxxxxxxxxxxxx") {
            let whole = uuid::Uuid::try_parse(id).unwrap().to_string();
            return (Some(format!("<hex {}>", number(&mut self.ids, &whole))), id.len());
        }
        if let Some(hash) = begins(text, &format!("{}=", "b".repeat(43))) {
            return (Some(format!("<hash {}>", number(&mut self.hashes, hash))), hash.len());
        }
        for form in [format!("rbl_{}", "u".repeat(43)), "llll-llll-llll-llll".to_owned()] {
            if let Some(token) = begins(text, &form) {
                let number = number(&mut self.tokens, token);
                return (Some(format!("<token {number}>")), token.len());
            }
        }
        // Every cursor begins with the question that it belongs to.
        if text.starts_with("eyJxIjoi") {
            let is_part = |char: char| char.is_ascii_alphanumeric() || matches!(char, '-' | '_');
            let cursor = &text[..text.find(|char| !is_part(char)).unwrap_or(text.len())];
            let number = number(&mut self.cursors, cursor);
            return (Some(format!("<cursor {number}>")), cursor.len());
        }
        for form in ["dddd-dd-ddTdd:dd:dd.ddddddZ", "dddd-dd-dd dd:dd:dd"] {
            // Everything in the samples lies before the first run of these tests.
            if let Some(time) = begins(text, form).filter(|time| *time >= "2026") {
                return (Some("<now>".to_owned()), time.len());
            }
        }
        if let Some(seconds) = text.strip_prefix("\"seconds\":") {
            let length = seconds.find('}').unwrap_or(0);
            return (Some("\"seconds\":<seconds>".to_owned()), text.len() - seconds.len() + length);
        }
        (None, 0)
    }
}

fn number(known: &mut Vec<String>, value: &str) -> usize {
    let found = known.iter().position(|it| it == value).unwrap_or_else(|| {
        known.push(value.to_owned());
        known.len() - 1
    });
    found + 1
}

/// The beginning of a text, if it has a form: x a hexadecimal digit, b one of base64, u one of
/// its form for URLs, d a decimal, l one of base 32 in small letters, v the variant of a UUID.
fn begins<'a>(text: &'a str, form: &str) -> Option<&'a str> {
    let head = text.get(..form.len())?;
    let fits = head.chars().zip(form.chars()).all(|(found, wanted)| match wanted {
        'x' => found.is_ascii_hexdigit(),
        'b' => found.is_ascii_alphanumeric() || matches!(found, '+' | '/'),
        'u' => found.is_ascii_alphanumeric() || matches!(found, '-' | '_'),
        'v' => matches!(found, '8' | '9' | 'a' | 'b'),
        'd' => found.is_ascii_digit(),
        'l' => found.is_ascii_lowercase() || matches!(found, '2'..='7'),
        other => found == other,
    });
    fits.then_some(head)
}
