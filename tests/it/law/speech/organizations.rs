//! Sentences about organizations.

use super::{Clauses, Complaint, Said, person, said};
use crate::law::stage::Stage;
use rollbook::facts::{OrganizationKind, RoleSet};
use rollbook::law::command::{Action, CreateOrganization, Owner, UpdateOrganization};
use rollbook::words::{Name, Slug};

/// `standard`, `enterprise`, `personal`, … or `kind/role_set` where they may not fit.
fn kind(text: &str) -> Option<(OrganizationKind, RoleSet)> {
    if let Some((kind, set)) = text.split_once('/') {
        return Some((OrganizationKind::from_name(kind)?, RoleSet::from_name(set)?));
    }
    match text {
        "personal" => Some((OrganizationKind::Personal, RoleSet::Basic)),
        "enterprise" => Some((OrganizationKind::Enterprise, RoleSet::Enterprise)),
        other => Some((OrganizationKind::Standard, RoleSet::from_name(other)?)),
    }
}

pub(super) fn about(
    stage: &mut Stage,
    words: &[&str],
    clauses: &Clauses,
    name: &mut Option<String>,
) -> Said {
    let org = clauses.org;
    let unchanged =
        UpdateOrganization { org, name: None, slug: None, seats: None, second_factor: None };
    Some(Ok(match words {
        ["begins", set, slug, "owned", "by", owner, rest @ ..] => {
            return Some(begins(stage, [set, slug, owner], rest, name));
        }
        ["certifies"] => Action::CertifyOrganization { org },
        ["dissolves"] => Action::DissolveOrganization { org },
        ["calls", "it", text] => match Name::parse(text) {
            Ok(name) => {
                Action::UpdateOrganization(UpdateOrganization { name: Some(name), ..unchanged })
            }
            Err(error) => return Some(Err(said(error))),
        },
        ["changes", "the", "slug", "to", text] => match Slug::parse(text) {
            Ok(slug) => {
                Action::UpdateOrganization(UpdateOrganization { slug: Some(slug), ..unchanged })
            }
            Err(error) => return Some(Err(said(error))),
        },
        ["limits", "the", "seats", "to", number] => match number.parse() {
            Ok(seats) => Action::UpdateOrganization(UpdateOrganization {
                seats: Some(Some(seats)),
                ..unchanged
            }),
            Err(_) => return Some(Err(format!("{number:?} is no number of seats"))),
        },
        ["lifts", "the", "seat", "limit"] => {
            Action::UpdateOrganization(UpdateOrganization { seats: Some(None), ..unchanged })
        }
        ["asks", "for", "a", "second", "factor"] => {
            Action::UpdateOrganization(UpdateOrganization {
                second_factor: Some(true),
                ..unchanged
            })
        }
        ["asks", "for", "no", "second", "factor"] => {
            Action::UpdateOrganization(UpdateOrganization {
                second_factor: Some(false),
                ..unchanged
            })
        }
        _ => return None,
    }))
}

fn begins(
    stage: &mut Stage,
    [set, slug, owner]: [&str; 3],
    rest: &[&str],
    name: &mut Option<String>,
) -> Result<Action, Complaint> {
    let (kind, role_set) = kind(set).ok_or_else(|| format!("{set:?} is no kind or role set"))?;
    let seats = match rest {
        [] => None,
        ["with", number, "seats"] => Some(number.parse().map_err(said)?),
        _ => return Err(format!("{:?} is not understood", rest.join(" "))),
    };
    let owner = if stage.knows(owner) || owner == "nobody" {
        Owner::User(stage.user(owner))
    } else {
        *name = Some(owner.to_owned());
        Owner::Person(person(owner, &[])?)
    };
    let title = Name::parse(slug).map_err(said)?;
    let slug = Slug::parse(slug).map_err(said)?;
    Ok(Action::CreateOrganization(CreateOrganization {
        kind,
        role_set,
        name: title,
        slug,
        seats,
        owner,
    }))
}
