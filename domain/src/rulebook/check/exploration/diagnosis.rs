//! Why nobody can go on: from what is owed to what it waits for, down to what cannot be had.

use super::{Move, Refused};
use crate::authority::{Sight, keys};
use crate::case::status::statuses;
use crate::case::{Case, Context, Missing, Refusal};
use crate::duty::{Duty, HeldBy, is_tracking, rule_of};
use crate::gate::{self, acts_for, made_by};
use crate::ids::ThingId;
use crate::responsibility::is_one_of;
use crate::rulebook::check::Place;
use crate::rulebook::{Checked, Entry, Flaw, FlawCode, Gate, Origin, Severity};
use crate::words::{ClauseId, Deed};

/// A finding whose path is yet to be told.
pub(super) type Found = Flaw;

/// An open case in which nobody can do what he owes.
pub(super) fn nobody_can_act(case: &Case, context: &Context, refused: &[Refused], moves: &[Move]) -> Found {
    let owed: Vec<&Duty> = case.duties.iter().filter(|duty| !is_tracking(duty)).collect();
    let mut reasons: Vec<Why> = owed
        .iter()
        .map(|duty| why(duty, case, context, refused, moves))
        .collect();
    // A ring, a secret or a hand that is kept apart says more than that somebody waits, and a gate more than the order
    // of a case's life.
    reasons.sort_by_key(|why| (why.code == FlawCode::NobodyCanAct, why.gate.is_none()));
    match reasons.into_iter().next() {
        Some(why) => why.told(case, context),
        None => at_the_head(
            context.rulebook,
            FlawCode::NobodyCanAct,
            format!("a case that is {} is open and nothing is owed on it", case.status),
        ),
    }
}

/// A state from which no case ends.
pub(super) fn no_closing(case: Option<&Case>, context: &Context) -> Found {
    let Some(case) = case else {
        return at_the_head(
            context.rulebook,
            FlawCode::NoClosing,
            "no case ends from here on".to_owned(),
        );
    };
    let mut chain = vec![Deed::Closing];
    let end = follow(Deed::Closing, None, None, case, context, &mut chain);
    let waits: Vec<String> = chain.iter().skip(1).map(Deed::to_string).collect();
    let waits = if waits.is_empty() {
        String::new()
    } else {
        format!("; its closing waits for {}", waits.join(", which waits for "))
    };
    let reason = format!("from a case that is {} on, no case can end{waits}", case.status);
    match end.gate {
        Some(gate) => at(&gate.place(), context.rulebook, FlawCode::NoClosing, reason),
        None => at_the_head(context.rulebook, FlawCode::NoClosing, reason),
    }
}

/// A duty of the procedure whose holder the rulebook does not let see the case.
pub(super) fn hidden_duty(case: &Case, open: &Sight, context: &Context) -> Option<Found> {
    let sees = |held: &HeldBy| {
        context.directory.staff.keys().any(|staff| {
            is_one_of(*staff, held, context)
                && open.admits(&keys(*staff, context.rulebook, context.directory, context.now))
        })
    };
    let duty = case
        .duties
        .iter()
        // Whoever is asked, or is the superior of who is late, is let in by that; the procedure itself is not.
        .filter(|duty| rule_of(&duty.key, context).is_some() || duty.terms.because.is_some())
        .find(|duty| !sees(&duty.terms.holder))?;
    let facts = case.facts(context.rulebook, context.directory);
    let rule = context
        .rulebook
        .secrecy(&facts)
        .find(|rule| !rule.open_to.is_empty())?;
    let reason = format!(
        "{} owes {} under {} and is not among those to whom the case is open",
        holder(&duty.terms.holder, context),
        duty.terms.owes,
        duty.clause
    );
    // The machine lets him in for as long as he owes it: wider than written, and no dead end.
    Some(Flaw {
        severity: Severity::Warning,
        ..at(&rule.place(), context.rulebook, FlawCode::BrokenSecret, reason)
    })
}

/// Why a duty cannot be discharged.
struct Why<'c> {
    duty: &'c Duty,
    code: FlawCode,
    /// The gate at which it ends, if it is one.
    gate: Option<&'c Entry<Gate>>,
    /// The clause that says the last word, if it is not the gate's.
    clause: Option<ClauseId>,
    /// What is waited for, from what is owed on.
    chain: Vec<Deed>,
    reason: String,
}

