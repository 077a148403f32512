//! The door: how many requests may be under way at once.
//!
//! What is under way must be worked off in a time that somebody waits for. Beyond that a request is refused at once,
//! before anybody is looked up in the database: it costs next to nothing, and those inside do not wait for it. The
//! bounds are per process. What the service says of itself (health, contract, figures) is always let in.

use std::sync::atomic::{AtomicUsize, Ordering};

use actix_web::Error;
use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::web::Data;
use persistence::measure::Counter;

use crate::problem::{Kind, Problem};

/// How many requests that change something may be under way: more than a front end with 128 connections can have, and
/// few enough to be done in three transactions.
pub const CHANGES_MAX: usize = 160;

/// How many requests that read may be under way: they share the archive's connections, a few dozen to each.
pub const READS_MAX: usize = 320;

/// How the paths begin of what is always let in. What is spelled otherwise, by whatever escapes, is not.
const ALWAYS_OPEN: [&str; 4] = ["/health/", "/metrics", "/openapi.json", "/docs"];

/// After how many seconds somebody who was refused may come again.
const RETRY_AFTER: u32 = 1;

/// Who is inside.
#[derive(Debug)]
pub struct Door {
    /// Those who change something.
    pub changes: Side,
    /// Those who read.
    pub reads: Side,
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
    pub fn new(changes: usize, reads: usize) -> Self {
        let side = |most| Side {
            most,
            inside: AtomicUsize::new(0),
            refused: Counter::default(),
        };
        Self {
            changes: side(changes),
            reads: side(reads),
        }
    }
}

impl Default for Door {
    fn default() -> Self {
        Self::new(CHANGES_MAX, READS_MAX)
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
    let side = door.as_ref().filter(|_| !free).map(|door| {
        if request.method().is_safe() {
            &door.reads
        } else {
            &door.changes
        }
    });
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
    use super::*;

    #[test]
    fn a_place_is_free_again_when_its_request_is_over() {
        let door = Door::new(2, 0);
        let (first, second) = (door.changes.enter(), door.changes.enter());
        assert!(first.is_some() && second.is_some());
        assert!(door.changes.enter().is_none() && door.reads.enter().is_none());
        drop(first);
        assert!(door.changes.enter().is_some());
        assert_eq!((door.changes.inside(), door.changes.refused()), (1, 1));
    }
}
