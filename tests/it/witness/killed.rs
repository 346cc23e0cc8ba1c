//! Killed while it signs: whoever was told that something is signed finds it signed.

use super::program::{Program, forked, log, request};
use crate::server::client::request as written;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

/// Kills behind ever longer waits, so that some come before it is written down, some between that
/// and the answer, and some behind the answer.
#[test]
fn killed_at_any_moment_it_never_signs_two_histories() {
    let folder = tempfile::tempdir().unwrap();
    let logs = [log("ledger.example").public().to_string()];
    let mut signed = 0;
    let (mut lost, mut told) = (0, 0);
    for round in 0..40 {
        let mut witness = Program::of(folder.path(), &logs);
        // What is there: what was answered, or what was under way when it was killed.
        let answer = witness.add(&request(0, 1, "ledger.example"));
        let held: u64 = match answer.status {
            409 => answer.body.trim().parse().unwrap(),
            _ => 1,
        };
        assert!(held == signed || held == signed + 1 || signed == 0, "{held} behind {signed}");
        lost += u64::from(held > signed && signed > 0);
        if held > 1 {
            let fork = witness.add(&forked(held, held + 2));
            assert_eq!(fork.status, 422, "{fork:?}");
        }
        // Its answer is waited for no longer than the kill.
        let body = request(held, held + 1, "ledger.example");
        let mut stream = TcpStream::connect(witness.address).unwrap();
        let sent = written(witness.address, "POST", "/add-checkpoint", &[], &body);
        stream.write_all(sent.as_bytes()).unwrap();
        let is_last = round == 39;
        let wait = if is_last { 2_000_000 } else { round * 100 };
        std::thread::sleep(Duration::from_micros(wait));
        witness.process.kill().unwrap();
        witness.process.wait().unwrap();
        let mut answer = [0; 12];
        let is_told = stream.read_exact(&mut answer).is_ok() && answer.ends_with(b"200");
        told += u64::from(is_told);
        signed = if is_told { held + 1 } else { held };
    }
    assert!(told > 0 && told < 40, "every kill came on one side: {told} answered, {lost} lost");
}
