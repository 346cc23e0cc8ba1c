//! What may be said in the texts: sentences that are commands.
//!
//! `<actor> <verb> …`, behind it in any order `in <slug>`, `because "<reason>"` and, where
//! something is sent, `for <duration>`. The actor is a person's name, or `operator`, `token`,
//! `import`, `clock`.

use super::history;
use super::stage::{Stage, address, roles};
use crate::support::transcript::Place;
use rollbook::facts::event::PermissionSet;
use rollbook::facts::{OrganizationKind, Permission, RoleSet, TeamRole};
use rollbook::law::Command;
use rollbook::law::command::{
    Acceptor, Action, CreateOrganization, IfPending, Invite, Owner, Person, Proof, Removal,
    TokenDigest, UpdateOrganization,
};
use rollbook::words::{
    Email, InvitationId, Name, OrganizationId, Reason, RoleName, Slug, TeamId, UserId, Username,
};
use std::time::Duration;

/// A sentence that was understood: the command, and how whoever comes to exist by it is called.
pub(crate) struct Spoken {
    pub(crate) command: Command,
    pub(crate) name: Option<String>,
}

/// Why a sentence is not a command.
pub(crate) type Complaint = String;

/// What stands behind a sentence.
struct Clauses {
    org: OrganizationId,
    reason: Option<Reason>,
    lasting: Duration,
}

/// Understands a sentence.
pub(crate) fn understand(
    stage: &mut Stage,
    words: &[String],
    table: &[(Place, String)],
) -> Result<Spoken, Complaint> {
    let mut words: Vec<&str> = words.iter().map(String::as_str).collect();
    let clauses = clauses(stage, &mut words)?;
    let Some((actor_name, rest)) = words.split_first() else {
        return Err("nothing is said".to_owned());
    };
    let actor = stage.actor(actor_name);
    let mut name = None;
    let action = history::import(rest, table)
        .or_else(|| about_organizations(stage, rest, &clauses, &mut name))
        .or_else(|| about_members(stage, rest, &clauses, &mut name))
        .or_else(|| about_invitations(stage, actor_name, rest, &clauses, &mut name))
        .or_else(|| about_roles_and_teams(stage, rest, clauses.org))
        .unwrap_or_else(|| Err(format!("nobody knows how to {:?}", rest.join(" "))))?;
    // Whoever is somebody new speaks with the identifier under which they join.
    let actor = match (&action, actor) {
        (
            Action::AcceptInvitation { acceptor: Acceptor::Newcomer { user, .. }, .. },
            rollbook::facts::Actor::User(_),
        ) => rollbook::facts::Actor::User(*user),
        (_, actor) => actor,
    };
    Ok(Spoken { command: Command { actor, reason: clauses.reason, action }, name })
}

fn clauses(stage: &mut Stage, words: &mut Vec<&str>) -> Result<Clauses, Complaint> {
    let (mut org, mut reason, mut lasting) = (None, None, Invite::EXPIRES_IN);
    while let [.., clause, value] = words[..] {
        match clause {
            "in" => org = Some(stage.organization(value)),
            "because" => reason = Some(Reason::parse(value).map_err(said)?),
            "for" => lasting = duration(value)?,
            _ => break,
        }
        words.truncate(words.len() - 2);
    }
    let org = match org.or(stage.org) {
        Some(org) => org,
        None => stage.organization("nowhere"),
    };
    Ok(Clauses { org, reason, lasting })
}

pub(super) fn said(error: impl std::fmt::Display) -> Complaint {
    error.to_string()
}

/// `7d`, `1h`, `90s`, `1us`, `0s`.
pub(crate) fn duration(text: &str) -> Result<Duration, Complaint> {
    let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number: u64 = text[..digits].parse().map_err(|_| format!("{text:?} is no duration"))?;
    match &text[digits..] {
        "us" => Ok(Duration::from_micros(number)),
        "s" => Ok(Duration::from_secs(number)),
        "h" => Ok(Duration::from_secs(number * 3600)),
        "d" => Ok(Duration::from_secs(number * 86_400)),
        _ => Err(format!("{text:?} is no duration: expected a number with us, s, h or d")),
    }
}

pub(super) type Said = Option<Result<Action, Complaint>>;

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

