//! `get_rulebook`: one regulation, section by section.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use chrono::NaiveDate;
use domain::rulebook::{Checked, DutyRule, Escalation, Gate, Ground, Trigger};
use domain::words::ClauseId;
use serde::Serialize;
use utoipa::ToSchema;

use super::sections::{self, AppealRuleView, RecurringView, RetentionRuleView, SuspensionRuleView};
use super::{PositionView, named};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::language::Language;
use crate::problem::{ClauseView, Problem, cited};
use crate::request::Path;
use crate::trail::Trail;

/// A rulebook with what it inherits.
#[derive(Serialize, ToSchema)]
pub struct Rulebook {
    /// Its code.
    #[schema(max_length = 80, example = "cn.tobacco_supervision")]
    code: String,
    /// Its version.
    #[schema(max_length = 20, example = "1.0.0")]
    version: String,
    /// Its title in Chinese.
    #[schema(max_length = 200)]
    title_zh: String,
    /// Its title in English.
    #[schema(max_length = 200)]
    title_en: String,
    /// The first day on which it holds.
    effective_from: NaiveDate,
    /// Where the text comes from.
    #[schema(max_length = 1000)]
    source: String,
    /// Who may do what.
    #[schema(max_items = 100)]
    positions: Vec<PositionView>,
    /// The kinds of unit.
    #[schema(max_items = 100)]
    unit_kinds: Vec<UnitKindView>,
    /// How cases are classified.
    #[schema(max_items = 20)]
    axes: Vec<AxisView>,
    /// How matters come in.
    #[schema(max_items = 50)]
    channels: Vec<ChannelView>,
    /// Who owes what, within what.
    #[schema(max_items = 200)]
    time_limits: Vec<TimeLimitView>,
    /// What must be there before a step.
    #[schema(max_items = 500)]
    gates: Vec<GateView>,
    /// The listed grounds of exceptional steps.
    #[schema(max_items = 200)]
    grounds: Vec<GroundView>,
    /// What happens after a step, or when something is late.
    #[schema(max_items = 500)]
    ladders: Vec<LadderStepView>,
    /// The grounds on which limits stand still.
    #[schema(max_items = 50)]
    suspensions: Vec<SuspensionRuleView>,
    /// The ways to appeal.
    #[schema(max_items = 50)]
    appeals: Vec<AppealRuleView>,
    /// How long cases are kept.
    #[schema(max_items = 50)]
    retention: Vec<RetentionRuleView>,
    /// What the office owes regardless of any case.
    #[schema(max_items = 100)]
    recurring: Vec<RecurringView>,
    /// Every clause.
    #[schema(max_items = 1000)]
    clauses: Vec<ClauseView>,
}

/// A kind of unit.
#[derive(Serialize, ToSchema)]
#[schema(as = UnitKind)]
pub struct UnitKindView {
    /// Its name.
    #[schema(max_length = 40, example = "county_bureau")]
    name: String,
    /// What the regulation calls it.
    #[schema(max_length = 200)]
    title: String,
    /// The position that must be filled in every such unit.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    accountable_officer: Option<String>,
    /// The clause it rests on.
    clause: ClauseView,
}

/// A way to classify cases.
#[derive(Serialize, ToSchema)]
#[schema(as = Axis)]
pub struct AxisView {
    /// Its name.
    #[schema(max_length = 40, example = "severity")]
    name: String,
    /// What people call it.
    #[schema(max_length = 200)]
    label: String,
    /// Its values.
    #[schema(max_items = 200)]
    values: Vec<LabelledWord>,
    /// The clause it rests on.
    clause: ClauseView,
}

/// A word of the rulebook with what people read for it.
#[derive(Serialize, ToSchema)]
pub struct LabelledWord {
    /// The word.
    #[schema(max_length = 64, example = "important")]
    code: String,
    /// What people read.
    #[schema(max_length = 200)]
    label: String,
}

/// How matters come in.
#[derive(Serialize, ToSchema)]
#[schema(as = ChannelRule)]
pub struct ChannelView {
    /// The channels it holds of.
    #[schema(max_items = 30)]
    channels: Vec<LabelledWord>,
    /// When somebody is there.
    #[schema(max_length = 40, example = "business hours")]
    open: String,
    /// Whose holder becomes first receiver where nobody sits there.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    duty_position: Option<String>,
    /// The clause it rests on.
    clause: ClauseView,
}

