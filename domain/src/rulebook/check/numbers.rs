//! Numbers that contradict one another.

use super::{Examination, powers::is_the_complainants};
use crate::{
    rulebook::{Ask, FlawCode, NewRound},
    time_limit::{Span, Unit, Within},
};

impl Examination<'_> {
    pub(super) fn numbers(&mut self) {
        self.extensions();
        self.pauses();
        self.rounds();
        for retention in &self.rulebook.retention {
            match (retention.at_least, retention.at_most) {
                (None, None) => {
                    self.flaw(
                        &retention.place(),
                        FlawCode::Contradiction,
                        "it says neither `at_least` nor `at_most`".to_owned(),
                        None,
                    );
                }
                (Some(least), Some(most)) if hours(least) > hours(most) => {
                    let reason = format!("it asks for at least {least} and at most {most}");
                    self.flaw(&retention.place(), FlawCode::Contradiction, reason, None);
                }
                _ => {}
            }
        }
    }

    fn extensions(&mut self) {
        for duty in &self.rulebook.duties {
            let Some(extension) = &duty.extension else {
                continue;
            };
            match (duty.within, extension.in_total) {
                (Within::Span(limit), Some(cap)) if hours(cap) <= hours(limit) => {
                    let reason = format!("the extension reaches {cap} in total, the limit itself {limit}");
                    self.flaw(&duty.place(), FlawCode::EmptyLimit, reason, None);
                }
                _ => {}
            }
            let at_once = matches!(duty.within, Within::SameDay | Within::Immediately);
            if at_once && extension.ask == Ask::BeforeDue {
                let reason = format!("nobody can ask before the due time of `{}`", duty.within);
                self.flaw(&duty.place(), FlawCode::EmptyLimit, reason, None);
            }
        }
    }

    fn pauses(&mut self) {
        for pause in &self.rulebook.suspensions {
            if is_the_complainants(pause.until) && pause.at_most.is_none() {
                let reason = format!(
                    "it ends with the complainant's {} and has no `at_most`",
                    pause.until
                );
                self.flaw(&pause.place(), FlawCode::PauseWithoutEnd, reason, None);
            }
            if let (Some(once), Some(total)) = (pause.at_most, pause.in_total)
                && hours(once) > hours(total)
            {
                let reason = format!("a single pause of {once} is longer than all together, {total}");
                self.flaw(&pause.place(), FlawCode::Contradiction, reason, None);
            }
        }
    }

    fn rounds(&mut self) {
        let rulebook = self.rulebook;
        // Where the office says how many there are, any round can be spoken of.
        let last = rulebook
            .rounds
            .as_ref()
            .map_or(1, |rounds| rounds.at_most.unwrap_or(u8::MAX));
        if let Some(rounds) = rulebook
            .rounds
            .as_ref()
            .filter(|rounds| rounds.at_most == Some(0))
        {
            self.flaw(
                &rounds.place(),
                FlawCode::Contradiction,
                "a case has at least one round".to_owned(),
                None,
            );
        }
        for (place, when) in rulebook.provisions() {
            for round in when.into_iter().flat_map(|when| &when.round) {
                if !(1..=last).contains(round) {
                    self.flaw(
                        &place,
                        FlawCode::NeverMatches,
                        format!("there is no round {round}: there are {last}"),
                        None,
                    );
                }
            }
        }
        for escalation in &rulebook.escalations {
            let round = match escalation.new_round {
                None => continue,
                Some(NewRound::Next | NewRound::Second) => 2,
                Some(NewRound::Third) => 3,
                Some(NewRound::Fourth) => 4,
            };
            if round > last {
                let reason = format!("it orders round {round}, but [rounds] allows {last}");
                self.flaw(&escalation.place(), FlawCode::EscalationNeverFires, reason, None);
            }
        }
    }
}

/// About how long a span is, in hours of the clock: enough to compare two of them in a text, never to count a due time.
/// A working day is taken as a day, a working hour as an hour; spans of one unit compare exactly.
fn hours(span: Span) -> u64 {
    let each = match span.unit {
        Unit::WorkingHour | Unit::Hour => 1,
        Unit::WorkingDay | Unit::Day => 24,
        Unit::Month => 30 * 24,
        Unit::Year => 365 * 24,
    };
    u64::from(span.amount.get()) * each
}
