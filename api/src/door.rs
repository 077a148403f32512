//! The door: how many requests may be under way at once.
//!
//! What is under way must be worked off in a time that somebody waits for. Beyond that a request is refused at once,
//! before anybody is looked up in the database: it costs next to nothing, and those inside do not wait for it. The
//! bounds are per process. What the service says of itself (health, contract, figures) is always let in.
//!
//! There are three sides. Whoever shows a good token is staff, and either changes something or only asks; whether the
//! session still counts is found out inside. All others share the strangers' side, where people log in. A pass is
//! taken when the head of a request is there, and a body may be long in coming: so nobody keeps staff out by sending
//! heads alone.

use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use persistence::measure::Counter;

use crate::caller::bearer_of;
use crate::directory::Directory;
use crate::problem::{Kind, Problem};

/// How many requests of staff that change something may be under way: more than a front end with 128 connections can have, and
/// few enough to be done in three transactions.
pub const CHANGES_MAX: usize = 160;

/// How many requests of staff that only ask may be under way: they share the archive's connections, a few dozen to each.
pub const READS_MAX: usize = 320;

/// How many requests without a good token may be under way. Most of them log in, which is tens of milliseconds of work
/// each: with more of them the last would wait for seconds.
pub const STRANGERS_MAX: usize = 64;

/// The operations that only ask although they are no GET: what they ask for does not belong into an address.
pub(crate) const ASKING: [&str; 1] = ["search_cases"];

/// How the paths begin of what is always let in. What is spelled otherwise, by whatever escapes, is not.
const ALWAYS_OPEN: [&str; 4] = ["/health/", "/metrics", "/openapi.json", "/docs"];

/// After how many seconds somebody who was refused may come again.
const RETRY_AFTER: u32 = 1;

/// Who is inside.
#[derive(Debug)]
pub struct Door {
    /// Staff who change something.
    pub changes: Side,
    /// Staff who only ask.
    pub reads: Side,
    /// Whoever shows no good token.
    pub strangers: Side,
}

/// One kind of request.
#[derive(Debug)]
pub struct Side {
    most: usize,
    inside: AtomicUsize,
    refused: Counter,
}

/// A request that is inside, until this is dropped.
#[derive(Debug)]
pub struct Pass<'d>(&'d Side);

impl Door {
    /// A door that lets in so many of each kind.
    pub fn new(changes: usize, reads: usize, strangers: usize) -> Self {
        let side = |most| Side {
            most,
            inside: AtomicUsize::new(0),
            refused: Counter::default(),
        };
        Self {
            changes: side(changes),
            reads: side(reads),
            strangers: side(strangers),
        }
    }

    /// The side at which a request stands. It asks the database nothing.
    fn side(&self, request: &ServiceRequest) -> &Side {
        if bearer_of(request).is_err() {
            return &self.strangers;
        }
        let directory = request.app_data::<Data<Directory>>();
        let asks = || {
            directory
                .and_then(|directory| directory.operation(request))
                .is_some_and(|id| ASKING.contains(&id))
        };
        if request.method().is_safe() || asks() {
            &self.reads
        } else {
            &self.changes
        }
    }
}

impl Default for Door {
    fn default() -> Self {
        Self::new(CHANGES_MAX, READS_MAX, STRANGERS_MAX)
    }
}

impl Side {
    /// How many may be inside.
    pub fn most(&self) -> usize {
        self.most
    }

    /// How many are inside.
    pub fn inside(&self) -> usize {
        self.inside.load(Ordering::Relaxed)
    }

    /// How many were refused.
    pub fn refused(&self) -> u64 {
        self.refused.count()
    }

    /// Lets one more in, if there is room.
    pub fn enter(&self) -> Option<Pass<'_>> {
        let more = |inside: usize| (inside < self.most).then_some(inside + 1);
        let entered = self
            .inside
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, more);
        if entered.is_err() {
            self.refused.increase();
        }
        entered.ok().map(|_| Pass(self))
    }
}

