//! The regulations as data, to read.

pub mod activate_rulebook;
pub mod check_rulebook;
pub mod compare_rulebook;
mod comparison;
pub mod decide_rulebook;
pub mod draft_rulebook;
mod dry_run;
pub mod dry_run_rulebook;
mod finding;
pub mod get_rulebook;
pub mod get_rulebook_schema;
pub mod get_rulebook_version;
pub mod installed;
pub mod list_clauses;
pub mod list_rulebook_versions;
pub mod list_rulebooks;
mod meant;
pub mod revise_rulebook_draft;
mod sections;
pub mod submit_rulebook;
mod version;

pub(crate) use comparison::Comparisons;
use domain::rulebook::{Checked, Position};
use serde::Serialize;
use utoipa::ToSchema;

use crate::caller::Caller;
use crate::desk::Desk;
use crate::language::Language;
use crate::problem::{ClauseView, Kind, Problem, cited};

/// The rulebook of this code: as the caller's office runs it, else as it comes with the service.
fn named<'a>(desk: &'a Desk, caller: &'a Caller, code: &str) -> Result<&'a Checked, Problem> {
    let active = &caller.law.rulebook;
    if active.head.code.as_str() == code {
        return Ok(active);
    }
    let shipped = desk.rulebooks.get(code).map(|rulebook| &**rulebook);
    shipped.ok_or_else(|| Kind::NotFound.into())
}

/// A position that a rulebook names.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Position)]
pub struct PositionView {
    /// Its name.
    #[schema(max_length = 40, example = "intake_officer")]
    name: String,
    /// What the regulation calls it.
    #[schema(max_length = 200)]
    title: String,
    /// Where its holder sits.
    #[schema(max_length = 40, example = "own_office")]
    sits: String,
    /// Which cases its holder reaches.
    #[schema(max_length = 40, example = "office")]
    reach: String,
    /// What its holder may do.
    #[schema(max_items = 200)]
    permissions: Vec<PermissionView>,
    /// The clause it rests on.
    clause: ClauseView,
}

/// A deed that somebody may do.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Permission)]
pub struct PermissionView {
    /// The deed.
    #[schema(max_length = 64, example = "registration")]
    deed: String,
    /// What people call it.
    #[schema(max_length = 200)]
    label: String,
}

impl PositionView {
    /// A position in one language.
    pub fn new(position: &Position, rulebook: &Checked, language: Language) -> Self {
        Self {
            name: position.name.to_string(),
            title: position.title.clone(),
            sits: position.sits.to_string(),
            reach: position.reach.to_string(),
            permissions: position
                .may
                .deeds()
                .iter()
                .map(|deed| PermissionView {
                    deed: deed.to_string(),
                    label: match language {
                        Language::Chinese => deed.zh(),
                        Language::English => deed.en(),
                    },
                })
                .collect(),
            clause: ClauseView::new(&cited(&position.clause, Some(rulebook)), language),
        }
    }
}
