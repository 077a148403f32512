//! What somebody asks for. Each command makes one deed; what it carries is exactly what its event
//! will state, so that the two cannot disagree.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoStaticStr};

use crate::ids::{CaseId, DutyId, StaffId, ThingId, UnitId, WindowId};
use crate::text::Text;
use crate::time_limit::Span;
use crate::words::{
    ActivityKind, AxisName, CaseType, Channel, Deed, DispatchRole, Fault, Field, Finding, IdentityMode,
    MeasureKind, NoticeType, PositionName, Satisfaction, Source, Subject, Word,
};

/// A request to change one case.
#[derive(Clone, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "each variant is said by what it carries and by `Act`")]
pub enum Command {
    Receive {
        case: CaseId,
        matter: Matter,
    },
    Register {
        case: CaseId,
        matter: Matter,
        case_no: String,
    },
    RegisterReceived {
        completion: Completion,
        case_no: String,
    },
    Accept(Acceptance),
    Decline(Ending),
    Withdraw(Ending),
    Correct(Correction),
    Classify(Classification),
    LinkDuplicate(DuplicateLink),
    AnswerOnTheSpot(SpotAnswer),
    ReassignFirstReceiver(Reassignment),
    RequestInstruction(Remark),
    GiveInstruction(Instruction),
    Dispatch(Vec<Task>),
    AddUnit(Task),
    SignDispatch(Signature),
    AssignHandler(Assignment),
    Recuse(Recusal),
    RecordWork(Work),
    TellProgress(Progress),
    CompleteInvestigation(Investigation),
    DraftPlan(Plan),
    RequestLending(Remark),
    DecideApproval(ApprovalDecision),
    TakeMeasure(Measure),
    CompleteMeasures(Remark),
    OrderRectification(RectificationOrder),
    CheckRectification(RectificationCheck),
    ReportBack(ReportBack),
    Reply(Reply),
    ServeNotice(Notice),
    ReportUpstream(Remark),
    FollowUp(FollowUp),
    JudgeFault(FaultJudgement),
    DecideSecondDispatch(SecondDispatchDecision),
    Redispatch(Redispatch),
    Urge(Urge),
    OrderSupervision(SupervisionDemand),
    AnswerSupervision(About),
    LiftSupervision(About),
    ReportToLeader(LeaderReport),
    Acknowledge(About),
    RequestExtension(ExtensionRequest),
    DecideExtension(ExtensionDecision),
    OpenAccountability(Accountability),
    CloseAccountability(About),
    Close(Closing),
    Archive(Remark),
    TransferDuties(Transfer),
    RecordHistory {
        case: CaseId,
        history: Box<History>,
    },
    LookAtTime,
}

/// The kind of a command: what `allowed_actions` names, and what needs no parameters to be judged.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, EnumIter, IntoStaticStr, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
#[expect(missing_docs, reason = "a table of contents: the names are the commands'")]
pub enum Act {
    Receive,
    Register,
    RegisterReceived,
    Accept,
    Decline,
    Withdraw,
    Correct,
    Classify,
    LinkDuplicate,
    AnswerOnTheSpot,
    ReassignFirstReceiver,
    RequestInstruction,
    GiveInstruction,
    Dispatch,
    AddUnit,
    SignDispatch,
    AssignHandler,
    Recuse,
    RecordWork,
    TellProgress,
    CompleteInvestigation,
    DraftPlan,
    RequestLending,
    DecideApproval,
    TakeMeasure,
    CompleteMeasures,
    OrderRectification,
    CheckRectification,
    ReportBack,
    Reply,
    ServeNotice,
    ReportUpstream,
    FollowUp,
    JudgeFault,
    DecideSecondDispatch,
    Redispatch,
    Urge,
    OrderSupervision,
    AnswerSupervision,
    LiftSupervision,
    ReportToLeader,
    Acknowledge,
    RequestExtension,
    DecideExtension,
    OpenAccountability,
    CloseAccountability,
    Close,
    Archive,
    TransferDuties,
    RecordHistory,
    LookAtTime,
}

