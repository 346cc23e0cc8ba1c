//! Who sent a request: the peer, or whom a proxy that is trusted names.

mod forwarded;

use axum::http::{HeaderMap, HeaderName};
use forwarded::hops;
use ipnet::IpNet;
use std::net::IpAddr;

const FORWARDED: HeaderName = HeaderName::from_static("forwarded");
const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const X_FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");

/// The most proxies one behind the other; whoever writes more of them is no proxy of ours.
const HOPS_LIMIT: usize = 16;

/// The other end of a connection.
#[derive(Debug, Clone, Copy)]
pub(super) struct Peer {
    /// Its address, as the system tells it.
    pub(super) address: IpAddr,
    /// Whether the connection is our own TLS.
    pub(super) is_tls: bool,
}

/// Who sent a request, as far as it can be known.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Client {
    /// Where from.
    pub(super) address: IpAddr,
    /// Whether it came by HTTPS, all the way that is known.
    pub(super) is_secure: bool,
}

/// Who sent a request. Only what trusted peers say is read, from the right: each proxy adds at the
/// right what it saw itself, so the first address there that is no proxy of ours is the client, and
/// what stands left of it is that client's own word.
pub(super) fn client(peer: Peer, headers: &HeaderMap, trusted: &[IpNet]) -> Client {
    // A socket for both families shows IPv4 as a part of IPv6.
    let is_trusted = |address: &IpAddr| trusted.iter().any(|network| network.contains(address));
    let itself = Client { address: peer.address.to_canonical(), is_secure: peer.is_tls };
    if !is_trusted(&itself.address) {
        return itself;
    }
    match (headers.contains_key(FORWARDED), headers.contains_key(X_FORWARDED_FOR)) {
        (true, false) => {
            let Some(elements) = texts(headers, &FORWARDED).and_then(|texts| hops(&texts)) else {
                return Client { is_secure: false, ..itself };
            };
            let (address, hop) = walk(itself.address, elements, is_trusted, |hop| hop.address);
            Client { address, is_secure: hop.is_some_and(|hop| hop.is_https) }
        }
        (false, true) => {
            let Some(texts) = texts(headers, &X_FORWARDED_FOR) else {
                return Client { is_secure: false, ..itself };
            };
            let addresses = texts.iter().flat_map(|text| text.split(',')).collect();
            let read = |text: &&str| forwarded::address(text.trim_matches([' ', '\t']));
            let (address, _) = walk(itself.address, addresses, is_trusted, read);
            Client { address, is_secure: is_https(headers) }
        }
        // A proxy that writes one of them passes the other on as its client sent it; which one is
        // the proxy's cannot be told.
        (true, true) => Client { is_secure: false, ..itself },
        (false, false) if headers.contains_key(X_FORWARDED_PROTO) => {
            Client { is_secure: is_https(headers), ..itself }
        }
        (false, false) => itself,
    }
}

/// From the right to the first that is not trusted, or cannot be read: then the last that could be
/// is the client. Answers the address and the hop that named it.
fn walk<T>(
    from: IpAddr,
    hops: Vec<T>,
    is_trusted: impl Fn(&IpAddr) -> bool,
    read: impl Fn(&T) -> Option<IpAddr>,
) -> (IpAddr, Option<T>) {
    let mut client = (from, None);
    for hop in hops.into_iter().rev().take(HOPS_LIMIT) {
        let Some(address) = read(&hop) else { break };
        client = (address, Some(hop));
        if !is_trusted(&address) {
            break;
        }
    }
    client
}

/// Whether the proxy says HTTPS, and nobody says anything else beside it.
fn is_https(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(X_FORWARDED_PROTO).iter();
    let (Some(only), None) = (values.next(), values.next()) else { return false };
    only.as_bytes().eq_ignore_ascii_case(b"https")
}

/// All lines of a header; none if one is not plain text.
fn texts<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<Vec<&'a str>> {
    headers.get_all(name).iter().map(|value| value.to_str().ok()).collect()
}

#[cfg(test)]
mod tests;
