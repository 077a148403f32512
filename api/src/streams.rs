//! Those who listen: streams that stay open and tell what happens.
//!
//! One watch per replica looks for what was committed anywhere, gives it its positions
//! ([`Outbox::number`](persistence::Outbox::number)), and says which office has something new; each stream of that
//! office then reads for itself what its caller may see. The watch runs only while somebody listens, so that nobody
//! else pays for it: a question four times a second, which on `PostgreSQL` becomes a transaction where something waits.
//! Asking was preferred to `LISTEN`: it needs no connection of its own, works behind every pooler and on either engine,
//! and nobody notices a quarter of a second on a worklist.
//!
//! What is no deed on a case, such as how far an import of a calendar has come, is not in the outbox: a stream of it asks for
//! its own row, is not watched for, and counts as any other.
//!
//! A stream is bounded: a replica has [`STREAMS_MAX`], a caller [`STREAMS_OF_ONE_MAX`] of them; [`WAITING_MAX`] pieces
//! wait for a reader, and one who takes none for [`PATIENCE`] is left: he comes back with the last id that he read.

use std::collections::BTreeMap;
use std::pin::Pin;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::HttpResponse;
use actix_web::body::{BodySize, MessageBody};
use actix_web::http::header;
use actix_web::rt::time::{sleep, timeout};
use actix_web::web::Bytes;
use domain::ids::{OfficeId, StaffId};
use persistence::outbox::Position;
use tokio::sync::{mpsc, watch};

use crate::desk::Desk;
use crate::problem::{Kind, Problem};

/// How many streams a replica has open at most.
pub const STREAMS_MAX: usize = 256;

/// How many of them one person has: a few windows, and what they have not noticed to be gone.
pub const STREAMS_OF_ONE_MAX: usize = 8;

/// How many pieces wait for a reader at most.
pub const WAITING_MAX: usize = 32;

/// How long a reader may take none of them.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// After how long without news a sign of life is given.
pub const HEARTBEAT: Duration = Duration::from_secs(15);

/// How long a reader waits before he comes back, in milliseconds.
pub const COME_BACK: u32 = 2000;

/// How often it is looked for what is new.
const LOOK: Duration = Duration::from_millis(250);

/// After how many seconds somebody who was refused may come again.
const RETRY_AFTER: u32 = 10;

/// Those who listen, and what there is to hear.
pub struct Streams {
    news: watch::Sender<News>,
    open: Mutex<Open>,
}

/// What was committed, as far as anybody has looked.
#[derive(Debug, Clone, Default)]
pub struct News {
    /// The last position of each office in which something happened since somebody listens.
    last: BTreeMap<OfficeId, Position>,
    /// Whether the service is about to end.
    closing: bool,
}

#[derive(Default)]
struct Open {
    of: BTreeMap<StaffId, usize>,
    all: usize,
    /// Whether the watch runs.
    watched: bool,
}

impl Default for Streams {
    fn default() -> Self {
        Self {
            news: watch::Sender::new(News::default()),
            open: Mutex::default(),
        }
    }
}

/// Why a stream has nothing to tell just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Waited {
    /// There is something new.
    News,
    /// There was nothing for so long.
    Nothing,
    /// The service is about to end.
    Closing,
}

impl Streams {
    /// How many are open.
    pub fn open(&self) -> usize {
        self.lock().all
    }

    /// Ends all streams, and those that are opened later at once: the service is about to end.
    pub fn close(&self) {
        self.news.send_modify(|news| news.closing = true);
    }

    /// Opens a stream for this person that reads for itself: nothing is watched for it.
    ///
    /// # Errors
    /// As [`Streams::enter`].
    pub fn enter_unwatched(desk: &Desk, staff: StaffId) -> Result<Listening, Problem> {
        let mut open = desk.streams.lock();
        Self::admit(&mut open, staff)?;
        Ok(Listening {
            streams: Arc::clone(&desk.streams),
            staff,
        })
    }

    /// Opens a stream for this person. `from` is the last position at this moment: from there on it is watched.
    ///
    /// # Errors
    /// `too_many_requests` where he has too many, `overloaded` where the replica has.
    pub fn enter(desk: &Desk, staff: StaffId, from: Position) -> Result<Listening, Problem> {
        let streams = &desk.streams;
        let mut open = streams.lock();
        Self::admit(&mut open, staff)?;
        if !std::mem::replace(&mut open.watched, true) {
            actix_web::rt::spawn(watch_over(desk.clone(), from));
        }
        Ok(Listening {
            streams: Arc::clone(streams),
            staff,
        })
    }

