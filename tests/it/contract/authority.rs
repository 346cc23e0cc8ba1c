//! `authority.v1.json` is what the replay decides by, and the README names the same codes.

use super::{examples, folder, quoted, read};
use rollbook::facts::Permission;
use rollbook::law::replay::{By, LawFault, PEOPLE_ONLY, Unchecked, Way, ways};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;

fn permissions(all: &[Permission]) -> Value {
    all.iter().map(|permission| permission.name()).collect()
}

fn shown(way: &Way) -> Value {
    let mut shown = Map::new();
    shown.insert("by".to_owned(), way.by.name().into());
    match way.by {
        By::Follows(types) => drop(shown.insert("after".to_owned(), json!(types))),
        By::Permission(any_of) => drop(shown.insert("any_of".to_owned(), permissions(any_of))),
        By::Import
        | By::TopRole
        | By::Maintainer
        | By::Themselves { .. }
        | By::Person
        | By::Anybody
        | By::Operator
        | By::Expiry
        | By::Auditor
        | By::Account => {}
    }
    if let Some((field, values)) = way.when {
        shown.insert("when".to_owned(), json!({ field: values }));
    }
    if way.managed {
        shown.insert("managed".to_owned(), true.into());
    }
    if !way.leads_to.is_empty() {
        shown.insert("leads_to".to_owned(), json!(way.leads_to));
    }
    shown.into()
}

#[test]
fn the_file_is_what_the_replay_decides_by() {
    let events: Map<String, Value> = examples()
        .iter()
        .map(|example| {
            let ways = ways(&example.parsed.fact.event).iter().map(shown).collect();
            (format!("{}.v{}", example.type_name(), example.parsed.fact.event.version()), ways)
        })
        .collect();
    let faults = LawFault::ALL.iter().map(|fault| (fault.code().to_owned(), fault.text().into()));
    let unchecked = Unchecked::ALL.iter().map(|rule| (rule.name().to_owned(), rule.text().into()));
    let file = json!({
        "events": events,
        "faults": faults.collect::<Map<String, Value>>(),
        "not_checkable": unchecked.collect::<Map<String, Value>>(),
        "people_only": permissions(&PEOPLE_ONLY),
    });
    let written = format!("{}\n", serde_json::to_string_pretty(&file).unwrap());
    if std::env::var_os("UPDATE_EXPECT").is_some() {
        std::fs::write(folder().join("authority.v1.json"), written).unwrap();
    } else {
        let hint = "UPDATE_EXPECT=1 writes it anew; a released file is never written anew";
        assert!(read("authority.v1.json") == written, "authority.v1.json differs: {hint}");
    }
}

#[test]
fn codes_and_names_are_told_apart_and_all_stand_in_the_readme() {
    let codes = LawFault::ALL.iter().map(|fault| fault.code());
    let names = Unchecked::ALL.iter().map(|rule| rule.name());
    let all: Vec<&str> = codes.chain(names).collect();
    let each_once: BTreeSet<&str> = all.iter().copied().collect();
    // An unchecked rule may bear a fault's name nowhere: findings are told apart by their names.
    assert_eq!(each_once.len(), all.len());
    let page = read("README.md");
    let (_, section) = page.split_once("## Replaying the law").expect("the section is there");
    let said: BTreeSet<&str> = quoted(section).into_iter().collect();
    let missing: Vec<&&str> = all.iter().filter(|name| !said.contains(**name)).collect();
    assert!(missing.is_empty(), "the README does not say when: {missing:?}");
}
