//! Where somebody comes from, as coarse as it can be counted.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

/// An IPv4 address, or the /64 of an IPv6 address: whoever has one of a /64 has all of it. Kept in
/// memory only, and never shown.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Network([u8; 8], u8);

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        match address.to_canonical() {
            IpAddr::V4(address) => Self::of_v4(address),
            IpAddr::V6(address) => {
                let [a, b, c, d, e, f, g, h, ..] = address.octets();
                Self([a, b, c, d, e, f, g, h], 6)
            }
        }
    }
}

impl Network {
    fn of_v4(address: Ipv4Addr) -> Self {
        let [a, b, c, d] = address.octets();
        Self([a, b, c, d, 0, 0, 0, 0], 4)
    }
}

impl fmt::Debug for Network {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Network(not shown)")
    }
}
