//! What bounds a member's use.

use super::PersonalValue;
use crate::facts::event::{Budget, Limits, RateLimit};
use crate::words::{MemberId, Timestamp, UserId};
use serde::{Deserialize, Serialize};

/// What bounded a member's use as of a moment; an absent bound: none.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub struct LimitsRow {
    /// The membership.
    pub member_id: MemberId,
    /// The user.
    pub user_id: UserId,
    /// Their login name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<PersonalValue>,
    /// How much they could spend.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub budget: Option<Budget>,
    /// How often they could ask.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rate: Option<RateLimit>,
    /// Since when; absent: since they joined.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub changed_at: Option<Timestamp>,
}

impl LimitsRow {
    /// The bounds alone.
    pub(super) fn limits(&self) -> Limits {
        Limits { budget: self.budget.clone(), rate: self.rate }
    }
}

/// Limits as they are kept: in a savepoint an absent field has its place too.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub(super) struct Bounds {
    pub(super) budget: Option<Budget>,
    pub(super) rate: Option<RateLimit>,
}

impl From<&Limits> for Bounds {
    fn from(limits: &Limits) -> Self {
        Self { budget: limits.budget.clone(), rate: limits.rate }
    }
}

impl From<Bounds> for Limits {
    fn from(Bounds { budget, rate }: Bounds) -> Self {
        Self { budget, rate }
    }
}

/// What is bounded, for people to read.
pub fn limits_in_words(limits: &Limits) -> String {
    let budget = limits.budget.as_ref().map(|budget| {
        let thousandths = u64::from(budget.amount_thousandths);
        format!("{thousandths} thousandths of {} a {}", budget.currency, budget.period)
    });
    let rate = limits.rate.map(|rate| format!("{} requests a {}", rate.requests, rate.per));
    let bounds: Vec<String> = budget.into_iter().chain(rate).collect();
    if bounds.is_empty() { "no limit".to_owned() } else { bounds.join(", ") }
}
