//! What of a case still matters to the rulebook: which facts its rules will yet ask for, and which deeds.
//!
//! Two cases that differ only in what no rule can ask for any more are the same state. A gate before the dispatch asks
//! nothing of a case that is with the unit; a rule for reports asks nothing of a complaint.

use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

use crate::case::Case;
use crate::case::status::statuses;
use crate::gate::acts_for;
use crate::rulebook::{Checked, Force, Gate, Need, Trigger, When};
use crate::words::{AxisName, CaseType, Channel, Deed, IdentityMode, Source, Status, Subject, Word};

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
);

/// What the rules can still ask for.
#[derive(Debug, Default)]
pub(super) struct Relevant {
    /// The words that conditions name, key by key.
    pub(super) named: When,
    /// The axes of which a gate asks only that they are decided.
    pub(super) axes: BTreeSet<AxisName>,
    /// The deeds whose being done matters.
    pub(super) deeds: BTreeSet<Deed>,
    /// The deeds of which it matters who did them.
    pub(super) doers: BTreeSet<Deed>,
}

impl Relevant {
    /// Whether it matters that a deed was done.
    pub(super) fn deed(&self, deed: Deed) -> bool {
        self.deeds.contains(&deed) || self.deeds.contains(&deed.bare())
    }

    /// Whether it matters who did a deed.
    pub(super) fn doer(&self, deed: Deed) -> bool {
        self.doers.iter().any(|one| one.meets(deed))
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
        );
        let rulebook = self.rulebook;
        let known = self.known.entry(fixed).or_insert_with_key(|fixed| {
            let mut relevant = Relevant::default();
            collect(rulebook, fixed, &mut relevant);
            Rc::new(relevant)
        });
        Rc::clone(known)
    }
}

fn collect(rulebook: &Checked, fixed: &Fixed, relevant: &mut Relevant) {
    let comes = |deed: Deed| can_come(deed, fixed.0);
    relevant.deeds.extend(PREREQUISITES.iter().copied());
    for gate in rulebook.gates.iter().filter(|gate| gate.force == Force::Must) {
        if comes(gate.before) && may_match(&gate.when, fixed) {
            relevant.named.take_up(&gate.when);
            gate_asks(gate, relevant);
        }
    }
    for duty in rulebook.duties() {
        if comes(duty.owes) && may_match(&duty.when, fixed) {
            relevant.named.take_up(&duty.when);
            relevant.deeds.extend([duty.owes, duty.from]);
        }
    }
    for ground in &rulebook.grounds {
        if comes(ground.of) && may_match(&ground.when, fixed) {
            relevant.named.take_up(&ground.when);
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
            relevant.named.take_up(&when);
            relevant.deeds.extend(settled);
        }
    }
    let routes = rulebook.routes.iter().map(|it| &it.when);
    let secrecy = rulebook.secrecy.iter().map(|it| &it.when);
    for when in routes.chain(secrecy).filter(|when| may_match(when, fixed)) {
        relevant.named.take_up(when);
    }
    for apart in rulebook.apart.iter().filter(|it| may_match(&it.when, fixed)) {
        relevant.named.take_up(&apart.when);
        relevant.deeds.extend(apart.deeds.iter().copied());
        relevant.doers.extend(apart.deeds.iter().copied());
    }
    relevant
        .deeds
        .extend(rulebook.first_contact.as_ref().map(|it| it.tracks_until));
}

fn gate_asks(gate: &Gate, relevant: &mut Relevant) {
    for need in gate.needs.iter().chain(&gate.one_of) {
        match need {
            Need::Deed(deed) => {
                relevant.deeds.insert(*deed);
                if !gate.by.is_empty() {
                    relevant.doers.insert(*deed);
                }
            }
            Need::Axis(axis) => {
                relevant.axes.insert(*axis);
            }
            Need::Field(_) => {}
        }
    }
}

/// What the order of a case's life asks for, whatever the rulebook.
const PREREQUISITES: &[Deed] = &[
    Deed::Registration,
    Deed::Acceptance,
    Deed::ReceiptOfForm,
    Deed::InvestigationEnd,
    Deed::Plan,
    Deed::Approval(Some(Subject::Plan)),
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
fn may_match(when: &When, (phase, case_type, source, channel, identity, complainant): &Fixed) -> bool {
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
