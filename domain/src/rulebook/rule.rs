//! The four kinds of rule that carry nearly everything: gate, duty, escalation, ground; and the route.

use std::{fmt, str::FromStr};

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    rulebook::{CountingPart, Holder, When},
    time_limit::{BadSpan, Span, Within},
    words::{
        AxisName, BadName, ClauseId, Deed, DutyName, Field, NoticeType, Status, UnknownWord, Word, words,
        written_as_a_string,
    },
};

/// `[[gate]]`: before a deed, when a condition holds, these must be there.
///
/// Its `when` is judged on the case as the deed itself would leave it, so that "a finding of malice needs an
/// approval" can be said. Gates add up: all that match must pass.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gate {
    /// The deed it stands before.
    pub before: Deed,
    /// For which cases.
    #[serde(default)]
    pub when: When,
    /// All of these must be there.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// At least one of these must be there.
    #[serde(default)]
    pub one_of: Vec<Need>,
    /// Who must have made the deeds needed: each one named, if several. Empty: whoever may.
    #[serde(default)]
    pub by: Vec<Holder>,
    /// Whether it refuses or only warns.
    #[serde(default)]
    pub force: Force,
    /// The clause it rests on.
    pub clause: ClauseId,
    /// How a silence or an ambiguity was read.
    pub reading: Option<String>,
}

/// What a gate or a ground can demand.
///
/// Three words would be both a field and an axis, and each has one meaning here: the kind of complainant is the
/// field `complainant.kind`, the cause is the field `cause`, and flags cannot be demanded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Need {
    /// A deed, in force.
    Deed(Deed),
    /// A fact, stated.
    Field(Field),
    /// A classification, made.
    Axis(AxisName),
}

impl FromStr for Need {
    type Err = UnknownWord;

    fn from_str(word: &str) -> Result<Self, UnknownWord> {
        if let Ok(field) = word.parse() {
            return Ok(Self::Field(field));
        }
        if let Ok(deed) = word.parse() {
            return Ok(Self::Deed(deed));
        }
        match word.parse() {
            Ok(AxisName::Complainant) => Err(UnknownWord {
                word: word.to_owned(),
                closest: Some(Field::ComplainantKind.to_string()),
            }),
            Ok(AxisName::Flag) => Err(UnknownWord {
                word: word.to_owned(),
                closest: None,
            }),
            Ok(axis) => Ok(Self::Axis(axis)),
            Err(_) => {
                let deeds: Vec<String> = Deed::all().map(|deed| deed.to_string()).collect();
                let fields_and_axes = Field::WORDS.iter().chain(AxisName::WORDS).copied();
                Err(UnknownWord::among(
                    word,
                    deeds.iter().map(String::as_str).chain(fields_and_axes),
                ))
            }
        }
    }
}

impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Deed(deed) => deed.fmt(f),
            Self::Field(field) => field.fmt(f),
            Self::Axis(axis) => axis.fmt(f),
        }
    }
}

written_as_a_string!(Need);

words! {
    /// How hard a rule is.
    #[derive(Default)]
    Force {
        #[default]
        Must "must" "必须",
        /// 一般情况下: what goes beyond it is warned of, and recorded, but neither refused nor a breach.
        Normally "normally" "一般情况下",
    }
}

/// `[[duty]]`: who owes which deed, from which deed, within what.
///
/// It is open while its `when` matches, its `from` is in force and its `owes` is not. Several on one deed all run,
/// each with a verdict of its own.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DutyRule {
    /// Its name in the rulebook.
    pub name: DutyName,
    /// The clause it rests on.
    pub clause: ClauseId,
    /// Who owes.
    pub who: Holder,
    /// What is owed.
    pub owes: Deed,
    /// For which cases.
    #[serde(default)]
    pub when: When,
    /// The deed from which the limit runs.
    pub from: Deed,
    /// The limit.
    pub within: Within,
    /// For a limit without a number: what a demo runs on and activation proposes. Never cited as the clause's.
    pub suggested: Option<Span>,
    /// Whether being late is a breach or only a warning.
    #[serde(default)]
    pub force: Force,
    /// Whether and how it can be extended. Absent: it cannot.
    pub extension: Option<Extension>,
    /// What becomes of it when the limit is over.
    #[serde(default)]
    pub lapse: Lapse,
    /// Where it is counted differently from the rulebook's other duties.
    pub counting: Option<CountingPart>,
    /// How a silence or an ambiguity was read.
    pub reading: Option<String>,
}

words! {
    /// What becomes of a duty whose limit is over.
    #[derive(Default)]
    Lapse {
        #[default]
        Late "it is late" "逾期",
        Deemed "the deed is deemed done" "视为完成",
    }
}

