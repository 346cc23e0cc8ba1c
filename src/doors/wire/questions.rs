//! Every question there is, where it is asked and what answers it.

use super::{
    AccessAnswer, ApiKeyAnswer, ApiKeyList, Asked, AskedDeployment, AuditorList, Between, Checked,
    DeploymentHistoryList, DiffAnswer, FromSeq, Given, Guard, HeadAnswer, HistoryList,
    InvitationAnswer, InvitationList, KeyStandingAnswer, LimitsAnswer, ListQuestion, Listed,
    ListedApiKeys, ListedGrants, ListedInvitations, ListedMembers, ListedOrganizations,
    ListedTeams, MemberAnswer, MemberList, Now, OrganizationAnswer, OrganizationHeadAnswer,
    OrganizationList, OrganizationName, Parts, PersonalDataAnswer, Problem, Question,
    RemovalAnswer, RoleAnswer, RoleList, TeamAnswer, TeamList, TokenList, When,
};
use crate::facts::Permission::{
    LogRead, MemberInvite, MemberRead, MemberRemove, TeamRead, TokenRead,
};
use crate::words::{ApiKeyId, InvitationId, MemberId, RoleName, TeamId, UserId};

#[cfg(feature = "schema")]
use super::{SchemaOf, Told, schema_of};