fn about_organizations(
    stage: &mut Stage,
    words: &[&str],
    clauses: &Clauses,
    name: &mut Option<String>,
) -> Said {
    let org = clauses.org;
    let unchanged = UpdateOrganization { org, name: None, slug: None, seats: None };
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

/// `bob`, `bob at Bob@Mail.example`, `bob known as bob99`, or both; `nobody` has neither.
fn person(name: &str, rest: &[&str]) -> Result<Person, Complaint> {
    let (mut email, mut username) = (None, None);
    let mut at = rest;
    loop {
        at = match at {
            [] => break,
            ["at", text, rest @ ..] => {
                email = Some(Email::parse(text).map_err(said)?);
                rest
            }
            ["known", "as", text, rest @ ..] => {
                username = Some(Username::parse(text).map_err(said)?);
                rest
            }
            _ => return Err(format!("{:?} says nothing of a person", at.join(" "))),
        };
    }
    if email.is_none() && username.is_none() && name != "nobody" {
        email = Some(Email::parse(&address(name)).map_err(said)?);
    }
    Ok(Person { email, name: Some(Name::parse(name).map_err(said)?), username })
}

/// Splits `… as <roles>` off the end.
fn as_roles<'a, 'b>(
    words: &'a [&'b str],
) -> Result<(&'a [&'b str], Option<rollbook::facts::Roles>), Complaint> {
    match words {
        [rest @ .., "as", held] if rest.last() != Some(&"known") => Ok((rest, Some(roles(held)?))),
        rest => Ok((rest, None)),
    }
}

fn about_members(
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

/// Takes `earlier` off the front: the invitation before the last one is meant.
fn earlier<'a, 'b>(words: &'a [&'b str]) -> (bool, &'a [&'b str]) {
    match words {
        ["earlier", rest @ ..] => (true, rest),
        rest => (false, rest),
    }
}

fn about_invitations(
    stage: &mut Stage,
    actor: &str,
    words: &[&str],
    clauses: &Clauses,
    name: &mut Option<String>,
) -> Said {
    let org = clauses.org;
    Some(match words {
        ["invites", who, "as", held, rest @ ..] => invites(stage, clauses, who, held, rest),
        ["resends", "the", rest @ ..] => {
            let (before, rest) = earlier(rest);
            let ["invitation", "of", who] = rest else { return None };
            let invitation = stage.invitation(org, &address(who), before);
            let (expires_in, token) = (clauses.lasting, stage.fresh_link());
            Ok(Action::ResendInvitation { org, invitation, expires_in, token })
        }
        ["revokes", "the", rest @ ..] => {
            let (before, rest) = earlier(rest);
            let ["invitation", "of", who] = rest else { return None };
            let invitation = stage.invitation(org, &address(who), before);
            Ok(Action::RevokeInvitation { org, invitation })
        }
        ["expires", "invitations"] => Ok(Action::ExpireInvitations { org }),
        ["accepts", rest @ ..] => accepts(stage, org, actor, rest, name),
        ["declines", rest @ ..] => whose(stage, org, actor, rest).and_then(|(invitation, rest)| {
            let proof = proof(stage, invitation, rest)?;
            Ok(Action::DeclineInvitation { org, invitation, proof })
        }),
        _ => return None,
    })
}

fn invites(
    stage: &mut Stage,
    clauses: &Clauses,
    who: &str,
    held: &str,
    rest: &[&str],
) -> Result<Action, Complaint> {
    let org = clauses.org;
    let (mut if_pending, mut teams) = (IfPending::Refuse, Vec::new());
    let mut at = rest;
    loop {
        at = match at {
            [] => break,
            ["or", "resends", rest @ ..] => {
                if_pending = IfPending::Resend;
                rest
            }
            ["or", "supersedes", rest @ ..] => {
                if_pending = IfPending::Supersede;
                rest
            }
            ["into", number, "teams", rest @ ..] if number.parse::<usize>().is_ok() => {
                for _ in 0..number.parse().unwrap() {
                    teams.push(TeamId::from_uuid(stage.world.uuid()));
                }
                rest
            }
            ["into", team, rest @ ..] => {
                teams.push(stage.team(org, team));
                rest
            }
            _ => return Err(format!("{:?} says nothing of an invitation", at.join(" "))),
        };
    }
    Ok(Action::Invite(Invite {
        org,
        email: Email::parse(&address(who)).map_err(said)?,
        roles: roles(held)?,
        teams,
        expires_in: clauses.lasting,
        if_pending,
        token: stage.fresh_link(),
    }))
}

/// `[the [earlier] invitation of <who>] …`; without it, one's own.
fn whose<'a, 'b>(
    stage: &mut Stage,
    org: OrganizationId,
    actor: &str,
    words: &'a [&'b str],
) -> Result<(InvitationId, &'a [&'b str]), Complaint> {
    let (before, who, rest) = match words {
        ["the", "earlier", "invitation", "of", who, rest @ ..] => (true, *who, rest),
        ["the", "invitation", "of", who, rest @ ..] => (false, *who, rest),
        rest => (false, actor, rest),
    };
    Ok((stage.invitation(org, &address(who), before), rest))
}

