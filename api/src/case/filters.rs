//! By what cases are found and counted.

use domain::search::{CHARACTERS_MAX, Question, QuestionFault, WORDS_MAX};
use domain::words::{CaseType, Channel, Source, Status};
use serde::{Deserialize, Serialize};
use utoipa::openapi::schema::{
    Array, ArrayBuilder, KnownFormat, ObjectBuilder, SchemaFormat, SchemaType, Type,
};
use validator::ValidationError;

use crate::case::codes;

/// How many alternatives one filter takes.
pub(crate) const ALTERNATIVES_MAX: usize = 50;

/// At most so many of these words.
fn several(words: &[&str]) -> Array {
    ArrayBuilder::new()
        .items(codes::closed(words))
        .max_items(Some(ALTERNATIVES_MAX))
        .build()
}

/// Several statuses.
pub(crate) fn statuses() -> Array {
    several(Status::WORDS)
}

/// Several kinds of matter.
pub(crate) fn case_types() -> Array {
    several(CaseType::WORDS)
}

/// Several channels.
pub(crate) fn channels() -> Array {
    several(Channel::WORDS)
}

/// Several sources.
pub(crate) fn sources() -> Array {
    several(Source::WORDS)
}

/// Several words of the rulebook.
pub(crate) fn words() -> Array {
    ArrayBuilder::new()
        .items(codes::word())
        .max_items(Some(ALTERNATIVES_MAX))
        .build()
}

/// Several ids.
pub(crate) fn ids() -> Array {
    let id = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .format(Some(SchemaFormat::KnownFormat(KnownFormat::Uuid)));
    ArrayBuilder::new()
        .items(id)
        .max_items(Some(ALTERNATIVES_MAX))
        .build()
}

/// In which order cases are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Sort {
    /// Newest receipt first.
    Newest,
    /// Oldest receipt first.
    Oldest,
    /// What is due earliest first; what has no due time last.
    Due,
}

/// The schema of [`Sort`].
pub(crate) fn sort() -> utoipa::openapi::schema::Object {
    codes::closed(&["newest", "oldest", "due"])
}

/// By what cases are grouped.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum GroupBy {
    /// By status.
    Status,
    /// By kind of matter.
    CaseType,
    /// By severity.
    Severity,
    /// By lead unit.
    UnitId,
    /// By whether something is overdue.
    Overdue,
}

/// The schema of [`GroupBy`].
pub(crate) fn group_by() -> utoipa::openapi::schema::Object {
    codes::closed(&["status", "case_type", "severity", "unit_id", "overdue"])
}

/// Bounds the words that a case is searched for: at least one, and no more than are looked up.
pub(crate) fn question(text: &str) -> Result<(), ValidationError> {
    match Question::new(text) {
        Ok(_) => Ok(()),
        Err(QuestionFault::Empty) => Err(ValidationError::new("empty")),
        Err(QuestionFault::TooLong) => Err(at_most(CHARACTERS_MAX)),
        Err(QuestionFault::TooManyWords) => Err(at_most(WORDS_MAX)),
    }
}

fn at_most(max: usize) -> ValidationError {
    let mut fault = ValidationError::new("length");
    fault.add_param("max".into(), &max);
    fault
}

/// Leaves cursor and limit out of the filters that a cursor is bound to. By a condition, because a field that is
/// never written would be left out of the contract too.
#[expect(clippy::ref_option, reason = "this is how the writer asks")]
pub(crate) fn left_out<T>(_: &Option<T>) -> bool {
    true
}

