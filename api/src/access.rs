//! The access log (查阅留痕): what is kept secret is read only after the reading was entered.
//!
//! Who reads waits for the entry and for nothing else. Readings that come while others are being entered share the next
//! transaction, as callers share the question who they are; nobody waits for company.

pub mod list_access_log;
pub mod list_case_accesses;

use std::mem::{replace, take};
use std::sync::{Arc, Mutex, PoisonError};

use chrono::{DateTime, FixedOffset};
use domain::ids::StaffId;
use domain::words::Deed;
use persistence::access_log::{NewReading, ReadingBody, ReadingFilter, ReadingRecord};
use persistence::{Archive, StoreError};
use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;
use utoipa::openapi::schema::Object;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;
use validator::Validate;

use crate::caller::Caller;
use crate::case::codes;
use crate::case::view::StaffName;
use crate::desk::{Desk, apart};
use crate::page::List;
use crate::problem::{Kind, Problem};

/// A reading to be entered, and who waits for it.
type Waiter = (NewReading, oneshot::Sender<Result<(), Problem>>);

/// How many are entered at once.
const TOGETHER_MAX: usize = 200;

/// Readings that wait to be entered.
#[derive(Default)]
pub(crate) struct Readings(Mutex<Waiting>);

#[derive(Default)]
struct Waiting {
    readings: Vec<Waiter>,
    /// Whether somebody enters those that wait.
    at_work: bool,
}

impl Readings {
    /// Enters a reading; when this returns it is durable.
    ///
    /// # Errors
    /// What the archive's error becomes: then nothing may be shown.
    pub(crate) async fn enter(
        self: &Arc<Self>,
        archive: &Arc<dyn Archive>,
        reading: NewReading,
    ) -> Result<(), Problem> {
        let (reply, answer) = oneshot::channel();
        if self.wait((reading, reply)) {
            let (readings, archive) = (Arc::clone(self), Arc::clone(archive));
            // Not this request's own doing: it may be dropped while others wait for the entry.
            actix_web::rt::spawn(async move {
                let entering = Entering {
                    readings,
                    done: false,
                };
                drop(apart(move || entering.enter(&*archive)).await);
            });
        }
        answer
            .await
            .unwrap_or_else(|_| Err(Problem::internal("the entry of a reading was given up")))
    }

    /// Waits; whether nobody is at work yet.
    fn wait(&self, waiter: Waiter) -> bool {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.readings.push(waiter);
        !replace(&mut waiting.at_work, true)
    }
}

/// Somebody who enters all that wait, until none do. However it ends, the next who comes finds nobody at work.
struct Entering {
    readings: Arc<Readings>,
    done: bool,
}

impl Entering {
    fn enter(mut self, archive: &dyn Archive) {
        while let Some(batch) = self.next() {
            enter(batch, archive);
        }
    }

    fn next(&mut self) -> Option<Vec<Waiter>> {
        let mut waiting = self.readings.0.lock().unwrap_or_else(PoisonError::into_inner);
        let some = waiting.readings.len().min(TOGETHER_MAX);
        let rest = waiting.readings.split_off(some);
        let batch = replace(&mut waiting.readings, rest);
        waiting.at_work = !batch.is_empty();
        self.done = batch.is_empty();
        (!self.done).then_some(batch)
    }
}

impl Drop for Entering {
    fn drop(&mut self) {
        if !self.done {
            let mut waiting = self.readings.0.lock().unwrap_or_else(PoisonError::into_inner);
            waiting.at_work = false;
            // Nobody would enter them; who waits hears of it.
            drop(take(&mut waiting.readings));
        }
    }
}

fn enter(batch: Vec<Waiter>, archive: &dyn Archive) {
    let (readings, replies): (Vec<_>, Vec<_>) = batch.into_iter().unzip();
    let entered = archive.record_readings(&readings);
    // The key of one's case must not keep the others from their readings.
    if matches!(entered, Err(StoreError::KeyMissing { .. })) && readings.len() > 1 {
        for one in readings.into_iter().zip(replies) {
            enter(vec![one], archive);
        }
        return;
    }
    for reply in replies {
        let told = match &entered {
            Ok(()) => Ok(()),
            Err(error @ (StoreError::Unavailable(_) | StoreError::Busy(_))) => {
                Err(Problem::from(Kind::Overloaded)
                    .retry_after(1)
                    .caused_by(error.to_string()))
            }
            Err(StoreError::KeyMissing { .. }) => Err(Problem::from(Kind::KeyUnavailable).retry_after(60)),
            Err(error) => Err(Problem::internal(error.to_string())),
        };
        // Whoever asked may have gone.
        drop(reply.send(told));
    }
}

