//! `openssl ts` makes and verifies timestamps (RFC 3161) over a checkpoint's text: by hand, and
//! asked by the ledger itself.

use super::{Shown, printed, program, runs};
use crate::server::client::content;
use rollbook::doors::client::post;
use rollbook::house::bundle::write::{Beside, write};
use rollbook::house::timestamping::Authority;
use rollbook::proof::Checkpoint;
use rollbook::words::hash::Drawn;
use std::fs;
use std::io::Write;
use std::net::{SocketAddr, TcpListener};
use std::path::PathBuf;
use std::process::Output;
use std::sync::{Arc, Mutex};
use tempfile::TempDir;

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

struct Openssl(TempDir);

impl Openssl {
    fn new() -> Self {
        let openssl = Self(tempfile::tempdir().unwrap());
        fs::write(openssl.path("authority"), AUTHORITY).unwrap();
        fs::write(openssl.path("serial"), "01\n").unwrap();
        let made = "openssl req -x509 -newkey rsa:2048 -nodes -keyout key -out certificate -days 2";
        printed(&openssl.run(&format!("{made} -config authority")));
        openssl
    }

    fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    fn run(&self, words: &str) -> Output {
        let words: Vec<&str> = words.split(' ').collect();
        program(&words).current_dir(self.0.path()).output().unwrap()
    }

    /// Answers the question that stands in a file.
    fn reply(&self) -> Vec<u8> {
        let signer = "-signer certificate -inkey key";
        printed(&self.run(&format!(
            "openssl ts -reply -config authority -queryfile question {signer} -out answer"
        )));
        fs::read(self.path("answer")).unwrap()
    }

    /// Whether an answer is a timestamp of a text.
    fn is_of(&self, answer: &[u8], text: &str) -> bool {
        fs::write(self.path("text"), text).unwrap();
        fs::write(self.path("answer"), answer).unwrap();
        let verify = "openssl ts -verify -data text -in answer -CAfile certificate";
        self.run(verify).status.success()
    }
}

/// The text whose timestamp a bundle holds: the first three lines.
fn text_of(note: &[u8]) -> String {
    let note = String::from_utf8(note.to_vec()).unwrap();
    note.split_inclusive('\n').take(3).collect()
}

#[test]
fn a_timestamp_over_a_checkpoint_verifies_and_one_over_another_does_not() {
    if !runs(&["openssl", "version"]) {
        return;
    }
    let shown = Shown::new();
    let openssl = Openssl::new();
    let text = shown.published.checkpoint.to_string();
    fs::write(openssl.path("text"), &text).unwrap();
    printed(&openssl.run("openssl ts -query -data text -sha256 -cert -out question"));
    let answer = openssl.reply();
    assert!(openssl.is_of(&answer, &text));
    let old = shown.text("old-checkpoint");
    assert!(!openssl.is_of(&answer, &old), "a timestamp over another text is accepted");
}

/// What an authority does that means harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Deed {
    Nothing,
    /// It answers what was asked before.
    Again,
    /// It stamps another text, with the number that was asked with.
    OtherText,
    /// The same text, with another number.
    OtherNonce,
    Garbage,
    Refuse,
}

/// The authority, as HTTP reaches it.
fn serve(deed: Arc<Mutex<Deed>>) -> (SocketAddr, Arc<Openssl>) {
    let openssl = Arc::new(Openssl::new());
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let with = Arc::clone(&openssl);
    std::thread::spawn(move || {
        let mut before = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let (head, mut question) = content(&mut stream);
            assert!(head.contains("application/timestamp-query"), "{head}");
            let deed = *deed.lock().unwrap();
            match deed {
                // The digest stands behind 24 bytes, the number behind two more.
                Deed::OtherText => question[24] ^= 1,
                Deed::OtherNonce => question[24 + 32 + 5] ^= 1,
                Deed::Nothing | Deed::Again | Deed::Garbage | Deed::Refuse => {}
            }
            fs::write(with.path("question"), &question).unwrap();
            let answer = match deed {
                Deed::Again => std::mem::take(&mut before),
                Deed::Garbage => b"garbage".to_vec(),
                // Status 2: rejected.
                Deed::Refuse => vec![0x30, 0x05, 0x30, 0x03, 0x02, 0x01, 0x02],
                Deed::Nothing | Deed::OtherText | Deed::OtherNonce => with.reply(),
            };
            let length = answer.len();
            let head = format!("HTTP/1.1 200 OK\r\nContent-Length: {length}\r\n\r\n");
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(&answer).unwrap();
            before = answer;
        }
    });
    (address, openssl)
}

#[test]
fn a_ledger_has_its_checkpoints_timestamped_and_bundles_take_them_along() {
    if !runs(&["openssl", "version"]) {
        return;
    }
    let shown = Shown::new();
    let deed = Arc::new(Mutex::new(Deed::Nothing));
    let (address, openssl) = serve(Arc::clone(&deed));
    let ledger = &shown.ledger;
    let url = format!("http://{address}/stamp");
    let (drawn, told) = (Drawn::from_seed(&[8; 32]), Box::new(|_: Result<(), &_>| {}));
    ledger.ask_for_timestamps(Authority { url, post: post(), drawn, told }).unwrap();
    let published = ledger.published().unwrap();
    let answer = ledger.timestamp_of(&published.checkpoint).unwrap();
    assert!(openssl.is_of(&answer, &published.checkpoint.to_string()));
    assert!(!openssl.is_of(&answer, &shown.text("old-checkpoint")));
    let kept = shown.path(&format!("data/timestamps/{}.tsr", published.checkpoint.size));
    assert_eq!(fs::read(kept).unwrap(), answer);

    let org = ledger.views().organizations().next().unwrap().id();
    let receipt = crate::bundle::export(ledger, org, &[]);
    let files = write(ledger, &receipt, &Beside::default()).unwrap();
    let at = |path: &str| files.get(path).map(<[u8]>::to_vec);
    let note = at("global/checkpoint").unwrap();
    let (stated, _) = Checkpoint::parse(&note).unwrap();
    let stamp = at(&format!("timestamps/{}.tsr", stated.size)).unwrap();
    assert!(openssl.is_of(&stamp, &text_of(&note)));

    for wrong in [Deed::Again, Deed::OtherText, Deed::OtherNonce, Deed::Garbage, Deed::Refuse] {
        *deed.lock().unwrap() = wrong;
        let size = stated.size + 1;
        let next = Checkpoint { size, ..stated.clone() };
        assert_eq!(ledger.timestamp_of(&next), None, "{wrong:?}");
    }
    // A kept one of another history is not taken for this.
    let other =
        Checkpoint { origin: "ledger.example/r1".to_owned(), ..published.checkpoint.clone() };
    *deed.lock().unwrap() = Deed::Nothing;
    let stamped = ledger.timestamp_of(&other).unwrap();
    assert!(openssl.is_of(&stamped, &other.to_string()));
    // Without an authority the bundle is whole all the same.
    *deed.lock().unwrap() = Deed::Garbage;
    let receipt = crate::bundle::export(ledger, org, &[]);
    let files = write(ledger, &receipt, &Beside::default()).unwrap();
    assert!(!files.iter().any(|(path, _)| path.starts_with("timestamps/")));
}