/// Defines how an operation is asked about many cases: the filters that all of them share, then its own. As
/// parameters of a query (`IntoParams(param)`) or as a body (`ToSchema(schema)`).
///
/// They are written out in each because a query cannot be read strictly through a struct inside a struct.
macro_rules! case_query {
    ($(#[$meta:meta])* $name:ident: $form:ident($described:ident) { $($own:tt)* }) => {
        #[derive(Debug, Clone, Serialize, Deserialize, Validate, $form)]
        $(#[$meta])*
        #[serde(deny_unknown_fields)]
        pub(crate) struct $name {
            /// Where it stands.
            #[serde(default)]
            #[validate(length(max = 50))]
            #[$described(schema_with = filters::statuses)]
            status: Vec<Status>,
            /// What kind of matter it is.
            #[serde(default)]
            #[validate(length(max = 50))]
            #[$described(schema_with = filters::case_types)]
            case_type: Vec<CaseType>,
            /// How serious it is.
            #[serde(default)]
            #[validate(length(max = 50))]
            #[$described(schema_with = filters::words)]
            severity: Vec<Word>,
            /// How urgent it is.
            #[serde(default)]
            #[validate(length(max = 50))]
            #[$described(schema_with = filters::words)]
            urgency: Vec<Word>,
            /// The category.
            #[serde(default)]
            #[validate(length(max = 50))]
            #[$described(schema_with = filters::words)]
            category: Vec<Word>,
            /// How it came.
            #[serde(default)]
            #[validate(length(max = 50))]
            #[$described(schema_with = filters::channels)]
            channel: Vec<Channel>,
            /// Who passed it.
            #[serde(default)]
            #[validate(length(max = 50))]
            #[$described(schema_with = filters::sources)]
            source: Vec<Source>,
            /// A flag it carries.
            #[serde(default)]
            #[validate(length(max = 50))]
            #[$described(schema_with = filters::words)]
            flag: Vec<Word>,
            /// The unit that leads.
            #[serde(default)]
            #[validate(length(max = 50))]
            #[$described(schema_with = filters::ids)]
            unit_id: Vec<Uuid>,
            /// Who took it in.
            #[serde(default)]
            #[validate(length(max = 50))]
            #[$described(schema_with = filters::ids)]
            first_receiver_id: Vec<Uuid>,
            /// Who handles it.
            #[serde(default)]
            #[validate(length(max = 50))]
            #[$described(schema_with = filters::ids)]
            handler_id: Vec<Uuid>,
            /// Its number.
            #[validate(length(min = 1, max = 40))]
            #[$described(min_length = 1, max_length = 40, nullable = false)]
            case_no: Option<String>,
            /// In which round it is.
            #[validate(range(min = 0, max = 255))]
            #[$described(minimum = 0, maximum = 255, nullable = false)]
            round: Option<u8>,
            /// Whether something that must be done is late.
            #[$described(nullable = false)]
            overdue: Option<bool>,
            /// Whether it is open only to those named on it.
            #[$described(nullable = false)]
            confidential: Option<bool>,
            /// Received at this instant or later.
            #[validate(custom(function = $crate::request::in_years))]
            #[$described(nullable = false)]
            received_from: Option<DateTime<Utc>>,
            /// Received before this instant.
            #[validate(custom(function = $crate::request::in_years))]
            #[$described(nullable = false)]
            received_before: Option<DateTime<Utc>>,
            /// Something is due before this instant.
            #[validate(custom(function = $crate::request::in_years))]
            #[$described(nullable = false)]
            due_before: Option<DateTime<Utc>>,
            $($own)*
        }

        impl $name {
            fn filter(&self, text: Option<&str>) -> CaseFilter {
                CaseFilter {
                    status: self.status.clone(),
                    case_type: self.case_type.clone(),
                    severity: self.severity.clone(),
                    urgency: self.urgency.clone(),
                    category: self.category.clone(),
                    channel: self.channel.clone(),
                    source: self.source.clone(),
                    flag: self.flag.clone(),
                    unit: self.unit_id.iter().copied().map(UnitId).collect(),
                    first_receiver: self.first_receiver_id.iter().copied().map(StaffId).collect(),
                    handler: self.handler_id.iter().copied().map(StaffId).collect(),
                    case_no: self.case_no.clone(),
                    round: self.round,
                    overdue: self.overdue,
                    confidential: self.confidential,
                    received_from: self.received_from,
                    received_before: self.received_before,
                    due_before: self.due_before,
                    // What cannot be asked was refused with the field.
                    text: text.and_then(|text| Question::new(text).ok()),
                    marks: Vec::new(),
                    same_person_as: None,
                }
            }
        }
    };
}
pub(crate) use case_query;
