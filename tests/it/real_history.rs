//! The whole history of the Kubernetes organizations, imported and asked at many moments.

mod broken;

use crate::cli::Workplace;
use crate::law::replay::was_lawful;
use crate::support::{machine, real_history};
use rollbook::facts::Entry;
use rollbook::house::Ledger;
use rollbook::projections::{AsOf, Moment, OrganizationView, PersonalValue, Views};
use rollbook::words::Timestamp;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// What the two files hold.
const LINES: u64 = 25_193;

type Names = BTreeSet<String>;

/// Two lists of an organization or a team: who leads it, and who else belongs to it.
type Lists = (Names, Names);

/// Imported through the program once; everything else is asked of what that left.
#[test]
fn every_list_at_every_date_is_the_one_that_was_written_down() {
    let Some(data) = real_history() else { return };
    let place = Workplace::new();
    let files = [data.join("kubernetes-org.ndjson"), data.join("kubernetes-org-teams.ndjson")];
    let files = files.map(|file| file.canonicalize().unwrap().display().to_string());
    let import = format!("rollbook import history --data ledger '{}' '{}'", files[0], files[1]);
    assert_eq!(place.run("rollbook init --data ledger").code, 0);
    let summary = place.run(&import).json();
    assert_eq!((&summary["imported"], &summary["already_present"]), (&LINES.into(), &0.into()));
    assert_eq!((&summary["refused"], &summary["organizations"]), (&0.into(), &8.into()));

    let ledger = Ledger::open(&place.path("ledger"), machine(1)).unwrap();
    assert_eq!(ledger.repairs(), []);
    let head = ledger.head();
    was_lawful(&entries(&ledger));
    let states = read(&data, "kubernetes-org-final.json");
    let teams = read(&data, "kubernetes-org-teams-final.json");
    let (mut organizations_compared, mut teams_compared) = (0, 0);
    for (as_of, state) in moments(&states) {
        let found = everywhere(&ledger.views(), as_of, organization_lists);
        assert_eq!(found, stated_organizations(state), "organizations as of {as_of:?}");
        organizations_compared += found.len();
    }
    for (as_of, state) in moments(&teams) {
        let mut found = everywhere(&ledger.views(), as_of, team_lists);
        found.retain(|_, teams| !teams.is_empty());
        assert_eq!(found, stated_teams(state), "teams as of {as_of:?}");
        teams_compared += found.values().map(BTreeMap::len).sum::<usize>();
    }
    // 8 dates and now: a comparison that found nothing to compare would not be one.
    assert_eq!((organizations_compared, teams_compared > 2000), (63, true), "{teams_compared}");
    let projections = serde_json::to_vec(&*ledger.views()).unwrap();
    ledger.close().unwrap();
    drop(ledger);

    let summary = place.run(&import).json();
    assert_eq!((&summary["imported"], &summary["already_present"]), (&0.into(), &LINES.into()));
    let report = place.run("rollbook verify --json --data ledger").json();
    assert_eq!(report["journal"]["head"]["size"], LINES);
    assert_eq!(report["journal"]["head"]["hash"], head.entry.to_string());
    ask_the_program(&place, &states, &teams);

    let ledger = Ledger::rebuild(&place.path("ledger"), machine(2)).unwrap();
    assert_eq!(ledger.head(), head);
    assert!(serde_json::to_vec(&*ledger.views()).unwrap() == projections, "rebuilt otherwise");
}

/// The same lists once more as a script gets them.
fn ask_the_program(place: &Workplace, states: &Value, teams: &Value) {
    let date = "2021-01-01T00:00:00Z";
    let ask = |verb| {
        let command =
            format!("rollbook {verb} --json --data ledger --org kubernetes --as-of {date}");
        place.run(&command).json()
    };
    let dated = |states: &Value| -> Value {
        let states = states["snapshots"].as_array().unwrap();
        states.iter().find(|state| state["as_of"] == date).unwrap()["orgs"]["kubernetes"].clone()
    };
    let answer = ask("members");
    let with_role = |role: &str| -> Names {
        let members = answer["members"].as_array().unwrap().iter();
        let holding = members.filter(|member| member["roles"] == serde_json::json!([role]));
        holding.map(|member| member["username"].as_str().unwrap().to_owned()).collect()
    };
    let state = dated(states);
    assert_eq!((with_role("admin"), with_role("member")), lists(&state, "admins"));
    for field in ["member_id", "user_id", "username", "name", "email", "status", "joined_at"] {
        assert!(answer["members"][0][field].is_string(), "{field}");
    }
    assert_eq!(answer["as_of"]["time"], "2021-01-01T00:00:00.000000Z");

    let answer = ask("teams");
    let usernames = |rows: &Value| -> Names {
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["username"].as_str().unwrap().to_owned()).collect()
    };
    let found: BTreeMap<String, Lists> = answer["teams"]
        .as_array()
        .unwrap()
        .iter()
        .map(|team| {
            let lists = (usernames(&team["maintainers"]), usernames(&team["members"]));
            (team["name"].as_str().unwrap().to_owned(), lists)
        })
        .collect();
    assert_eq!(found, stated_lists(&dated(teams), "maintainers"));
}

