//! `rollbook organization`

use super::command::{By, To};
use super::failure::Failure;
use super::names;
use super::output::Output;
use super::place::Place;
use crate::doors::wire::{
    CertifyOrganization, ChangedOrganization, CreateOrganization, DissolveOrganization, Given,
    NewOrganization, Somebody, Successor, TransferSuperAdmin, UpdateOrganization,
};
use crate::facts::{OrganizationKind, RoleSet};
use crate::words::{Email, Name, Slug, UserId, Username};
use clap::{Args, Subcommand};

#[derive(Debug, Subcommand)]
pub(super) enum Organization {
    /// Begin one, with its first owner.
    Create(Create),
    /// Change its name, slug or number of seats.
    Update(Update),
    /// Confirm an enterprise organization, so that its members can be managed.
    Certify(Certify),
    /// Hand the super admin's role to another member.
    Transfer(Transfer),
    /// End it. Its history stays.
    Dissolve(Dissolve),
}

#[derive(Debug, Args)]
pub(super) struct Create {
    #[command(flatten)]
    place: Place,
    /// Its part of an address, to be found by.
    #[arg(long)]
    slug: Given<Slug>,
    /// What it is called.
    #[arg(long)]
    name: Given<Name>,
    /// What it is to the deployment: standard, enterprise or personal.
    #[arg(long, default_value = "standard", value_parser = kind)]
    kind: OrganizationKind,
    /// Which roles it uses: standard, enterprise, avisi, cloudflare or basic.
    #[arg(long, default_value = "standard", value_parser = role_set)]
    role_set: RoleSet,
    /// How many members and pending invitations it may have; without it any number.
    #[arg(long)]
    seats: Option<u32>,
    #[command(flatten)]
    owner: Owner,
    #[command(flatten)]
    by: By,
}

/// Whoever holds its top role from the start: a user who exists, or one who comes to exist.
#[derive(Debug, Args)]
struct Owner {
    /// The first owner, if they are a user already.
    #[arg(long, value_name = "ID", conflicts_with_all = ["owner_email", "owner_name", "owner_username"])]
    owner_user: Option<UserId>,
    /// The first owner's e-mail address; this or a username is needed.
    #[arg(long, value_name = "EMAIL")]
    owner_email: Option<Given<Email>>,
    /// What the first owner is called.
    #[arg(long, value_name = "NAME")]
    owner_name: Option<Given<Name>>,
    /// The first owner's login name.
    #[arg(long, value_name = "USERNAME")]
    owner_username: Option<Given<Username>>,
}

fn kind(text: &str) -> Result<OrganizationKind, String> {
    let known = OrganizationKind::ALL.iter().map(|kind| kind.name()).collect::<Vec<_>>();
    OrganizationKind::from_name(text).ok_or_else(|| format!("expected one of {}", known.join(", ")))
}

pub(super) fn role_set(text: &str) -> Result<RoleSet, String> {
    let known = RoleSet::ALL.iter().map(|role_set| role_set.name()).collect::<Vec<_>>();
    RoleSet::from_name(text).ok_or_else(|| format!("expected one of {}", known.join(", ")))
}

#[derive(Debug, Args)]
pub(super) struct Update {
    #[command(flatten)]
    to: To,
    /// What it is to be called.
    #[arg(long)]
    name: Option<Given<Name>>,
    /// What its slug is to be.
    #[arg(long)]
    slug: Option<Given<Slug>>,
    /// How many seats it is to have; none for no limit.
    #[arg(long, value_name = "NUMBER|none", value_parser = seats)]
    seats: Option<Seats>,
}

/// A number, or no limit.
#[derive(Debug, Clone, Copy)]
struct Seats(Option<u32>);

fn seats(text: &str) -> Result<Seats, String> {
    match text {
        "none" => Ok(Seats(None)),
        number => number
            .parse()
            .map(|number| Seats(Some(number)))
            .map_err(|error| format!("{error}: expected a number, or none")),
    }
}

#[derive(Debug, Args)]
pub(super) struct Certify {
    #[command(flatten)]
    to: To,
}

#[derive(Debug, Args)]
pub(super) struct Dissolve {
    #[command(flatten)]
    to: To,
}

#[derive(Debug, Args)]
pub(super) struct Transfer {
    #[command(flatten)]
    to: To,
    /// Who is to have it: a username, an e-mail address or a member's identifier.
    #[arg(long, value_name = "WHO")]
    member: String,
}

impl Organization {
    pub(super) fn run(self, output: &mut Output) -> Result<(), Failure> {
        match self {
            Self::Create(verb) => verb.run(output),
            Self::Update(Update { to, name, slug, seats }) => {
                let site = to.open(output)?;
                let (seats, reason) = (seats.map(|Seats(seats)| seats), to.reason());
                let body = ChangedOrganization { name, slug, seats, second_factor: None, reason };
                to.give(site, UpdateOrganization { org: to.org(), body }, output)
            }
            Self::Certify(Certify { to }) => {
                let site = to.open(output)?;
                to.give(site, CertifyOrganization { org: to.org(), body: to.why() }, output)
            }
            Self::Transfer(Transfer { to, member }) => {
                let site = to.open(output)?;
                let to_member_id = names::member(&site, &to.org(), &member)?;
                let body = Successor { to_member_id, reason: to.reason() };
                to.give(site, TransferSuperAdmin { org: to.org(), body }, output)
            }
            Self::Dissolve(Dissolve { to }) => {
                let site = to.open(output)?;
                to.give(site, DissolveOrganization { org: to.org(), body: to.why() }, output)
            }
        }
    }
}

impl Create {
    fn run(self, output: &mut Output) -> Result<(), Failure> {
        let site = self.place.open(output)?;
        let Self { slug, name, kind, role_set, seats, owner, by, place: _ } = self;
        let Owner { owner_user: user_id, owner_email, owner_name, owner_username } = owner;
        let owner =
            Somebody { user_id, email: owner_email, name: owner_name, username: owner_username };
        let reason = by.reason.clone();
        let body = NewOrganization { kind, role_set, name, slug, seats, owner, reason };
        by.give(site, CreateOrganization { body }, output)
    }
}
