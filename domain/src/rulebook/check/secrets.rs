//! Secrets that the procedure itself gives away, pauses that nobody ends, ladders out of order and escalations that set
//! themselves off.

use super::Examination;
use crate::rulebook::{DutyRef, FlawCode, Kept, Moment, Party, RouteTo, Trigger};
use crate::time_limit::{Span, Unit};
use crate::words::Deed;

impl Examination<'_> {
    pub(super) fn secrets(&mut self) {
        self.routes_to_whom_it_is_kept_from();
        self.pauses_end();
        self.ladders_rise();
        self.escalations_end();
    }

    /// A case that is kept from the unit complained of, and can go nowhere else.
    fn routes_to_whom_it_is_kept_from(&mut self) {
        let rulebook = self.rulebook;
        for rule in rulebook
            .secrecy
            .iter()
            .filter(|rule| rule.never_to.contains(&Party::RespondentUnit))
        {
            for route in &rulebook.routes {
                let nowhere_else = route.to.iter().all(|to| *to == RouteTo::RespondentUnit);
                // A condition that both can meet, and every secret of the route's cases.
                if nowhere_else && rule.when.covers(&route.when) {
                    let reason = format!(
                        "it keeps the case from the unit complained of, to which the route on line {} sends it",
                        route.line
                    );
                    self.flaw(&rule.place(), FlawCode::BrokenSecret, reason, None);
                }
            }
        }
    }

    /// Whoever pauses a limit, somebody must be able to let it run on.
    fn pauses_end(&mut self) {
        let rulebook = self.rulebook;
        let resumes = |deed: Deed| {
            rulebook
                .positions
                .iter()
                .any(|position| position.may.deeds().iter().any(|may| may.meets(deed)))
        };
        for pause in &rulebook.suspensions {
            if !resumes(Deed::Resumption) && !resumes(pause.until) {
                let reason = format!(
                    "no position may do {} or resumption: nothing ends it",
                    pause.until
                );
                self.flaw(&pause.place(), FlawCode::PauseWithoutEnd, reason, None);
            }
        }
    }

    /// The rungs of a ladder stand in the order in which they are climbed.
    fn ladders_rise(&mut self) {
        let rulebook = self.rulebook;
        let rungs: Vec<_> = rulebook
            .escalations
            .iter()
            .filter_map(|entry| match &entry.trigger {
                Trigger::Late { duties, at } => Some((entry, duties, *at)),
                Trigger::After(_) => None,
            })
            .collect();
        for (no, (entry, duties, at)) in rungs.iter().enumerate() {
            let before = rungs[..no].iter().rev().find(|(earlier, other, _)| {
                earlier.origin == entry.origin
                    && earlier.clause == entry.clause
                    && other
                        .iter()
                        .any(|duty| *duty != DutyRef::Any && duties.contains(duty))
            });
            if let Some((earlier, _, above)) = before
                && minutes(*at) < minutes(*above)
            {
                let reason = format!(
                    "its rung `{at}` is earlier than `{above}` on line {} before it",
                    earlier.line
                );
                self.flaw(&entry.place(), FlawCode::EscalationNeverFires, reason, None);
            }
        }
    }

    /// An escalation whose own effect is answered by the deed that sets it off again.
    fn escalations_end(&mut self) {
        for escalation in &self.rulebook.escalations {
            let Trigger::After(deed) = escalation.trigger else {
                continue;
            };
            let answered = [
                (escalation.report_to.is_some(), Deed::Acknowledgement),
                (escalation.supervised_by.is_some(), Deed::SupervisionAnswer),
                (escalation.supervised_by.is_some(), Deed::SupervisionLifting),
                (escalation.accountability.is_some(), Deed::AccountabilityClosing),
                (
                    escalation.serve.is_some(),
                    escalation
                        .serve
                        .map_or(Deed::Notice(None), |kind| Deed::Notice(Some(kind))),
                ),
            ];
            if let Some((_, answer)) = answered
                .into_iter()
                .find(|(does, answer)| *does && deed.covers(*answer))
            {
                let reason = format!("what it brings about is answered by {answer}, which sets it off again");
                self.flaw(&escalation.place(), FlawCode::EscalationWithoutEnd, reason, None);
            }
        }
    }

    /// Cases whose content is kept secret from all, and that can be published without a gate before it.
    pub(super) fn open_secrets(&mut self) {
        let rulebook = self.rulebook;
        let publishes = rulebook
            .positions
            .iter()
            .any(|position| position.may.deeds().contains(&Deed::Publication));
        let gated = rulebook.gates.iter().any(|gate| gate.before == Deed::Publication);
        if !publishes || gated {
            return;
        }
        for rule in rulebook
            .secrecy
            .iter()
            .filter(|rule| rule.keeps.contains(&Kept::Content))
        {
            let reason = "its content is kept, and no gate stands before publication".to_owned();
            self.flaw(&rule.place(), FlawCode::BrokenSecret, reason, None);
        }
    }
}

/// About how far a moment is from the due time, in minutes of the clock: enough to order the rungs of a ladder.
fn minutes(moment: Moment) -> i64 {
    let length = |span: Span| {
        let each = match span.unit {
            Unit::WorkingHour | Unit::Hour => 60,
            Unit::WorkingDay | Unit::Day => 24 * 60,
            Unit::Month => 30 * 24 * 60,
            Unit::Year => 365 * 24 * 60,
        };
        i64::from(span.amount.get()) * each
    };
    match moment {
        Moment::Before(span) => -length(span),
        Moment::WhenDue => 0,
        Moment::After(span) => length(span),
    }
}
