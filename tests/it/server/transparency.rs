//! What a server publishes: checkpoints for everybody, tiles and proofs for whoever may read what
//! they are of, each of which leads to the root that was signed.

use super::client::{Answer, Served, request, send};
use rollbook::house::publishing::Published;
use rollbook::proof::path::{is_consistent, root, root_of_inclusion};
use rollbook::proof::{
    AddCheckpoint, Checkpoint, EntryBundle, Note, Policy, Tile, TileLevels, TlogProof,
};
use rollbook::words::hash::Drawn;
use rollbook::words::{OrganizationId, Timestamp, TreeHash};
use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(20);

/// A server that signs, with an organization and some members.
struct Signing {
    served: Served,
    _guard: TempDir,
}

impl Signing {
    fn new(members: usize) -> Self {
        let served = Served::new().with_acme();
        for number in 0..members {
            let body = format!(r#"{{"email":"m{number}@acme.example"}}"#);
            assert_eq!(served.send("POST", "/v1/organizations/acme/members", &body).status, 201);
        }
        let guard = tempfile::tempdir().unwrap();
        let path = guard.path().join("guard");
        // Heads are committed to by a clock that is ahead of every entry.
        let now = Timestamp::parse_any("2026-11-22T01:00:00Z").unwrap();
        let drawn = &mut Drawn::from_seed(&[5; 32]);
        served.ledger.publish(&path, Box::new(move || now), drawn).unwrap();
        let signing = Self { served, _guard: guard };
        signing.settle();
        signing
    }

    /// Waits until nothing is recorded any more that nobody asked for.
    fn settle(&self) -> Arc<Published> {
        let start = Instant::now();
        let mut since = Instant::now();
        let mut size = 0;
        while since.elapsed() < Duration::from_millis(300) {
            if self.served.ledger.head().size != size {
                (size, since) = (self.served.ledger.head().size, Instant::now());
            }
            assert!(start.elapsed() < PATIENCE);
            std::thread::sleep(Duration::from_millis(5));
        }
        self.served.ledger.await_published(size, PATIENCE).unwrap()
    }

    /// A text that an operator gets.
    fn text(&self, path: &str) -> String {
        let answer = self.served.send("GET", path, "");
        assert_eq!(answer.status, 200, "{path}: {answer:?}");
        assert_eq!(answer.header("content-type"), Some("text/plain; charset=utf-8"), "{path}");
        answer.body
    }

    /// Bytes that an operator gets; tiles may be kept for ever.
    fn octets(&self, path: &str) -> Result<Vec<u8>, u16> {
        let bearer = format!("Bearer {}", self.served.token);
        let headers = [("Authorization", bearer.as_str()), ("Connection", "close")];
        let request = request(self.served.address, "GET", path, &headers, "");
        let mut stream = TcpStream::connect(self.served.address).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).unwrap();
        let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        if status != 200 {
            return Err(status);
        }
        let is_tile = head.contains("content-type: application/octet-stream");
        let is_kept = head.contains("cache-control: private, max-age=604800, immutable");
        assert!(is_tile == is_kept && is_tile == path.contains("/tile/"), "{head}");
        Ok(answer[end + 4..].to_vec())
    }

    /// The two logs: where they are, what is signed of them, and the entries in them.
    fn logs(&self) -> [(String, String, Vec<Vec<u8>>); 2] {
        let acme = self.acme();
        let entries = |org: Option<OrganizationId>| {
            let records = self.served.ledger.read(0, 4096).unwrap();
            let of = records.iter().filter(|it| org.is_none_or(|org| it.org == org));
            of.map(|record| record.bytes.to_vec()).collect()
        };
        let own = "/v1/organizations/acme/log".to_owned();
        [
            (String::new(), "/v1/log".to_owned(), entries(None)),
            (own.clone(), own, entries(Some(acme))),
        ]
    }

    fn acme(&self) -> OrganizationId {
        self.served.ledger.views().organizations().next().unwrap().id()
    }
}

fn read(note: &str) -> Checkpoint {
    Checkpoint::parse(note.as_bytes()).unwrap().0
}

fn leaves(entries: &[Vec<u8>]) -> TileLevels {
    entries.iter().map(|entry| TreeHash::leaf(entry)).collect()
}

