//! What stands between somebody and an act, question by question: his position, whose it is, whether
//! the step exists here, and what must come before.

use std::collections::BTreeSet;

use super::returning::bars_return;
use super::{
    appeal_barred, appealable, deed_of, extendable, ground_barred, grounds, may_pause, pausable, pause_barred,
};
use crate::approval;
use crate::authority::{custodians, is_confidential, permitting, somebody_keeps_identity};
use crate::case::{Act, Case, Context, Missing, Refusal};
use crate::duty::{HeldBy, rule_of};
use crate::gate;
use crate::ids::{StaffId, ThingId};
use crate::responsibility::{hold, is_one_of, stand_in};
use crate::retention;
use crate::rulebook::{Across, Apart, Holder, Need};
use crate::words::{ClauseId, Deed, PositionName, RouteKind, Status};

/// The positions in which somebody may do it; some acts belong to whom a thing is addressed to.
pub(in crate::case) fn positions_for(
    act: Act,
    target: Option<ThingId>,
    case: &Case,
    staff: StaffId,
    context: &Context,
) -> Result<BTreeSet<PositionName>, Refusal> {
    let deed = deed_of(case, act, target);
    let given = |deed| permitting(staff, deed, Some(case), context.rulebook, context.directory);
    let mut positions = match act {
        // Whoever works on the file may add to it in the way his position names.
        Act::RecordWork => WORK
            .iter()
            .filter(|deed| can_be_recorded(**deed, case))
            .flat_map(|deed| given(*deed))
            .collect(),
        // What a party says is recorded by who may take matters in, where nobody is named for it.
        Act::FileAppeal | Act::RecordSupplement => either(given(deed), || given(Deed::Registration)),
        // Who has the matter in hand answers for it, also where his position is to order and not to answer.
        Act::AnswerSupervision if case.handler == Some(staff) => {
            either(given(deed), || given(Deed::InvestigationEnd))
        }
        // Who orders a supervision lifts his own.
        Act::LiftSupervision => either(given(deed), || given(Deed::SupervisionOrder)),
        // Who needs a yes may ask for it.
        Act::RequestApproval => approval::askable(case, staff, context)
            .flat_map(|(_, positions)| positions)
            .chain(given(deed))
            .collect(),
        // Who must reach a party may ask who it is.
        Act::RequestIdentity => [
            Deed::IdentityRequest,
            Deed::Reply,
            Deed::Registration,
            Deed::FollowUp,
        ]
        .into_iter()
        .flat_map(given)
        .collect(),
        // Only the custodian opens what he keeps.
        Act::DecideIdentity => context
            .directory
            .active(staff)
            .map(|member| {
                let keeps = custodians(case, context);
                let positions = member.positions.iter();
                positions.filter(|name| keeps.contains(name)).cloned().collect()
            })
            .unwrap_or_default(),
        // Stepping aside is everybody's own to do.
        Act::Recuse => context
            .directory
            .active(staff)
            .map(|member| member.positions.iter().cloned().collect())
            .unwrap_or_default(),
        _ => given(deed),
    };
    if positions.is_empty() {
        let clause = match (&context.rulebook.first_contact, act) {
            (Some(rule), Act::ReassignFirstReceiver) => Some(rule.clause.clone()),
            // Who decides on an appeal is said where it is allowed.
            (_, Act::DecideAppeal) => {
                let mut appeals = case.appeals.iter();
                let appeal = appeals.find(|appeal| Some(appeal.id) == target);
                appeal
                    .and_then(|appeal| appeal.clause.clone())
                    .or_else(|| clause_of(deed, context))
            }
            _ => clause_of(deed, context),
        };
        return Err(Refusal::NotPermitted { deed, clause });
    }
    if act == Act::ReassignFirstReceiver
        && let Some(rule) = &context.rulebook.first_contact
    {
        positions.retain(|position| rule.changed_by.contains(position));
        if positions.is_empty() {
            let clause = Some(rule.clause.clone());
            return Err(Refusal::NotPermitted { deed, clause });
        }
    }
    match meant(act, target, case, staff, context) {
        Some((meant, clause)) if !meant => Err(Refusal::NotPermitted { deed, clause }),
        _ => Ok(positions),
    }
}