/// An entry of the access log.
#[derive(Debug, Serialize, ToSchema)]
pub struct Access {
    /// Its number in the office, from 1 without a gap.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    sequence: i64,
    /// Who read.
    reader: StaffName,
    /// The case.
    case_id: Uuid,
    /// What of it.
    #[schema(schema_with = kinds)]
    kind: String,
    /// By which operation.
    #[schema(max_length = 64, example = "get_case")]
    operation_id: String,
    /// When.
    at: DateTime<FixedOffset>,
    /// Why, where a reason was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// The hash of the entry, over its bytes and the hash before it.
    #[schema(max_length = 64)]
    hash: String,
    /// The hash of the entry before.
    #[schema(max_length = 64)]
    previous_hash: String,
}

/// A page of the access log, newest first.
#[derive(Serialize, ToSchema)]
pub struct AccessPage {
    /// The entries of this page.
    #[schema(max_items = 100)]
    items: Vec<Access>,
    /// Where the next page begins; absent on the last.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    next_cursor: Option<String>,
}

/// Which page, and of whose readings.
#[derive(Debug, Clone, Deserialize, Serialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct AccessFilters {
    /// Only what this member of staff read.
    staff_id: Option<Uuid>,
    /// How many items; 20 if not said.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    cursor: Option<String>,
}

fn kinds() -> Object {
    codes::closed(&["case", "opening", "complainant", "identity", "personal_data"])
}

impl Access {
    fn new(record: ReadingRecord, caller: &Caller) -> Result<Self, Problem> {
        let said: ReadingBody = serde_json::from_slice(&record.body).map_err(Problem::internal)?;
        let names = &caller.law.names.people;
        Ok(Self {
            sequence: record.sequence,
            reader: StaffName {
                staff_id: record.staff_id,
                name: names.get(&StaffId(record.staff_id)).cloned().unwrap_or_default(),
            },
            case_id: record.case_id,
            kind: record.kind,
            operation_id: said.operation,
            at: caller.law.calendar.local(record.at),
            reason: record.reason,
            hash: record.hash.to_string(),
            previous_hash: record.previous_hash.to_string(),
        })
    }
}

/// Lets pass who oversees: who may order a supervision or review an emergency reading in the whole office, and the
/// office's administrator, who reads no case.
fn oversees(caller: &Caller) -> Result<(), Problem> {
    let rulebook = &caller.law.rulebook;
    let may = |deed| {
        caller.positions_held().iter().any(|name| {
            rulebook
                .position(name)
                .is_some_and(|position| position.may_do(deed))
        })
    };
    if may(Deed::SupervisionOrder) || caller.administrator {
        Ok(())
    } else {
        Err(Kind::NotPermitted.into())
    }
}

/// A page of the log, of one case or of all, without what the caller is barred from.
async fn page(
    name: &str,
    case_id: Option<Uuid>,
    filters: &AccessFilters,
    caller: &Caller,
    desk: &Desk,
) -> Result<AccessPage, Problem> {
    let belongs = (case_id, filters);
    let list = List {
        name,
        caller: caller.staff_id.0,
        filters: &belongs,
    };
    let filter = ReadingFilter {
        case_id,
        staff_id: filters.staff_id,
        keys: caller.keys.clone(),
    };
    let office_id = caller.office_id.0;
    let (rows, next_cursor) = desk
        .page(
            &list,
            filters.limit,
            filters.cursor.as_deref(),
            move |archive, before, most| archive.list_readings(office_id, &filter, before, most),
            |entry| entry.sequence,
        )
        .await?;
    Ok(AccessPage {
        next_cursor,
        items: rows
            .into_iter()
            .map(|record| Access::new(record, caller))
            .collect::<Result<_, _>>()?,
    })
}
