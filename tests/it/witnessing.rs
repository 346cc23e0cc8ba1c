//! A ledger asks witnesses to sign what it publishes: behind every answer, or before anything
//! leaves.

mod hostile;
mod kept;
mod required;
mod rotated;
mod served;

use crate::ledger::{create, organization};
use crate::server::client::{Answer, Served, send};
use crate::support::machine;
use crate::witness::program::Program;
use rollbook::doors::client::post;
use rollbook::doors::server::Limits;
use rollbook::house::Ledger;
use rollbook::house::witnessing::{Fault, Witnesses};
use rollbook::proof::{Checkpoint, Note, Policy};
use rollbook::words::hash::Drawn;
use rollbook::words::{OrganizationId, Origin, Timestamp};
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use tempfile::TempDir;

const PATIENCE: Duration = Duration::from_secs(30);

/// A ledger with an organization, which signs.
struct Place {
    directory: TempDir,
    ledger: Ledger,
    org: OrganizationId,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let origin = Origin::parse("ledger.example").unwrap();
        let ledger = Ledger::create(&directory.path().join("data"), origin, machine(3)).unwrap();
        let org = organization(&ledger, "acme");
        let place = Self { directory, ledger, org };
        place.sign();
        place
    }

    fn sign(&self) {
        let now = Timestamp::parse_any("2026-11-22T00:30:00Z").unwrap();
        let guard = self.path("guard");
        self.ledger
            .publish(&guard, Box::new(move || now), &mut Drawn::from_seed(&[5; 32]))
            .unwrap();
    }

    /// The same directory, opened again.
    fn reopened(self) -> Self {
        let Self { directory, ledger, org } = self;
        ledger.close().unwrap();
        drop(ledger);
        let ledger = Ledger::open(&directory.path().join("data"), machine(4)).unwrap();
        let place = Self { directory, ledger, org };
        place.sign();
        place
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn vkey(&self) -> String {
        let published = self.ledger.published().unwrap();
        self.ledger.log_key(&published, None).unwrap().unwrap().to_string()
    }

    /// A witness that knows this ledger.
    fn witness(&self, name: &str) -> Program {
        let folder = self.path(name);
        std::fs::create_dir(&folder).unwrap();
        Program::of(&folder, &[self.vkey()])
    }

    /// Asks them, of whom all are needed; what was told of them comes with it.
    fn ask(&self, witnesses: &[(&str, &Program)], is_required: bool) -> Told {
        let (policy, names) = policy(witnesses);
        let policy = format!("{policy}group all all {names}\nquorum all\n");
        let told = Told::default();
        let policy = Policy::of_witnesses(policy.as_bytes()).unwrap();
        let witnesses = Witnesses { policy, is_required, post: post(), told: told.teller() };
        self.ledger.ask_witnesses(witnesses).unwrap();
        told
    }

    /// Behind HTTP.
    fn served(self) -> Served {
        Served::over(self.ledger, self.directory, Limits::STANDARD)
    }
}

/// Lines of a policy, and the names in them.
fn policy(witnesses: &[(&str, &Program)]) -> (String, String) {
    let line = |(name, it): &(&str, &Program)| {
        format!("witness {name} {} http://{}\n", it.vkey, it.address)
    };
    let names: Vec<&str> = witnesses.iter().map(|(name, _)| *name).collect();
    (witnesses.iter().map(line).collect(), names.join(" "))
}

/// What was told of witnesses.
#[derive(Clone, Default)]
struct Told(Arc<Mutex<Vec<News>>>);

/// Of whom, and what became of asking.
type News = (String, Result<(), Fault>);

impl Told {
    fn teller(&self) -> rollbook::house::witnessing::Told {
        let told = Arc::clone(&self.0);
        Box::new(move |name, outcome| told.lock().unwrap().push((name.to_owned(), outcome)))
    }

    /// Waits until something was told.
    fn await_of(&self, name: &str) -> Result<(), Fault> {
        let start = Instant::now();
        loop {
            if let Some((_, outcome)) = self.0.lock().unwrap().iter().find(|it| it.0 == name) {
                return *outcome;
            }
            assert!(start.elapsed() < PATIENCE, "nothing was told of {name}");
            std::thread::sleep(Duration::from_millis(5));
        }
    }
}