/// `extension = { … }` of a duty. Neither cap: uncapped.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Extension {
    /// The sentence that allows and bounds it, where that is not the limit's own.
    pub clause: Option<ClauseId>,
    /// The most there may be in all, counted from the same start.
    pub in_total: Option<Span>,
    /// The most that may be added.
    pub at_most_more: Option<Span>,
    /// How often.
    pub times: Option<u8>,
    /// Who grants it.
    pub by: Holder,
    /// When it may be asked for.
    #[serde(default)]
    pub ask: Ask,
    /// What the request must state.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// The notice that is owed once it is granted.
    pub tell: Option<NoticeType>,
}

words! {
    /// When an extension may be asked for.
    #[derive(Default)]
    Ask {
        #[default]
        #[strum(serialize = "before due")]
        BeforeDue "before the due time" "到期前",
        #[strum(serialize = "any time")]
        AnyTime "at any time" "随时",
    }
}

/// `[[escalation]]`: one rung of a ladder. After a deed, or at a moment of a duty's lateness, something happens.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(try_from = "WrittenEscalation")]
pub struct Escalation {
    /// The clause it rests on.
    pub clause: ClauseId,
    /// What sets it off.
    pub trigger: Trigger,
    /// For which cases.
    pub when: When,
    /// Who is urged.
    pub urge: Option<Holder>,
    /// Who is told.
    pub notify: Vec<Holder>,
    /// Who gets a report, and owes an acknowledgement.
    pub report_to: Option<Holder>,
    /// Who supervises from now on.
    pub supervised_by: Option<Holder>,
    /// The round that is ordered.
    pub new_round: Option<NewRound>,
    /// Who takes the lead.
    pub lead: Option<Holder>,
    /// Against whom an accountability record is opened.
    pub accountability: Option<Holder>,
    /// The notice that is served.
    pub serve: Option<NoticeType>,
    /// The flags that are set.
    pub flags: Vec<Word>,
    /// How a silence or an ambiguity was read.
    pub reading: Option<String>,
}

/// What sets an escalation off.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Trigger {
    /// A deed was done.
    After(Deed),
    /// One of these duties reached this moment undischarged.
    Late {
        /// Which duties.
        duties: Vec<DutyRef>,
        /// The moment, seen from the due time.
        at: Moment,
    },
}

/// An escalation as its file writes it, before it is known to have exactly one trigger and an effect.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Escalation", extend(
    "oneOf" = [{ "required": ["after"] }, { "required": ["late"] }],
    "dependencies" = { "late": ["at"], "at": ["late"] },
    "anyOf" = [
        { "required": ["urge"] }, { "required": ["notify"] }, { "required": ["report_to"] },
        { "required": ["supervised_by"] }, { "required": ["new_round"] }, { "required": ["lead"] },
        { "required": ["accountability"] }, { "required": ["serve"] }, { "required": ["flags"] },
    ],
))]
pub(super) struct WrittenEscalation {
    /// The clause it rests on.
    clause: ClauseId,
    /// The deed that sets it off; or else `late` with `at`.
    after: Option<Deed>,
    /// The duties whose lateness sets it off, together with `at`.
    #[serde(default)]
    late: Vec<DutyRef>,
    /// At which moment of the lateness.
    at: Option<Moment>,
    /// For which cases.
    #[serde(default)]
    when: When,
    /// Who is urged.
    urge: Option<Holder>,
    /// Who is told.
    #[serde(default)]
    notify: Vec<Holder>,
    /// Who gets a report, and owes an acknowledgement.
    report_to: Option<Holder>,
    /// Who supervises from now on.
    supervised_by: Option<Holder>,
    /// The round that is ordered.
    new_round: Option<NewRound>,
    /// Who takes the lead.
    lead: Option<Holder>,
    /// Against whom an accountability record is opened.
    accountability: Option<Holder>,
    /// The notice that is served.
    serve: Option<NoticeType>,
    /// The flags that are set.
    #[serde(default)]
    flags: Vec<Word>,
    /// How a silence or an ambiguity was read.
    reading: Option<String>,
}

impl TryFrom<WrittenEscalation> for Escalation {
    type Error = &'static str;

    fn try_from(written: WrittenEscalation) -> Result<Self, &'static str> {
        let trigger = match (written.after, written.late.is_empty(), written.at) {
            (Some(deed), true, None) => Trigger::After(deed),
            (None, false, Some(at)) => Trigger::Late {
                duties: written.late,
                at,
            },
            _ => return Err("an escalation has exactly one trigger: `after`, or `late` together with `at`"),
        };
        let escalation = Self {
            clause: written.clause,
            trigger,
            when: written.when,
            urge: written.urge,
            notify: written.notify,
            report_to: written.report_to,
            supervised_by: written.supervised_by,
            new_round: written.new_round,
            lead: written.lead,
            accountability: written.accountability,
            serve: written.serve,
            flags: written.flags,
            reading: written.reading,
        };
        let has_effect = escalation.concerned().next().is_some()
            || escalation.new_round.is_some()
            || escalation.serve.is_some()
            || !escalation.flags.is_empty();
        if has_effect {
            Ok(escalation)
        } else {
            Err("an escalation has at least one effect")
        }
    }
}

