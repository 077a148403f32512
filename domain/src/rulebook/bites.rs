//! Where a clause bites: the rules that rest on it.

use std::collections::BTreeMap;

use crate::{
    rulebook::{
        Apart, AppealRule, Axis, ChannelRule, Clause, CountingRule, DutyRule, Entry, Escalation,
        FirstContact, Form, Gate, Ground, IdentityRule, LegalBasis, Origin, Position, Provision, Recurring,
        Retention, Returns, Rounds, Route, Rulebook, Secrecy, SuspensionRule, Trigger, UnitKind,
    },
    words::ClauseId,
};

/// A rule that rests on a clause.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bite {
    /// The section in which it stands, as the file names it.
    pub section: &'static str,
    /// The rule's name there; the deed or the thing it is about, where it has none.
    pub rule: String,
}

/// How a rule of a section is told from its neighbours.
trait Told: Provision {
    fn told(&self) -> String;
}

/// States for each section how its rules are told.
macro_rules! told {
    ($( $type:ty, $it:ident => $told:expr; )*) => { $(
        impl Told for $type {
            fn told(&self) -> String {
                let $it = self;
                $told
            }
        }
    )* };
}

told! {
    LegalBasis, it => it.title.clone();
    UnitKind, it => it.name.to_string();
    Position, it => it.name.to_string();
    Axis, it => it.name.to_string();
    ChannelRule, it => listed(&it.names);
    IdentityRule, it => it.anonymous.to_string();
    FirstContact, it => it.tracks_until.to_string();
    Form, it => it.of.to_string();
    Gate, it => it.before.to_string();
    Ground, it => format!("{}: {}", it.of, it.name);
    Route, it => listed(&it.to);
    Returns, it => it.within.to_string();
    Apart, it => listed(&it.deeds);
    CountingRule, _it => "counting".to_owned();
    DutyRule, it => it.name.to_string();
    SuspensionRule, it => it.ground.to_string();
    Escalation, it => match &it.trigger {
        Trigger::After(deed) => format!("after {deed}"),
        Trigger::Late { duties, at } => format!("{}: {at}", listed(duties)),
    };
    Rounds, it => it.at_most.map_or_else(|| "as many as the office says".to_owned(), |most| most.to_string());
    AppealRule, it => it.name.to_string();
    Secrecy, it => listed(&it.keeps);
    Retention, it => it.from.to_string();
    Recurring, it => it.owes.to_string();
}

fn listed(words: &[impl ToString]) -> String {
    let words: Vec<String> = words.iter().map(ToString::to_string).collect();
    words.join(", ")
}

impl Rulebook {
    /// The clauses in the order in which one reads them: the rulebook's own as its file has them, then its
    /// ancestors'.
    pub fn clauses_in_order(&self) -> Vec<(&ClauseId, &Entry<Clause>)> {
        let mut clauses: Vec<(&ClauseId, &Entry<Clause>)> = self.clauses.iter().collect();
        clauses.sort_by_key(|(id, clause)| (&clause.origin, clause.line, *id));
        clauses
    }

    /// The rules that rest on each clause, section by section. A clause on which none rests is not in it.
    pub fn bites(&self) -> BTreeMap<&ClauseId, Vec<Bite>> {
        let Self {
            head,
            legal_basis,
            clauses: _,
            unit_kinds,
            positions,
            axes,
            channels,
            identity,
            first_contact,
            forms,
            gates,
            grounds,
            routes,
            returns,
            apart,
            counting,
            duties,
            suspensions,
            escalations,
            rounds,
            appeals,
            secrecy,
            retention,
            recurring,
        } = self;
        let mut bites = Bites::default();
        if head.origin == Origin::Own {
            for inherit in &head.inherits {
                if let Some(clause) = &inherit.clause {
                    bites.note(clause, "rulebook", inherit.rulebook.to_string());
                }
            }
        }
        bites.of(legal_basis);
        bites.of(unit_kinds);
        bites.of(positions);
        bites.of(axes);
        bites.of(channels);
        bites.of(identity.as_slice());
        bites.of(first_contact.as_slice());
        bites.of(forms);
        bites.of(gates);
        bites.of(grounds);
        bites.of(routes);
        bites.of(returns.as_slice());
        bites.of(apart);
        bites.of(counting.as_slice());
        bites.of(duties);
        bites.of(suspensions);
        bites.of(escalations);
        bites.of(rounds.as_slice());
        bites.of(appeals);
        bites.of(secrecy);
        bites.of(retention);
        bites.of(recurring);
        bites.0
    }
}

#[derive(Default)]
struct Bites<'r>(BTreeMap<&'r ClauseId, Vec<Bite>>);

impl<'r> Bites<'r> {
    fn of<T: Told>(&mut self, entries: &'r [Entry<T>]) {
        for entry in entries {
            self.note(entry.rule.clause(), T::SECTION, entry.told());
        }
    }

    fn note(&mut self, clause: &'r ClauseId, section: &'static str, rule: String) {
        let bites = self.0.entry(clause).or_default();
        let bite = Bite { section, rule };
        if !bites.contains(&bite) {
            bites.push(bite);
        }
    }
}

#[expect(clippy::unwrap_used, reason = "a test may stop where it stands")]
#[cfg(test)]
mod tests {
    use crate::rulebook::shipped;

    #[test]
    fn a_clause_names_the_rules_that_rest_on_it() {
        let rulebooks = shipped().unwrap();
        let tobacco = &rulebooks["cn.tobacco_supervision"];
        let bites = tobacco.bites();
        let of = |clause: &str| -> Vec<String> {
            let (_, told) = bites.iter().find(|(id, _)| id.as_str() == clause).unwrap();
            told.iter()
                .map(|bite| format!("{} {}", bite.section, bite.rule))
                .collect()
        };
        assert!(of("R03-2.2.1a").contains(&"duty unit_handling".to_owned()));
        assert!(of("R03-2.1.8").contains(&"unit_kind county_bureau".to_owned()));
        let clauses = tobacco.clauses_in_order();
        assert_eq!(clauses.len(), tobacco.clauses.len());
        let place = |number: &str| clauses.iter().position(|(id, _)| id.as_str() == number);
        assert!(place("R03-1.2") < place("R03-1.10"), "as the file has them");
        assert!(place("R03-2.5b") < place("H-1"), "the ancestors' come after");
    }
}
