//! Histories as an auditor reads them, an entry a line.

use super::chance::history;
use super::story::*;
use super::table;
use crate::facts::event::*;
use crate::facts::*;
use crate::projections::*;
use crate::words::*;

fn line(row: &AuditRow) -> String {
    let shown =
        |value: &Option<PersonalValue>| value.as_ref().map_or("?".into(), |v| v.to_string());
    let who = match row.actor {
        Actor::User(_) => shown(&row.actor_username),
        actor => actor.to_string(),
    };
    let whom = row.concerns.iter().map(|concern| match concern {
        Concern::Organization { .. } => "organization".to_owned(),
        Concern::Member { username, .. } => shown(username),
        Concern::Invitation { email, .. } => shown(email),
        Concern::Team { name, .. } => format!("team {}", name.as_ref().unwrap()),
        Concern::Role { role } => format!("role {role}"),
        Concern::Token { name, .. } => format!("token {}", name.as_ref().unwrap()),
        Concern::ApiKey { name, .. } => format!("API key {}", name.as_ref().unwrap()),
        Concern::User { username, .. } => format!("user {}", shown(username)),
    });
    let whom = whom.collect::<Vec<_>>().join(" + ");
    let mut line =
        format!("{} {who} {} {whom}", &row.happened_at.to_string()[..10], row.event_type);
    for (mark, value) in [("from", &row.before), ("to", &row.after)] {
        if let Some(value) = value {
            line.push_str(&format!(" {mark} {value}"));
        }
    }
    if let Some(cause) = &row.cause {
        line.push_str(&format!(" ({cause})"));
    }
    if let Some(reason) = &row.reason {
        line.push_str(&format!(": {reason}"));
    }
    line.replace("T00:00:00.000000Z", "")
}

fn lines(story: &Story) -> Vec<String> {
    let view = story.view();
    story.entries.iter().map(|entry| line(&AuditRow::of(entry, &view))).collect()
}

#[test]
fn who_did_what_to_whom_when_and_what_it_changed() {
    let expected = r#"
2020-01-01 system:import OrganizationCreated organization
    to {"kind":"standard","name":"Acme","role_set":"standard","slug":"acme"}
2020-02-01 system:import MemberCreated ann to {"roles":["owner"]} (added)
2020-02-01 system:import MemberCreated bob to {"roles":["member"]} (added)
2020-03-01 system:import TeamCreated team core to {"name":"core"}
2020-03-01 system:import TeamCreated team tools
    to {"name":"tools","parent":"CORE","parent_name":"core"}
2020-03-01 system:import TeamMemberAdded ann + team core to {"team_role":"maintainer"}
2020-03-01 system:import TeamMemberAdded bob + team core to {"team_role":"member"}
2020-03-01 system:import TeamMemberAdded bob + team tools to {"team_role":"member"}
2020-04-01 system:import InvitationSent cyd@home.example
    to {"expires_at":"2020-04-08","roles":["admin"]}
2020-05-01 system:import InvitationResent cyd@home.example to {"expires_at":"2020-05-08"}
2020-05-02 system:import InvitationAccepted cyd + cyd@home.example + team tools
    to {"roles":["admin"]}
2020-06-01 system:import MemberSuspended bob from {"status":"active"} to {"status":"suspended"}
2020-06-01 system:import RoleChanged ann from {"roles":["owner"]} to {"roles":["admin","owner"]}
2020-07-01 system:import TeamRemoved team core from {"name":"core"}
2020-08-01 system:import MemberRemoved bob from {"roles":["member"]} (left)
2020-09-01 system:import MemberCreated bob to {"roles":["member"]} (added)
"#;
    // A line that is indented continues the one above.
    let expected =
        expected.trim().replace("\n    ", " ").replace("CORE", &team("core").to_string());
    assert_eq!(lines(&table::story()).join("\n"), expected);
}

#[test]
fn names_are_those_of_then_and_the_actor_has_one() {
    let mut story = Story::new();
    let rename = |before, after| TeamUpdated {
        name: Some(Change { before: Some(name(before)), after: Some(name(after)) }),
        parent: None,
        reason: None,
        team: team("core"),
    };
    let of = user("bob").into();
    story
        .tell(joins("ann", "ann", "owner"))
        .tell(joins("bob", "bob", "member"))
        .by(Actor::User(user("ann")))
        .tell(team_begins("core", None))
        .tell(joins_team("bob", "core", TeamRole::Member))
        .tell(rename("core", "kernel"))
        .tell(MemberRemoved {
            reason: Some(Sealed::open(of, "moved away".into())),
            ..leaves("bob", "bob", RemovalCause::Removed)
        })
        .by(Actor::User(user("zoe")))
        .tell(joins("bob again", "bob", "member"));
    let told = lines(&story);
    let expected = [
        r#"2020-01-01 ann TeamCreated team core to {"name":"core"}"#,
        r#"2020-01-01 ann TeamMemberAdded bob + team core to {"team_role":"member"}"#,
        r#"2020-01-01 ann TeamUpdated team kernel from {"name":"core"} to {"name":"kernel"}"#,
        r#"2020-01-01 ann MemberRemoved bob from {"roles":["member"]} (removed): moved away"#,
        r#"2020-01-01 ? MemberCreated bob to {"roles":["member"]} (added)"#,
    ];
    assert_eq!(told[3..], expected);
}

