//! The role sets as `events/role-sets` records them.

use rollbook::facts::event::PermissionSet;
use rollbook::facts::{Permission, RoleSet, Roles};
use rollbook::words::RoleName;
use serde_json::Value;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::LazyLock;

/// One role set: its rules, and what each of its roles allows.
pub(super) struct Table {
    pub(super) top: String,
    pub(super) exactly_one_top: bool,
    pub(super) joins_as: String,
    /// How many one member holds: `one`, `several`, `one_and_beside`.
    pub(super) holding: String,
    pub(super) roles: BTreeMap<String, BuiltIn>,
}

pub(super) struct BuiltIn {
    pub(super) beside: bool,
    pub(super) permissions: PermissionSet,
}

static TABLES: LazyLock<Vec<Table>> =
    LazyLock::new(|| RoleSet::ALL.iter().map(|set| read(*set)).collect());

/// The table of a role set.
pub(super) fn table(set: RoleSet) -> &'static Table {
    let at = RoleSet::ALL.iter().position(|known| *known == set).unwrap();
    &TABLES[at]
}

fn read(set: RoleSet) -> Table {
    let path = format!("events/role-sets/{set}.json");
    let text = std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join(path)).unwrap();
    let table: Value = serde_json::from_slice(&text).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let roles = table["roles"].as_array().unwrap().iter().map(|role| {
        let names = role["permissions"].as_object().unwrap().keys();
        let permissions = names.map(|name| Permission::from_name(name).unwrap());
        let permissions = PermissionSet::new(permissions);
        (text(&role["role"]), BuiltIn { beside: role["beside"] == true, permissions })
    });
    Table {
        top: text(&table["top_role"]["role"]),
        exactly_one_top: table["top_role"]["held_by"] == "exactly_one",
        joins_as: text(&table["joins_as"]["role"]),
        holding: text(&table["holding"]["rule"]),
        roles: roles.collect(),
    }
}

/// One role by its name.
pub(super) fn one(name: &str) -> Roles {
    Roles::one(RoleName::parse(name).unwrap())
}
