//! What callers see when an append fails.

use super::{create, organization};
use crate::support::machine;
use rollbook::ground::embedded::Options;
use rollbook::house::{Ledger, Machine};
use rollbook::words::Origin;
use std::fs;
use std::sync::mpsc::sync_channel;

#[test]
fn whoever_hears_that_an_append_failed_sees_that_nothing_is_taken() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("data");
    let options = Options { segment_bytes: 4096, ..machine(1).options };
    let origin = Origin::parse("ledger.example").unwrap();
    let ledger = Ledger::create(&path, origin, Machine { options, ..machine(1) }).unwrap();
    let org = organization(&ledger, "acme");
    // Without its directory the journal cannot begin another segment.
    fs::rename(path.join("journal"), path.join("gone")).unwrap();
    // Replies live as long as they like, on the writer's thread: so does the ledger here.
    let ledger: &Ledger = Box::leak(Box::new(ledger));
    let heard = (0..100).find_map(|number| {
        let (reply, answer) = sync_channel(1);
        let wish = create(org, &format!("m{number}"));
        let taken = ledger.try_enqueue(wish, move |answer| {
            let code = answer.err().map(|error| error.code());
            reply.send((code, ledger.takes_commands())).unwrap();
        });
        taken.unwrap();
        let (code, takes) = answer.recv().unwrap();
        assert_eq!(takes, code.is_none(), "answered {code:?}");
        code
    });
    assert_eq!(heard, Some("not_appended"));
}