impl Drop for Pass<'_> {
    fn drop(&mut self) {
        self.0.inside.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The middleware that refuses what is too much; see the module.
///
/// # Errors
/// Whatever the operation itself fails with.
pub async fn admit<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let door = request.app_data::<Data<Door>>().cloned();
    let free = ALWAYS_OPEN.iter().any(|start| request.path().starts_with(start));
    let side = door.as_ref().filter(|_| !free).map(|door| door.side(&request));
    let _inside = match side.map(Side::enter) {
        Some(None) => {
            let full = Problem::from(Kind::Overloaded).retry_after(RETRY_AFTER);
            return Ok(request.error_response(full));
        }
        Some(inside) => inside,
        None => None,
    };
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}

#[cfg(test)]
mod tests {
    use actix_web::http::Method;
    use actix_web::test::TestRequest;
    use chrono::{DateTime, Utc};
    use persistence::{DatabaseUrl, Options, open};
    use uuid::Uuid;

    use super::*;
    use crate::case::tests::tempfolder::Folder;
    use crate::clock::Clock;
    use crate::contract;
    use crate::desk::{Desk, shipped_rulebooks};
    use crate::settings::Mode;
    use crate::token::{Bearer, TokenKey};

    #[test]
    fn a_place_is_free_again_when_its_request_is_over() {
        let door = Door::new(2, 0, 0);
        let (first, second) = (door.changes.enter(), door.changes.enter());
        assert!(first.is_some() && second.is_some());
        assert!(door.changes.enter().is_none() && door.reads.enter().is_none());
        drop(first);
        assert!(door.changes.enter().is_some());
        assert_eq!((door.changes.inside(), door.changes.refused()), (1, 1));
    }

    #[test]
    fn who_shows_a_good_token_is_staff_and_what_only_asks_is_no_change() {
        const SECRET: &[u8] = b"a secret of more than thirty-two bytes";
        let folder = Folder::new();
        let url = format!("sqlite://{}", folder.path().join("huiyin.db").display());
        let url: DatabaseUrl = url.parse().unwrap();
        let rulebooks = shipped_rulebooks();
        let archive = open(
            &url,
            Options::default(),
            rulebooks.clone(),
            persistence::MasterKeys::of_demonstrations(),
        )
        .unwrap();
        let desk = Data::new(Desk::new(archive, rulebooks, Clock::System, SECRET, Mode::Demo));
        let directory = Data::new(Directory::of(
            &serde_json::from_str(contract::CHECKED_IN).unwrap(),
        ));
        let known: Vec<&str> = directory.operations().collect();
        assert!(ASKING.iter().all(|id| known.contains(id)));
        let token = |key: &TokenKey, at: DateTime<Utc>| {
            let bearer = Bearer {
                staff_id: Uuid::from_u128(1),
                session_id: Uuid::from_u128(2),
            };
            key.issue(bearer, at).text
        };
        let now = desk.watch.now();
        let good = token(&desk.token_key, now);
        let expired = token(&desk.token_key, now - chrono::TimeDelta::hours(1));
        let forged = token(&TokenKey::new(b"another secret of more than thirty-two"), now);
        let door = Door::default();
        let side = |method: Method, path: &str, token: Option<&String>| {
            let mut request = TestRequest::default()
                .method(method)
                .uri(path)
                .app_data(desk.clone())
                .app_data(directory.clone());
            if let Some(token) = token {
                request = request.insert_header(("authorization", format!("Bearer {token}")));
            }
            door.side(&request.to_srv_request()).most()
        };
        for path in ["/api/v1/cases", "/api/v1/sessions", "/api/v1/case-searches"] {
            for token in [None, Some(&expired), Some(&forged)] {
                assert_eq!(side(Method::POST, path, token), STRANGERS_MAX, "{path}");
                assert_eq!(side(Method::GET, path, token), STRANGERS_MAX, "{path}");
            }
            assert_eq!(side(Method::GET, path, Some(&good)), READS_MAX, "{path}");
        }
        let post = |path| side(Method::POST, path, Some(&good));
        assert_eq!(post("/api/v1/cases"), CHANGES_MAX);
        assert_eq!(post("/api/v1/case-searches"), READS_MAX);
    }
}
