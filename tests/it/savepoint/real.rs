//! The real history, opened with and without its savepoint.

use super::{Opened, close, content, sizes};
use crate::support::{ledger, machine, real_history};
use rollbook::house::import::import;
use rollbook::house::ledger::{Start, replay};
use rollbook::house::source::History;
use rollbook::house::{Ledger, savepoint};
use std::time::{Duration, Instant};

fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let began = Instant::now();
    let done = work();
    (done, began.elapsed())
}

#[test]
fn the_real_history_opens_from_its_savepoint_to_the_same() {
    let Some(data) = real_history() else { return };
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let files = ["kubernetes-org.ndjson", "kubernetes-org-teams.ndjson"];
    let files = files.map(|file| data.join(file));
    let first = ledger(&path, 1);
    let mut history = History::open(&files, "users.noreply.github.com").unwrap();
    let (_, error) = import(&first, &mut history, &mut |_, _| {});
    assert!(error.is_none(), "{error:?}");
    let size = first.head().size;
    // Dropped, as a crash would leave it: what stands there was written while the import ran.
    drop(first);
    let written = sizes(&path);
    assert!(written.len() == 1 && (16_384..size).contains(&written[0]), "{written:?}");
    let start = Opened::new(&path).start();
    assert_eq!((start.began_at, start.ignored), (written[0], vec![]));
    close(Ledger::open(&path, machine(2)).unwrap());
    assert_eq!(sizes(&path), [size, written[0]]);

    let opened = Opened::new(&path);
    let start = opened.start();
    assert_eq!((start.began_at, start.ignored), (size, vec![]));
    let (_, quick) =
        timed(|| Start::from_newest(&opened.savepoints, &opened.log, &opened.keyring).unwrap());
    let (folded, whole) = timed(|| replay(&opened.log, &opened.keyring).unwrap());
    let (content, writing) = timed(|| content(&folded));
    let bytes = std::fs::read(opened.savepoints.path(size)).unwrap();
    assert_nothing_personal(&bytes, &content);
    drop((opened, folded));

    let (ledger, with) = timed(|| Ledger::open(&path, machine(2)).unwrap());
    assert_eq!(ledger.began_at(), size);
    close(ledger);
    assert_eq!(sizes(&path), [size, written[0]], "nothing happened, so nothing was written");
    std::fs::remove_dir_all(path.join("savepoints")).unwrap();
    let (ledger, without) = timed(|| Ledger::open(&path, machine(2)).unwrap());
    assert_eq!(ledger.began_at(), 0);
    drop(ledger);
    println!(
        "{size} entries; savepoint of {} bytes, layout {}; written down in {writing:?}; \
         folded from it in {quick:?}, by replaying in {whole:?}; \
         whole opening with it {with:?}, without {without:?}",
        bytes.len(),
        savepoint::LAYOUT,
    );
    assert!(quick < whole, "a savepoint that is slower than none is none");
}

/// A login stands in the content, and nowhere in the file.
fn assert_nothing_personal(file: &[u8], content: &[u8]) {
    let holds = |bytes: &[u8], name: &str| {
        bytes.windows(name.len()).any(|window| window == name.as_bytes())
    };
    for name in ["thockin", "users.noreply.github.com"] {
        assert!(holds(content, name), "{name} is no name of this history");
        assert!(!holds(file, name), "{name} can be read in the savepoint");
    }
}
