//! Imports in the texts: `import imports commit <c> of <repo> at <time>`, a line of history in each
//! row.

use super::speech::{Complaint, Said, said, team_role};
use crate::support::transcript::{Place, words};
use rollbook::law::command::{Action, Line, LineChange, Person, SourceCommit};
use rollbook::words::{Email, Name, RoleName, Slug, Timestamp, Username};

pub(super) fn import(words: &[&str], table: &[(Place, String)]) -> Said {
    let ["imports", "commit", commit, "of", repo, "at", occurred] = words else { return None };
    Some((|| {
        Ok(Action::Import(SourceCommit {
            repo: Name::parse(repo).map_err(said)?,
            commit: Name::parse(commit).map_err(said)?,
            occurred: Timestamp::parse_any(occurred).map_err(said)?,
            lines: table
                .iter()
                .map(|(place, row)| line(row).map_err(|complaint| format!("{place}: {complaint}")))
                .collect::<Result<_, _>>()?,
        }))
    })())
}

/// `<seq> <slug> <change> [baseline]`.
fn line(row: &str) -> Result<Line, Complaint> {
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
    Ok(Line { seq, baseline, org, change: self::change(change)? })
}

fn change(words: &[&str]) -> Result<LineChange, Complaint> {
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
        _ => return Err(format!("{:?} is no line of history", words.join(" "))),
    })
}

fn somebody(login: &str) -> Result<Person, Complaint> {
    Ok(Person {
        email: Some(Email::parse(&format!("{login}@users.example")).map_err(said)?),
        name: Some(Name::parse(login).map_err(said)?),
        username: Some(Username::parse(login).map_err(said)?),
    })
}
