use super::*;
use axum::http::HeaderValue;

const TRUSTED: [&str; 3] = ["10.0.0.0/8", "2001:db8:1::/48", "192.0.2.1/32"];

/// Headers from lines such as `x-forwarded-for: 192.0.2.7`, with bars between them.
fn headers(text: &str) -> HeaderMap {
    let mut headers = HeaderMap::new();
    for line in text.split('|').filter(|line| !line.trim().is_empty()) {
        let (name, value) = line.trim().split_once(": ").unwrap();
        let name: HeaderName = name.parse().unwrap();
        headers.append(name, HeaderValue::from_bytes(value.as_bytes()).unwrap());
    }
    headers
}

#[track_caller]
fn check(table: &[(&str, &str, &str)]) {
    let trusted: Vec<IpNet> = TRUSTED.iter().map(|text| text.parse().unwrap()).collect();
    for (peer, text, expected) in table {
        let (scheme, address) = peer.split_once(' ').unwrap();
        let peer = Peer { address: address.parse().unwrap(), is_tls: scheme == "tls" };
        let client = client(peer, &headers(text), &trusted);
        let scheme = if client.is_secure { "https" } else { "http" };
        assert_eq!(format!("{scheme} {}", client.address), *expected, "{peer:?} {text}");
    }
}

#[test]
fn only_trusted_peers_are_believed() {
    check(&[
        ("tcp 203.0.113.9", "", "http 203.0.113.9"),
        ("tls 203.0.113.9", "", "https 203.0.113.9"),
        ("tcp 203.0.113.9", "x-forwarded-for: 198.51.100.1", "http 203.0.113.9"),
        ("tcp 203.0.113.9", "x-forwarded-proto: https", "http 203.0.113.9"),
        ("tcp 203.0.113.9", "forwarded: for=198.51.100.1;proto=https", "http 203.0.113.9"),
        ("tls 203.0.113.9", "x-forwarded-proto: http", "https 203.0.113.9"),
        ("tcp ::ffff:203.0.113.9", "", "http 203.0.113.9"),
        ("tcp 10.0.0.1", "", "http 10.0.0.1"),
        ("tls 10.0.0.1", "", "https 10.0.0.1"),
        ("tls 10.0.0.1", "x-forwarded-proto: http", "http 10.0.0.1"),
        // From a proxy, what counts is how its client came.
        ("tls 10.0.0.1", "x-forwarded-for: 198.51.100.1", "http 198.51.100.1"),
        ("tcp ::ffff:10.0.0.1", "x-forwarded-for: 198.51.100.1", "http 198.51.100.1"),
    ]);
}

#[test]
fn x_forwarded_for() {
    check(&[
        ("tcp 10.0.0.1", "x-forwarded-for: 198.51.100.1", "http 198.51.100.1"),
        (
            "tcp 10.0.0.1",
            "x-forwarded-for: 198.51.100.1 | x-forwarded-proto: https",
            "https 198.51.100.1",
        ),
        (
            "tcp 10.0.0.1",
            "x-forwarded-for: 198.51.100.1 | x-forwarded-proto: HTTPS",
            "https 198.51.100.1",
        ),
        ("tcp 10.0.0.1", "x-forwarded-proto: https", "https 10.0.0.1"),
        // The client's own word stands left of it.
        ("tcp 10.0.0.1", "x-forwarded-for: 1.1.1.1, 198.51.100.1", "http 198.51.100.1"),
        ("tcp 10.0.0.1", "x-forwarded-for: 10.0.0.9, 198.51.100.1, 10.0.0.2", "http 198.51.100.1"),
        (
            "tcp 10.0.0.1",
            "x-forwarded-for: 1.1.1.1, 198.51.100.1 | x-forwarded-for: 10.0.0.2",
            "http 198.51.100.1",
        ),
        (
            "tcp 10.0.0.1",
            "x-forwarded-for: 1.1.1.1 | x-forwarded-for: 198.51.100.1",
            "http 198.51.100.1",
        ),
        ("tcp 10.0.0.1", "x-forwarded-for: 10.0.0.3, 10.0.0.2", "http 10.0.0.3"),
        ("tcp 192.0.2.1", "x-forwarded-for: 192.0.2.2", "http 192.0.2.2"),
        ("tcp 10.0.0.1", "x-forwarded-for: 198.51.100.1:4711", "http 198.51.100.1"),
        ("tcp 10.0.0.1", "x-forwarded-for: 2001:db8::7", "http 2001:db8::7"),
        ("tcp 10.0.0.1", "x-forwarded-for: [2001:db8::7]:4711,2001:db8:1::1", "http 2001:db8::7"),
        ("tcp 10.0.0.1", "x-forwarded-for: ::ffff:198.51.100.1", "http 198.51.100.1"),
        // What cannot be read ends the reading at the last that could.
        ("tcp 10.0.0.1", "x-forwarded-for: unknown", "http 10.0.0.1"),
        ("tcp 10.0.0.1", "x-forwarded-for: 198.51.100.1,", "http 10.0.0.1"),
        ("tcp 10.0.0.1", "x-forwarded-for: 198.51.100.1, <script>, 10.0.0.2", "http 10.0.0.2"),
        ("tcp 10.0.0.1", "x-forwarded-for: 198.51.100.1:99999", "http 10.0.0.1"),
        ("tcp 10.0.0.1", "x-forwarded-for: 198.51.100.1:+80", "http 10.0.0.1"),
        ("tcp 10.0.0.1", "x-forwarded-for: 0198.051.100.001", "http 10.0.0.1"),
        ("tcp 10.0.0.1", "x-forwarded-for: 198.51.100.1 | x-forwarded-for: é", "http 10.0.0.1"),
        (
            "tcp 10.0.0.1",
            "x-forwarded-for: 198.51.100.1 | x-forwarded-proto: https, http",
            "http 198.51.100.1",
        ),
        (
            "tcp 10.0.0.1",
            "x-forwarded-for: 198.51.100.1 | x-forwarded-proto: https | x-forwarded-proto: https",
            "http 198.51.100.1",
        ),
    ]);
    // More proxies than there are: the reading ends, though all are trusted.
    let many = format!("x-forwarded-for: 198.51.100.1{}", ", 10.0.0.2".repeat(100));
    check(&[("tcp 10.0.0.1", &many, "http 10.0.0.2")]);
}

