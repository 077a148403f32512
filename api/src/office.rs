//! Offices, and the positions their rulebooks name.

pub mod create_office;
pub mod get_office;
pub mod list_offices;
pub mod list_positions;
pub mod update_office;

use std::collections::BTreeMap;
use std::sync::Arc;

use domain::rulebook::Checked;
use domain::time_limit::{Span, Within};
use domain::words::{ClauseId, DutyName};
use persistence::office::OfficeRecord;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::desk::Desk;
use crate::problem::{FieldError, FieldFault, Kind, Problem, cited};

/// What an office's row keeps beside its columns, as JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profile {
    /// Where the office can be called.
    #[serde(default)]
    pub telephones: Vec<String>,
    /// The numbers it set for limits that its rulebook leaves without one.
    #[serde(default)]
    pub numbers: BTreeMap<DutyName, Span>,
    /// How many rounds there are, where its rulebook leaves it to the office.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rounds: Option<u8>,
}

impl Profile {
    /// The profile as its row keeps it.
    ///
    /// # Panics
    /// Never: names and spans are texts.
    pub fn kept(&self) -> String {
        serde_json::to_string(self).expect("a profile of texts is JSON")
    }

    /// The profile in a row.
    ///
    /// # Errors
    /// `internal_error` when the row holds something else.
    pub fn of(record: &OfficeRecord) -> Result<Self, Problem> {
        serde_json::from_str(&record.profile).map_err(Problem::internal)
    }

    /// The numbers that a rulebook suggests for its limits without one.
    pub fn suggested(rulebook: &Checked) -> BTreeMap<DutyName, Span> {
        rulebook
            .duties()
            .iter()
            .filter(|duty| is_without_number(duty.within))
            .filter_map(|duty| Some((duty.name.clone(), duty.suggested?)))
            .collect()
    }
}

/// A limit that the rulebook leaves without a number.
struct OpenLimit<'r> {
    name: &'r str,
    within: Within,
    clause: &'r ClauseId,
}

/// Every limit without a number: of duties, and of what is decided on appeal.
fn open_limits(rulebook: &Checked) -> impl Iterator<Item = OpenLimit<'_>> {
    let duties = rulebook.duties().iter().map(|duty| OpenLimit {
        name: duty.name.as_str(),
        within: duty.within,
        clause: &duty.clause,
    });
    let appeals = rulebook.appeals.iter().map(|appeal| OpenLimit {
        name: appeal.name.as_str(),
        within: appeal.decide_within,
        clause: &appeal.clause,
    });
    duties
        .chain(appeals)
        .filter(|limit| is_without_number(limit.within))
}

/// The numbers that an office goes by: those given, and what the rulebook suggests for limits that may do without one.
///
/// # Errors
/// `not_listed` for what is no open limit, `body_invalid` for what is no span, `facts_missing` where the text says that
/// the office prescribes the time and it does not.
pub(crate) fn office_numbers(
    given: &BTreeMap<String, String>,
    rulebook: &Checked,
) -> Result<BTreeMap<DutyName, Span>, Problem> {
    let given = numbers_of(given, rulebook)?;
    all_prescribed(&given, rulebook)?;
    let mut numbers = Profile::suggested(rulebook);
    numbers.extend(given);
    Ok(numbers)
}

/// Refuses an office that leaves a limit without a number which its rulebook tells it to set ("within the prescribed
/// time"): what the rulebook suggests for it is no prescription.
fn all_prescribed(given: &BTreeMap<DutyName, Span>, rulebook: &Checked) -> Result<(), Problem> {
    let missing: Vec<FieldError> = open_limits(rulebook)
        .filter(|limit| limit.within == Within::AsPrescribed)
        .filter(|limit| !given.keys().any(|name| name.as_str() == limit.name))
        .map(|limit| {
            let pointer = format!("/limit_numbers/{}", crate::request::escaped(limit.name));
            let mut error = FieldError::new(pointer, FieldFault::Required);
            error.clause = Some(cited(limit.clause, Some(rulebook)));
            error
        })
        .collect();
    if missing.is_empty() {
        Ok(())
    } else {
        Err(Problem::from(Kind::FactsMissing).with_errors(missing))
    }
}

fn is_without_number(within: Within) -> bool {
    match within {
        Within::Immediately | Within::Promptly | Within::AsPrescribed => true,
        Within::SameDay | Within::Span(_) => false,
    }
}

/// Reads the numbers in a body, for limits that the rulebook leaves without one.
pub(crate) fn numbers_of(
    given: &BTreeMap<String, String>,
    rulebook: &Checked,
) -> Result<BTreeMap<DutyName, Span>, Problem> {
    let mut numbers = BTreeMap::new();
    for (name, words) in given {
        let pointer = format!("/limit_numbers/{}", crate::request::escaped(name));
        let name = open_limits(rulebook)
            .find(|limit| limit.name == name)
            .and_then(|limit| limit.name.parse().ok())
            .ok_or_else(|| {
                Problem::from(Kind::NotListed)
                    .with_errors(vec![FieldError::new(pointer.as_str(), FieldFault::NotACode)])
            })?;
        let span: Span = words.parse().map_err(|_| {
            Problem::body_invalid(vec![FieldError::new(pointer.as_str(), FieldFault::WrongFormat)])
        })?;
        numbers.insert(name, span);
    }
    Ok(numbers)
}

