//! One machine for all rulebooks: in which status an act exists at all, and what the order of a
//! case's life puts before a deed. Which deeds a rulebook demands, skips or gates is data and not
//! here.

use super::command::Act;
use crate::words::{Deed, Status, Subject};
use Status::{
    Accepted, Archived, Cancelled, Closed, Declined, Dispatched, Disposing, HandedOver, Investigating,
    Received, Registered, Replied, Resolved, Withdrawn,
};

const OPEN: &[Status] = &[
    Received,
    Registered,
    Accepted,
    Dispatched,
    Investigating,
    Disposing,
    Resolved,
    Replied,
];
const FROM_ACCEPTANCE: &[Status] = &[Accepted, Dispatched, Investigating, Disposing, Resolved, Replied];
const FROM_DISPATCH: &[Status] = &[Dispatched, Investigating, Disposing, Resolved, Replied];
const IN_HAND: &[Status] = &[Dispatched, Investigating, Disposing];
const ANY_BUT_ARCHIVED: &[Status] = &[
    Received,
    Registered,
    Accepted,
    Dispatched,
    Investigating,
    Disposing,
    Resolved,
    Replied,
    Closed,
    Declined,
    Withdrawn,
    HandedOver,
    Cancelled,
];
const ANY: &[Status] = &[
    Received,
    Registered,
    Accepted,
    Dispatched,
    Investigating,
    Disposing,
    Resolved,
    Replied,
    Closed,
    Archived,
    Declined,
    Withdrawn,
    HandedOver,
    Cancelled,
];

/// The statuses in which an act exists; empty for an act that opens a case.
#[must_use]
pub fn statuses(act: Act) -> &'static [Status] {
    match act {
        Act::Receive | Act::Register | Act::RecordHistory => &[],
        Act::RegisterReceived => &[Received],
        Act::Accept => &[Registered],
        Act::Screen | Act::Decline | Act::HandOver => &[Received, Registered],
        Act::Withdraw => &[
            Received,
            Registered,
            Accepted,
            Dispatched,
            Investigating,
            Disposing,
        ],
        Act::Classify => &[
            Registered,
            Accepted,
            Dispatched,
            Investigating,
            Disposing,
            Replied,
        ],
        Act::AnswerOnTheSpot => &[Registered, Accepted],
        Act::RequestInstruction => &[Registered, Accepted, Replied],
        Act::GiveInstruction => &[Registered, Accepted, Investigating, Disposing, Replied],
        Act::Dispatch => &[Accepted, Investigating, Disposing],
        Act::AddUnit | Act::SignDispatch | Act::DecideReturn => IN_HAND,
        Act::Return | Act::Recall => &[Dispatched, Investigating],
        Act::AssignHandler | Act::FormTeam => &[Accepted, Dispatched, Investigating, Disposing],
        Act::RequestApproval => FROM_ACCEPTANCE,
        Act::CompleteInvestigation => &[Investigating],
        Act::CompleteMeasures | Act::OrderRectification | Act::CheckRectification => {
            &[Disposing, Resolved, Replied]
        }
        // A plan may be refused after the answer, and what is to be done then still needs one; what is to be mended may
        // be ordered after the answer, and is then still to be done.
        Act::DraftPlan | Act::ReportBack | Act::TakeMeasure => &[Investigating, Disposing, Resolved, Replied],
        Act::Reply => &[Investigating, Disposing, Resolved],
        Act::FollowUp | Act::DecideSecondDispatch | Act::Close => &[Replied],
        Act::JudgeFault | Act::Redispatch => FROM_DISPATCH,
        Act::Archive => &[Closed, Declined, Withdrawn, HandedOver, Cancelled],
        Act::Suspend => &[
            Registered,
            Accepted,
            Dispatched,
            Investigating,
            Disposing,
            Resolved,
        ],
        Act::CloseEarly => &[
            Registered,
            Accepted,
            Dispatched,
            Investigating,
            Disposing,
            Resolved,
            Replied,
        ],
        Act::Reopen => &[Closed, Archived],
        Act::Publish => &[Replied, Closed, Archived],
        Act::Erase => &[Archived],
        Act::DecideApproval
        | Act::FileAppeal
        | Act::DecideAppeal
        | Act::PlaceLegalHold
        | Act::LiftLegalHold
        | Act::NameParticipant
        | Act::RemoveParticipant
        | Act::Restrict
        | Act::Redact
        | Act::BreakGlass
        | Act::ReviewReading
        | Act::RequestIdentity
        | Act::DecideIdentity
        | Act::OpenAccountability
        | Act::CloseAccountability
        | Act::RequestLending
        | Act::TransferDuties => ANY,
        Act::ServeNotice | Act::LookAtTime => ANY_BUT_ARCHIVED,
        Act::Cancel
        | Act::RecordWork
        | Act::Correct
        | Act::LinkDuplicate
        | Act::ReassignFirstReceiver
        | Act::MoveToVersion
        | Act::Recuse
        | Act::TellProgress
        | Act::ReportUpstream
        | Act::Urge
        | Act::OrderSupervision
        | Act::AnswerSupervision
        | Act::LiftSupervision
        | Act::ReportToLeader
        | Act::Acknowledge
        | Act::RequestExtension
        | Act::Resume
        | Act::RequestSupplement
        | Act::RecordSupplement
        | Act::DecideExtension => OPEN,
    }
}

