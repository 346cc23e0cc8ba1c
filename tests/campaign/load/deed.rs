//! What clients do, and what they keep of what was acknowledged.

use uuid::Uuid;

/// Where something happens: each client has an organization of its own, and all share one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Org {
    Own,
    Commons,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Created,
    RoleChanged,
    Removed,
    Invited,
}

impl Kind {
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::RoleChanged => "role changed",
            Self::Removed => "removed",
            Self::Invited => "invited",
        }
    }

    pub(super) fn event_type(self) -> &'static str {
        match self {
            Self::Created => "MemberCreated",
            Self::RoleChanged => "RoleChanged",
            Self::Removed => "MemberRemoved",
            Self::Invited => "InvitationSent",
        }
    }
}

/// What is wished: `id` is the member's; nobody's yet for newcomers and invitations.
#[derive(Debug, Clone, Copy)]
pub(super) struct Wish {
    pub(super) org: Org,
    pub(super) kind: Kind,
    pub(super) id: Uuid,
    /// What whoever it is about holds behind it.
    pub(super) role: &'static str,
    /// Makes the name of a newcomer or an invited address.
    pub(super) number: u64,
}

/// What is known to be recorded, where.
#[derive(Debug, Clone, Copy)]
pub(super) struct Deed {
    pub(super) org: Org,
    pub(super) kind: Kind,
    /// The member, or the invitation; nil where an answer that would have named it was lost.
    pub(super) id: Uuid,
    pub(super) role: &'static str,
    pub(super) seq: u64,
}
