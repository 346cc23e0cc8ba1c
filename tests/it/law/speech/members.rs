//! Sentences about members.

use super::{Clauses, Complaint, Said, person};
use crate::law::stage::{Stage, roles};
use rollbook::law::command::{Action, Removal};

/// Splits `… as <roles>` off the end.
fn as_roles<'a, 'b>(
    words: &'a [&'b str],
) -> Result<(&'a [&'b str], Option<rollbook::facts::Roles>), Complaint> {
    match words {
        [rest @ .., "as", held] if rest.last() != Some(&"known") => Ok((rest, Some(roles(held)?))),
        rest => Ok((rest, None)),
    }
}

pub(super) fn about(
    stage: &mut Stage,
    words: &[&str],
    clauses: &Clauses,
    name: &mut Option<String>,
) -> Said {
    let org = clauses.org;
    Some(Ok(match words {
        ["creates", "team" | "role", ..] => return None,
        ["creates", who, rest @ ..] => {
            *name = Some((*who).to_owned());
            let made = as_roles(rest)
                .and_then(|(rest, roles)| person(who, rest).map(|person| (person, roles)));
            match made {
                Ok((person, roles)) => Action::CreateMember { org, person, roles },
                Err(complaint) => return Some(Err(complaint)),
            }
        }
        ["adds", who, rest @ ..] => match as_roles(rest) {
            Ok(([], roles)) => Action::AddMember { org, user: stage.user(who), roles },
            Ok((rest, _)) => return Some(Err(format!("{:?} is too much", rest.join(" ")))),
            Err(complaint) => return Some(Err(complaint)),
        },
        ["changes", who, "to", held] => match roles(held) {
            Ok(roles) => Action::ChangeRoles { org, member: stage.member(org, who), roles },
            Err(complaint) => return Some(Err(complaint)),
        },
        ["removes", "team", _] => return None,
        ["removes", who] => {
            let member = stage.member(org, who);
            Action::RemoveMember { org, member, cause: Removal::Removed }
        }
        ["deprovisions", who] => {
            let member = stage.member(org, who);
            Action::RemoveMember { org, member, cause: Removal::Deprovisioned }
        }
        ["leaves"] => Action::Leave { org },
        ["suspends", who] => Action::SuspendMember { org, member: stage.member(org, who) },
        ["reactivates", who] => Action::ReactivateMember { org, member: stage.member(org, who) },
        ["transfers", "to", who] => Action::TransferSuperAdmin { org, to: stage.member(org, who) },
        _ => return None,
    }))
}