impl Act {
    /// The deed it makes; the bare word where the command's content says which one exactly.
    #[must_use]
    pub fn deed(self) -> Deed {
        match self {
            Act::Receive | Act::RecordHistory => Deed::Receipt,
            Act::Register | Act::RegisterReceived => Deed::Registration,
            Act::Screen => Deed::Screening,
            Act::Accept => Deed::Acceptance,
            Act::Decline => Deed::Decline,
            Act::HandOver => Deed::HandOver,
            Act::Withdraw => Deed::Withdrawal,
            Act::Cancel => Deed::Cancellation,
            Act::Correct | Act::Redact | Act::MoveToVersion => Deed::Correction,
            Act::Classify => Deed::Classification,
            Act::LinkDuplicate => Deed::DuplicateLink,
            Act::AnswerOnTheSpot => Deed::SpotAnswer,
            Act::ReassignFirstReceiver | Act::TransferDuties => Deed::FirstReceiverChange,
            Act::RequestInstruction => Deed::InstructionRequest,
            Act::GiveInstruction => Deed::Instruction,
            Act::Dispatch => Deed::Dispatch,
            Act::AddUnit => Deed::UnitAdded,
            Act::SignDispatch => Deed::ReceiptOfForm,
            Act::Return => Deed::Return,
            Act::DecideReturn => Deed::ReturnDecision,
            Act::Recall => Deed::Recall,
            Act::AssignHandler => Deed::Assignment,
            Act::FormTeam => Deed::Team,
            Act::Recuse => Deed::Recusal,
            Act::RecordWork => Deed::Activity(None),
            Act::TellProgress | Act::LookAtTime => Deed::Progress,
            Act::CompleteInvestigation => Deed::InvestigationEnd,
            Act::DraftPlan => Deed::Plan,
            Act::RequestLending => Deed::Lending,
            Act::DecideApproval => Deed::Approval(None),
            Act::RequestApproval => Deed::ApprovalRequest,
            Act::TakeMeasure => Deed::Measure(None),
            Act::CompleteMeasures => Deed::MeasuresDone,
            Act::OrderRectification => Deed::RectificationOrder,
            Act::CheckRectification => Deed::RectificationCheck,
            Act::ReportBack => Deed::ReportBack,
            Act::Reply => Deed::Reply,
            Act::ServeNotice => Deed::Notice(None),
            Act::ReportUpstream => Deed::UpstreamReport,
            Act::FollowUp => Deed::FollowUp,
            Act::JudgeFault => Deed::FaultJudgement,
            Act::DecideSecondDispatch => Deed::SecondDispatchDecision,
            Act::Redispatch => Deed::Redispatch,
            Act::Urge => Deed::Urging,
            Act::OrderSupervision => Deed::SupervisionOrder,
            Act::AnswerSupervision => Deed::SupervisionAnswer,
            Act::LiftSupervision => Deed::SupervisionLifting,
            Act::ReportToLeader => Deed::LeaderReport,
            Act::Acknowledge => Deed::Acknowledgement,
            Act::RequestExtension => Deed::ExtensionRequest,
            Act::DecideExtension => Deed::ExtensionDecision,
            Act::Suspend => Deed::Suspension,
            Act::Resume => Deed::Resumption,
            Act::RequestSupplement => Deed::SupplementRequest,
            Act::RecordSupplement => Deed::Supplement,
            Act::FileAppeal => Deed::Appeal,
            Act::DecideAppeal => Deed::AppealDecision,
            Act::OpenAccountability => Deed::AccountabilityRecord,
            Act::CloseAccountability => Deed::AccountabilityClosing,
            Act::Close => Deed::Closing,
            Act::CloseEarly => Deed::EarlyClosing,
            Act::Reopen => Deed::Reopening,
            Act::Archive => Deed::Archiving,
            Act::Publish => Deed::Publication,
            Act::PlaceLegalHold | Act::LiftLegalHold => Deed::LegalHold,
            Act::Erase => Deed::Erasure,
            Act::NameParticipant | Act::RemoveParticipant => Deed::Participation,
            Act::Restrict => Deed::Restriction,
            Act::BreakGlass => Deed::EmergencyReading,
            Act::ReviewReading => Deed::ReadingReview,
            Act::RequestIdentity => Deed::IdentityRequest,
            Act::DecideIdentity => Deed::IdentityDecision,
        }
    }

