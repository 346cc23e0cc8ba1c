//! How values are written.

use ipnet::IpNet;
use std::net::IpAddr;
use std::ops::RangeInclusive;
use std::time::Duration;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const DAY: u64 = 24 * HOUR;

/// The most networks: a request walks them all.
const NETWORKS_LIMIT: usize = 64;

/// A duration is one number with its unit.
pub(super) fn duration(text: &str, within: RangeInclusive<Duration>) -> Option<Duration> {
    let (number, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    let seconds = match unit {
        "s" => 1,
        "m" => MINUTE,
        "h" => HOUR,
        "d" => DAY,
        _ => return None,
    };
    let duration = Duration::from_secs(digits(number)?.checked_mul(seconds)?);
    within.contains(&duration).then_some(duration)
}

/// A number without sign or point.
pub(super) fn count(text: &str, within: RangeInclusive<u64>) -> Option<u64> {
    digits(text).filter(|number| within.contains(number))
}

fn digits(text: &str) -> Option<u64> {
    // `parse` would take a plus sign too.
    text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse().ok())?
}

/// Networks with commas between them; an address is a network of its own.
pub(super) fn networks(text: &str) -> Option<Vec<IpNet>> {
    if text.trim().is_empty() {
        return Some(Vec::new());
    }
    let network = |text: &str| {
        let text = text.trim();
        text.parse::<IpNet>().ok().or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
    };
    let networks: Vec<IpNet> = text.split(',').map(network).collect::<Option<_>>()?;
    (networks.len() <= NETWORKS_LIMIT).then_some(networks)
}

/// A text of one line.
pub(super) fn line(text: &str) -> Option<String> {
    let fits = (1..=255).contains(&text.chars().count()) && !text.chars().any(char::is_control);
    fits.then(|| text.to_owned())
}

/// A host's name or address, without a port.
pub(super) fn host(text: &str) -> Option<String> {
    let is_name = text.len() <= 253
        && !text.is_empty()
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-".contains(&byte));
    (is_name || text.parse::<IpAddr>().is_ok()).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_have_one_spelling() {
        let day = Duration::from_secs(DAY);
        let within = Duration::from_secs(1)..=365 * day;
        for (text, seconds) in
            [("1s", 1), ("30s", 30), ("5m", 300), ("12h", 43_200), ("7d", 604_800)]
        {
            assert_eq!(
                duration(text, within.clone()),
                Some(Duration::from_secs(seconds)),
                "{text}"
            );
        }
        for wrong in ["", "d", "7", "7w", "+7d", "-7d", "7 d", "0s", "366d", "7d7d", "1.5h", "7д"]
        {
            assert_eq!(duration(wrong, within.clone()), None, "{wrong}");
        }
        assert_eq!(duration("99999999999999999999d", within), None);
    }

    #[test]
    fn networks_and_hosts() {
        let read = networks("10.0.0.0/8, ::1, 192.0.2.7").unwrap();
        let shown: Vec<String> = read.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["10.0.0.0/8", "::1/128", "192.0.2.7/32"]);
        assert_eq!(networks(""), Some(Vec::new()));
        for wrong in ["10.0.0.0/33", "10.0.0", "proxy.example", "10.0.0.1,,", ","] {
            assert_eq!(networks(wrong), None, "{wrong}");
        }
        assert!(host("mail.example").is_some() && host("::1").is_some());
        for wrong in ["", "mail.example:25", "a b", "a\r\nb", "user@mail"] {
            assert_eq!(host(wrong), None, "{wrong}");
        }
    }
}
