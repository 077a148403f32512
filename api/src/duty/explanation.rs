//! Why a duty is due when it is: the count itself, told day by day.

use chrono::{DateTime, FixedOffset, NaiveDate};
use domain::case::{Case, Context};
use domain::duty::{Duty, rule_of};
use domain::rulebook::Force;
use domain::time_limit::{Count, CountedDay, DayEnd, Reason, RestDay, StartDay, sentence_en, sentence_zh};
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
    /// Whether it must be kept, or holds "normally".
    #[schema(schema_with = force)]
    force: &'static str,
    /// The extensions granted, in their order.
    #[schema(max_items = 100)]
    extensions: Vec<Amount>,
    /// What each extension rests on, and when it was granted; in the same order.
    #[schema(max_items = 100)]
    grants: Vec<Grant>,
    /// While it did not run.
    #[schema(max_items = 1000)]
    pauses: Vec<PauseView>,
    /// Since when it stands still; then it has no end yet.
    #[serde(skip_serializing_if = "Option::is_none")]
    paused_since: Option<DateTime<FixedOffset>>,
    /// Whether the day on which it starts is counted.
    count_start_day: bool,
    /// When its last day is over.
    #[schema(schema_with = last_day_ends)]
    last_day_ends: &'static str,
    /// What becomes of a last day that is a day of rest.
    #[schema(schema_with = on_rest_day)]
    on_rest_day: &'static str,
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
    /// The reason in words.
    #[schema(max_length = 100, example = "make-up workday")]
    label: String,
}

/// An extension that was granted.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ExtensionGrant)]
pub(crate) struct Grant {
    /// By how much.
    amount: Amount,
    /// The clause that allows it.
    clause: ClauseView,
    /// When.
    granted_at: DateTime<FixedOffset>,
}

/// A time during which a limit did not run.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = CountPause)]
pub(crate) struct PauseView {
    /// The rulebook's name of the ground.
    #[schema(max_length = 40, example = "waiting_for_material")]
    ground: String,
    /// The clause of the ground.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<ClauseView>,
    /// When it began.
    from: DateTime<FixedOffset>,
    /// When it ended; absent while it lasts.
    #[serde(skip_serializing_if = "Option::is_none")]
    to: Option<DateTime<FixedOffset>>,
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
            force: match terms.force {
                Force::Must => "must",
                Force::Normally => "normally",
            },
            grants: grants(duty, case, teller),
            pauses: pauses(duty, case, teller),
            paused_since: terms.paused_since().map(|since| teller.instant(since)),
            count_start_day: terms.counting.start_day == StartDay::Counted,
            last_day_ends: match terms.counting.last_day_ends {
                DayEnd::Midnight => "midnight",
                DayEnd::ClosingTime => "closing_time",
            },
            on_rest_day: match terms.counting.on_rest_day {
                RestDay::NextWorkingDay => "next_working_day",
                RestDay::Stays => "stays",
            },
            calendar: CalendarName {
                code: teller.law.calendar.code().to_owned(),
                version: terms.calendar_version,
            },
            days: count
                .map(|count| count.days.iter().map(|it| day(it, teller)).collect())
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

/// The word of a reason, and the reason in the reader's language.
fn reason_of(day: &CountedDay, teller: &Teller) -> (&'static str, String) {
    let (word, zh, en) = match day.reason {
        Reason::WorkingDay => ("working_day", "工作日", "working day"),
        Reason::MakeupWorkday => ("makeup_workday", "调休上班", "make-up workday"),
        Reason::LocalWorkday => ("local_workday", "本单位上班", "worked by this office"),
        Reason::Weekend => ("weekend", "休息日", "weekend"),
        Reason::Holiday => ("holiday", "放假", "holiday"),
        Reason::LocalDayOff => ("local_day_off", "本单位放假", "day off of this office"),
        Reason::StartDay => ("start_day", "开始当日不计", "the day it starts is not counted"),
        Reason::Paused => ("paused", "暂停计算", "paused"),
        Reason::AfterHours => ("after_hours", "已下班", "after closing time"),
        Reason::RolledTo => (
            "rolled_to",
            "期满日为休息日,顺延至此",
            "takes the place of a day of rest",
        ),
    };
    (word, teller.say(zh, en))
}

/// A day of a count, as it is told.
pub(crate) fn day(day: &CountedDay, teller: &Teller) -> DayView {
    let (reason, label) = reason_of(day, teller);
    DayView {
        date: day.date,
        number: day.number,
        counted: day.counted,
        minutes: day.time.map(|time| time.num_minutes()),
        reason,
        name: day.name.clone(),
        label,
    }
}

fn grants(duty: &Duty, case: &Case, teller: &Teller) -> Vec<Grant> {
    let asked = case.extensions.iter().filter(|asked| asked.duty == duty.key);
    asked
        .filter_map(|asked| {
            let (at, granted) = asked.decided?;
            Some(Grant {
                amount: granted?.into(),
                clause: teller.clause(&asked.clause),
                granted_at: teller.instant(at),
            })
        })
        .collect()
}

/// The suspensions that stopped this very limit, as it was counted.
fn pauses(duty: &Duty, case: &Case, teller: &Teller) -> Vec<PauseView> {
    let stopped = |from, to| {
        let mut pauses = duty.terms.pauses.iter();
        pauses.any(|pause| pause.from == from && pause.to == to)
    };
    case.suspensions
        .iter()
        .filter(|it| stopped(it.from, it.ended_at))
        .map(|it| PauseView {
            ground: it.ground.to_string(),
            clause: it.clause.as_ref().map(|clause| teller.clause(clause)),
            from: teller.instant(it.from),
            to: it.ended_at.map(|at| teller.instant(at)),
        })
        .collect()
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

fn force() -> utoipa::openapi::schema::Object {
    codes::open(&["must", "normally"])
}

fn last_day_ends() -> utoipa::openapi::schema::Object {
    codes::open(&["midnight", "closing_time"])
}

fn on_rest_day() -> utoipa::openapi::schema::Object {
    codes::open(&["next_working_day", "stays"])
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