#[test]
fn what_lies_beside_membership_is_told_without_its_secrets() {
    let mut story = Story::new();
    let reason = |text: &str| Sealed::open(user("ann").into(), text.into());
    story
        .tell(joins("ann", "ann", "owner"))
        .by(Actor::User(user("ann")))
        .tell(renames("ann", "ann", Some(["ann", "anna"]), Some(["", "ann@x.example"])))
        .tell(issues_token("build", time("2021-01-01")))
        .tell(ends_token("build", EndCause::Revoked))
        .tell(grants("eve", Some(time("2021-01-01"))))
        .tell(withdraws("eve"))
        .tell(issues_key("main", "ann", "ann"))
        .tell(bounds("ann", "ann", None, Some(60)))
        .tell(ends_key("main", "ann", "ann", EndCause::Revoked))
        .tell(AccessTakenOver { reason: reason("nobody was left"), user: user("ann") })
        .tell(OrganizationUpdated {
            name: None,
            reason: None,
            seats: None,
            second_factor: Some(Change { after: Some(true), before: Some(false) }),
            slug: None,
        });
    let expected = r#"
anna MemberUpdated anna from {"username":"ann"} to {"email":"ann@x.example","username":"anna"}
anna TokenIssued token build to {"expires_at":"2021-01-01","scopes":["read"]}
anna TokenRevoked token build (revoked)
anna AuditorGranted user eve to {"email":"eve@audit.example","expires_at":"2021-01-01"}
anna AuditorWithdrawn user eve
anna ApiKeyIssued API key main + anna to {"environment":"production","prefix":"rb-12"}
anna LimitsChanged anna from {} to {"rate":{"per":"minute","requests":60}}
anna ApiKeyRevoked API key main + anna (revoked)
anna AccessTakenOver user anna: nobody was left
anna OrganizationUpdated organization from {"second_factor":false} to {"second_factor":true}
"#;
    let told: Vec<String> =
        lines(&story)[2..].iter().map(|line| line["2020-01-01 ".len()..].to_owned()).collect();
    assert_eq!(told.join("\n"), expected.trim());
}

#[test]
fn an_auditor_is_called_as_they_were_then() {
    let mut story = Story::new();
    let reason = Sealed::open(user("eve").into(), "nobody was left".into());
    let named = Some(Sealed::open(user("eve").into(), "eva".into()));
    story
        .tell(joins("ann", "ann", "owner"))
        .tell(AccessTakenOver { reason, user: user("eve") })
        .tell(grants("eve", None))
        .tell(withdraws("eve"))
        .tell(AuditorGranted { username: named, ..grants("eve", None) })
        .tell(withdraws("eve"));
    let called: Vec<bool> =
        lines(&story)[2..].iter().map(|line| line.contains("user eve")).collect();
    assert_eq!(called, [false, true, true, false, false], "{:?}", lines(&story));
}

#[test]
fn accounts_are_told_without_hashes_secrets_and_codes() {
    let of = SubjectId::from(user("ann"));
    let sealed = |text: &str| Some(Sealed::open(of, text.into()));
    let change =
        |before: &str, after: &str| Some(Change { after: sealed(after), before: sealed(before) });
    let (user, reason) = (user("ann"), None);
    let ann = "ann@x.example";
    let mut story = Story::of(OrganizationId::DEPLOYMENT);
    story
        .tell(UserCreated {
            email: sealed(ann),
            name: None,
            reason: reason.clone(),
            user,
            username: sealed("ann"),
        })
        .tell(UserUpdated {
            email: None,
            name: change("Ann", "Anna"),
            reason: reason.clone(),
            user,
            username: None,
        })
        .tell(EmailVerified { email: sealed(ann).unwrap(), user })
        .tell(EmailReleased { email: sealed(ann).unwrap(), reason: reason.clone(), user })
        .tell(PasswordSet {
            cause: PasswordCause::Reset,
            hash: sealed("SECRET").unwrap(),
            reason: reason.clone(),
            user,
        })
        .tell(SecondFactorChanged {
            reason: reason.clone(),
            recovery: sealed("SECRET SECRET"),
            secret: sealed("SECRET"),
            step: SecondFactorStep::Enabled,
            user,
        })
        .tell(SessionsEnded { reason, user })
        .tell(TokenIssued {
            digest: sealed("SECRET").unwrap(),
            holder: Holder::User(user),
            ..issues_token("mine", time("2021-01-01"))
        });
    let told: Vec<String> = story
        .entries
        .iter()
        .map(|entry| line(&AuditRow::alone(entry)).replace(&user.to_string(), "ANN"))
        .map(|line| line["2020-01-01 system:import ".len()..].to_owned())
        .collect();
    let expected = r#"
UserCreated user ann to {"email":"ann@x.example"}
UserUpdated user ? from {"name":"Ann"} to {"name":"Anna"}
EmailVerified user ? to {"email":"ann@x.example"}
EmailReleased user ? from {"email":"ann@x.example"}
PasswordSet user ? (reset)
SecondFactorChanged user ? (enabled)
SessionsEnded user ?
TokenIssued token mine to {"expires_at":"2021-01-01","holder":"user:ANN","scopes":["read"]}
"#;
    assert_eq!(told.join("\n"), expected.trim());
    for entry in &story.entries {
        let written = serde_json::to_string(&AuditRow::alone(entry)).unwrap();
        assert!(!written.contains("SECRET"), "{written}");
    }
}

#[test]
fn every_entry_of_random_histories_says_whom_it_concerns() {
    for seed in 1..=4 {
        let (story, _) = history(seed, 500);
        let view = story.view();
        for entry in &story.entries {
            let row = AuditRow::of(entry, &view);
            assert!(!row.concerns.is_empty(), "{row:?}");
            let written = serde_json::to_value(&row).unwrap();
            assert_eq!(written["type"], entry.fact.event.type_name());
            assert_eq!(written["org_seq"], entry.org_seq);
        }
    }
}
