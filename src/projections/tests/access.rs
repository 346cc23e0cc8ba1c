//! Tokens, auditors, API keys and limits, and what must be read of them at several moments.

use super::story::*;
use crate::facts::event::*;
use crate::facts::*;
use crate::projections::*;
use crate::words::*;

fn on(view: &OrganizationView, day: &str) -> Moment {
    view.moment(AsOf::Time(time(day)), Timestamp::EPOCH).unwrap()
}

fn by(login: &str) -> Actor {
    Actor::User(user(login))
}

fn tokens(rows: &[TokenRow]) -> String {
    let shown = rows.iter().map(|row| {
        let cause = row.cause.map(|cause| format!(" ({cause})")).unwrap_or_default();
        format!("{} {}{cause}", row.name, row.status)
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn keys(rows: &[ApiKeyRow]) -> String {
    let shown = rows.iter().map(|row| {
        let cause = row.cause.map(|cause| format!(" ({cause})")).unwrap_or_default();
        format!("{} of {} {}{cause}", row.name, row.username.as_ref().unwrap(), row.status)
    });
    shown.collect::<Vec<_>>().join(", ")
}

fn auditors(rows: &[AuditorRow]) -> String {
    let shown = rows.iter().map(|row| format!("{} {}", row.username.as_ref().unwrap(), row.status));
    shown.collect::<Vec<_>>().join(", ")
}

#[test]
fn a_token_ends_at_its_time_or_when_it_is_revoked() {
    let mut story = Story::new();
    story
        .by(by("ann"))
        .on(time("2020-02-01"))
        .tell(issues_token("build", time("2020-06-01")))
        .on(time("2020-03-01"))
        .tell(issues_token("deploy", time("2020-12-01")))
        .on(time("2020-04-01"))
        .tell(ends_token("deploy", EndCause::MemberEnded))
        .on(time("2020-07-01"))
        .tell(ends_token("build", EndCause::Revoked));
    let view = story.view();
    let table = [
        // day, all, those that could be used
        ("2020-01-31", "", ""),
        ("2020-02-01", "build active", "build active"),
        ("2020-03-31", "build active, deploy active", "build active, deploy active"),
        ("2020-04-01", "build active, deploy revoked (member_ended)", "build active"),
        ("2020-06-01", "build expired, deploy revoked (member_ended)", ""),
        ("2020-07-01", "build revoked (revoked), deploy revoked (member_ended)", ""),
    ];
    for (day, all, active) in table {
        let at = on(&view, day);
        assert_eq!(tokens(&view.tokens(at)), all, "{day}");
        assert_eq!(tokens(&view.active_tokens(at)), active, "{day}");
    }
    let row = &view.tokens(on(&view, "2020-04-15"))[1];
    assert_eq!((row.issued_by, row.issued_org_seq), (by("ann"), 2));
    assert_eq!(row.revoked_at, Some(time("2020-04-01")));
    let written = serde_json::to_string(&view.tokens(on(&view, "2020-03-31"))[0]).unwrap();
    let expected = format!(
        concat!(
            r#"{{"token_id":"{}","name":"build","scopes":["read"],"status":"active","#,
            r#""expires_at":"2020-06-01T00:00:00.000000Z","#,
            r#""issued_at":"2020-02-01T00:00:00.000000Z","issued_org_seq":1,"#,
            r#""issued_by":"{}"}}"#
        ),
        token("build"),
        by("ann"),
    );
    assert_eq!(written, expected);
}

#[test]
fn an_auditor_has_a_grant_until_it_expires_or_is_withdrawn() {
    let mut story = Story::new();
    story
        .on(time("2020-02-01"))
        .tell(grants("eve", Some(time("2020-05-01"))))
        .tell(grants("sam", None))
        .on(time("2020-06-01"))
        .tell(grants("eve", None))
        .on(time("2020-08-01"))
        .tell(withdraws("eve"));
    let view = story.view();
    let table = [
        ("2020-01-31", "", ""),
        ("2020-04-30", "eve active, sam active", "eve active, sam active"),
        ("2020-05-01", "eve expired, sam active", "sam active"),
        ("2020-06-01", "eve expired, sam active, eve active", "sam active, eve active"),
        ("2020-08-01", "eve expired, sam active, eve withdrawn", "sam active"),
    ];
    for (day, all, active) in table {
        let at = on(&view, day);
        assert_eq!(auditors(&view.auditors(at)), all, "{day}");
        assert_eq!(auditors(&view.active_auditors(at)), active, "{day}");
    }
    let rows = view.auditors(on(&view, "2020-08-15"));
    assert_eq!(rows[0].withdrawn_at, None);
    assert_eq!(rows[2].withdrawn_at, Some(time("2020-08-01")));
    assert_eq!(rows[2].email.as_ref().unwrap().text(), Some("eve@audit.example"));
}

#[test]
fn whose_a_key_was_is_asked_as_of_a_moment() {
    let mut story = Story::new();
    story
        .on(time("2020-02-01"))
        .tell(joins("ann", "ann", "owner"))
        .tell(joins("bob", "bob", "member"))
        .on(time("2020-03-01"))
        .tell(issues_key("main", "bob", "bob"))
        .tell(issues_key("spare", "ann", "ann"))
        .on(time("2020-04-01"))
        .tell(leaves("bob", "bob", RemovalCause::Removed))
        .tell(ends_key("main", "bob", "bob", EndCause::MemberEnded))
        .on(time("2020-05-01"))
        .tell(issues_key("main", "ann", "ann"));
    let view = story.view();
    let table = [
        ("2020-02-01", "", "", "nobody's"),
        ("2020-03-01", "main of bob active, spare of ann active", "spare of ann active", "bob"),
        (
            "2020-04-01",
            "main of bob revoked (member_ended), spare of ann active",
            "spare of ann active",
            "bob",
        ),
        (
            "2020-05-01",
            "main of bob revoked (member_ended), spare of ann active, main of ann active",
            "spare of ann active, main of ann active",
            "ann",
        ),
    ];
    for (day, all, of_ann, owner) in table {
        let at = on(&view, day);
        assert_eq!(keys(&view.api_keys(at)), all, "{day}");
        assert_eq!(keys(&view.api_keys_of(member("ann"), true, at)), of_ann, "{day}");
        let row = view.api_key(api_key("main"), at);
        let found = row.map_or("nobody's".into(), |row| row.username.unwrap().to_string());
        assert_eq!(found, owner, "{day}");
    }
    let about = Some(About::Member(member("bob")));
    let filter = HistoryFilter { about, ..HistoryFilter::default() };
    let places: Vec<u64> = view.history(filter, 0..u64::MAX).unwrap().collect();
    assert_eq!(places, [2, 3, 5, 6], "the end of the key belongs to the membership that ended");
}

#[test]
fn a_profile_is_the_one_of_then() {
    let mut story = Story::new();
    story
        .on(time("2020-02-01"))
        .tell(joins("ann", "ann", "owner"))
        .tell(joins("bob", "bob", "member"))
        .tell(team_begins("core", None))
        .tell(joins_team("bob", "core", TeamRole::Member))
        .on(time("2020-03-01"))
        .tell(renames("bob", "bob", Some(["bob", "robert"]), Some(["", "bob@x.example"])))
        .on(time("2020-04-01"))
        .tell(renames("bob", "bob", None, Some(["bob@x.example", "bob@y.example"])))
        .on(time("2020-05-01"))
        .tell(renames("bob", "bob", Some(["robert", ""]), None))
        .on(time("2020-06-01"))
        .tell(leaves("bob", "bob", RemovalCause::Left))
        .tell(joins("bob again", "bob", "member"));
    let view = story.view();
    let shown = |value: Option<PersonalValue>| value.map_or("-".into(), |known| known.to_string());
    let table = [
        ("2020-02-01", "bob -"),
        ("2020-03-01", "robert bob@x.example"),
        ("2020-04-01", "robert bob@y.example"),
        ("2020-05-01", "- bob@y.example"),
        ("2020-06-01", "bob -"),
    ];
    for (day, expected) in table {
        let at = on(&view, day);
        let row = view.member_of_user(user("bob"), at).unwrap();
        assert_eq!(format!("{} {}", shown(row.username), shown(row.email)), expected, "{day}");
        if let Some(in_team) = view.teams(at)[0].members.first() {
            let username = shown(in_team.username.clone());
            assert!(expected.starts_with(&username), "{day}: {username}");
        }
        let ann = view.member_of_user(user("ann"), at).unwrap();
        assert_eq!(shown(ann.username), "ann", "{day}");
    }
    let left = &view.memberships_of(user("bob"))[0];
    assert_eq!(shown(left.member.email.clone()), "bob@y.example");
    let refused = |entries: &[Entry], event: MemberUpdated| {
        let mut views = story.views();
        let mut entry = entries[entries.len() - 1].clone();
        (entry.seq, entry.org_seq) = (entry.seq + 3, entry.org_seq + 1);
        entry.fact.event = event.into();
        views.apply(&entry).unwrap_err().to_string()
    };
    let gone = refused(&story.entries, renames("bob", "bob", None, Some(["", "z@x.example"])));
    assert!(gone.ends_with(&format!("there is no member {}", member("bob"))), "{gone}");
}

#[test]
fn limits_are_those_of_then() {
    let mut story = Story::new();
    story
        .on(time("2020-02-01"))
        .tell(joins("ann", "ann", "owner"))
        .on(time("2020-03-01"))
        .tell(bounds("ann", "ann", None, Some(60)))
        .on(time("2020-04-01"))
        .tell(bounds("ann", "ann", Some(60), None))
        .on(time("2020-05-01"))
        .tell(MemberRemoved { roles: roles("owner"), ..leaves("ann", "ann", RemovalCause::Left) })
        .tell(joins("ann again", "ann", "owner"));
    let view = story.view();
    let read = |who: &str, day: &str| {
        let row = view.limits(member(who), on(&view, day));
        row.map(|row| (row.rate.map(|rate| rate.requests), row.changed_at))
    };
    let table = [
        ("2020-01-31", None),
        ("2020-02-01", Some((None, None))),
        ("2020-03-01", Some((Some(60), Some(time("2020-03-01"))))),
        ("2020-04-01", Some((None, Some(time("2020-04-01"))))),
        ("2020-05-01", None),
    ];
    for (day, expected) in table {
        assert_eq!(read("ann", day), expected, "{day}");
    }
    assert_eq!(read("ann again", "2020-05-01"), Some((None, None)));
}

#[test]
fn a_second_factor_is_asked_for_from_one_entry_to_another() {
    let switched = |on: bool| OrganizationUpdated {
        name: None,
        reason: None,
        seats: None,
        second_factor: Some(Change { after: Some(on), before: Some(!on) }),
        slug: None,
    };
    let mut story = Story::new();
    story.tell(switched(true)).tell(switched(false));
    let view = story.view();
    let seen = [0, 1, 2].map(|org_seq| view.header(after(&view, org_seq)).second_factor);
    assert_eq!(seen, [false, true, false]);
    let written = |org_seq| serde_json::to_value(view.header(after(&view, org_seq))).unwrap();
    assert_eq!(written(1)["second_factor"], true);
    assert_eq!(written(2).get("second_factor"), None);
}

#[test]
fn what_rests_on_somebody_is_what_ends_with_them() {
    let mut story = Story::new();
    story
        .on(time("2020-02-01"))
        .tell(joins("ann", "ann", "owner"))
        .tell(joins("bob", "bob", "owner"))
        .by(by("bob"))
        .tell(sends("cyd", "member", time("2020-03-01")))
        .tell(sends("dee", "member", time("2020-02-10")))
        .tell(issues_token("build", time("2020-02-10")))
        .tell(issues_key("main", "ann", "ann"))
        .tell(issues_key("spare", "bob", "bob"))
        .on(time("2020-02-15"))
        .by(by("ann"))
        .tell(issues_token("deploy", time("2020-12-01")))
        .on(time("2020-02-20"))
        .tell(resends("cyd", time("2020-04-01")))
        .on(time("2020-03-15"))
        .tell(MemberRemoved {
            roles: roles("owner"),
            ..leaves("bob", "bob", RemovalCause::Removed)
        })
        .tell(ends_token("build", EndCause::MemberEnded))
        .tell(ends_key("spare", "bob", "bob", EndCause::MemberEnded));
    let view = story.view();
    let rests = |login: &str, day: &str| {
        let resting = view.rests_on(user(login), on(&view, day));
        let sent = resting.invitations.iter().map(|row| row.email.to_string());
        let sent: Vec<String> = sent.map(|to| to.replace("@home.example", "")).collect();
        [sent.join(", "), tokens(&resting.tokens), keys(&resting.api_keys)].join(" | ")
    };
    let table = [
        ("bob", "2020-02-01", "cyd, dee | build active | spare of bob active"),
        ("bob", "2020-02-15", "cyd | build expired | spare of bob active"),
        ("bob", "2020-02-20", " | build expired | spare of bob active"),
        ("bob", "2020-03-15", " |  | "),
        ("ann", "2020-02-01", " |  | main of ann active"),
        ("ann", "2020-02-20", "cyd | deploy active | main of ann active"),
        ("zoe", "2020-02-20", " |  | "),
    ];
    for (login, day, expected) in table {
        assert_eq!(rests(login, day), expected, "{login} on {day}");
    }
}

#[test]
fn an_event_about_what_is_not_there_is_refused_by_name() {
    let refusal = |event: Event| {
        let mut story = Story::new();
        story.tell(joins("ann", "ann", "owner")).tell(issues_token("build", time("2021-01-01")));
        story.tell(grants("eve", None)).tell(issues_key("main", "ann", "ann")).tell(event);
        let mut views = Views::default();
        story.entries.iter().try_for_each(|entry| views.apply(entry)).unwrap_err().to_string()
    };
    let mut personal = issues_token("mine", time("2021-01-01"));
    personal.holder = Holder::User(user("ann"));
    let ended = SessionsEnded { reason: None, user: user("ann") };
    let absent = |what: &str, id: String| format!("there is no {what} {id}");
    let present = |what: &str, id: String| format!("there is a {what} {id} already");
    let revoked = EndCause::Revoked;
    let table: [(Event, String); 12] = [
        (ends_token("no", revoked).into(), absent("token", token("no").to_string())),
        (
            issues_token("build", time("2021-01-01")).into(),
            present("token", token("build").to_string()),
        ),
        (withdraws("sam").into(), absent("auditor", user("sam").to_string())),
        (grants("eve", None).into(), present("auditor", user("eve").to_string())),
        (issues_key("x", "bob", "bob").into(), absent("member", member("bob").to_string())),
        (issues_key("main", "ann", "ann").into(), present("API key", api_key("main").to_string())),
        (
            ends_key("no", "ann", "ann", revoked).into(),
            absent("API key", api_key("no").to_string()),
        ),
        (
            ends_key("main", "bob", "bob", revoked).into(),
            format!("it says {} where {} was held", member("bob"), member("ann")),
        ),
        (bounds("bob", "bob", None, Some(1)).into(), absent("member", member("bob").to_string())),
        (
            bounds("ann", "ann", Some(5), Some(1)).into(),
            "it says 5 requests a minute where no limit was held".into(),
        ),
        (personal.into(), "it has no place in this chain".into()),
        (ended.into(), "it has no place in this chain".into()),
    ];
    for (event, expected) in table {
        let refusal = refusal(event);
        assert!(refusal.ends_with(&expected), "{refusal}");
    }
}

#[test]
fn the_deployments_own_chain_has_a_history() {
    let ended = |login: &str| SessionsEnded { reason: None, user: user(login) };
    let of = OrganizationId::DEPLOYMENT;
    let mut story = Story::of(of);
    story.on(time("2020-02-01")).tell(ended("ann")).tell(ended("bob"));
    story.on(time("2020-03-01")).tell(ended("ann"));
    let mut personal = issues_token("mine", time("2021-01-01"));
    personal.holder = Holder::User(user("ann"));
    story.tell(personal);
    let views = story.views();
    let chain = views.deployment();
    assert_eq!((chain.size(), views.organizations().len()), (4, 0));
    let found = |about: Option<About>, event_type, to| {
        let filter = HistoryFilter { about, event_type, actor: None };
        chain.history(filter, 0..to).unwrap().collect::<Vec<u64>>()
    };
    assert_eq!(found(None, None, 9), [0, 1, 2, 3]);
    assert_eq!(found(Some(About::User(user("ann"))), None, 9), [0, 2, 3]);
    assert_eq!(found(Some(About::User(user("ann"))), Some("SessionsEnded"), 2), [0]);
    let filter =
        HistoryFilter { about: Some(About::Member(member("ann"))), ..HistoryFilter::default() };
    assert!(chain.history(filter, 0..9).is_err(), "nobody is a member of the deployment");
    let at = |as_of| views.deployment_moment(as_of, Timestamp::MAX).unwrap();
    assert_eq!(at(AsOf::Time(time("2020-02-15"))).map(Moment::seq), Some(13));
    assert_eq!(at(AsOf::Time(time("2020-01-15"))), None);
    assert_eq!(at(AsOf::Now).map(Moment::org_seq), Some(3));
    assert!(views.deployment_moment(AsOf::Seq(20), Timestamp::MAX).is_err());
    let row = AuditRow::alone(&story.entries[0]);
    assert_eq!(serde_json::to_value(&row.concerns[0]).unwrap()["kind"], "user");

    let refusal = |event: Event| {
        let mut story = Story::of(of);
        story.tell(event);
        Views::default().apply(&story.entries[0]).unwrap_err().to_string()
    };
    for event in [
        joins("ann", "ann", "owner").into(),
        issues_token("build", time("2021-01-01")).into(),
        organization_begins("acme").into(),
    ] {
        let refusal = refusal(event);
        assert!(refusal.ends_with("it has no place in this chain"), "{refusal}");
    }
}
