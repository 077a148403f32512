//! What has happened. Events are the record from which a case can be rebuilt; an entry is one event
//! with its number, its times and who did it. No entry holds a word that a person wrote.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use super::command::{
    About, Acceptance, Accountability, Appeal, AppealDecision, ApprovalDecision, Assignment, Classification,
    Closing, Completion, Correction, DuplicateLink, EarlyClosing, EmergencyOpened, Ending, ExtensionDecision,
    ExtensionRequest, FaultJudgement, FollowUp, HandOver, IdentityAsked, IdentityDecision, Instruction,
    Investigation, LeaderReport, LegalHold, Matter, Measure, Milestone, Naming, Notice, Plan, Progress,
    ReadingReview, Reassignment, Recall, RectificationCheck, RectificationOrder, Recusal, Remark, Reopening,
    Reply, ReportBack, Restriction, Return, ReturnDecision, Screening, SecondDispatchDecision, Signature,
    SpotAnswer, SupervisionDemand, Supplement, SupplementRequest, Task, Team, Transfer, Urge, VersionMove,
    Work,
};
use crate::duty::{Duty, HeldBy, Verdict};
use crate::ids::{CaseId, DutyId, OfficeId, StaffId, UnitId};
use crate::text::Text;
use crate::words::{ClauseId, Deed, PositionName, RulebookCode, Subject, Word};

/// One line in the book of a case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Its number, from 1 without a gap.
    pub sequence: u64,
    /// The version of the case once its command was through.
    pub version: u64,
    /// When it happened.
    pub occurred_at: DateTime<Utc>,
    /// When it was recorded; never before it happened.
    pub recorded_at: DateTime<Utc>,
    /// Who did it.
    pub by: By,
    /// The clause it rests on, where one applies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub clause: Option<ClauseId>,
    /// What happened.
    #[serde(flatten)]
    pub event: Event,
}

/// Who did it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum By {
    /// A member of staff.
    Staff {
        /// Who.
        staff: StaffId,
        /// The positions that permitted it.
        positions: BTreeSet<PositionName>,
        /// His unit.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitId>,
        /// In whose place he did it, under a recorded delegation (R01-2.2i).
        #[serde(default, skip_serializing_if = "Option::is_none")]
        acting_for: Option<StaffId>,
    },
    /// The office's administrator, who has no say in the case itself.
    Administrator {
        /// Who.
        staff: StaffId,
    },
    /// A rule: what the regulation itself brings about after a deed.
    Rule,
    /// The clock: what becomes due without anybody's doing.
    Clock,
    /// The import of a ledger, on the word of a member of staff if one is named.
    Import,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(tag = "event_type", content = "data")]
