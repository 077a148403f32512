//! What can come in, and what its registration can state.

use std::collections::{BTreeMap, BTreeSet};

use strum::IntoEnumIterator;

use super::choices::{each, text};
use super::commands::Scene;
use crate::case::Context;
use crate::case::command::{Complainant, Completion, Matter, Respondent};
use crate::rulebook::{Anonymity, Checked, Force, Need, Party, RouteTo, Trigger, When};
use crate::words::{AxisName, CaseType, Channel, Deed, Field, IdentityMode, Source, Word};

/// The matters that can come in: one for each channel, source, name and kind of complainant that a rule can tell
/// apart.
pub(super) fn matters(named: &[When], context: &Context) -> Vec<Matter> {
    let rulebook = context.rulebook;
    let mut channels: Vec<Channel> = Vec::new();
    for rule in &rulebook.channels {
        // Where no rule tells channels apart, those of one entry are alike.
        channels.extend(each(named, |when| &when.channel, rule.names.iter().copied()));
    }
    let declared = |axis| rulebook.axis(axis).map(|axis| axis.values.words());
    let kinds: Vec<Option<Word>> = match declared(AxisName::Complainant) {
        Some(words) => each(named, |when| &when.complainant, words.cloned())
            .map(Some)
            .collect(),
        None => vec![None],
    };
    let asked = |identity| named.iter().any(|when| when.identity.contains(&identity));
    let mut identities = vec![IdentityMode::RealName];
    let offered = rulebook
        .identity
        .as_ref()
        .map_or(asked(IdentityMode::Anonymous), |rule| {
            rule.anonymous != Anonymity::Refused
        });
    identities.extend(offered.then_some(IdentityMode::Anonymous));
    identities.extend(asked(IdentityMode::Pseudonymous).then_some(IdentityMode::Pseudonymous));
    let mut matters = Vec::new();
    for channel in channels {
        for source in each(named, |when| &when.source, Source::iter()) {
            for identity in &identities {
                for kind in &kinds {
                    for reachable in reachable(named, *identity, rulebook) {
                        matters.push(matter(
                            channel,
                            source,
                            *identity,
                            kind.clone(),
                            reachable,
                            context,
                        ));
                    }
                }
            }
        }
    }
    matters
}

/// Whether somebody says how he can be reached. It is said where the matter is received and nowhere later, so that where
/// no registration goes without it, it is asked for there.
fn reachable(named: &[When], identity: IdentityMode, rulebook: &Checked) -> Vec<bool> {
    let demanded = rulebook.gates_before(Deed::Registration).any(|gate| {
        let of_the_identity = When {
            identity: gate.when.identity.clone(),
            ..When::default()
        };
        gate.force == Force::Must
            && gate.needs.contains(&Need::Field(Field::ComplainantContact))
            && gate.when == of_the_identity
            && (gate.when.is_always() || gate.when.identity.contains(&identity))
    });
    let tells_apart = named.iter().any(|when| !when.reachable.is_empty());
    match (tells_apart, demanded) {
        (true, true) => vec![true],
        (true, false) => vec![true, false],
        (false, _) => vec![identity != IdentityMode::Anonymous],
    }
}

fn matter(
    channel: Channel,
    source: Source,
    identity: IdentityMode,
    kind: Option<Word>,
    reachable: bool,
    context: &Context,
) -> Matter {
    let mut stated = BTreeSet::new();
    if identity != IdentityMode::Anonymous {
        stated.extend([
            Field::ComplainantName,
            Field::ComplainantAddress,
            Field::ComplainantWorkplace,
            Field::ComplainantSex,
            Field::ComplainantAge,
        ]);
    }
    stated.extend(reachable.then_some(Field::ComplainantContact));
    Matter {
        channel,
        source,
        received_at: context.now,
        window: None,
        first_receiver: None,
        rating: context
            .rulebook
            .channel(channel)
            .and_then(|rule| rule.opens_case.first().copied()),
        complainant: Complainant {
            identity,
            kind,
            stated,
            person: Some(text()),
            representatives: None,
        },
        completion: Completion::default(),
    }
}

/// What registration can state: each kind of matter, with and without a unit complained of where a rule asks for it.
pub(super) fn completions(at: Scene<'_>) -> impl Iterator<Item = Completion> {
    let rulebook = at.context.rulebook;
    let types: Vec<Option<CaseType>> = match rulebook.axis(AxisName::CaseType) {
        Some(axis) => {
            let declared: Vec<CaseType> = axis
                .values
                .words()
                .filter_map(|it| it.as_str().parse().ok())
                .collect();
            each(at.named, |when| &when.case_type, declared.into_iter())
                .map(Some)
                .collect()
        }
        None => vec![None],
    };
    let person = Respondent::Person {
        staff: None,
        description: Some(text()),
    };
    let mut respondents = vec![vec![person.clone()]];
    if asks_for_the_respondent_unit(at) {
        respondents.extend(
            at.context
                .directory
                .units
                .keys()
                .next()
                .map(|unit| vec![Respondent::Unit { unit: *unit }, person]),
        );
    }
    let mut said = Vec::new();
    for case_type in types {
        for respondents in &respondents {
            said.extend(flags_told(at).map(|flags| Completion {
                case_type,
                axes: BTreeMap::new(),
                flags,
                subject: Some(text()),
                content: Some(text()),
                texts: Field::iter().map(|field| (field, text())).collect(),
                respondents: respondents.clone(),
            }));
        }
    }
    said.into_iter()
}

/// The flags with which a matter is registered: none, and each that registration itself sets something off with or is
/// barred by.
fn flags_told(at: Scene<'_>) -> impl Iterator<Item = BTreeSet<Word>> {
    let rulebook = at.context.rulebook;
    let set_off = rulebook
        .escalations
        .iter()
        .filter(|rule| matches!(rule.trigger, Trigger::After(Deed::Registration)))
        .map(|rule| &rule.when);
    let barred = rulebook
        .gates
        .iter()
        .filter(|gate| gate.before == Deed::Registration)
        .map(|gate| &gate.when);
    let told: BTreeSet<Word> = set_off
        .chain(barred)
        .filter_map(|when| when.flag.first().cloned())
        .collect();
    std::iter::once(BTreeSet::new()).chain(told.into_iter().map(|flag| BTreeSet::from([flag])))
}

fn asks_for_the_respondent_unit(at: Scene) -> bool {
    let rulebook = at.context.rulebook;
    let needs = rulebook
        .gates
        .iter()
        .flat_map(|gate| gate.needs.iter().chain(&gate.one_of));
    rulebook
        .routes
        .iter()
        .flat_map(|route| route.to.iter().chain(&route.jointly))
        .any(|to| *to == RouteTo::RespondentUnit)
        || rulebook
            .secrecy
            .iter()
            .any(|rule| rule.never_to.contains(&Party::RespondentUnit))
        || needs
            .into_iter()
            .any(|need| *need == Need::Field(Field::RespondentUnit))
}
