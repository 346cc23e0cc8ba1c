//! `openssl ts` makes and verifies a timestamp (RFC 3161) over a checkpoint's text.

use super::{Shown, printed, program, runs};
use std::fs;

/// An authority for timestamps that is made for this test and trusted by nobody else.
const AUTHORITY: &str = "\
[tsa]
default_tsa = here
[here]
serial = serial
signer_digest = sha256
digests = sha256
default_policy = 1.2.3.4
[name]
CN = timestamps for a test
[req]
distinguished_name = name
prompt = no
x509_extensions = extensions
[extensions]
basicConstraints = critical,CA:FALSE
keyUsage = critical,digitalSignature
extendedKeyUsage = critical,timeStamping
";

#[test]
fn a_timestamp_over_a_checkpoint_verifies_and_one_over_another_does_not() {
    if !runs(&["openssl", "version"]) {
        return;
    }
    let shown = Shown::new();
    fs::write(shown.path("authority"), AUTHORITY).unwrap();
    fs::write(shown.path("serial"), "01\n").unwrap();
    fs::write(shown.path("text"), shown.published.checkpoint.to_string()).unwrap();
    let run = |words: &str| {
        let words: Vec<&str> = words.split(' ').collect();
        program(&words).current_dir(shown.path("")).output().unwrap()
    };
    let made = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out certificate -days 2";
    printed(&run(&format!("{made} -config authority")));
    printed(&run("openssl ts -query -data text -sha256 -cert -out question"));
    let signer = "-signer certificate -inkey key";
    printed(&run(&format!(
        "openssl ts -reply -config authority -queryfile question {signer} -out answer"
    )));
    let verify = "openssl ts -verify -data text -in answer -CAfile certificate";
    printed(&run(verify));
    fs::write(shown.path("text"), shown.text("old-checkpoint")).unwrap();
    assert!(!run(verify).status.success(), "a timestamp over another text is accepted");
}
