//! What the caller may do now, and what only a rule forbids: a front end draws its buttons from this.

use domain::case::permitted::{acts_that_discharge, can_be_recorded};
use domain::case::{Act, Case, Missing, Possible, Refusal, possibilities};
use domain::words::Deed;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::Teller;
use crate::operation::operation_of;
use crate::problem::{ClauseView, MissingFactView, Problem, missing_facts};

/// Something this caller may do now.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct AllowedAction {
    /// The operation.
    #[schema(max_length = 64, example = "sign_dispatch")]
    operation_id: &'static str,
    /// The second id of its path: a dispatch, an extension …
    #[serde(skip_serializing_if = "Option::is_none")]
    target_id: Option<Uuid>,
    /// The open duties it would discharge: draw these first.
    #[schema(max_items = 100)]
    discharges: Vec<Uuid>,
    /// What the rulebook normally wants before it or with it: warn who leaves it out.
    #[schema(max_items = 100)]
    #[serde(skip_serializing_if = "Vec::is_empty")]
    normally: Vec<MissingFactView>,
}

/// Something that position and status would allow this caller, and a rule forbids.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct BlockedAction {
    /// The operation.
    #[schema(max_length = 64, example = "dispatch_case")]
    operation_id: &'static str,
    /// The second id of its path.
    #[serde(skip_serializing_if = "Option::is_none")]
    target_id: Option<Uuid>,
    /// The code of the problem that a try would get.
    #[schema(max_length = 64, example = "gate_closed")]
    code: &'static str,
    /// The clause that forbids it.
    #[serde(skip_serializing_if = "Option::is_none")]
    clause: Option<ClauseView>,
    /// What is missing.
    #[schema(max_items = 100)]
    missing: Vec<MissingFactView>,
}

/// What this caller may do, and what is blocked.
pub(super) fn of(case: &Case, teller: &Teller) -> (Vec<AllowedAction>, Vec<BlockedAction>) {
    let mut allowed = Vec::new();
    let mut blocked = Vec::new();
    for possible in possibilities(case, teller.staff, &teller.context()) {
        for operation_id in operations_of(&possible, case, teller) {
            let target_id = possible.target.map(|target| target.0);
            match &possible.blocked {
                None => allowed.push(AllowedAction {
                    operation_id,
                    target_id,
                    discharges: possible.discharges.iter().map(|duty| duty.0).collect(),
                    normally: told(&possible.normally, teller),
                }),
                Some(refusal) => blocked.push(BlockedAction {
                    operation_id,
                    target_id,
                    code: Problem::refused(refusal, possible.act, &teller.law.rulebook)
                        .kind()
                        .code(),
                    clause: clause_of(refusal).map(|clause| teller.clause(clause)),
                    missing: preconditions(refusal, teller),
                }),
            }
        }
    }
    (allowed, blocked)
}

/// The operations of an act: one each, but for work on the file, which evidence has a way of its own into.
fn operations_of(possible: &Possible, case: &Case, teller: &Teller) -> Vec<&'static str> {
    let staff = possible.acting_for.unwrap_or(teller.staff);
    let may = |deed| {
        let rulebook = &teller.law.rulebook;
        let directory = &teller.law.directory;
        !domain::authority::permitting(staff, deed, Some(case), rulebook, directory).is_empty()
    };
    let is_work = possible.act == Act::RecordWork;
    let early = is_work && !can_be_recorded(Deed::Activity(None), case);
    let own = operation_of(possible.act).filter(|_| !early);
    let mut operations: Vec<&'static str> = own.into_iter().collect();
    if is_work && may(Deed::Evidence) {
        operations.push("add_evidence");
    }
    operations
}

/// The operations by which a duty's holder discharges what is owed.
pub(crate) fn operations_that_discharge(owes: Deed) -> Vec<&'static str> {
    let mut operations: Vec<&'static str> = acts_that_discharge(owes)
        // An exceptional way, not open to every matter: where it is, the case's allowed actions name it.
        .filter(|act| *act != Act::AnswerOnTheSpot)
        .filter_map(|act| operation_for(act, owes))
        .collect();
    operations.dedup();
    operations
}

/// The operation by which an act makes a deed.
fn operation_for(act: Act, deed: Deed) -> Option<&'static str> {
    match (act, deed) {
        (Act::RecordWork, Deed::Evidence) => Some("add_evidence"),
        (act, _) => operation_of(act),
    }
}

/// What a closed gate waits for.
fn preconditions(refusal: &Refusal, teller: &Teller) -> Vec<MissingFactView> {
    let missing: &[Missing] = match refusal {
        Refusal::GateClosed { missing } | Refusal::FactsMissing { missing } => missing,
        _ => &[],
    };
    told(missing, teller)
}

fn told(missing: &[Missing], teller: &Teller) -> Vec<MissingFactView> {
    missing_facts(missing, Some(&teller.law.rulebook))
        .iter()
        .map(|fact| MissingFactView::new(fact, teller.language))
        .collect()
}

/// The clause that a refusal of an act rests on.
fn clause_of(refusal: &Refusal) -> Option<&domain::words::ClauseId> {
    match refusal {
        Refusal::NotPermitted { clause, .. }
        | Refusal::NotProvided { clause, .. }
        | Refusal::NotListed { clause, .. }
        | Refusal::PersonUnsuitable { clause, .. }
        | Refusal::UnitBarred { clause, .. }
        | Refusal::SeparationOfDuties { clause } => clause.as_ref(),
        Refusal::AnonymityNotAllowed { clause }
        | Refusal::BoundReached { clause, .. }
        | Refusal::SectionsMissing { clause, .. }
        | Refusal::ReturnIsFinal { clause }
        | Refusal::WindowOver { clause, .. }
        | Refusal::ExtensionTooLate { clause, .. }
        | Refusal::ExtensionBeyondCap { clause, .. }
        | Refusal::RetentionRunning { clause, .. } => Some(clause),
        Refusal::FactsMissing { missing } | Refusal::GateClosed { missing } => {
            missing.iter().find_map(|it| it.clause.as_ref())
        }
        Refusal::NotVisible
        | Refusal::WrongStatus { .. }
        | Refusal::Erased
        | Refusal::OnHold
        | Refusal::ReferenceUnknown { .. }
        | Refusal::WrongState { .. }
        | Refusal::AlreadyDone { .. }
        | Refusal::TimesOutOfOrder { .. }
        | Refusal::PersonBarred { .. }
        | Refusal::NobodyLeft { .. }
        | Refusal::NoCustodian
        | Refusal::CircularLink
        | Refusal::ScreeningFailed { .. }
        | Refusal::UrgedRecently { .. } => None,
    }
}
