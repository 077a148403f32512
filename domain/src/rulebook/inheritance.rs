//! What a rulebook takes over from those it stands on. An heir may only tighten.

use std::collections::{BTreeMap, BTreeSet};

use crate::{
    rulebook::{
        Entry, Flaw, FlawCode, Force, Ground, Inherit, Kind, Origin, Provision, Rulebook, Severity, When,
    },
    words::{RulebookCode, closest},
};

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
    fn append(&mut self, ancestor: &Self, origin: &Origin, when: &When, flaws: &mut Vec<Flaw>) {
        self.refuse_loosening(ancestor, flaws);
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
        extend(&mut self.suspensions, &ancestor.suspensions, origin, when);
        extend(&mut self.escalations, &ancestor.escalations, origin, when);
        extend(&mut self.appeals, &ancestor.appeals, origin, when);
        extend(&mut self.secrecy, &ancestor.secrecy, origin, when);
        extend(&mut self.retention, &ancestor.retention, origin, when);
        extend(&mut self.recurring, &ancestor.recurring, origin, when);
        smaller(
            &mut self.rounds,
            ancestor.rounds.as_ref(),
            origin,
            |own, above| {
                own.at_most = own.at_most.min(above.at_most);
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

    /// What the heir itself says against an ancestor: a ground the ancestor does not list, an anonymity it refuses
    /// though the ancestor grants it, a pause for a duty that is not its own or on a new ground, a wish where the
    /// ancestor demands, more rounds or returns.
    fn refuse_loosening(&self, ancestor: &Self, flaws: &mut Vec<Flaw>) {
        let above = &ancestor.head.code;
        let mut refuse = |line: usize, what: &str, reason: String| {
            let rulebook = Some(self.head.code.clone());
            flaws.push(Flaw {
                rulebook,
                line,
                what: what.to_owned(),
                reason,
                closest: None,
                code: FlawCode::Loosening,
                severity: Severity::Error,
                path: Vec::new(),
            });
        };
        for ground in self.grounds.iter().filter(|ground| ground.origin == Origin::Own) {
            let listed: Vec<_> = ancestor
                .grounds
                .iter()
                .filter(|other| other.of == ground.of)
                .collect();
            if !listed.is_empty() && !listed.iter().any(|other| other.name == ground.name) {
                let reason = format!(
                    "`{above}` lists the grounds of {} and has no `{}`",
                    ground.of, ground.name
                );
                refuse(ground.line, "ground", reason);
            }
        }
        if let (Some(own), Some(granted)) = (&self.identity, &ancestor.identity)
            && own.anonymous < granted.anonymous
        {
            let reason = format!(
                "anonymity is {} here and {} in `{above}`",
                own.anonymous, granted.anonymous
            );
            refuse(own.line, "identity", reason);
        }
        for suspension in self
            .suspensions
            .iter()
            .filter(|suspension| suspension.origin == Origin::Own)
        {
            for duty in suspension
                .stops
                .iter()
                .filter(|name| ancestor.duties.iter().any(|duty| duty.name == **name))
            {
                refuse(
                    suspension.line,
                    "suspension",
                    format!("the duty `{duty}` of `{above}` cannot be paused here"),
                );
            }
            let listed = ancestor
                .suspensions
                .iter()
                .any(|other| other.ground == suspension.ground);
            if !ancestor.suspensions.is_empty() && !listed {
                let ground = &suspension.ground;
                let reason = format!("`{above}` lists the grounds of a pause and has no `{ground}`");
                refuse(suspension.line, "suspension", reason);
            }
        }
        for gate in self
            .gates
            .iter()
            .filter(|gate| gate.origin == Origin::Own && gate.force == Force::Normally)
        {
            let hard = ancestor.gates.iter().any(|other| {
                other.force == Force::Must
                    && other.before == gate.before
                    && gate
                        .needs
                        .iter()
                        .chain(&gate.one_of)
                        .any(|need| other.needs.contains(need))
            });
            if hard {
                let reason = format!(
                    "`{above}` demands before {} what is only wanted here",
                    gate.before
                );
                refuse(gate.line, "gate", reason);
            }
        }
        if let (Some(own), Some(bound)) = (&self.rounds, &ancestor.rounds)
            && own.origin == Origin::Own
            && own.at_most > bound.at_most
        {
            let reason = format!("{} rounds here, {} in `{above}`", own.at_most, bound.at_most);
            refuse(own.line, "rounds", reason);
        }
        if let (Some(own), Some(bound)) = (&self.returns, &ancestor.returns)
            && own.origin == Origin::Own
            && own.at_most > bound.at_most
        {
            let reason = format!("{} returns here, {} in `{above}`", own.at_most, bound.at_most);
            refuse(own.line, "returns", reason);
        }
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