impl Command {
    /// Its kind.
    pub fn act(&self) -> Act {
        match self {
            Command::Receive { .. } => Act::Receive,
            Command::Register { .. } => Act::Register,
            Command::RegisterReceived { .. } => Act::RegisterReceived,
            Command::Accept(_) => Act::Accept,
            Command::Decline(_) => Act::Decline,
            Command::Withdraw(_) => Act::Withdraw,
            Command::Correct(_) => Act::Correct,
            Command::Classify(_) => Act::Classify,
            Command::LinkDuplicate(_) => Act::LinkDuplicate,
            Command::AnswerOnTheSpot(_) => Act::AnswerOnTheSpot,
            Command::ReassignFirstReceiver(_) => Act::ReassignFirstReceiver,
            Command::RequestInstruction(_) => Act::RequestInstruction,
            Command::GiveInstruction(_) => Act::GiveInstruction,
            Command::Dispatch(_) => Act::Dispatch,
            Command::AddUnit(_) => Act::AddUnit,
            Command::SignDispatch(_) => Act::SignDispatch,
            Command::AssignHandler(_) => Act::AssignHandler,
            Command::Recuse(_) => Act::Recuse,
            Command::RecordWork(_) => Act::RecordWork,
            Command::TellProgress(_) => Act::TellProgress,
            Command::CompleteInvestigation(_) => Act::CompleteInvestigation,
            Command::DraftPlan(_) => Act::DraftPlan,
            Command::RequestLending(_) => Act::RequestLending,
            Command::DecideApproval(_) => Act::DecideApproval,
            Command::TakeMeasure(_) => Act::TakeMeasure,
            Command::CompleteMeasures(_) => Act::CompleteMeasures,
            Command::OrderRectification(_) => Act::OrderRectification,
            Command::CheckRectification(_) => Act::CheckRectification,
            Command::ReportBack(_) => Act::ReportBack,
            Command::Reply(_) => Act::Reply,
            Command::ServeNotice(_) => Act::ServeNotice,
            Command::ReportUpstream(_) => Act::ReportUpstream,
            Command::FollowUp(_) => Act::FollowUp,
            Command::JudgeFault(_) => Act::JudgeFault,
            Command::DecideSecondDispatch(_) => Act::DecideSecondDispatch,
            Command::Redispatch(_) => Act::Redispatch,
            Command::Urge(_) => Act::Urge,
            Command::OrderSupervision(_) => Act::OrderSupervision,
            Command::AnswerSupervision(_) => Act::AnswerSupervision,
            Command::LiftSupervision(_) => Act::LiftSupervision,
            Command::ReportToLeader(_) => Act::ReportToLeader,
            Command::Acknowledge(_) => Act::Acknowledge,
            Command::RequestExtension(_) => Act::RequestExtension,
            Command::DecideExtension(_) => Act::DecideExtension,
            Command::OpenAccountability(_) => Act::OpenAccountability,
            Command::CloseAccountability(_) => Act::CloseAccountability,
            Command::Close(_) => Act::Close,
            Command::Archive(_) => Act::Archive,
            Command::TransferDuties(_) => Act::TransferDuties,
            Command::RecordHistory { .. } => Act::RecordHistory,
            Command::LookAtTime => Act::LookAtTime,
        }
    }
}

/// A matter as it was taken in (R03-2.1.2b, R04-6). What a rulebook demands of it is data.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Matter {
    /// How it came.
    pub channel: Channel,
    /// Who passed it.
    pub source: Source,
    /// When the office got it; never later than now.
    pub received_at: DateTime<Utc>,
    /// The window where it was taken in, if any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub window: Option<WindowId>,
    /// Who takes it in where nobody sits (self-service and platform channels): the member of the
    /// channel's duty position on whose desk it lands. Absent: whoever records it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_receiver: Option<StaffId>,
    /// Who complains.
    pub complainant: Complainant,
    /// What registration states about it.
    pub completion: Completion,
}

/// What registration states about a matter; reception may state part of it already.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Completion {
    /// What kind of matter it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_type: Option<CaseType>,
    /// Classifications stated at once.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub axes: BTreeMap<AxisName, Word>,
    /// Flags stated at once.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub flags: BTreeSet<Word>,
    /// A line that names the matter.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Text>,
    /// The matter in the complainant's words; never changed afterwards (R03-1.7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub content: Option<Text>,
    /// Other texts, by the field they state.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub texts: BTreeMap<Field, Text>,
    /// Who or what is complained of.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub respondents: Vec<Respondent>,
}

/// Who complains, without a word about the person: those lie beside the case.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Complainant {
    /// By name, anonymous, or under a name of his own choice.
    pub identity: IdentityMode,
    /// What kind of complainant the rulebook says he is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<Word>,
    /// Which facts about him are on record (name, contact …); the facts themselves are not here.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub stated: BTreeSet<Field>,
    /// Where they lie.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<Text>,
}

/// Who or what is complained of.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Respondent {
    /// A unit.
    Unit {
        /// Which.
        unit: UnitId,
    },
    /// A window.
    Window {
        /// Which.
        window: WindowId,
    },
    /// A person: a member of staff if known as one, else only described.
    Person {
        /// The member of staff.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        staff: Option<StaffId>,
        /// What was said about who it is.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        description: Option<Text>,
    },
}