#[test]
fn forwarded() {
    check(&[
        ("tcp 10.0.0.1", "forwarded: for=198.51.100.1", "http 198.51.100.1"),
        (
            "tcp 10.0.0.1",
            "forwarded: For=198.51.100.1; Proto=HTTPS;by=10.0.0.1",
            "https 198.51.100.1",
        ),
        (
            "tcp 10.0.0.1",
            "forwarded: for=\"198.51.100.1:80\";proto=\"https\"",
            "https 198.51.100.1",
        ),
        ("tcp 10.0.0.1", "forwarded: for=\"[2001:db8::7]:80\"", "http 2001:db8::7"),
        ("tcp 10.0.0.1", "forwarded: for=\"1\\98.51.100.1\"", "http 198.51.100.1"),
        (
            "tcp 10.0.0.1",
            "forwarded: for=1.1.1.1;proto=https, for=198.51.100.1;proto=http",
            "http 198.51.100.1",
        ),
        (
            "tcp 10.0.0.1",
            "forwarded: for=1.1.1.1 | forwarded: for=198.51.100.1",
            "http 198.51.100.1",
        ),
        // How the client came to the first proxy counts, not how proxies come to each other.
        (
            "tcp 10.0.0.1",
            "forwarded: for=198.51.100.1;proto=https, for=10.0.0.2;proto=http",
            "https 198.51.100.1",
        ),
        (
            "tcp 10.0.0.1",
            "forwarded: for=198.51.100.1 | x-forwarded-proto: https",
            "http 198.51.100.1",
        ),
        // Words of their own say nothing.
        ("tcp 10.0.0.1", "forwarded: for=unknown;proto=https", "http 10.0.0.1"),
        ("tcp 10.0.0.1", "forwarded: for=198.51.100.1, for=_hidden, for=10.0.0.2", "http 10.0.0.2"),
        ("tcp 10.0.0.1", "forwarded: by=10.0.0.1;proto=https", "http 10.0.0.1"),
        // A client's open quote does not swallow what the proxy wrote.
        ("tcp 10.0.0.1", "forwarded: for=1.1.1.1;x=\", for=198.51.100.1", "http 10.0.0.1"),
        ("tcp 10.0.0.1", "forwarded: for=1.1.1.1;x=\", for=\"[2001:db8::7]\"", "http 10.0.0.1"),
        ("tcp 10.0.0.1", "forwarded: for=1.1.1.1;x=\"\\, for=\"[2001:db8::7]\"", "http 10.0.0.1"),
        ("tcp 10.0.0.1", "forwarded: for=1.1.1.1;for=198.51.100.1", "http 10.0.0.1"),
        ("tcp 10.0.0.1", "forwarded: for=198.51.100.1;proto=http;proto=https", "http 10.0.0.1"),
        ("tcp 10.0.0.1", "forwarded: for=198.51.100.1,", "http 10.0.0.1"),
        ("tcp 10.0.0.1", "forwarded: for 198.51.100.1", "http 10.0.0.1"),
        ("tcp 10.0.0.1", "forwarded: for=", "http 10.0.0.1"),
        ("tls 10.0.0.1", "forwarded: =", "http 10.0.0.1"),
    ]);
}

#[test]
fn two_headers_that_both_name_a_client_are_not_believed() {
    check(&[
        (
            "tcp 10.0.0.1",
            "forwarded: for=1.1.1.1;proto=https | x-forwarded-for: 198.51.100.1 | x-forwarded-proto: https",
            "http 10.0.0.1",
        ),
        ("tls 10.0.0.1", "forwarded: for=1.1.1.1 | x-forwarded-for: 198.51.100.1", "http 10.0.0.1"),
    ]);
}