/// These, or the others where there are none.
fn either(
    these: BTreeSet<PositionName>,
    others: impl FnOnce() -> BTreeSet<PositionName>,
) -> BTreeSet<PositionName> {
    if these.is_empty() { others() } else { these }
}

const WORK: &[Deed] = &[
    Deed::Activity(None),
    Deed::Evidence,
    Deed::Opinion,
    Deed::FeasibilityStudy,
    Deed::Discussion,
    Deed::InvestigationPlan,
    Deed::InvestigationReport,
];

/// Nobody works on what is not accepted yet; what the complainant brings along is put to the file at once (R11-2b).
#[must_use]
pub fn can_be_recorded(work: Deed, case: &Case) -> bool {
    work == Deed::Evidence || case.status >= Status::Accepted
}

/// Whether this very person is meant by what the act is on, and the clause that says so; none where an
/// act is for whoever has the position.
fn meant(
    act: Act,
    target: Option<ThingId>,
    case: &Case,
    staff: StaffId,
    context: &Context,
) -> Option<(bool, Option<ClauseId>)> {
    let unit = context.directory.active(staff).and_then(|member| member.unit);
    let is = |held: &HeldBy| is_one_of(staff, held, context);
    let stands_in =
        |held: &HeldBy| stand_in(held.clone(), act.deed(), case, context).is_some_and(|held| is(&held));
    match act {
        // A unit answers for itself; who sent the form may confirm that it arrived (R03-2.1.2c).
        Act::SignDispatch | Act::ReportBack => {
            let sent = case.running_dispatch(target?)?;
            Some((unit.is_none() || unit == Some(sent.unit), None))
        }
        // Only the unit itself gives back what it was sent, and only who sent it takes it back.
        Act::Return => {
            let sent = case.running_dispatch(target?)?;
            Some((unit == Some(sent.unit), None))
        }
        // A unit names people for what it has in hand itself.
        Act::AssignHandler | Act::FormTeam => {
            let mut running = case.running_dispatches().peekable();
            let own =
                unit.is_none() || running.peek().is_none() || running.any(|sent| unit == Some(sent.unit));
            Some((own, None))
        }
        Act::Recall => {
            let sender = case.running_dispatch(target?)?.sent_by?;
            let gone = case.bars(sender) || context.directory.active(sender).is_none();
            // Who may call back and never sends calls back what others sent (R01-2.2b).
            let over = permitting(
                staff,
                Deed::Dispatch,
                Some(case),
                context.rulebook,
                context.directory,
            );
            Some((gone || sender == staff || over.is_empty(), None))
        }
        Act::DecideReturn => {
            let returns = context.rulebook.returns.as_ref()?;
            let sent = case.running_dispatch(target?);
            let by = hold(&returns.arbiter, Deed::ReturnDecision, case, context, sent)?;
            Some((is(&by), Some(returns.clause.clone())))
        }
        // What the unit is to answer itself, it answers; the office answers what was reported back.
        Act::Reply if gate::unit_replies(case, context) && case.status != Status::Resolved => {
            let facts = case.facts(context.rulebook, context.directory);
            let clause = context
                .rulebook
                .duties_owing(Deed::Reply)
                .find(|rule| rule.when.matches(&facts))
                .map(|rule| rule.clause.clone());
            Some((case.lead().is_none_or(|lead| unit == Some(lead.unit)), clause))
        }
        Act::AnswerSupervision => {
            let order = case.supervision_orders.iter().find(|it| Some(it.id) == target)?;
            Some((order.unit.is_none() || order.unit == unit, order.clause.clone()))
        }
        Act::LiftSupervision => {
            let order = case.supervision_orders.iter().find(|it| Some(it.id) == target)?;
            Some((stands_in(&order.supervisor), order.clause.clone()))
        }
        Act::Acknowledge => {
            let report = case.leader_reports.iter().find(|it| Some(it.id) == target)?;
            Some((stands_in(&report.to), report.clause.clone()))
        }
        Act::DecideAppeal => {
            let appeal = case.appeals.iter().find(|it| Some(it.id) == target)?;
            let rule = context.rulebook.appeal(&appeal.name)?;
            let by = hold(&rule.decided_by, Deed::AppealDecision, case, context, None)?;
            let anybody = rule.decided_by == Holder::WhoeverMay;
            Some((anybody || is(&by), Some(rule.clause.clone())))
        }
        Act::DecideExtension => {
            let asked = case.extensions.iter().find(|it| Some(it.id) == target)?;
            let rule = rule_of(&asked.duty, context)?.extension.as_ref()?;
            let by = hold(&rule.by, Deed::ExtensionDecision, case, context, None)?;
            Some((is(&by), Some(asked.clause.clone())))
        }
        // A pause is for whom its ground names.
        Act::Suspend if !context.rulebook.suspensions.is_empty() => Some(may_pause(case, staff, context)),
        _ => None,
    }
}

