//! The regulations as data, to read.

pub mod get_rulebook;
pub mod get_rulebook_schema;
pub mod list_clauses;
pub mod list_rulebooks;

use domain::rulebook::{Checked, Position};
use serde::Serialize;
use utoipa::ToSchema;

use crate::language::Language;
use crate::problem::{ClauseView, cited};

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
