//! What the law did not allow: a closed list with stable codes, the same in
//! `events/authority.v1.json`.

macro_rules! faults {
    ($($variant:ident = $code:literal: $text:literal),+ $(,)?) => {
        /// Why the law did not allow an entry. Where a command is refused for the same, it has the
        /// refusal's code.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[allow(missing_docs)]
        pub enum LawFault {
            $($variant,)+
        }

        impl LawFault {
            /// All of them.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// The stable code.
            pub const fn code(self) -> &'static str {
                match self {
                    $(Self::$variant => $code,)+
                }
            }

            /// What is wrong.
            pub const fn text(self) -> &'static str {
                match self {
                    $(Self::$variant => $text,)+
                }
            }
        }
    };
}

faults! {
    EventOfDeployment = "event_of_deployment":
        "such an event stands in the deployment's own chain only",
    OrganizationBeginsOnce = "organization_begins_once":
        "an organization begins with OrganizationCreated, and nothing else does",
    OrganizationDissolved = "organization_dissolved":
        "the organization was dissolved before",

    CommandActor = "command_actor":
        "the entries of one command have one actor",
    CommandResumed = "command_resumed":
        "the command ended before; only an import is continued",
    SecondAct = "second_act":
        "a command does one thing, and this is a second",
    CauseMissing = "cause_missing":
        "this follows from something else in the same command, and that is not there",
    FollowUpMissing = "follow_up_missing":
        "what follows from this in the same command is not there",
    SourceUnexpected = "source_unexpected":
        "only an import of what an import can say has a source, and occurred where it has one",
    SourceRepeated = "source_repeated":
        "that line of the source was imported before, by another command",

    ActorKind = "actor_kind":
        "such an actor never causes this",
    NotPermitted = "not_permitted":
        "the actor did not have the permission that is needed for this",
    NotYourself = "not_yourself":
        "only the user concerned can do this",
    TopRoleOnly = "top_role_only":
        "only who holds the top role can do this",
    ActorSuspended = "actor_suspended":
        "the actor was suspended in this organization",
    TokenEnded = "token_ended":
        "the organization had no such token then, or not for commands",
    RoleOutranksActor = "role_outranks_actor":
        "the role allows more than the actor could do",
    MemberOutranksActor = "member_outranks_actor":
        "the member could do more than the actor",

    OrganizationNotCertified = "organization_not_certified":
        "the enterprise was not certified yet",
    PersonalOrganization = "personal_organization":
        "a personal organization has one member and no member management",
    NotAnEnterprise = "not_an_enterprise":
        "only enterprise organizations are certified",
    RoleSetDoesNotFit = "role_set_does_not_fit":
        "an organization of this kind cannot use this role set",
    NameNotSealed = "name_not_sealed":
        "name and slug are sealed in a personal organization, and public in every other",
    NoSeatLeft = "no_seat_left":
        "all seats were taken by members and pending invitations",
    NothingChanges = "nothing_changes":
        "nothing changes by it",
    BeforeDiffers = "before_differs":
        "what it says was so before was not so",

    IdentifierTaken = "identifier_taken":
        "something else has that identifier",
    AddressNeeded = "address_needed":
        "an e-mail address or a username is needed",
    AlreadyMember = "already_member":
        "the user was a member of the organization",
    PersonErased = "person_erased":
        "what was known of the person, or of the invitation, was erased before",
    UnknownMember = "unknown_member":
        "the user had no such membership then",
    MemberSuspended = "member_suspended":
        "the member was suspended",
    MemberActive = "member_active":
        "the member was active",
    CreatedMembersJoinAs = "created_members_join_as":
        "in this role set, directly created members join with the lowest role",

    UnknownRole = "unknown_role":
        "the organization had no such role then",
    RolesDoNotFit = "roles_do_not_fit":
        "such roles cannot be held together, or not in this place",
    RoleNameTaken = "role_name_taken":
        "a role of that name existed",
    RoleInUse = "role_in_use":
        "members or pending invitations held the role",
    SuperAdminByTransferOnly = "super_admin_by_transfer_only":
        "the super admin is made by transfer only, and there is one",
    LastSuperAdmin = "last_super_admin":
        "behind the command nobody active was super admin",
    LastTopRole = "last_top_role":
        "behind the command nobody active held the top role",
    NothingToTransfer = "nothing_to_transfer":
        "there was no such single super admin to hand over from",

    UnknownInvitation = "unknown_invitation":
        "there was no such invitation",
    InvitationClosed = "invitation_closed":
        "the invitation was accepted, declined or revoked before",
    InvitationExpired = "invitation_expired":
        "the invitation had expired",
    ExpiredTooEarly = "expired_too_early":
        "the invitation's time had not passed",
    ExpiryOutOfRange = "expiry_out_of_range":
        "it does not last for as long as it may",
    InvitationDiffers = "invitation_differs":
        "whoever accepts holds what the invitation names, and joins the teams that it names and that exist",
    InvitationNotYours = "invitation_not_yours":
        "the invitation was for another address",

    UnknownTeam = "unknown_team":
        "there was no such team",
    TeamNameTaken = "team_name_taken":
        "a team of that name existed",
    TeamCycle = "team_cycle":
        "a team cannot be part of itself",
    TeamsTooDeep = "teams_too_deep":
        "teams nest at most 16 deep",
    AlreadyInTeam = "already_in_team":
        "the member was in the team",
    NotInTeam = "not_in_team":
        "the member was not in the team",

    UnknownToken = "unknown_token":
        "the organization had no such token",
    TokenNameTaken = "token_name_taken":
        "a token of that name existed",
    TooManyTokens = "too_many_tokens":
        "at most 100 tokens can be held at once",
    ScopeNeeded = "scope_needed":
        "a token needs a scope",
    UnknownApiKey = "unknown_api_key":
        "the member had no such API key",
    TooManyApiKeys = "too_many_api_keys":
        "a member owns at most 100 API keys",
    AlreadyAuditor = "already_auditor":
        "the user was an auditor of the organization",
    NotAnAuditor = "not_an_auditor":
        "the user was not an auditor of the organization",
}

impl std::fmt::Display for LawFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(self.text())
    }
}
