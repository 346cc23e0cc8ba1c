//! The built-in roles of each role set and what they allow. `events/role-sets/` holds the same
//! tables with the source of every line; a test holds the two to each other.
//!
//! What a built-in role means is part of the recorded contract, as an event type is: entries name
//! roles, and an answer about the past needs what they allowed. A table is therefore spelled out,
//! and is not "every permission there is": that would change its meaning when [`Permission`] grows.
//!
//! What everybody may do who belongs to an organization (see their own membership, leave) is not a
//! permission.

use crate::facts::Permission::{self, *};
use crate::facts::RoleSet;

/// A role that comes with a role set.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct BuiltInRole {
    /// The name under which it is recorded.
    pub name: &'static str,
    /// What it allows, each once.
    pub permissions: &'static [Permission],
    /// It stands beside a main role and does not replace one.
    pub beside: bool,
}

/// How many roles one member holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Holding {
    /// Exactly one main role.
    One,
    /// One or more.
    Several,
    /// Exactly one main role, and at most one beside it.
    OneAndBeside,
}

/// The roles of one role set, and the rules for holding them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Definition {
    /// The top role first, then by falling rank, as lists show them; roles beside a main role last.
    /// What somebody may grant is a question of permissions, not of this order.
    pub roles: &'static [BuiltInRole],
    /// How many of them one member holds.
    pub holding: Holding,
    /// Exactly one active member holds the top role; otherwise at least one does.
    pub exactly_one_top: bool,
    /// What a member holds when no role is named.
    pub joins_as: &'static str,
}

impl Definition {
    /// The role that an organization may never be without.
    pub const fn top_role(&self) -> &'static str {
        self.roles[0].name
    }

    /// The built-in role of that name.
    pub fn role(&self, name: &str) -> Option<&'static BuiltInRole> {
        self.roles.iter().find(|role| role.name == name)
    }
}

/// The roles and rules of a role set.
pub const fn definition(set: RoleSet) -> &'static Definition {
    match set {
        RoleSet::Enterprise => &ENTERPRISE,
        RoleSet::Standard => &STANDARD,
        RoleSet::Avisi => &AVISI,
        RoleSet::Cloudflare => &CLOUDFLARE,
        RoleSet::Basic => &BASIC,
    }
}

const fn main(name: &'static str, permissions: &'static [Permission]) -> BuiltInRole {
    BuiltInRole { name, permissions, beside: false }
}

const fn beside(name: &'static str, permissions: &'static [Permission]) -> BuiltInRole {
    BuiltInRole { name, permissions, beside: true }
}

const fn join<const N: usize>(parts: &[&[Permission]]) -> [Permission; N] {
    let mut joined = [OrganizationRead; N];
    let (mut part, mut at) = (0, 0);
    while part < parts.len() {
        let mut index = 0;
        while index < parts[part].len() {
            joined[at] = parts[part][index];
            (index, at) = (index + 1, at + 1);
        }
        part += 1;
    }
    joined
}

/// Several lists as one.
macro_rules! joined {
    ($($part:expr),+ $(,)?) => {{
        const LENGTH: usize = 0 $(+ $part.len())+;
        const JOINED: [Permission; LENGTH] = join(&[$(&$part),+]);
        &JOINED
    }};
}

/// What only the top role may do with the organization itself.
const LAST_WORD: [Permission; 2] = [OrganizationDissolve, OrganizationTransfer];

/// Everything else that concerns the organization, its members and their history.
const MEMBERSHIP: [Permission; 15] = [
    OrganizationRead,
    OrganizationWrite,
    MemberRead,
    MemberInvite,
    MemberCreate,
    MemberAdd,
    MemberRole,
    MemberSuspend,
    MemberRemove,
    RoleWrite,
    TeamRead,
    TeamWrite,
    LogRead,
    TokenRead,
    TokenWrite,
];

