//! Imports in the texts: `import imports commit <c> of <repo> at <time>`, a line of history in each
//! row.

use super::speech::{Complaint, Said, said, team_role};
use super::stage::{Stage, address, roles};
use crate::support::transcript::{Place, words};
use rollbook::facts::event::RemovalCause;
use rollbook::facts::{OrganizationKind, RoleSet};
use rollbook::law::command::{Action, Line, LineChange, Person, RowChange, SourceCommit, Who};
use rollbook::words::{Email, Name, RoleName, Slug, Timestamp, Username};

pub(super) fn import(stage: &mut Stage, words: &[&str], table: &[(Place, String)]) -> Said {
    let ["imports", "commit", commit, "of", repo, "at", occurred] = words else { return None };
    Some((|| {
        Ok(Action::Import(SourceCommit {
            repo: Name::parse(repo).map_err(said)?,
            commit: Name::parse(commit).map_err(said)?,
            occurred: match *occurred {
                "once" => None,
                occurred => Some(Timestamp::parse_any(occurred).map_err(said)?),
            },
            lines: table
                .iter()
                .map(|(place, row)| {
                    line(stage, row).map_err(|complaint| format!("{place}: {complaint}"))
                })
                .collect::<Result<_, _>>()?,
        }))
    })())
}

/// `<seq> <slug> <change> [baseline]`.
fn line(stage: &mut Stage, row: &str) -> Result<Line, Complaint> {
    let row = words(row);
    let mut row: Vec<&str> = row.iter().map(String::as_str).collect();
    let baseline = row.last() == Some(&"baseline");
    if baseline {
        row.pop();
    }
    let [seq, slug, change @ ..] = &row[..] else {
        return Err("a line begins with seq and slug".into());
    };
    let seq = seq.parse().map_err(said)?;
    let org = Slug::parse(slug).map_err(said)?;
    Ok(Line { seq, baseline, org, change: self::change(stage, change)? })
}

fn change(stage: &mut Stage, words: &[&str]) -> Result<LineChange, Complaint> {
    let name = |text: &str| Name::parse(text).map_err(said);
    let login = |text: &str| Username::parse(text).map_err(said);
    let role = |text: &str| RoleName::parse(text).map_err(said);
    Ok(match words {
        ["begins"] => LineChange::OrganizationCreated,
        [who, "joins", "as", held] => {
            LineChange::MemberAdded { person: somebody(who)?, role: role(held)? }
        }
        ["nobody", "joins", "nameless", "as", held] => {
            LineChange::MemberAdded { person: Person::default(), role: role(held)? }
        }
        [who, "changes", "from", before, "to", after] => {
            let (before, after) = (role(before)?, role(after)?);
            LineChange::RoleChanged { login: login(who)?, before, after }
        }
        [who, "was", before, "and", "leaves"] => {
            LineChange::MemberRemoved { login: login(who)?, before: role(before)? }
        }
        ["team", team, "begins", rest @ ..] => {
            let (parent, former) = match rest {
                [] => (None, None),
                ["under", parent] => (Some(parent), None),
                ["formerly", former] => (None, Some(former)),
                ["under", parent, "formerly", former] => (Some(parent), Some(former)),
                _ => return Err(format!("{:?} says nothing of a team", rest.join(" "))),
            };
            LineChange::TeamCreated {
                team: name(team)?,
                parent: parent.map(|text| name(text)).transpose()?,
                renamed_from: former.map(|text| name(text)).transpose()?.into_iter().collect(),
            }
        }
        ["team", team, "ends"] => LineChange::TeamRemoved { team: name(team)? },
        ["team", team, "gains", who, "as", held] => {
            let (team, login, role) = (name(team)?, login(who)?, team_role(held)?);
            LineChange::TeamMemberAdded { team, login, role }
        }
        ["team", team, "makes", who, "from", before, "to", after] => {
            let (team, login) = (name(team)?, login(who)?);
            let (before, after) = (team_role(before)?, team_role(after)?);
            LineChange::TeamRoleChanged { team, login, before, after }
        }
        ["team", team, "loses", who, "who", "was", before] => {
            let (team, login, before) = (name(team)?, login(who)?, team_role(before)?);
            LineChange::TeamMemberRemoved { team, login, before }
        }
        _ => LineChange::Row(row_change(stage, words)?),
    })
}

/// `moves in with <role set> roles`, `moves in <who> [as <roles>] [to <teams>]`,
/// `moves out <who> because <cause>`, `moves <who> into <team>`. `@ada` is found by her username
/// alone, `user:ada` is an account that came from the same place.
fn row_change(stage: &mut Stage, words: &[&str]) -> Result<RowChange, Complaint> {
    let name = |text: &str| Name::parse(text).map_err(said);
    Ok(match words {
        ["moves", "in", "with", set, "roles"] => {
            let role_set = RoleSet::from_name(set).ok_or_else(|| format!("{set:?}"))?;
            let kind = match role_set {
                RoleSet::Enterprise => OrganizationKind::Enterprise,
                _ => OrganizationKind::Standard,
            };
            RowChange::OrganizationBegun { kind, role_set, name: name("Moved in")? }
        }
        ["moves", "in", who, rest @ ..] => {
            let (held, teams) = match rest {
                [] => (None, None),
                ["as", held] => (Some(held), None),
                ["to", teams] => (None, Some(teams)),
                ["as", held, "to", teams] => (Some(held), Some(teams)),
                _ => return Err(format!("{:?} is no way to move in", rest.join(" "))),
            };
            let roles = held.map(|held| roles(held)).transpose()?;
            let teams = teams.map(|teams| teams.split('+').map(name).collect());
            let who = self::who(stage, who)?;
            RowChange::MemberJoined { who, roles, teams: teams.transpose()?.unwrap_or_default() }
        }
        ["moves", "out", who, "because", cause] => {
            let cause = RemovalCause::from_name(cause).ok_or_else(|| format!("{cause:?}"))?;
            RowChange::MemberLeft { who: self::who(stage, who)?, cause }
        }
        ["moves", who, "into", team] => {
            RowChange::TeamJoined { who: self::who(stage, who)?, team: name(team)? }
        }
        _ => return Err(format!("{:?} is no line of history", words.join(" "))),
    })
}

fn who(stage: &mut Stage, text: &str) -> Result<Who, Complaint> {
    if let Some(name) = text.strip_prefix("user:") {
        return Ok(Who::User(stage.user(name)));
    }
    if text == "nobody" {
        return Ok(Who::Person(Person::default()));
    }
    let username = Username::parse(text.trim_start_matches('@')).map_err(said)?;
    let email = match text.starts_with('@') {
        true => None,
        false => Some(Email::parse(&address(text)).map_err(said)?),
    };
    Ok(Who::Person(Person { email, name: None, username: Some(username) }))
}

fn somebody(login: &str) -> Result<Person, Complaint> {
    Ok(Person {
        email: Some(Email::parse(&format!("{login}@users.example")).map_err(said)?),
        name: Some(Name::parse(login).map_err(said)?),
        username: Some(Username::parse(login).map_err(said)?),
    })
}
