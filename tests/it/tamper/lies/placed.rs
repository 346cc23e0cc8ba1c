//! Where an entry stands.

use super::{Case, Forged, SALT, SOMEBODY, case};

/// Where an entry stands.
pub(super) const PLACED: &[Case] = &[
    case("the first entry never was", |it| it.cut(23), "org_seq is 1 where 0", Some(24)),
    case("an entry in the middle never was", |it| it.cut(30), "org_seq is 8 where 7", Some(31)),
    case(
        "the last entry never was",
        |it| it.cut(42),
        "the header says 20 entries, there are 19",
        None,
    ),
    case(
        "none of it ever was",
        |it| it.lines.truncate(1),
        "the header says 20 entries, there are 0",
        None,
    ),
    case("it happened twice", |it| it.double(it.entry(30)), "seq is 30 where 31", Some(30)),
    case(
        "it happened the other way round",
        |it| {
            let at = it.entry(30);
            it.lines.swap(at, at + 1);
        },
        "org_seq is 8 where 7",
        Some(31),
    ),
    case(
        "it happened here and not in another organization",
        |it| {
            let at = it.entry(30);
            let other = Forged::of("halden");
            it.lines.insert(at, other.lines[other.entry(22)].clone());
        },
        "belongs to another organization",
        Some(22),
    ),
    case(
        "it happened in another ledger",
        |it| it.set_entry(30, "/log", "ledger.example/other"),
        "belongs to the ledger ledger.example/other",
        Some(30),
    ),
    case(
        "it happened in another organization",
        |it| it.set_entry(30, "/org", SOMEBODY),
        "belongs to another organization",
        Some(30),
    ),
    case(
        "it had another place in the organization",
        |it| it.set_entry(30, "/org_seq", 8),
        "org_seq is 8 where 7",
        Some(30),
    ),
    case(
        "it had another place in the ledger",
        |it| it.set_entry(42, "/seq", 43),
        "the disclosure belongs to entry 42",
        Some(42),
    ),
    case(
        "it had an earlier place in the ledger",
        |it| it.set_entry(30, "/seq", 29),
        "seq is 29 where 30",
        Some(29),
    ),
    case(
        "it follows another entry of the organization",
        |it| it.set_entry(30, "/org_prev", SALT),
        "org_prev is not",
        Some(30),
    ),
    case(
        "it follows another entry of the ledger",
        |it| it.set_entry(30, "/prev", SALT),
        "prev is not",
        Some(30),
    ),
    case(
        "it was recorded before the one before it",
        |it| it.set_entry(30, "/time", "2026-11-26T08:00:00.000000Z"),
        "does not lie after",
        Some(30),
    ),
    case(
        "it was recorded with the one before it",
        |it| {
            let time = it.get(it.entry(29), "/time");
            it.set_entry(30, "/time", time);
        },
        "does not lie after",
        Some(30),
    ),
    case(
        "it was recorded later",
        |it| it.set_entry(30, "/time", "2026-11-27T08:00:00.000000Z"),
        "does not lie after",
        Some(31),
    ),
    case(
        "it took effect after it was recorded",
        |it| it.set_entry(30, "/occurred", "2026-12-01T00:00:00.000000Z"),
        "after it was recorded",
        Some(30),
    ),
    case(
        "it took effect before the one before it",
        |it| it.set_entry(30, "/occurred", "2026-11-01T00:00:00.000000Z"),
        "it took effect at",
        Some(30),
    ),
    case(
        "it was recorded on a day that is none",
        |it| it.set_entry(30, "/time", "2026-11-31T08:00:00.000000Z"),
        "not an entry",
        Some(30),
    ),
];
