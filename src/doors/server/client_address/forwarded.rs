//! The header `Forwarded` (RFC 7239).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// What one proxy says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Hop {
    /// Whom it saw; none if it does not say, or says it in a word of its own.
    pub(super) address: Option<IpAddr>,
    /// Whether they came by HTTPS.
    pub(super) is_https: bool,
}

/// All hops of all lines, from left to right. None if anything cannot be read: a quote that a
/// client left open would swallow what the proxy wrote behind it.
pub(super) fn hops(lines: &[&str]) -> Option<Vec<Hop>> {
    let mut hops = Vec::new();
    for line in lines {
        let mut rest = *line;
        loop {
            let (hop, behind) = element(rest)?;
            hops.push(hop);
            match behind.strip_prefix(',') {
                Some(behind) => rest = behind,
                None if behind.is_empty() => break,
                None => return None,
            }
        }
    }
    Some(hops)
}

/// One element: pairs with semicolons between them, each name once.
fn element(text: &str) -> Option<(Hop, &str)> {
    let (mut hop, mut rest) = (Hop::default(), text);
    let (mut is_for_known, mut is_proto_known) = (false, false);
    loop {
        let (name, behind) = rest.trim_start_matches([' ', '\t']).split_once('=')?;
        if name.is_empty() || !name.bytes().all(is_token) {
            return None;
        }
        let (value, behind) = value(behind)?;
        if name.eq_ignore_ascii_case("for") {
            if std::mem::replace(&mut is_for_known, true) {
                return None;
            }
            hop.address = address(&value);
        } else if name.eq_ignore_ascii_case("proto") {
            if std::mem::replace(&mut is_proto_known, true) {
                return None;
            }
            hop.is_https = value.eq_ignore_ascii_case("https");
        }
        let behind = behind.trim_start_matches([' ', '\t']);
        match behind.strip_prefix(';') {
            Some(behind) => rest = behind,
            None => return Some((hop, behind)),
        }
    }
}

/// A token or a quoted text, and what stands behind it.
fn value(text: &str) -> Option<(String, &str)> {
    let Some(quoted) = text.strip_prefix('"') else {
        let end = text.bytes().position(|byte| !is_token(byte)).unwrap_or(text.len());
        let (token, behind) = text.split_at(end);
        return (!token.is_empty()).then(|| (token.to_owned(), behind));
    };
    let mut value = String::new();
    let mut characters = quoted.char_indices();
    loop {
        match characters.next()? {
            (at, '"') => return Some((value, &quoted[at + 1..])),
            (_, '\\') => value.push(characters.next()?.1),
            (_, character) => value.push(character),
        }
    }
}

/// RFC 9110 § 5.6.2.
fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte)
}

/// An address as proxies write it, with or without a port: `192.0.2.7`, `192.0.2.7:80`,
/// `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:80`.
pub(super) fn address(text: &str) -> Option<IpAddr> {
    if let Some(inside) = text.strip_prefix('[') {
        let (address, port) = inside.split_once(']')?;
        if !port.is_empty() && !is_port(port.strip_prefix(':')?) {
            return None;
        }
        return address.parse::<Ipv6Addr>().ok().map(|it| IpAddr::V6(it).to_canonical());
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(address.to_canonical());
    }
    let (address, port) = text.split_once(':')?;
    is_port(port).then(|| address.parse::<Ipv4Addr>().ok().map(IpAddr::V4))?
}

fn is_port(text: &str) -> bool {
    text.bytes().all(|byte| byte.is_ascii_digit()) && text.parse::<u16>().is_ok()
}
