//! What a ledger is asked for, and what it must answer then, told without any of its own code.

use crate::support::chance::Chance;
use rollbook::facts::{Actor, OrganizationKind, RoleSet, Roles};
use rollbook::law::command::{CreateOrganization, Owner, Person, Removal};
use rollbook::law::{Action, Command};
use rollbook::projections::{AsOf, MemberRow, OrganizationView, PersonalValue, Views};
use rollbook::words::{Email, Name, OperatorId, RoleName, Slug, Timestamp};
use std::collections::BTreeMap;
use std::ops::Range;
use uuid::Uuid;

/// One command, by the names that people have.
#[derive(Debug, Clone)]
pub(crate) enum Wish {
    /// Begins an organization whose owner is `owner-<slug>`.
    Begin {
        slug: String,
    },
    Join {
        slug: String,
        login: String,
    },
    ChangeRole {
        slug: String,
        login: String,
        role: &'static str,
    },
    Remove {
        slug: String,
        login: String,
    },
    Suspend {
        slug: String,
        login: String,
    },
    Reactivate {
        slug: String,
        login: String,
    },
}

/// Everybody who is a member somewhere: organization and login to role and whether suspended.
pub(crate) type Members = BTreeMap<(String, String), (String, bool)>;

/// Commands in the groups in which they are handed over, and what each of them leads to.
pub(crate) struct Story {
    pub(crate) wishes: Vec<Wish>,
    pub(crate) groups: Vec<Range<usize>>,
    /// Who is a member, and how many entries there are, before each command and behind the last.
    pub(crate) told: Vec<(Members, u64)>,
}

impl Story {
    pub(crate) fn of(seed: u64, commands: usize) -> Self {
        let mut chance = Chance::from_seed(seed);
        let mut story =
            Self { wishes: Vec::new(), groups: Vec::new(), told: vec![(Members::new(), 0)] };
        while story.wishes.len() < commands {
            let begin = story.wishes.len();
            let known = story.told[begin].0.clone();
            let length = if known.is_empty() { 1 } else { 1 + chance.below(5) };
            let mut taken = Vec::new();
            for number in begin..(begin + length).min(commands) {
                let wish = wish(&mut chance, &known, &mut taken, number);
                let (mut members, entries) = story.told[number].clone();
                let more = happen(&wish, &mut members);
                story.told.push((members, entries + more));
                story.wishes.push(wish);
            }
            story.groups.push(begin..story.wishes.len());
        }
        story
    }
}

/// Something lawful. Only what stood before the group is named, because nobody in it has an answer
/// yet, and nobody is named twice.
fn wish(
    chance: &mut Chance,
    known: &Members,
    taken: &mut Vec<(String, String)>,
    number: usize,
) -> Wish {
    let slugs: Vec<&String> = known.keys().map(|(slug, _)| slug).collect();
    let Some(slug) = chance.pick_any(&slugs).filter(|_| chance.percent(96)) else {
        return Wish::Begin { slug: format!("org-{number}") };
    };
    let free = |key: &&(String, String)| !key.1.starts_with("owner-") && !taken.contains(key);
    let others: Vec<&(String, String)> = known.keys().filter(free).collect();
    let Some(other) = chance.pick_any(&others).filter(|_| chance.percent(50)) else {
        return Wish::Join { slug: slug.clone(), login: format!("m{number}") };
    };
    taken.push(other.clone());
    let (slug, login) = other.clone();
    let suspended = known[other].1;
    match chance.below(10) {
        0..4 if !suspended => {
            let role = chance.pick(&["admin", "member", "owner"]);
            if known[other].0 == role {
                return Wish::Suspend { slug, login };
            }
            Wish::ChangeRole { slug, login, role }
        }
        4..7 => Wish::Remove { slug, login },
        _ if suspended => Wish::Reactivate { slug, login },
        _ => Wish::Suspend { slug, login },
    }
}

