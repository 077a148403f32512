//! How often somebody may come with a secret: by address, and by the account they name.
//!
//! The counts are each replica's own, and in memory: with several replicas behind a balancer that many times as much gets
//! through. What must hold over all of them, the lock of a name after wrong passwords, is counted in the database
//! (`guard.rs`). Here the work is bounded that a stranger can cause: log-ins cost tens of milliseconds each.
//!
//! A place is kept only as long as it makes a difference. When too many are kept all the same, those who come then share
//! some places, so that the memory is bounded whatever comes.

use std::hash::{BuildHasher, RandomState};
use std::net::IpAddr;
use std::num::NonZeroU32;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use governor::clock::{Clock as _, MonotonicClock};
use governor::state::keyed::HashMapStateStore;
use governor::{Quota, RateLimiter};

use crate::directory::Directory;
use crate::outside::Outside;
use crate::problem::{Kind, Problem};

/// What is limited by address: where strangers show a secret, or make work.
pub(crate) const LIMITED: [&str; 6] = [
    "log_in",
    "refresh_session",
    "change_password",
    "start_sign_in",
    "finish_sign_in",
    "issue_client_token",
];

/// How many requests in a minute one address may make of those that are limited, all at once if it likes; an office's
/// whole staff may come from one address in the morning.
pub const PER_ADDRESS: NonZeroU32 = NonZeroU32::new(60).expect("it is not zero");

/// How many in a minute one account may.
pub const PER_ACCOUNT: NonZeroU32 = NonZeroU32::new(30).expect("it is not zero");

/// How many places are kept of each kind: some megabytes.
const PLACES_MAX: usize = 50_000;

/// How many places those share who come when all are taken.
const SHARED: u64 = 1024;

/// Whom a count is about: the address, or what names the account.
type Place = [u8; 16];

/// The counts of one process.
pub struct Limits {
    addresses: Window,
    accounts: Window,
}

impl Limits {
    /// Nobody has come yet; so many may in a minute.
    pub fn new(per_address: NonZeroU32, per_account: NonZeroU32) -> Self {
        Self {
            addresses: Window::new(per_address, PLACES_MAX),
            accounts: Window::new(per_account, PLACES_MAX),
        }
    }

    /// Counts somebody who comes from this address.
    ///
    /// # Errors
    /// `too_many_requests`.
    pub fn address(&self, address: IpAddr) -> Result<(), Problem> {
        let place = match address {
            IpAddr::V4(address) => address.to_ipv6_mapped().octets(),
            // Whoever has one address of such a network has all of them.
            IpAddr::V6(address) => {
                let mut octets = address.octets();
                octets[8..].fill(0);
                octets
            }
        };
        self.addresses.enter(place)
    }

    /// Counts somebody who names this account: by its id, or by the keyed hash of its name.
    ///
    /// # Errors
    /// `too_many_requests`.
    pub fn account(&self, account: &[u8]) -> Result<(), Problem> {
        let mut place = [0; 16];
        let length = account.len().min(16);
        place[..length].copy_from_slice(&account[..length]);
        self.accounts.enter(place)
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self::new(PER_ADDRESS, PER_ACCOUNT)
    }
}

/// The counts of one kind.
struct Window {
    limiter: RateLimiter<Place, HashMapStateStore<Place>, MonotonicClock>,
    clock: MonotonicClock,
    most: usize,
    /// By what is drawn who shares a place with whom.
    drawn: RandomState,
    since: Instant,
    /// The second in which what makes no difference was last forgotten.
    tidied: AtomicU64,
}

impl Window {
    fn new(per_minute: NonZeroU32, most: usize) -> Self {
        Self {
            limiter: RateLimiter::hashmap_with_clock(Quota::per_minute(per_minute), MonotonicClock),
            clock: MonotonicClock,
            most,
            drawn: RandomState::new(),
            since: Instant::now(),
            tidied: AtomicU64::new(0),
        }
    }

    fn enter(&self, place: Place) -> Result<(), Problem> {
        if self.limiter.len() >= self.most {
            self.tidy();
        }
        let place = if self.limiter.len() >= self.most {
            self.shared(place)
        } else {
            place
        };
        self.limiter.check_key(&place).map_err(|full| {
            let wait = full.wait_time_from(self.clock.now()).max(Duration::from_secs(1));
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            Problem::from(Kind::TooManyRequests).retry_after(u32::try_from(seconds).unwrap_or(u32::MAX))
        })
    }

    /// Forgets whoever has not come for so long that it makes no difference; once a second, since it looks at all.
    fn tidy(&self) {
        let second = self.since.elapsed().as_secs() + 1;
        if self.tidied.fetch_max(second, Ordering::Relaxed) < second {
            self.limiter.retain_recent();
            self.limiter.shrink_to_fit();
        }
    }

    /// One of the places that are shared when all are taken.
    fn shared(&self, place: Place) -> Place {
        let mut shared = [0xff; 16];
        let number = self.drawn.hash_one(place) % SHARED;
        shared[8..].copy_from_slice(&number.to_be_bytes());
        shared
    }
}

/// The middleware that turns away who comes too often; see the module.
///
/// # Errors
/// Whatever the operation itself fails with.
pub async fn limit<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let limited = request
        .app_data::<Data<Directory>>()
        .and_then(|directory| directory.operation(&request))
        .is_some_and(|id| LIMITED.contains(&id));
    if limited && let Err(problem) = count(&request) {
        return Ok(request.error_response(problem));
    }
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}

fn count(request: &ServiceRequest) -> Result<(), Problem> {
    let (Some(limits), Some(outside)) = (
        request.app_data::<Data<Limits>>(),
        request.app_data::<Data<Outside>>(),
    ) else {
        return Ok(());
    };
    match outside.client_of(request.peer_addr(), request.headers()) {
        Some(address) => limits.address(address),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::contract;

    #[test]
    fn what_is_limited_exists() {
        let directory = Directory::of(&serde_json::from_str(contract::CHECKED_IN).unwrap());
        let known: Vec<&str> = directory.operations().collect();
        assert!(LIMITED.iter().all(|id| known.contains(id)));
    }

    #[test]
    fn one_address_does_not_use_up_what_is_anothers() {
        let some = NonZeroU32::new(3).unwrap();
        let limits = Limits::new(some, some);
        let from = |address: &str| limits.address(address.parse().unwrap());
        assert!((0..3).all(|_| from("203.0.113.7").is_ok()));
        let refused = from("203.0.113.7").unwrap_err();
        assert_eq!(refused.kind(), Kind::TooManyRequests);
        assert!(from("203.0.113.8").is_ok());
        // A network of six bytes and more is one place.
        assert!((0..3).all(|_| from("2001:db8::1").is_ok()));
        assert!(from("2001:db8::2").is_err() && from("2001:db8:0:1::1").is_ok());
    }

    #[test]
    fn the_memory_is_bounded_whoever_comes() {
        let window = Window::new(NonZeroU32::new(1).unwrap(), 10);
        let place = |number: u16| {
            let mut place = [0; 16];
            place[..2].copy_from_slice(&number.to_be_bytes());
            place
        };
        let entered = (0..20_000)
            .filter(|number| window.enter(place(*number)).is_ok())
            .count();
        let shared = usize::try_from(SHARED).unwrap();
        assert!(window.limiter.len() <= 10 + shared, "{}", window.limiter.len());
        assert!(entered > 10 && entered <= 10 + shared, "{entered}");
    }
}
