//! Every question there is, where it is asked and what answers it.

use super::{
    ApiKeyAnswer, ApiKeyList, AuditorList, DeploymentHistoryList, DiffAnswer, Guard, HeadAnswer,
    HistoryList, InParts, InvitationAnswer, InvitationList, KeyStandingAnswer, LimitsAnswer,
    ListQuestion, MemberAnswer, MemberList, Nothing, OrganizationAnswer, OrganizationList,
    OrganizationName, Parts, Pin, Problem, Question, RemovalAnswer, RoleList, TeamAnswer, TeamList,
    TokenList,
};
use crate::facts::Permission::{
    LogRead, MemberInvite, MemberRead, MemberRemove, TeamRead, TokenRead,
};
use crate::words::{ApiKeyId, InvitationId, MemberId, TeamId, UserId};
use serde::{Deserialize, Serialize};

macro_rules! questions {
    ($(
        $(#[$doc:meta])*
        $name:ident { $($part:ident: $kind:ty),* }
            $parameters:ty => $answer:ty, $guard:expr, $path:literal;
    )+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone)]
        pub(in crate::doors) struct $name {
            $(pub(in crate::doors) $part: $kind,)*
            pub(in crate::doors) parameters: $parameters,
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
    )+};
}

questions! {
    /// Where the ledger stands.
    Head {} Nothing => HeadAnswer, Guard::Operator,
        "/v1/head";
    /// What happened to accounts and to tokens that are no organization's.
    DeploymentHistory {} AskedDeployment => DeploymentHistoryList, Guard::Operator,
        "/v1/history";
    /// The organizations that existed, by identifier.
    Organizations {} Listed => OrganizationList, Guard::CameIn,
        "/v1/organizations";
    /// One organization's own data.
    Organization { org: OrganizationName } When => OrganizationAnswer, Guard::Belongs,
        "/v1/organizations/{org}";
    /// Who belonged.
    Members { org: OrganizationName } Listed => MemberList, Guard::SeesOwn(MemberRead),
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
    /// The teams, and who was in them.
    Teams { org: OrganizationName } Listed => TeamList, Guard::Sees(TeamRead),
        "/v1/organizations/{org}/teams";
    /// One team.
    Team { org: OrganizationName, team: TeamId } When => TeamAnswer, Guard::Sees(TeamRead),
        "/v1/organizations/{org}/teams/{team}";
    /// All that a gateway needs to decide on one API key, as it is now.
    KeyStanding { org: OrganizationName, key: ApiKeyId } Nothing => KeyStandingAnswer,
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
    /// What happened.
    History { org: OrganizationName } Asked => HistoryList, Guard::Sees(LogRead),
        "/v1/organizations/{org}/history";
    /// What became different between two moments.
    Diff { org: OrganizationName } Between => DiffAnswer, Guard::Sees(LogRead),
        "/v1/organizations/{org}/diff";
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
in_parts!(Organizations(Listed), Members(Listed), Invitations(ListedInvitations));
in_parts!(Roles(Listed), Teams(Listed), History(Asked), Diff(Between));
in_parts!(DeploymentHistory(AskedDeployment));
in_parts!(Tokens(ListedGrants), Auditors(ListedGrants), ApiKeys(ListedApiKeys));

/// Which moment is asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct When {
    pub(in crate::doors) as_of: Option<String>,
    pub(in crate::doors) recorded_as_of: Option<String>,
}

/// What a list is asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct Listed {
    pub(in crate::doors) as_of: Option<String>,
    pub(in crate::doors) recorded_as_of: Option<String>,
    /// At most that many rows.
    pub(in crate::doors) limit: Option<usize>,
    /// Those behind the row with that identifier or name.
    pub(in crate::doors) after: Option<String>,
}

impl Listed {
    pub(in crate::doors) fn when(&self) -> When {
        When { as_of: self.as_of.clone(), recorded_as_of: self.recorded_as_of.clone() }
    }
}

/// What invitations are asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct ListedInvitations {
    pub(in crate::doors) as_of: Option<String>,
    pub(in crate::doors) recorded_as_of: Option<String>,
    pub(in crate::doors) limit: Option<usize>,
    pub(in crate::doors) after: Option<String>,
    /// Only those that could be accepted.
    #[serde(default)]
    pub(in crate::doors) pending: bool,
}

