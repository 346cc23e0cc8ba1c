//! The programs as they are started: a witness, a ledger that asks it, and a bundle that an auditor
//! verifies.

use crate::witness::program::Program;
use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn rollbook(folder: &Path, words: &str) -> Output {
    let words = words.split(' ');
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollbook"));
    command.args(words).current_dir(folder).output().unwrap()
}

#[track_caller]
fn done(folder: &Path, words: &str) -> String {
    let output = rollbook(folder, words);
    let told = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(0), "{words}: {told}");
    String::from_utf8(output.stdout).unwrap()
}

fn verify(folder: &Path, bundle: &str) -> Option<i32> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollbook-verify"));
    let command = command.args([bundle, "--policy", "auditor"]).current_dir(folder);
    command.output().unwrap().status.code()
}

#[test]
fn an_auditor_accepts_a_bundle_that_a_witness_signed() {
    let place = tempfile::tempdir().unwrap();
    let folder = place.path();
    done(folder, "init --data data");
    let acme = "--slug acme --name Acme --owner-username ada";
    done(folder, &format!("organization create --data data {acme}"));
    let policy = done(folder, "policy --data data --guard guard --org acme");
    fs::create_dir(folder.join("one")).unwrap();
    let logs: Vec<String> =
        policy.lines().filter_map(|line| line.strip_prefix("log ")).map(str::to_owned).collect();
    let mut one = Program::of(&folder.join("one"), &logs);
    let witness = format!("witness one {} http://{}\n", one.vkey, one.address);
    fs::write(folder.join("witnesses"), format!("{witness}quorum one\n")).unwrap();
    let auditor = policy.replace("quorum none\n", &format!("{witness}quorum one\n"));
    fs::write(folder.join("auditor"), auditor).unwrap();

    // From the directory, with and without the witness.
    let export = "export bundle --data data --guard guard --org acme --output";
    done(folder, &format!("{export} unsigned.zip"));
    assert_eq!(verify(folder, "unsigned.zip"), Some(3));
    done(folder, &format!("{export} signed.zip --witnesses witnesses"));
    assert_eq!(verify(folder, "signed.zip"), Some(0));

    // From a server that requires it.
    let mut command = Command::new(env!("CARGO_BIN_EXE_rollbook"));
    let words = "serve --json --listen 127.0.0.1:0 --guard guard --witnesses witnesses \
                 --witnesses-required yes";
    command.args(words.split(' ')).current_dir(folder);
    let mut server = Server(command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap());
    let mut line = String::new();
    BufReader::new(server.0.stdout.take().unwrap()).read_line(&mut line).unwrap();
    let told: serde_json::Value = serde_json::from_str(&line).expect(&line);
    let at = format!(
        "--url http://{} --token-file data/operator.token",
        told["listening"].as_str().unwrap()
    );
    let export = format!("export bundle {at} --org acme --output");
    done(folder, &format!("{export} served.zip"));
    assert_eq!(verify(folder, "served.zip"), Some(0));
    let checkpoint = done(folder, &format!("checkpoint {at}"));
    assert_eq!(super::signers(&checkpoint, &[&one]), 1);

    // Gone: it is said who is missing, and nothing is handed out.
    one.kill();
    let refused = rollbook(folder, &format!("{export} unseen.zip"));
    let told = String::from_utf8_lossy(&refused.stderr).into_owned();
    assert!(!refused.status.success() && told.contains("; one did not"), "{told}");
    assert!(!folder.join("unseen.zip").exists());
}
