//! Lines of history that cannot be imported: each is named, and nothing is recorded.

use super::Workplace;

/// The line that the sample could go on with. Each case replaces some of it.
const LINE: &str = concat!(
    r#"{"seq":100,"time":"2025-02-03T04:05:06Z","org":"lantern-works","action":"member_added","#,
    r#""member":"sable-wren","role":"member","previous_role":null,"#,
    r#""source":{"repo":"lantern-works/roster","commit":"5eed"}}"#
);

/// What is wrong; what of the line is replaced by what, both written with ' for ";
/// exit code, code, a part of the message.
type Case =
    (&'static str, &'static [(&'static str, &'static str)], i32, &'static str, &'static str);

#[rustfmt::skip]
const LINES: &[Case] = &[
    ("malformed JSON", &[("'org':", "'org' ")],
        2, "wrong_line", "bad.ndjson:1: not a line of history"),
    ("half a line", &[(",'org'", "\n,'org'")],
        2, "wrong_line", "bad.ndjson:1: not a line of history"),
    ("half a character", &[("sable-wren", "\\ud800")],
        2, "wrong_line", "bad.ndjson:1: not a line of history"),
    ("an unknown field", &[("'member':", "'nickname':'b','member':")],
        2, "wrong_line", "unknown field `nickname`"),
    ("a field of another action", &[("'member':", "'team':'b','member':")],
        2, "wrong_line", "member_added has no team"),
    ("a missing field", &[("'member':'sable-wren',", "")],
        2, "wrong_line", "member_added needs member"),
    ("an unknown action", &[("member_added", "member_adored")],
        2, "wrong_line", "unknown variant `member_adored`"),
    ("an unknown cause", &[("'role':", "'cause':'whim','role':")],
        2, "wrong_line", "cause cannot be \"whim\""),
    ("a wrong slug", &[("'lantern-works',", "'Lantern Works',")],
        2, "wrong_line", "the slug holds 'L' at character 1"),
    ("a login that makes no address", &[("sable-wren", "sable..wren")],
        2, "wrong_line", "not a valid e-mail address"),
    ("a login with white space", &[("sable-wren", "sable wren")],
        2, "wrong_line", "holds ' ' at character 6"),
    ("an empty login", &[("sable-wren", "")],
        2, "wrong_line", "not a valid e-mail address"),
    ("an over-long slug", &[("lantern-works','action'", "{65 times s}','action'")],
        2, "wrong_line", "the slug has 65 characters, at most 64"),
    ("an over-long login", &[("sable-wren", "{256 times w}")],
        2, "wrong_line", "characters, at most 254"),
    ("an over-long line", &[("sable-wren", "{70000 times w}")],
        2, "wrong_line", "more than 65536 bytes"),
    ("no time", &[("2025-02-03T04:05:06Z", "soon")],
        2, "wrong_line", "\"soon\" is not a time"),
    ("a time before 1970", &[("2025-02-03T04:05:06Z", "1969-02-03")],
        2, "wrong_line", "outside the years 1970"),
    ("a negative seq", &[("100", "-1")],
        2, "wrong_line", "bad.ndjson:1: not a line of history"),
    ("an unknown organization", &[("'lantern-works',", "'nowhere',")],
        1, "unknown_organization", "bad.ndjson:1 (seq 100): no organization"),
    ("an organization that is there",
        &[("member_added", "org_created"), ("'member':'sable-wren','role':'member',", "")],
        1, "slug_taken", "bad.ndjson:1 (seq 100)"),
    ("somebody who belongs already", &[("sable-wren", "Umber-Nye")],
        1, "already_member", "bad.ndjson:1 (seq 100)"),
    ("somebody who does not belong", REMOVAL,
        1, "unknown_member", "bad.ndjson:1 (seq 100)"),
    ("another role than the ledger has",
        &[REMOVAL[0], REMOVAL[1], ("sable-wren", "umber-nye")],
        1, "source_contradicts", "says member where the ledger has admin"),
    ("the last admin leaves",
        &[REMOVAL[0], ("'role':'member','previous_role':null", "'previous_role':'admin'"),
            ("sable-wren", "brindle-kay"), ("'lantern-works',", "'lantern-lab',")],
        1, "last_top_role", "the role admin"),
    ("a role that is none", &[("'role':'member'", "'role':'lamplighter'")],
        1, "unknown_role", "no role \"lamplighter\""),
    ("a seq of another commit", &[("100", "49")],
        1, "source_conflict", "line 49 was imported before"),
    ("a time to come", &[("2025-02-03T04:05:06Z", "2999-01-01")],
        1, "occurred_in_future", "still to come"),
    ("a time that is over", &[("2025-02-03T04:05:06Z", "2020-01-01")],
        1, "occurred_too_early", "already reaches to 2024-08-19"),
];