/// What acceptance states: the screening checks that were made.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Acceptance {
    /// Each check with its outcome.
    #[serde(default)]
    pub screening: BTreeMap<Word, bool>,
    /// A remark inside the office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub note: Option<Text>,
}

/// An end on a listed ground: decline, withdrawal.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ending {
    /// The rulebook's ground.
    pub ground: Word,
    /// What the complainant was told.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Text>,
    /// The right channel that he was shown.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub guidance: Option<Text>,
    /// Why, for the file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// An amendment: the original stays.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Correction {
    /// What is amended.
    pub field: Field,
    /// The new words.
    pub text: Text,
    /// Why.
    pub reason: Text,
}

/// Values of the rulebook's axes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Classification {
    /// Axis by axis.
    #[serde(default)]
    pub axes: BTreeMap<AxisName, Word>,
    /// The whole set of flags, if it is to change.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flags: Option<BTreeSet<Word>>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// This case repeats another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct DuplicateLink {
    /// The other case, known to exist.
    pub of: CaseId,
    /// Why.
    pub reason: Text,
}

/// Answered at once (R03-2.1.3).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpotAnswer {
    /// The rulebook's ground.
    pub ground: Word,
    /// The answer.
    pub answer: Text,
}

/// A new first receiver, named by a superior (R03-1.2).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reassignment {
    /// Who it is from now on.
    pub to: StaffId,
    /// Why.
    pub reason: Text,
}

/// A deed whose only content is a remark, or nothing.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Remark {
    /// The remark.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

/// A leader's instruction (批示).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instruction {
    /// What is to be done.
    pub text: Text,
    /// To whom the leader wants it sent, if he says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
}

/// What one unit is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The unit.
    pub unit: UnitId,
    /// Lead, support or joint.
    pub role: DispatchRole,
    /// What it is to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text>,
    /// When it counts as done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<Text>,
    /// How the form goes: `in_system`, `mail`, `fax`.
    pub sent_through: Word,
}

/// The unit has the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Which dispatch.
    pub dispatch: ThingId,
    /// By the unit itself, confirmed by the sender, or deemed.
    pub receipt: Receipt,
    /// How it was confirmed: `in_system`, `mail_receipt`, `phone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Word>,
    /// When the unit got it, if that was before it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<DateTime<Utc>>,
}

/// How it is known that a unit has the form (R03-2.1.2c).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Receipt {
    /// The unit signed.
    ByUnit,
    /// The sender confirmed it, by a mail receipt or a telephone call.
    BySender,
    /// The time to sign lapsed: nobody starts his own clock by choice.
    Deemed,
}

/// Who handles it inside a unit, or inside the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// For which dispatch; none for the office's own handling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<ThingId>,
    /// Who.
    pub handler: StaffId,
    /// Who works with him.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub team: BTreeSet<StaffId>,
    /// What is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text>,
}

/// Somebody steps aside (回避).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recusal {
    /// Who.
    pub staff: StaffId,
    /// Why.
    pub reason: Text,
}

/// A piece of work on the matter: an activity, evidence, an opinion, a feasibility study.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Work {
    /// Which deed it is.
    pub kind: WorkKind,
    /// What was found, said or proposed.
    pub text: Text,
    /// When it took place, if before it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub happened_at: Option<DateTime<Utc>>,
    /// The sections its form asks for, by word.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sections: BTreeMap<Word, Text>,
}

/// The deeds that a piece of work can be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum WorkKind {
    /// Investigating.
    Activity(ActivityKind),
    /// Something that proves.
    Evidence,
    /// What somebody thinks should be done.
    Opinion,
    /// Whether a suggestion can be carried out (R03-2.1.4).
    FeasibilityStudy,
    /// A meeting on the matter.
    Discussion,
    /// The report on the investigation.
    InvestigationReport,
}

impl WorkKind {
    /// The deed.
    pub fn deed(self) -> Deed {
        match self {
            WorkKind::Activity(kind) => Deed::Activity(Some(kind)),
            WorkKind::Evidence => Deed::Evidence,
            WorkKind::Opinion => Deed::Opinion,
            WorkKind::FeasibilityStudy => Deed::FeasibilityStudy,
            WorkKind::Discussion => Deed::Discussion,
            WorkKind::InvestigationReport => Deed::InvestigationReport,
        }
    }
}

/// The complainant was told where it stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Progress {
    /// What he was told.
    pub text: Text,
    /// When he may expect more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expected_on: Option<NaiveDate>,
}

/// What the investigation found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Investigation {
    /// True or not.
    pub finding: Finding,
    /// Why it happened (R03-2.2.1b).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cause: Option<Text>,
    /// Who answers for it, by name (R03-2.2.1b).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub responsible_person: Option<Text>,
    /// What part is true.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substantiated_part: Option<Text>,
    /// On what it rests.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub legal_basis: Option<Text>,
    /// The course of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub report: Option<Text>,
}