    /// Acts that somebody may do by what else he may: record what a party says, ask for the yes that he needs, answer
    /// for what he has in hand, lift what he ordered.
    #[must_use]
    pub fn rests_on_another(self) -> bool {
        matches!(
            self,
            Act::FileAppeal
                | Act::RecordSupplement
                | Act::RequestApproval
                | Act::AnswerSupervision
                | Act::LiftSupervision
                | Act::RequestIdentity
                | Act::DecideIdentity
        )
    }

    /// Acts that only add to the file: they can open a door for somebody, never shut one, and so
    /// leave the case's version alone.
    #[must_use]
    pub fn only_adds(self) -> bool {
        matches!(
            self,
            Act::RecordWork
                | Act::TellProgress
                | Act::ServeNotice
                | Act::Urge
                | Act::LookAtTime
                | Act::BreakGlass
                | Act::RequestIdentity
                | Act::DecideIdentity
        )
    }
}

/// How long a deed stays in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Once in the life of the case.
    Case,
    /// Until the next round.
    Round,
    /// For one unit in one round.
    Dispatch,
    /// For one thing: an order, a report, an extension.
    Thing,
}

/// The scope of a deed, fixed for all rulebooks.
#[must_use]
pub fn scope(deed: Deed) -> Scope {
    match deed {
        Deed::Receipt
        | Deed::Registration
        | Deed::Correction
        | Deed::Screening
        | Deed::Classification
        | Deed::Acceptance
        | Deed::Decline
        | Deed::HandOver
        | Deed::Withdrawal
        | Deed::Cancellation
        | Deed::DuplicateLink
        | Deed::SpotAnswer
        | Deed::FirstReceiverChange
        | Deed::InstructionRequest
        | Deed::Instruction
        | Deed::Recusal
        | Deed::Notice(_)
        | Deed::UpstreamReport
        | Deed::Closing
        | Deed::EarlyClosing
        | Deed::Reopening
        | Deed::Archiving
        | Deed::Publication
        | Deed::LegalHold
        | Deed::Participation
        | Deed::Restriction
        | Deed::EmergencyReading
        | Deed::Erasure => Scope::Case,
        Deed::Dispatch
        | Deed::Recall
        | Deed::UnitAdded
        | Deed::Assignment
        | Deed::Team
        | Deed::Urging
        | Deed::InvestigationPlan
        | Deed::Activity(_)
        | Deed::Evidence
        | Deed::Progress
        | Deed::Opinion
        | Deed::InvestigationReport
        | Deed::InvestigationEnd
        | Deed::FeasibilityStudy
        | Deed::Discussion
        | Deed::Plan
        | Deed::Approval(
            None
            | Some(
                Subject::Plan
                | Subject::Mode
                | Subject::Finding
                | Subject::Report
                | Subject::Disposition
                | Subject::Closing
                | Subject::Publication,
            ),
        )
        | Deed::Measure(_)
        | Deed::MeasuresDone
        | Deed::RectificationOrder
        | Deed::RectificationCheck
        | Deed::Reply
        | Deed::SupplementRequest
        | Deed::Supplement
        | Deed::FollowUp
        | Deed::SecondDispatchDecision
        | Deed::FaultJudgement
        | Deed::RoundOrder
        | Deed::ApprovalRequest
        | Deed::Redispatch => Scope::Round,
        Deed::ReceiptOfForm | Deed::Return | Deed::ReturnDecision | Deed::ReportBack => Scope::Dispatch,
        Deed::Appeal
        | Deed::AppealDecision
        | Deed::SupervisionOrder
        | Deed::SupervisionAnswer
        | Deed::SupervisionLifting
        | Deed::LeaderReport
        | Deed::Acknowledgement
        | Deed::AccountabilityRecord
        | Deed::AccountabilityClosing
        | Deed::ExtensionRequest
        | Deed::ExtensionDecision
        | Deed::Suspension
        | Deed::Resumption
        | Deed::ReadingReview
        | Deed::IdentityRequest
        | Deed::IdentityDecision
        | Deed::Lending
        | Deed::Approval(Some(Subject::Lending)) => Scope::Thing,
    }
}
