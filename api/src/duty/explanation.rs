//! Why a duty is due when it is: the count itself, told day by day.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::case::{Case, Context};
use domain::duty::{Duty, rule_of};
use domain::time_limit::{Count, CountedDay, Reason, StartDay, sentence_en, sentence_zh};
use domain::words::Deed;
use persistence::case::KeptEntry;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::case::codes;
use crate::case::view::{Amount, Ends, Teller};
use crate::problem::ClauseView;

/// How a due date was counted: the trace of the computation, not a second one.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct DutyExplanation {
    /// The duty.
    duty_id: Uuid,
    /// The clause of the limit.
    clause: ClauseView,
    /// What it was counted from; absent for a duty that counts from nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    start: Option<CountStart>,
    /// The limit; absent where no number is set.
    #[serde(skip_serializing_if = "Option::is_none")]
    limit: Option<Amount>,
    /// The extensions granted, in their order.
    #[schema(max_items = 100)]
    extensions: Vec<Amount>,
    /// Whether the day on which it starts is counted.
    count_start_day: bool,
    /// The calendar it was counted over.
    calendar: CalendarName,
    /// The days walked over, counted or passed over, and why.
    #[schema(max_items = 800)]
    days: Vec<DayView>,
    /// Whether more days were walked than are listed.
    days_truncated: bool,
    /// The day of rest that would have been the last, had the end not moved.
    #[serde(skip_serializing_if = "Option::is_none")]
    rolled_from: Option<NaiveDate>,
    /// Where it ends; absent where nothing could be counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    ends: Option<Ends>,
    /// Years without a published notice that decided something.
    #[schema(schema_with = years)]
    provisional_years: Vec<i32>,
    /// Other limits that run beside it for the same deed.
    #[schema(max_items = 50)]
    others: Vec<OtherLimit>,
    /// The same, read aloud.
    #[schema(max_length = 4000)]
    sentence: String,
}

/// What a count starts from.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CountStart {
    /// The number of the event.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    event_sequence: u64,
    /// What happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64, example = "DispatchSigned")]
    event_type: Option<&'static str>,
    /// When.
    at: DateTime<FixedOffset>,
    /// The office's date of it.
    day_zero: NaiveDate,
}

/// One version of a calendar.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct CalendarName {
    /// Its code.
    #[schema(max_length = 64)]
    pub(crate) code: String,
    /// Its version.
    #[schema(minimum = 0, maximum = 2_147_483_647)]
    pub(crate) version: u32,
}

/// One day of a count.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CountedDay)]
pub(crate) struct DayView {
    /// The day.
    date: NaiveDate,
    /// Which day of the limit it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 100_000)]
    number: Option<u32>,
    /// Whether it was counted.
    counted: bool,
    /// Of hours: how many minutes of it were counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 1500)]
    minutes: Option<i64>,
    /// Why it was counted or not.
    #[schema(schema_with = reason)]
    reason: &'static str,
    /// The holiday or local day.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    name: Option<String>,
}

/// Another limit for the same deed.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct OtherLimit {
    /// Its duty.
    duty_id: Uuid,
    /// Its clause.
    clause: ClauseView,
    /// When it is over.
    due_at: DateTime<FixedOffset>,
    /// Whether it is over before this one.
    leads: bool,
}

impl DutyExplanation {
    /// Explains a duty by its count; `started` is the entry that the count starts from.
    pub(crate) fn new(
        duty: &Duty,
        case: &Case,
        count: Option<&Count>,
        started: Option<&KeptEntry>,
        teller: &Teller,
    ) -> Self {
        let terms = &duty.terms;
        let limit = terms.limit.as_ref();
        Self {
            duty_id: duty.id.0,
            clause: teller.clause(&duty.clause),
            start: terms.start.as_ref().map(|start| CountStart {
                event_sequence: start.sequence,
                event_type: started.map(|kept| (&kept.entry.event).into()),
                at: teller.instant(start.at),
                day_zero: teller.date(start.at),
            }),
            limit: limit.and_then(|limit| Amount::of_limit(limit.within)),
            extensions: limit
                .map(|limit| limit.extensions.iter().copied().map(Amount::from).collect())
                .unwrap_or_default(),
            count_start_day: terms.counting.start_day == StartDay::Counted,
            calendar: CalendarName {
                code: teller.law.calendar.code().to_owned(),
                version: terms.calendar_version,
            },
            days: count
                .map(|count| count.days.iter().map(day).collect())
                .unwrap_or_default(),
            days_truncated: count.is_some_and(|count| count.days_truncated),
            rolled_from: count.and_then(|count| count.rolled_from),
            ends: terms.due.as_ref().map(|due| Ends {
                due_on: due.on,
                due_at: teller.instant(due.at),
            }),
            provisional_years: count
                .map(|count| count.provisional_years.clone())
                .unwrap_or_default(),
            others: others(duty, case, teller),
            sentence: sentence(duty, case, count, teller),
        }
    }
}

