//! What failures of the archive and refusals of the rules become. Every variant is thought about: no `_` arm.

use domain::case::{Act, Missing, Refusal};
use domain::gate::{acts_for, stated_by};
use domain::rulebook::{Checked, Need, Origin};
use domain::time_limit::Span;
use domain::words::{AxisName, ClauseId, Deed, Status, Word};
use persistence::case::NotAccepted;
use persistence::{Conflict, StoreError, Thing};

use super::pointer::{of_field, of_need};
use super::{Clause, FieldError, FieldFault, HolderFact, Kind, MissingFact, Problem};
use crate::language::Text;
use crate::operation::operation_of;

impl From<StoreError> for Problem {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Unavailable(_) | StoreError::Busy(_) => {
                Self::from(Kind::Overloaded).retry_after(1).caused_by(error)
            }
            StoreError::Conflict(conflict) => conflict.into(),
            StoreError::Stale { current } => Self::version_stale(current),
            StoreError::Missing(thing) => thing.into(),
            StoreError::KeyMissing { .. } => {
                Self::from(Kind::KeyUnavailable).retry_after(60).caused_by(error)
            }
            StoreError::Corrupt { .. } | StoreError::Failed(_) => Self::internal(error),
        }
    }
}

impl From<Conflict> for Problem {
    fn from(conflict: Conflict) -> Self {
        match conflict {
            Conflict::OfficeCode | Conflict::UnitCode | Conflict::WindowCode => taken("/code"),
            Conflict::UserName => taken("/user_name"),
            Conflict::Subject => taken("/subject"),
            Conflict::RulebookVersion => taken("/text"),
            Conflict::UnitAboveItself => Self::from(Kind::CircularLink)
                .with_errors(vec![FieldError::new("/parent_id", FieldFault::Inconsistent)]),
            Conflict::LastAdministrator => Kind::LastAdministrator.into(),
            Conflict::DutiesRemain => Kind::DutiesRemain.into(),
            Conflict::Delegated => Kind::DelegationNotAllowed.into(),
            // Looked up before and not there: another request with the key was faster.
            Conflict::Key => Self::from(Kind::IdempotencyInProgress).retry_after(1),
            Conflict::ImportUnderWay => Kind::AlreadyRunning.into(),
            Conflict::ImportOutdated => Kind::DryRunOutdated.into(),
            Conflict::Id | Conflict::CalendarVersion | Conflict::CaseNumber => Self::internal(conflict),
        }
    }
}

/// So many of the units that a cap is counted in.
fn amount(count: u32, cap: Span) -> String {
    Span::new(count, cap.unit).map_or_else(|_| "0".to_owned(), |span| span.to_string())
}

fn taken(pointer: &str) -> Problem {
    Problem::from(Kind::CodeTaken).with_errors(vec![FieldError::new(pointer, FieldFault::Inconsistent)])
}

impl From<Thing> for Problem {
    /// A thing that a call refers to and that is not there: in the path it was looked up before, so it is one of the
    /// body's.
    fn from(thing: Thing) -> Self {
        match thing {
            Thing::Client | Thing::SignInLink => Kind::NotFound.into(),
            Thing::Office
            | Thing::Unit
            | Thing::Window
            | Thing::StaffMember
            | Thing::Delegation
            | Thing::RulebookVersion
            | Thing::Calendar
            | Thing::CalendarImport => Self::from(Kind::ReferenceUnknown).with("thing", thing),
        }
    }
}

impl From<NotAccepted> for Problem {
    fn from(reason: NotAccepted) -> Self {
        match reason {
            NotAccepted::Overloaded => Self::from(Kind::Overloaded).retry_after(1),
            NotAccepted::KeyInProgress => Self::from(Kind::IdempotencyInProgress).retry_after(1),
            NotAccepted::KeyReused => Kind::IdempotencyKeyReused.into(),
            NotAccepted::CaseUnknown => Kind::NotFound.into(),
            NotAccepted::Stale { current } => Self::version_stale(i64::try_from(current).unwrap_or(i64::MAX)),
            NotAccepted::OfficeNotActive => Kind::OfficeNotActive.into(),
            NotAccepted::Refused(refusal) => Self::of_refusal(&refusal, None, None),
            NotAccepted::Store(error) => error.into(),
        }
    }
}

impl Problem {
    /// A refusal of the rules, with its clauses in the words of the rulebook, and its fields as the body of the
    /// operation has them that does this act.
    pub fn refused(refusal: &Refusal, act: Act, rulebook: &Checked) -> Self {
        Self::of_refusal(refusal, Some(act), Some(rulebook))
    }

