//! What a rulebook takes over from those it stands on. An heir may only tighten.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    rulebook::{
        AppealRule, Entry, Flaw, FlawCode, Ground, Inherit, Kind, Origin, Provision, Rulebook, Severity, When,
    },
    words::{RulebookCode, Word, closest},
};

mod loosening;

/// The rulebook with everything it inherits from `library`, directly or through an ancestor.
///
/// What is its own stays before what it inherits. Positions, unit kinds, axes, channels, routes, the first contact and
/// the counting do not pass down; an inherited duty takes the counting of its own rulebook along.
pub(super) fn merge(
    rulebook: &Rulebook,
    library: &BTreeMap<RulebookCode, Rulebook>,
    flaws: &mut Vec<Flaw>,
) -> Rulebook {
    let mut path = vec![rulebook.head.code.clone()];
    let mut taken = BTreeSet::new();
    let mut merged = rulebook.clone();
    for inherit in &rulebook.head.inherits {
        take_over(
            &mut merged,
            rulebook,
            inherit,
            &When::default(),
            library,
            &mut path,
            &mut taken,
            flaws,
        );
    }
    merged
}

#[expect(
    clippy::too_many_arguments,
    reason = "a recursion carries its state; a struct for it would only rename it"
)]
fn take_over(
    merged: &mut Rulebook,
    heir: &Rulebook,
    inherit: &Inherit,
    when: &When,
    library: &BTreeMap<RulebookCode, Rulebook>,
    path: &mut Vec<RulebookCode>,
    taken: &mut BTreeSet<RulebookCode>,
    flaws: &mut Vec<Flaw>,
) {
    let code = &inherit.rulebook;
    let mut refuse = |reason: String, closest: Option<String>| {
        let rulebook = Some(heir.head.code.clone());
        flaws.push(Flaw {
            rulebook,
            line: heir.head.line,
            what: "rulebook".to_owned(),
            reason,
            closest,
            code: FlawCode::Inheritance,
            severity: Severity::Error,
            path: Vec::new(),
        });
    };
    if path.contains(code) {
        let circle: Vec<&str> = path.iter().chain([code]).map(RulebookCode::as_str).collect();
        return refuse(
            format!("it inherits from itself: {}", circle.join(" from ")),
            None,
        );
    }
    let Some(ancestor) = library.get(code) else {
        let known = closest(code.as_str(), library.keys().map(RulebookCode::as_str));
        return refuse(format!("there is no rulebook `{code}` to inherit from"), known);
    };
    let origin = match ancestor.head.kind {
        Kind::Statute => Origin::Statute(code.clone()),
        Kind::Floor => Origin::Floor(code.clone()),
        Kind::Regulation => {
            return refuse(
                format!("`{code}` is a regulation; only a statute or a floor can be inherited"),
                None,
            );
        }
    };
    // What cannot match here is not taken over at all; what is taken twice on two ways would count twice.
    let Some(when) = when.and(&inherit.when) else {
        return;
    };
    if !taken.insert(code.clone()) {
        return;
    }
    merged.append(ancestor, &origin, &when, flaws);
    path.push(code.clone());
    for further in &ancestor.head.inherits {
        take_over(merged, ancestor, further, &when, library, path, taken, flaws);
    }
    path.pop();
}

impl Rulebook {
    fn appeal_named(&self, name: &Word) -> Option<&Entry<AppealRule>> {
        self.appeals.iter().find(|appeal| appeal.name == *name)
    }

