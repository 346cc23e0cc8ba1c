//! The whole history of the Kubernetes organizations, imported and asked at many moments.

use crate::support::{ledger, real_history};
use rollbook::house::import::import;
use rollbook::house::source::History;

#[test]
fn imports_wholly() {
    let Some(data) = real_history() else { return };
    let directory = tempfile::tempdir().unwrap();
    let ledger = ledger(&directory.path().join("data"), 1);
    let files =
        ["kubernetes-org.ndjson", "kubernetes-org-teams.ndjson"].map(|name| data.join(name));
    let mut history = History::open(&files, "users.noreply.github.com").unwrap();
    let start = std::time::Instant::now();
    let (summary, error) = import(&ledger, &mut history, &mut |_, _| {});
    assert!(error.is_none(), "{}", error.unwrap());
    eprintln!("{summary:?} {:?}", start.elapsed());
    assert_eq!(summary.imported, 25_193);
}
