//! Who owes what, by when, under which clause. Duties are derived from a case: from its facts, the
//! rulebook and the calendar. Nothing here is ever edited; what was derived is recorded by events
//! (`DutyOpened`, `DutyMoved`, `DutyDischarged`, `DutyLapsed`), so that a later rule or calendar
//! never rewrites what is over.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

use crate::case::{Case, Context};
use crate::ids::{DutyId, StaffId, ThingId, UnitId};
use crate::responsibility::is_one_of;
use crate::rulebook::{DutyRule, Entry, Force, Lapse};
use crate::time_limit::{Counting, Limit, Pause, Within};
use crate::words::{ClauseId, Deed, PositionName, Status};

mod owed;
mod recount;

pub use owed::{due, owed, past};
pub(crate) use recount::is_left;
pub use recount::recounted;

/// What somebody owes on a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duty {
    /// Its id.
    pub id: DutyId,
    /// Which duty of the case it is.
    pub key: DutyKey,
    /// Where it rests.
    pub clause: ClauseId,
    /// What is owed.
    pub terms: Terms,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// The steps of its ladder that were taken.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub steps_taken: BTreeSet<String>,
}

/// Which duty: the rule's name, or the deed on the way; in which round, about which thing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct DutyKey {
    /// The rule's name, or the deed's word for what is owed on the way to another duty.
    pub name: String,
    /// The round; 0 for what is owed once in the life of the case.
    pub round: u8,
    /// The dispatch, order, report or extension it is about.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thing: Option<ThingId>,
}

/// The content of a duty, as the case's facts give it now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Terms {
    /// The deed that discharges it.
    pub owes: Deed,
    /// Who owes it.
    pub holder: HeldBy,
    /// Where its number comes from.
    pub source: DutySource,
    /// The clause of the duty that waits for this one, if it is owed on the way.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub because: Option<ClauseId>,
    /// What it counts from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub start: Option<Start>,
    /// How long it runs; absent for a duty without a limit of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<Limit>,
    /// How it is counted.
    pub counting: Counting,
    /// While it does not run.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
    /// The clauses of the other limits that run for the same deed.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub beside: BTreeSet<ClauseId>,
    /// Where that leads; absent for a limit without a number, and while it stands still.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due: Option<Due>,
    /// The calendar it was counted with.
    pub calendar_version: u32,
    /// Whether it must be kept, or "normally".
    pub force: Force,
}

/// Where the number of a duty comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DutySource {
    /// A rulebook.
    Rulebook,
    /// Somebody's order on this case.
    Order,
}

/// The event that a limit counts from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Start {
    /// When it happened.
    pub at: DateTime<Utc>,
    /// The number of its entry.
    pub sequence: u64,
}

/// A due date.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Due {
    /// The last day that is in time.
    pub on: NaiveDate,
    /// The first instant that is too late.
    pub at: DateTime<Utc>,
    /// Whether it reaches a year whose holidays are not published.
    pub provisional: bool,
}

/// Who: a person, a unit, a position, or several of these together.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct HeldBy {
    /// A member of staff.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffId>,
    /// A unit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// A position.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub position: Option<PositionName>,
}

/// The judgement on a limit, formed once, when its duty ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Verdict {
    /// Done before the first instant that is too late.
    OnTime,
    /// Done after it.
    Late,
}

impl Terms {
    /// Since when it stands still, if it was not over before.
    #[must_use]
    pub fn paused_since(&self) -> Option<DateTime<Utc>> {
        let open = self.pauses.iter().filter(|pause| pause.to.is_none());
        open.map(|pause| pause.from)
            .min()
            .filter(|_| self.due.is_none() && self.has_a_number())
    }

    /// Whether both count as much by the same rules from the same start. A due date that is over then can only be made
    /// another by the calendar: no pause that begins after it changes it.
    pub(crate) fn is_counted_as(&self, other: &Self) -> bool {
        self.start == other.start && self.limit == other.limit && self.counting == other.counting
    }

    fn has_a_number(&self) -> bool {
        self.limit.as_ref().is_some_and(|limit| match limit.within {
            Within::SameDay | Within::Span(_) => true,
            Within::Immediately | Within::Promptly | Within::AsPrescribed => false,
        })
    }

    /// The verdict on something done at this instant; nobody is late while the limit stands still.
    #[must_use]
    pub fn verdict(&self, done_at: DateTime<Utc>) -> Option<Verdict> {
        match &self.due {
            Some(due) => Some(due.verdict(done_at)),
            None => self.paused_since().map(|_| Verdict::OnTime),
        }
    }
}

impl Due {
    /// The verdict on something done at this instant.
    #[must_use]
    pub fn verdict(&self, done_at: DateTime<Utc>) -> Verdict {
        if done_at < self.at {
            Verdict::OnTime
        } else {
            Verdict::Late
        }
    }
}

/// The rule of a duty, unless it is owed on the way or whatever the rulebook.
#[must_use]
pub fn rule_of<'r>(key: &DutyKey, context: &Context<'r>) -> Option<&'r Entry<DutyRule>> {
    context
        .rulebook
        .duties()
        .iter()
        .find(|rule| rule.name.as_str() == key.name)
}

/// Whether what is owed counts as done once the time for it is over.
#[must_use]
pub fn is_deemed_on_lapse(duty: &Duty, context: &Context) -> bool {
    rule_of(&duty.key, context).is_some_and(|rule| rule.lapse == Lapse::Deemed)
}

/// The dispatches whose form counts as received once the time to sign for it lapses, and when that is.
pub fn receipts_to_deem<'c>(
    case: &'c Case,
    context: &'c Context,
) -> impl Iterator<Item = (ThingId, DateTime<Utc>, &'c ClauseId)> {
    case.duties
        .iter()
        .filter(|duty| duty.terms.owes == Deed::ReceiptOfForm)
        .filter(|duty| is_deemed_on_lapse(duty, context))
        .filter_map(|duty| Some((duty.key.thing?, duty.terms.due.as_ref()?.at, &duty.clause)))
}

/// Whether the first receiver's tracking is all this duty is.
#[must_use]
pub fn is_tracking(duty: &Duty) -> bool {
    duty.key.name == "tracking"
}

/// Whether nobody who works here could do what this holder owes.
#[must_use]
pub fn is_nobodys(holder: &HeldBy, owes: Deed, case: &Case, context: &Context) -> bool {
    !context.directory.staff.iter().any(|(staff, member)| {
        !case.bars(*staff)
            && is_one_of(*staff, holder, context)
            && member
                .positions
                .iter()
                .filter_map(|name| context.rulebook.position(name))
                .any(|position| position.may_do(owes))
    })
}

/// Whether an open case is somebody's: some duty but the tracking one is open.
#[must_use]
pub fn lands_somewhere(case: &Case) -> bool {
    !case.status.is_open()
        || case.status == Status::Closed
        || case.duties.iter().any(|duty| !is_tracking(duty))
}