/// What is to be done about it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Plan {
    /// The measures.
    pub measures: Text,
    /// Who carries them out.
    pub person: Text,
    /// By when.
    pub finish_on: NaiveDate,
}

/// A yes or no that a gate waits for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalDecision {
    /// What was approved or refused.
    pub subject: Subject,
    /// The plan, the request … it is about.
    pub about: ThingId,
    /// Yes or no.
    pub granted: bool,
    /// Why; a refusal needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// A measure that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Measure {
    /// Of which kind.
    pub kind: MeasureKind,
    /// When.
    pub taken_on: NaiveDate,
    /// What was done.
    pub text: Text,
}

/// A unit is named to mend it (R03-2.2.1c).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RectificationOrder {
    /// Which unit.
    pub unit: UnitId,
    /// What is to be mended.
    pub text: Text,
    /// By when.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub finish_on: Option<NaiveDate>,
}

/// Whether it is mended (R03-2.2.1d).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RectificationCheck {
    /// Yes, or to be done again.
    pub passed: bool,
    /// What was seen.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

/// The unit reports to who dispatched (反馈).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportBack {
    /// Which dispatch.
    pub dispatch: ThingId,
    /// What was done.
    pub text: Text,
    /// Whether the complainant was spoken to.
    pub contacted: bool,
    /// Whether the unit thinks it solved.
    pub solved: bool,
}

/// The answer to the complainant (答复).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reply {
    /// The answer.
    pub text: Text,
    /// How he got it.
    pub channel: Channel,
    /// The sections its form asks for, by word.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sections: BTreeMap<Word, Text>,
}

/// A notice served (告知书).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Which.
    pub kind: NoticeType,
    /// What it says.
    pub text: Text,
    /// How it was served.
    pub channel: Channel,
}

/// An attempt to learn whether the complainant is satisfied (回访).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FollowUp {
    /// What he said; `not_reached` if he was not.
    pub satisfaction: Satisfaction,
    /// Whether he holds it for solved.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub solved: Option<Word>,
    /// What else he said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub opinion: Option<Text>,
}

/// A judgement on how the matter was handled (R03-2.3c, R03-2.3d).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultJudgement {
    /// What is wrong.
    pub fault: Fault,
    /// Why.
    pub reason: Text,
}

/// Whether a further dispatch is needed (R03-2.3b).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SecondDispatchDecision {
    /// Yes or no.
    pub needed: bool,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// The next round goes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redispatch {
    /// To whom.
    pub tasks: Vec<Task>,
    /// What was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// A reminder (催办).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Urge {
    /// The duty that is waited for.
    pub duty: DutyId,
    /// What is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

/// Raised scrutiny of a unit (督办).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SupervisionDemand {
    /// The unit that must answer.
    pub unit: UnitId,
    /// What is demanded.
    pub demand: Text,
    /// Within what time; none: promptly.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<Span>,
}

/// A deed about one thing: an answer, a lifting, an acknowledgement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The order, report or record.
    pub thing: ThingId,
    /// What is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub text: Option<Text>,
}

/// A report to a leader.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeaderReport {
    /// To whom.
    pub to: PositionName,
    /// What is reported.
    pub text: Text,
}

/// More time is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionRequest {
    /// On which duty.
    pub duty: DutyId,
    /// How much.
    pub amount: Span,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// It is granted or refused.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExtensionDecision {
    /// Which request.
    pub extension: ThingId,
    /// How much is granted; none: refused.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub granted: Option<Span>,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// Somebody is to answer for how a matter was handled (责任追究).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Accountability {
    /// The unit, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
    /// The person, if it is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub staff: Option<StaffId>,
    /// For what.
    pub reason: Text,
}

/// Why the case ends.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Closing {
    /// `answered`, `not_reachable` … an open code.
    pub reason: Word,
    /// More words about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub explanation: Option<Text>,
}

/// What somebody who leaves answers for on this case passes to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Who leaves.
    pub from: StaffId,
    /// Who takes over.
    pub to: StaffId,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// A case from before the service: what a ledger's row knows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct History {
    /// The ledger's own number, if it had one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub case_no: Option<String>,
    /// The matter.
    pub matter: Matter,
    /// The known milestones, in the order of a case's life.
    pub milestones: Vec<Milestone>,
    /// The answer, if one was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reply: Option<Text>,
}

/// A deed of the past and its moment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Milestone {
    /// What was done.
    pub deed: Deed,
    /// When.
    pub at: DateTime<Utc>,
}
