//! `stream_calendar_import`: how far an import has come, as it goes on.
//!
//! What is told is read from the import's row, which whichever replica runs it writes with every page of duties: so any
//! replica can tell, and a stream that is taken up again, there or elsewhere, goes on with what is new. Asking twice a
//! second was preferred to the outbox: a run is no deed on a case, and its row is found by its key.

use std::time::{Duration, Instant};

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use persistence::calendar_import::{ImportRecord, ImportState};
use utoipa::ToSchema;
use uuid::Uuid;

use super::import::{CalendarImport, found};
use crate::caller::{Caller, still};
use crate::desk::Desk;
use crate::page::List;
use crate::problem::{Kind, Problem};
use crate::request::{LastEventId, Path};
use crate::streams::{COME_BACK, HEARTBEAT, Left, Listener, Streams, Teller, answer, channel};

/// How often it is looked how far the run has come. A page of duties takes about as long.
const LOOK: Duration = Duration::from_millis(500);

/// Events as they are written, one after the other.
#[derive(ToSchema)]
#[schema(
    value_type = String,
    max_length = 1_048_576,
    example = "retry: 2000\n\nevent: applying\nid: q1VKxr4rJdlqgn6A0Fb9cEYBVQm6T9m2Uk3mDS1x0cN7tGXJ5h2yQvIuPz8oRaLw\ndata: {\"import_id\":\"0198f2a4-0000-7000-8000-000000000001\",\"calendar_code\":\"cn\",\"state\":\"applying\",\"version\":3,\"total\":500000,\"checked\":12500,\"moved\":831,\"failed\":0,…}\n\n"
)]
#[expect(
    dead_code,
    reason = "it is only told of; what is sent is written piece by piece"
)]
pub(crate) struct CalendarImportStream(String);

/// Stream an import of a calendar
///
/// Server-sent events of how far its trial or its application has come, until it is done: each is named after the state
/// (`trying`, `tried`, `applying`, `applied`), and its `data` is the `CalendarImport` as `get_calendar_import` shows it:
/// `total` once it is counted, `checked` of them, `moved`, `failed`. The first tells how it stands now; then one is sent
/// whenever that changes, twice a second at most: only the newest is told, for it says it all. A comment every 15 seconds
/// says that the stream lives.
///
/// Whoever comes back sends the last `id` as `Last-Event-ID`, to any replica, and is told what has changed since. The last
/// event, `closed`, tells why the stream ends: `run_ended` (it is `tried` or `applied`), `session_ended`,
/// `permissions_changed`, `service_stopping`. A caller has eight streams at most, those of duties among them. For whom
/// `get_calendar_import` answers, which can be asked again and again instead.
///
/// The browser's `EventSource` cannot send `Authorization`: use `fetch` and read the body, or a library that does.
#[utoipa::path(
    tag = "calendars",
    params(("import_id" = Uuid, Path, description = "The import."), LastEventId),
    extensions(
        ("x-problem-codes" = json!(["not_permitted", "cursor_invalid", "too_many_requests"])),
        ("x-event-data" = json!({ "$ref": "#/components/schemas/CalendarImport" }))
    ),
    responses((
        status = 200,
        description = "The events.",
        body = CalendarImportStream,
        content_type = "text/event-stream"
    ))
)]
#[get("/api/v1/calendar-imports/{import_id}/stream")]
pub(crate) async fn stream_calendar_import(
    desk: Data<Desk>,
    caller: Caller,
    import: Path<Uuid>,
    last: LastEventId,
) -> Result<HttpResponse, Problem> {
    let import = found(&desk, &caller, import.0).await?;
    let told = match &last.0 {
        Some(id) => Some(desk.page_key.unveiled(&list(&caller, &import.id), id)?),
        None => None,
    };
    let (teller, body) = channel(Streams::enter_unwatched(&desk, caller.staff_id)?);
    let stream = Stream {
        closing: desk.streams.listen(),
        desk: Desk::clone(&desk),
        caller,
        import,
        told,
        teller,
    };
    actix_web::rt::spawn(stream.flow());
    Ok(answer(body))
}

fn list<'a>(caller: &Caller, import: &'a Uuid) -> List<'a, Uuid> {
    List {
        name: "stream_calendar_import",
        caller: caller.staff_id.0,
        filters: import,
    }
}

/// How far an import has come, so that two looks can be told apart: its version counts the states, and within a state
/// what was looked at only grows; once it was counted how much there is, that is one step more.
fn place(import: &ImportRecord) -> [i64; 2] {
    let counted = i64::from(import.total.is_some());
    [import.version, counted + import.checked]
}

/// Whether nothing runs.
fn is_at_rest(import: &ImportRecord) -> bool {
    !matches!(
        import.state.parse(),
        Ok(ImportState::Trying | ImportState::Applying)
    )
}

/// A stream that is open.
struct Stream {
    desk: Desk,
    caller: Caller,
    /// The import as it was last looked at.
    import: ImportRecord,
    /// Up to where its reader was told.
    told: Option<[i64; 2]>,
    closing: Listener,
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
        self.teller.tell(format!("retry: {COME_BACK}\n\n")).await?;
        let mut last_sign = Instant::now();
        loop {
            let place = place(&self.import);
            if self.told != Some(place) {
                self.teller.tell(self.event(place)).await?;
                self.told = Some(place);
                last_sign = Instant::now();
            }
            if is_at_rest(&self.import) {
                return Err(Ended::Closed("run_ended"));
            }
            if last_sign.elapsed() >= HEARTBEAT {
                self.teller.tell(": alive\n\n".to_owned()).await?;
                last_sign = Instant::now();
            }
            if self.closing.closing(LOOK).await {
                return Err(Ended::Closed("service_stopping"));
            }
            self.look().await?;
        }
    }

    /// Reads how far it has come; who asks is looked up each time. An archive that does not answer is asked again.
    async fn look(&mut self) -> Result<(), Ended> {
        let looked = match still(&self.desk, &self.caller).await {
            Ok(None) => return Err(Ended::Closed("session_ended")),
            Ok(Some(now)) => {
                self.caller = now;
                found(&self.desk, &self.caller, self.import.id).await
            }
            Err(problem) => Err(problem),
        };
        match looked {
            Ok(import) => self.import = import,
            Err(problem) if matches!(problem.kind(), Kind::NotPermitted | Kind::NotFound) => {
                return Err(Ended::Closed("permissions_changed"));
            }
            Err(problem) => {
                tracing::warn!(problem = ?problem, "a stream of an import could not be read on");
            }
        }
        Ok(())
    }

    /// How it stands, as an event.
    fn event(&self, place: [i64; 2]) -> String {
        let view = CalendarImport::new(&self.import, &self.caller.law.calendar);
        let data = serde_json::to_string(&view).expect("a view of texts and numbers is JSON");
        let id = self
            .desk
            .page_key
            .veiled(&list(&self.caller, &self.import.id), place);
        format!("event: {}\nid: {id}\ndata: {data}\n\n", self.import.state)
    }
}