impl Escalation {
    /// Everybody its effects name.
    pub fn concerned(&self) -> impl Iterator<Item = &Holder> {
        [
            &self.urge,
            &self.report_to,
            &self.supervised_by,
            &self.lead,
            &self.accountability,
        ]
        .into_iter()
        .flatten()
        .chain(&self.notify)
    }
}

/// Which duty's lateness is meant.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum DutyRef {
    /// Every duty.
    Any,
    /// The duty of this name.
    Named(DutyName),
}

impl FromStr for DutyRef {
    type Err = BadName;

    fn from_str(written: &str) -> Result<Self, BadName> {
        if written == "any" {
            Ok(Self::Any)
        } else {
            written.parse().map(Self::Named)
        }
    }
}

impl fmt::Display for DutyRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any"),
            Self::Named(name) => name.fmt(f),
        }
    }
}

written_as_a_string!(DutyRef);

/// A moment seen from a due time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Moment {
    /// This long before it.
    Before(Span),
    /// At the due time.
    WhenDue,
    /// This long after it.
    After(Span),
}

impl FromStr for Moment {
    type Err = BadSpan;

    fn from_str(written: &str) -> Result<Self, BadSpan> {
        if written == "when due" {
            Ok(Self::WhenDue)
        } else if let Some(span) = written.strip_suffix(" before") {
            span.parse().map(Self::Before)
        } else {
            written
                .strip_suffix(" after")
                .unwrap_or(written)
                .parse()
                .map(Self::After)
        }
    }
}

impl fmt::Display for Moment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Before(span) => write!(f, "{span} before"),
            Self::WhenDue => f.write_str("when due"),
            Self::After(span) => write!(f, "{span} after"),
        }
    }
}

written_as_a_string!(Moment);

words! {
    /// Which round an escalation orders.
    NewRound {
        Next "the next" "下一次",
        Second "the second" "二次派单",
        Third "the third" "三次派单",
        Fourth "the fourth" "四次派单",
    }
}

/// `[[ground]]`: one listed ground of an exceptional deed. Where none is listed, the deed does not exist.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ground {
    /// The exceptional deed.
    pub of: Deed,
    /// The name of the ground; unique among the grounds of its deed.
    pub name: Word,
    /// What people read.
    pub title: String,
    /// The clause it rests on.
    pub clause: ClauseId,
    /// In which statuses; empty: wherever the machine allows the deed.
    #[serde(default)]
    pub at: Vec<Status>,
    /// For which cases.
    #[serde(default)]
    pub when: When,
    /// What is demanded.
    #[serde(default)]
    pub needs: Vec<Need>,
    /// What is asked, not demanded.
    #[serde(default)]
    pub wants: Vec<Need>,
    /// To whom, for a deed that goes to somebody.
    #[serde(default)]
    pub to: Vec<RouteTo>,
    /// How a silence or an ambiguity was read.
    pub reading: Option<String>,
}

/// `[[route]]`: who handles which cases. The first that matches wins.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Route {
    /// For which cases.
    #[serde(default)]
    pub when: When,
    /// Where they may go: any of these.
    pub to: Vec<RouteTo>,
    /// Who handles them together with it.
    #[serde(default)]
    pub jointly: Vec<RouteTo>,
    /// The clause it rests on.
    pub clause: ClauseId,
    /// How a silence or an ambiguity was read.
    pub reading: Option<String>,
}

/// Where a case may go.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum RouteTo {
    /// Handled by the office itself.
    OwnOffice,
    /// To the unit complained of.
    RespondentUnit,
    /// To the unit the instruction names.
    AsInstructed,
    /// To whom the dispatcher thinks fit.
    AsAssigned,
    /// To another body, which this office does not see: only a hand-over goes there.
    Outside,
    /// To a unit of this kind; a hand-over also to a position of this name.
    Kind(Word),
}

impl FromStr for RouteTo {
    type Err = BadName;

    fn from_str(written: &str) -> Result<Self, BadName> {
        Ok(match written {
            "own_office" => Self::OwnOffice,
            "respondent_unit" => Self::RespondentUnit,
            "as_instructed" => Self::AsInstructed,
            "as_assigned" => Self::AsAssigned,
            "outside" => Self::Outside,
            kind => Self::Kind(kind.parse()?),
        })
    }
}

impl fmt::Display for RouteTo {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::OwnOffice => "own_office",
            Self::RespondentUnit => "respondent_unit",
            Self::AsInstructed => "as_instructed",
            Self::AsAssigned => "as_assigned",
            Self::Outside => "outside",
            Self::Kind(kind) => kind.as_str(),
        })
    }
}

written_as_a_string!(RouteTo);