fn entries(ledger: &Ledger) -> Vec<Entry> {
    let mut entries = Vec::new();
    while (entries.len() as u64) < LINES {
        let records = ledger.read(entries.len() as u64, 1000).unwrap();
        entries.extend(records.iter().map(|record| ledger.unseal(record).unwrap().entry));
    }
    entries
}

fn read(data: &Path, name: &str) -> Value {
    serde_json::from_slice(&std::fs::read(data.join(name)).unwrap()).unwrap()
}

/// The 8 dates, and now.
fn moments(states: &Value) -> Vec<(AsOf, &Value)> {
    let dates = states["snapshots"].as_array().unwrap().iter();
    let time = |state: &Value| Timestamp::parse_any(state["as_of"].as_str().unwrap()).unwrap();
    let mut moments: Vec<(AsOf, &Value)> =
        dates.map(|state| (AsOf::Time(time(state)), state)).collect();
    assert_eq!(moments.len(), 8);
    moments.push((AsOf::Now, &states["final"]));
    moments
}

/// What every organization that existed then answers, by slug.
fn everywhere<T>(
    views: &Views,
    as_of: AsOf,
    answer: impl Fn(&OrganizationView, Moment) -> T,
) -> BTreeMap<String, T> {
    let now = Timestamp::parse_any("2026-11-22").unwrap();
    let existing = views.organizations().filter_map(|view| {
        let at = views.moment(view, as_of, now).ok()?;
        Some((view.slug().to_string(), answer(view, at)))
    });
    existing.collect()
}

fn name(value: Option<&PersonalValue>) -> String {
    value.and_then(PersonalValue::text).expect("everybody in this history has a login").to_owned()
}

fn organization_lists(view: &OrganizationView, at: Moment) -> Lists {
    let (admins, members): (Vec<_>, Vec<_>) =
        view.members(at).into_iter().partition(|member| member.roles.contains("admin"));
    let names = |rows: Vec<rollbook::projections::MemberRow>| -> Names {
        rows.iter().map(|row| name(row.username.as_ref())).collect()
    };
    (names(admins), names(members))
}

fn team_lists(view: &OrganizationView, at: Moment) -> BTreeMap<String, Lists> {
    let names = |rows: &[rollbook::projections::TeamMemberRow]| -> Names {
        rows.iter().map(|row| name(row.username.as_ref())).collect()
    };
    let teams = view.teams(at);
    teams
        .iter()
        .map(|team| (team.name.to_string(), (names(&team.maintainers), names(&team.members))))
        .collect()
}

fn stated_organizations(state: &Value) -> BTreeMap<String, Lists> {
    stated_lists(&state["orgs"], "admins")
}

fn stated_teams(state: &Value) -> BTreeMap<String, BTreeMap<String, Lists>> {
    let organizations = state["orgs"].as_object().unwrap().iter();
    organizations.map(|(org, teams)| (org.clone(), stated_lists(teams, "maintainers"))).collect()
}

fn stated_lists(things: &Value, leading: &str) -> BTreeMap<String, Lists> {
    let things = things.as_object().unwrap().iter();
    things.map(|(name, thing)| (name.clone(), lists(thing, leading))).collect()
}

fn lists(thing: &Value, leading: &str) -> Lists {
    let names = |list: &str| -> Names {
        let names = thing[list].as_array().unwrap().iter();
        names.map(|name| name.as_str().unwrap().to_owned()).collect()
    };
    (names(leading), names("members"))
}