/// What a command does to who is a member; gives how many entries it takes.
fn happen(wish: &Wish, members: &mut Members) -> u64 {
    let key = |slug: &String, login: &String| (slug.clone(), login.clone());
    match wish {
        Wish::Begin { slug } => {
            members.insert((slug.clone(), format!("owner-{slug}")), ("owner".to_owned(), false));
            return 2;
        }
        Wish::Join { slug, login } => {
            members.insert(key(slug, login), ("member".to_owned(), false));
        }
        Wish::ChangeRole { slug, login, role } => {
            members.get_mut(&key(slug, login)).unwrap().0 = (*role).to_owned();
        }
        Wish::Remove { slug, login } => drop(members.remove(&key(slug, login)).unwrap()),
        Wish::Suspend { slug, login } => members.get_mut(&key(slug, login)).unwrap().1 = true,
        Wish::Reactivate { slug, login } => members.get_mut(&key(slug, login)).unwrap().1 = false,
    }
    1
}

impl Wish {
    /// The command, with the identifiers that the ledger has given.
    pub(crate) fn command(&self, views: &Views) -> Command {
        let org = |slug: &String| views.by_slug(slug).unwrap().id();
        let member = |slug: &String, login: &String| {
            let view = views.by_slug(slug).unwrap();
            let found = rows(view).into_iter().find(|row| login_of(row) == *login);
            (view.id(), found.unwrap().member_id)
        };
        let action = match self {
            Self::Begin { slug } => Action::CreateOrganization(CreateOrganization {
                kind: OrganizationKind::Standard,
                role_set: RoleSet::Standard,
                name: Name::parse(slug).unwrap(),
                slug: Slug::parse(slug).unwrap(),
                seats: None,
                owner: Owner::Person(person(&format!("owner-{slug}"))),
            }),
            Self::Join { slug, login } => {
                Action::CreateMember { org: org(slug), person: person(login), roles: None }
            }
            Self::ChangeRole { slug, login, role } => {
                let ((org, member), role) = (member(slug, login), RoleName::parse(role).unwrap());
                Action::ChangeRoles { org, member, roles: Roles::one(role) }
            }
            Self::Remove { slug, login } => {
                let (org, member) = member(slug, login);
                Action::RemoveMember { org, member, cause: Removal::Removed }
            }
            Self::Suspend { slug, login } => {
                let (org, member) = member(slug, login);
                Action::SuspendMember { org, member }
            }
            Self::Reactivate { slug, login } => {
                let (org, member) = member(slug, login);
                Action::ReactivateMember { org, member }
            }
        };
        let actor = Actor::Operator(OperatorId::from_uuid(Uuid::from_bytes([0x0b; 16])));
        Command::new(actor, None, action)
    }
}

fn person(login: &str) -> Person {
    let email = Some(Email::parse(&format!("{login}@mail.example")).unwrap());
    Person { email, name: Some(Name::parse(login).unwrap()), username: None }
}

fn rows(view: &OrganizationView) -> Vec<MemberRow> {
    view.members(view.moment(AsOf::Now, Timestamp::MAX).unwrap())
}

/// Who a row is about. Address and name are sealed apart from each other and must agree.
fn login_of(row: &MemberRow) -> String {
    let text = |value: &Option<PersonalValue>| {
        value.as_ref().and_then(PersonalValue::text).unwrap_or("erased").to_owned()
    };
    let name = text(&row.name);
    assert!([format!("{name}@mail.example"), name.clone()].contains(&text(&row.email)), "{row:?}");
    name
}

/// What the ledger shows, in the story's own form.
pub(crate) fn shown(views: &Views) -> Members {
    let mut members = Members::new();
    for view in views.organizations() {
        let slug = view.slug().text().unwrap();
        for row in rows(view) {
            let value = (row.roles.to_string(), row.status.to_string() == "suspended");
            members.insert((slug.to_owned(), login_of(&row)), value);
        }
    }
    members
}