const ENTERPRISE: Definition = {
    const FINANCE: [Permission; 6] =
        [BillingRead, BillingWrite, RechargeRead, RechargeWrite, InvoiceRead, InvoiceWrite];
    const DEVELOPMENT: [Permission; 4] =
        [ApplicationRead, ApplicationWrite, ApiKeyRead, ApiKeyWrite];
    const ASSIGNED: [Permission; 1] = [AssignedRead];
    Definition {
        roles: &[
            main("super_admin", joined!(LAST_WORD, MEMBERSHIP, FINANCE, DEVELOPMENT, ASSIGNED)),
            main("finance_admin", &FINANCE),
            main("dev_admin", joined!(DEVELOPMENT, [LogRead, MemberRead])),
            main("member", &ASSIGNED),
        ],
        holding: Holding::One,
        exactly_one_top: true,
        joins_as: "member",
    }
};

const STANDARD: Definition = {
    const PORTAL: [Permission; 6] = [
        ApplicationRead,
        ApplicationWrite,
        SubscriptionRead,
        SubscriptionWrite,
        CredentialRead,
        CredentialWrite,
    ];
    const READING: [Permission; 6] =
        [OrganizationRead, MemberRead, TeamRead, ApplicationRead, SubscriptionRead, CredentialRead];
    Definition {
        roles: &[
            main("owner", joined!(LAST_WORD, MEMBERSHIP, PORTAL)),
            main("admin", joined!(MEMBERSHIP, PORTAL)),
            main("member", &READING),
        ],
        holding: Holding::Several,
        exactly_one_top: false,
        joins_as: "member",
    }
};

const AVISI: Definition = {
    const VIEWING: [Permission; 7] = [
        OrganizationRead,
        MemberRead,
        TeamRead,
        LogRead,
        BillingRead,
        InvoiceRead,
        EnvironmentRead,
    ];
    const BILLING: [Permission; 3] = [BillingRead, BillingWrite, InvoiceRead];
    const ENVIRONMENTS: [Permission; 2] = [EnvironmentRead, EnvironmentWrite];
    const CLUSTERS: [Permission; 3] = [KubernetesView, KubernetesEdit, KubernetesAdmin];
    Definition {
        roles: &[
            main(
                "admin",
                joined!(LAST_WORD, MEMBERSHIP, BILLING, [InvoiceWrite], ENVIRONMENTS, CLUSTERS),
            ),
            main("developer", joined!(VIEWING, [EnvironmentWrite])),
            main("billing-admin", joined!([OrganizationRead], BILLING)),
            main("viewer", &VIEWING),
            beside("kubernetes:cluster-admin", &CLUSTERS),
            beside("kubernetes:edit", &[KubernetesView, KubernetesEdit]),
            beside("kubernetes:view", &[KubernetesView]),
        ],
        holding: Holding::OneAndBeside,
        exactly_one_top: false,
        joins_as: "viewer",
    }
};

const CLOUDFLARE: Definition = {
    const AREAS_READING: [Permission; 9] = [
        AnalyticsRead,
        DnsRead,
        DnsRecordsRead,
        LbRead,
        LogsRead,
        SslRead,
        WafRead,
        ZoneSettingsRead,
        ZonesRead,
    ];
    const AREAS_WRITING: [Permission; 9] = [
        CachePurgeWrite,
        DnsWrite,
        DnsRecordsWrite,
        LbWrite,
        LogsWrite,
        SslWrite,
        WafWrite,
        ZoneSettingsWrite,
        ZonesWrite,
    ];
    const ACCOUNT_READING: [Permission; 5] =
        [OrganizationRead, MemberRead, TeamRead, LogRead, BillingRead];
    const ACCOUNT: [Permission; 1] = [OrganizationRead];
    Definition {
        roles: &[
            main(
                "super-administrator",
                joined!(
                    LAST_WORD,
                    MEMBERSHIP,
                    [BillingRead, BillingWrite],
                    AREAS_READING,
                    AREAS_WRITING
                ),
            ),
            main("administrator", joined!(ACCOUNT_READING, AREAS_READING, AREAS_WRITING)),
            main("administrator-read-only", joined!(ACCOUNT_READING, AREAS_READING)),
            main("billing", joined!(ACCOUNT, [BillingRead, BillingWrite])),
            main("dns", joined!(ACCOUNT, [DnsRead, DnsRecordsRead, DnsRecordsWrite])),
            main("firewall", joined!(ACCOUNT, [WafRead, WafWrite])),
            main("load-balancer", joined!(ACCOUNT, [LbRead, LbWrite])),
            main(
                "ssl",
                joined!(
                    ACCOUNT,
                    [SslRead, SslWrite, CachePurgeWrite, ZoneSettingsRead, ZoneSettingsWrite]
                ),
            ),
            main("cache-purge", joined!(ACCOUNT, [CachePurgeWrite, ZoneSettingsRead])),
            main("log-share", joined!(ACCOUNT, [LogsRead, LogsWrite])),
            main("log-share-reader", joined!(ACCOUNT, [LogsRead])),
            main("audit-logs-viewer", joined!(ACCOUNT, [LogRead])),
            main("analytics", joined!(ACCOUNT, [AnalyticsRead])),
            main("minimal-account-access", &ACCOUNT),
        ],
        holding: Holding::Several,
        exactly_one_top: false,
        joins_as: "minimal-account-access",
    }
};

