//! What a run came to, in a line.

use super::Plan;
use super::deed::Kind;
use std::collections::BTreeMap;
use std::time::Duration;

#[derive(Debug, Default, Clone)]
pub(super) struct Tally {
    pub(super) requests: u64,
    /// By kind.
    pub(super) acknowledged: BTreeMap<&'static str, u64>,
    /// By code.
    pub(super) refused: BTreeMap<String, u64>,
    /// Under way when the server was killed.
    pub(super) in_flight: u64,
    /// Of those, the ones that turned out to be recorded.
    pub(super) in_flight_recorded: u64,
    /// Acknowledged answers that were asked for again behind a restart.
    pub(super) checked: u64,
    /// From each kill to the first answer behind it.
    pub(super) first_answers: Vec<Duration>,
}

impl Tally {
    pub(super) fn acknowledge(&mut self, kind: Kind) {
        *self.acknowledged.entry(kind.name()).or_default() += 1;
    }

    pub(super) fn refuse(&mut self, code: &str) {
        *self.refused.entry(code.to_owned()).or_default() += 1;
    }

    pub(super) fn acknowledged(&self) -> u64 {
        self.acknowledged.values().sum()
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.requests += other.requests;
        self.in_flight += other.in_flight;
        self.in_flight_recorded += other.in_flight_recorded;
        self.checked += other.checked;
        for (kind, count) in &other.acknowledged {
            *self.acknowledged.entry(kind).or_default() += count;
        }
        for (code, count) in &other.refused {
            *self.refused.entry(code.clone()).or_default() += count;
        }
    }

    /// Every acknowledged answer was checked by then: a lost one stops the run.
    pub(super) fn line(&self, plan: &Plan, size: u64) -> String {
        let Self { requests, acknowledged, refused, checked, .. } = self;
        let Self { in_flight, in_flight_recorded, first_answers, .. } = self;
        let each: Vec<String> =
            first_answers.iter().map(|time| format!("{:.2}", time.as_secs_f64())).collect();
        format!(
            "seed {}, {} clients, {} s of load: {requests} requests; acknowledged {} \
             {acknowledged:?}, lost 0 ({checked} checks behind restarts, each once more at the \
             end); refused {refused:?}; {} kills, {in_flight} under way at them \
             ({in_flight_recorded} known to be recorded); first answer behind {} s; {size} entries",
            plan.seed,
            plan.clients,
            plan.load.as_secs_f64(),
            self.acknowledged(),
            first_answers.len(),
            each.join(" "),
        )
    }
}
