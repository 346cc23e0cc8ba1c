//! What a shell completes, and what `man` shows.

use crate::clients::is_there;
use std::path::Path;
use std::process::{Command, Output};

fn rollbook(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_rollbook")).args(arguments).output().unwrap()
}

fn text(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && stderr.is_empty(), "{:?}: {stderr}", output.status);
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What bash offers behind some words, the last of which is being typed.
fn offered(script: &Path, words: &[&str]) -> Vec<String> {
    let typed = words.join(" ");
    let count = words.len() - 1;
    let (last, before) = (words[count], words[count - 1]);
    let program = format!(
        "source '{}'; complete -p rollbook >&2 || exit 9; COMP_WORDS=({typed}); \
         COMP_CWORD={count}; _rollbook rollbook '{last}' '{before}'; echo \"${{COMPREPLY[@]}}\"",
        script.display()
    );
    let output = Command::new("bash").args(["--norc", "-c", &program]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && stderr.contains("-F _rollbook"), "{stderr}");
    let told = String::from_utf8(output.stdout).unwrap();
    told.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn bash_completes_verbs_flags_and_values() {
    if !is_there(&["bash", "--version"]) {
        return;
    }
    let place = tempfile::tempdir().unwrap();
    let script = place.path().join("rollbook.bash");
    std::fs::write(&script, text(&rollbook(&["completions", "bash"]))).unwrap();
    for (words, wanted) in [
        (&["rollbook", "mem"][..], &["members", "member"][..]),
        (&["rollbook", "member", "dep"], &["deprovision"]),
        (&["rollbook", "serve", "--tls-k"], &["--tls-key-file"]),
        (&["rollbook", "export", "--format", ""], &["ndjson", "csv"]),
        (&["rollbook", "zzz"], &[]),
    ] {
        assert_eq!(offered(&script, words), wanted, "{words:?}");
    }
}

#[test]
fn every_shell_gets_its_file() {
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join("new");
    let output = directory.to_str().unwrap();
    for (shell, name) in [
        ("bash", "rollbook.bash"),
        ("elvish", "rollbook.elv"),
        ("fish", "rollbook.fish"),
        ("powershell", "_rollbook.ps1"),
        ("zsh", "_rollbook"),
    ] {
        let printed = text(&rollbook(&["completions", shell]));
        let told = text(&rollbook(&["completions", shell, "--output", output]));
        assert_eq!(told.trim_end(), directory.join(name).display().to_string());
        assert_eq!(std::fs::read_to_string(directory.join(name)).unwrap(), printed, "{shell}");
        assert!(printed.contains("deprovision"), "{shell}");
    }
    let output = rollbook(&["completions", "tcsh"]);
    assert_eq!(output.status.code(), Some(2), "{output:?}");
}

#[test]
fn every_verb_has_a_page_and_every_page_is_set_without_a_warning() {
    let place = tempfile::tempdir().unwrap();
    let directory = place.path().join("man1");
    text(&rollbook(&["man", "--output", directory.to_str().unwrap()]));
    let mut pages: Vec<_> =
        std::fs::read_dir(&directory).unwrap().map(|file| file.unwrap().path()).collect();
    pages.sort();
    let names = |path: &std::path::PathBuf| path.file_name().unwrap().to_str().unwrap().to_owned();
    let names: Vec<String> = pages.iter().map(names).collect();
    for verb in ["rollbook", "rollbook-serve", "rollbook-member-deprovision", "rollbook-man"] {
        assert!(names.contains(&format!("{verb}.1")), "{verb} in {names:?}");
    }
    assert_eq!(std::fs::read_to_string(&pages[0]).unwrap().matches(".TH").count(), 1);
    let first = directory.join("rollbook.1");
    assert_eq!(std::fs::read_to_string(first).unwrap(), text(&rollbook(&["man"])));
    if !is_there(&["groff", "--version"]) {
        return;
    }
    for (page, name) in pages.iter().zip(names) {
        let mut groff = Command::new("groff");
        let set = groff
            .args(["-K", "utf8", "-T", "utf8", "-P", "-cbou", "-man", "-ww"])
            .arg(page)
            .output();
        let shown = text(&set.unwrap());
        let title = name.trim_end_matches(".1");
        assert!(shown.contains(title) && shown.contains("SYNOPSIS"), "{name}: {shown}");
    }
}
