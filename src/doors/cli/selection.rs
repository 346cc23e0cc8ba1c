//! What a reading verb is asked about: an organization, and the moment the answer holds for.

use super::data::Data;
use super::failure::Failure;
use super::machine::now;
use super::output::{Output, moment};
use crate::house::Ledger;
use crate::projections::{AsOf, Header, Moment, OrganizationView};
use crate::words::{OrganizationId, Slug};
use clap::Args;
use serde::Serialize;
use std::str::FromStr;
use std::sync::Arc;
use uuid::Uuid;

#[derive(Debug, Args)]
pub(super) struct Selection {
    #[command(flatten)]
    pub(super) data: Data,
    #[command(flatten)]
    pub(super) of: Of,
    /// The moment: a seq, a date or a time. Without it: now.
    #[arg(long, value_name = "TIME|SEQ")]
    pub(super) as_of: Option<AsOf>,
}

#[derive(Debug, Args)]
pub(super) struct Of {
    /// The organization, by its current slug or its identifier.
    #[arg(long, value_name = "SLUG|ID")]
    pub(super) org: Organization,
}

/// How an organization is named.
#[derive(Debug, Clone)]
pub(super) enum Organization {
    Id(OrganizationId),
    Slug(Slug),
}

impl FromStr for Organization {
    type Err = Box<dyn std::error::Error + Send + Sync>;

    /// Whatever is a UUID in any spelling is meant as an identifier.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match Uuid::try_parse(text) {
            Ok(_) => Self::Id(text.parse()?),
            Err(_) => Self::Slug(Slug::parse(text)?),
        })
    }
}

/// An organization, as of a moment.
pub(super) struct Selected {
    pub(super) view: Arc<OrganizationView>,
    pub(super) at: Moment,
    pub(super) header: Header,
}

/// What stands at the beginning of every answer about one organization.
#[derive(Serialize)]
pub(super) struct Heading<'a> {
    organization_id: OrganizationId,
    slug: &'a crate::projections::PersonalValue,
    as_of: Moment,
}

impl Selection {
    /// Opens the ledger and finds what was asked for.
    pub(super) fn select(&self, output: &Output) -> Result<(Ledger, Selected), Failure> {
        let ledger = self.data.open(output)?;
        let view = self.of.find(&ledger)?;
        let at = moment_of(&ledger, &view, self.as_of.unwrap_or(AsOf::Now), "--as-of")?;
        let header = view.header(at);
        Ok((ledger, Selected { view, at, header }))
    }
}

impl Of {
    /// Finds the organization.
    pub(super) fn find(&self, ledger: &Ledger) -> Result<Arc<OrganizationView>, Failure> {
        let views = ledger.views();
        let (found, what, name) = match &self.org {
            Organization::Id(id) => (views.organization(*id), "identifier", id.to_string()),
            Organization::Slug(slug) => (views.by_slug(slug.as_str()), "slug", slug.to_string()),
        };
        found.map(Arc::clone).ok_or(Failure::UnknownOrganization { what, name })
    }
}

/// Resolves a moment; `option` is where it was asked for.
pub(super) fn moment_of(
    ledger: &Ledger,
    view: &OrganizationView,
    as_of: AsOf,
    option: &'static str,
) -> Result<Moment, Failure> {
    let resolved = ledger.views().moment(view, as_of, now());
    resolved.map_err(|error| Failure::AsOf { option, error })
}

impl Selected {
    /// For machines.
    pub(super) fn heading(&self) -> Heading<'_> {
        let Header { organization_id, slug, .. } = &self.header;
        Heading { organization_id: *organization_id, slug, as_of: self.at }
    }

    /// For people: what it is, of whom, and what it holds for.
    pub(super) fn title(&self, what: &str) -> String {
        let ended = self.header.dissolved_at.map_or("", |_| ", dissolved");
        format!("{}{ended}: {what} as of {}", self.header.slug, told(self.at))
    }
}

/// The place and the instant of a moment.
pub(super) fn told(at: Moment) -> String {
    format!("{} UTC (seq {})", moment(at.time()), at.seq())
}