/// The rulebook an office runs.
///
/// # Errors
/// As [`Desk::blocking`].
async fn rulebook_of(desk: &Desk, office: &OfficeRecord) -> Result<Option<Arc<Checked>>, Problem> {
    desk.rulebook(&office.rulebook_code, &office.rulebook_version)
        .await
}

/// An office, as anyone may see it.
#[derive(Debug, Serialize, ToSchema)]
pub struct Office {
    /// Its identity.
    id: Uuid,
    /// The short name that paths use.
    #[schema(max_length = 64, example = "tobacco_supervision")]
    code: String,
    /// Its name in Chinese.
    #[schema(max_length = 100)]
    name_zh: String,
    /// Its name in English.
    #[schema(max_length = 100)]
    name_en: String,
    /// Where it can be called.
    #[schema(max_items = 10, schema_with = telephones_schema)]
    telephones: Vec<String>,
    /// How matters come in.
    #[schema(max_items = 50)]
    channels: Vec<OfficeChannel>,
    /// The rulebook it runs.
    #[schema(max_length = 80, example = "cn.tobacco_supervision")]
    rulebook_code: String,
    /// The version of that rulebook.
    #[schema(max_length = 20, example = "1.0.0")]
    rulebook_version: String,
    /// The calendar its time limits are counted by.
    #[schema(max_length = 64, example = "cn")]
    calendar_code: String,
    /// The numbers it set for limits that the rulebook leaves without one, by the duty's name, such as
    /// `3 working days`.
    #[schema(schema_with = numbers_schema)]
    limit_numbers: BTreeMap<String, String>,
    /// How many rounds there are, where the rulebook leaves it to the office.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 20)]
    rounds_at_most: Option<u8>,
    /// Whether it takes new cases and lets its staff log in.
    active: bool,
    /// Its version, which `If-Match` names.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: i64,
}

/// A way in which matters come in.
#[derive(Debug, Serialize, ToSchema)]
pub struct OfficeChannel {
    /// Its code.
    #[schema(max_length = 40, example = "phone")]
    channel: String,
    /// When it is open, in words.
    #[schema(max_length = 40, example = "business hours")]
    open: String,
    /// Its lines, where there are several.
    #[schema(max_items = 50, schema_with = telephones_schema)]
    lines: Vec<String>,
    /// The position whose holder becomes first receiver where nobody sits at the channel himself.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    duty_position: Option<String>,
}

impl Office {
    /// An office as it is kept.
    ///
    /// # Errors
    /// `internal_error` when its row cannot be read.
    pub(crate) async fn new(record: OfficeRecord, desk: &Desk) -> Result<Self, Problem> {
        let profile = Profile::of(&record)?;
        let rulebook = rulebook_of(desk, &record).await?;
        let channels = rulebook.map_or_else(Vec::new, |rulebook| {
            let rules = rulebook.channels.iter();
            rules
                .flat_map(|rule| rule.names.iter().map(move |name| (name, rule)))
                .map(|(name, rule)| OfficeChannel {
                    channel: name.to_string(),
                    open: rule.open.to_string(),
                    lines: rule.lines.clone(),
                    duty_position: rule.first_receiver.as_ref().map(ToString::to_string),
                })
                .collect()
        });
        Ok(Self {
            id: record.id,
            code: record.code,
            name_zh: record.name_zh,
            name_en: record.name_en,
            telephones: profile.telephones,
            channels,
            rulebook_code: record.rulebook_code,
            rulebook_version: record.rulebook_version,
            calendar_code: record.calendar_code,
            limit_numbers: profile
                .numbers
                .iter()
                .map(|(name, span)| (name.to_string(), span.to_string()))
                .collect(),
            rounds_at_most: profile.rounds,
            active: record.active,
            version: record.version,
        })
    }
}

/// A list of short texts.
fn telephones_schema() -> utoipa::openapi::schema::Array {
    use utoipa::openapi::schema::{ArrayBuilder, ObjectBuilder, Type};
    let text = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(100));
    ArrayBuilder::new().items(text).max_items(Some(50)).build()
}

/// A map from the names of duties to spans.
pub(crate) fn numbers_schema() -> utoipa::openapi::schema::Object {
    use utoipa::openapi::schema::{ObjectBuilder, Type};
    let span = ObjectBuilder::new()
        .schema_type(Type::String)
        .max_length(Some(40));
    ObjectBuilder::new()
        .schema_type(Type::Object)
        .additional_properties(Some(span))
        .max_properties(Some(100))
        .examples([serde_json::json!({ "reply": "7 working days" })])
        .build()
}
