//! What of a case still matters to the rulebook: which facts its rules will yet ask for, and which deeds.
//!
//! Two cases that differ only in what no rule can ask for any more are the same state. A gate before the dispatch asks
//! nothing of a case that is with the unit; a rule for reports asks nothing of a complaint.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet};
use std::hash::{Hash, Hasher};
use std::rc::Rc;

use super::commands::{Worth, worth};
use crate::case::status::{Scope, scope, statuses};
use crate::case::{Act, Case};
use crate::gate::acts_for;
use crate::rulebook::{Checked, Entry, Force, Gate, Holder, Need, Origin, Route, RouteTo, Trigger, When};
use crate::words::{
    AxisName, CaseType, Channel, Deed, Field, IdentityMode, RouteKind, Source, Status, Subject, Word,
};
use strum::IntoEnumIterator;

/// How far a case is; within a phase nothing that was passed comes again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Phase {
    Received,
    Registered,
    Accepted,
    /// From the first dispatch on: a further round goes through all of it again.
    Handled,
}

fn phase(status: Status) -> Phase {
    match status {
        Status::Received => Phase::Received,
        Status::Registered => Phase::Registered,
        Status::Accepted => Phase::Accepted,
        Status::Dispatched
        | Status::Investigating
        | Status::Disposing
        | Status::Resolved
        | Status::Replied
        | Status::Closed
        | Status::Archived
        | Status::Declined
        | Status::Withdrawn
        | Status::HandedOver
        | Status::Cancelled => Phase::Handled,
    }
}

/// What cannot change any more on a case.
type Fixed = (
    Phase,
    Option<CaseType>,
    Source,
    Channel,
    IdentityMode,
    Option<Word>,
    // Whether all that is with units in this round was reported back.
    bool,
);

/// What the rules can still ask for.
#[derive(Debug, Default)]
pub(super) struct Relevant {
    /// The conditions that can still be asked, each once.
    pub(super) conditions: Vec<When>,
    /// The axes of which a gate asks only that they are decided.
    pub(super) axes: BTreeSet<AxisName>,
    /// The deeds whose being done matters.
    pub(super) deeds: BTreeSet<Deed>,
    /// The deeds of which a gate asks whether these made them.
    pub(super) makers: BTreeSet<(Deed, Holder)>,
    /// The deeds that not the same hand may do.
    pub(super) apart: BTreeSet<Deed>,
    /// Tells the lists of conditions apart: the same answers to other questions are another state.
    pub(super) questions: u64,
}

impl Relevant {
    fn asks(&mut self, when: &When) {
        if !when.is_always() && !self.conditions.contains(when) {
            self.conditions.push(when.clone());
        }
    }

    /// Whether it can still be asked whether the case is supervised.
    pub(super) fn supervised(&self) -> bool {
        self.conditions.iter().any(|when| !when.supervised.is_empty())
    }

    /// Whether it matters that a deed was done.
    pub(super) fn deed(&self, deed: Deed) -> bool {
        self.deeds.contains(&deed) || self.deeds.contains(&deed.bare())
    }

    /// Whether it matters who did a deed.
    pub(super) fn doer(&self, deed: Deed) -> bool {
        self.apart.iter().any(|one| one.meets(deed)) || self.makers.iter().any(|(one, _)| one.meets(deed))
    }
}

/// What the rules of a rulebook can ask for, by what is fixed on a case; worked out once for each.
pub(super) struct Relevance<'r> {
    rulebook: &'r Checked,
    known: BTreeMap<Fixed, Rc<Relevant>>,
}

impl<'r> Relevance<'r> {
    pub(super) fn of(rulebook: &'r Checked) -> Self {
        Self {
            rulebook,
            known: BTreeMap::new(),
        }
    }

    /// What can still be asked of this case.
    pub(super) fn at(&mut self, case: &Case) -> Rc<Relevant> {
        let phase = match phase(case.status) {
            // An answer without any dispatch leaves the first dispatch before it.
            Phase::Handled if case.dispatches.is_empty() => Phase::Accepted,
            phase => phase,
        };
        let fixed = (
            phase,
            case.case_type,
            case.source,
            case.channel,
            case.complainant.identity,
            case.complainant.kind.clone(),
            case.lead().is_some()
                && case
                    .running_dispatches()
                    .all(|sent| sent.reported_back_at.is_some()),
        );
        let rulebook = self.rulebook;
        let known = self.known.entry(fixed).or_insert_with_key(|fixed| {
            let mut relevant = Relevant::default();
            collect(rulebook, fixed, &mut relevant);
            let mut hasher = DefaultHasher::new();
            format!("{:?}", relevant.conditions).hash(&mut hasher);
            relevant.questions = hasher.finish();
            Rc::new(relevant)
        });
        Rc::clone(known)
    }
}

