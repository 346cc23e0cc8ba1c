//! What members have elsewhere: which API keys are theirs, and how much they may use.

use super::access::EndCause;
use super::body::body;
use crate::facts::Sealed;
use crate::facts::roles::named;
use crate::words::{ApiKeyId, Currency, KeyPrefix, MemberId, Name, UserId};
use serde::{Deserialize, Serialize};

named! {
    /// The time over which requests are counted.
    RateWindow {
        /// A second.
        Second = "second",
        /// A minute.
        Minute = "minute",
        /// An hour.
        Hour = "hour",
        /// A day.
        Day = "day",
    }

    /// The time over which spending is counted; each begins in UTC, weeks on Monday.
    BudgetPeriod {
        /// A day.
        Day = "day",
        /// A week.
        Week = "week",
        /// A calendar month.
        Month = "month",
    }

    /// What happens when a budget is spent.
    BudgetMode {
        /// Further requests are refused.
        Blocking = "blocking",
        /// Somebody is told, and requests go on.
        WarnOnly = "warn_only",
    }
}

/// How often a member may ask.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct RateLimit {
    /// The time over which they are counted.
    pub per: RateWindow,
    /// At most so many requests in it.
    pub requests: u32,
}

/// How much a member may spend.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Budget {
    /// How much, in thousandths of the currency's unit: prices of models are smaller than a cent.
    pub amount_thousandths: Thousandths,
    /// The currency, ISO 4217.
    pub currency: Currency,
    /// What happens when it is spent.
    pub mode: BudgetMode,
    /// The time over which it is counted.
    pub period: BudgetPeriod,
}

/// An amount in thousandths of a currency's unit, below 2^53.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "u64", into = "u64")]
pub struct Thousandths(u64);

impl Thousandths {
    /// The largest integer that every reader of JSON keeps exactly.
    pub(in crate::facts) const LIMIT: u64 = (1 << 53) - 1;
}

impl TryFrom<u64> for Thousandths {
    type Error = String;

    fn try_from(thousandths: u64) -> Result<Self, String> {
        if thousandths <= Self::LIMIT {
            Ok(Self(thousandths))
        } else {
            Err(format!("{thousandths} thousandths: at most {} can be recorded", Self::LIMIT))
        }
    }
}

impl From<Thousandths> for u64 {
    fn from(amount: Thousandths) -> Self {
        amount.0
    }
}

/// What bounds a member's use; absent: no bound.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub struct Limits {
    /// How much they may spend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// How often they may ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<RateLimit>,
}

/// A key used elsewhere is a member's. The key itself never comes here.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyIssued {
    /// Where it is used.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<Name>,
    /// The key.
    pub key: ApiKeyId,
    /// The membership whose it is.
    pub member: MemberId,
    /// What it is called.
    pub name: Name,
    /// The first characters of it, by which people tell keys apart.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prefix: Option<KeyPrefix>,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The user.
    pub user: UserId,
}

/// A key is not to be used any more.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ApiKeyRevoked {
    /// Why it ended.
    pub cause: EndCause,
    /// The key.
    pub key: ApiKeyId,
    /// The membership whose it was.
    pub member: MemberId,
    /// Why, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The user.
    pub user: UserId,
}

/// What bounds a member's use changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LimitsChanged {
    /// What bounds it from here on.
    pub after: Limits,
    /// What bounded it.
    pub before: Limits,
    /// The membership.
    pub member: MemberId,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<Sealed>,
    /// The user.
    pub user: UserId,
}

body!(ApiKeyIssued, |event, _org| vec![event.user.into()], { "/reason" => reason });
body!(ApiKeyRevoked, |event, _org| vec![event.user.into()], { "/reason" => reason });
body!(LimitsChanged, |event, _org| vec![event.user.into()], { "/reason" => reason });