const BASIC: Definition = Definition {
    roles: &[
        main("admin", joined!(LAST_WORD, MEMBERSHIP)),
        main("member", &[OrganizationRead, MemberRead, TeamRead]),
    ],
    holding: Holding::One,
    exactly_one_top: false,
    joins_as: "member",
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::facts::event::PermissionSet;
    use crate::words::RoleName;
    use std::collections::BTreeSet;

    #[test]
    fn every_role_set_is_sound() {
        for &set in RoleSet::ALL {
            let definition = definition(set);
            let names: BTreeSet<_> = definition.roles.iter().map(|role| role.name).collect();
            assert_eq!(names.len(), definition.roles.len(), "{set}: a name stands twice");
            assert!(!definition.roles[0].beside, "{set}: the top role is a main role");
            let joins_as = definition.role(definition.joins_as).unwrap();
            assert!(!joins_as.beside, "{set}: everybody joins with a main role");
            assert_ne!(joins_as.name, definition.top_role(), "{set}: nobody joins at the top");
            let has_beside = definition.roles.iter().any(|role| role.beside);
            assert_eq!(has_beside, definition.holding == Holding::OneAndBeside, "{set}");
            assert!(
                definition.roles.is_sorted_by_key(|role| role.beside),
                "{set}: main roles first"
            );
            for role in definition.roles {
                assert!(RoleName::parse(role.name).is_ok_and(|name| name.as_str() == role.name));
                let each_once: BTreeSet<_> = role.permissions.iter().collect();
                assert_eq!(each_once.len(), role.permissions.len(), "{set}: {}", role.name);
            }
        }
    }

    /// Nobody grants what they do not have, so the top role must have whatever can be granted.
    #[test]
    fn the_top_role_allows_what_any_role_allows() {
        for &set in RoleSet::ALL {
            let definition = definition(set);
            let top = PermissionSet::new(definition.roles[0].permissions.iter().copied());
            for role in definition.roles {
                let allowed = PermissionSet::new(role.permissions.iter().copied());
                assert!(allowed.within(&top), "{set}: {}", role.name);
            }
            assert!(LAST_WORD.into_iter().all(|permission| top.contains(permission)), "{set}");
        }
    }

    #[test]
    fn who_may_end_an_organization_or_change_its_members() {
        let holders = |set: RoleSet, permission: Permission| -> Vec<&str> {
            let roles = definition(set).roles.iter();
            roles
                .filter(|role| role.permissions.contains(&permission))
                .map(|role| role.name)
                .collect()
        };
        let table = [
            (RoleSet::Enterprise, vec!["super_admin"], vec!["super_admin"]),
            (RoleSet::Standard, vec!["owner"], vec!["owner", "admin"]),
            (RoleSet::Avisi, vec!["admin"], vec!["admin"]),
            (RoleSet::Cloudflare, vec!["super-administrator"], vec!["super-administrator"]),
            (RoleSet::Basic, vec!["admin"], vec!["admin"]),
        ];
        for (set, dissolving, managing) in table {
            assert_eq!(holders(set, OrganizationDissolve), dissolving, "{set}");
            for permission in [OrganizationWrite, MemberInvite, MemberRole, MemberRemove] {
                assert_eq!(holders(set, permission), managing, "{set}: {permission}");
            }
        }
    }
}
