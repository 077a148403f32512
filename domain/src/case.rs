//! The facts of one case, as its events left them: what `decide` reads and `after` writes. Texts
//! and people lie beside the case; what grows without bound (activities, evidence, the history)
//! is kept as events only.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};

pub mod after;
pub mod command;
pub mod comparison;
pub mod decide;
pub mod event;
mod facts;
mod overlay;
pub mod permitted;
pub mod refusal;
pub mod secrecy;
pub mod status;
#[cfg(test)]
mod tests;

pub use command::{Act, Command};
pub use decide::{Context, decide};
pub use event::{By, Entry, Event};
pub use overlay::{Appeal, AppealDecided, ApprovalRequest, LegalHold, Suspension, TakenUp};
pub use permitted::{Permission, Possible, possibilities};
pub use refusal::{Missing, Refusal};

use crate::directory::Directory;
use crate::duty::{Duty, DutyKey, HeldBy};
use crate::ids::{CaseId, OfficeId, StaffId, ThingId, UnitId};
use crate::text::Text;
use crate::time_limit::Span;
use crate::words::{
    AxisName, CaseType, Channel, ClauseId, Deed, DispatchRole, Fault, Field, PositionName, RulebookCode,
    Satisfaction, Source, Status, Word,
};
use command::{Complainant, Ending, Investigation, Plan, Receipt, Respondent};
use status::{Scope, scope};

/// One case (案件).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Case {
    /// Its id.
    pub id: CaseId,
    /// The office that has it.
    pub office: OfficeId,
    /// The rulebook it lives under.
    pub rulebook: RulebookCode,
    /// Its version.
    pub rulebook_version: String,
    /// Where it stands; follows from deeds, never written by itself.
    pub status: Status,
    /// Raised by every command that changes what may be decided.
    pub version: u64,
    /// The number of its last entry.
    pub sequence: u64,
    /// When its last entry was recorded: whatever becomes of the clocks, nothing is recorded before.
    #[serde(default)]
    pub recorded_at: DateTime<Utc>,
    /// The number that registration gave it.
    pub case_no: Option<String>,
    /// How it came.
    pub channel: Channel,
    /// Who passed it.
    pub source: Source,
    /// When the office got it.
    pub received_at: DateTime<Utc>,
    /// What kind of matter it is.
    pub case_type: Option<CaseType>,
    /// Who complains.
    pub complainant: Complainant,
    /// Who or what is complained of.
    pub respondents: Vec<Respondent>,
    /// A line that names it.
    pub subject: Option<Text>,
    /// The complainant's words.
    pub content: Option<Text>,
    /// Other stated facts, by field.
    pub texts: BTreeMap<Field, Text>,
    /// Amendments; the original texts stay.
    pub corrections: Vec<command::Correction>,
    /// Classifications by axis.
    pub axes: BTreeMap<AxisName, Word>,
    /// Flags.
    pub flags: BTreeSet<Word>,
    /// Who took it in, and who did before him.
    pub first_receiver: FirstReceiver,
    /// Former first receivers, oldest first.
    pub former_first_receivers: Vec<FirstReceiver>,
    /// Who handles it in the office itself.
    pub handler: Option<StaffId>,
    /// Who works with him.
    pub team: BTreeSet<StaffId>,
    /// Who stepped aside.
    pub recused: BTreeSet<StaffId>,
    /// 0 before the first dispatch.
    pub round: u8,
    /// The round that was ordered and is not yet opened.
    pub round_ordered: Option<RoundOrder>,
    /// The unit that the latest instruction names, if it names one.
    pub instructed_unit: Option<UnitId>,
    /// All dispatches of all rounds.
    pub dispatches: Vec<Dispatch>,
    /// What was done, as far as rules ask for it.
    pub done: Vec<Done>,
    /// What the investigation of this round found.
    pub investigation: Option<Investigation>,
    /// The plan in force.
    pub plan: Option<Plan>,
    /// The latest follow-up of this round.
    pub satisfaction: Option<Satisfaction>,
    /// The latest judgement on how it was handled, in this round.
    pub fault: Option<Fault>,
    /// Whether a further dispatch was held necessary, in this round.
    pub second_dispatch_needed: Option<bool>,
    /// Extensions asked for.
    pub extensions: Vec<Extension>,
    /// Pauses of limits.
    #[serde(default)]
    pub suspensions: Vec<Suspension>,
    /// Appeals.
    #[serde(default)]
    pub appeals: Vec<Appeal>,
    /// Approvals asked for.
    #[serde(default)]
    pub approval_requests: Vec<ApprovalRequest>,
    /// Holds on what may be erased.
    #[serde(default)]
    pub legal_holds: Vec<LegalHold>,
    /// Since when it is handled anew, if it had an end before.
    #[serde(default)]
    pub taken_up: Option<TakenUp>,
    /// Supervision orders.
    pub supervision_orders: Vec<SupervisionOrder>,
    /// Reports to leaders.
    pub leader_reports: Vec<LeaderReport>,
    /// Accountability records.
    pub accountability_records: Vec<AccountabilityRecord>,
    /// Requests to lend the records.
    pub lending_requests: Vec<Request>,
    /// Notices that a rule ordered and nobody served yet.
    pub ordered_notices: Vec<(Deed, ClauseId)>,
    /// Who takes the lead, where a rule named somebody.
    pub lead_named: Option<HeldBy>,
    /// Why and how it ended without an answer.
    pub ending: Option<Ending>,
    /// How it passed to who takes it on, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hand_overs: Vec<HandedOver>,
    /// The latest screening.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub screening: Option<command::Screening>,
    /// Whether who handles it was asked for reasons to step aside.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recusal_asked: bool,
    /// Why it was closed.
    pub closing: Option<command::Closing>,
    /// The cases it repeats.
    pub duplicates_of: Vec<CaseId>,
    /// Whether it is history from before the service.
    pub imported: bool,
    /// What the rulebook would have demanded and nobody wrote down.
    pub unrecorded: Vec<String>,
    /// The open duties.
    pub duties: Vec<Duty>,
    /// Duties that were discharged, so that none is owed twice.
    pub discharged: BTreeSet<DutyKey>,
    /// Who may know of it besides whom the rulebook means, and who asked to.
    #[serde(default, skip_serializing_if = "secrecy::Secrecy::is_plain")]
    pub secrecy: secrecy::Secrecy,
    /// In whose place an entry was made, by its number, where a deputy made it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub in_place_of: BTreeMap<u64, StaffId>,
}

