//! Differences between two moments.

use super::chance::history;
use super::story::*;
use super::table;
use crate::projections::*;
use crate::words::*;
use std::collections::BTreeSet;

fn told(view: &OrganizationView, from: usize, to: usize) -> Vec<String> {
    let diff = Diff::between(view, after(view, from), after(view, to));
    let shown = |value: &Option<PersonalValue>| value.as_ref().unwrap().to_string();
    fn side<T: std::fmt::Display>(value: &Option<T>) -> String {
        value.as_ref().map_or("nothing".to_owned(), T::to_string)
    }
    let mut lines = Vec::new();
    for row in &diff.joined {
        lines.push(format!("{} joined", shown(&row.username)));
    }
    for row in &diff.left {
        let cause = side(&row.left.map(|left| left.cause));
        lines.push(format!("{} left: {cause}", shown(&row.member.username)));
    }
    for row in &diff.roles {
        let (before, after) = (side(&row.change.before), side(&row.change.after));
        lines.push(format!("{}: {before} -> {after}", shown(&row.username)));
    }
    for row in &diff.status {
        let (before, after) = (side(&row.change.before), side(&row.change.after));
        lines.push(format!("{}: {before} -> {after}", shown(&row.username)));
    }
    for row in &diff.profiles {
        let shown = |side: &Option<Profile>| {
            let Profile { username, name, email } = side.clone().unwrap();
            let values = [username, name, email].map(|value| side_of(value.as_ref()));
            values.join(" ")
        };
        let (before, after) = (shown(&row.change.before), shown(&row.change.after));
        lines.push(format!("{}: {before} -> {after}", row.username.as_ref().unwrap()));
    }
    for row in &diff.limits {
        let told = |side: &Option<_>| limits_in_words(side.as_ref().unwrap());
        let (before, after) = (told(&row.change.before), told(&row.change.after));
        lines.push(format!("{}: {before} -> {after}", shown(&row.username)));
    }
    for row in &diff.teams {
        let header = |header: &TeamHeader| {
            let part = if header.parent.is_some() { " (part of another)" } else { "" };
            format!("{}{part}", header.name)
        };
        let before = side(&row.change.before.as_ref().map(header));
        let after = side(&row.change.after.as_ref().map(header));
        lines.push(format!("team {before} -> {after}"));
    }
    for row in &diff.team_members {
        let (before, after) = (side(&row.change.before), side(&row.change.after));
        lines.push(format!("{} in {}: {before} -> {after}", shown(&row.username), row.team));
    }
    for row in &diff.invitations_opened {
        lines.push(format!("{} opened", row.email));
    }
    for row in &diff.invitations_closed {
        lines.push(format!("{} closed: {}", row.email, row.status));
    }
    lines
}

fn side_of(value: Option<&PersonalValue>) -> String {
    value.map_or("-".to_owned(), PersonalValue::to_string)
}

#[test]
fn a_changed_profile_and_changed_limits_are_differences() {
    let mut story = Story::new();
    story
        .tell(joins("ann", "ann", "owner"))
        .tell(joins("bob", "bob", "member"))
        .tell(renames("bob", "bob", Some(["bob", "robert"]), Some(["", "bob@x.example"])))
        .tell(bounds("ann", "ann", None, Some(60)))
        .tell(bounds("ann", "ann", Some(60), None));
    let view = story.view();
    assert_eq!(
        told(&view, 2, 4),
        ["robert: bob - - -> robert - bob@x.example", "ann: no limit -> 60 requests a minute"]
    );
    assert_eq!(told(&view, 1, 3), ["robert joined"]);
    assert_eq!(told(&view, 3, 5), [""; 0], "what changed and changed back is no difference");
    let mut part = Diff::between(&view, after(&view, 2), after(&view, 4));
    assert_eq!(part.len(), 2);
    part.keep(1..2);
    assert_eq!((part.profiles.len(), part.limits.len()), (0, 1));
}

#[test]
fn what_differs_between_two_moments() {
    let view = table::story().view();
    assert_eq!(told(&view, 5, 5), [""; 0]);
    assert_eq!(
        told(&view, 2, 8),
        [
            "team nothing -> core",
            "team nothing -> tools (part of another)",
            "ann in core: nothing -> maintainer",
            "bob in core: nothing -> member",
            "bob in tools: nothing -> member",
            "cyd@home.example opened",
        ]
    );
    assert_eq!(
        told(&view, 8, 15),
        [
            "cyd joined",
            "bob joined",
            "bob left: left",
            "ann: owner -> admin, owner",
            "team core -> nothing",
            "team tools (part of another) -> tools",
            "ann in core: maintainer -> nothing",
            "bob in core: member -> nothing",
            "bob in tools: member -> nothing",
            "cyd in tools: nothing -> member",
            "cyd@home.example closed: accepted",
        ]
    );
    assert_eq!(told(&view, 9, 8), ["cyd@home.example closed: pending"; 0]);
    assert_eq!(told(&view, 8, 7), ["cyd@home.example closed: pending"]);
    assert_eq!(told(&view, 11, 10), ["bob: suspended -> active"]);
}

#[test]
fn the_difference_leads_from_one_list_to_the_other() {
    let (story, _) = history(9, 400);
    let view = story.view();
    for (from, to) in
        (0..400).step_by(13).flat_map(|from| (0..400).step_by(31).map(move |to| (from, to)))
    {
        let (from, to) = (after(&view, from), after(&view, to));
        let diff = Diff::between(&view, from, to);
        let ids = |at| view.members(at).iter().map(|row| row.member_id).collect::<BTreeSet<_>>();
        let mut led: BTreeSet<MemberId> = ids(from);
        for row in &diff.left {
            assert!(led.remove(&row.member.member_id));
            assert_eq!(row.left.is_some(), from.org_seq() < to.org_seq());
        }
        for row in &diff.joined {
            assert!(led.insert(row.member_id));
        }
        assert_eq!(led, ids(to));

        let places = |at| {
            let teams = view.teams(at);
            let people = teams.iter().flat_map(|team| {
                let maintainers = team.maintainers.iter().map(|row| (row.member_id, "maintainer"));
                let members = team.members.iter().map(|row| (row.member_id, "member"));
                maintainers.chain(members).map(|(member, role)| (team.team_id, member, role))
            });
            people.collect::<BTreeSet<_>>()
        };
        let mut led = places(from);
        for row in &diff.team_members {
            if let Some(role) = row.change.before {
                assert!(led.remove(&(row.team_id, row.member_id, role.name())));
            }
            if let Some(role) = row.change.after {
                assert!(led.insert((row.team_id, row.member_id, role.name())));
            }
        }
        assert_eq!(led, places(to));
    }
}