/// Whether the act exists at this point of this case, beyond what the status alone says.
pub(crate) fn exists(act: Act, case: &Case, context: &Context) -> bool {
    match act {
        // In the office's own handling assigning is how a matter gets into somebody's hands.
        Act::AssignHandler | Act::FormTeam if case.status == Status::Accepted => {
            case.route(context.rulebook, context.directory) == Some(RouteKind::OwnOffice)
        }
        // What the office has in its own hands may turn out to be a unit's to deal with (R10-2.2).
        Act::Dispatch => case.lead().is_none(),
        // Only who has the matter in hand, or had it, can be made to answer for it.
        Act::OrderSupervision => !case.dispatches.is_empty() || case.handler.is_some(),
        Act::FileAppeal => appealable(case, context).next().is_some(),
        // After an answer a leader is only asked again, and the matter only classified, where no unit ever had it: what
        // was answered on the spot may be unclassified, and a unit is now to be chosen for it.
        Act::Classify | Act::RequestInstruction | Act::GiveInstruction if case.status == Status::Replied => {
            case.round_ordered.is_some() && case.dispatches.is_empty()
        }
        _ => true,
    }
}

/// Whether the rulebook knows such a step on such a case.
pub(super) fn is_provided(act: Act, case: &Case, staff: StaffId, context: &Context) -> bool {
    let rulebook = context.rulebook;
    match act {
        Act::Decline
        | Act::HandOver
        | Act::Withdraw
        | Act::Cancel
        | Act::AnswerOnTheSpot
        | Act::Reopen
        | Act::CloseEarly => !grounds(case, act.deed(), context).is_empty(),
        Act::Screen => rulebook.asks_for(Deed::Screening),
        Act::Return | Act::DecideReturn => rulebook.returns.is_some(),
        Act::Suspend => !rulebook.suspensions.is_empty(),
        Act::FileAppeal => !rulebook.appeals.is_empty(),
        // What is kept secret is not published in any form.
        Act::Publish => !is_confidential(case, context),
        Act::RequestApproval => approval::askable(case, staff, context).next().is_some(),
        // What is not sealed is revealed without asking.
        Act::RequestIdentity => is_confidential(case, context),
        Act::RequestInstruction => rulebook.positions_that_may(Deed::Instruction).next().is_some(),
        // Who handles it in the office itself may be joined by a unit that the rulebook wants beside him.
        Act::AddUnit if case.lead().is_none() => {
            let facts = case.facts_without_route(rulebook, context.directory);
            let joint = rulebook
                .route(&facts)
                .is_some_and(|route| !route.jointly.is_empty());
            joint || case.is_led_by_the_office(rulebook)
        }
        Act::Dispatch | Act::AddUnit | Act::Redispatch => {
            case.route(rulebook, context.directory) != Some(RouteKind::OwnOffice)
                && (act != Act::Redispatch || rulebook.rounds.is_some())
        }
        // Only what came from above is answered upwards.
        Act::ReportUpstream => {
            let facts = case.facts(rulebook, context.directory);
            rulebook
                .duties_owing(Deed::UpstreamReport)
                .any(|duty| duty.when.matches(&facts))
        }
        Act::ReassignFirstReceiver => rulebook.first_contact.is_some(),
        Act::RequestLending => rulebook.gates_before(Deed::Lending).next().is_some(),
        Act::RequestExtension => extendable(case, staff, context).next().is_some(),
        // What no clause sets an end to is kept.
        Act::Erase => retention::erasable_after(case, context).is_some(),
        _ => true,
    }
}