/// Who took the matter in (首问责任人).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FirstReceiver {
    /// Who.
    pub staff: StaffId,
    /// His unit.
    pub unit: Option<UnitId>,
    /// Since when.
    pub since: DateTime<Utc>,
}

/// A hand-over that was made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HandedOver {
    /// What was stated.
    pub hand_over: command::HandOver,
    /// Who takes it in from now on; none where the case ended with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receiver: Option<HeldBy>,
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<StaffId>,
}

/// A round that was ordered.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RoundOrder {
    /// Which round is to be opened.
    pub round: u8,
    /// When it was ordered.
    pub at: DateTime<Utc>,
    /// Under which clause.
    pub clause: Option<ClauseId>,
}

/// One unit in one round.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Dispatch {
    /// Its id.
    pub id: ThingId,
    /// The number of the entry that sent it.
    pub sequence: u64,
    /// The round.
    pub round: u8,
    /// Lead, support or joint.
    pub role: DispatchRole,
    /// The unit.
    pub unit: UnitId,
    /// The task.
    pub task: Option<Text>,
    /// When it counts as done.
    pub standard: Option<Text>,
    /// By when, if that was said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// How the form went.
    pub sent_through: Word,
    /// When it was sent.
    pub sent_at: DateTime<Utc>,
    /// Who sent it.
    pub sent_by: Option<StaffId>,
    /// When and how the unit got it.
    pub signed: Option<(DateTime<Utc>, Receipt)>,
    /// Who handles it in the unit.
    pub handler: Option<StaffId>,
    /// Who works with him.
    pub team: BTreeSet<StaffId>,
    /// When it reported back.
    pub reported_back_at: Option<DateTime<Utc>>,
    /// How often the unit gave it back, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub given_back: Vec<GivenBack>,
    /// When and how it was undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub taken_back: Option<(DateTime<Utc>, TakenBack)>,
}

/// A dispatch that its unit gave back (退单).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GivenBack {
    /// When.
    pub at: DateTime<Utc>,
    /// By whom.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<StaffId>,
    /// Why.
    pub reason: Text,
    /// When it was decided, and whether it was agreed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub decided: Option<(DateTime<Utc>, bool)>,
}

/// How a dispatch was undone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, strum::IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TakenBack {
    /// Its unit gave it back, and that was agreed.
    Returned,
    /// Who sent it took it back.
    Recalled,
}

impl Dispatch {
    /// Whether the unit gave it back and nobody has decided yet.
    #[must_use]
    pub fn awaits_decision_on_return(&self) -> bool {
        self.given_back.last().is_some_and(|last| last.decided.is_none())
    }
}

