//! A small history, and what must be read of it at several moments.

use super::story::*;
use crate::facts::event::*;
use crate::facts::*;
use crate::projections::*;
use crate::words::*;
use std::fmt::Write;

/// `ann owner, bob member (suspended)`.
fn members(view: &OrganizationView, at: Moment) -> String {
    let shown = view.members(at).into_iter().map(|row| {
        let suspended = if row.status == MemberStatus::Suspended { " (suspended)" } else { "" };
        format!("{} {}{suspended}", row.username.unwrap(), row.roles)
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// `core: ann* bob; tools in core: bob`, maintainers with a star.
fn teams(view: &OrganizationView, at: Moment) -> String {
    let rows = view.teams(at);
    let shown = rows.iter().map(|row| {
        let mut text = row.name.to_string();
        if let Some(parent) = row.parent {
            let parent = rows.iter().find(|row| row.team_id == parent).unwrap();
            write!(text, " in {}", parent.name).unwrap();
        }
        text.push(':');
        for maintainer in &row.maintainers {
            write!(text, " {}*", maintainer.username.as_ref().unwrap()).unwrap();
        }
        for member in &row.members {
            write!(text, " {}", member.username.as_ref().unwrap()).unwrap();
        }
        text
    });
    shown.collect::<Vec<_>>().join("; ")
}

/// `cyd pending`, with the number of sendings from the second on.
fn invitations(view: &OrganizationView, at: Moment) -> String {
    let shown = view.invitations(at).into_iter().map(|row| {
        let again = if row.sends > 1 { format!(" x{}", row.sends) } else { String::new() };
        let whom = row.email.to_string().replace("@home.example", "");
        format!("{whom} {}{again}", row.status)
    });
    shown.collect::<Vec<_>>().join(", ")
}

/// What most of the tables are read from.
pub(super) fn story() -> Story {
    let mut story = Story::new();
    story
        .on(time("2020-02-01"))
        .tell(joins("ann", "ann", "owner"))
        .tell(joins("bob", "bob", "member"))
        .on(time("2020-03-01"))
        .tell(team_begins("core", None))
        .tell(team_begins("tools", Some("core")))
        .tell(joins_team("ann", "core", TeamRole::Maintainer))
        .tell(joins_team("bob", "core", TeamRole::Member))
        .tell(joins_team("bob", "tools", TeamRole::Member))
        .on(time("2020-04-01"))
        .tell(sends("cyd", "admin", time("2020-04-08")))
        .on(time("2020-05-01"))
        .tell(resends("cyd", time("2020-05-08")))
        .on(time("2020-05-02"))
        .tell(accepts("cyd", "admin", &["tools"]))
        .on(time("2020-06-01"))
        .tell(MemberSuspended { member: member("bob"), reason: None, user: user("bob") })
        .tell(changes_role("ann", "owner", "admin owner"))
        .on(time("2020-07-01"))
        .tell(team_ends("core"))
        .on(time("2020-08-01"))
        .tell(leaves("bob", "bob", RemovalCause::Left))
        .on(time("2020-09-01"))
        .tell(joins("bob again", "bob", "member"));
    story
}

#[test]
fn every_list_at_every_moment() {
    let view = story().view();
    let table = [
        // time, members, teams, invitations
        ("2020-01-31", "", "", ""),
        ("2020-02-01", "ann owner, bob member", "", ""),
        ("2020-03-31", "ann owner, bob member", "core: ann* bob; tools in core: bob", ""),
        (
            "2020-04-07",
            "ann owner, bob member",
            "core: ann* bob; tools in core: bob",
            "cyd pending",
        ),
        (
            "2020-04-08",
            "ann owner, bob member",
            "core: ann* bob; tools in core: bob",
            "cyd expired",
        ),
        (
            "2020-05-01",
            "ann owner, bob member",
            "core: ann* bob; tools in core: bob",
            "cyd pending x2",
        ),
        (
            "2020-05-31",
            "ann owner, bob member, cyd admin",
            "core: ann* bob; tools in core: bob cyd",
            "cyd accepted x2",
        ),
        (
            "2020-06-30",
            "ann admin, owner, bob member (suspended), cyd admin",
            "core: ann* bob; tools in core: bob cyd",
            "cyd accepted x2",
        ),
        (
            "2020-07-31",
            "ann admin, owner, bob member (suspended), cyd admin",
            "tools: bob cyd",
            "cyd accepted x2",
        ),
        ("2020-08-31", "ann admin, owner, cyd admin", "tools: cyd", "cyd accepted x2"),
        ("2020-09-01", "ann admin, owner, cyd admin, bob member", "tools: cyd", "cyd accepted x2"),
    ];
    for (when, expected_members, expected_teams, expected_invitations) in table {
        let at = view.moment(AsOf::Time(time(when)), Timestamp::EPOCH).unwrap();
        assert_eq!(members(&view, at), expected_members, "members on {when}");
        assert_eq!(teams(&view, at), expected_teams, "teams on {when}");
        assert_eq!(invitations(&view, at), expected_invitations, "invitations on {when}");
    }
}

#[test]
fn one_moment_is_named_in_five_ways() {
    let view = story().view();
    let now = time("2030-01-01");
    let named = |as_of| {
        let moment = view.moment(as_of, now).unwrap();
        (moment.org_seq(), moment.seq(), moment.time().to_string()[..10].to_owned())
    };
    let table = [
        (AsOf::OrgSeq(8), (8, 34, "2020-04-01")),
        (AsOf::Seq(34), (8, 34, "2020-04-01")),
        (AsOf::Seq(36), (8, 34, "2020-04-01")),
        (AsOf::Time(time("2020-04-15")), (8, 34, "2020-04-15")),
        (AsOf::Recorded(time("2026-01-01")), (0, 10, "2026-01-01")),
        (AsOf::Recorded(time("2027-01-01")), (15, 55, "2027-01-01")),
        (AsOf::Now, (15, 55, "2030-01-01")),
    ];
    for (as_of, (org_seq, seq, day)) in table {
        assert_eq!(named(as_of), (org_seq, seq, day.to_owned()), "{as_of:?}");
    }
    let refused = |as_of| story().views().moment(&view, as_of, now).unwrap_err().to_string();
    assert_eq!(
        refused(AsOf::Time(time("2019-12-31"))),
        "the organization did not exist yet: it begins with seq 10, at 2020-01-01T00:00:00.000000Z"
    );
    assert_eq!(
        refused(AsOf::OrgSeq(16)),
        "org_seq 16 does not exist yet: there are 16, counted from 0"
    );
    assert_eq!(refused(AsOf::Seq(56)), "seq 56 does not exist yet: there are 56, counted from 0");
}

#[test]
fn an_invitation_expires_at_its_moment_though_nothing_is_recorded() {
    let view = story().view();
    let expiry = time("2020-04-08");
    let table = [
        (Timestamp::from_micros(expiry.micros() - 1), InvitationStatus::Pending, 1),
        (expiry, InvitationStatus::Expired, 0),
        (expiry.next(), InvitationStatus::Expired, 0),
    ];
    for (when, status, pending) in table {
        let at = view.moment(AsOf::Time(when), Timestamp::EPOCH).unwrap();
        assert_eq!(view.invitation(invitation("cyd"), at).unwrap().status, status, "{when}");
        assert_eq!(view.pending_invitations(at).len(), pending, "{when}");
    }
    let mut story = Story::new();
    story.tell(sends("dee", "member", time("2020-01-08")));
    let now = |now| story.view().moment(AsOf::Now, time(now)).unwrap();
    assert_eq!(story.view().invitations(now("2020-01-07"))[0].status, InvitationStatus::Pending);
    assert_eq!(story.view().invitations(now("2020-01-08"))[0].status, InvitationStatus::Expired);
}

#[test]
fn an_expired_invitation_that_is_sent_again_is_pending_again() {
    let mut story = Story::new();
    story
        .tell(sends("dee", "member", time("2020-01-08")))
        .on(time("2020-01-09"))
        .tell(InvitationExpired { expired_at: time("2020-01-08"), invitation: invitation("dee") })
        .on(time("2020-01-10"))
        .tell(resends("dee", time("2020-01-17")))
        .tell(InvitationRevoked {
            cause: RevocationCause::Superseded,
            invitation: invitation("dee"),
            reason: None,
        });
    let view = story.view();
    let seen: Vec<_> = (1..=4)
        .map(|org_seq| {
            let at = after(&view, org_seq);
            (invitations(&view, at), view.pending_invitations(at).len())
        })
        .collect();
    let expected =
        [("dee pending", 1), ("dee expired", 0), ("dee pending x2", 1), ("dee revoked x2", 0)];
    assert_eq!(seen, expected.map(|(text, pending)| (text.to_owned(), pending)));
    assert_eq!(view.invitations(after(&view, 4))[0].cause, Some(RevocationCause::Superseded));
}

#[test]
fn a_membership_that_ended_is_found_by_its_user() {
    let view = story().view();
    let bob = view.memberships_of(user("bob"));
    let seen: Vec<_> =
        bob.iter().map(|one| (one.member.member_id, one.left.map(|left| left.cause))).collect();
    assert_eq!(seen, [(member("bob"), Some(RemovalCause::Left)), (member("bob again"), None)]);
    assert_eq!(bob[0].left.unwrap().left_at, time("2020-08-01"));
    assert_eq!(bob[0].member.status, MemberStatus::Suspended);

    let gone = view.moment(AsOf::Time(time("2020-08-15")), Timestamp::EPOCH).unwrap();
    assert_eq!(view.member_of_user(user("bob"), gone), None);
    assert_eq!(view.member(member("bob"), gone), None);
    let there = view.moment(AsOf::Time(time("2020-05-15")), Timestamp::EPOCH).unwrap();
    assert_eq!(view.member_of_user(user("bob"), there).unwrap().member_id, member("bob"));
}

#[test]
fn the_top_role_changes_hands_in_one_fact() {
    let mut story = Story::new();
    story
        .tell(joins("ann", "ann", "super_admin"))
        .tell(joins("bob", "bob", "dev_admin"))
        .on(time("2021-01-01"))
        .tell(SuperAdminTransferred {
            becomes: roles("member"),
            from: user("ann"),
            from_member: member("ann"),
            reason: None,
            to: user("bob"),
            to_before: roles("dev_admin"),
            to_member: member("bob"),
        });
    let view = story.view();
    assert_eq!(members(&view, after(&view, 2)), "ann super_admin, bob dev_admin");
    assert_eq!(members(&view, after(&view, 3)), "ann member, bob super_admin");
    assert_eq!(view.members(after(&view, 3))[1].role_since, time("2021-01-01"));
}

#[test]
fn a_role_means_what_it_meant_then() {
    let role = || RoleName::parse("auditor").unwrap();
    let set = |permissions: &[Permission]| PermissionSet::new(permissions.iter().copied());
    let (read, write) = (Permission::LogRead, Permission::MemberInvite);
    let mut story = Story::new();
    story
        .tell(joins("ann", "ann", "owner"))
        .tell(RoleDefined { permissions: set(&[read]), reason: None, role: role() })
        .tell(changes_role("ann", "owner", "auditor owner"))
        .tell(RoleRedefined {
            after: set(&[read, write]),
            before: set(&[read]),
            reason: None,
            role: role(),
        })
        .tell(changes_role("ann", "auditor owner", "owner"))
        .tell(RoleRetired { permissions: set(&[read, write]), reason: None, role: role() });
    let view = story.view();
    let shown = |org_seq| {
        let rows = view.roles(after(&view, org_seq));
        serde_json::to_string(
            &rows.iter().map(|row| (&row.role, &row.permissions, row.holders)).collect::<Vec<_>>(),
        )
        .unwrap()
    };
    assert_eq!(shown(1), r#"[["owner",null,1]]"#);
    assert_eq!(shown(2), r#"[["auditor",["log.read"],0],["owner",null,1]]"#);
    assert_eq!(shown(3), r#"[["auditor",["log.read"],1],["owner",null,1]]"#);
    assert_eq!(shown(4), r#"[["auditor",["log.read","member.invite"],1],["owner",null,1]]"#);
    assert_eq!(shown(6), r#"[["owner",null,1]]"#);
}

#[test]
fn an_organization_is_found_by_its_current_slug_even_dissolved() {
    let slug = |text| Shown::Public(Slug::parse(text).unwrap());
    let mut story = Story::new();
    story
        .tell(OrganizationUpdated {
            name: None,
            reason: None,
            seats: Some(Change { before: None, after: Some(5) }),
            second_factor: None,
            slug: Some(Change { before: Some(slug("acme")), after: Some(slug("acme-2")) }),
        })
        .tell(OrganizationCertified { reason: None })
        .on(time("2021-01-01"))
        .tell(OrganizationDissolved { reason: None });
    let views = story.views();
    assert!(views.by_slug("acme").is_none());
    let view = views.by_slug("acme-2").unwrap();
    let shown = |org_seq| {
        let header = view.header(after(view, org_seq));
        let (slug, seats) = (header.slug.to_string(), header.seats);
        (slug, seats, header.certified_at.is_some(), header.dissolved_at.is_some())
    };
    assert_eq!(shown(0), ("acme".to_owned(), None, false, false));
    assert_eq!(shown(1), ("acme-2".to_owned(), Some(5), false, false));
    assert_eq!(shown(3), ("acme-2".to_owned(), Some(5), true, true));
}

#[test]
fn a_row_is_written_with_the_names_that_are_promised() {
    let mut story = Story::new();
    let mut ann = joins("ann", "ann", "owner");
    let of = user("ann").into();
    ann.name = Some(Sealed { of, content: Content::Withheld(Commitment::from_bytes([1; 32])) });
    ann.email = Some(Sealed { of, content: Content::Erased(Commitment::from_bytes([2; 32])) });
    story.tell(ann);
    let view = story.view();
    let written = serde_json::to_string(&view.members(after(&view, 1))[0]).unwrap();
    let expected = format!(
        concat!(
            r#"{{"member_id":"{}","user_id":"{}","username":"ann","name":{{"withheld":true}},"#,
            r#""email":{{"erased":true}},"roles":["owner"],"status":"active","#,
            r#""joined_at":"2020-01-01T00:00:00.000000Z","joined_org_seq":1,"via":"added","#,
            r#""added_by":"system:import","role_since":"2020-01-01T00:00:00.000000Z"}}"#
        ),
        member("ann"),
        user("ann"),
    );
    assert_eq!(written, expected);
    assert!(!format!("{view:?}").contains("\"ann\""), "a debugged view shows no personal value");
}

#[test]
fn an_entry_that_does_not_follow_is_refused_by_name() {
    let mut twice = Story::new();
    twice.tell(joins("ann", "ann", "owner"));
    let refusal = |entries: &[Entry]| {
        let mut views = Views::default();
        entries.iter().try_for_each(|entry| views.apply(entry)).unwrap_err().to_string()
    };
    let gap = [twice.entries[0].clone(), twice.entries[0].clone()];
    assert!(refusal(&gap).starts_with("entry 10: org_seq 0 does not follow"), "{}", refusal(&gap));
    let mut late = twice.entries[1].clone();
    late.org_seq = 0;
    assert!(refusal(&[late]).contains("MemberCreated in organization"));

    twice.tell(joins("ann 2", "ann", "owner"));
    let expected =
        format!("entry 16: MemberCreated: there is a member for user {} already", user("ann"));
    assert_eq!(refusal(&twice.entries), expected);
    let mut absent = Story::new();
    absent.tell(team_ends("core"));
    let expected = format!("entry 13: TeamRemoved: there is no team {}", team("core"));
    assert_eq!(refusal(&absent.entries), expected);
}

#[test]
fn an_event_that_is_untrue_about_what_was_before_is_refused() {
    let refusal = |event: Event| {
        let mut story = Story::new();
        story.tell(joins("ann", "ann", "owner")).tell(team_begins("core", None));
        story.tell(joins_team("ann", "core", TeamRole::Member)).tell(event);
        let mut views = Views::default();
        story.entries.iter().try_for_each(|entry| views.apply(entry)).unwrap_err().to_string()
    };
    let in_team = TeamRoleChanged {
        after: TeamRole::Member,
        before: TeamRole::Maintainer,
        member: member("ann"),
        reason: None,
        team: team("core"),
        user: user("ann"),
    };
    let table: [(Event, &str); 3] = [
        (changes_role("ann", "admin", "member").into(), "admin where owner"),
        (leaves("ann", "ann", RemovalCause::Left).into(), "member where owner"),
        (in_team.into(), "maintainer where member"),
    ];
    for (event, expected) in table {
        let refusal = refusal(event);
        assert!(refusal.ends_with(&format!("it says {expected} was held")), "{refusal}");
    }
}
