//! `activate_rulebook`: an office takes an approved version as its own.

use std::collections::BTreeMap;

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use chrono::NaiveDate;
use domain::rulebook::{Checked, Kind as RulebookKind};
use domain::time_limit::{Span, Within};
use domain::words::DutyName;
use persistence::rulebook_version::NewActivation;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::version::{RulebookVersion, Teller, id_of, named, ready, writes};
use crate::answer::{replayed, versioned};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::office::{Profile, numbers_of, numbers_schema};
use crate::problem::{FieldError, FieldFault, Kind, Problem, cited};
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// From when on, and with which numbers.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"from": "2026-10-01", "limit_numbers": {"reply": "30 days"}}))]
pub struct RulebookActivation {
    /// The first day on which new cases fall under it: today or later.
    from: NaiveDate,
    /// The numbers for limits that the text leaves open. What says "as prescribed" needs one.
    #[serde(default)]
    #[validate(length(max = 100))]
    #[schema(schema_with = numbers_schema)]
    limit_numbers: BTreeMap<String, String>,
}

/// Activate a version
///
/// Makes an approved version the one under which my office's new cases fall, from the beginning of a day on. Cases that
/// began before stay under theirs. Refused while a limit that says "as prescribed" has no number. What was said before
/// for that day or a later one is overtaken. For the office's administrator.
#[utoipa::path(
    tag = "rulebooks",
    params(
        ("rulebook_code" = String, Path, description = "The rulebook's code.", max_length = 80, example = "cn.tobacco_supervision"),
        ("version" = String, Path, description = "The version.", max_length = 20, example = "1.1.0"),
        IfMatch, IdempotencyKey
    ),
    extensions(("x-problem-codes" = json!(["not_permitted", "facts_missing", "not_listed", "wrong_state", "times_out_of_order"]))),
    responses((status = 200, description = "The version as it is now.", body = RulebookVersion))
)]
#[post("/api/v1/rulebooks/{rulebook_code}/versions/{version}/activation")]
pub(crate) async fn activate_rulebook(
    desk: Data<Desk>,
    caller: Caller,
    path: Path<(String, String)>,
    revision: IfMatch,
    key: IdempotencyKey,
    body: Json<RulebookActivation>,
) -> Result<HttpResponse, Problem> {
    let (Path((code, version)), Json(body)) = (path, body);
    let repeat = Repeat::of(
        &caller,
        "activate_rulebook",
        key,
        &format!("{code}/{version}"),
        &body,
    )?;
    let record = named(&desk, &caller, &code, &version).await?;
    if repeat.earlier(&desk).await?.is_some() {
        let whole = Teller::of(&desk, &caller).await?.whole(&record).await?;
        return Ok(replayed(versioned(record.revision, &whole)));
    }
    if record.revision != revision.0 {
        return Err(Problem::version_stale(record.revision));
    }
    writes(&record, &caller)?;
    let rulebook = ready(&desk, &record).await?;
    if rulebook.head.kind != RulebookKind::Regulation {
        return Err(Problem::from(Kind::WrongState).with("kind", rulebook.head.kind));
    }
    let now = desk.now();
    let calendar = &caller.law.calendar;
    if body.from < calendar.date_of(now) {
        return Err(Problem::from(Kind::TimesOutOfOrder)
            .with_errors(vec![FieldError::new("/from", FieldFault::OutOfRange)]));
    }
    let activation = NewActivation {
        office_id: caller.office_id.0,
        id: Uuid::now_v7(),
        code: code.clone(),
        version: version.clone(),
        begins_at: calendar.start_of_day(body.from),
        numbers: serde_json::to_string(&numbers(&body.limit_numbers, &rulebook)?)
            .map_err(Problem::internal)?,
        activated_by_id: Some(caller.staff_id.0),
        created_at: now,
    };
    let remembered = repeat.remembering(id_of(&code, &version), now);
    desk.blocking(move |archive| archive.activate_rulebook(&activation, now, remembered.as_ref()))
        .await?;
    let whole = Teller::of(&desk, &caller).await?.whole(&record).await?;
    Ok(versioned(record.revision, &whole))
}

/// The numbers with which the office will go by it: those given, and for limits that may do without one what the
/// rulebook suggests.
fn numbers(
    given: &BTreeMap<String, String>,
    rulebook: &Checked,
) -> Result<BTreeMap<DutyName, Span>, Problem> {
    let given = numbers_of(given, rulebook)?;
    let lacking: Vec<FieldError> = rulebook
        .duties()
        .iter()
        .filter(|duty| duty.within == Within::AsPrescribed && !given.contains_key(&duty.name))
        .map(|duty| {
            let pointer = format!("/limit_numbers/{}", duty.name);
            let error =
                FieldError::new(pointer, FieldFault::Required).under(cited(&duty.clause, Some(rulebook)));
            match duty.suggested {
                Some(suggested) => error.with("suggested", suggested),
                None => error,
            }
        })
        .collect();
    if !lacking.is_empty() {
        return Err(Problem::from(Kind::FactsMissing).with_errors(lacking));
    }
    let mut numbers = Profile::suggested(rulebook);
    numbers.extend(given);
    Ok(numbers)
}