/// Who of some signed a note.
fn signers(note: &str, witnesses: &[&Program]) -> usize {
    let (_, note): (Checkpoint, Note) = Checkpoint::parse(note.as_bytes()).unwrap();
    note.verify(witnesses.iter().map(|witness| &witness.vkey)).unwrap().len()
}

fn size(note: &str) -> u64 {
    Checkpoint::parse(note.as_bytes()).unwrap().0.size
}

fn get(served: &Served, path: &str) -> Answer {
    send(served.address, "GET", path, &[], "")
}

/// Asks until it comes out.
fn until(what: &str, mut asked: impl FnMut() -> bool) {
    let start = Instant::now();
    while !asked() {
        assert!(start.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

#[test]
fn witnesses_sign_behind_every_answer_and_one_that_is_gone_holds_nothing_up() {
    let place = Place::new();
    let (one, mut two) = (place.witness("one"), place.witness("two"));
    let told = place.ask(&[("one", &one), ("two", &two)], false);
    let size_now = place.ledger.submit(create(place.org, "ada")).unwrap().size;
    assert!(place.ledger.await_cosigned(size_now, PATIENCE).is_some());
    let (folder, vkey) = (place.path("two"), place.vkey());
    let served = place.served();
    let answer = get(&served, &format!("/checkpoint?cosigned=true&min_size={size_now}"));
    assert_eq!(answer.status, 200, "{answer:?}");
    assert_eq!(signers(&answer.body, &[&one, &two]), 2);
    // What is newest has what it has.
    until("both sign what is newest", || {
        signers(&get(&served, "/checkpoint").body, &[&one, &two]) == 2
    });

    two.kill();
    let before = size(&get(&served, "/checkpoint?cosigned=true").body);
    let added = served.send("POST", "/v1/organizations/acme/members", r#"{"username":"bo"}"#);
    assert_eq!(added.status, 201, "{added:?}");
    let size_now = added.header("rollbook-seq").unwrap().parse::<u64>().unwrap() + 1;
    let newest = get(&served, &format!("/checkpoint?min_size={size_now}"));
    assert_eq!(newest.status, 200, "{newest:?}");
    let answer = get(&served, &format!("/checkpoint?cosigned=true&min_size={size_now}"));
    assert_eq!((answer.status, answer.code().as_str()), (503, "not_cosigned_yet"));
    assert!(answer.body.contains("two did not"), "{answer:?}");
    assert_eq!(size(&get(&served, "/checkpoint?cosigned=true").body), before);
    let metrics = served.send("GET", "/metrics", "").body;
    for line in [
        format!("rollbook_cosigned_entries {before}"),
        r#"rollbook_witness_answers_total{witness="two",outcome="unreachable"}"#.to_owned(),
        r#"rollbook_witness_answers_total{witness="one",outcome="cosigned"}"#.to_owned(),
    ] {
        assert!(metrics.contains(&line), "{line}: {metrics}");
    }
    // The server's clock is an hour ahead of every entry.
    let state = || served.send("GET", "/readyz", "").json()["witnesses"].clone();
    assert_eq!(state(), "behind");
    assert!(metrics.contains("rollbook_uncosigned_seconds 3"), "{metrics}");

    let two = Program::at(&folder, &[vkey], &two.address.to_string());
    until("it is asked again", || {
        let path = format!("/checkpoint?cosigned=true&min_size={size_now}");
        let answer = get(&served, &path);
        answer.status == 200 && signers(&answer.body, &[&one, &two]) == 2
    });
    assert_eq!(state(), "ok");
    let outcomes = || {
        let told = told.0.lock().unwrap();
        told.iter().filter(|it| it.0 == "two").map(|it| it.1).collect::<Vec<_>>()
    };
    // It is told behind what is shown.
    until("its return is told", || outcomes().len() > 2);
    // Once each, however often it was tried.
    assert_eq!(outcomes(), [Ok(()), Err(Fault::Unreachable), Ok(())]);
}

/// Without witnesses there is nothing to ask for.
#[test]
fn a_server_without_witnesses_says_so() {
    let served = Place::new().served();
    let answer = get(&served, "/checkpoint?cosigned=true");
    assert_eq!((answer.status, answer.code().as_str()), (404, "witnesses_off"));
    assert_eq!(served.send("GET", "/readyz", "").json()["witnesses"], "off");
}