#[test]
fn without_a_guard_it_is_said_what_to_do() {
    let served = Served::new().with_acme();
    for path in ["/checkpoint", "/tile/0/000", "/v1/organizations/acme/log/policy"] {
        let answer = served.send("GET", path, "");
        assert_eq!((answer.status, answer.code().as_str()), (404, "checkpoints_off"), "{path}");
        assert!(answer.body.contains("--guard FILE"), "{answer:?}");
    }
}

#[test]
fn the_checkpoint_is_for_everybody_and_waited_for() {
    let signing = Signing::new(1);
    let ask = |path: &str| send(signing.served.address, "GET", path, &[], "");
    let answer = ask("/checkpoint");
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(answer.header("cache-control"), Some("no-cache"));
    let checkpoint = read(&answer.body);
    assert_eq!(checkpoint.size, signing.served.ledger.head().size);
    for number in 0..10 {
        let body = format!(r#"{{"email":"n{number}@acme.example"}}"#);
        let added = signing.served.send("POST", "/v1/organizations/acme/members", &body);
        let size = added.header("rollbook-seq").unwrap().parse::<u64>().unwrap() + 1;
        let answer = ask(&format!("/checkpoint?min_size={size}"));
        assert!(answer.status == 200 && read(&answer.body).size >= size, "{answer:?}");
    }
    let start = Instant::now();
    let answer: Answer = ask("/checkpoint?min_size=1000000");
    assert_eq!((answer.status, answer.code().as_str()), (412, "not_here_yet"));
    assert!((1..10).contains(&start.elapsed().as_secs()));
    assert_eq!(ask("/checkpoint?size=1").status, 400);
    // Everything else is somebody's.
    for path in ["/tile/0/000", "/v1/log/proofs/0", "/v1/organizations/acme/log/checkpoint"] {
        assert_eq!(ask(path).status, 401, "{path}");
    }
}

#[test]
fn tiles_and_entry_bundles_lead_to_the_root_that_was_signed() {
    let signing = Signing::new(290);
    for (base, _, entries) in signing.logs() {
        let place = base.as_str();
        let checkpoint = read(&signing.text(&format!("{place}/checkpoint")));
        let Checkpoint { size, root: signed, .. } = checkpoint;
        assert_eq!(size, entries.len() as u64);
        assert!(size > 257, "both levels are there");
        let levels = leaves(&entries);
        for tile in Tile::all(size) {
            let bytes = signing.octets(&format!("{place}/{tile}")).unwrap();
            let Ok(hashes) = tile.read(&levels);
            let expected: Vec<u8> = hashes.iter().flat_map(|hash| *hash.as_bytes()).collect();
            assert!(bytes == expected, "{tile}");
        }
        let Ok(found) = root(&levels, size);
        assert_eq!(found, signed);
        for index in 0..2 {
            let bundle = EntryBundle::of(index, size).unwrap();
            let bytes = signing.octets(&format!("{place}/{bundle}")).unwrap();
            let told = bundle.entries(&bytes).unwrap();
            let from = usize::try_from(bundle.first()).unwrap();
            assert!(told == entries[from..from + told.len()], "{bundle}");
        }
        // A smaller tree of before has narrower ones; what no tree of this size has is not there.
        assert_eq!(signing.octets(&format!("{place}/tile/0/001.p/1")).unwrap().len(), 32);
        assert_eq!(signing.octets(&format!("{place}/tile/0/000.p/7")).unwrap().len(), 7 * 32);
        for nowhere in [
            format!("tile/0/001.p/{}", size - 256 + 1),
            "tile/0/001".to_owned(),
            "tile/1/000.p/2".to_owned(),
            "tile/2/000.p/1".to_owned(),
            "tile/entries/002.p/1".to_owned(),
            "tile/0/000.p/0".to_owned(),
            "tile/0/000.p/256".to_owned(),
            "tile/0/0".to_owned(),
            "tile/00/000".to_owned(),
            "tile/0/x000/000".to_owned(),
            "tile/64/000".to_owned(),
            "tile/0/000/..".to_owned(),
            "tile/".to_owned() + &"9".repeat(300),
        ] {
            assert_eq!(signing.octets(&format!("{place}/{nowhere}")), Err(404), "{nowhere}");
        }
    }
}

#[test]
fn every_entry_is_proven_and_every_size_continued() {
    let signing = Signing::new(20);
    for (_, log, entries) in signing.logs() {
        let levels = leaves(&entries);
        let size = entries.len() as u64;
        for (index, entry) in (0..).zip(&entries) {
            let text = signing.text(&format!("{log}/proofs/{index}"));
            let proof = TlogProof::parse(&text).unwrap();
            let checkpoint = read(proof.checkpoint);
            assert_eq!(proof.index, index);
            let found = root_of_inclusion(TreeHash::leaf(entry), index, size, &proof.path);
            assert_eq!(found, Some(checkpoint.root), "{log} {index}");
        }
        for old in 0..=size {
            let text = signing.text(&format!("{log}/consistency?old={old}"));
            let body = AddCheckpoint::parse(&text).unwrap();
            let checkpoint = read(body.checkpoint);
            let Ok(old_root) = root(&levels, old);
            let known = (old, old_root);
            assert!(is_consistent(known, (size, checkpoint.root), &body.proof), "{log} {old}");
        }
        let behind = size + 1;
        for nowhere in [format!("{log}/proofs/{size}"), format!("{log}/consistency?old={behind}")] {
            let answer = signing.served.send("GET", &nowhere, "");
            assert_eq!((answer.status, answer.code().as_str()), (404, "not_in_tree"), "{nowhere}");
        }
    }
}

/// What was just recorded is proven at once.
#[test]
fn an_entry_is_proven_as_soon_as_it_is_recorded() {
    let signing = Signing::new(0);
    for number in 0..5 {
        let body = format!(r#"{{"email":"n{number}@acme.example"}}"#);
        let added = signing.served.send("POST", "/v1/organizations/acme/members", &body);
        let seq = added.header("rollbook-seq").unwrap();
        let org_seq = &added.json()["as_of"]["org_seq"];
        for path in [
            format!("/v1/log/proofs/{seq}"),
            format!("/v1/organizations/acme/log/proofs/{org_seq}"),
        ] {
            assert!(TlogProof::parse(&signing.text(&path)).is_some(), "{path}");
        }
    }
}

#[test]
fn the_policy_names_the_keys_that_signed() {
    let signing = Signing::new(1);
    let text = signing.text("/v1/organizations/acme/log/policy");
    let policy = Policy::parse(text.as_bytes()).unwrap();
    assert!(policy.is_unwitnessed());
    for path in ["/checkpoint", "/v1/organizations/acme/log/checkpoint"] {
        let note = signing.text(path);
        let (checkpoint, note): (_, Note) = Checkpoint::parse(note.as_bytes()).unwrap();
        let known: Vec<_> = policy.logs(&checkpoint.origin).collect();
        assert_eq!(known.len(), 1, "{text}");
        assert_eq!(note.verify(known.into_iter()).unwrap().len(), 1);
    }
}

/// A byte of what is kept of the tree is another one: nothing of it leaves, and it is mended.
#[test]
fn wrong_tiles_are_computed_again_and_never_sent() {
    let signing = Signing::new(290);
    let file = signing.served.data().join("tiles/0");
    let whole = fs::read(&file).unwrap();
    let paths = [
        "/tile/0/000",
        "/tile/0/000.p/9",
        "/tile/entries/000.p/4",
        "/v1/log/proofs/5",
        "/v1/log/consistency?old=5",
        "/v1/organizations/acme/log/tile/0/000.p/9",
        "/v1/organizations/acme/log/proofs/5",
    ];
    for path in paths {
        let right = signing.octets(path).unwrap();
        let mut altered = whole.clone();
        altered[4 * 32] ^= 1;
        fs::write(&file, &altered).unwrap();
        // What was put together for an organization before is right, and kept.
        let start = Instant::now();
        loop {
            match signing.octets(path) {
                Ok(answer) => {
                    assert!(answer == right, "{path}: something wrong was sent");
                    break;
                }
                Err(status) => assert_eq!(status, 503, "{path}"),
            }
            assert!(start.elapsed() < PATIENCE, "{path} is never mended");
            std::thread::sleep(Duration::from_millis(10));
        }
        if !path.contains("acme") {
            assert!(fs::read(&file).unwrap() == whole, "{path} was not mended");
        }
    }
}