    fn of_refusal(refusal: &Refusal, act: Option<Act>, rulebook: Option<&Checked>) -> Self {
        let of = |kind: Kind, clause: &Option<ClauseId>| match clause {
            Some(clause) => Self::from(kind).under(cited(clause, rulebook)),
            None => kind.into(),
        };
        let at = |kind: Kind, field: &str, fault: FieldFault| {
            Self::from(kind).with_errors(vec![FieldError::new(of_field(field, act), fault)])
        };
        match refusal {
            Refusal::NotVisible => Kind::NotFound.into(),
            Refusal::NotPermitted { deed, clause } => of(Kind::NotPermitted, clause).doing(*deed),
            Refusal::WrongStatus { deed, status } => Self::from(Kind::WrongStatus)
                .doing(*deed)
                .with("status", status)
                .saying(in_status(*deed, *status)),
            Refusal::NotProvided { deed, clause } => of(Kind::NotProvided, clause).doing(*deed),
            Refusal::ReferenceUnknown { field } => {
                at(Kind::ReferenceUnknown, field, FieldFault::UnknownReference)
            }
            Refusal::WrongState { field } => at(Kind::WrongState, field, FieldFault::Inconsistent),
            Refusal::AlreadyDone { deed } => Self::from(Kind::AlreadyDone).doing(*deed),
            Refusal::NotListed { field, word, clause } => {
                let mut error = FieldError::new(of_field(field, act), FieldFault::NotACode);
                error.clause = clause.as_ref().map(|clause| cited(clause, rulebook));
                let problem = of(Kind::NotListed, clause).with("field", field);
                problem.with("word", word).with_errors(vec![error])
            }
            Refusal::AnonymityNotAllowed { clause } => {
                Self::from(Kind::AnonymityNotAllowed).under(cited(clause, rulebook))
            }
            Refusal::TimesOutOfOrder { field } => at(Kind::TimesOutOfOrder, field, FieldFault::Inconsistent),
            Refusal::PersonBarred { field } => at(Kind::PersonBarred, field, FieldFault::Inconsistent),
            Refusal::PersonUnsuitable { field, clause } => of(Kind::PersonUnsuitable, clause).with_errors(
                vec![FieldError::new(of_field(field, act), FieldFault::Inconsistent)],
            ),
            Refusal::UnitBarred { field, clause } => {
                of(Kind::UnitBarred, clause).with_errors(vec![FieldError::new(
                    of_field(field, act),
                    FieldFault::Inconsistent,
                )])
            }
            Refusal::SeparationOfDuties { clause } => of(Kind::SeparationOfDuties, clause),
            Refusal::NobodyLeft { field } => at(Kind::NobodyLeft, field, FieldFault::Inconsistent),
            Refusal::NoCustodian => Kind::NoCustodian.into(),
            Refusal::CircularLink => Kind::CircularLink.into(),
            Refusal::ScreeningFailed { checks } => {
                Self::from(Kind::ScreeningFailed).with("checks", checks.join(", "))
            }
            Refusal::BoundReached { clause, bound } => Self::from(Kind::BoundReached)
                .under(cited(clause, rulebook))
                .with("bound", bound),
            Refusal::ReturnIsFinal { clause } => {
                Self::from(Kind::ReturnIsFinal).under(cited(clause, rulebook))
            }
            Refusal::WindowOver { clause, ended_at } => Self::from(Kind::WindowOver)
                .under(cited(clause, rulebook))
                .with("ended_at", ended_at.to_rfc3339()),
            Refusal::ExtensionTooLate { clause, due_at } => Self::from(Kind::ExtensionTooLate)
                .under(cited(clause, rulebook))
                .with("due_at", due_at.to_rfc3339()),
            Refusal::ExtensionBeyondCap {
                clause,
                cap,
                so_far,
                asked,
                latest_due_on,
            } => {
                let problem = Self::from(Kind::ExtensionBeyondCap)
                    .under(cited(clause, rulebook))
                    .with("cap", cap)
                    .with("so_far", amount(*so_far, *cap))
                    .with("asked", asked)
                    .with_errors(vec![
                        FieldError::new("/amount", FieldFault::OutOfRange)
                            .with("max", amount(cap.amount.get().saturating_sub(*so_far), *cap)),
                    ]);
                match latest_due_on {
                    Some(day) => problem.with("latest_due_on", day),
                    None => problem,
                }
            }
            Refusal::UrgedRecently { until } => {
                Self::from(Kind::UrgedRecently).with("next_at", until.to_rfc3339())
            }
            Refusal::Erased => Kind::Erased.into(),
            Refusal::OnHold => Kind::LegalHold.into(),
            Refusal::RetentionRunning { clause, until } => Self::from(Kind::RetentionRunning)
                .under(cited(clause, rulebook))
                .with("until", until),
            Refusal::SectionsMissing {
                field,
                missing,
                clause,
            } => Self::without_sections(&of_field(field, act), missing, &cited(clause, rulebook)),
            Refusal::FactsMissing { missing } => Self::from(Kind::FactsMissing)
                .under_first(missing, rulebook)
                .with_errors(unstated(missing, act, rulebook)),
            Refusal::GateClosed { missing } => Self::gate_closed(missing, rulebook),
        }
    }

    /// What a gate waits for, each with its clause.
    fn gate_closed(missing: &[Missing], rulebook: Option<&Checked>) -> Self {
        let facts: Vec<MissingFact> = missing_facts(missing, rulebook);
        let said = waiting_for(&facts);
        Self::from(Kind::GateClosed)
            .under_first(missing, rulebook)
            .missing(facts)
            .saying(said)
    }

