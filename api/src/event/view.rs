//! An entry of a case's book as it is answered.

use chrono::{DateTime, FixedOffset};
use domain::case::event::By;
use persistence::case::KeptEntry;
use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;
use uuid::Uuid;

use super::summary;
use crate::case::codes;
use crate::case::view::{StaffName, Teller};
use crate::password::hexadecimal;
use crate::problem::ClauseView;

/// What happened on a case: one link of its chain.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Event)]
pub(crate) struct EventView {
    /// Its number, from 1 without a gap.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    sequence: u64,
    /// What kind of event it is.
    #[schema(max_length = 64, example = "DispatchSigned")]
    event_type: &'static str,
    /// When it happened.
    occurred_at: DateTime<FixedOffset>,
    /// When it was recorded.
    recorded_at: DateTime<FixedOffset>,
    /// Who did it.
    actor: ActorView,
    /// The clause it rests on.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<ClauseView>,
    /// What happened, for people.
    #[schema(max_length = 200)]
    summary: String,
    /// Ids, codes, days: fixed for each kind of event; never a person's words or data.
    #[schema(schema_with = codes::data)]
    data: Value,
    /// The texts it refers to.
    #[schema(max_items = 100)]
    text_ids: Vec<Uuid>,
    /// SHA-256 over the hash before and the exact bytes of the entry.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    hash: String,
    /// The hash of the entry before.
    #[schema(min_length = 64, max_length = 64, pattern = "^[0-9a-f]{64}$")]
    previous_hash: String,
}

/// Who did something.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ActorView {
    /// A member of staff, the office's administrator, a rule, the clock, or an import.
    #[schema(schema_with = actor_kind)]
    kind: &'static str,
    /// The member of staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    staff: Option<StaffName>,
    /// The positions that permitted it.
    #[schema(schema_with = codes::words)]
    positions: Vec<String>,
    /// The unit of the member of staff.
    #[serde(skip_serializing_if = "Option::is_none")]
    unit_id: Option<Uuid>,
    /// In whose place it was done, under a recorded delegation.
    #[serde(skip_serializing_if = "Option::is_none")]
    acting_for: Option<StaffName>,
}

/// A page of events.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct EventPage {
    /// The events, oldest first.
    #[schema(max_items = 100)]
    pub(crate) items: Vec<EventView>,
    /// Where the next page begins; absent on the last one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 1000)]
    pub(crate) next_cursor: Option<String>,
}

impl EventView {
    /// The entry, told to this caller.
    pub(crate) fn new(kept: &KeptEntry, teller: &Teller) -> Self {
        let entry = &kept.entry;
        let data = data_of(kept);
        let mut text_ids = Vec::new();
        collect_texts(&data, &mut text_ids);
        let (zh, en) = summary::of(&entry.event);
        Self {
            sequence: entry.sequence,
            event_type: (&entry.event).into(),
            occurred_at: teller.instant(entry.occurred_at),
            recorded_at: teller.instant(entry.recorded_at),
            actor: ActorView::new(&entry.by, teller),
            clause: entry.clause.as_ref().map(|clause| teller.clause(clause)),
            summary: teller.say(zh, en),
            data,
            text_ids,
            hash: hexadecimal(&kept.hash),
            previous_hash: hexadecimal(&kept.previous_hash),
        }
    }
}

impl ActorView {
    pub(crate) fn new(by: &By, teller: &Teller) -> Self {
        let nobody = |kind| Self {
            kind,
            staff: None,
            positions: Vec::new(),
            unit_id: None,
            acting_for: None,
        };
        match by {
            By::Staff {
                staff,
                positions,
                unit,
                acting_for,
            } => Self {
                kind: "staff",
                staff: Some(teller.staff_name(*staff)),
                positions: positions.iter().map(ToString::to_string).collect(),
                unit_id: unit.map(|unit| unit.0),
                acting_for: acting_for.map(|principal| teller.staff_name(principal)),
            },
            By::Administrator { staff } => Self {
                staff: Some(teller.staff_name(*staff)),
                ..nobody("administrator")
            },
            By::Rule => nobody("rule"),
            By::Clock => nobody("clock"),
            By::Import => nobody("import"),
        }
    }
}

/// What the event carries, as an object whatever it is.
fn data_of(kept: &KeptEntry) -> Value {
    let event = serde_json::to_value(&kept.entry.event).unwrap_or_default();
    match event.get("data") {
        Some(Value::Object(members)) => Value::Object(members.clone()),
        _ => Value::Object(serde_json::Map::new()),
    }
}

/// The references to texts in what an event carries: objects with an id and a commitment.
fn collect_texts(value: &Value, found: &mut Vec<Uuid>) {
    match value {
        Value::Object(members) => {
            let id = members.get("id").and_then(Value::as_str);
            if members.contains_key("commitment")
                && let Some(id) = id.and_then(|id| id.parse().ok())
            {
                found.push(id);
            }
            members.values().for_each(|member| collect_texts(member, found));
        }
        Value::Array(items) => items.iter().for_each(|item| collect_texts(item, found)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn actor_kind() -> utoipa::openapi::schema::Object {
    codes::closed(&["staff", "administrator", "rule", "clock", "import"])
}
