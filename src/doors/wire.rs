//! What is said through the doors: questions and their answers, wishes and what became of them.
//!
//! Everything here is written as JSON and read back to the same. The server reads what the client
//! writes, and the command line prints the same answers whether they came over HTTP or from a data
//! directory.

#[cfg(feature = "server")]
pub(super) mod accounts;
mod answers;
mod asked;
mod bodies;
mod bundles;
mod cursor;
mod erasures;
mod given;
mod guard;
mod order;
mod personal;
mod problem;
mod questions;
mod recorded;
mod rotated;
#[cfg(feature = "schema")]
mod schema;
mod search;
mod somebody;
mod state_tag;
mod tokens;
mod wishes;

pub use answers::*;
pub use asked::*;
pub use bodies::*;
pub use bundles::{BundleAgain, NewBundle};
pub use cursor::Cursor;
pub use erasures::{ErasedIn, ErasureCertificate};
pub use given::{Given, GivenRoles};
pub use guard::Guard;
pub use order::{EntryKey, InvitationKey, MemberKey, Order, OrganizationKey, TeamKey};
pub use personal::{FromSeq, PersonalDataAnswer, PersonalEntry, PersonalField};
pub use problem::Problem;
pub use questions::*;
pub use recorded::*;
pub use rotated::KeyRotated;
pub use search::Search;
pub use somebody::{Pending, Somebody};
pub use state_tag::{IfMatch, StateTag};
pub use tokens::{
    INVITATION, JOURNEY, LINK, OPERATOR, ORGANIZATION_TOKEN, OneTimeToken, PERSONAL_TOKEN, SESSION,
    STATE, TICKET, Typed, read_token, write_token,
};
pub use wishes::*;

use crate::words::{OrganizationId, Slug};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::str::FromStr;
use uuid::Uuid;

/// Something that can be asked: a path, parameters behind it, and what answers it.
pub trait Question: Sized {
    /// What stands behind the question mark.
    type Parameters: Moments + Serialize + DeserializeOwned;
    /// What answers it.
    type Answer: Answer;
    /// Who may ask.
    const GUARD: Guard;

    /// Where it is asked.
    fn path(&self) -> String;

    /// What it is asked with.
    fn parameters(&self) -> &Self::Parameters;

    /// The question that a request asks.
    fn read(parts: &impl Parts, parameters: Self::Parameters) -> Result<Self, Problem>;
}

/// What every question is asked with.
pub trait Moments {
    /// The answer counts at least the entry with that seq: what whoever asks has seen already.
    fn min_seq(&self) -> Option<u64>;
}

/// A question whose answer comes in parts.
pub trait ListQuestion: Question<Parameters: InParts, Answer: Part> {
    /// What it is asked with.
    fn parameters_mut(&mut self) -> &mut Self::Parameters;
}

/// What a list is asked for.
pub trait InParts: Serialize {
    /// The moment of the first part.
    fn when(&self) -> When;

    /// At most that many rows.
    fn limit(&self) -> Option<usize>;

    /// Where it goes on.
    fn cursor(&self) -> Option<&str>;

    /// Asks for the part that begins at a cursor.
    fn go_on(&mut self, next: &str);

    /// What is the same in every part.
    fn without_part(&self) -> Self;
}

/// Something that can be wished: a method and a path, and a body.
pub trait Wish: Sized {
    /// What it is sent with.
    type Body: Serialize + DeserializeOwned;
    /// By which method.
    const METHOD: Method;

    /// Where it is sent.
    fn path(&self) -> String;

    /// What it is sent with.
    fn body(&self) -> &Self::Body;

    /// The wish that a request states.
    fn read(parts: &impl Parts, body: Self::Body) -> Result<Self, Problem>;
}

/// What a document says of a question or a wish.
#[cfg(feature = "schema")]
pub trait Told {
    /// What it is called.
    const NAME: &str;
    /// Where it is sent.
    const PATH: &str;
    /// What it does: a line, and after an empty one whatever more there is to say.
    const TEXT: &str;

    /// The parts of its path.
    fn parts() -> Vec<(&'static str, SchemaOf)>;
}

/// Says what a type is.
#[cfg(feature = "schema")]
pub type SchemaOf = fn(&mut schemars::SchemaGenerator) -> schemars::Schema;

/// The schema of a type.
#[cfg(feature = "schema")]
pub fn schema_of<T: schemars::JsonSchema>(
    generator: &mut schemars::SchemaGenerator,
) -> schemars::Schema {
    generator.subschema_for::<T>()
}

/// What is answered when all is well.
pub trait Answer: Serialize + DeserializeOwned {
    /// The seq of the last entry that it counts; none while there is no entry.
    fn seq(&self) -> Option<u64>;

    /// Whether it tells of one thing that has a state.
    const IS_TAGGED: bool = false;

    /// The state of the one thing that it tells of; none where it tells of many.
    fn tag(&self) -> Option<StateTag> {
        None
    }
}

/// A part of a list. All parts that a cursor leads to are of the first one's moment.
pub trait Part: Answer {
    /// Where the list goes on.
    fn next(&self) -> Option<&str>;

    /// Takes in the next part.
    fn join(&mut self, next: Self);
}

/// Asks for a list until all of it is there.
pub fn whole<Q: ListQuestion + Clone, E>(
    question: &Q,
    mut ask: impl FnMut(&Q) -> Result<Q::Answer, E>,
) -> Result<Q::Answer, E> {
    let mut question = question.clone();
    let mut all = ask(&question)?;
    while let Some(next) = all.next().map(str::to_owned) {
        question.parameters_mut().go_on(&next);
        all.join(ask(&question)?);
    }
    Ok(all)
}

/// How a wish is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// POST.
    Post,
    /// PUT.
    Put,
    /// PATCH.
    Patch,
    /// DELETE.
    Delete,
}

/// The parts of a path that was asked for.
pub trait Parts {
    /// The part of that name, as it came; empty where there is none.
    fn text(&self, name: &'static str) -> &str;

    /// The part of that name, read.
    fn part<T: FromStr<Err: ToString>>(&self, name: &'static str) -> Result<T, Problem> {
        let read = self.text(name).parse();
        read.map_err(|error: T::Err| Problem::wrong("wrong_identifier", error.to_string()))
    }
}

/// No parameters.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Nothing {}

/// How an organization is named.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OrganizationName {
    /// By its identifier.
    Id(OrganizationId),
    /// By its slug.
    Slug(Slug),
}

impl FromStr for OrganizationName {
    type Err = Box<dyn std::error::Error + Send + Sync>;

    /// Whatever is a UUID in any spelling is meant as an identifier.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Ok(match Uuid::try_parse(text) {
            Ok(_) => Self::Id(text.parse()?),
            Err(_) => Self::Slug(Slug::parse(text)?),
        })
    }
}

impl fmt::Display for OrganizationName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Id(id) => id.fmt(f),
            Self::Slug(slug) => slug.fmt(f),
        }
    }
}
