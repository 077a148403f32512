//! What somebody asks for. Each command makes one deed; what it carries is exactly what its event
//! will state, so that the two cannot disagree.

use serde::{Deserialize, Serialize};
use strum::{EnumIter, IntoStaticStr};

use crate::ids::CaseId;

mod answering;
mod coming_in;
mod direction;
mod handling;
mod history;
mod keeping;
mod review;
mod secrecy;
mod time;
mod version;
mod watching;

pub use answering::{Closing, FaultJudgement, FollowUp, Notice, Progress, Reply, SecondDispatchDecision};
pub use coming_in::{
    Acceptance, Classification, Complainant, Completion, Correction, DuplicateLink, Ending, HandOver,
    HandedTo, Matter, Reassignment, Remark, Respondent, Screening, SpotAnswer,
};
pub use direction::{
    Assignment, Instruction, Recall, Receipt, Recusal, Redispatch, Return, ReturnDecision, Signature, Task,
    Team, Transfer,
};
pub use handling::{
    ApprovalDecision, Investigation, Measure, Plan, RectificationCheck, RectificationOrder, ReportBack, Work,
    WorkKind,
};
pub use history::{History, Milestone};
pub use keeping::{EarlyClosing, LegalHold, Publication, Reopening};
pub use review::{Appeal, AppealDecision, AppealOutcome, ApprovalAsked};
pub use secrecy::{
    Emergency, EmergencyOpened, IdentityAsked, IdentityDecision, Naming, ReadingReview, Restriction,
};
pub use time::{Supplement, SupplementRequest, Suspension};
pub use version::VersionMove;
pub use watching::{
    About, Accountability, ExtensionDecision, ExtensionRequest, LeaderReport, SupervisionDemand, Urge,
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
    Screen(Screening),
    Accept(Acceptance),
    Decline(Ending),
    HandOver(HandOver),
    Withdraw(Ending),
    Cancel(Ending),
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
    Return(Return),
    DecideReturn(ReturnDecision),
    Recall(Recall),
    AssignHandler(Assignment),
    FormTeam(Team),
    Recuse(Recusal),
    RecordWork(Work),
    TellProgress(Progress),
    CompleteInvestigation(Investigation),
    DraftPlan(Plan),
    RequestLending(Remark),
    DecideApproval(ApprovalDecision),
    RequestApproval(ApprovalAsked),
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
    Suspend(Suspension),
    Resume(About),
    RequestSupplement(SupplementRequest),
    RecordSupplement(Supplement),
    FileAppeal(Appeal),
    DecideAppeal(AppealDecision),
    OpenAccountability(Accountability),
    CloseAccountability(About),
    Close(Closing),
    CloseEarly(EarlyClosing),
    Reopen(Reopening),
    Archive(Remark),
    Publish(Publication),
    PlaceLegalHold(LegalHold),
    LiftLegalHold(About),
    Erase,
    NameParticipant(Naming),
    RemoveParticipant(About),
    Restrict(Restriction),
    /// A version of a text for those who may read the case and not know the person.
    Redact(Correction),
    BreakGlass(Emergency),
    ReviewReading(ReadingReview),
    RequestIdentity(IdentityAsked),
    DecideIdentity(IdentityDecision),
    TransferDuties(Transfer),
    MoveToVersion(VersionMove),
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
    Screen,
    Accept,
    Decline,
    HandOver,
    Withdraw,
    Cancel,
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
    Return,
    DecideReturn,
    Recall,
    AssignHandler,
    FormTeam,
    Recuse,
    RecordWork,
    TellProgress,
    CompleteInvestigation,
    DraftPlan,
    RequestLending,
    DecideApproval,
    RequestApproval,
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
    Suspend,
    Resume,
    RequestSupplement,
    RecordSupplement,
    FileAppeal,
    DecideAppeal,
    OpenAccountability,
    CloseAccountability,
    Close,
    CloseEarly,
    Reopen,
    Archive,
    Publish,
    PlaceLegalHold,
    LiftLegalHold,
    Erase,
    NameParticipant,
    RemoveParticipant,
    Restrict,
    Redact,
    BreakGlass,
    ReviewReading,
    RequestIdentity,
    DecideIdentity,
    TransferDuties,
    MoveToVersion,
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
            Command::Screen(_) => Act::Screen,
            Command::Accept(_) => Act::Accept,
            Command::Decline(_) => Act::Decline,
            Command::HandOver(_) => Act::HandOver,
            Command::Withdraw(_) => Act::Withdraw,
            Command::Cancel(_) => Act::Cancel,
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
            Command::Return(_) => Act::Return,
            Command::DecideReturn(_) => Act::DecideReturn,
            Command::Recall(_) => Act::Recall,
            Command::AssignHandler(_) => Act::AssignHandler,
            Command::FormTeam(_) => Act::FormTeam,
            Command::Recuse(_) => Act::Recuse,
            Command::RecordWork(_) => Act::RecordWork,
            Command::TellProgress(_) => Act::TellProgress,
            Command::CompleteInvestigation(_) => Act::CompleteInvestigation,
            Command::DraftPlan(_) => Act::DraftPlan,
            Command::RequestLending(_) => Act::RequestLending,
            Command::DecideApproval(_) => Act::DecideApproval,
            Command::RequestApproval(_) => Act::RequestApproval,
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
            Command::Suspend(_) => Act::Suspend,
            Command::Resume(_) => Act::Resume,
            Command::RequestSupplement(_) => Act::RequestSupplement,
            Command::RecordSupplement(_) => Act::RecordSupplement,
            Command::FileAppeal(_) => Act::FileAppeal,
            Command::DecideAppeal(_) => Act::DecideAppeal,
            Command::OpenAccountability(_) => Act::OpenAccountability,
            Command::CloseAccountability(_) => Act::CloseAccountability,
            Command::Close(_) => Act::Close,
            Command::CloseEarly(_) => Act::CloseEarly,
            Command::Reopen(_) => Act::Reopen,
            Command::Archive(_) => Act::Archive,
            Command::Publish(_) => Act::Publish,
            Command::PlaceLegalHold(_) => Act::PlaceLegalHold,
            Command::LiftLegalHold(_) => Act::LiftLegalHold,
            Command::Erase => Act::Erase,
            Command::NameParticipant(_) => Act::NameParticipant,
            Command::RemoveParticipant(_) => Act::RemoveParticipant,
            Command::Restrict(_) => Act::Restrict,
            Command::Redact(_) => Act::Redact,
            Command::BreakGlass(_) => Act::BreakGlass,
            Command::ReviewReading(_) => Act::ReviewReading,
            Command::RequestIdentity(_) => Act::RequestIdentity,
            Command::DecideIdentity(_) => Act::DecideIdentity,
            Command::TransferDuties(_) => Act::TransferDuties,
            Command::MoveToVersion(_) => Act::MoveToVersion,
            Command::RecordHistory { .. } => Act::RecordHistory,
            Command::LookAtTime => Act::LookAtTime,
        }
    }
}
