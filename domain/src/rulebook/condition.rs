//! For which cases a rule holds: a table of lists, and the facts it is held against.

use std::collections::BTreeSet;

use schemars::JsonSchema;
use serde::Deserialize;

use crate::words::{
    AxisName, CaseType, Channel, Fault, Finding, IdentityMode, RouteKind, Satisfaction, Source, Word, YesNo,
};

/// Defines [`When`] and everything that must be said once per key, so that a new key cannot be forgotten anywhere.
macro_rules! conditions {
    ($( $(#[$about:meta])* $key:ident: $type:ty, )*) => {
        /// A condition: `when = { case_type = ["complaint"], severity = ["major"] }`.
        ///
        /// All keys must match; the words of a list are alternatives; there is no "not" and no "or" between keys
        /// (write two rules). A key that is not written does not ask; a fact that is not yet known does not match.
        #[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields, default)]
        pub struct When {
            $( $(#[$about])* pub $key: Vec<$type>, )*
        }

        impl When {
            /// Whether it asks for nothing and so holds for every case.
            pub fn is_always(&self) -> bool {
                $( self.$key.is_empty() )&&*
            }

            /// The condition that holds where both do; `None` if they ask the opposite of one another.
            pub fn and(&self, other: &Self) -> Option<Self> {
                Some(Self { $( $key: both(&self.$key, &other.$key)?, )* })
            }

            /// Whether it holds of every case of which `other` holds.
            pub fn covers(&self, other: &Self) -> bool {
                $( (self.$key.is_empty()
                    || !other.$key.is_empty() && other.$key.iter().all(|word| self.$key.contains(word))) )&&*
            }
        }
    };
}

conditions! {
    /// The kind of matter.
    case_type: CaseType,
    /// The kind of complainant.
    complainant: Word,
    /// The category.
    category: Word,
    /// The severity.
    severity: Word,
    /// The urgency.
    urgency: Word,
    /// The track.
    track: Word,
    /// The mode of handling.
    mode: Word,
    /// The complexity.
    complexity: Word,
    /// The cause.
    cause: Word,
    /// The flags: one of those listed is set.
    flag: Word,
    /// How it came in.
    channel: Channel,
    /// Who passed it on.
    source: Source,
    /// The kind of unit in which the first receiver sits.
    received_in: Word,
    /// The kind of the handling unit; unknown until there is one.
    unit_kind: Word,
    /// Under what name the complainant appears.
    identity: IdentityMode,
    /// Whether the complainant can be reached.
    reachable: YesNo,
    /// Where the case is handled.
    route: RouteKind,
    /// The dispatch round, from 1.
    round: u8,
    /// The ground on which the deed in question was done.
    ground: Word,
    /// What the investigation found.
    finding: Finding,
    /// What the last follow-up heard.
    satisfaction: Satisfaction,
    /// What the last judgement of a fault says.
    fault: Fault,
    /// Whether a supervision order is in force.
    supervised: YesNo,
}

impl When {
    /// Whether it holds of these facts.
    pub fn matches(&self, facts: &Facts) -> bool {
        one_of(&self.case_type, facts.case_type.as_ref())
            && one_of(&self.complainant, facts.complainant)
            && one_of(&self.category, facts.category)
            && one_of(&self.severity, facts.severity)
            && one_of(&self.urgency, facts.urgency)
            && one_of(&self.track, facts.track)
            && one_of(&self.mode, facts.mode)
            && one_of(&self.complexity, facts.complexity)
            && one_of(&self.cause, facts.cause)
            && (self.flag.is_empty()
                || self
                    .flag
                    .iter()
                    .any(|flag| facts.flags.is_some_and(|set| set.contains(flag))))
            && one_of(&self.channel, facts.channel.as_ref())
            && one_of(&self.source, facts.source.as_ref())
            && one_of(&self.received_in, facts.received_in)
            && one_of(&self.unit_kind, facts.unit_kind)
            && one_of(&self.identity, facts.identity.as_ref())
            && one_of(&self.reachable, facts.reachable.map(YesNo::from).as_ref())
            && one_of(&self.route, facts.route.as_ref())
            && one_of(&self.round, facts.round.as_ref())
            && one_of(&self.ground, facts.ground)
            && one_of(&self.finding, facts.finding.as_ref())
            && one_of(&self.satisfaction, facts.satisfaction.as_ref())
            && one_of(&self.fault, facts.fault.as_ref())
            && one_of(&self.supervised, facts.supervised.map(YesNo::from).as_ref())
    }

    /// Key by key, whether it holds of these facts; a key that is not written always does.
    pub(super) fn answers(&self, facts: &Facts) -> [bool; 23] {
        let flags = |flag: &Word| facts.flags.is_some_and(|set| set.contains(flag));
        [
            one_of(&self.case_type, facts.case_type.as_ref()),
            one_of(&self.complainant, facts.complainant),
            one_of(&self.category, facts.category),
            one_of(&self.severity, facts.severity),
            one_of(&self.urgency, facts.urgency),
            one_of(&self.track, facts.track),
            one_of(&self.mode, facts.mode),
            one_of(&self.complexity, facts.complexity),
            one_of(&self.cause, facts.cause),
            self.flag.is_empty() || self.flag.iter().any(flags),
            one_of(&self.channel, facts.channel.as_ref()),
            one_of(&self.source, facts.source.as_ref()),
            one_of(&self.received_in, facts.received_in),
            one_of(&self.unit_kind, facts.unit_kind),
            one_of(&self.identity, facts.identity.as_ref()),
            one_of(&self.reachable, facts.reachable.map(YesNo::from).as_ref()),
            one_of(&self.route, facts.route.as_ref()),
            one_of(&self.round, facts.round.as_ref()),
            one_of(&self.ground, facts.ground),
            one_of(&self.finding, facts.finding.as_ref()),
            one_of(&self.satisfaction, facts.satisfaction.as_ref()),
            one_of(&self.fault, facts.fault.as_ref()),
            one_of(&self.supervised, facts.supervised.map(YesNo::from).as_ref()),
        ]
    }

    /// The rulebook's own words it asks for on `axis`, the type of matter aside, which is a closed list.
    pub fn words_on(&self, axis: AxisName) -> &[Word] {
        match axis {
            AxisName::CaseType => &[],
            AxisName::Complainant => &self.complainant,
            AxisName::Category => &self.category,
            AxisName::Severity => &self.severity,
            AxisName::Urgency => &self.urgency,
            AxisName::Track => &self.track,
            AxisName::Mode => &self.mode,
            AxisName::Complexity => &self.complexity,
            AxisName::Cause => &self.cause,
            AxisName::Flag => &self.flag,
        }
    }
}

/// What is known of a case, as far as a condition can ask. `None`: not known yet. Its words are the case's, the
/// rulebook's and the directory's own: a decision asks for the facts many times, and copies nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Facts<'f> {
    /// The kind of matter.
    pub case_type: Option<CaseType>,
    /// The kind of complainant.
    pub complainant: Option<&'f Word>,
    /// The category.
    pub category: Option<&'f Word>,
    /// The severity.
    pub severity: Option<&'f Word>,
    /// The urgency.
    pub urgency: Option<&'f Word>,
    /// The track.
    pub track: Option<&'f Word>,
    /// The mode of handling.
    pub mode: Option<&'f Word>,
    /// The complexity.
    pub complexity: Option<&'f Word>,
    /// The cause.
    pub cause: Option<&'f Word>,
    /// The flags that are set.
    pub flags: Option<&'f BTreeSet<Word>>,
    /// How it came in.
    pub channel: Option<Channel>,
    /// Who passed it on.
    pub source: Option<Source>,
    /// The kind of unit in which the first receiver sits.
    pub received_in: Option<&'f Word>,
    /// The kind of the handling unit.
    pub unit_kind: Option<&'f Word>,
    /// Under what name the complainant appears.
    pub identity: Option<IdentityMode>,
    /// Whether the complainant can be reached.
    pub reachable: Option<bool>,
    /// Where the case is handled.
    pub route: Option<RouteKind>,
    /// The dispatch round, from 1.
    pub round: Option<u8>,
    /// The ground on which the deed in question is done.
    pub ground: Option<&'f Word>,
    /// What the investigation found.
    pub finding: Option<Finding>,
    /// What the last follow-up heard.
    pub satisfaction: Option<Satisfaction>,
    /// What the last judgement of a fault says.
    pub fault: Option<Fault>,
    /// Whether a supervision order is in force.
    pub supervised: Option<bool>,
}

impl<'f> Facts<'f> {
    /// The fact of an axis whose values are the rulebook's own words; `None` for `case_type` and `flag`, which are
    /// of another kind.
    pub fn on_mut(&mut self, axis: AxisName) -> Option<&mut Option<&'f Word>> {
        match axis {
            AxisName::Complainant => Some(&mut self.complainant),
            AxisName::Category => Some(&mut self.category),
            AxisName::Severity => Some(&mut self.severity),
            AxisName::Urgency => Some(&mut self.urgency),
            AxisName::Track => Some(&mut self.track),
            AxisName::Mode => Some(&mut self.mode),
            AxisName::Complexity => Some(&mut self.complexity),
            AxisName::Cause => Some(&mut self.cause),
            AxisName::CaseType | AxisName::Flag => None,
        }
    }
}

fn one_of<T: PartialEq>(listed: &[T], known: Option<&T>) -> bool {
    listed.is_empty() || known.is_some_and(|known| listed.contains(known))
}

fn both<T: PartialEq + Clone>(one: &[T], other: &[T]) -> Option<Vec<T>> {
    if one.is_empty() {
        return Some(other.to_vec());
    }
    if other.is_empty() {
        return Some(one.to_vec());
    }
    let common: Vec<T> = one.iter().filter(|word| other.contains(word)).cloned().collect();
    (!common.is_empty()).then_some(common)
}
