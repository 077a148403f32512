//! The sections of a rulebook that concern what comes after the answer, and what the office owes regardless of any case.

use domain::rulebook::Checked;
use domain::words::ClauseId;
use serde::Serialize;
use utoipa::ToSchema;

use crate::problem::ClauseView;

/// A ground on which limits stand still.
#[derive(Serialize, ToSchema)]
#[schema(as = SuspensionRule)]
pub(crate) struct SuspensionRuleView {
    /// The ground.
    #[schema(max_length = 40, example = "awaiting_material")]
    ground: String,
    /// The limits that stand still.
    #[schema(schema_with = crate::case::codes::names)]
    stops: Vec<String>,
    /// Who may stop them.
    #[schema(max_length = 40, example = "whoever_may")]
    by: String,
    /// The deed that ends it.
    #[schema(max_length = 64, example = "supplement")]
    until: String,
    /// The longest at once, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    at_most: Option<String>,
    /// The longest in all, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    in_total: Option<String>,
    /// The clause it rests on.
    clause: ClauseView,
}

/// A way to appeal.
#[derive(Serialize, ToSchema)]
#[schema(as = AppealRule)]
pub(crate) struct AppealRuleView {
    /// Its name.
    #[schema(max_length = 40, example = "review")]
    name: String,
    /// Who may go it.
    #[schema(max_length = 40, example = "complainant")]
    by: String,
    /// Against which deed.
    #[schema(max_length = 64, example = "reply")]
    against: String,
    /// Within what, in words.
    #[schema(max_length = 40, example = "30 days")]
    within: String,
    /// From which deed that runs.
    #[schema(max_length = 64, example = "reply")]
    from: String,
    /// Who decides.
    #[schema(max_length = 40, example = "superior")]
    decided_by: String,
    /// Within what it is decided, in words.
    #[schema(max_length = 40, example = "30 days")]
    decide_within: String,
    /// Whether there is nothing after it.
    r#final: bool,
    /// The clause it rests on.
    clause: ClauseView,
}

/// How long cases are kept.
#[derive(Serialize, ToSchema)]
#[schema(as = RetentionRule)]
pub(crate) struct RetentionRuleView {
    /// No shorter, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "3 years")]
    at_least: Option<String>,
    /// No longer, in words.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    at_most: Option<String>,
    /// From which deed.
    #[schema(max_length = 64, example = "closing")]
    from: String,
    /// What happens then.
    #[schema(max_length = 20, example = "review")]
    then: String,
    /// Whether it holds for some cases only.
    conditional: bool,
    /// The clause it rests on.
    clause: ClauseView,
}

/// What the office owes regardless of any case.
#[derive(Serialize, ToSchema)]
#[schema(as = RecurringDuty)]
pub(crate) struct RecurringView {
    /// What.
    #[schema(max_length = 40, example = "statistics")]
    owes: String,
    /// Who.
    #[schema(max_length = 40, example = "director")]
    who: String,
    /// To whom.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    to: Option<String>,
    /// How often.
    #[schema(max_length = 20, example = "quarter")]
    every: String,
    /// The clause it rests on.
    clause: ClauseView,
}

type Cite<'a> = &'a dyn Fn(&ClauseId) -> ClauseView;

pub(super) fn suspensions(rulebook: &Checked, cite: Cite) -> Vec<SuspensionRuleView> {
    rulebook
        .suspensions
        .iter()
        .map(|rule| SuspensionRuleView {
            ground: rule.ground.to_string(),
            stops: rule.stops.iter().map(ToString::to_string).collect(),
            by: rule.by.to_string(),
            until: rule.until.to_string(),
            at_most: rule.at_most.map(|span| span.to_string()),
            in_total: rule.in_total.map(|span| span.to_string()),
            clause: cite(&rule.clause),
        })
        .collect()
}

pub(super) fn appeals(rulebook: &Checked, cite: Cite) -> Vec<AppealRuleView> {
    rulebook
        .appeals
        .iter()
        .map(|rule| AppealRuleView {
            name: rule.name.to_string(),
            by: rule.by.to_string(),
            against: rule.against.to_string(),
            within: rule.within.to_string(),
            from: rule.from.to_string(),
            decided_by: rule.decided_by.to_string(),
            decide_within: rule.decide_within.to_string(),
            r#final: rule.r#final,
            clause: cite(&rule.clause),
        })
        .collect()
}

pub(super) fn retention(rulebook: &Checked, cite: Cite) -> Vec<RetentionRuleView> {
    rulebook
        .retention
        .iter()
        .map(|rule| RetentionRuleView {
            at_least: rule.at_least.map(|span| span.to_string()),
            at_most: rule.at_most.map(|span| span.to_string()),
            from: rule.from.to_string(),
            then: rule.then.to_string(),
            conditional: !rule.when.is_always(),
            clause: cite(&rule.clause),
        })
        .collect()
}

pub(super) fn recurring(rulebook: &Checked, cite: Cite) -> Vec<RecurringView> {
    rulebook
        .recurring
        .iter()
        .map(|rule| RecurringView {
            owes: rule.owes.to_string(),
            who: rule.who.to_string(),
            to: rule.to.as_ref().map(ToString::to_string),
            every: rule.every.to_string(),
            clause: cite(&rule.clause),
        })
        .collect()
}
