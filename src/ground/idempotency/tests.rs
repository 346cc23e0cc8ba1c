use super::*;
use crate::ground::keyring::Keyring;
use std::fs;
use tempfile::TempDir;

struct Place {
    directory: TempDir,
    keyring: Keyring,
    drawn: Drawn,
}

impl Place {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let keyring = Keyring::create(directory.path().join("keyring"), [1; 32], [2; 32]).unwrap();
        Self { directory, keyring, drawn: Drawn::from_seed(&[3; 32]) }
    }

    fn open(&self) -> (Idempotency, Vec<Note>) {
        Idempotency::open(self.directory.path(), self.keyring.savepoint_key()).unwrap()
    }

    fn files(&self) -> Vec<PathBuf> {
        let entries =
            fs::read_dir(self.directory.path()).unwrap().map(|entry| entry.unwrap().path());
        let is_one = |path: &PathBuf| path.to_string_lossy().contains("idempotency-");
        let mut files: Vec<_> = entries.filter(is_one).collect();
        files.sort();
        files
    }

    fn answer(&mut self, records: &Idempotency, key: &IdempotencyKey, now: Timestamp) {
        let kept = vec![(key.clone(), outcome())];
        records.keep(records.write(kept, now, &mut self.drawn).unwrap());
    }
}

fn key(caller: &str, key: &str, request: u8) -> IdempotencyKey {
    IdempotencyKey { caller: caller.to_owned(), key: key.to_owned(), request: [request; 32] }
}

fn outcome() -> Outcome {
    Outcome::Refused(b"no".as_slice().into())
}

fn hour(hours: u64) -> Timestamp {
    Timestamp::from_micros(1_800_000_000_000_000).after(Duration::from_secs(hours * 3600))
}

fn is_kept(found: &Found) -> bool {
    matches!(found, Found::Kept(kept) if kept.outcome == outcome())
}

#[test]
fn a_key_is_its_callers_and_its_requests_for_a_day_and_through_restarts() {
    let mut place = Place::new();
    let (records, _) = place.open();
    place.answer(&records, &key("user:a", "one", 1), hour(0));
    for records in [records, place.open().0] {
        assert!(is_kept(&records.find(&key("user:a", "one", 1), hour(23))));
        assert_eq!(records.find(&key("user:a", "one", 2), hour(23)), Found::Other);
        assert_eq!(records.find(&key("user:b", "one", 1), hour(23)), Found::Nothing);
        assert_eq!(records.find(&key("user:a", "two", 1), hour(23)), Found::Nothing);
        assert_eq!(records.find(&key("user:a", "one", 1), hour(24)), Found::Nothing);
    }
}

#[test]
fn what_was_written_is_found_only_once_it_is_shown() {
    let mut place = Place::new();
    let (records, _) = place.open();
    let once = key("user:a", "one", 1);
    let written =
        records.write(vec![(once.clone(), outcome())], hour(0), &mut place.drawn).unwrap();
    assert_eq!(records.find(&once, hour(0)), Found::Nothing);
    assert!(is_kept(&place.open().0.find(&once, hour(0))), "a crash would leave it in the file");
    records.keep(written);
    assert!(is_kept(&records.find(&once, hour(0))));
}

#[test]
fn files_go_a_day_after_they_ended() {
    let mut place = Place::new();
    let (records, _) = place.open();
    for hours in 0..60 {
        place.answer(&records, &key("user:a", &hours.to_string(), 1), hour(hours));
    }
    assert_eq!(place.files().len(), 5, "one that is written, and four of the day before");
    let (records, _) = place.open();
    let held =
        |hours: &u64| is_kept(&records.find(&key("user:a", &hours.to_string(), 1), hour(59)));
    assert_eq!((0..60).filter(held).collect::<Vec<_>>(), (36..60).collect::<Vec<_>>());
}

#[test]
fn a_write_that_broke_off_takes_nothing_else_with_it() {
    let mut place = Place::new();
    let (records, _) = place.open();
    place.answer(&records, &key("user:a", "one", 1), hour(0));
    place.answer(&records, &key("user:a", "two", 1), hour(0));
    let file = place.files().remove(0);
    let bytes = fs::read(&file).unwrap();
    for cut in 1..100 {
        fs::write(&file, &bytes[..bytes.len() - cut]).unwrap();
        let (records, notes) = place.open();
        assert!(is_kept(&records.find(&key("user:a", "one", 1), hour(1))));
        assert_eq!(records.find(&key("user:a", "two", 1), hour(1)), Found::Nothing);
        assert_eq!(notes.len(), 1);
    }
}

#[test]
fn without_the_keyring_nobody_learns_what_was_asked() {
    let mut place = Place::new();
    let (records, _) = place.open();
    place.answer(&records, &key("user:a", "invite-carol", 1), hour(0));
    let bytes = fs::read(place.files().remove(0)).unwrap();
    let holds = |text: &[u8]| bytes.windows(text.len()).any(|part| part == text);
    assert!(!holds(b"invite-carol") && !holds(b"user:a") && !holds(&[1; 32]));
    let other = Keyring::create(place.directory.path().join("other"), [1; 32], [9; 32]).unwrap();
    let opened = Idempotency::open(place.directory.path(), other.savepoint_key()).unwrap().0;
    assert_eq!(opened.find(&key("user:a", "invite-carol", 1), hour(1)), Found::Nothing);
}

#[test]
fn nobody_takes_the_place_of_everybody() {
    let mut place = Place::new();
    let (records, _) = place.open();
    let many = (0..CALLER_LIMIT).map(|number| (key("user:a", &number.to_string(), 1), outcome()));
    records.keep(records.write(many.collect(), hour(0), &mut place.drawn).unwrap());
    assert!(!records.has_room(&key("user:a", "more", 1)));
    assert!(records.has_room(&key("user:b", "more", 1)));
}