/// What must come before, or came already.
pub(super) fn in_the_way(
    act: Act,
    target: Option<ThingId>,
    case: &Case,
    staff: StaffId,
    context: &Context,
) -> Option<Refusal> {
    let deed = deed_of(case, act, target);
    let once = matches!(
        act,
        Act::RequestInstruction | Act::ReportUpstream | Act::Archive | Act::DecideSecondDispatch
    );
    if once && case.in_force(deed, None).is_some() {
        return Some(Refusal::AlreadyDone { deed });
    }
    if let Err(refusal) = separate(case, act, target, deed, staff, context) {
        return Some(refusal);
    }
    if act == Act::Return
        && let Some(refusal) = bars_return(case, target?, context)
    {
        return Some(refusal);
    }
    if act == Act::Urge
        && let Some(last) = case.in_force(Deed::Urging, None)
        && context.now < last.at + BETWEEN_URGES
    {
        return Some(Refusal::UrgedRecently {
            until: last.at + BETWEEN_URGES,
        });
    }
    if let Some(refusal) = no_way_left(act, case, staff, context) {
        return Some(refusal);
    }
    if act == Act::RequestIdentity && !somebody_keeps_identity(case, staff, context) {
        return Some(Refusal::NoCustodian);
    }
    if act == Act::Erase
        && let Some(refusal) = bars_erasure(case, context)
    {
        return Some(refusal);
    }
    let mut missing = gate::missing(case, context, deed, target);
    if may_state_checks(act, case, staff, context) {
        missing.retain(|it| !is_screening(it));
    }
    (!missing.is_empty()).then_some(Refusal::GateClosed { missing })
}

/// What keeps a case from being erased now: a hold, its time, an appeal that is not decided.
fn bars_erasure(case: &Case, context: &Context) -> Option<Refusal> {
    if case.is_held() {
        return Some(Refusal::OnHold);
    }
    let (until, clause) = retention::erasable_after(case, context)?;
    if context.calendar.date_of(context.now) <= until {
        return Some(Refusal::RetentionRunning { clause, until });
    }
    let undecided = Missing {
        need: Need::Deed(Deed::AppealDecision),
        or: Vec::new(),
        clause: None,
        by: None,
    };
    case.open_appeals()
        .next()
        .is_some()
        .then_some(Refusal::GateClosed {
            missing: vec![undecided],
        })
}

/// Whether an acceptance by this member of staff may state the checks of the screening itself (R14-4.2.3): there are
/// checks, he may screen, and nobody found that one was not passed.
pub(in crate::case) fn may_state_checks(act: Act, case: &Case, staff: StaffId, context: &Context) -> bool {
    let has_checks = || {
        let facts = case.facts(context.rulebook, context.directory);
        let form = context.rulebook.form(Deed::Screening, &facts);
        form.is_some_and(|form| form.sections.words().next().is_some())
    };
    let may = || {
        permitting(
            staff,
            Deed::Screening,
            Some(case),
            context.rulebook,
            context.directory,
        )
    };
    act == Act::Accept && !case.failed_its_screening() && has_checks() && !may().is_empty()
}

/// Whether it is the screening that is missing, whoever makes it.
pub(in crate::case) fn is_screening(missing: &Missing) -> bool {
    missing.need == Need::Deed(Deed::Screening) && missing.by.is_none()
}

/// Where an act has listed ways, why none of them is open now.
fn no_way_left(act: Act, case: &Case, staff: StaffId, context: &Context) -> Option<Refusal> {
    let mut refusals: Vec<Option<Refusal>> = match act {
        Act::Reopen | Act::CloseEarly => grounds(case, act.deed(), context)
            .iter()
            .map(|ground| ground_barred(case, act.deed(), &ground.name, true, context))
            .collect(),
        Act::Suspend => pausable(case, staff, context)
            .map(|rule| pause_barred(case, rule, true, context))
            .collect(),
        Act::RequestApproval => approval::askable(case, staff, context)
            .map(|(subject, _)| {
                approval::is_asked_already(subject, case).then_some(Refusal::AlreadyDone {
                    deed: Deed::ApprovalRequest,
                })
            })
            .collect(),
        Act::FileAppeal => appealable(case, context)
            .map(|rule| appeal_barred(case, rule, context.now, context))
            // What was said in time may be recorded later.
            .map(|refusal| refusal.filter(|it| !matches!(it, Refusal::WindowOver { .. })))
            .collect(),
        _ => return None,
    };
    if refusals.iter().any(Option::is_none) {
        return None;
    }
    refusals.drain(..).flatten().next()
}

/// A reminder more often than this is noise.
const BETWEEN_URGES: chrono::TimeDelta = chrono::TimeDelta::hours(1);

