//! A case script: who does what when.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;
use validator::Validate;

/// How many steps a script has at most.
pub(in super::super) const STEPS_MAX: u64 = 2000;

/// One step. What a conformance scenario expects of it (`shows`, `then`) may stand there and is not looked at.
#[derive(Debug, Clone, Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = DryRunStep)]
pub(crate) struct Step {
    /// When, by the office's clock; with the step before, if it is not said.
    #[validate(length(min = 16, max = 16))]
    #[schema(min_length = 16, max_length = 16, example = "2026-09-17 09:12")]
    pub(super) at: Option<String>,
    /// Who: a position, its second holder (`.2`), its holder in a unit (`@kind`), or `clock` where only time passes.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "intake_officer")]
    pub(super) by: String,
    /// What: the id of an operation on cases; absent for the clock.
    #[validate(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64, example = "register_case")]
    pub(super) r#do: Option<String>,
    /// On which case, by the script's own name for it; `case`, if it is not said.
    #[validate(length(min = 1, max = 64))]
    #[schema(min_length = 1, max_length = 64)]
    pub(super) case: Option<String>,
    /// On which thing of the case, where it is not the obvious one.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200, example = "@last.dispatch")]
    pub(super) on: Option<String>,
    /// The body of the operation. Texts that begin with `@` refer: `@staff.NAME`, `@unit.NAME`, `@window`, `@case`,
    /// `@case.NAME`, `@duty.NAME`, `@last.KIND`.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(super) with: Map<String, Value>,
    /// The clauses that it shows; not looked at.
    #[serde(default)]
    #[validate(length(max = 50))]
    #[schema(max_items = 50, schema_with = crate::case::codes::words)]
    pub(super) shows: Vec<String>,
    /// What must follow from it; not looked at.
    #[serde(default)]
    #[schema(value_type = Object)]
    pub(super) then: Map<String, Value>,
}