macro_rules! questions {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident { $($part:ident: $kind:ty),* }
            $parameters:ty => $answer:ty, $guard:expr, $path:literal;
    )+) => {$(
        $(#[doc = $doc])+
        #[derive(Debug, Clone)]
        pub struct $name {
            $(#[doc = concat!("The `", stringify!($part), "` of its path.")] pub $part: $kind,)*
            /// What it is asked with.
            pub parameters: $parameters,
        }

        impl Question for $name {
            type Parameters = $parameters;
            type Answer = $answer;
            const GUARD: Guard = $guard;

            fn path(&self) -> String {
                let Self { $($part,)* parameters: _ } = self;
                format!($path)
            }

            fn parameters(&self) -> &$parameters {
                &self.parameters
            }

            fn read(_parts: &impl Parts, parameters: $parameters) -> Result<Self, Problem> {
                Ok(Self { $($part: _parts.part(stringify!($part))?,)* parameters })
            }
        }

        #[cfg(feature = "schema")]
        impl Told for $name {
            const NAME: &str = stringify!($name);
            const PATH: &str = $path;
            const TEXT: &str = concat!($($doc, "\n"),+);

            fn parts() -> Vec<(&'static str, SchemaOf)> {
                vec![$((stringify!($part), schema_of::<$kind>)),*]
            }
        }
    )+};
}

questions! {
    /// Where the ledger stands.
    Head {} Now => HeadAnswer, Guard::Operator,
        "/v1/head";
    /// What happened to accounts and to tokens that are no organization's.
    DeploymentHistory {} AskedDeployment => DeploymentHistoryList, Guard::Operator,
        "/v1/history";
    /// Everything that is held about one person, in every organization and in their account.
    PersonalData { user: UserId } FromSeq => PersonalDataAnswer, Guard::Operator,
        "/v1/users/{user}/personal-data";
    /// Everything that an organization holds about one person.
    PersonalDataHere { org: OrganizationName, user: UserId } FromSeq => PersonalDataAnswer,
        Guard::Sees(LogRead),
        "/v1/organizations/{org}/users/{user}/personal-data";
    /// Everything that an organization holds about whoever it invited: every invitation to that
    /// address, and what became of them. Whoever joined by one is told of as a user, too.
    PersonalDataInvited { org: OrganizationName, invitation: InvitationId } FromSeq =>
        PersonalDataAnswer, Guard::Sees(LogRead),
        "/v1/organizations/{org}/invitations/{invitation}/personal-data";
    /// The organizations that existed, by identifier.
    Organizations {} ListedOrganizations => OrganizationList, Guard::CameIn,
        "/v1/organizations";
    /// One organization's own data.
    Organization { org: OrganizationName } When => OrganizationAnswer, Guard::Belongs,
        "/v1/organizations/{org}";
    /// Who belonged.
    Members { org: OrganizationName } ListedMembers => MemberList, Guard::SeesOwn(MemberRead),
        "/v1/organizations/{org}/members";
    /// One membership.
    Member { org: OrganizationName, member: MemberId } When => MemberAnswer,
        Guard::SeesOwn(MemberRead),
        "/v1/organizations/{org}/members/{member}";
    /// Who was invited, and what became of it.
    Invitations { org: OrganizationName } ListedInvitations => InvitationList,
        Guard::Sees(MemberInvite),
        "/v1/organizations/{org}/invitations";
    /// One invitation.
    Invitation { org: OrganizationName, invitation: InvitationId } When => InvitationAnswer,
        Guard::Sees(MemberInvite),
        "/v1/organizations/{org}/invitations/{invitation}";
    /// The roles, and what they allowed.
    Roles { org: OrganizationName } Listed => RoleList, Guard::Belongs,
        "/v1/organizations/{org}/roles";
    /// One role, and what it allowed.
    Role { org: OrganizationName, role: Given<RoleName> } When => RoleAnswer, Guard::Belongs,
        "/v1/organizations/{org}/roles/{role}";
    /// The teams, and who was in them.
    Teams { org: OrganizationName } ListedTeams => TeamList, Guard::Sees(TeamRead),
        "/v1/organizations/{org}/teams";
    /// One team.
    Team { org: OrganizationName, team: TeamId } When => TeamAnswer, Guard::Sees(TeamRead),
        "/v1/organizations/{org}/teams/{team}";
    /// All that a gateway needs to decide on one API key, as it is now.
    KeyStanding { org: OrganizationName, key: ApiKeyId } Now => KeyStandingAnswer,
        Guard::Sees(MemberRead),
        "/v1/organizations/{org}/api-keys/{key}/standing";
    /// What bounded a member's use.
    MemberLimits { org: OrganizationName, member: MemberId } When => LimitsAnswer,
        Guard::SeesOwn(MemberRead),
        "/v1/organizations/{org}/members/{member}/limits";
    /// What would end with a membership.
    Removal { org: OrganizationName, member: MemberId } When => RemovalAnswer,
        Guard::Sees(MemberRemove),
        "/v1/organizations/{org}/members/{member}/removal";
    /// The organization's tokens, and what became of them.
    Tokens { org: OrganizationName } ListedGrants => TokenList, Guard::Sees(TokenRead),
        "/v1/organizations/{org}/tokens";
    /// Who could read it without belonging to it.
    Auditors { org: OrganizationName } ListedGrants => AuditorList, Guard::Sees(TokenRead),
        "/v1/organizations/{org}/auditors";
    /// Whose the API keys were.
    ApiKeys { org: OrganizationName } ListedApiKeys => ApiKeyList, Guard::Sees(MemberRead),
        "/v1/organizations/{org}/api-keys";
    /// Whose one API key was.
    ApiKey { org: OrganizationName, key: ApiKeyId } When => ApiKeyAnswer, Guard::Sees(MemberRead),
        "/v1/organizations/{org}/api-keys/{key}";
    /// Whether somebody had a permission.
    Access { org: OrganizationName } Checked => AccessAnswer, Guard::SeesOwn(MemberRead),
        "/v1/organizations/{org}/access";
    /// Where the organization's own chain stands.
    OrganizationHead { org: OrganizationName } Now => OrganizationHeadAnswer,
        Guard::Sees(LogRead),
        "/v1/organizations/{org}/head";
    /// What happened.
    History { org: OrganizationName } Asked => HistoryList, Guard::Sees(LogRead),
        "/v1/organizations/{org}/history";
    /// What became different between two moments.
    Diff { org: OrganizationName } Between => DiffAnswer, Guard::Sees(LogRead),
        "/v1/organizations/{org}/changes";
}

macro_rules! in_parts {
    ($($question:ident($parameters:ident)),+) => {$(
        impl ListQuestion for $question {
            fn parameters_mut(&mut self) -> &mut $parameters {
                &mut self.parameters
            }
        }
    )+};
}
in_parts!(Organizations(ListedOrganizations), Members(ListedMembers));
in_parts!(Invitations(ListedInvitations), Roles(Listed), Teams(ListedTeams));
in_parts!(Tokens(ListedGrants), Auditors(ListedGrants), ApiKeys(ListedApiKeys));
in_parts!(History(Asked), DeploymentHistory(AskedDeployment), Diff(Between));
