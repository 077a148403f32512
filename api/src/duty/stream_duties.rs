//! `stream_duties`: the worklist as it changes.
//!
//! The `id` of an event is the place up to which its reader has everything, veiled: bound to him and to his question,
//! and without showing how much happens that he may not see. Sight is asked when an event is sent, along the same rows
//! as every list.

use std::time::{Duration, Instant};

use actix_web::rt::time::sleep;
use actix_web::{HttpResponse, get};
use chrono::{DateTime, FixedOffset};
use domain::case::Event;
use domain::duty::HeldBy;
use persistence::outbox::{DutyChange, Place, Read};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};
use validator::Validate;

use super::query::{Scope, scope};
use super::view::DutyView;
use crate::caller::{Caller, still};
use crate::case::reader::Reader;
use crate::case::tellers::Tellers;
use crate::case::view::Teller as Names;
use crate::desk::Desk;
use crate::language::Language;
use crate::page::List;
use crate::problem::{Kind, Problem};
use crate::request::{LastEventId, Query};
use crate::streams::{COME_BACK, HEARTBEAT, Left, Listener, Streams, Teller, Waited, answer, channel};
use crate::trail::Trail;

/// How many rows of the outbox are read at once: some dozens of changes, seldom more.
const ROWS: u32 = 20;

/// For how long what was read may still be told: for a slow reader it is then read anew, with what he may see by then.
const FRESH: Duration = Duration::from_secs(2);

/// How long it rests when the archive does not answer.
const REST: Duration = Duration::from_secs(1);

/// Whose duties.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct StreamDuties {
    /// Whose: mine if it is not said.
    #[param(schema_with = scope)]
    scope: Option<Scope>,
}

/// What happened to a duty: the `data` of an event.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = DutyChange)]
pub(crate) struct DutyChangeView {
    /// When it happened.
    occurred_at: DateTime<FixedOffset>,
    /// The number of the event in the history of the case.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    sequence: u64,
    /// Whether the duty is now one of those that were asked for. A duty that moved to somebody else is told, too: then
    /// this is false, and whoever shows it takes it off.
    in_scope: bool,
    /// The duty as it then was.
    duty: DutyView,
}

/// Events as they are written, one after the other.
#[derive(ToSchema)]
#[schema(
    value_type = String,
    max_length = 1_048_576,
    example = "retry: 2000\n\nevent: duty_opened\nid: q1VKxr4rJdlqgn6A0Fb9cEYBVQm6T9m2Uk3mDS1x0cN7tGXJ5h2yQvIuPz8oRaLw\ndata: {\"occurred_at\":\"2026-09-17T09:00:00+08:00\",\"sequence\":7,\"in_scope\":true,\"duty\":{…}}\n\n"
)]
#[expect(
    dead_code,
    reason = "it is only told of; what is sent is written piece by piece"
)]
pub(crate) struct DutyStream(String);