const REMOVAL: &[(&str, &str)] = &[
    ("member_added", "member_removed"),
    ("'role':'member','previous_role':null", "'previous_role':'member'"),
];

/// What follows a line that is right, and makes it wrong.
#[rustfmt::skip]
const SECOND_LINES: &[Case] = &[
    ("a second line that is wrong", &[("'seq':100,", "")],
        2, "wrong_line", "bad.ndjson:2: not a line of history: missing field `seq`"),
    ("a seq that comes twice", &[],
        2, "wrong_line", "bad.ndjson:2: seq 100 does not come after 100"),
    ("a commit with two times", &[("100", "101"), ("04:05:06", "04:05:07"), ("wren", "lark")],
        2, "wrong_line", "bad.ndjson:2: commit 5eed has two times"),
    ("a second line that is refused", &[("100", "101")],
        1, "already_member", "bad.ndjson:2 (seq 101): the user is a member"),
];

fn replaced(replacements: &[(&str, &str)]) -> String {
    let mut line = LINE.to_owned();
    for (from, to) in replacements {
        let from = from.replace('\'', "\"");
        assert!(line.contains(&from), "{from}");
        line = line.replacen(&from, &repeated(to).replace('\'', "\""), 1);
    }
    line + "\n"
}

/// `{3 times w}` is written as `www`.
fn repeated(text: &str) -> String {
    let written = text.split_once('{').and_then(|(before, rest)| {
        let (count, rest) = rest.split_once(" times ")?;
        let (what, after) = rest.split_once('}')?;
        Some(format!("{before}{}{after}", what.repeat(count.parse().ok()?)))
    });
    written.unwrap_or_else(|| text.to_owned())
}

#[test]
fn wrong_lines_of_history() {
    let place = Workplace::with_sample();
    let before = place.head();
    let alone = LINES.iter().map(|case| (case, String::new()));
    let second = SECOND_LINES.iter().map(|case| (case, replaced(&[])));
    let mut differing = Vec::new();
    for ((what, replacements, exit, code, part), first) in alone.chain(second) {
        place.write("bad.ndjson", &(first + &replaced(replacements)));
        let differs =
            place.fails("rollbook import history --data ledger bad.ndjson", *exit, code, part);
        differing.extend(differs.map(|differs| format!("{what}: {differs}")));
    }
    assert!(differing.is_empty(), "{differing:#?}");
    assert_eq!(place.head(), before, "something was recorded");
}

#[test]
fn what_comes_before_a_wrong_commit_stays() {
    let place = Workplace::with_sample();
    let earlier = [("100", "101"), ("04:05:06", "04:05:05"), ("wren", "lark"), ("5eed", "feed")];
    place.write("bad.ndjson", &(replaced(&[]) + &replaced(&earlier)));
    let import = "rollbook import history --data ledger bad.ndjson";
    let part = "bad.ndjson:2: commit feed happened at 2025-02-03T04:05:05";
    assert_eq!(place.fails(import, 2, "wrong_line", part), None);
    assert_eq!(place.head()["size"], 50);
    place.write("bad.ndjson", &(replaced(&[]) + &replaced(&[earlier[0], earlier[2], earlier[3]])));
    let summary = place.run(import).json();
    assert_eq!((&summary["imported"], &summary["already_present"]), (&1.into(), &1.into()));
}