/// A deed that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// The deed.
    pub deed: Deed,
    /// The thing it made.
    pub id: ThingId,
    /// The number of its entry.
    pub sequence: u64,
    /// When.
    pub at: DateTime<Utc>,
    /// Who.
    pub by: Option<StaffId>,
    /// In which positions.
    pub positions: BTreeSet<PositionName>,
    /// In which round.
    pub round: u8,
    /// For which dispatch, if it is a unit's.
    pub dispatch: Option<ThingId>,
    /// What was written.
    pub text: Option<Text>,
    /// False once it was undone: a plan refused, a check not passed.
    pub stands: bool,
}

/// More time, asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Its id.
    pub id: ThingId,
    /// On which duty.
    pub duty: DutyKey,
    /// The clause that allows it: the extension's own, else the duty's.
    pub clause: ClauseId,
    /// How much was asked.
    pub asked: Span,
    /// Why.
    pub reason: Option<Text>,
    /// When it was asked.
    pub asked_at: DateTime<Utc>,
    /// By whom.
    pub asked_by: Option<StaffId>,
    /// The decision: how much was granted, or nothing.
    pub decided: Option<(DateTime<Utc>, Option<Span>)>,
}

/// Raised scrutiny (督办).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionOrder {
    /// Its id.
    pub id: ThingId,
    /// The number of the entry that ordered it.
    pub sequence: u64,
    /// Who supervises.
    pub supervisor: HeldBy,
    /// Which unit must answer.
    pub unit: Option<UnitId>,
    /// The clause.
    pub clause: Option<ClauseId>,
    /// What is demanded, if somebody wrote it.
    pub demand: Option<Text>,
    /// Its own limit.
    pub within: Option<Span>,
    /// Since when.
    pub ordered_at: DateTime<Utc>,
    /// When it was answered.
    pub answered_at: Option<DateTime<Utc>>,
    /// When it was lifted.
    pub lifted_at: Option<DateTime<Utc>>,
}

/// A report to a leader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaderReport {
    /// Its id.
    pub id: ThingId,
    /// To whom.
    pub to: HeldBy,
    /// The clause.
    pub clause: Option<ClauseId>,
    /// What is reported, if somebody wrote it.
    pub text: Option<Text>,
    /// When.
    pub at: DateTime<Utc>,
    /// When the leader acknowledged it.
    pub acknowledged_at: Option<DateTime<Utc>>,
}

/// Somebody is to answer for it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountabilityRecord {
    /// Its id.
    pub id: ThingId,
    /// Who.
    pub on: HeldBy,
    /// The clause.
    pub clause: Option<ClauseId>,
    /// When it was opened.
    pub opened_at: DateTime<Utc>,
    /// By whom, if by somebody.
    pub opened_by: Option<StaffId>,
    /// When it was closed.
    pub closed_at: Option<DateTime<Utc>>,
}

/// Something asked for that another person decides.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Request {
    /// Its id.
    pub id: ThingId,
    /// When it was asked.
    pub at: DateTime<Utc>,
    /// By whom.
    pub by: Option<StaffId>,
    /// Why.
    pub text: Option<Text>,
    /// Granted or refused, and when.
    pub decided: Option<(DateTime<Utc>, bool)>,
}

impl Case {
    /// The dispatches of the running round, those aside that were undone.
    pub fn running_dispatches(&self) -> impl Iterator<Item = &Dispatch> {
        self.dispatches
            .iter()
            .filter(|dispatch| dispatch.round == self.round && dispatch.taken_back.is_none())
    }

    /// Who takes the matter in since it was handed over; none while that is the first receiver's.
    #[must_use]
    pub fn receiver(&self) -> Option<&HeldBy> {
        self.hand_overs.last()?.receiver.as_ref()
    }

    /// Whether a check of the latest screening was not passed.
    #[must_use]
    pub fn failed_its_screening(&self) -> bool {
        self.screening
            .as_ref()
            .is_some_and(|screening| screening.failed().next().is_some())
    }

    /// Whether at least two people handle it together.
    #[must_use]
    pub fn has_team(&self) -> bool {
        let two = |handler: Option<StaffId>, team: &BTreeSet<StaffId>| {
            team.iter().copied().chain(handler).collect::<BTreeSet<_>>().len() >= 2
        };
        match self.lead() {
            Some(lead) => two(lead.handler, &lead.team),
            None => two(self.handler, &self.team),
        }
    }

    /// The lead dispatch of the running round.
    pub fn lead(&self) -> Option<&Dispatch> {
        self.running_dispatches()
            .find(|dispatch| dispatch.role == DispatchRole::Lead)
    }

    /// A dispatch of the running round by its id.
    pub fn running_dispatch(&self, id: ThingId) -> Option<&Dispatch> {
        self.running_dispatches().find(|dispatch| dispatch.id == id)
    }

    /// Whether a supervision order is in force.
    pub fn is_supervised(&self) -> bool {
        self.supervision_orders
            .iter()
            .any(|order| order.lifted_at.is_none())
    }