/// Stream the worklist
///
/// Server-sent events of duties on cases that this caller may see: `duty_opened`, `duty_moved` (due time or holder),
/// `duty_discharged`, `duty_lapsed`, in the order in which they were committed, each once and none left out; the `data`
/// is a `DutyChange`. A comment every 15 seconds says that the stream lives, and its `id` that nothing was missed. Read
/// `list_duties` after the stream is open, then apply what comes; repeating a change does no harm.
///
/// Whoever comes back sends the last `id` as `Last-Event-ID`, to any replica. `resume_point_gone` says that it was too
/// long ago. What becomes visible only later is told from then on. The last event, `closed`, tells why the stream ends:
/// `session_ended`, `permissions_changed` (come back, with what one may see now), `service_stopping`,
/// `resume_point_gone`. A caller has eight streams at most.
///
/// The browser's `EventSource` cannot send `Authorization`: use `fetch` and read the body, or a library that does.
#[utoipa::path(
    tag = "duties",
    params(StreamDuties, LastEventId),
    extensions(
        ("x-problem-codes" = json!(["cursor_invalid", "resume_point_gone", "too_many_requests"])),
        ("x-event-data" = json!({ "$ref": "#/components/schemas/DutyChange" }))
    ),
    responses((
        status = 200,
        description = "The events.",
        body = DutyStream,
        content_type = "text/event-stream"
    ))
)]
#[get("/api/v1/duties/stream")]
pub(crate) async fn stream_duties(
    query: Query<StreamDuties>,
    last: LastEventId,
    trail: Trail,
    reader: Reader,
) -> Result<HttpResponse, Problem> {
    let (Query(query), Reader { desk, caller, .. }) = (query, reader);
    let resumed = match &last.0 {
        Some(id) => {
            let [position, sequence] = desk.page_key.unveiled(&list(&caller, &query), id)?;
            Some(Place { position, sequence })
        }
        None => None,
    };
    let office = caller.office_id;
    let (newest, gone) = desk
        .blocking(move |archive| {
            while archive.number()? {}
            let newest = archive.last_position()?;
            let gone = match resumed {
                // A place ahead of everything is of another time: the database was restored since.
                Some(place) if place.position > newest => true,
                Some(place) => {
                    let read =
                        archive.read_duty_changes(office, &std::collections::BTreeSet::new(), place, 1)?;
                    matches!(read, Read::Gone)
                }
                None => false,
            };
            Ok((newest, gone))
        })
        .await?;
    if gone {
        return Err(Kind::ResumePointGone.into());
    }
    let (teller, told) = channel(Streams::enter(&desk, caller.staff_id, newest)?);
    let stream = Stream {
        news: desk.streams.listen(),
        place: resumed.unwrap_or(Place::end_of(newest)),
        desk: Desk::clone(&desk),
        caller,
        language: trail.language,
        query,
        teller,
    };
    actix_web::rt::spawn(stream.flow());
    Ok(answer(told))
}

fn list<'a>(caller: &Caller, query: &'a StreamDuties) -> List<'a, StreamDuties> {
    List {
        name: "stream_duties",
        caller: caller.staff_id.0,
        filters: query,
    }
}

/// A stream that is open.
struct Stream {
    desk: Desk,
    caller: Caller,
    language: Language,
    query: StreamDuties,
    /// Up to where everything was told.
    place: Place,
    news: Listener,
    teller: Teller,
}

/// Why a stream ends.
enum Ended {
    /// The reader has gone.
    Left,
    /// The stream says why.
    Closed(&'static str),
}

impl From<Left> for Ended {
    fn from(Left: Left) -> Self {
        Self::Left
    }
}

impl Stream {
    async fn flow(mut self) {
        // However it ends, it does so alone; the reader comes back.
        if let Err(Ended::Closed(reason)) = self.tell_on().await {
            let end = format!("event: closed\ndata: {{\"reason\":\"{reason}\"}}\n\n");
            drop(self.teller.tell(end).await);
        }
    }

    async fn tell_on(&mut self) -> Result<std::convert::Infallible, Ended> {
        // The first id stands before the first event, so that nobody who leaves early misses one.
        let opening = format!("retry: {COME_BACK}\n{}", self.sign_of_life());
        self.teller.tell(opening).await?;
        loop {
            match self.look().await {
                Ok(true) => {}
                Ok(false) => self.wait().await?,
                Err(Stumbled::Ended(ended)) => return Err(ended),
                Err(Stumbled::Unanswered(problem)) => {
                    tracing::warn!(problem = ?problem, "a stream of duties could not be read on");
                    sleep(REST).await;
                    // Tells whether the reader is still there.
                    self.teller.tell(": wait\n\n".to_owned()).await?;
                }
            }
        }
    }

    /// Tells what is new; whether there may be more. Who asks is looked up before each time.
    async fn look(&mut self) -> Result<bool, Stumbled> {
        self.look_up_caller().await?;
        let (office, keys, after) = (self.caller.office_id, self.caller.keys.clone(), self.place);
        let read = self
            .desk
            .blocking(move |archive| archive.read_duty_changes(office, &keys, after, ROWS))
            .await?;
        let Read::Through(changes, through) = read else {
            return Err(Ended::Closed("resume_point_gone").into());
        };
        let read_at = Instant::now();
        let tellers = self.tellers_of(&changes).await?;
        for change in &changes {
            if read_at.elapsed() > FRESH {
                return Ok(true);
            }
            if let Some(event) = self.event(change, tellers.about(change.duty.case)) {
                self.teller.tell(event).await.map_err(Ended::from)?;
                self.place = change.place;
            }
        }
        self.place = through;
        Ok(through != after)
    }

