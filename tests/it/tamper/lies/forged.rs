//! Hashes computed anew.

use super::{Case, Forged, SALT, TOLD, case};

/// Forgers who compute hashes, and forget one thing or cannot have it.
pub(super) const FORGED: &[Case] = &[
    case(
        "another role, all links anew, the header left",
        |it| {
            it.write_entry(29, TOLD, r#""after":["owner"]"#);
            it.relink();
        },
        // The removal behind it says what was really held, and stands before the header's turn.
        "it says admin, member where owner was held",
        Some(41),
    ),
    case(
        "another role, the header anew, the links left",
        |it| {
            it.write_entry(29, TOLD, r#""after":["owner"]"#);
            it.reseal();
        },
        "org_prev is not",
        Some(30),
    ),
    case(
        "an entry less, all hashes anew, the numbers left",
        |it| {
            it.cut(41);
            it.recompute();
        },
        "org_seq is 19 where 18",
        Some(42),
    ),
    case(
        "the order of two, all hashes anew",
        |it| {
            let at = it.entry(30);
            it.lines.swap(at, at + 1);
            it.renumber();
            it.recompute();
        },
        "seq is 30 where 32",
        Some(30),
    ),
    case(
        "an entry twice, all hashes and numbers anew",
        |it| {
            it.double(it.entry(30));
            it.renumber();
            it.recompute();
        },
        "seq is 30 where 31",
        Some(30),
    ),
    case(
        "an earlier time, all hashes anew",
        |it| {
            it.set_entry(30, "/time", "2026-11-26T08:00:00.000000Z");
            it.recompute();
        },
        "does not lie after",
        Some(30),
    ),
    case(
        "an earlier effect, all hashes anew",
        |it| {
            it.set_entry(30, "/occurred", "2026-11-01T00:00:00.000000Z");
            it.recompute();
        },
        "it took effect at",
        Some(30),
    ),
    case(
        "an unknown field, all hashes anew",
        |it| {
            it.set_entry(29, "/zeal", 1);
            it.recompute();
        },
        "unknown field `zeal`",
        Some(29),
    ),
    case(
        "another address, all hashes anew, the value left",
        |it| {
            it.set_entry(28, "/data/email/commit", SALT);
            it.recompute();
        },
        "not the one that the entry commits to",
        Some(28),
    ),
    case(
        "moved into another ledger, all hashes anew",
        |it| {
            move_ledger(it);
            it.recompute();
        },
        "not the one that the entry commits to",
        Some(24),
    ),
    case(
        "moved to the ledger's beginning, all hashes anew",
        |it| {
            it.set_entry(23, "/seq", 0);
            it.recompute();
        },
        "prev is not",
        Some(0),
    ),
];

/// Forgers who compute everything anew, and tell what cannot have happened. Only a reader who knows
/// what the events mean sees it.
pub(in crate::tamper) const IMPOSSIBLE: &[Case] = &[
    case(
        "who was made admin never joined",
        |it| {
            it.cut(28);
            it.renumber();
            it.recompute();
        },
        "there is no member",
        Some(29),
    ),
    case(
        "a team without its beginning",
        |it| {
            it.cut(31);
            it.renumber();
            it.recompute();
        },
        "there is no team",
        Some(32),
    ),
    case(
        "a history that does not begin with its organization",
        |it| {
            it.cut(23);
            it.renumber();
            it.recompute();
        },
        "has not been created",
        Some(24),
    ),
];

fn move_ledger(it: &mut Forged) {
    for line in 0..it.lines.len() {
        let text = String::from_utf8(it.lines[line].clone()).unwrap();
        it.lines[line] = text.replace("ledger.example/reference", "ledger.example/other").into();
    }
}
