//! Sentences about API keys and limits.

use super::{Complaint, Said, said};
use crate::law::stage::Stage;
use rollbook::facts::event::{
    Budget, BudgetMode, BudgetPeriod, Limits, RateLimit, RateWindow, Thousandths,
};
use rollbook::law::command::{Action, UsageWish};
use rollbook::words::{Currency, KeyPrefix, Name, OrganizationId};

pub(super) fn about(
    stage: &mut Stage,
    words: &[&str],
    org: OrganizationId,
    name: &mut Option<String>,
) -> Said {
    let wish = match words {
        ["issues", "key", called, "to", who, rest @ ..] => {
            *name = Some((*called).to_owned());
            issues(stage, org, [called, who], rest)
        }
        ["revokes", "key", called] => {
            Ok(UsageWish::RevokeApiKey { org, key: stage.key(org, called) })
        }
        ["bounds", who, "by", rest @ ..] => {
            let member = stage.member(org, who);
            limits(rest).map(|limits| UsageWish::ChangeLimits { org, member, limits })
        }
        _ => return None,
    };
    Some(wish.map(Action::Usage))
}

/// `[beginning <prefix>] [used at <environment>] [numbered as <key>]`.
fn issues(
    stage: &mut Stage,
    org: OrganizationId,
    [called, who]: [&str; 2],
    words: &[&str],
) -> Result<UsageWish, Complaint> {
    let (mut key, mut prefix, mut environment) = (None, None, None);
    let mut at = words;
    loop {
        at = match at {
            [] => break,
            ["beginning", text, rest @ ..] => {
                prefix = Some(KeyPrefix::parse(text).map_err(said)?);
                rest
            }
            ["used", "at", text, rest @ ..] => {
                environment = Some(Name::parse(text).map_err(said)?);
                rest
            }
            ["numbered", "as", other, rest @ ..] => {
                key = Some(stage.key(org, other));
                rest
            }
            _ => return Err(format!("{:?} says nothing of a key", at.join(" "))),
        };
    }
    let (member, name) = (stage.member(org, who), Name::parse(called).map_err(said)?);
    Ok(UsageWish::IssueApiKey { org, member, key, name, prefix, environment })
}

/// `nothing`, `60 requests per minute`, `500 thousandths EUR per month blocking`, or both.
fn limits(words: &[&str]) -> Result<Limits, Complaint> {
    let mut limits = Limits::default();
    let mut at = words;
    loop {
        at = match at {
            [] | ["nothing"] => break,
            [number, "requests", "per", window, rest @ ..] => {
                let per = RateWindow::from_name(window).ok_or(format!("{window} is no window"))?;
                limits.rate = Some(RateLimit { per, requests: number.parse().map_err(said)? });
                rest
            }
            [number, "thousandths", currency, "per", period, mode, rest @ ..] => {
                let amount: u64 = number.parse().map_err(said)?;
                limits.budget = Some(Budget {
                    amount_thousandths: Thousandths::try_from(amount)?,
                    currency: Currency::parse(currency).map_err(said)?,
                    mode: BudgetMode::from_name(mode).ok_or(format!("{mode} is no mode"))?,
                    period: BudgetPeriod::from_name(period)
                        .ok_or(format!("{period} is no period"))?,
                });
                rest
            }
            _ => return Err(format!("{:?} bounds nothing", at.join(" "))),
        };
    }
    Ok(limits)
}
