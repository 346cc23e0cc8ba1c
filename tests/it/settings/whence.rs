//! A flag holds against a variable, a variable against the file, the file against the default.

use std::io::{BufRead, BufReader};
use std::process::{Command, Stdio};

#[test]
fn the_nearer_word_holds() {
    let place = tempfile::tempdir().unwrap();
    let file = "listen = \"127.0.0.2:0\"\ndata = \"of the file\"\n";
    std::fs::write(place.path().join("rollbook.toml"), file).unwrap();
    let config = ("ROLLBOOK_CONFIG", "rollbook.toml");
    let listen = ("ROLLBOOK_LISTEN", "127.0.0.3:0");
    for (flags, variables, address) in [
        (&[][..], &[config][..], "127.0.0.2"),
        (&[], &[config, listen], "127.0.0.3"),
        (&["--listen", "127.0.0.4:0"], &[config, listen], "127.0.0.4"),
        (&["--listen", "127.0.0.4:0"], &[config, ("ROLLBOOK_BENCH_ROWS", "x")], "127.0.0.4"),
    ] {
        let mut program = Command::new(env!("CARGO_BIN_EXE_rollbook"))
            .arg("serve")
            .args(flags)
            .envs(variables.iter().copied())
            .current_dir(place.path())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(program.stdout.take().unwrap()).read_line(&mut line).unwrap();
        program.kill().unwrap();
        program.wait().unwrap();
        assert!(line.contains(&format!("http://{address}:")), "{line}");
    }
    assert!(place.path().join("of the file").join("operator.token").exists());
    assert!(!place.path().join("data").exists());
}
