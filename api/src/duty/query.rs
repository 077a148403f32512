//! By what open duties are found and counted.

use persistence::case::Holders;
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, SchemaType, Type};

use crate::caller::Caller;
use crate::case::codes;
use crate::case::filters::ALTERNATIVES_MAX;

/// Whose duties.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Scope {
    /// The caller's own, and those of the caller's positions.
    Mine,
    /// Those of the caller's unit.
    Unit,
    /// Everybody's.
    Office,
}

/// The schema of [`Scope`].
pub(crate) fn scope() -> Object {
    codes::closed(&["mine", "unit", "office"])
}

/// Several names of duties.
pub(crate) fn names() -> Array {
    let name = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .min_length(Some(1))
        .max_length(Some(64));
    ArrayBuilder::new()
        .items(name)
        .max_items(Some(ALTERNATIVES_MAX))
        .build()
}

/// Bounds each of several names.
pub(crate) fn short(given: &[String]) -> Result<(), validator::ValidationError> {
    if given.iter().all(|name| (1..=64).contains(&name.chars().count())) {
        Ok(())
    } else {
        Err(validator::ValidationError::new("name"))
    }
}

impl Scope {
    /// Whose duties that are for this caller; none: everybody's.
    pub(crate) fn holders(self, caller: &Caller) -> Option<Holders> {
        match self {
            Self::Mine => Some(Holders {
                staff: Some(caller.staff_id),
                positions: caller.positions_held(),
                unit: None,
            }),
            Self::Unit => Some(Holders {
                staff: None,
                positions: Vec::new(),
                unit: caller.unit_id,
            }),
            Self::Office => None,
        }
    }
}

/// Defines the query parameters of an operation on many duties: the filters that all of them share, then its own.
macro_rules! duty_query {
    ($(#[$meta:meta])* $name:ident { $($own:tt)* }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, Serialize, Deserialize, Validate, IntoParams)]
        #[serde(deny_unknown_fields)]
        #[into_params(parameter_in = Query)]
        pub(crate) struct $name {
            /// Whose: mine if it is not said.
            #[param(schema_with = scope)]
            scope: Option<Scope>,
            /// The rulebook's name of the duty, or the deed that is owed on the way.
            #[serde(default)]
            #[validate(length(max = 50), custom(function = $crate::duty::query::short))]
            #[param(schema_with = names)]
            kind: Vec<String>,
            /// Whether it is overdue.
            #[param(nullable = false)]
            overdue: Option<bool>,
            /// The unit that holds it.
            #[serde(default)]
            #[validate(length(max = 50))]
            #[param(schema_with = filters::ids)]
            unit_id: Vec<Uuid>,
            /// What kind of matter the case is.
            #[serde(default)]
            #[validate(length(max = 50))]
            #[param(schema_with = filters::case_types)]
            case_type: Vec<CaseType>,
            /// How serious the case is.
            #[serde(default)]
            #[validate(length(max = 50))]
            #[param(schema_with = filters::words)]
            severity: Vec<Word>,
            /// Due at this instant or later.
            #[validate(custom(function = $crate::request::in_years))]
            #[param(nullable = false)]
            due_from: Option<DateTime<Utc>>,
            /// Due before this instant.
            #[validate(custom(function = $crate::request::in_years))]
            #[param(nullable = false)]
            due_before: Option<DateTime<Utc>>,
            /// Whether it reaches a year whose days off are not published.
            #[param(nullable = false)]
            provisional: Option<bool>,
            $($own)*
        }

        impl $name {
            fn filter(&self, caller: &$crate::caller::Caller) -> DutyFilter {
                DutyFilter {
                    held_by: self.scope.unwrap_or(Scope::Mine).holders(caller),
                    name: self.kind.clone(),
                    overdue: self.overdue,
                    unit: self.unit_id.iter().copied().map(domain::ids::UnitId).collect(),
                    case_type: self.case_type.clone(),
                    severity: self.severity.clone(),
                    due_from: self.due_from,
                    due_before: self.due_before,
                    provisional: self.provisional,
                }
            }
        }
    };
}
pub(crate) use duty_query;