impl Why<'_> {
    fn told(self, case: &Case, context: &Context) -> Found {
        let waits: Vec<String> = self.chain.iter().skip(1).map(Deed::to_string).collect();
        let waits = if waits.is_empty() {
            String::new()
        } else {
            format!(", which waits for {}", waits.join(", which waits for "))
        };
        let reason = format!(
            "nobody can do what he owes on a case that is {}: {} owes {} under {}{waits}; {}",
            case.status,
            holder(&self.duty.terms.holder, context),
            self.chain.first().copied().unwrap_or(self.duty.terms.owes),
            self.duty.clause,
            self.reason
        );
        let rulebook = context.rulebook;
        let secret = || {
            let mut rules = rulebook.secrecy.iter();
            rules.find(|rule| Some(&rule.clause) == self.clause.as_ref())
        };
        let apart = || {
            let mut rules = rulebook
                .apart
                .iter()
                .filter(|rule| Some(&rule.clause) == self.clause.as_ref());
            rules.find(|rule| {
                rule.deeds
                    .iter()
                    .any(|deed| self.chain.last().is_some_and(|last| deed.meets(*last)))
            })
        };
        // Which of the rules under one clause is meant is told by the kind of the flaw.
        let ruled = match self.code {
            FlawCode::RecusalLeavesNobody => apart().map(Entry::place),
            _ => secret().map(Entry::place),
        };
        match (ruled, self.gate, rule_of(&self.duty.key, context)) {
            (Some(place), ..) => at(&place, rulebook, self.code, reason),
            (None, Some(gate), _) => at(&gate.place(), rulebook, self.code, reason),
            (None, None, Some(rule)) => at(&rule.place(), rulebook, self.code, reason),
            (None, None, None) => at_the_head(rulebook, self.code, reason),
        }
    }
}

fn why<'c>(
    duty: &'c Duty,
    case: &'c Case,
    context: &Context<'c>,
    refused: &[Refused],
    moves: &[Move],
) -> Why<'c> {
    let mut chain = vec![duty.terms.owes];
    let dispatch = duty
        .key
        .thing
        .filter(|thing| case.running_dispatch(*thing).is_some());
    let end = follow(duty.terms.owes, dispatch, None, case, context, &mut chain);
    let last = chain.last().copied().unwrap_or(duty.terms.owes);
    let (code, clause, reason) = if end.is_ring {
        let reason = "the gates wait for one another".to_owned();
        (FlawCode::RingOfGates, None, reason)
    } else {
        obstacle(last, duty, case, context, refused, moves)
    };
    Why {
        duty,
        code,
        gate: end.gate,
        clause,
        chain,
        reason,
    }
}

/// Where following what is missing ends.
struct End<'c> {
    gate: Option<&'c Entry<Gate>>,
    is_ring: bool,
}

fn follow<'c>(
    deed: Deed,
    dispatch: Option<ThingId>,
    asked_by: Option<&'c Entry<Gate>>,
    case: &Case,
    context: &Context<'c>,
    chain: &mut Vec<Deed>,
) -> End<'c> {
    let whose = dispatch.or_else(|| case.lead().map(|lead| lead.id));
    let mut first: Option<(End, Vec<Deed>)> = None;
    for missing in gate::missing(case, context, deed, whose) {
        let Some(next) = made_by(&missing, deed) else {
            continue;
        };
        let gate = gate_of(deed, &missing, context.rulebook).or(asked_by);
        let again = chain.contains(&next);
        let mut further = chain.clone();
        further.push(next);
        let end = if again {
            End { gate, is_ring: true }
        } else {
            follow(next, dispatch, gate, case, context, &mut further)
        };
        let found = end.is_ring;
        // A gate can be mended, the order of a case's life cannot.
        let says_more = |known: &(End, Vec<Deed>)| known.0.gate.is_none() && end.gate.is_some();
        if found || first.as_ref().is_none_or(says_more) {
            first = Some((end, further));
        }
        if found {
            break;
        }
    }
    match first {
        Some((end, further)) => {
            *chain = further;
            end
        }
        None => End {
            gate: asked_by,
            is_ring: false,
        },
    }
}

fn gate_of<'r>(deed: Deed, missing: &Missing, rulebook: &'r Checked) -> Option<&'r Entry<Gate>> {
    let clause = missing.clause.as_ref()?;
    rulebook.gates_before(deed).find(|gate| {
        gate.clause == *clause
            && gate
                .needs
                .iter()
                .chain(&gate.one_of)
                .any(|need| *need == missing.need)
    })
}

