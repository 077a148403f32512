//! The rows that a batch leaves behind, each written down once: field, Rust type, SQL type.

use chrono::{DateTime, NaiveDate, Utc};
use diesel::pg::Pg;
use diesel::sql_types::{Array, BigInt, Binary, Bool, Date, Nullable, SmallInt, Text};
use diesel::sqlite::Sqlite;
use uuid::Uuid;

use crate::sql_types::{Id, Instant};
use crate::statement::{As, Values};

/// A kind of row: a struct whose fields are its columns, bound row by row or column by column.
macro_rules! row {
    ($(#[$about:meta])* $row:ident { $($field:ident: $rust:ty => $sql:ty,)+ }) => {
        $(#[$about])*
        #[derive(Debug, Clone, PartialEq, Eq)]
        pub(crate) struct $row {
            $(pub(crate) $field: $rust,)+
        }

        impl $row {
            /// The names of the columns.
            pub(crate) const COLUMNS: &'static [&'static str] = &[$(stringify!($field)),+];

            /// The values of this row.
            pub(crate) fn values(&self) -> Values<'_, Sqlite> {
                vec![$(Box::new(As::<$sql, &$rust>::new(&self.$field)),)+]
            }

            /// The values of many rows, an array for each column.
            pub(crate) fn arrays(rows: &[Self]) -> Values<'_, Pg> {
                vec![$(Box::new(As::<Array<$sql>, Vec<&$rust>>::new(
                    rows.iter().map(|row| &row.$field).collect(),
                )),)+]
            }
        }
    };
}

row! {
    /// The narrow row of a case. `fresh` is no column: it says that the case was not there before.
    CaseRow {
        office_id: Uuid => Id,
        id: Uuid => Id,
        case_no: Option<String> => Nullable<Text>,
        rulebook_code: String => Text,
        rulebook_version: String => Text,
        version: i64 => BigInt,
        sequence: i64 => BigInt,
        status: String => Text,
        case_type: Option<String> => Nullable<Text>,
        channel: String => Text,
        source: String => Text,
        category: Option<String> => Nullable<Text>,
        severity: Option<String> => Nullable<Text>,
        urgency: Option<String> => Nullable<Text>,
        flags: String => Text,
        confidential: bool => Bool,
        round: i16 => SmallInt,
        lead_unit_id: Option<Uuid> => Nullable<Id>,
        first_receiver_id: Option<Uuid> => Nullable<Id>,
        handler_id: Option<Uuid> => Nullable<Id>,
        received_at: DateTime<Utc> => Instant,
        registered_at: Option<DateTime<Utc>> => Nullable<Instant>,
        accepted_at: Option<DateTime<Utc>> => Nullable<Instant>,
        replied_at: Option<DateTime<Utc>> => Nullable<Instant>,
        closed_at: Option<DateTime<Utc>> => Nullable<Instant>,
        archived_at: Option<DateTime<Utc>> => Nullable<Instant>,
        next_due_at: Option<DateTime<Utc>> => Nullable<Instant>,
        next_due_on: Option<NaiveDate> => Nullable<Date>,
        next_due_duty_id: Option<Uuid> => Nullable<Id>,
        next_due_hard: bool => Bool,
        next_look_at: Option<DateTime<Utc>> => Nullable<Instant>,
        imported: bool => Bool,
        fresh: bool => Bool,
    }
}

row! {
    /// The fat row of a case; `fresh` as in the narrow one.
    StateRow {
        office_id: Uuid => Id,
        case_id: Uuid => Id,
        document: String => Text,
        sight: String => Text,
        head: Vec<u8> => Binary,
        fresh: bool => Bool,
    }
}

row! {
    /// An entry with its place in the chain.
    EventRow {
        office_id: Uuid => Id,
        case_id: Uuid => Id,
        sequence: i64 => BigInt,
        event_type: String => Text,
        occurred_at: DateTime<Utc> => Instant,
        recorded_at: DateTime<Utc> => Instant,
        body: Vec<u8> => Binary,
        previous_hash: Vec<u8> => Binary,
        hash: Vec<u8> => Binary,
    }
}

row! {
    /// A text, sealed.
    TextRow {
        office_id: Uuid => Id,
        case_id: Uuid => Id,
        id: Uuid => Id,
        kind: String => Text,
        sealed: Vec<u8> => Binary,
        created_at: DateTime<Utc> => Instant,
    }
}

row! {
    /// The key of a fresh case, wrapped.
    KeyRow {
        office_id: Uuid => Id,
        case_id: Uuid => Id,
        master_key: String => Text,
        wrapped: Vec<u8> => Binary,
    }
}

