//! Roles, by an id that follows from the role set and the name.

use super::page::Asked;
use super::{Success, entered, no_id, read_id};
use crate::doors::desk::{Desk, Reader};
use crate::doors::wire::{Guard, Problem};
use crate::facts::event::PermissionSet;
use crate::facts::{Permission, RoleSet, Roles};
use crate::law::role_sets::definition;
use crate::law::state::Organization;
use crate::words::RoleName;
use crate::words::hash::role_id;
use serde::Serialize;
use serde::ser::{SerializeMap, Serializer};
use uuid::Uuid;

/// What permissions are told apart by. A permission of another area has no place here.
const AREAS: [&str; 12] = [
    "analytics",
    "billing",
    "cache_purge",
    "dns",
    "dns_records",
    "lb",
    "logs",
    "organization",
    "ssl",
    "waf",
    "zone_settings",
    "zones",
];

/// A role.
#[derive(Debug, Clone, Serialize)]
pub(in crate::doors) struct Role {
    id: String,
    name: String,
    description: String,
    permissions: Permissions,
}

/// Permissions by area.
#[derive(Debug, Clone)]
pub(super) struct Permissions(pub(super) PermissionSet);

#[derive(Serialize)]
struct Grant {
    read: bool,
    write: bool,
}

impl Serialize for Permissions {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let allows = |area: &str, what: &str| {
            let permission = Permission::from_name(&format!("{area}.{what}"));
            permission.is_some_and(|permission| self.0.contains(permission))
        };
        let mut map = serializer.serialize_map(Some(AREAS.len()))?;
        for area in AREAS {
            let grant = Grant { read: allows(area, "read"), write: allows(area, "write") };
            map.serialize_entry(area, &grant)?;
        }
        map.end()
    }
}

fn id(set: RoleSet, name: &str) -> Uuid {
    Uuid::from_bytes(role_id(set.name(), name))
}

impl Role {
    fn new(set: RoleSet, name: &str, permissions: PermissionSet) -> Self {
        let description = match definition(set).role(name) {
            Some(_) => format!("Built-in role of the role set {set}"),
            None => "Custom role".to_owned(),
        };
        let permissions = Permissions(permissions);
        Self { id: super::write_id(id(set, name)), name: name.to_owned(), description, permissions }
    }
}

/// The roles that somebody holds.
pub(super) fn held(organization: &Organization, roles: &Roles) -> Vec<Role> {
    let shown = roles.iter().map(|name| {
        let permissions = organization.permissions_of(name).unwrap_or_default();
        Role::new(organization.role_set, name.as_str(), permissions)
    });
    shown.collect()
}

/// The roles that have these ids.
pub(super) fn named(organization: &Organization, ids: &[String]) -> Result<Roles, Problem> {
    let names = organization.role_names();
    let mut found: Vec<RoleName> = Vec::new();
    for given in ids {
        let wanted = read_id(given);
        let named =
            names.iter().find(|name| wanted == Some(id(organization.role_set, name.as_str())));
        let unknown = || {
            let shown: String = given.chars().take(32).collect();
            Problem::wrong("unknown_role", format!("roles: the account has no role {shown:?}"))
        };
        found.push(named.ok_or_else(unknown)?.clone());
    }
    Roles::new(found).map_err(|error| Problem::wrong("wrong_body", format!("roles: {error}")))
}

fn all(desk: &Desk, reader: &Reader, account: &str) -> Result<(Option<u64>, Vec<Role>), Problem> {
    let (name, org) = entered(desk, reader, account)?;
    desk.sight_of(Guard::Belongs, reader, Some(&name))?;
    let seq = desk.look(&name, |_, at| at.seq())?;
    let known = reader.known.state.organization(org);
    let rows = known.map_or_else(Vec::new, |known| {
        let names = known.role_names();
        let shown = names.iter().map(|name| {
            let permissions = known.permissions_of(name).unwrap_or_default();
            Role::new(known.role_set, name.as_str(), permissions)
        });
        shown.collect()
    });
    Ok((Some(seq), rows))
}

/// The built-in roles by falling rank, then the custom ones by name.
pub(in crate::doors) fn roles(
    desk: &Desk,
    reader: &Reader,
    account: &str,
    asked: &Asked,
) -> Result<Success<Vec<Role>>, Problem> {
    let page = asked.page()?;
    let (seq, rows) = all(desk, reader, account)?;
    Ok(page.cut(seq, rows))
}

pub(in crate::doors) fn role(
    desk: &Desk,
    reader: &Reader,
    account: &str,
    role: &str,
) -> Result<Success<Role>, Problem> {
    let (seq, rows) = all(desk, reader, account)?;
    read_id(role).ok_or_else(no_id)?;
    let found = rows.into_iter().find(|row| row.id == role);
    let found = found
        .ok_or_else(|| Problem::missing("unknown_role", "the account has no role with that id"))?;
    Ok(Success::new(seq, found))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Clients keep the ids of roles in their own files.
    #[test]
    fn a_role_keeps_its_id() {
        let table = [
            (RoleSet::Cloudflare, "super-administrator", "7c90391ca9015d23ac73ecf57ca40ec9"),
            (RoleSet::Cloudflare, "minimal-account-access", "2ccfe728eb586ecac9456831c6ad80ed"),
            (RoleSet::Standard, "admin", "586ad9af948dc744fe4a9dd338ce5b75"),
            (RoleSet::Basic, "admin", "bd8404d4f858023a49988b40aeeb37bb"),
        ];
        for (set, name, expected) in table {
            assert_eq!(super::super::write_id(id(set, name)), expected, "{set} {name}");
        }
    }
}
