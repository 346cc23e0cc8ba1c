//! One line of history: from its fields to what it says.

use super::LineFault;
use crate::facts::TeamRole;
use crate::law::command::{Line, LineChange, Person};
use crate::words::{Email, Name, RoleName, Slug, Timestamp, Username};
use serde::Deserialize;

/// The fields as they stand in the file. `null` and absent are the same there.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Raw {
    pub(super) seq: u64,
    time: String,
    org: String,
    action: Action,
    member: Option<String>,
    /// A second spelling of `member`; the ledger keeps the canonical one.
    login_as_written: Option<String>,
    role: Option<String>,
    previous_role: Option<String>,
    team: Option<String>,
    parent: Option<String>,
    #[serde(default)]
    renamed_from: Vec<String>,
    cause: Option<String>,
    pub(super) source: RawSource,
}

/// Where the line itself comes from.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct RawSource {
    pub(super) repo: String,
    pub(super) commit: String,
}

#[derive(Debug, Clone, Copy, Deserialize)]
#[serde(rename_all = "snake_case")]
enum Action {
    OrgCreated,
    MemberAdded,
    RoleChanged,
    MemberRemoved,
    TeamCreated,
    TeamMemberAdded,
    TeamRoleChanged,
    TeamMemberRemoved,
    TeamRemoved,
}

/// What a line says, with what it shares with the other lines of its commit.
pub(super) struct Stated {
    pub(super) repo: Name,
    pub(super) commit: Name,
    pub(super) time: Timestamp,
    pub(super) line: Line,
}

/// The fields that depend on the action.
const FIELDS: [&str; 6] = ["member", "role", "previous_role", "team", "parent", "renamed_from"];

impl Action {
    const fn name(self) -> &'static str {
        match self {
            Self::OrgCreated => "org_created",
            Self::MemberAdded => "member_added",
            Self::RoleChanged => "role_changed",
            Self::MemberRemoved => "member_removed",
            Self::TeamCreated => "team_created",
            Self::TeamMemberAdded => "team_member_added",
            Self::TeamRoleChanged => "team_role_changed",
            Self::TeamMemberRemoved => "team_member_removed",
            Self::TeamRemoved => "team_removed",
        }
    }

    /// Which of [`FIELDS`] it must have; of the others a new team alone may have `parent` and
    /// `renamed_from`.
    const fn needs(self) -> [bool; 6] {
        match self {
            Self::OrgCreated => [false; 6],
            Self::MemberAdded => [true, true, false, false, false, false],
            Self::RoleChanged => [true, true, true, false, false, false],
            Self::MemberRemoved => [true, false, true, false, false, false],
            Self::TeamCreated | Self::TeamRemoved => [false, false, false, true, false, false],
            Self::TeamMemberAdded => [true, true, false, true, false, false],
            Self::TeamRoleChanged => [true, true, true, true, false, false],
            Self::TeamMemberRemoved => [true, false, true, true, false, false],
        }
    }
}

impl Raw {
    /// Reads the fields as what the action says.
    pub(super) fn interpret(self, email_domain: &str) -> Result<Stated, LineFault> {
        self.fields_fit()?;
        let baseline = match self.cause.as_deref() {
            None => false,
            Some("baseline") => true,
            Some(other) => return Err(value("cause", other)),
        };
        // Only checked: a login has one spelling in the ledger.
        if let Some(written) = &self.login_as_written {
            Username::parse(written)?;
        }
        let change = self.change(email_domain)?;
        let org = Slug::parse(&self.org)?;
        Ok(Stated {
            repo: Name::parse(&self.source.repo)?,
            commit: Name::parse(&self.source.commit)?,
            time: Timestamp::parse_any(&self.time)?,
            line: Line { seq: self.seq, baseline, org, change },
        })
    }

    fn fields_fit(&self) -> Result<(), LineFault> {
        let action = self.action.name();
        let present = [
            self.member.is_some(),
            self.role.is_some(),
            self.previous_role.is_some(),
            self.team.is_some(),
            self.parent.is_some(),
            !self.renamed_from.is_empty(),
        ];
        let creates_team = matches!(self.action, Action::TeamCreated);
        for (index, (needed, present)) in self.action.needs().into_iter().zip(present).enumerate() {
            let field = FIELDS[index];
            let may = creates_team && matches!(field, "parent" | "renamed_from");
            if needed && !present {
                return Err(LineFault::Field { action, needs: "needs", field });
            }
            if present && !needed && !may {
                return Err(LineFault::Field { action, needs: "has no", field });
            }
        }
        Ok(())
    }

    fn change(&self, email_domain: &str) -> Result<LineChange, LineFault> {
        Ok(match self.action {
            Action::OrgCreated => LineChange::OrganizationCreated,
            Action::MemberAdded => LineChange::MemberAdded {
                person: person(text(&self.member), email_domain)?,
                role: RoleName::parse(text(&self.role))?,
            },
            Action::RoleChanged => LineChange::RoleChanged {
                login: self.login()?,
                before: RoleName::parse(text(&self.previous_role))?,
                after: RoleName::parse(text(&self.role))?,
            },
            Action::MemberRemoved => LineChange::MemberRemoved {
                login: self.login()?,
                before: RoleName::parse(text(&self.previous_role))?,
            },
            Action::TeamCreated => LineChange::TeamCreated {
                team: self.team()?,
                parent: self.parent.as_deref().map(Name::parse).transpose()?,
                renamed_from: self
                    .renamed_from
                    .iter()
                    .map(|name| Name::parse(name))
                    .collect::<Result<_, _>>()?,
            },
            Action::TeamMemberAdded => LineChange::TeamMemberAdded {
                team: self.team()?,
                login: self.login()?,
                role: team_role("role", text(&self.role))?,
            },
            Action::TeamRoleChanged => LineChange::TeamRoleChanged {
                team: self.team()?,
                login: self.login()?,
                before: team_role("previous_role", text(&self.previous_role))?,
                after: team_role("role", text(&self.role))?,
            },
            Action::TeamMemberRemoved => LineChange::TeamMemberRemoved {
                team: self.team()?,
                login: self.login()?,
                before: team_role("previous_role", text(&self.previous_role))?,
            },
            Action::TeamRemoved => LineChange::TeamRemoved { team: self.team()? },
        })
    }

    fn login(&self) -> Result<Username, LineFault> {
        Ok(Username::parse(text(&self.member))?)
    }

    fn team(&self) -> Result<Name, LineFault> {
        Ok(Name::parse(text(&self.team))?)
    }
}

/// A field whose presence was checked; an absent one fails as an empty text does.
fn text(field: &Option<String>) -> &str {
    field.as_deref().unwrap_or_default()
}

fn value(field: &'static str, value: &str) -> LineFault {
    LineFault::Value { field, value: value.chars().take(64).collect() }
}

fn team_role(field: &'static str, name: &str) -> Result<TeamRole, LineFault> {
    TeamRole::from_name(name).ok_or_else(|| value(field, name))
}

/// The history knows people by login only: it is their username and their name, and gives them an
/// address.
fn person(login: &str, email_domain: &str) -> Result<Person, LineFault> {
    Ok(Person {
        email: Some(Email::parse(&format!("{login}@{email_domain}"))?),
        name: Some(Name::parse(login)?),
        username: Some(Username::parse(login)?),
    })
}