row! {
    /// What a complainant is found by.
    MarkRow {
        office_id: Uuid => Id,
        kind: String => Text,
        hash: Vec<u8> => Binary,
        case_id: Uuid => Id,
    }
}

row! {
    /// A duty, open or over.
    DutyRow {
        office_id: Uuid => Id,
        id: Uuid => Id,
        case_id: Uuid => Id,
        rule: String => Text,
        clause: String => Text,
        owes: String => Text,
        source: String => Text,
        holder_staff_id: Option<Uuid> => Nullable<Id>,
        holder_unit_id: Option<Uuid> => Nullable<Id>,
        holder_position: Option<String> => Nullable<Text>,
        case_no: Option<String> => Nullable<Text>,
        case_type: Option<String> => Nullable<Text>,
        severity: Option<String> => Nullable<Text>,
        round: i16 => SmallInt,
        unit_id: Option<Uuid> => Nullable<Id>,
        start_on: Option<NaiveDate> => Nullable<Date>,
        limit_text: Option<String> => Nullable<Text>,
        due_on: Option<NaiveDate> => Nullable<Date>,
        due_at: Option<DateTime<Utc>> => Nullable<Instant>,
        hard: bool => Bool,
        provisional: bool => Bool,
        calendar_version: Option<i64> => Nullable<BigInt>,
        state: String => Text,
        opened_at: DateTime<Utc> => Instant,
        ended_at: Option<DateTime<Utc>> => Nullable<Instant>,
        verdict: Option<String> => Nullable<Text>,
        document: String => Text,
    }
}

row! {
    /// A key that opens a case, or bars it.
    SightRow {
        office_id: Uuid => Id,
        case_id: Uuid => Id,
        key: String => Text,
        barred: bool => Bool,
        received_at: DateTime<Utc> => Instant,
    }
}

row! {
    /// What a case says.
    SearchRow {
        office_id: Uuid => Id,
        case_id: Uuid => Id,
        words: String => Text,
    }
}

row! {
    /// What a key remembers.
    AnswerRow {
        office_id: Uuid => Id,
        caller: String => Text,
        operation: String => Text,
        key: String => Text,
        request_hash: Vec<u8> => Binary,
        outcome: String => Text,
        created_at: DateTime<Utc> => Instant,
    }
}

row! {
    /// Which entries of a case are new and to be told outside: one row for each case of a batch.
    OutboxRow {
        office_id: Uuid => Id,
        case_id: Uuid => Id,
        first_sequence: i64 => BigInt,
        last_sequence: i64 => BigInt,
        recorded_at: DateTime<Utc> => Instant,
    }
}

row! {
    /// What somebody is told.
    NotificationRow {
        office_id: Uuid => Id,
        staff_id: Uuid => Id,
        id: Uuid => Id,
        case_id: Uuid => Id,
        sequence: i64 => BigInt,
        kind: String => Text,
        clause: Option<String> => Nullable<Text>,
        duty_id: Option<Uuid> => Nullable<Id>,
        told_at: DateTime<Utc> => Instant,
    }
}

/// Everything that a batch leaves behind. A case, a duty and a key stand in it once at most.
#[derive(Debug, Default)]
pub(crate) struct Writes {
    pub(crate) cases: Vec<CaseRow>,
    pub(crate) states: Vec<StateRow>,
    pub(crate) events: Vec<EventRow>,
    pub(crate) texts: Vec<TextRow>,
    pub(crate) keys: Vec<KeyRow>,
    pub(crate) marks: Vec<MarkRow>,
    pub(crate) duties: Vec<DutyRow>,
    pub(crate) sight_lost: Vec<SightRow>,
    pub(crate) sight_gained: Vec<SightRow>,
    /// What fresh cases say.
    pub(crate) said: Vec<SearchRow>,
    /// Cases that were there before and say more now.
    pub(crate) saying_more: Vec<(Uuid, Uuid)>,
    pub(crate) answers: Vec<AnswerRow>,
    pub(crate) outbox: Vec<OutboxRow>,
    pub(crate) notifications: Vec<NotificationRow>,
    /// Cases of which nothing that a person wrote is to stay.
    pub(crate) erased: Vec<(Uuid, Uuid)>,
}

impl Writes {
    /// Whether there is nothing to write.
    pub(crate) fn is_empty(&self) -> bool {
        self.cases.is_empty() && self.answers.is_empty() && self.texts.is_empty()
    }
}