/// What stands between the last deed that is waited for and whoever would do it.
fn obstacle(
    deed: Deed,
    duty: &Duty,
    case: &Case,
    context: &Context,
    refused: &[Refused],
    moves: &[Move],
) -> (FlawCode, Option<ClauseId>, String) {
    let rulebook = context.rulebook;
    let may: Vec<String> = rulebook
        .positions
        .iter()
        .filter(|position| position.may.deeds().iter().any(|may| may.meets(deed)))
        .map(|position| position.name.to_string())
        .collect();
    if acts_for(deed).next().is_none() {
        return (FlawCode::NobodyCanAct, None, format!("no command makes {deed}"));
    }
    if may.is_empty() {
        return (FlawCode::NobodyCanAct, None, format!("no position may do {deed}"));
    }
    if !acts_for(deed).any(|act| statuses(act).contains(&case.status)) {
        let reason = format!("{deed} cannot be done while a case is {}", case.status);
        return (FlawCode::NobodyCanAct, None, reason);
    }
    let by_others = moves
        .iter()
        .find(|it| it.step.deed.split(' ').next() == Some(deed.to_string().as_str()));
    if let Some(other) = by_others {
        let reason = format!("{} can do {deed}, its holder cannot", other.step.by);
        return (FlawCode::WrongHand, None, reason);
    }
    let mut reasons: Vec<&Refusal> = refused
        .iter()
        .filter(|(act, ..)| gate::makes(*act, deed))
        .map(|(.., refusal)| refusal)
        .collect();
    // What comes last in the order of refusals came nearest to being done.
    reasons.sort_by_key(|refusal| std::cmp::Reverse(refusal.precedence()));
    let kept_apart = reasons
        .iter()
        .find(|refusal| matches!(refusal, Refusal::SeparationOfDuties { .. }));
    match kept_apart.or(reasons.first()) {
        Some(Refusal::SeparationOfDuties { clause }) => (
            FlawCode::RecusalLeavesNobody,
            clause.clone(),
            format!(
                "{} may not be done by who did the other part, and nobody else may do it ({})",
                deed,
                may.join(", ")
            ),
        ),
        Some(Refusal::UnitBarred { clause, .. }) => {
            let secret = clause
                .as_ref()
                .is_some_and(|clause| rulebook.secrecy.iter().any(|it| it.clause == *clause));
            let code = if secret {
                FlawCode::BrokenSecret
            } else {
                FlawCode::NobodyCanAct
            };
            let reason = "every unit to which it may go is barred from it".to_owned();
            (code, clause.clone(), reason)
        }
        Some(Refusal::NotVisible) => (
            FlawCode::BrokenSecret,
            None,
            format!("the case is hidden from whoever could do {deed}"),
        ),
        Some(Refusal::FactsMissing { missing }) => {
            let facts: Vec<String> = missing.iter().map(|missing| missing.need.to_string()).collect();
            let reason = format!("{} cannot be known here", facts.join(", "));
            (FlawCode::NobodyCanAct, None, reason)
        }
        Some(Refusal::GateClosed { missing }) => {
            let facts: Vec<String> = missing.iter().map(|missing| missing.need.to_string()).collect();
            let reason = format!("{deed} would need {}", facts.join(", "));
            (FlawCode::NobodyCanAct, None, reason)
        }
        Some(Refusal::NotProvided { .. }) => (
            FlawCode::NobodyCanAct,
            None,
            format!("the rulebook has no {deed} on such a case"),
        ),
        Some(Refusal::BoundReached { bound, .. }) => (
            FlawCode::NobodyCanAct,
            None,
            format!("the bound of {bound} is reached"),
        ),
        Some(_) | None => (
            FlawCode::NobodyCanAct,
            None,
            format!(
                "{} may not do {deed} there; the positions that may: {}",
                holder(&duty.terms.holder, context),
                may.join(", ")
            ),
        ),
    }
}

/// Who holds a duty, as the rulebook names him.
fn holder(held: &HeldBy, context: &Context) -> String {
    let positions = |staff| {
        context
            .directory
            .active(staff)
            .and_then(|member| member.positions.first())
            .map(ToString::to_string)
    };
    let unit = held
        .unit
        .and_then(|unit| context.directory.units.get(&unit))
        .map(|unit| unit.kind.to_string());
    held.position
        .as_ref()
        .map(ToString::to_string)
        .or_else(|| held.staff.and_then(positions))
        .or(unit)
        .unwrap_or_else(|| "nobody".to_owned())
}

fn at(place: &Place, rulebook: &Checked, code: FlawCode, reason: String) -> Found {
    let whose = match place.origin {
        Origin::Own => &rulebook.head.code,
        Origin::Statute(code) | Origin::Floor(code) => code,
    };
    Flaw {
        rulebook: Some(whose.clone()),
        line: place.line,
        what: format!("{} under {}", place.section, place.clause),
        reason,
        closest: None,
        code,
        severity: Severity::Error,
        path: Vec::new(),
    }
}

fn at_the_head(rulebook: &Checked, code: FlawCode, reason: String) -> Found {
    Flaw {
        rulebook: Some(rulebook.head.code.clone()),
        line: rulebook.head.line,
        what: "rulebook".to_owned(),
        reason,
        closest: None,
        code,
        severity: Severity::Error,
        path: Vec::new(),
    }
}
