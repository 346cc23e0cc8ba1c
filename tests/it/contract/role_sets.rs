//! The role sets in `events/role-sets/` are those of the law.

use super::{folder, read, text};
use rollbook::facts::{Permission, RoleSet};
use rollbook::law::role_sets::{Definition, Holding, definition};
use serde_json::Value;
use std::collections::BTreeSet;

fn held_by(definition: &Definition) -> &'static str {
    if definition.exactly_one_top { "exactly_one" } else { "at_least_one" }
}

fn holding(definition: &Definition) -> &'static str {
    match definition.holding {
        Holding::One => "one",
        Holding::Several => "several",
        Holding::OneAndBeside => "one_and_beside",
    }
}

#[test]
fn every_role_set_has_a_file_and_every_file_a_role_set() {
    let files: BTreeSet<String> = std::fs::read_dir(folder().join("role-sets"))
        .unwrap()
        .map(|file| file.unwrap().file_name().into_string().unwrap())
        .collect();
    let sets: BTreeSet<String> =
        RoleSet::ALL.iter().map(|set| format!("{}.json", set.name())).collect();
    assert_eq!(files, sets);
}

#[test]
fn files_and_tables_name_the_same_roles_with_the_same_permissions() {
    for &set in RoleSet::ALL {
        let definition = definition(set);
        let file: Value = serde_json::from_str(&read(&format!("role-sets/{set}.json"))).unwrap();
        assert_eq!(text(&file, "role_set"), set.name());
        assert_eq!(text(&file["top_role"], "role"), definition.top_role(), "{set}");
        assert_eq!(text(&file["top_role"], "held_by"), held_by(definition), "{set}");
        assert_eq!(text(&file["holding"], "rule"), holding(definition), "{set}");
        assert_eq!(text(&file["joins_as"], "role"), definition.joins_as, "{set}");

        let roles = file["roles"].as_array().unwrap();
        let order: Vec<&str> = roles.iter().map(|role| text(role, "role")).collect();
        let expected: Vec<&str> = definition.roles.iter().map(|role| role.name).collect();
        assert_eq!(order, expected, "{set}: roles by falling rank");
        for (role, table) in roles.iter().zip(definition.roles) {
            let allowed: BTreeSet<Permission> = role["permissions"]
                .as_object()
                .unwrap()
                .keys()
                .map(|name| Permission::from_name(name).unwrap_or_else(|| panic!("{set}: {name}")))
                .collect();
            let expected: BTreeSet<Permission> = table.permissions.iter().copied().collect();
            assert_eq!(allowed, expected, "{set}: {}", table.name);
            assert_eq!(role["beside"] == true, table.beside, "{set}: {}", table.name);
        }
    }
}

#[test]
fn every_line_has_a_source_and_every_source_a_line() {
    for &set in RoleSet::ALL {
        let file: Value = serde_json::from_str(&read(&format!("role-sets/{set}.json"))).unwrap();
        let sources = file["sources"].as_object().unwrap();
        let mut cited: BTreeSet<&str> =
            ["top_role", "holding", "joins_as"].map(|rule| text(&file[rule], "source")).into();
        for role in file["roles"].as_array().unwrap() {
            let permissions = role["permissions"].as_object().unwrap();
            cited.extend(permissions.values().map(|source| source.as_str().unwrap()));
        }
        let given: BTreeSet<&str> = sources.keys().map(String::as_str).collect();
        assert_eq!(cited, given, "{set}");
        for (name, source) in sources {
            assert!(source.as_str().is_some_and(|text| text.ends_with('.')), "{set}: {name}");
        }
    }
}
