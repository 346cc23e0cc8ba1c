//! What a reading verb is asked about: an organization, and the moment the answer holds for.

use super::failure::Failure;
use super::output::{Output, moment};
use super::place::{Place, Site};
use crate::doors::wire::{Heading, OrganizationName};
use crate::projections::{AsOf, AsOfError, Moment};
use clap::Args;

#[derive(Debug, Args)]
pub(super) struct Selection {
    #[command(flatten)]
    pub(super) place: Place,
    #[command(flatten)]
    pub(super) of: Of,
    /// The moment: a seq, a date or a time. Without it: now.
    #[arg(long, value_name = "TIME|SEQ", value_parser = as_of)]
    pub(super) as_of: Option<String>,
}

#[derive(Debug, Args)]
pub(super) struct Of {
    /// The organization, by its current slug or its identifier.
    #[arg(long, value_name = "SLUG|ID")]
    pub(super) org: OrganizationName,
}

/// A moment as it was written, once it is known to be one.
pub(super) fn as_of(text: &str) -> Result<String, AsOfError> {
    text.parse::<AsOf>().map(|_| text.to_owned())
}

impl Selection {
    /// Gets ready to ask.
    pub(super) fn open(&self, output: &Output) -> Result<Site, Failure> {
        self.place.open(output)
    }

    /// The organization.
    pub(super) fn org(&self) -> OrganizationName {
        self.of.org.clone()
    }
}

/// For people: what it is, of whom, and what it holds for.
pub(super) fn title(heading: &Heading, what: &str) -> String {
    let ended = heading.dissolved_at.map_or("", |_| ", dissolved");
    format!("{}{ended}: {what} as of {}", heading.slug, told(heading.as_of))
}

/// The place and the instant of a moment.
pub(super) fn told(at: Moment) -> String {
    format!("{} UTC (seq {})", moment(at.time()), at.seq())
}