#[expect(missing_docs, reason = "each variant is said by what it carries")]
pub enum Event {
    CaseReceived {
        case: CaseId,
        office: OfficeId,
        rulebook: RulebookCode,
        rulebook_version: String,
        matter: Box<Matter>,
        first_receiver: StaffId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        first_unit: Option<UnitId>,
    },
    CaseRegistered {
        case_no: String,
        completion: Box<Completion>,
    },
    HistoryRecorded {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        case_no: Option<String>,
        milestones: Vec<Milestone>,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reply: Option<Text>,
        unrecorded: Vec<String>,
    },
    CaseScreened(Screening),
    CaseAccepted(Acceptance),
    CaseDeclined(Ending),
    CaseHandedOver(HandOver),
    CaseWithdrawn(Ending),
    CaseCancelled(Ending),
    FactCorrected(Correction),
    CaseClassified(Classification),
    DuplicateLinked(DuplicateLink),
    AnsweredOnTheSpot(SpotAnswer),
    FirstReceiverReassigned(Reassignment),
    DutiesTransferred(Transfer),
    MovedToVersion(VersionMove),
    InstructionRequested(Remark),
    InstructionGiven(Instruction),
    UnitDispatched(Task),
    UnitAdded(Task),
    DispatchSigned(Signature),
    DispatchReturned(Return),
    ReturnDecided(ReturnDecision),
    DispatchRecalled(Recall),
    HandlerAssigned(Assignment),
    TeamFormed(Team),
    PersonRecused(Recusal),
    WorkRecorded(Work),
    ProgressTold(Progress),
    InvestigationCompleted(Box<Investigation>),
    PlanDrafted(Plan),
    LendingRequested(Remark),
    ApprovalDecided(ApprovalDecision),
    /// Somebody asked for a yes.
    ApprovalAsked {
        /// What is to be approved.
        subject: Subject,
        /// What exactly.
        text: Text,
        /// How many must say yes.
        voices: u8,
    },
    MeasureTaken(Measure),
    MeasuresCompleted(Remark),
    RectificationOrdered(RectificationOrder),
    RectificationChecked(RectificationCheck),
    ReportedBack(ReportBack),
    Replied(Reply),
    NoticeServed(Notice),
    ReportedUpstream(Remark),
    FollowedUp(FollowUp),
    FaultJudged(FaultJudgement),
    SecondDispatchDecided(SecondDispatchDecision),
    RoundOrdered {
        round: u8,
    },
    RoundOpened {
        round: u8,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Text>,
    },
    HolderUrged(Urge),
    UnitUrged {
        holder: HeldBy,
    },
    Notified {
        holder: HeldBy,
        about: Deed,
    },
    FlagsRaised {
        flags: BTreeSet<Word>,
    },
    SupervisionDemanded(SupervisionDemand),
    SupervisionImposed {
        supervisor: HeldBy,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        unit: Option<UnitId>,
    },
    SupervisionAnswered(About),
    SupervisionLifted(About),
    ReportedToLeader(LeaderReport),
    ReportOwed {
        to: HeldBy,
    },
    ReportAcknowledged(About),
    ExtensionRequested(ExtensionRequest),
    ExtensionDecided(ExtensionDecision),
    /// Limits stand still.
    LimitsSuspended {
        /// The ground.
        ground: Word,
        /// Why.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        reason: Option<Text>,
        /// When the clock ends it, if nobody does before.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        ends_at: Option<DateTime<Utc>>,
    },
    /// Limits run on: by hand, by the deed that was waited for, or by the clock.
    LimitsResumed(About),
    /// The complainant was asked for more.
    SupplementRequested(SupplementRequest),
    /// The complainant handed in more.
    SupplementReceived(Supplement),
    /// A party appealed.
    AppealFiled {
        /// What was filed.
        appeal: Appeal,
        /// The deed appealed against.
        against: Deed,
    },
    /// The appeal was decided.
    AppealDecided(AppealDecision),
    /// What had an end is handled anew, because an appeal changed it.
    CaseTakenUpAgain {
        /// The round that begins.
        round: u8,
    },
    AccountabilityOpened(Accountability),
    AccountabilityImposed {
        on: HeldBy,
    },
    AccountabilityClosed(About),
    LeadNamed {
        holder: HeldBy,
    },
    NoticeOrdered {
        deed: Deed,
    },
    CaseClosed(Closing),
    /// The case ended before its end.
    CaseClosedEarly(EarlyClosing),
    /// The case was taken up again.
    CaseReopened {
        /// On which ground, and why.
        reopening: Reopening,
        /// The round that begins.
        round: u8,
    },
    CaseArchived(Remark),
    /// A redacted text is public: at once where nobody has to approve it, else with the last voice that was asked.
    Published {
        /// The text.
        text: Text,
    },
    /// Nothing of the case may be erased.
    LegalHoldPlaced(LegalHold),
    /// It may be again.
    LegalHoldLifted(About),
    /// The texts and the person are gone, and the key with them; the entries, the figures and this one stay.
    CaseErased {
        /// The last day on which they had to be there.
        kept_until: NaiveDate,
    },
    /// Somebody is named on the case.
    ParticipantNamed(Naming),
    /// He no longer is.
    ParticipantRemoved(About),
    /// The case was shut by hand, or is as open again as the rulebook has it.
    CaseRestricted(Restriction),
    /// A text has a version for those who may not know the person.
    TextRedacted(Correction),
    /// Somebody opened it in an emergency.
    EmergencyOpened(EmergencyOpened),
    /// It is shut to him again.
    EmergencyOver(About),
    /// Oversight judged the emergency.
    EmergencyReviewed(ReadingReview),
    /// Somebody asked to learn who reports.
    IdentityRequested(IdentityAsked),
    /// The custodian decided.
    IdentityDecided(IdentityDecision),
    StepTaken {
        duty: DutyId,
        step: String,
    },
    DutyOpened(Box<Duty>),
    DutyMoved(Box<Duty>),
    DutyDischarged {
        duty: DutyId,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        verdict: Option<Verdict>,
    },
    DutyLapsed {
        duty: DutyId,
    },
}
