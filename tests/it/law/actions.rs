//! Every action by name, so that a test can ask whether each was wished.

use rollbook::law::command::account::SecondFactorWish;
use rollbook::law::command::{AccessWish, AccountWish, Action, PublicationWish, UsageWish};

macro_rules! names {
    ($($function:ident($type:ident) { $($name:ident),+ $(,)? })+) => {
        /// All of them.
        pub(crate) const ACTIONS: &[&str] = &[$($(stringify!($name)),+),+];

        $(fn $function(wish: &$type) -> &'static str {
            match wish {
                $($type::$name { .. } => stringify!($name),)+
            }
        })+
    };
}

names! {
    action(Action) {
        CreateOrganization, UpdateOrganization, CertifyOrganization, DissolveOrganization,
        CreateMember, AddMember, ChangeRoles, RemoveMember, Leave, SuspendMember, ReactivateMember,
        TransferSuperAdmin, Invite, ResendInvitation, RevokeInvitation, AcceptInvitation,
        DeclineInvitation, ExpireInvitations, DefineRole, RedefineRole, RetireRole, CreateTeam,
        UpdateTeam, RemoveTeam, AddTeamMember, RemoveTeamMember, ChangeTeamRole, Import, Account,
        Access, Usage, Publication, Erase,
    }
    account(AccountWish) {
        SignUp, SignUpProven, Bring, VerifyEmail, SetPassword, ChangeSecondFactor, EndSessions,
        UpdateUser,
    }
    second_factor(SecondFactorWish) { Enable, Disable, UseRecovery, RenewRecovery }
    access(AccessWish) { IssueToken, RevokeToken, GrantAuditor, WithdrawAuditor, TakeOver }
    usage(UsageWish) { IssueApiKey, RevokeApiKey, ChangeLimits }
    publication(PublicationWish) { CommitHeads, Export, RotateKey, Restore }
}

/// The name of an action, and those of the wishes inside it.
pub(crate) fn names(wish: &Action) -> Vec<&'static str> {
    let mut names = vec![action(wish)];
    match wish {
        Action::Account(wish) => {
            names.push(account(wish));
            if let AccountWish::ChangeSecondFactor { change, .. } = wish {
                names.push(second_factor(change));
            }
        }
        Action::Access(wish) => names.push(access(wish)),
        Action::Usage(wish) => names.push(usage(wish)),
        Action::Publication(wish) => names.push(publication(wish)),
        _ => {}
    }
    names
}