/// A duty with its time limit.
#[derive(Serialize, ToSchema)]
#[schema(as = TimeLimit)]
pub struct TimeLimitView {
    /// Its name.
    #[schema(max_length = 40, example = "unit_handling")]
    name: String,
    /// Who owes.
    #[schema(max_length = 40, example = "handling_unit")]
    who: String,
    /// What is owed.
    #[schema(max_length = 64, example = "report_back")]
    owes: String,
    /// From which deed it runs.
    #[schema(max_length = 64, example = "receipt_of_form")]
    from: String,
    /// Within what, in words.
    #[schema(max_length = 40, example = "2 working days")]
    within: String,
    /// The number the caller's office set, where the rulebook has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    number_set: Option<String>,
    /// Whether being late is a breach (`must`) or only a warning (`normally`).
    #[schema(max_length = 20, example = "must")]
    force: String,
    /// What the total may reach by extensions, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    extension_in_total: Option<String>,
    /// By how much it may be extended, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    extension_at_most_more: Option<String>,
    /// The clause it rests on.
    clause: ClauseView,
}

/// What must be there before a step.
#[derive(Serialize, ToSchema)]
#[schema(as = Gate)]
pub struct GateView {
    /// The step.
    #[schema(max_length = 64, example = "dispatch")]
    before: String,
    /// All of these must be there.
    #[schema(max_items = 50)]
    needs: Vec<LabelledWord>,
    /// At least one of these must be there.
    #[schema(max_items = 50)]
    one_of: Vec<LabelledWord>,
    /// Whether it refuses (`must`) or only warns (`normally`).
    #[schema(max_length = 20, example = "must")]
    force: String,
    /// Whether it holds for some cases only.
    conditional: bool,
    /// The clause it rests on.
    clause: ClauseView,
}

/// A listed ground of an exceptional step.
#[derive(Serialize, ToSchema)]
#[schema(as = Ground)]
pub struct GroundView {
    /// The step.
    #[schema(max_length = 64, example = "decline")]
    of: String,
    /// Its name.
    #[schema(max_length = 40)]
    name: String,
    /// What people read.
    #[schema(max_length = 200)]
    title: String,
    /// The clause it rests on.
    clause: ClauseView,
}

/// One rung of a ladder.
#[derive(Serialize, ToSchema)]
#[schema(as = LadderStep)]
pub struct LadderStepView {
    /// The deed after which it happens.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    after: Option<String>,
    /// The duties whose lateness sets it off; `any` for every one.
    #[schema(max_items = 50)]
    late: Vec<LabelledWord>,
    /// When, seen from the due time.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "when due")]
    at: Option<String>,
    /// What happens: the words of the rulebook.
    #[schema(max_items = 20)]
    effects: Vec<LabelledWord>,
    /// The clause it rests on.
    clause: ClauseView,
}

/// Get a rulebook
///
/// One rulebook with what it inherits: positions, kinds of unit, axes, channels, time limits, gates, grounds, ladders
/// and clauses. For any staff.
#[utoipa::path(
    tag = "rulebooks",
    params(("rulebook_code" = String, Path, description = "The rulebook's code.", max_length = 80, example = "cn.tobacco_supervision")),
    responses((status = 200, description = "The rulebook.", body = Rulebook))
)]
#[get("/api/v1/rulebooks/{rulebook_code}")]
pub(crate) async fn get_rulebook(
    desk: Data<Desk>,
    caller: Caller,
    trail: Trail,
    code: Path<String>,
) -> Result<HttpResponse, Problem> {
    let rulebook = named(&desk, &caller, &code.0)?;
    let reading = Reading {
        rulebook,
        caller: &caller,
        language: trail.language,
    };
    Ok(HttpResponse::Ok().json(reading.whole()))
}

/// A rulebook being told in one language to one caller.
struct Reading<'a> {
    rulebook: &'a Checked,
    caller: &'a Caller,
    language: Language,
}

