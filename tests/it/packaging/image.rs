//! `packaging/Containerfile`, read.

use super::{of_repository, text_of};
use std::path::Path;
use std::process::Command;

/// Its instructions: the word and the rest, without comments.
fn instructions() -> Vec<(String, String)> {
    let text = text_of("packaging/Containerfile");
    let lines =
        text.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with('#'));
    let parts = lines.map(|line| line.split_once(' ').expect(line));
    parts.map(|(word, rest)| (word.to_owned(), rest.to_owned())).collect()
}

/// What is copied from the repository: sources of `COPY` without `--from`.
fn copied() -> Vec<String> {
    let all = instructions();
    let copies = all.iter().filter(|(word, rest)| word == "COPY" && !rest.contains("--from="));
    let sources = copies.flat_map(|(_, rest)| {
        let words: Vec<&str> = rest.split(' ').filter(|word| !word.starts_with("--")).collect();
        words[..words.len() - 1].iter().map(|word| (*word).to_owned()).collect::<Vec<_>>()
    });
    sources.collect()
}

/// What the last stage says under a word.
fn last_stage(word: &str) -> Vec<String> {
    let all = instructions();
    let begin = all.iter().rposition(|(word, _)| word == "FROM").unwrap();
    let said = all[begin..].iter().filter(|(said, _)| said == word);
    said.map(|(_, rest)| rest.clone()).collect()
}

#[test]
fn it_runs_as_nobody_stops_by_a_signal_and_fetches_nothing_by_itself() {
    let [user] = &last_stage("USER")[..] else { panic!("one user is named") };
    let numbers: Vec<u32> = user.split(':').map(|part| part.parse().expect(user)).collect();
    assert!(numbers.len() == 2 && numbers.iter().all(|number| *number >= 1000), "{user}");
    let owner = format!("--chown={user} ");
    assert!(last_stage("COPY").iter().any(|copy| copy.contains(&owner)), "whose is the volume?");
    assert_eq!(last_stage("STOPSIGNAL"), ["SIGTERM"]);
    assert!(last_stage("RUN").is_empty(), "the runtime has no shell");
    let words = instructions();
    assert!(words.iter().all(|(word, _)| word != "ADD"), "ADD fetches and unpacks");
    for (word, rest) in words.iter().filter(|(word, _)| word == "ENV" || word == "ARG") {
        let names = ["TOKEN", "PASSWORD", "SECRET", "KEY"];
        assert!(
            !names.iter().any(|name| rest.contains(name)),
            "{word} {rest}: a secret stays there"
        );
    }
}

#[test]
fn what_is_copied_is_there_and_is_enough() {
    let (podman, docker) = (text_of(".containerignore"), text_of(".dockerignore"));
    assert_eq!(podman, docker);
    let place = tempfile::tempdir().unwrap();
    for source in copied() {
        assert!(of_repository(&source).exists(), "{source}");
        assert!(podman.lines().any(|line| line == format!("!{source}")), "{source} is ignored");
        let mut copied = Command::new("cp");
        copied.arg("-r").arg(of_repository(&source)).arg(place.path());
        let copied = copied.status().unwrap();
        assert!(copied.success());
    }
    // What reads the repository beside these would not be found there.
    let mut cargo = Command::new(env!("CARGO"));
    cargo.args(["metadata", "--no-deps", "--locked", "--offline", "--format-version", "1"]);
    let output = cargo.current_dir(place.path()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(!reaches_outside(&place.path().join("src")), "a source includes a file beside src/");
}

/// Whether a source below a folder includes a file that is not there.
fn reaches_outside(folder: &Path) -> bool {
    let files = std::fs::read_dir(folder).unwrap().map(|file| file.unwrap().path());
    { files }.any(|path| match path.is_dir() {
        true => reaches_outside(&path),
        false => {
            let text = std::fs::read_to_string(&path).unwrap();
            let words = ["include_str!(\"", "include_bytes!(\""].into_iter();
            let mut behind = words.flat_map(|word| text.split(word).skip(1));
            behind.any(|rest| !path.with_file_name(rest.split('"').next().unwrap()).exists())
        }
    })
}

#[test]
fn its_compiler_is_new_enough() {
    let all = instructions();
    let base = all.iter().find_map(|(_, rest)| rest.strip_prefix("BUILDER=")).unwrap();
    let version = base.split("rust:").nth(1).unwrap().split('-').next().unwrap();
    let minor = |version: &str| version.split('.').nth(1).unwrap().parse::<u32>().unwrap();
    assert!(minor(version) >= minor(env!("CARGO_PKG_RUST_VERSION")), "{version}");
}