impl ListedInvitations {
    pub(in crate::doors) fn listed(&self) -> Listed {
        let Self { as_of, recorded_as_of, limit, after, pending: _ } = self.clone();
        Listed { as_of, recorded_as_of, limit, after }
    }
}

/// What tokens and auditors are asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct ListedGrants {
    pub(in crate::doors) as_of: Option<String>,
    pub(in crate::doors) recorded_as_of: Option<String>,
    pub(in crate::doors) limit: Option<usize>,
    pub(in crate::doors) after: Option<String>,
    /// Only those that held.
    #[serde(default)]
    pub(in crate::doors) active: bool,
}

impl ListedGrants {
    pub(in crate::doors) fn listed(&self) -> Listed {
        let Self { as_of, recorded_as_of, limit, after, active: _ } = self.clone();
        Listed { as_of, recorded_as_of, limit, after }
    }
}

/// What API keys are asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct ListedApiKeys {
    pub(in crate::doors) as_of: Option<String>,
    pub(in crate::doors) recorded_as_of: Option<String>,
    pub(in crate::doors) limit: Option<usize>,
    pub(in crate::doors) after: Option<String>,
    /// Only those that could be used.
    #[serde(default)]
    pub(in crate::doors) active: bool,
    /// Only those of one membership.
    pub(in crate::doors) member: Option<MemberId>,
}

impl ListedApiKeys {
    pub(in crate::doors) fn listed(&self) -> Listed {
        let Self { as_of, recorded_as_of, limit, after, active: _, member: _ } = self.clone();
        Listed { as_of, recorded_as_of, limit, after }
    }
}

/// What a history is asked for: entries about one thing at most.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct Asked {
    pub(in crate::doors) as_of: Option<String>,
    pub(in crate::doors) recorded_as_of: Option<String>,
    pub(in crate::doors) limit: Option<usize>,
    /// Entries behind the one with that `org_seq`.
    pub(in crate::doors) after: Option<u64>,
    pub(in crate::doors) member: Option<MemberId>,
    pub(in crate::doors) user: Option<UserId>,
    /// A username, or the identifier of a user or a member.
    pub(in crate::doors) who: Option<String>,
    pub(in crate::doors) invitation: Option<InvitationId>,
    pub(in crate::doors) team: Option<TeamId>,
    #[serde(rename = "type")]
    pub(in crate::doors) event_type: Option<String>,
}

/// What the deployment's own history is asked for.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct AskedDeployment {
    pub(in crate::doors) as_of: Option<String>,
    pub(in crate::doors) recorded_as_of: Option<String>,
    pub(in crate::doors) limit: Option<usize>,
    /// Entries behind the one with that `org_seq`.
    pub(in crate::doors) after: Option<u64>,
    pub(in crate::doors) user: Option<UserId>,
    #[serde(rename = "type")]
    pub(in crate::doors) event_type: Option<String>,
}

/// Which moments are compared.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::doors) struct Between {
    pub(in crate::doors) from: String,
    pub(in crate::doors) to: String,
    pub(in crate::doors) limit: Option<usize>,
    /// The differences behind that many.
    pub(in crate::doors) after: Option<u64>,
}

macro_rules! goes_on {
    ($($parameters:ident),+) => {$(
        impl InParts for $parameters {
            fn go_on(&mut self, next: &str, pin: Pin) -> bool {
                self.after = next.parse().ok();
                if let (None, None) = (&self.as_of, &self.recorded_as_of) {
                    match pin {
                        Pin::Seq(seq) => self.as_of = Some(seq.to_string()),
                        Pin::Recorded(time) => self.recorded_as_of = Some(time.to_string()),
                    }
                }
                self.after.is_some()
            }
        }
    )+};
}
goes_on!(Listed, ListedInvitations, ListedGrants, ListedApiKeys, Asked, AskedDeployment);

impl InParts for Between {
    fn go_on(&mut self, next: &str, _: Pin) -> bool {
        self.after = next.parse().ok();
        self.after.is_some()
    }
}