    /// Who tells about the cases on which this happened.
    async fn tellers_of(&self, changes: &[DutyChange]) -> Result<Tellers, Problem> {
        let (office, cases) = (
            self.caller.office_id,
            changes.iter().map(|change| change.duty.case),
        );
        let cases = cases.collect();
        let under = self
            .desk
            .blocking(move |archive| archive.rulebooks_of(office, &cases))
            .await?;
        Tellers::of(&self.desk, &self.caller, self.language, under).await
    }

    async fn look_up_caller(&mut self) -> Result<(), Stumbled> {
        let now = still(&self.desk, &self.caller).await?;
        let Some(now) = now else {
            return Err(Ended::Closed("session_ended").into());
        };
        let may = |caller: &Caller| (caller.keys.clone(), caller.positions.clone(), caller.unit_id);
        if may(&now) != may(&self.caller) {
            return Err(Ended::Closed("permissions_changed").into());
        }
        self.caller = now;
        Ok(())
    }

    /// Waits for news, with a sign of life where there are none for long.
    async fn wait(&mut self) -> Result<(), Ended> {
        let (office, after) = (self.caller.office_id, self.place.position);
        match self.news.wait(office, after, HEARTBEAT).await {
            Waited::News => Ok(()),
            Waited::Nothing => Ok(self.teller.tell(self.sign_of_life()).await?),
            Waited::Closing => Err(Ended::Closed("service_stopping")),
        }
    }

    /// A comment, and the place up to which there was nothing to tell: no event, for it has no data.
    fn sign_of_life(&self) -> String {
        format!(": alive\nid: {}\n\n", self.id(self.place))
    }

    fn id(&self, place: Place) -> String {
        let list = list(&self.caller, &self.query);
        let place = [place.position, place.sequence];
        self.desk.page_key.veiled(&list, place)
    }

    /// A change as an event; none where it is not asked for.
    fn event(&self, change: &DutyChange, names: &Names) -> Option<String> {
        let in_scope = self.is_in_scope(&change.duty.duty.terms.holder);
        let name = match &change.entry.event {
            Event::DutyOpened(_) if in_scope => "duty_opened",
            Event::DutyMoved(_) => "duty_moved",
            Event::DutyDischarged { .. } if in_scope => "duty_discharged",
            Event::DutyLapsed { .. } if in_scope => "duty_lapsed",
            _ => return None,
        };
        let view = DutyChangeView {
            occurred_at: names.instant(change.entry.occurred_at),
            sequence: change.entry.sequence,
            in_scope,
            duty: DutyView::of_kept(&change.duty, names),
        };
        let data = serde_json::to_string(&view).expect("a view of texts and numbers is JSON");
        Some(format!(
            "event: {name}\nid: {}\ndata: {data}\n\n",
            self.id(change.place)
        ))
    }

    fn is_in_scope(&self, holder: &HeldBy) -> bool {
        let scope = self.query.scope.unwrap_or(Scope::Mine);
        let Some(asked) = scope.holders(&self.caller) else {
            return true;
        };
        let common = holder.staff.is_none() && holder.unit.is_none();
        let position = holder.position.as_ref().filter(|_| common);
        (holder.staff.is_some() && holder.staff == asked.staff)
            || (holder.unit.is_some() && holder.unit == asked.unit)
            || position.is_some_and(|position| asked.positions.contains(position))
    }
}

/// What kept a stream from going on.
enum Stumbled {
    /// It ends.
    Ended(Ended),
    /// The archive did not answer: it tries again.
    Unanswered(Problem),
}

impl From<Ended> for Stumbled {
    fn from(ended: Ended) -> Self {
        Self::Ended(ended)
    }
}

impl From<Problem> for Stumbled {
    fn from(problem: Problem) -> Self {
        Self::Unanswered(problem)
    }
}
