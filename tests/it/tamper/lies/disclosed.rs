//! What opens the commitments.

use super::{Case, SALT, SOMEBODY, case};

/// What opens the commitments.
pub(super) const DISCLOSED: &[Case] = &[
    case(
        "the value was another",
        |it| {
            it.set(
                it.disclosure(29, "/reason"),
                "/disclosure/value",
                "Runs the portal from January",
            )
        },
        "not the one that the entry commits to",
        Some(29),
    ),
    case(
        "the salt was another",
        |it| it.set(it.disclosure(29, "/reason"), "/disclosure/salt", SALT),
        "not the one that the entry commits to",
        Some(29),
    ),
    case(
        "the salt is shorter",
        |it| it.set(it.disclosure(29, "/reason"), "/disclosure/salt", "AAEC"),
        "a salt is 32 bytes",
        Some(29),
    ),
    case(
        "the name is the e-mail address",
        |it| it.set(it.disclosure(28, "/email"), "/disclosure/field", "/name"),
        "not the one that the entry commits to",
        Some(28),
    ),
    case(
        "the values of two fields are exchanged",
        |it| {
            let (one, two) = (it.disclosure(28, "/email"), it.disclosure(28, "/username"));
            let value = it.get(one, "/disclosure/value");
            it.set(one, "/disclosure/value", it.get(two, "/disclosure/value"));
            it.set(two, "/disclosure/value", value);
        },
        "not the one that the entry commits to",
        Some(28),
    ),
    case(
        "it opens something that is not sealed",
        |it| it.set(it.disclosure(29, "/reason"), "/disclosure/field", "/member"),
        "commits to nothing at /member",
        Some(29),
    ),
    case(
        "it is of another entry",
        |it| it.set(it.disclosure(29, "/reason"), "/disclosure/seq", 28),
        "does not stand behind it",
        Some(28),
    ),
    case(
        "it is somebody else's",
        |it| it.set(it.disclosure(29, "/reason"), "/disclosure/of", SOMEBODY),
        "belongs to 839f1f6d",
        Some(29),
    ),
    case(
        "it stands behind another entry",
        |it| {
            let line = it.lines.remove(it.disclosure(29, "/reason"));
            it.lines.insert(it.entry(30) + 1, line);
        },
        "does not stand behind it",
        Some(29),
    ),
    case(
        "it stands before every entry",
        |it| {
            let line = it.lines.remove(it.disclosure(29, "/reason"));
            it.lines.insert(1, line);
        },
        "does not stand behind it",
        Some(29),
    ),
    case(
        "it is said twice",
        |it| it.double(it.disclosure(29, "/reason")),
        "out of order or double",
        Some(29),
    ),
    case(
        "they stand in another order",
        |it| {
            let at = it.disclosure(28, "/email");
            it.lines.swap(at, at + 1);
        },
        "out of order or double",
        Some(28),
    ),
    case(
        "it says one thing more",
        |it| it.set(it.disclosure(29, "/reason"), "/disclosure/zeal", 1),
        "unknown field `zeal`",
        Some(29),
    ),
    case(
        "it is spelt otherwise",
        |it| it.write(it.disclosure(29, "/reason"), r#""seq":29"#, r#""seq":29.0"#),
        "not a disclosure",
        Some(29),
    ),
];