fn collect(rulebook: &Checked, fixed: &Fixed, relevant: &mut Relevant) {
    let wanted = closure(rulebook, fixed, None);
    // What was reported back asks for nothing more in its round; the facts it asked for come again in the next.
    let over = fixed.6.then_some(Deed::ReportBack);
    let in_round = closure(rulebook, fixed, over);
    let comes = |deed: Deed| can_come(deed, fixed.0) && wanted.iter().any(|one| one.meets(deed));
    let may_match =
        |when: &When, fixed: &Fixed| may_match(when, fixed) && may_be_asked(when, rulebook, &wanted);
    relevant.deeds.extend(PREREQUISITES.iter().copied());
    // A deed undone, or waited for by another, matters while it may be asked for.
    let waited_for = [
        Deed::InvestigationEnd,
        Deed::Plan,
        Deed::Measure(None),
        Deed::MeasuresDone,
        Deed::Screening,
        Deed::Assignment,
        Deed::Team,
        Deed::InvestigationReport,
        Deed::Discussion,
        Deed::AppealDecision,
    ];
    let approvals = Subject::iter().map(|subject| Deed::Approval(Some(subject)));
    let asked = |deed: &Deed| in_round.iter().any(|one| one.meets(*deed));
    relevant
        .deeds
        .extend(waited_for.into_iter().chain(approvals).filter(asked));
    // A loan of the records is a thread of its own, asked for and decided beside the matter.
    let of_the_matter = |gate: &&Entry<Gate>| gate.force == Force::Must && gate.before != Deed::Lending;
    for gate in rulebook.gates.iter().filter(of_the_matter) {
        if comes(gate.before) && may_match(&gate.when, fixed) {
            relevant.asks(&gate.when);
            gate_asks(gate, in_round.iter().any(|one| one.meets(gate.before)), relevant);
        }
    }
    for duty in rulebook.duties() {
        if comes(duty.owes) && may_match(&duty.when, fixed) {
            relevant.asks(&duty.when);
            relevant.deeds.extend([duty.owes, duty.from]);
        }
    }
    for ground in &rulebook.grounds {
        if comes(ground.of) && may_match(&ground.when, fixed) {
            relevant.asks(&ground.when);
            relevant
                .deeds
                .extend(ground.needs.iter().filter_map(|need| match need {
                    Need::Deed(deed) => Some(*deed),
                    Need::Field(_) | Need::Axis(_) => None,
                }));
        }
    }
    for escalation in &rulebook.escalations {
        let (live, settled) = match escalation.trigger {
            Trigger::After(deed) => (comes(deed), Some(deed)),
            Trigger::Late { .. } => (true, None),
        };
        if live && may_match(&escalation.when, fixed) {
            let mut when = escalation.when.clone();
            // What the deed itself decides is asked on the spot and forgotten.
            match settled {
                Some(Deed::FollowUp) => when.satisfaction.clear(),
                Some(Deed::FaultJudgement) => when.fault.clear(),
                Some(Deed::InvestigationEnd) => when.finding.clear(),
                _ => {}
            }
            relevant.asks(&when);
            relevant.deeds.extend(settled);
        }
    }
    for appeal in &rulebook.appeals {
        relevant.deeds.extend([appeal.against, appeal.from]);
    }
    let routes = rulebook.routes.iter().map(|it| &it.when);
    let secrecy = rulebook.secrecy.iter().map(|it| &it.when);
    for when in routes.chain(secrecy).filter(|when| may_match(when, fixed)) {
        relevant.asks(when);
    }
    for apart in rulebook.apart.iter().filter(|it| may_match(&it.when, fixed)) {
        relevant.asks(&apart.when);
        relevant.deeds.extend(apart.deeds.iter().copied());
        relevant.apart.extend(apart.deeds.iter().copied());
    }
    relevant
        .deeds
        .extend(rulebook.first_contact.as_ref().map(|it| it.tracks_until));
}

fn gate_asks(gate: &Gate, in_round: bool, relevant: &mut Relevant) {
    for need in gate.needs.iter().chain(&gate.one_of) {
        match need {
            Need::Deed(deed) if in_round || !matches!(scope(*deed), Scope::Round | Scope::Dispatch) => {
                relevant.deeds.insert(*deed);
                relevant
                    .makers
                    .extend(gate.by.iter().map(|by| (*deed, by.clone())));
            }
            Need::Axis(axis) => {
                relevant.axes.insert(*axis);
            }
            Need::Deed(_) | Need::Field(_) => {}
        }
    }
}

