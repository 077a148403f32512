//! The operations that a script can play: each with the way from its body to its command.

use domain::case::Command;
use serde_json::Value;

use crate::case::ask::{Address, Ask};
use crate::case::asked::{
    AcceptCase, AcknowledgeReport, AddEvidence, AddUnit, AnswerOnTheSpot, AnswerSupervision, ArchiveCase,
    AssignHandler, BreakGlass, CancelCase, ClassifyCase, CloseAccountabilityRecord, CloseCase,
    CloseCaseEarly, CompleteInvestigation, CompleteMeasures, CorrectCase, DecideAppeal, DecideApproval,
    DecideExtension, DecideIdentityRequest, DecideReturn, DecideSecondDispatch, DeclineCase, DispatchCase,
    DraftPlan, EraseCase, FileAppeal, FormTeam, GiveInstruction, GivenCompletion, HandOverCase, JudgeFault,
    LiftLegalHold, LiftSupervision, LinkDuplicate, NameParticipant, OpenAccountabilityRecord,
    OrderRectification, OrderSupervision, PlaceLegalHold, PublishAnswer, ReassignFirstReceiver,
    RecallDispatch, ReceiveCase, RecordActivity, RecordFollowUp, RecordSupplement, RecusePerson, RedactText,
    RedispatchCase, RegisterCase, RemoveParticipant, ReopenCase, ReplyToComplainant, ReportBackDispatch,
    ReportToLeader, ReportUpstream, RequestApproval, RequestExtension, RequestIdentity, RequestInstruction,
    RequestRecordAccess, RequestSupplement, RestrictCase, ResumeCase, ReturnDispatch, ReviewEmergencyReading,
    ScreenCase, ServeNotice, SignDispatch, SuspendCase, TakeMeasure, TellProgress, UrgeHolder,
    VerifyRectification, WithdrawCase,
};
use crate::case::texts::Texts;
use crate::problem::Problem;
use crate::request::taken;

/// An operation that can be played.
pub(super) struct Playable {
    pub(super) operation: &'static str,
    /// The kind of thing that its address names besides the case; empty where it names none.
    pub(super) on: &'static str,
    pub(super) command: fn(Value, &Address, &mut Texts) -> Result<Command, Problem>,
}

/// Lists the bodies of operations, with the kind of thing in their address where there is one.
macro_rules! playable {
    ($( $body:ty $(: $on:literal)?, )*) => {
        const PLAYABLE: &[Playable] = &[ $( Playable {
            operation: <$body as Ask>::OPERATION,
            on: concat!($($on)?),
            command: |body, address, texts| taken::<$body>(body)?.command(address, texts),
        }, )* ];
    };
}

playable! {
    ReceiveCase,
    RegisterCase,
    GivenCompletion,
    ScreenCase,
    AcceptCase,
    DeclineCase,
    HandOverCase,
    WithdrawCase,
    CancelCase,
    CorrectCase,
    ClassifyCase,
    LinkDuplicate,
    AnswerOnTheSpot,
    ReassignFirstReceiver,
    RequestInstruction,
    GiveInstruction,
    DispatchCase,
    AddUnit,
    SignDispatch: "dispatch",
    ReturnDispatch: "dispatch",
    DecideReturn: "dispatch",
    RecallDispatch: "dispatch",
    AssignHandler,
    FormTeam,
    RecusePerson,
    RecordActivity,
    AddEvidence,
    TellProgress,
    CompleteInvestigation,
    DraftPlan,
    RequestApproval,
    RequestRecordAccess,
    DecideApproval: "approval",
    TakeMeasure,
    CompleteMeasures,
    OrderRectification,
    VerifyRectification,
    ReportBackDispatch: "dispatch",
    ReplyToComplainant,
    ServeNotice,
    ReportUpstream,
    RecordFollowUp,
    JudgeFault,
    DecideSecondDispatch,
    RedispatchCase,
    UrgeHolder,
    OrderSupervision,
    AnswerSupervision: "supervision_order",
    LiftSupervision: "supervision_order",
    ReportToLeader,
    AcknowledgeReport: "leader_report",
    RequestExtension,
    DecideExtension: "extension",
    SuspendCase,
    ResumeCase: "suspension",
    RequestSupplement,
    RecordSupplement,
    OpenAccountabilityRecord,
    CloseAccountabilityRecord: "accountability_record",
    FileAppeal,
    DecideAppeal: "appeal",
    CloseCase,
    CloseCaseEarly,
    ReopenCase,
    ArchiveCase,
    PublishAnswer,
    PlaceLegalHold,
    LiftLegalHold: "legal_hold",
    EraseCase,
    NameParticipant,
    RemoveParticipant: "participant",
    RestrictCase,
    RedactText,
    BreakGlass,
    ReviewEmergencyReading: "emergency_reading",
    RequestIdentity,
    DecideIdentityRequest: "identity_request",
}

/// The operation of this id.
pub(super) fn find(operation: &str) -> Option<&'static Playable> {
    PLAYABLE.iter().find(|playable| playable.operation == operation)
}

#[cfg(test)]
mod tests {
    use domain::case::Act;
    use strum::IntoEnumIterator;

    use super::*;
    use crate::operation::operation_of;

    #[test]
    fn whatever_a_position_may_do_on_a_case_can_be_played() {
        let of_administrators = [Act::TransferDuties, Act::MoveToVersion];
        for act in Act::iter().filter(|act| !of_administrators.contains(act)) {
            if let Some(operation) = operation_of(act) {
                assert!(find(operation).is_some(), "{operation} is not in the list");
            }
        }
    }

    #[test]
    fn an_address_names_a_thing_where_the_list_says_so() {
        let document = crate::routes::document();
        for (_, path, operation) in crate::contract::lint::operations(&document) {
            let id = operation["operationId"].as_str().unwrap();
            if let Some(playable) = find(id) {
                assert_eq!(path.matches('{').count() == 2, !playable.on.is_empty(), "{id}");
            }
        }
    }
}