/// Not by the same hand: nobody decides what he asked for, wrote or opened himself, nor what the
/// rulebook keeps apart.
pub(in crate::case) fn separate(
    case: &Case,
    act: Act,
    target: Option<ThingId>,
    deed: Deed,
    staff: StaffId,
    context: &Context,
) -> Result<(), Refusal> {
    if let Some(target) = target
        && is_his_own(case, act, target, staff)
    {
        return Err(Refusal::SeparationOfDuties { clause: None });
    }
    let facts = case.facts(context.rulebook, context.directory);
    let mine = |rule: &Apart| rule.deeds.iter().any(|one| one.covers(deed));
    for rule in context
        .rulebook
        .apart
        .iter()
        .filter(|rule| mine(rule) && rule.when.matches(&facts))
    {
        let both = case
            .done
            .iter()
            .filter(|done| done.by == Some(staff) || case.in_place_of.get(&done.sequence) == Some(&staff))
            .any(|done| match rule.across {
                Across::Case => rule
                    .deeds
                    .iter()
                    .any(|other| !other.covers(deed) && other.covers(done.deed)),
                Across::Rounds => {
                    done.round < case.round && rule.deeds.iter().any(|other| other.covers(done.deed))
                }
            });
        if both {
            return Err(Refusal::SeparationOfDuties {
                clause: Some(rule.clause.clone()),
            });
        }
    }
    Ok(())
}

/// Whether this is what he asked for, wrote or opened himself, or his deputy in his place.
fn is_his_own(case: &Case, act: Act, target: ThingId, staff: StaffId) -> bool {
    if author(case, act, target) == Some(staff) {
        return true;
    }
    let made_it = |sequence: u64| match act {
        Act::DecideReturn => case.done.iter().any(|done| {
            done.sequence == sequence && done.deed == Deed::Return && done.dispatch == Some(target)
        }),
        Act::DecideAppeal => case
            .appeals
            .iter()
            .any(|appeal| appeal.id == target && appeal.against_sequence == sequence),
        _ => author(case, act, target).is_some() && case.id.thing(sequence) == target,
    };
    let mut of_deputies = case.in_place_of.iter();
    of_deputies.any(|(sequence, principal)| *principal == staff && made_it(*sequence))
}

/// Who asked for, wrote or opened what another is to decide on.
fn author(case: &Case, act: Act, target: ThingId) -> Option<StaffId> {
    match act {
        Act::DecideExtension => case.extensions.iter().find(|it| it.id == target)?.asked_by,
        Act::DecideApproval => match case.lending_requests.iter().find(|it| it.id == target) {
            Some(request) => request.by,
            None => match case.approval_requests.iter().find(|it| it.id == target) {
                Some(request) => request.by,
                None => case.done.iter().find(|done| done.id == target)?.by,
            },
        },
        Act::DecideReturn => case.running_dispatch(target)?.given_back.last()?.by,
        Act::DecideAppeal => case.appeals.iter().find(|it| it.id == target)?.against_by,
        Act::ReviewReading => {
            let mut readings = case.unreviewed_readings();
            Some(readings.find(|it| it.id == target)?.staff)
        }
        Act::DecideIdentity => case.open_identity_requests().find(|it| it.id == target)?.by,
        Act::LiftLegalHold => case.legal_holds.iter().find(|it| it.id == target)?.placed_by,
        Act::CloseAccountability => {
            case.accountability_records
                .iter()
                .find(|it| it.id == target)?
                .opened_by
        }
        _ => None,
    }
}

/// Where the rulebook says when a deed may be done, if it lists grounds for it; else who may do it.
pub(in crate::case) fn clause_of(deed: Deed, context: &Context) -> Option<ClauseId> {
    let rulebook = context.rulebook;
    let appeal = || rulebook.appeals.first().filter(|_| deed == Deed::Appeal);
    let pause = || rulebook.suspensions.first().filter(|_| deed == Deed::Suspension);
    let ground = rulebook.grounds(deed).next().map(|ground| ground.clause.clone());
    ground
        .or_else(|| appeal().map(|appeal| appeal.clause.clone()))
        .or_else(|| pause().map(|pause| pause.clause.clone()))
        .or_else(|| {
            let position = rulebook.positions_that_may(deed).next()?;
            Some(position.clause.clone())
        })
}
