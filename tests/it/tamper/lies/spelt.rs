//! The same in other bytes, and the first line.

use super::{Case, Forged, SOMEBODY, TOLD, case};

/// The same, in other bytes: two readers could read two things.
pub(super) const SPELT: &[Case] = &[
    case(
        "a key stands twice",
        |it| it.write_entry(29, TOLD, &format!("{TOLD},{TOLD}")),
        "keys must ascend",
        Some(29),
    ),
    case(
        "keys stand in another order",
        |it| {
            it.write_entry(
                29,
                r#""tv":1,"type":"RoleChanged","v":1"#,
                r#""tv":1,"v":1,"type":"RoleChanged""#,
            )
        },
        "keys must ascend",
        Some(29),
    ),
    case(
        "a letter is escaped",
        |it| it.write_entry(30, "Quay", r"\u0051uay"),
        "not the shortest escape",
        Some(30),
    ),
    case(
        "half a character",
        |it| it.write_entry(30, "Quay", r"\ud800uay"),
        "not the shortest escape",
        Some(30),
    ),
    case(
        "a letter is put together from two",
        |it| it.write_entry(30, "Quay", "Qua\u{0301}y"),
        "normal form C",
        Some(30),
    ),
    case(
        "a control character is bare",
        |it| it.write_entry(30, "Quay", "Qu\tay"),
        "control characters",
        Some(30),
    ),
    case(
        "a byte that is no UTF-8",
        |it| {
            let at = it.entry(30);
            let end = it.lines[at].len() - 4;
            it.lines[at][end] = 0xff;
        },
        "not UTF-8",
        Some(30),
    ),
    case(
        "a number with an exponent",
        |it| it.write_entry(30, r#""org_seq":7"#, r#""org_seq":7e0"#),
        "integers",
        Some(30),
    ),
    case(
        "a thousand",
        |it| it.write_entry(30, r#""org_seq":7"#, r#""org_seq":1e3"#),
        "integers",
        Some(30),
    ),
    case(
        "a number with a fraction",
        |it| it.write_entry(30, r#""seq":30"#, r#""seq":30.0"#),
        "integers",
        Some(30),
    ),
    case(
        "a number with a sign",
        |it| it.write_entry(30, r#""org_seq":7"#, r#""org_seq":-7"#),
        "unexpected",
        Some(30),
    ),
    case(
        "a number with a zero before it",
        |it| it.write_entry(30, r#""org_seq":7"#, r#""org_seq":07"#),
        "leading zeros",
        Some(30),
    ),
    case(
        "a number that doubles cannot hold",
        |it| it.write_entry(30, r#""org_seq":7"#, r#""org_seq":9007199254740992"#),
        "2^53",
        Some(30),
    ),
    case(
        "nothing, spelt out",
        |it| it.write_entry(30, r#""name":"Quay""#, r#""name":"Quay","parent":null"#),
        "unexpected",
        Some(30),
    ),
    case(
        "an empty list, spelt out",
        |it| it.set_entry(30, "/data/renamed_from", Vec::<String>::new()),
        "other bytes",
        Some(30),
    ),
    case("a space", |it| it.write_entry(30, r#""tv":1"#, r#""tv": 1"#), "unexpected", Some(30)),
    case(
        "a line end of another system",
        |it| it.end_line(30, b"\r\n"),
        "something follows",
        Some(30),
    ),
    case(
        "something behind the entry",
        |it| it.end_line(30, b"{}\n"),
        "something follows",
        Some(30),
    ),
    case(
        "a byte order mark",
        |it| drop(it.lines[0].splice(..0, *b"\xef\xbb\xbf")),
        "the first line is not an export's",
        None,
    ),
    case(
        "an empty line",
        |it| {
            let at = it.entry(30);
            it.lines.insert(at, b"\n".to_vec());
        },
        "ends too early",
        None,
    ),
    case("something behind the end", |it| it.lines.push(b"\n".to_vec()), "ends too early", None),
    case(
        "the last line has no end",
        |it| assert!(it.lines.last_mut().unwrap().pop().is_some()),
        "the file was cut",
        None,
    ),
    case(
        "the file ends inside an entry",
        |it| {
            let at = it.entry(30);
            it.lines.truncate(at + 1);
            it.lines[at].truncate(200);
        },
        "the file was cut",
        None,
    ),
    case(
        "a line longer than any can be",
        |it| {
            let at = it.entry(30);
            it.lines[at].splice(0..0, vec![b' '; 40_000]);
        },
        "more than 32768 bytes",
        None,
    ),
    case("no file at all", |it| it.lines.clear(), "the file is empty", None),
];

/// The first line.
pub(super) const HEADED: &[Case] = &[
    case(
        "there are more entries",
        |it| it.set(0, "/export/org_size", 21),
        "the header says 21 entries, there are 20",
        None,
    ),
    case(
        "there are fewer entries",
        |it| it.set(0, "/export/org_size", 19),
        "the header says 19 entries, there are 20",
        None,
    ),
    case(
        "it ends with the entry before",
        |it| {
            let head = it.get(it.entry(42), "/org_prev");
            it.set(0, "/export/head", head);
        },
        "the header names",
        None,
    ),
    case(
        "it is another ledger's",
        |it| it.set(0, "/export/log", "ledger.example/other"),
        "belongs to the ledger ledger.example/reference",
        Some(23),
    ),
    case(
        "it is another organization's",
        |it| it.set(0, "/export/org", SOMEBODY),
        "belongs to another organization",
        Some(23),
    ),
    case(
        "it is another organization's, wholly",
        |it| it.lines[0] = Forged::of("halden").lines[0].clone(),
        "belongs to another organization",
        Some(23),
    ),
    case("it is of a later format", |it| it.set(0, "/export/format", 2), "export format 2", None),
    case(
        "it says one thing more",
        |it| it.set(0, "/export/complete", true),
        "unknown field `complete`",
        None,
    ),
    case(
        "it is spelt otherwise",
        |it| it.write(0, r#""format":1"#, r#""format": 1"#),
        "the first line is not an export's",
        None,
    ),
    case(
        "it is not there",
        |it| drop(it.lines.remove(0)),
        "the first line is not an export's",
        None,
    ),
    case("it is there twice", |it| it.double(0), "not an entry", None),
];