/// A day of a count, as it is told.
pub(crate) fn day(day: &CountedDay) -> DayView {
    DayView {
        date: day.date,
        number: day.number,
        counted: day.counted,
        minutes: day.time.map(|time| time.num_minutes()),
        reason: match day.reason {
            Reason::WorkingDay => "working_day",
            Reason::MakeupWorkday => "makeup_workday",
            Reason::LocalWorkday => "local_workday",
            Reason::Weekend => "weekend",
            Reason::Holiday => "holiday",
            Reason::LocalDayOff => "local_day_off",
            Reason::StartDay => "start_day",
            Reason::Paused => "paused",
            Reason::AfterHours => "after_hours",
            Reason::RolledTo => "rolled_to",
        },
        name: day.name.clone(),
    }
}

fn others(duty: &Duty, case: &Case, teller: &Teller) -> Vec<OtherLimit> {
    let own = duty.terms.due.as_ref().map(|due| due.at);
    case.duties
        .iter()
        .filter(|other| {
            other.id != duty.id && other.terms.owes == duty.terms.owes && other.key.thing == duty.key.thing
        })
        .filter_map(|other| {
            let due_at = other.terms.due.as_ref()?.at;
            Some(OtherLimit {
                duty_id: other.id.0,
                clause: teller.clause(&other.clause),
                due_at: teller.instant(due_at),
                leads: own.is_none_or(|own| due_at < own),
            })
        })
        .collect()
}

/// The count read aloud; for a duty without a number, that it has none.
pub(crate) fn sentence(duty: &Duty, case: &Case, count: Option<&Count>, teller: &Teller) -> String {
    let from = started_by(duty, case, &teller.context());
    match count {
        Some(count) => teller.say(
            sentence_zh(count, &from.zh()),
            sentence_en(count, &format!("there was this: {}", from.en())),
        ),
        None => teller.say(
            "规定没有给出可计算的期限。",
            "The regulation gives no length of time that could be counted.",
        ),
    }
}

/// The deed that the duty counts from: the one that its rule names. What is owed on the way counts from what the duty
/// that waits for it counts from; what has no rule, from what was done in the entry at its start; what counts from
/// nothing has but itself.
fn started_by(duty: &Duty, case: &Case, context: &Context) -> Deed {
    if let Some(rule) = rule_of(&duty.key, context) {
        return rule.from;
    }
    let entry = duty.terms.start.map(|start| start.sequence);
    let done = || case.done.iter().filter(|done| Some(done.sequence) == entry);
    let rules = context.rulebook.duties();
    // One entry can do several deeds. The rule of the barred duty knows best which of them counts, then any rule.
    let barred = rules
        .iter()
        .filter(|rule| Some(&rule.clause) == duty.terms.because.as_ref());
    barred
        .chain(rules)
        .map(|rule| rule.from)
        .find(|from| done().any(|done| from.covers(done.deed)))
        .or_else(|| done().next().map(|done| done.deed))
        .unwrap_or(duty.terms.owes)
}

/// The schema of a list of years.
pub(crate) fn years() -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, SchemaType, Type};
    let year = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Integer))
        .minimum(Some(1))
        .maximum(Some(9999));
    ArrayBuilder::new().items(year).max_items(Some(110)).build()
}

fn reason() -> utoipa::openapi::schema::Object {
    codes::open(&[
        "working_day",
        "makeup_workday",
        "local_workday",
        "weekend",
        "holiday",
        "local_day_off",
        "start_day",
        "paused",
        "after_hours",
        "rolled_to",
    ])
}
