//! Two or three clients whose sentences are said in every order that keeps each client's own.
//!
//! ```text
//! # Two owners demote each other
//! given …
//! client ada changes bob to member
//! client bob changes ada to member
//! then 1 accepted
//! ```
//! `then 1 accepted`, `then 1 or 2 accepted`: in every order that many of all sentences. Any other
//! claim holds at the end of every order.

use super::claims;
use super::scenarios::{Reached, given, speak};
use super::speech::Complaint;
use super::stage::Stage;
use crate::support::transcript::{Keyword, Line, Scenario};

/// More orders than this would make one scenario slow; three clients of three sentences have 1,680.
const ORDERS_LIMIT: usize = 2_000;

pub(crate) fn perform(scenario: &Scenario, reached: &mut Reached) -> Result<(), Complaint> {
    let of = |keyword| scenario.lines.iter().filter(move |line| line.keyword == keyword);
    let scripts: Vec<Vec<Line>> = of(Keyword::Client).map(sentences).collect();
    let orders = orders(&scripts.iter().map(Vec::len).collect::<Vec<_>>());
    if orders.len() > ORDERS_LIMIT {
        return Err(format!("{}: {} orders are too many", scenario.place, orders.len()));
    }
    for order in orders {
        let told = |place: &dyn std::fmt::Display, complaint: Complaint| {
            format!("{place}: in the order {order:?}: {complaint}")
        };
        let mut stage = Stage::new(scenario.place.line as u64);
        for line in of(Keyword::Given) {
            given(&mut stage, line).map_err(|complaint| told(&line.place, complaint))?;
        }
        let mut said = vec![0; scripts.len()];
        let (mut accepted, mut last) = (0, None);
        for &client in &order {
            let line = &scripts[client][said[client]];
            said[client] += 1;
            let outcome = speak(&mut stage, line);
            let outcome = outcome.map_err(|complaint| told(&line.place, complaint))?;
            accepted += usize::from(outcome.is_ok());
            last = Some(outcome);
        }
        let last = last.ok_or_else(|| told(&scenario.place, "no client speaks".to_owned()))?;
        for line in of(Keyword::Then) {
            let held = match line.text.strip_suffix(" accepted") {
                Some(numbers) => counted(numbers, accepted),
                None => claims::hold(&mut stage, &last, &line.text),
            };
            held.map_err(|complaint| told(&line.place, complaint))?;
        }
        stage.world.replays();
        reached.by(&stage);
    }
    Ok(())
}

fn sentences(line: &Line) -> Vec<Line> {
    let parts = line.text.split(';').map(str::trim);
    parts.map(|text| Line { text: text.to_owned(), ..line.clone() }).collect()
}

fn counted(numbers: &str, accepted: usize) -> Result<(), Complaint> {
    if numbers.split(" or ").any(|number| number.parse() == Ok(accepted)) {
        Ok(())
    } else {
        Err(format!("{accepted} were accepted"))
    }
}

/// Every order in which clients with that many sentences each can speak.
fn orders(left: &[usize]) -> Vec<Vec<usize>> {
    if left.iter().all(|count| *count == 0) {
        return vec![Vec::new()];
    }
    let mut all = Vec::new();
    for client in (0..left.len()).filter(|client| left[*client] > 0) {
        let mut rest = left.to_vec();
        rest[client] -= 1;
        for mut order in orders(&rest) {
            order.insert(0, client);
            all.push(order);
        }
    }
    all
}

#[test]
fn every_order_is_tried_once() {
    let counts = [(vec![1, 1], 2), (vec![2, 2], 6), (vec![2, 1, 1], 12), (vec![3, 3, 3], 1_680)];
    for (scripts, expected) in counts {
        let mut all = orders(&scripts);
        all.sort();
        all.dedup();
        assert_eq!(all.len(), expected, "{scripts:?}");
    }
}