    fn append(&mut self, ancestor: &Self, origin: &Origin, when: &When, flaws: &mut Vec<Flaw>) {
        loosening::refuse(self, ancestor, when, flaws);
        for (id, clause) in &ancestor.clauses {
            let inherited = Entry {
                origin: origin.clone(),
                ..clause.clone()
            };
            self.clauses.entry(id.clone()).or_insert(inherited);
        }
        let counting = ancestor
            .counting
            .as_ref()
            .map_or_else(Default::default, |counting| counting.counting());
        let duties = ancestor.duties.iter().cloned().map(|mut duty| {
            // Each duty is counted by the rulebook that wrote it.
            duty.rule.counting = Some(duty.rule.counting.unwrap_or_default().over(counting).into());
            duty
        });
        self.duties
            .extend(duties.filter_map(|duty| inherited(duty, origin, when)));
        for ground in &ancestor.grounds {
            match self
                .grounds
                .iter_mut()
                .find(|own| own.of == ground.of && own.name == ground.name)
            {
                Some(own) => demand_both(&mut own.rule, ground),
                None => self.grounds.extend(inherited(ground.clone(), origin, when)),
            }
        }
        extend(&mut self.forms, &ancestor.forms, origin, when);
        extend(&mut self.gates, &ancestor.gates, origin, when);
        extend(&mut self.apart, &ancestor.apart, origin, when);
        // A pause that the heir made shorter takes the place of its ancestor's.
        let pauses = ancestor
            .suspensions
            .iter()
            .filter(|above| !self.suspensions.iter().any(|own| own.ground == above.ground))
            .cloned();
        let pauses: Vec<_> = pauses
            .filter_map(|pause| inherited(pause, origin, when))
            .collect();
        self.suspensions.extend(pauses);
        extend(&mut self.escalations, &ancestor.escalations, origin, when);
        // An heir that gives a level of its ancestor's a shorter time for the decision, or a longer one to file, has that
        // level once.
        let appeals = ancestor
            .appeals
            .iter()
            .filter(|above| self.appeal_named(&above.name).is_none())
            .cloned();
        let appeals: Vec<_> = appeals
            .filter_map(|appeal| inherited(appeal, origin, when))
            .collect();
        self.appeals.extend(appeals);
        extend(&mut self.secrecy, &ancestor.secrecy, origin, when);
        extend(&mut self.retention, &ancestor.retention, origin, when);
        extend(&mut self.recurring, &ancestor.recurring, origin, when);
        smaller(
            &mut self.rounds,
            ancestor.rounds.as_ref(),
            origin,
            |own, above| {
                own.at_most = match (own.at_most, above.at_most) {
                    (Some(own), Some(above)) => Some(own.min(above)),
                    (own, above) => own.or(above),
                };
            },
        );
        smaller(
            &mut self.returns,
            ancestor.returns.as_ref(),
            origin,
            |own, above| {
                own.at_most = own.at_most.min(above.at_most);
                own.r#final |= above.r#final;
            },
        );
        smaller(&mut self.identity, ancestor.identity.as_ref(), origin, |_, _| {});
    }
}

fn inherited<T: Provision>(entry: Entry<T>, origin: &Origin, when: &When) -> Option<Entry<T>> {
    let rule = entry.rule.narrowed(when)?;
    Some(Entry {
        rule,
        line: entry.line,
        origin: origin.clone(),
    })
}

fn extend<T: Provision + Clone>(own: &mut Vec<Entry<T>>, above: &[Entry<T>], origin: &Origin, when: &When) {
    own.extend(
        above
            .iter()
            .cloned()
            .filter_map(|entry| inherited(entry, origin, when)),
    );
}

/// Takes over a single fact, or tightens the own one by it.
fn smaller<T: Clone>(
    own: &mut Option<Entry<T>>,
    above: Option<&Entry<T>>,
    origin: &Origin,
    tighten: impl FnOnce(&mut T, &T),
) {
    match (own, above) {
        (Some(own), Some(above)) => tighten(&mut own.rule, &above.rule),
        (own @ None, Some(above)) => {
            *own = Some(Entry {
                origin: origin.clone(),
                ..above.clone()
            });
        }
        (_, None) => {}
    }
}

fn demand_both(own: &mut Ground, above: &Ground) {
    let missing: Vec<_> = above
        .needs
        .iter()
        .filter(|need| !own.needs.contains(need))
        .copied()
        .collect();
    own.needs.extend(missing);
}
