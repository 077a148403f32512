//! Versions of rulebooks in the life of an office: written, approved, taken into use.
//!
//! A version that comes with the service is nobody's, and approved from the start. Once approved a version never
//! changes, and the texts of its ancestors lie beside it: a case that began under it can be handled under it for ever,
//! by any replica, whatever later releases of the service bring along.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use uuid::Uuid;

use crate::schema::{rulebook_activations, rulebook_versions};
use crate::sql_types::Bind;

/// How far a version has come. What follows approval, being active and being superseded, is an office's affair: see
/// [`ActivationRecord`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum VersionState {
    /// It is being written.
    Draft,
    /// Its author has put it up for review.
    InReview,
    /// Somebody else has approved it: it never changes again.
    Approved,
}

impl VersionState {
    /// The word, as it is kept.
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// A version as it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = rulebook_versions)]
pub struct RulebookVersionRecord {
    /// The rulebook's code, as the text itself states it.
    pub code: String,
    /// The version, as the text itself states it.
    pub version: String,
    /// Whose it is; nobody's for one that comes with the service.
    pub office_id: Option<Uuid>,
    /// How far it has come: a [`VersionState`].
    pub state: String,
    /// The text.
    pub body: String,
    /// The texts of its ancestors, as a JSON array.
    pub ancestors: String,
    /// Who wrote it last.
    pub author_id: Option<Uuid>,
    /// Who approved it or sent it back.
    pub decided_by_id: Option<Uuid>,
    /// Why it was sent back, or what was said on approving.
    pub reason: Option<String>,
    /// Counts its changes.
    pub revision: i64,
    /// When it was first stored.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub changed_at: DateTime<Utc>,
}

/// A version to be stored. It starts at revision 1.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = rulebook_versions, treat_none_as_default_value = false)]
pub struct NewRulebookVersion {
    /// The rulebook's code.
    pub code: String,
    /// The version.
    pub version: String,
    /// Whose it is.
    #[diesel(serialize_as = Bind<Option<Uuid>>)]
    pub office_id: Option<Uuid>,
    /// How far it has come.
    pub state: String,
    /// The text.
    pub body: String,
    /// The texts of its ancestors, as a JSON array.
    pub ancestors: String,
    /// Who wrote it.
    #[diesel(serialize_as = Bind<Option<Uuid>>)]
    pub author_id: Option<Uuid>,
    /// When it is stored.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub created_at: DateTime<Utc>,
    /// The same instant.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub changed_at: DateTime<Utc>,
}

/// Everything of a version that may change before it is approved, as it shall be.
#[derive(Debug, Clone, AsChangeset)]
#[diesel(table_name = rulebook_versions, treat_none_as_null = true)]
pub struct RulebookVersionChange {
    /// How far it has come.
    pub state: String,
    /// The text.
    pub body: String,
    /// The texts of its ancestors, as a JSON array.
    pub ancestors: String,
    /// Who wrote it last.
    #[diesel(serialize_as = Bind<Option<Uuid>>)]
    pub author_id: Option<Uuid>,
    /// Who approved it or sent it back.
    #[diesel(serialize_as = Bind<Option<Uuid>>)]
    pub decided_by_id: Option<Uuid>,
    /// Why.
    pub reason: Option<String>,
    /// When.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub changed_at: DateTime<Utc>,
}

/// That an office takes an approved version as its own, from an instant on.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = rulebook_activations)]
pub struct ActivationRecord {
    /// The office.
    pub office_id: Uuid,
    /// Its identity.
    pub id: Uuid,
    /// The rulebook.
    pub code: String,
    /// Its version.
    pub version: String,
    /// From when on new cases fall under it.
    pub begins_at: DateTime<Utc>,
    /// The numbers for the limits that the text leaves open, as a JSON object.
    pub numbers: String,
    /// Who said so; nobody for what the office was founded with.
    pub activated_by_id: Option<Uuid>,
    /// Whether it has begun.
    pub begun: bool,
    /// When it was said.
    pub created_at: DateTime<Utc>,
}

/// An activation to be recorded. It begins at once if its instant has come.
#[derive(Debug, Clone, Insertable)]
#[diesel(table_name = rulebook_activations, treat_none_as_default_value = false)]
pub struct NewActivation {
    /// The office.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub office_id: Uuid,
    /// Its identity.
    #[diesel(serialize_as = Bind<Uuid>)]
    pub id: Uuid,
    /// The rulebook.
    pub code: String,
    /// Its version.
    pub version: String,
    /// From when on.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub begins_at: DateTime<Utc>,
    /// The numbers, as a JSON object.
    pub numbers: String,
    /// Who says so.
    #[diesel(serialize_as = Bind<Option<Uuid>>)]
    pub activated_by_id: Option<Uuid>,
    /// When.
    #[diesel(serialize_as = Bind<DateTime<Utc>>)]
    pub created_at: DateTime<Utc>,
}
