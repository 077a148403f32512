//! `update_office`: what the administrator may change of the office.

use std::collections::BTreeMap;

use actix_web::web::Data;
use actix_web::{HttpResponse, patch};
use persistence::office::OfficeChange;
use serde::Deserialize;
use utoipa::ToSchema;
use validator::Validate;

use super::{Office, Profile, numbers_schema, office_numbers, telephones_schema};
use crate::answer::versioned;
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};
use crate::request::{IfMatch, Json, Path, given};

/// What shall be otherwise; what is absent stays.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeUpdate {
    /// Its name in Chinese.
    #[serde(default, deserialize_with = "given")]
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, nullable = false)]
    name_zh: Option<String>,
    /// Its name in English.
    #[serde(default, deserialize_with = "given")]
    #[validate(length(min = 1, max = 100))]
    #[schema(
        min_length = 1,
        max_length = 100,
        nullable = false,
        example = "Tobacco supervision office"
    )]
    name_en: Option<String>,
    /// Where it can be called: the whole list.
    #[serde(default, deserialize_with = "given")]
    #[validate(length(max = 10))]
    #[schema(schema_with = telephones_schema, example = json!(["0571-12345678"]))]
    telephones: Option<Vec<String>>,
    /// The numbers for limits that the rulebook leaves without one: the whole map.
    #[serde(default, deserialize_with = "given")]
    #[validate(length(max = 100))]
    #[schema(schema_with = numbers_schema)]
    limit_numbers: Option<BTreeMap<String, String>>,
    /// How many rounds there are, where the rulebook leaves it to the office.
    #[serde(default, deserialize_with = "given")]
    #[validate(range(min = 1, max = 20))]
    #[schema(minimum = 1, maximum = 20, nullable = false)]
    rounds_at_most: Option<u8>,
}

/// Update an office
///
/// Changes names, telephones and the numbers of limits that the rulebook leaves open. For the office's administrator.
#[utoipa::path(
    tag = "offices",
    params(
        ("office_code" = String, Path, description = "The office's code.", max_length = 64, example = "tobacco_supervision"),
        IfMatch
    ),
    extensions(("x-problem-codes" = json!(["not_permitted", "not_listed", "facts_missing"]))),
    responses((status = 200, description = "The office as it is now.", body = Office))
)]
#[patch("/api/v1/offices/{office_code}")]
pub(crate) async fn update_office(
    desk: Data<Desk>,
    caller: Caller,
    code: Path<String>,
    version: IfMatch,
    body: Json<OfficeUpdate>,
) -> Result<HttpResponse, Problem> {
    let record = desk
        .blocking(move |archive| archive.find_office_by_code(&code.0))
        .await?
        .ok_or(Kind::NotFound)?;
    if record.version != version.0 {
        return Err(Problem::version_stale(record.version));
    }
    caller.administers()?;
    if record.id != caller.office_id.0 {
        return Err(Kind::NotPermitted.into());
    }
    let mut profile = Profile::of(&record)?;
    if let Some(telephones) = body.0.telephones {
        profile.telephones = telephones;
    }
    if let Some(numbers) = &body.0.limit_numbers {
        // What is not named goes back to what the rulebook suggests: no limit is left without a number.
        profile.numbers = office_numbers(numbers, &caller.law.rulebook)?;
    }
    if body.0.rounds_at_most.is_some() {
        profile.rounds = body.0.rounds_at_most;
    }
    let change = OfficeChange {
        name_zh: body.0.name_zh.unwrap_or(record.name_zh),
        name_en: body.0.name_en.unwrap_or(record.name_en),
        rulebook_code: record.rulebook_code,
        rulebook_version: record.rulebook_version,
        calendar_code: record.calendar_code,
        cutover_at: record.cutover_at,
        profile: profile.kept(),
        active: record.active,
    };
    let record = desk
        .blocking(move |archive| archive.update_office(record.id, version.0, &change))
        .await?;
    let version = record.version;
    Ok(versioned(version, &Office::new(record, &desk).await?))
}
