//! Brakes for guessing: attempts are counted before the password is looked at, by name from one
//! place, by place, and by name from anywhere. Bounded memory; each process counts for itself.

use std::net::IpAddr;
use std::sync::{Mutex, PoisonError};

use quick_cache::unsync::Cache;

use super::digest;
use crate::ledger::time::Timestamp;

/// Counters that are kept; the least used go.
const COUNTERS_MAX: usize = 20_000;
/// How long an attempt counts.
const WINDOW_MS: i64 = 15 * 60 * 1_000;
/// Attempts in a window: for a name from one place, from a place, for a name from anywhere. The
/// last is high, so that nobody is locked out by somebody else's guessing.
const FROM_PLACE_FOR_NAME: u32 = 5;
const FROM_PLACE: u32 = 40;
const FOR_NAME: u32 = 100;

/// Counts attempts.
pub struct Throttle(Mutex<Cache<String, Counter>>);

#[derive(Clone, Copy)]
struct Counter {
    begun: i64,
    count: u32,
}

/// Where an attempt came from: an address, of IPv6 the network of 64 bits that one customer has.
pub fn place(peer: Option<IpAddr>) -> String {
    match peer.map(|address| address.to_canonical()) {
        None => "unknown".to_owned(),
        Some(IpAddr::V4(address)) => address.to_string(),
        Some(IpAddr::V6(address)) => {
            let [a, b, c, d, ..] = address.segments();
            format!("{a:x}:{b:x}:{c:x}:{d:x}::/64")
        }
    }
}

impl Default for Throttle {
    fn default() -> Self {
        Self(Mutex::new(Cache::new(COUNTERS_MAX)))
    }
}

impl Throttle {
    /// Counts an attempt; where there were too many, the seconds until one is taken again.
    pub fn attempt(&self, name: &str, place: &str, now: Timestamp) -> Result<(), u64> {
        let limits = [
            (pair(name, place), FROM_PLACE_FOR_NAME),
            (digest(&format!("place\n{place}")), FROM_PLACE),
            (digest(&format!("name\n{name}")), FOR_NAME),
        ];
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let now = now.millis();
        let current = |counters: &Cache<String, Counter>, key: &String| {
            let found = counters.get(key).copied();
            let running = |counter: &Counter| (0..WINDOW_MS).contains(&(now - counter.begun));
            found.filter(running).unwrap_or(Counter { begun: now, count: 0 })
        };
        for (key, limit) in &limits {
            let counter = current(&counters, key);
            if counter.count >= *limit {
                let left = counter.begun + WINDOW_MS - now;
                return Err(u64::try_from(left).unwrap_or_default().div_ceil(1_000));
            }
        }
        for (key, _) in limits {
            let counter = current(&counters, &key);
            counters.insert(key, Counter { count: counter.count + 1, ..counter });
        }
        Ok(())
    }

    /// An attempt that succeeded: what was mistyped before it no longer counts for this name
    /// from this place.
    pub fn succeeded(&self, name: &str, place: &str) {
        let mut counters = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        counters.remove(&pair(name, place));
    }

    /// How many counters are kept.
    pub fn counters(&self) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).len()
    }
}

fn pair(name: &str, place: &str) -> String {
    digest(&format!("pair\n{name}\n{place}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn guessing_ends_and_begins_again_with_the_window() {
        let throttle = Throttle::default();
        let at = |second: i64| Timestamp::from_millis(second * 1_000);
        for _ in 0..FROM_PLACE_FOR_NAME {
            assert_eq!(throttle.attempt("li", "10.0.0.7", at(0)), Ok(()));
        }
        assert_eq!(throttle.attempt("li", "10.0.0.7", at(60)), Err(840));
        assert_eq!(throttle.attempt("li", "10.0.0.8", at(60)), Ok(()), "the owner elsewhere");
        assert_eq!(throttle.attempt("wang", "10.0.0.7", at(60)), Ok(()));
        assert_eq!(throttle.attempt("li", "10.0.0.7", at(900)), Ok(()));
        throttle.succeeded("li", "10.0.0.7");
        for _ in 0..FROM_PLACE_FOR_NAME {
            assert_eq!(throttle.attempt("li", "10.0.0.7", at(901)), Ok(()));
        }
    }

    #[test]
    fn one_place_does_not_try_many_names_and_memory_is_bounded() {
        let throttle = Throttle::default();
        let now = Timestamp::from_millis(0);
        let taken = (0..100).filter(|n| throttle.attempt(&n.to_string(), "p", now).is_ok());
        assert_eq!(taken.count(), FROM_PLACE as usize);
        for nth in 0..3 * COUNTERS_MAX {
            let _ = throttle.attempt("x", &nth.to_string(), now);
        }
        assert!(throttle.counters() <= COUNTERS_MAX);
    }

    #[test]
    fn a_network_of_ipv6_is_one_place() {
        let of = |text: &str| place(Some(text.parse().unwrap()));
        assert_eq!(of("2001:db8:1:2::1"), of("2001:db8:1:2:ffff::9"));
        assert_ne!(of("2001:db8:1:2::1"), of("2001:db8:1:3::1"));
        assert_eq!(of("::ffff:10.0.0.7"), of("10.0.0.7"));
    }
}