impl Reading<'_> {
    fn whole(&self) -> Rulebook {
        let rulebook = self.rulebook;
        let head = &rulebook.head;
        Rulebook {
            code: head.code.to_string(),
            version: head.version.to_string(),
            title_zh: head.title.zh.clone(),
            title_en: head.title.en.clone(),
            effective_from: head.effective_from,
            source: head.source.clone(),
            positions: rulebook
                .positions
                .iter()
                .map(|position| PositionView::new(position, rulebook, self.language))
                .collect(),
            unit_kinds: self.unit_kinds(),
            axes: self.axes(),
            channels: self.channels(),
            time_limits: rulebook
                .duties()
                .iter()
                .map(|duty| self.time_limit(duty))
                .collect(),
            gates: rulebook.gates.iter().map(|gate| self.gate(gate)).collect(),
            grounds: rulebook
                .grounds
                .iter()
                .map(|ground| self.ground(ground))
                .collect(),
            ladders: rulebook
                .escalations
                .iter()
                .map(|step| self.ladder_step(step))
                .collect(),
            suspensions: sections::suspensions(rulebook, &|clause| self.clause(clause)),
            appeals: sections::appeals(rulebook, &|clause| self.clause(clause)),
            retention: sections::retention(rulebook, &|clause| self.clause(clause)),
            recurring: sections::recurring(rulebook, &|clause| self.clause(clause)),
            clauses: rulebook
                .clauses
                .keys()
                .map(|clause| self.clause(clause))
                .collect(),
        }
    }

    fn clause(&self, clause: &ClauseId) -> ClauseView {
        ClauseView::new(&cited(clause, Some(self.rulebook)), self.language)
    }

    fn word(&self, code: &impl ToString, zh: impl Into<String>, en: impl Into<String>) -> LabelledWord {
        LabelledWord {
            code: code.to_string(),
            label: match self.language {
                Language::Chinese => zh.into(),
                Language::English => en.into(),
            },
        }
    }

    fn unit_kinds(&self) -> Vec<UnitKindView> {
        let kinds = self.rulebook.unit_kinds.iter();
        kinds
            .map(|kind| UnitKindView {
                name: kind.name.to_string(),
                title: kind.title.clone(),
                accountable_officer: kind.accountable_officer.as_ref().map(ToString::to_string),
                clause: self.clause(&kind.clause),
            })
            .collect()
    }

    fn axes(&self) -> Vec<AxisView> {
        let axes = self.rulebook.axes.iter();
        axes.map(|axis| AxisView {
            name: axis.name.to_string(),
            label: self.word(&axis.name, axis.name.zh(), axis.name.en()).label,
            values: axis
                .values
                .iter()
                .map(|(word, label)| self.word(word, label, label))
                .collect(),
            clause: self.clause(&axis.clause),
        })
        .collect()
    }

    fn channels(&self) -> Vec<ChannelView> {
        let rules = self.rulebook.channels.iter();
        rules
            .map(|rule| ChannelView {
                channels: rule
                    .names
                    .iter()
                    .map(|name| self.word(name, name.zh(), name.en()))
                    .collect(),
                open: rule.open.to_string(),
                duty_position: rule.first_receiver.as_ref().map(ToString::to_string),
                clause: self.clause(&rule.clause),
            })
            .collect()
    }

    fn time_limit(&self, duty: &DutyRule) -> TimeLimitView {
        let runs_here = self.caller.law.rulebook.head.code == self.rulebook.head.code;
        let number = self.caller.law.directory.numbers.get(&duty.name);
        let extension = duty.extension.as_ref();
        TimeLimitView {
            name: duty.name.to_string(),
            who: duty.who.to_string(),
            owes: duty.owes.to_string(),
            from: duty.from.to_string(),
            within: duty.within.to_string(),
            number_set: number.filter(|_| runs_here).map(ToString::to_string),
            force: duty.force.to_string(),
            extension_in_total: extension.and_then(|it| it.in_total).map(|span| span.to_string()),
            extension_at_most_more: extension
                .and_then(|it| it.at_most_more)
                .map(|span| span.to_string()),
            clause: self.clause(&duty.clause),
        }
    }

    fn gate(&self, gate: &Gate) -> GateView {
        let words = |needs: &[domain::rulebook::Need]| {
            needs
                .iter()
                .map(|need| {
                    let (zh, en) = crate::problem::label_of(*need);
                    self.word(need, zh, en)
                })
                .collect()
        };
        GateView {
            before: gate.before.to_string(),
            needs: words(&gate.needs),
            one_of: words(&gate.one_of),
            force: gate.force.to_string(),
            conditional: !gate.when.is_always(),
            clause: self.clause(&gate.clause),
        }
    }

    fn ground(&self, ground: &Ground) -> GroundView {
        GroundView {
            of: ground.of.to_string(),
            name: ground.name.to_string(),
            title: ground.title.clone(),
            clause: self.clause(&ground.clause),
        }
    }

    fn ladder_step(&self, step: &Escalation) -> LadderStepView {
        let (after, late, at) = match &step.trigger {
            Trigger::After(deed) => (Some(deed.to_string()), Vec::new(), None),
            Trigger::Late { duties, at } => {
                let duties = duties
                    .iter()
                    .map(|duty| self.word(duty, duty.to_string(), duty.to_string()));
                (None, duties.collect(), Some(at.to_string()))
            }
        };
        let to = |who: &Option<domain::rulebook::Holder>| who.as_ref().map(ToString::to_string);
        let notified = step
            .notify
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ");
        let flags = step
            .flags
            .iter()
            .map(ToString::to_string)
            .collect::<Vec<_>>()
            .join(", ");
        let effects = [
            ("urge", to(&step.urge)),
            ("notify", Some(notified).filter(|it| !it.is_empty())),
            ("report_to", to(&step.report_to)),
            ("supervised_by", to(&step.supervised_by)),
            ("new_round", step.new_round.map(|round| round.to_string())),
            ("lead", to(&step.lead)),
            ("accountability", to(&step.accountability)),
            ("serve", step.serve.map(|notice| notice.to_string())),
            ("flags", Some(flags).filter(|it| !it.is_empty())),
        ];
        LadderStepView {
            after,
            late,
            at,
            effects: effects
                .into_iter()
                .filter_map(|(effect, on)| on.map(|on| self.word(&effect, on.clone(), on)))
                .collect(),
            clause: self.clause(&step.clause),
        }
    }
}
