//! A comparison: the recorded cases of an office under a draft, case by case, told line by line.
//!
//! A page of cases is read and compared whenever the client has taken what was told before, so that a slow client slows
//! the work down, and one that goes away ends it. Only one page is ever in memory, and no thread waits for a client.

mod places;
mod told;
mod walk;

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll};

use actix_web::body::{BodySize, MessageBody};
use actix_web::web::Bytes;

pub(crate) use places::Comparisons;
use places::Place;
pub(super) use told::ComparisonLine;
pub(super) use walk::{Walk, WalkProgress};

use crate::desk::apart;
use crate::problem::{Kind, Problem};

/// The body of the answer: the lines of a walk through the cases.
pub(super) struct Lines {
    place: Place,
    state: State,
}

enum State {
    Ready(Box<Walk>),
    AtWork(Pin<Box<dyn Future<Output = Result<Page, Problem>>>>),
    Over,
}

/// What a page of cases led to, and the walk if it is not over.
struct Page {
    lines: Vec<u8>,
    next: Option<Box<Walk>>,
}

impl Lines {
    pub(super) fn of(walk: Walk, place: Place) -> Self {
        Self {
            place,
            state: State::Ready(Box::new(walk)),
        }
    }
}

impl MessageBody for Lines {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        loop {
            match std::mem::replace(&mut self.state, State::Over) {
                State::Over => return Poll::Ready(None),
                State::Ready(walk) => {
                    if !self.place.is_kept() {
                        let problem = Problem::from(Kind::Overloaded);
                        return Poll::Ready(Some(Ok(broken_off(&problem))));
                    }
                    self.state = State::AtWork(Box::pin(page(walk)));
                }
                State::AtWork(mut page) => {
                    let Poll::Ready(outcome) = page.as_mut().poll(context) else {
                        self.state = State::AtWork(page);
                        return Poll::Pending;
                    };
                    return Poll::Ready(Some(Ok(match outcome {
                        Ok(Page { lines, next }) => {
                            self.state = next.map_or(State::Over, State::Ready);
                            lines.into()
                        }
                        Err(problem) => broken_off(&problem),
                    })));
                }
            }
        }
    }
}

async fn page(mut walk: Box<Walk>) -> Result<Page, Problem> {
    apart(move || {
        let mut lines = Vec::new();
        let more = walk.page(&mut lines)?;
        Ok(Page {
            lines,
            next: more.then_some(walk),
        })
    })
    .await?
}

/// The last line of a comparison that could not go on.
fn broken_off(problem: &Problem) -> Bytes {
    tracing::warn!(problem = ?problem, "a comparison broke off");
    let mut line = Vec::new();
    ComparisonLine::broken_off(problem.kind()).write(&mut line);
    line.into()
}
