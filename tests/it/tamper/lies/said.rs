//! What an entry says.

use super::{Case, SALT, SOMEBODY, TOLD, case};

/// What an entry says.
pub(super) const SAID: &[Case] = &[
    case(
        "another role was given",
        |it| it.write_entry(29, TOLD, r#""after":["owner"]"#),
        "org_prev is not",
        Some(30),
    ),
    case(
        "somebody else did it",
        |it| it.set_entry(29, "/actor", format!("user:{SOMEBODY}")),
        "org_prev is not",
        Some(30),
    ),
    case(
        "it belonged to another command",
        |it| it.set_entry(29, "/cmd", SOMEBODY),
        "org_prev is not",
        Some(30),
    ),
    case(
        "the last one was removed, and did not leave",
        |it| it.write_entry(42, r#""cause":"left""#, r#""cause":"removed""#),
        "the header names",
        None,
    ),
    case(
        "the organization began with another name",
        |it| it.set_entry(23, "/data/name", "Harbor Portal"),
        "org_prev is not",
        Some(24),
    ),
    case(
        "another value was committed to",
        |it| it.set_entry(29, "/data/reason/commit", SALT),
        "not the one that the entry commits to",
        Some(29),
    ),
    case(
        "the value is somebody else's",
        |it| it.set_entry(29, "/data/reason/of", SOMEBODY),
        "whom the entry does not concern",
        Some(29),
    ),
    case(
        "it is about somebody else",
        |it| it.set_entry(29, "/subjects/0", SOMEBODY),
        "subjects are not",
        Some(29),
    ),
    case(
        "it is about nobody",
        |it| it.set_entry(29, "/subjects", Vec::<String>::new()),
        "subjects are not",
        Some(29),
    ),
    case(
        "it is about one more",
        |it| it.set_entry(29, "/subjects", vec![SOMEBODY, "839f1f6d-32d9-4be1-9321-9248359587c8"]),
        "subjects are not",
        Some(29),
    ),
    case(
        "it is an event of another type",
        |it| it.write_entry(29, "RoleChanged", "MemberSuspended"),
        "unknown field `after`",
        Some(29),
    ),
    case(
        "it is an event of no type",
        |it| it.write_entry(29, "RoleChanged", "RoleGranted"),
        "unknown event type",
        Some(29),
    ),
    case(
        "it is a later version of its type",
        |it| it.set_entry(29, "/tv", 2),
        "RoleChanged has no version 2",
        Some(29),
    ),
    case(
        "it is hashed by another suite",
        |it| it.set_entry(29, "/v", 2),
        "algorithm suite 2",
        Some(29),
    ),
    case(
        "roles stand in another order",
        |it| it.write_entry(29, TOLD, r#""after":["member","admin"]"#),
        "sorted",
        Some(29),
    ),
    case(
        "a role stands twice",
        |it| it.write_entry(29, TOLD, r#""after":["admin","admin"]"#),
        "sorted",
        Some(29),
    ),
    case(
        "there is one more field",
        |it| it.set_entry(29, "/zeal", 1),
        "unknown field `zeal`",
        Some(29),
    ),
    case(
        "there is one more field inside",
        |it| it.set_entry(29, "/data/zeal", 1),
        "unknown field `zeal`",
        Some(29),
    ),
    case(
        "a field is missing",
        |it| it.write_entry(29, &format!("{TOLD},"), ""),
        "missing field `after`",
        Some(29),
    ),
];
