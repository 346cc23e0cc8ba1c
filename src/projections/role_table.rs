//! Every combination of roles that was ever held, each once.

use crate::facts::Roles;
use serde::{Deserialize, Serialize};

/// Combinations of roles by number. An organization has few of them and very many changes between
/// them: a change then costs eight bytes, and rows share the names.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct RoleTable {
    /// By number, in the order in which they were first held.
    combinations: Vec<Roles>,
    /// The numbers, sorted by what they stand for.
    sorted: Vec<u32>,
}

impl RoleTable {
    pub(super) fn number(&mut self, roles: &Roles) -> u32 {
        let found =
            self.sorted.binary_search_by(|&known| self.combinations[known as usize].cmp(roles));
        match found {
            Ok(at) => self.sorted[at],
            Err(at) => {
                // Each combination comes with an entry, and those are counted in 32 bits.
                let number = u32::try_from(self.combinations.len()).unwrap_or(u32::MAX);
                self.combinations.push(roles.clone());
                self.sorted.insert(at, number);
                number
            }
        }
    }

    pub(super) fn roles(&self, number: u32) -> &Roles {
        &self.combinations[number as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::words::RoleName;

    #[test]
    fn equal_combinations_have_one_number() {
        let roles = |names: &[&str]| {
            Roles::new(names.iter().map(|name| RoleName::parse(name).unwrap())).unwrap()
        };
        let mut table = RoleTable::default();
        let held = [roles(&["owner"]), roles(&["admin", "member"]), roles(&["admin"])];
        assert_eq!(held.each_ref().map(|roles| table.number(roles)), [0, 1, 2]);
        assert_eq!(held.each_ref().map(|roles| table.number(roles)), [0, 1, 2]);
        assert_eq!(held.each_ref(), [0, 1, 2].map(|number| table.roles(number)));
    }
}
