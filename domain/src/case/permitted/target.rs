//! What an act can be on: a dispatch, a request, an order, a report.

use crate::case::{Act, Case};
use crate::duty::Duty;
use crate::ids::ThingId;
use crate::words::{Deed, Subject};

/// The things an act could be on; one `None` for an act on the case itself, nothing where there is no
/// thing to act on.
#[must_use]
pub fn targets(case: &Case, act: Act) -> Vec<Option<ThingId>> {
    match act {
        Act::SignDispatch => case
            .running_dispatches()
            .filter(|dispatch| dispatch.signed.is_none())
            .map(|dispatch| Some(dispatch.id))
            .collect(),
        Act::Return => case
            .running_dispatches()
            .filter(|dispatch| dispatch.reported_back_at.is_none() && !dispatch.awaits_decision_on_return())
            .map(|dispatch| Some(dispatch.id))
            .collect(),
        Act::DecideReturn => case
            .running_dispatches()
            .filter(|dispatch| dispatch.reported_back_at.is_none() && dispatch.awaits_decision_on_return())
            .map(|dispatch| Some(dispatch.id))
            .collect(),
        Act::Recall | Act::ReportBack => case
            .running_dispatches()
            .filter(|dispatch| dispatch.reported_back_at.is_none())
            .map(|dispatch| Some(dispatch.id))
            .collect(),
        Act::DecideExtension => case
            .extensions
            .iter()
            // What was asked about a duty that is over needs no answer.
            .filter(|asked| asked.decided.is_none() && case.duties.iter().any(|duty| duty.key == asked.duty))
            .map(|extension| Some(extension.id))
            .collect(),
        Act::DecideApproval => {
            let plans = case
                .in_force(Deed::Plan, None)
                .filter(|_| case.in_force(Deed::Approval(Some(Subject::Plan)), None).is_none())
                .map(|plan| plan.id);
            let lending = case
                .lending_requests
                .iter()
                .filter(|it| it.decided.is_none())
                .map(|it| it.id);
            let asked = case.open_approval_requests().map(|it| it.id);
            let opened = case.duties.iter().filter_map(opened_by_a_gate);
            plans
                .into_iter()
                .chain(lending)
                .chain(asked)
                .chain(opened)
                .map(Some)
                .collect()
        }
        Act::AnswerSupervision => case
            .supervision_orders
            .iter()
            .filter(|order| order.answered_at.is_none() && order.lifted_at.is_none())
            .map(|order| Some(order.id))
            .collect(),
        Act::LiftSupervision => case
            .supervision_orders
            .iter()
            .filter(|order| order.lifted_at.is_none())
            .map(|order| Some(order.id))
            .collect(),
        Act::Acknowledge => case
            .leader_reports
            .iter()
            .filter(|report| report.acknowledged_at.is_none())
            .map(|report| Some(report.id))
            .collect(),
        Act::CloseAccountability => case
            .accountability_records
            .iter()
            .filter(|record| record.closed_at.is_none())
            .map(|record| Some(record.id))
            .collect(),
        Act::Resume => case.open_suspensions().map(|pause| Some(pause.id)).collect(),
        Act::DecideAppeal => case.open_appeals().map(|appeal| Some(appeal.id)).collect(),
        Act::LiftLegalHold => case
            .legal_holds
            .iter()
            .filter(|hold| hold.lifted_at.is_none())
            .map(|hold| Some(hold.id))
            .collect(),
        Act::RemoveParticipant => case
            .secrecy
            .participants
            .iter()
            .map(|known| Some(known.id))
            .collect(),
        Act::ReviewReading => case.unreviewed_readings().map(|known| Some(known.id)).collect(),
        Act::DecideIdentity => case
            .open_identity_requests()
            .map(|known| Some(known.id))
            .collect(),
        Act::Urge if case.duties.is_empty() => Vec::new(),
        Act::Receive | Act::Register => Vec::new(),
        _ => vec![None],
    }
}

/// What a gate waits for is decided under the duty that it opened, where nobody had to ask for it.
fn opened_by_a_gate(duty: &Duty) -> Option<ThingId> {
    let by_a_gate = duty.key.thing.is_none()
        && match duty.terms.owes {
            // A plan is decided under its own id.
            Deed::Approval(subject) => subject.is_some_and(|subject| subject != Subject::Plan),
            _ => false,
        };
    by_a_gate.then_some(ThingId(duty.id.0))
}

/// The deed that an act on this target makes.
#[must_use]
pub fn deed_of(case: &Case, act: Act, target: Option<ThingId>) -> Deed {
    match (act, target) {
        (Act::DecideApproval, Some(target)) => {
            let lending = case.lending_requests.iter().any(|request| request.id == target);
            let asked = case.approval_requests.iter().find(|request| request.id == target);
            let opened = case
                .duties
                .iter()
                .find(|duty| opened_by_a_gate(duty) == Some(target));
            match (lending, asked, opened) {
                (true, ..) => Deed::Approval(Some(Subject::Lending)),
                (false, Some(request), _) => Deed::Approval(Some(request.subject)),
                (false, None, Some(duty)) => duty.terms.owes,
                (false, None, None) => Deed::Approval(Some(Subject::Plan)),
            }
        }
        _ => act.deed(),
    }
}
