//! An heir may only tighten: what it says itself against an ancestor is refused, rule by rule.

use crate::{
    rulebook::{
        AppealRule, Entry, Flaw, FlawCode, Force, Gate, Ground, Origin, Retention, Rulebook, Secrecy,
        Severity, SuspensionRule, When,
    },
    time_limit::{Span, Unit, Within},
};

/// Refuses what loosens the ancestor, in the cases for which it is inherited.
pub(super) fn refuse(heir: &Rulebook, ancestor: &Rulebook, when: &When, flaws: &mut Vec<Flaw>) {
    let mut found = Vec::new();
    grounds(heir, ancestor, when, &mut found);
    gates(heir, ancestor, when, &mut found);
    identity(heir, ancestor, &mut found);
    suspensions(heir, ancestor, &mut found);
    appeals(heir, ancestor, &mut found);
    caps(heir, ancestor, &mut found);
    secrecy(heir, ancestor, when, &mut found);
    retention(heir, ancestor, when, &mut found);
    flaws.extend(found.into_iter().map(|(line, what, reason)| Flaw {
        rulebook: Some(heir.head.code.clone()),
        line,
        what: what.to_owned(),
        reason,
        closest: None,
        code: FlawCode::Loosening,
        severity: Severity::Error,
        path: Vec::new(),
    }));
}