/// The deeds that are ever done on such a case: those that turn it or stand beside it, those that are owed, and what
/// these wait for; without what is `over`, and what only that waited for.
fn closure(rulebook: &Checked, fixed: &Fixed, over: Option<Deed>) -> BTreeSet<Deed> {
    let turning = Act::iter().filter(|act| matches!(worth(*act), Worth::Always | Worth::Aside));
    let mut wanted: BTreeSet<Deed> = turning.map(Act::deed).collect();
    wanted.extend([
        Deed::Receipt,
        Deed::RoundOrder,
        Deed::SupervisionOrder,
        Deed::LeaderReport,
    ]);
    wanted.extend(triggers(rulebook));
    wanted.retain(|deed| Some(*deed) != over);
    let to_units = rulebook.routes.iter().any(|route| !is_own_office(route));
    let own_office = rulebook.routes.iter().any(|route| is_own_office(route));
    loop {
        let mut more: BTreeSet<Deed> = BTreeSet::new();
        let has = |deed: Deed| wanted.iter().any(|one| one.meets(deed));
        let live = |when: &When| may_match(when, fixed) && may_be_asked(when, rulebook, &wanted);
        for duty in rulebook
            .duties()
            .iter()
            .filter(|duty| has(duty.from) && live(&duty.when))
        {
            more.insert(duty.owes);
        }
        for gate in rulebook
            .gates
            .iter()
            .filter(|gate| has(gate.before) && live(&gate.when))
        {
            more.extend(
                gate.needs
                    .iter()
                    .chain(&gate.one_of)
                    .filter_map(|need| match need {
                        Need::Deed(deed) => Some(*deed),
                        Need::Field(Field::WrittenMaterial) => Some(Deed::Evidence),
                        Need::Field(Field::ExpectedDate) => Some(Deed::Progress),
                        Need::Field(_) => None,
                        Need::Axis(_) => Some(Deed::Classification),
                    }),
            );
        }
        for (deed, before) in [
            (Deed::ReportBack, Deed::ReceiptOfForm),
            (Deed::Approval(Some(Subject::Plan)), Deed::Plan),
            (Deed::Approval(Some(Subject::Report)), Deed::InvestigationReport),
            (Deed::Approval(Some(Subject::Finding)), Deed::InvestigationEnd),
            (Deed::Approval(Some(Subject::Disposition)), Deed::InvestigationEnd),
            (Deed::ReturnDecision, Deed::Return),
            (Deed::AppealDecision, Deed::Appeal),
            (Deed::Supplement, Deed::SupplementRequest),
            (Deed::MeasuresDone, Deed::Measure(None)),
            (Deed::SecondDispatchDecision, Deed::FollowUp),
            (Deed::FollowUp, Deed::Reply),
            (Deed::Closing, Deed::Reply),
        ] {
            more.extend(has(deed).then_some(before));
        }
        more.extend((has(Deed::Reply) && to_units).then_some(Deed::ReportBack));
        more.extend((has(Deed::Reply) && own_office).then_some(Deed::InvestigationEnd));
        more.retain(|deed| !wanted.contains(deed) && Some(*deed) != over);
        if more.is_empty() {
            return wanted;
        }
        wanted.extend(more);
    }
}

/// The deeds that start a limit of the rulebook itself or set an escalation off.
pub(super) fn triggers(rulebook: &Checked) -> BTreeSet<Deed> {
    let after = rulebook.escalations.iter().filter_map(|it| match it.trigger {
        Trigger::After(deed) => Some(deed),
        Trigger::Late { .. } => None,
    });
    let own = rulebook.duties().iter().filter(|duty| duty.origin == Origin::Own);
    after.chain(own.map(|duty| duty.from)).collect()
}

/// Whether what a condition asks for ever comes to be known.
fn may_be_asked(when: &When, rulebook: &Checked, wanted: &BTreeSet<Deed>) -> bool {
    let has = |deed: Deed| wanted.iter().any(|one| one.meets(deed));
    let routed = |kind: &RouteKind| {
        let own_office = *kind == RouteKind::OwnOffice;
        rulebook
            .routes
            .iter()
            .any(|route| is_own_office(route) == own_office)
    };
    (when.finding.is_empty() || has(Deed::InvestigationEnd))
        && (when.satisfaction.is_empty() || has(Deed::FollowUp))
        && (when.fault.is_empty() || has(Deed::FaultJudgement))
        && (when.route.is_empty() || when.route.iter().any(routed))
}

fn is_own_office(route: &Route) -> bool {
    route
        .to
        .iter()
        .all(|to| matches!(to, RouteTo::OwnOffice | RouteTo::Outside))
}

/// What the order of a case's life asks for, whatever the rulebook.
const PREREQUISITES: &[Deed] = &[
    Deed::Registration,
    Deed::Acceptance,
    Deed::ReceiptOfForm,
    Deed::ReportBack,
    Deed::Reply,
    Deed::FollowUp,
    Deed::SecondDispatchDecision,
    Deed::Closing,
];

/// Whether a deed can still be done from this phase on; what rules bring about can always come.
fn can_come(deed: Deed, from: Phase) -> bool {
    let mut acts = acts_for(deed).peekable();
    acts.peek().is_none() || acts.any(|act| statuses(act).iter().any(|status| phase(*status) >= from))
}

/// Whether a condition can hold on a case of which so much is fixed.
fn may_match(when: &When, (phase, case_type, source, channel, identity, complainant, _): &Fixed) -> bool {
    let fits = |listed: bool, empty: bool| empty || listed;
    let of_a_type = match case_type {
        Some(case_type) => fits(when.case_type.contains(case_type), when.case_type.is_empty()),
        None => *phase == Phase::Received || when.case_type.is_empty(),
    };
    of_a_type
        && fits(when.source.contains(source), when.source.is_empty())
        && fits(when.channel.contains(channel), when.channel.is_empty())
        && fits(when.identity.contains(identity), when.identity.is_empty())
        && complainant
            .as_ref()
            .is_none_or(|kind| fits(when.complainant.contains(kind), when.complainant.is_empty()))
}