    /// The sections of a form that are left out, each by its pointer.
    fn without_sections(at: &str, missing: &[Word], clause: &Clause) -> Self {
        let errors = missing.iter().map(|section| {
            let error = FieldError::new(format!("{at}/{section}"), FieldFault::Required);
            error.under(clause.clone())
        });
        let errors = errors.collect();
        Self::from(Kind::FactsMissing)
            .under(clause.clone())
            .with_errors(errors)
    }

    fn doing(self, deed: Deed) -> Self {
        self.with("deed", deed)
    }

    fn under_first(self, missing: &[Missing], rulebook: Option<&Checked>) -> Self {
        match missing.iter().find_map(|missing| missing.clause.as_ref()) {
            Some(clause) => self.under(cited(clause, rulebook)),
            None => self,
        }
    }
}

/// Each demanded fact, where the body would state it.
fn unstated(missing: &[Missing], act: Option<Act>, rulebook: Option<&Checked>) -> Vec<FieldError> {
    missing
        .iter()
        .map(|missing| {
            let mut error = FieldError::new(of_need(missing.need, act), FieldFault::Required);
            error.clause = missing.clause.as_ref().map(|clause| cited(clause, rulebook));
            error
        })
        .collect()
}

/// What a gate waits for, with who brings it and how; also what blocked actions show.
pub fn missing_facts(missing: &[Missing], rulebook: Option<&Checked>) -> Vec<MissingFact> {
    missing
        .iter()
        .map(|missing| MissingFact {
            fact: missing.need.to_string(),
            label: label(missing),
            clause: missing.clause.as_ref().map(|clause| cited(clause, rulebook)),
            operation_id: deed_that_brings(missing.need)
                .and_then(|deed| acts_for(deed).find_map(operation_of)),
            holder: missing.by.as_ref().map(|by| HolderFact {
                staff_id: by.staff.map(|staff| staff.0),
                unit_id: by.unit.map(|unit| unit.0),
                position: by.position.as_ref().map(ToString::to_string),
                title: by
                    .position
                    .as_ref()
                    .and_then(|name| Some(rulebook?.position(name)?.title.clone())),
            }),
        })
        .collect()
}

/// A clause with what it says, as far as the rulebook has it.
pub fn cited(clause: &ClauseId, rulebook: Option<&Checked>) -> Clause {
    let entry = rulebook.and_then(|rulebook| rulebook.clauses.get(clause));
    let rulebook_code = match entry.map(|entry| &entry.origin) {
        Some(Origin::Statute(code) | Origin::Floor(code)) => code.to_string(),
        Some(Origin::Own) | None => {
            rulebook.map_or_else(String::new, |rulebook| rulebook.head.code.to_string())
        }
    };
    Clause {
        rulebook_code,
        number: clause.to_string(),
        paraphrase: entry.map_or(Text::fixed("", ""), |entry| Text {
            zh: entry.zh.clone().into(),
            en: entry.en.clone().into(),
        }),
    }
}

/// What people call a fact; alternatives are joined.
fn label(missing: &Missing) -> Text {
    let labels: Vec<(String, String)> = std::iter::once(missing.need)
        .chain(missing.or.iter().copied())
        .map(label_of)
        .collect();
    let joined =
        |pick: fn(&(String, String)) -> &str, by: &str| labels.iter().map(pick).collect::<Vec<_>>().join(by);
    Text {
        zh: joined(|label| &label.0, "或").into(),
        en: joined(|label| &label.1, " or ").into(),
    }
}

/// The Chinese and English label of a need.
pub(crate) fn label_of(need: Need) -> (String, String) {
    match need {
        Need::Deed(deed) => (deed.zh(), deed.en()),
        Need::Field(field) => (field.zh().to_owned(), field.en().to_owned()),
        Need::Axis(axis) => (axis.zh().to_owned(), axis.en().to_owned()),
    }
}

/// The deed by which a fact comes to be there.
fn deed_that_brings(need: Need) -> Option<Deed> {
    match need {
        Need::Deed(deed) => Some(deed),
        Need::Field(field) => stated_by(field),
        Need::Axis(AxisName::CaseType) => Some(Deed::Registration),
        Need::Axis(_) => Some(Deed::Classification),
    }
}

fn waiting_for(facts: &[MissingFact]) -> Text {
    let joined =
        |pick: fn(&MissingFact) -> &str, by: &str| facts.iter().map(pick).collect::<Vec<_>>().join(by);
    Text {
        zh: format!("此前须有：{}。", joined(|fact| &fact.label.zh, "、")).into(),
        en: format!(
            "Before this there must be: {}.",
            joined(|fact| &fact.label.en, ", ")
        )
        .into(),
    }
}

fn in_status(deed: Deed, status: Status) -> Text {
    Text {
        zh: format!("案件处于“{}”状态，不能进行“{}”。", status.zh(), deed.zh()).into(),
        en: format!("The case is {}; {} does not exist there.", status.en(), deed.en()).into(),
    }
}