fn proof(stage: &Stage, invitation: InvitationId, words: &[&str]) -> Result<Proof, Complaint> {
    let nobodys = TokenDigest([0xee; 32]);
    let link = |before| Proof::Token(stage.link(invitation, before).unwrap_or(nobodys));
    match words {
        [] | ["signed", "in"] => Ok(Proof::SignedIn),
        ["by", "link"] => Ok(link(false)),
        ["by", "the", "link", "before"] => Ok(link(true)),
        ["by", "a", "wrong", "link"] => Ok(Proof::Token(nobodys)),
        _ => Err(format!("{:?} proves nothing", words.join(" "))),
    }
}

/// `accepts … as newcomer [known as x]`, `accepts … for <user>`: else the actor themselves.
fn accepts(
    stage: &mut Stage,
    org: OrganizationId,
    actor: &str,
    words: &[&str],
    name: &mut Option<String>,
) -> Result<Action, Complaint> {
    let (invitation, rest) = whose(stage, org, actor, words)?;
    let (acceptor, rest) = match rest {
        ["as", "newcomer", "known", "as", login, rest @ ..] => {
            (newcomer(stage, actor, Some(login), name)?, rest)
        }
        ["as", "newcomer", rest @ ..] => (newcomer(stage, actor, None, name)?, rest),
        ["on", "behalf", "of", who, rest @ ..] => (Acceptor::User(stage.user(who)), rest),
        rest => (Acceptor::User(stage.user(actor)), rest),
    };
    let proof = proof(stage, invitation, rest)?;
    Ok(Action::AcceptInvitation { org, invitation, acceptor, proof })
}

fn newcomer(
    stage: &mut Stage,
    actor: &str,
    login: Option<&str>,
    name: &mut Option<String>,
) -> Result<Acceptor, Complaint> {
    *name = Some(actor.to_owned());
    let user: UserId = stage.user(actor);
    let username = login.map(Username::parse).transpose().map_err(said)?;
    Ok(Acceptor::Newcomer { user, name: Some(Name::parse(actor).map_err(said)?), username })
}

fn permissions(words: &[&str]) -> Result<PermissionSet, Complaint> {
    let named = words.iter().map(|word| {
        Permission::from_name(word).ok_or_else(|| format!("{word:?} is no permission"))
    });
    Ok(PermissionSet::new(named.collect::<Result<Vec<_>, _>>()?))
}

pub(super) fn team_role(text: &str) -> Result<TeamRole, Complaint> {
    TeamRole::from_name(text).ok_or_else(|| format!("{text:?} is nothing one is in a team"))
}

fn about_roles_and_teams(stage: &mut Stage, words: &[&str], org: OrganizationId) -> Said {
    let role = |name: &str| RoleName::parse(name).map_err(said);
    let team_name = |name: &str| Name::parse(name).map_err(said);
    Some(match words {
        ["defines", name, "allowing", rest @ ..] => role(name)
            .and_then(|role| Ok(Action::DefineRole { org, role, permissions: permissions(rest)? })),
        ["redefines", name, "allowing", rest @ ..] => role(name).and_then(|role| {
            Ok(Action::RedefineRole { org, role, permissions: permissions(rest)? })
        }),
        ["retires", name] => role(name).map(|role| Action::RetireRole { org, role }),
        ["creates", "team", name] => {
            team_name(name).map(|name| Action::CreateTeam { org, name, parent: None })
        }
        ["creates", "team", name, "under", parent] => {
            let parent = Some(stage.team(org, parent));
            team_name(name).map(|name| Action::CreateTeam { org, name, parent })
        }
        ["renames", "team", team, "to", name] => {
            let team = stage.team(org, team);
            let name = team_name(name);
            name.map(|name| Action::UpdateTeam { org, team, name: Some(name), parent: None })
        }
        ["moves", "team", team, "under", parent] => {
            let (team, parent) = (stage.team(org, team), stage.team(org, parent));
            Ok(Action::UpdateTeam { org, team, name: None, parent: Some(Some(parent)) })
        }
        ["moves", "team", team, "to", "the", "top"] => {
            let team = stage.team(org, team);
            Ok(Action::UpdateTeam { org, team, name: None, parent: Some(None) })
        }
        ["removes", "team", team] => Ok(Action::RemoveTeam { org, team: stage.team(org, team) }),
        ["puts", who, "into", team] => {
            let (team, member) = (stage.team(org, team), stage.member(org, who));
            Ok(Action::AddTeamMember { org, team, member, role: TeamRole::Member })
        }
        ["puts", who, "into", team, "as", role] => {
            let (team, member) = (stage.team(org, team), stage.member(org, who));
            team_role(role).map(|role| Action::AddTeamMember { org, team, member, role })
        }
        ["takes", who, "out", "of", team] => {
            let (team, member) = (stage.team(org, team), stage.member(org, who));
            Ok(Action::RemoveTeamMember { org, team, member })
        }
        ["makes", who, role, "of", team] => {
            let (team, member) = (stage.team(org, team), stage.member(org, who));
            team_role(role).map(|role| Action::ChangeTeamRole { org, team, member, role })
        }
        _ => return None,
    })
}