    /// The units complained of, and those whose windows are (R10-4.2).
    pub fn respondent_units(&self, directory: &Directory) -> impl Iterator<Item = UnitId> {
        self.respondents
            .iter()
            .filter_map(move |respondent| match respondent {
                Respondent::Unit { unit } => Some(*unit),
                Respondent::Window { window } => directory.windows.get(window)?.unit,
                Respondent::Person { .. } => None,
            })
    }

    /// Whether this member of staff is complained of or stepped aside: he never acts and never reads.
    pub fn bars(&self, member: StaffId) -> bool {
        self.recused.contains(&member)
            || self.respondents.iter().any(|respondent| match respondent {
                Respondent::Person { staff, .. } => *staff == Some(member),
                Respondent::Unit { .. } | Respondent::Window { .. } => false,
            })
    }

    /// The deed in force: done in its scope, and not undone. For a deed of a unit, `dispatch` says
    /// whose; without it the lead's.
    pub fn in_force(&self, deed: Deed, dispatch: Option<ThingId>) -> Option<&Done> {
        self.all_in_force(deed, dispatch).last()
    }

    /// Every time the deed was done that is in force, oldest first.
    pub fn all_in_force(&self, deed: Deed, dispatch: Option<ThingId>) -> impl Iterator<Item = &Done> {
        let whose = dispatch.or_else(|| self.lead().map(|lead| lead.id));
        self.done.iter().filter(move |done| {
            done.stands
                && deed.covers(done.deed)
                && match scope(deed) {
                    Scope::Case | Scope::Thing => true,
                    Scope::Round => done.round == self.round,
                    Scope::Dispatch => done.dispatch.is_some() && done.dispatch == whose,
                }
        })
    }

    /// Whether some event of this case made the thing.
    pub fn knows(&self, thing: ThingId) -> bool {
        self.dispatches.iter().any(|dispatch| dispatch.id == thing)
            || self.extensions.iter().any(|extension| extension.id == thing)
            || self.supervision_orders.iter().any(|order| order.id == thing)
            || self.leader_reports.iter().any(|report| report.id == thing)
            || self
                .accountability_records
                .iter()
                .any(|record| record.id == thing)
            || self.lending_requests.iter().any(|request| request.id == thing)
            || self.suspensions.iter().any(|pause| pause.id == thing)
            || self.appeals.iter().any(|appeal| appeal.id == thing)
            || self.approval_requests.iter().any(|request| request.id == thing)
            || self.legal_holds.iter().any(|hold| hold.id == thing)
            || self.secrecy.knows(thing)
            || self
                .done
                .iter()
                .any(|done| done.deed == Deed::Plan && done.id == thing)
    }

    /// Whether a fact is on record.
    pub fn states(&self, field: Field) -> bool {
        let found = |get: fn(&Investigation) -> bool| self.investigation.as_ref().is_some_and(get);
        match field {
            Field::Content => self.content.is_some(),
            Field::ComplainantKind => self.complainant.kind.is_some(),
            Field::ComplainantName
            | Field::ComplainantContact
            | Field::ComplainantAddress
            | Field::ComplainantWorkplace
            | Field::ComplainantSex
            | Field::ComplainantAge => self.complainant.stated.contains(&field),
            Field::IdentityStated => true,
            Field::Respondent => !self.respondents.is_empty(),
            Field::RespondentPerson => self
                .respondents
                .iter()
                .any(|respondent| matches!(respondent, Respondent::Person { .. })),
            Field::RespondentUnit => self
                .respondents
                .iter()
                .any(|respondent| matches!(respondent, Respondent::Unit { .. })),
            Field::Cause => found(|found| found.cause.is_some()) || self.axes.contains_key(&AxisName::Cause),
            Field::ResponsiblePerson => found(|found| found.responsible_person.is_some()),
            Field::SubstantiatedPart => found(|found| found.substantiated_part.is_some()),
            Field::LegalBasis => found(|found| found.legal_basis.is_some()),
            Field::WrittenMaterial => {
                self.channel.is_written() || self.in_force(Deed::Evidence, None).is_some()
            }
            Field::RequestedRemedy
            | Field::IncidentTime
            | Field::IncidentPlace
            | Field::ServiceReceiptNo
            | Field::EvidenceOrWay
            | Field::Task
            | Field::TaskDue
            | Field::TaskStandard
            | Field::ExpectedDate
            | Field::Explanation
            | Field::Guidance
            | Field::Reason
            | Field::AccountableOfficer => self.texts.contains_key(&field),
            Field::RecusalAsked => self.recusal_asked,
            Field::MembersAtLeast2 => self.has_team(),
        }
    }
}
