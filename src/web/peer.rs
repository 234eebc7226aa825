//! Where a request comes from: the connection's other end, or what a proxy that the settings
//! trust says of it.

use std::net::IpAddr;
use std::str::FromStr;

use axum::http::{HeaderMap, HeaderName};

use super::serve::Peer;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// An address, or a network of addresses with a common beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Network {
    address: IpAddr,
    bits: u8,
}

impl Network {
    fn holds(self, other: IpAddr) -> bool {
        match (self.address, other.to_canonical()) {
            (IpAddr::V4(own), IpAddr::V4(other)) => {
                let (own, other) = (own.to_bits(), other.to_bits());
                (own ^ other).checked_shr(32 - u32::from(self.bits)).unwrap_or_default() == 0
            }
            (IpAddr::V6(own), IpAddr::V6(other)) => {
                let (own, other) = (own.to_bits(), other.to_bits());
                (own ^ other).checked_shr(128 - u32::from(self.bits)).unwrap_or_default() == 0
            }
            _ => false,
        }
    }
}

impl FromStr for Network {
    type Err = ();

    /// Reads `10.0.0.7`, `10.0.0.0/8`, `fd00::/8`.
    fn from_str(text: &str) -> Result<Self, ()> {
        let (address, bits) = text.split_once('/').unwrap_or((text, ""));
        let address: IpAddr = address.parse().map_err(|_| ())?;
        let most = if address.is_ipv4() { 32 } else { 128 };
        let bits = if bits.is_empty() { most } else { bits.parse().map_err(|_| ())? };
        if bits > most || (text.contains('/') && text.ends_with('/')) {
            return Err(());
        }
        Ok(Self { address, bits })
    }
}

/// Where a request comes from. Each proxy adds the address it was asked from at the end of
/// `X-Forwarded-For`, so the last one that is no trusted proxy is the reader's; what stands
/// before it anybody may have written.
pub fn address(peer: Option<&Peer>, headers: &HeaderMap, trusted: &[Network]) -> Option<IpAddr> {
    let mut at = peer?.0.ip().to_canonical();
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.holds(address));
    let told: Vec<&str> =
        headers.get_all(FORWARDED_FOR).iter().filter_map(|value| value.to_str().ok()).collect();
    for text in told.iter().rev().flat_map(|line| line.rsplit(',')) {
        if !is_trusted(at) {
            break;
        }
        let Ok(address) = text.trim().parse::<IpAddr>() else { break };
        at = address.to_canonical();
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let trusted: Vec<Network> =
            ["127.0.0.1", "10.0.0.0/8", "fd00::/8"].map(|text| text.parse().unwrap()).to_vec();
        for (peer, told, expected) in [
            ("203.0.113.9:1", "198.51.100.1", "203.0.113.9"),
            ("127.0.0.1:1", "", "127.0.0.1"),
            ("127.0.0.1:1", "198.51.100.1", "198.51.100.1"),
            ("127.0.0.1:1", "192.0.2.7, 198.51.100.1", "198.51.100.1"),
            ("10.1.2.3:1", "192.0.2.7, 198.51.100.1, 10.9.9.9", "198.51.100.1"),
            ("[::ffff:127.0.0.1]:1", "2001:db8::1", "2001:db8::1"),
            ("[fd00::1]:1", "nonsense", "fd00::1"),
        ] {
            let mut headers = HeaderMap::new();
            if !told.is_empty() {
                headers.insert(FORWARDED_FOR, told.parse().unwrap());
            }
            let peer = Peer(peer.parse().unwrap());
            let found = address(Some(&peer), &headers, &trusted);
            assert_eq!(found, Some(expected.parse().unwrap()), "{told}");
        }
    }

    #[test]
    fn networks_are_read() {
        for wrong in ["", "10.0.0.0/33", "10.0.0/8", "10.0.0.0/", "::/129", "x", "1.2.3.4/-1"] {
            assert!(wrong.parse::<Network>().is_err(), "{wrong}");
        }
        let all: Network = "0.0.0.0/0".parse().unwrap();
        assert!(all.holds("203.0.113.9".parse().unwrap()));
        assert!(!all.holds("2001:db8::1".parse().unwrap()));
    }
}
