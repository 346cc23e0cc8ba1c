//! What roles meant, and how many held them.

use super::members::Members;
use super::moment::Sequence;
use super::{Misfit, Place, Roll, Timeline};
use crate::facts::Permission;
use crate::facts::event::{PermissionSet, RoleDefined, RoleRedefined, RoleRetired};
use crate::words::{RoleName, Timestamp};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A role as of a moment.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct RoleRow {
    /// Its name.
    pub role: RoleName,
    /// What it allowed, for a custom role. What a built-in role allows is the law's to say.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions: Option<PermissionSet>,
    /// When it was defined, for a custom role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub defined_at: Option<Timestamp>,
    /// How many members held it, suspended ones too.
    pub holders: u64,
}

/// The roles an organization has defined for itself; a name that is defined again is another row.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct CustomRoles {
    rows: Vec<CustomRole>,
    roll: Roll,
    in_use: BTreeMap<RoleName, u32>,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct CustomRole {
    name: RoleName,
    permissions: Timeline<PermissionSet>,
}

impl CustomRoles {
    pub(super) fn define(&mut self, place: Place, defined: &RoleDefined) -> Result<(), Misfit> {
        if self.in_use.contains_key(&defined.role) {
            return Err(Misfit::present("role", &defined.role));
        }
        let row = self.roll.enter(place);
        let permissions = Timeline::new(place, defined.permissions.clone());
        self.rows.push(CustomRole { name: defined.role.clone(), permissions });
        self.in_use.insert(defined.role.clone(), row);
        Ok(())
    }

    pub(super) fn redefine(&mut self, place: Place, changed: &RoleRedefined) -> Result<(), Misfit> {
        let row = self.in_use.get(&changed.role).copied();
        let row = row.ok_or_else(|| Misfit::absent("role", &changed.role))?;
        let permissions = &mut self.rows[row as usize].permissions;
        Misfit::unless_before(&changed.before, permissions.current(), names)?;
        permissions.set(place, changed.after.clone());
        Ok(())
    }

    pub(super) fn retire(&mut self, place: Place, retired: &RoleRetired) -> Result<(), Misfit> {
        let row = self.in_use.remove(&retired.role);
        let row = row.ok_or_else(|| Misfit::absent("role", &retired.role))?;
        let held = self.rows[row as usize].permissions.current();
        Misfit::unless_before(&retired.permissions, held, names)?;
        self.roll.strike(place, row);
        Ok(())
    }

    /// When a custom role of that moment was defined, and what it allowed.
    pub(super) fn meaning(
        &self,
        name: &str,
        place: Place,
        sequence: &Sequence,
    ) -> Option<(Timestamp, &PermissionSet)> {
        let row = self.roll.at(place).find(|row| self.rows[*row as usize].name.as_str() == name)?;
        let (defined, _) = self.roll.interval(row)?;
        Some((sequence.time(defined), self.rows[row as usize].permissions.at(place)?))
    }

    /// All custom roles of that moment, and every other role that somebody held, by name.
    pub(super) fn list(
        &self,
        members: &Members,
        place: Place,
        sequence: &Sequence,
    ) -> Vec<RoleRow> {
        let mut rows: BTreeMap<&RoleName, RoleRow> = BTreeMap::new();
        for row in self.roll.at(place) {
            let known = &self.rows[row as usize];
            let defined = self.roll.interval(row).map(|(from, _)| sequence.time(from));
            rows.insert(
                &known.name,
                RoleRow {
                    role: known.name.clone(),
                    permissions: known.permissions.at(place).cloned(),
                    defined_at: defined,
                    holders: 0,
                },
            );
        }
        for role in members.held_at(place).flat_map(|roles| roles.iter()) {
            let row = rows.entry(role).or_insert_with(|| RoleRow {
                role: role.clone(),
                permissions: None,
                defined_at: None,
                holders: 0,
            });
            row.holders += 1;
        }
        rows.into_values().collect()
    }
}

fn names(permissions: &PermissionSet) -> String {
    permissions.iter().map(Permission::name).collect::<Vec<_>>().join(", ")
}