type Found = Vec<(usize, &'static str, String)>;

fn own<T>(entries: &[Entry<T>]) -> impl Iterator<Item = &Entry<T>> {
    entries.iter().filter(|entry| entry.origin == Origin::Own)
}

/// Whether two rules can ever hold for the same case, one of them as it is inherited.
fn meet(own: &When, above: &When, inherited: &When) -> bool {
    above
        .and(inherited)
        .is_some_and(|narrowed| own.and(&narrowed).is_some())
}

/// Where an ancestor lists the grounds of a deed, only those stand.
fn grounds(heir: &Rulebook, ancestor: &Rulebook, when: &When, found: &mut Found) {
    let above = &ancestor.head.code;
    for ground in own(&heir.grounds) {
        let listed: Vec<&Entry<Ground>> = ancestor
            .grounds
            .iter()
            .filter(|other| other.of == ground.of && meet(&ground.when, &other.when, when))
            .collect();
        if !listed.is_empty() && !listed.iter().any(|other| other.name == ground.name) {
            let reason = format!(
                "`{above}` lists the grounds of {} and has no `{}`",
                ground.of, ground.name
            );
            found.push((ground.line, "ground", reason));
        }
    }
}

/// What must be there above is not only wished for here.
fn gates(heir: &Rulebook, ancestor: &Rulebook, when: &When, found: &mut Found) {
    let above = &ancestor.head.code;
    let same = |gate: &Gate, other: &Gate| {
        gate.before == other.before
            && gate.needs.iter().any(|need| other.needs.contains(need))
            && meet(&gate.when, &other.when, when)
    };
    for gate in own(&heir.gates).filter(|gate| gate.force == Force::Normally) {
        if ancestor
            .gates
            .iter()
            .any(|other| other.force == Force::Must && same(gate, other))
        {
            let reason = format!(
                "what must be there before {} in `{above}` is only wished for here",
                gate.before
            );
            found.push((gate.line, "gate", reason));
        }
    }
}

/// What the law grants to who does not want to give his name is not refused.
fn identity(heir: &Rulebook, ancestor: &Rulebook, found: &mut Found) {
    if let (Some(own), Some(granted)) = (&heir.identity, &ancestor.identity)
        && own.anonymous < granted.anonymous
    {
        let reason = format!(
            "anonymity is {} here and {} in `{}`",
            own.anonymous, granted.anonymous, ancestor.head.code
        );
        found.push((own.line, "identity", reason));
    }
}

/// No pause for a duty of the ancestor's, and none that is longer than the ancestor's on the same ground.
fn suspensions(heir: &Rulebook, ancestor: &Rulebook, found: &mut Found) {
    let above = &ancestor.head.code;
    let longer = |own: &SuspensionRule, other: &SuspensionRule| {
        exceeds(own.at_most, other.at_most) || exceeds(own.in_total, other.in_total)
    };
    for suspension in own(&heir.suspensions) {
        for duty in suspension
            .stops
            .iter()
            .filter(|name| ancestor.duties.iter().any(|duty| duty.name == **name))
        {
            let reason = format!("the duty `{duty}` of `{above}` cannot be paused here");
            found.push((suspension.line, "suspension", reason));
        }
        if let Some(other) = ancestor
            .suspensions
            .iter()
            .find(|other| other.ground == suspension.ground)
            && longer(suspension, other)
        {
            let reason = format!("the pause `{}` is longer than in `{above}`", suspension.ground);
            found.push((suspension.line, "suspension", reason));
        }
    }
}

/// A party keeps at least the ancestor's time, its decider gets at most his, and no way ends sooner.
fn appeals(heir: &Rulebook, ancestor: &Rulebook, found: &mut Found) {
    let above = &ancestor.head.code;
    let loosened = |own: &AppealRule, other: &AppealRule| -> Option<&'static str> {
        if own.by != other.by || own.against != other.against {
            return Some("is another way");
        }
        let (filed, granted) = (about(own.within), about(other.within));
        if filed.is_some_and(|filed| granted.is_none_or(|granted| filed < granted)) {
            return Some("leaves less time to file");
        }
        let (takes, allowed) = (about(own.decide_within), about(other.decide_within));
        if allowed.is_some_and(|allowed| takes.is_none_or(|takes| takes > allowed)) {
            return Some("leaves more time to decide");
        }
        (own.r#final && !other.r#final).then_some("ends the way sooner")
    };
    for appeal in own(&heir.appeals) {
        let named = ancestor.appeals.iter().find(|other| other.name == appeal.name);
        if let Some(how) = named.and_then(|other| loosened(appeal, other)) {
            let reason = format!("the appeal `{}` {how} than in `{above}`", appeal.name);
            found.push((appeal.line, "appeal", reason));
        }
    }
}

/// Neither more returns nor more rounds.
fn caps(heir: &Rulebook, ancestor: &Rulebook, found: &mut Found) {
    let above = &ancestor.head.code;
    if let (Some(own), Some(other)) = (&heir.returns, &ancestor.returns)
        && own.origin == Origin::Own
        && own.at_most > other.at_most
    {
        let reason = format!("{} returns, and {} in `{above}`", own.at_most, other.at_most);
        found.push((own.line, "returns", reason));
    }
    if let (Some(own), Some(other)) = (&heir.rounds, &ancestor.rounds)
        && own.origin == Origin::Own
        && let Some(most) = other.at_most
        && own.at_most.is_none_or(|rounds| rounds > most)
    {
        let reason = format!("more rounds than the {most} in `{above}`");
        found.push((own.line, "rounds", reason));
    }
}

/// What is open to few above is not opened to others here.
fn secrecy(heir: &Rulebook, ancestor: &Rulebook, when: &When, found: &mut Found) {
    let above = &ancestor.head.code;
    let opened = |own: &Secrecy, other: &Secrecy| {
        !other.open_to.is_empty()
            && meet(&own.when, &other.when, when)
            && own.open_to.iter().any(|holder| !other.open_to.contains(holder))
    };
    for rule in own(&heir.secrecy) {
        if ancestor.secrecy.iter().any(|other| opened(rule, other)) {
            let reason = format!("it is opened to somebody from whom `{above}` keeps it");
            found.push((rule.line, "secrecy", reason));
        }
    }
}

/// What must be kept so long above cannot have to go sooner here, nor the other way round.
fn retention(heir: &Rulebook, ancestor: &Rulebook, when: &When, found: &mut Found) {
    let above = &ancestor.head.code;
    let contradicts = |own: &Retention, other: &Retention| {
        own.from == other.from
            && meet(&own.when, &other.when, when)
            && (sooner(own.at_most, other.at_least) || sooner(other.at_most, own.at_least))
    };
    for rule in own(&heir.retention) {
        if ancestor.retention.iter().any(|other| contradicts(rule, other)) {
            let reason = format!("together with `{above}` it is to be kept longer than it may be");
            found.push((rule.line, "retention", reason));
        }
    }
}

/// Whether a cap is larger than another one; no cap at all is the largest.
fn exceeds(own: Option<Span>, above: Option<Span>) -> bool {
    above.is_some_and(|above| own.is_none_or(|own| hours(own) > hours(above)))
}

fn sooner(most: Option<Span>, least: Option<Span>) -> bool {
    matches!((most, least), (Some(most), Some(least)) if hours(most) < hours(least))
}

/// About how long a limit is; none where it has no number.
fn about(within: Within) -> Option<u64> {
    match within {
        Within::Immediately => Some(0),
        Within::SameDay => Some(24),
        Within::Span(span) => Some(hours(span)),
        Within::Promptly | Within::AsPrescribed => None,
    }
}

/// About how long a span is, in hours of the clock. Five working days are a week: whether a law's days or an office's
/// working days are longer must not hang on how they are called.
fn hours(span: Span) -> u64 {
    let amount = u64::from(span.amount.get());
    match span.unit {
        Unit::WorkingHour | Unit::Hour => amount,
        Unit::WorkingDay => amount * 24 * 7 / 5,
        Unit::Day => amount * 24,
        Unit::Month => amount * 30 * 24,
        Unit::Year => amount * 365 * 24,
    }
}