    /// Counts one stream more, if there may be one.
    fn admit(open: &mut Open, staff: StaffId) -> Result<(), Problem> {
        if open.of.get(&staff).is_some_and(|own| *own >= STREAMS_OF_ONE_MAX) {
            return Err(Problem::from(Kind::TooManyRequests).retry_after(RETRY_AFTER));
        }
        if open.all >= STREAMS_MAX {
            return Err(Problem::from(Kind::Overloaded).retry_after(RETRY_AFTER));
        }
        *open.of.entry(staff).or_default() += 1;
        open.all += 1;
        Ok(())
    }

    /// What is new, for somebody who reads up to where he has read.
    pub fn listen(&self) -> Listener {
        Listener(self.news.subscribe())
    }

    fn lock(&self) -> MutexGuard<'_, Open> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Whether nobody listens any more; then the watch ends.
    fn is_over(&self) -> bool {
        let mut open = self.lock();
        open.watched = open.all > 0;
        !open.watched
    }
}

/// Looks for what is new as long as somebody listens.
async fn watch_over(desk: Desk, from: Position) {
    let mut watched = Watched(Some(Arc::clone(&desk.streams)));
    let mut after = from;
    while !desk.streams.is_over() {
        let look = desk.blocking(move |archive| {
            while archive.number()? {}
            archive.offices_after(after)
        });
        match look.await {
            Ok(offices) => {
                after = offices.iter().map(|(_, last)| *last).fold(after, Position::max);
                if !offices.is_empty() {
                    desk.streams.news.send_modify(|news| news.last.extend(offices));
                }
            }
            Err(problem) => tracing::warn!(problem = ?problem, "it could not be looked for what is new"),
        }
        sleep(LOOK).await;
    }
    watched.0 = None;
}

/// Where the watch ends before it is over, the next who listens finds that nobody looks.
struct Watched(Option<Arc<Streams>>);

impl Drop for Watched {
    fn drop(&mut self) {
        if let Some(streams) = &self.0 {
            streams.lock().watched = false;
        }
    }
}

/// Somebody who listens, until this is dropped.
pub struct Listening {
    streams: Arc<Streams>,
    staff: StaffId,
}

impl Drop for Listening {
    fn drop(&mut self) {
        let mut open = self.streams.lock();
        open.all -= 1;
        if let Some(own) = open.of.get_mut(&self.staff) {
            *own -= 1;
            if *own == 0 {
                open.of.remove(&self.staff);
            }
        }
    }
}

/// Hears of what is new.
pub struct Listener(watch::Receiver<News>);

impl Listener {
    /// Waits so long, unless the service is about to end: whether it is.
    pub async fn closing(&mut self, within: Duration) -> bool {
        match timeout(within, self.0.wait_for(|news| news.closing)).await {
            // Nobody is left who could tell: the service ends.
            Ok(Ok(_) | Err(_)) => true,
            Err(_) => false,
        }
    }

    /// Waits until something happened in the office after a position, no longer than this.
    pub async fn wait(&mut self, office: OfficeId, after: Position, most: Duration) -> Waited {
        let new = |news: &News| news.closing || news.last.get(&office).is_some_and(|last| *last > after);
        match timeout(most, self.0.wait_for(new)).await {
            Ok(Ok(news)) if news.closing => Waited::Closing,
            Ok(Ok(_)) => Waited::News,
            // Nobody is left who could tell: the service ends.
            Ok(Err(_)) => Waited::Closing,
            Err(_) => Waited::Nothing,
        }
    }
}

/// Where a stream is written to.
pub struct Teller(mpsc::Sender<Bytes>);

/// The reader has gone, or takes too long.
#[derive(Debug)]
pub struct Left;

impl Teller {
    /// Hands a piece to the reader, and waits for him where too many wait already.
    ///
    /// # Errors
    /// When he has gone, or takes none for [`PATIENCE`].
    pub async fn tell(&self, piece: String) -> Result<(), Left> {
        match timeout(PATIENCE, self.0.send(Bytes::from(piece))).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(_)) | Err(_) => Err(Left),
        }
    }
}

/// The body of an answer that goes on.
pub struct Told {
    pieces: mpsc::Receiver<Bytes>,
    _listening: Listening,
}

/// A way to tell, and the body in which it is told.
pub fn channel(listening: Listening) -> (Teller, Told) {
    let (teller, pieces) = mpsc::channel(WAITING_MAX);
    let told = Told {
        pieces,
        _listening: listening,
    };
    (Teller(teller), told)
}

/// The answer that goes on.
pub fn answer(told: Told) -> HttpResponse {
    HttpResponse::Ok()
        .content_type("text/event-stream")
        .insert_header((header::CACHE_CONTROL, "no-store"))
        // Proxies that gather answers would hold every event back.
        .insert_header(("X-Accel-Buffering", "no"))
        .body(told)
}

impl MessageBody for Told {
    type Error = std::convert::Infallible;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        self.pieces.poll_recv(context).map(|piece| piece.map(Ok))
    }
}
