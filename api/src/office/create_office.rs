//! `create_office`: a new office with its first administrator, so that none is ever without.

use std::collections::BTreeMap;

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use persistence::office::{NewOffice, OfficeRecord};
use persistence::staff::NewStaffMember;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{Office, Profile, numbers_schema, office_numbers, telephones_schema};
use crate::answer::{created, replayed};
use crate::caller::Caller;
use crate::desk::{Desk, apart};
use crate::password;
use crate::problem::{FieldError, FieldFault, Kind, Problem};
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, Json};

/// The calendar of a new office.
const CALENDAR: &str = "cn";

/// A new office.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct OfficeCreation {
    /// A short name of lower-case letters, digits and `_`; it never changes.
    #[validate(length(min = 1, max = 40))]
    #[schema(
        min_length = 1,
        max_length = 40,
        pattern = "^[a-z][a-z0-9_]*$",
        example = "east_hall"
    )]
    code: String,
    /// Its name in Chinese.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "城东服务大厅")]
    name_zh: String,
    /// Its name in English.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "East service hall")]
    name_en: String,
    /// The rulebook it runs; `list_rulebooks` shows which there are.
    #[validate(length(min = 1, max = 80))]
    #[schema(min_length = 1, max_length = 80, example = "cn.service_hall")]
    rulebook_code: String,
    /// Where it can be called.
    #[serde(default)]
    #[validate(length(max = 10))]
    #[schema(schema_with = telephones_schema)]
    telephones: Vec<String>,
    /// Numbers for limits that the rulebook leaves without one. What the text calls the prescribed time must be given;
    /// the others are as the rulebook suggests.
    #[serde(default)]
    #[validate(length(max = 100))]
    #[schema(schema_with = numbers_schema)]
    limit_numbers: BTreeMap<String, String>,
    /// How many rounds there are, where the rulebook leaves it to the office.
    #[validate(range(min = 1, max = 20))]
    #[schema(minimum = 1, maximum = 20)]
    rounds_at_most: Option<u8>,
    /// Its first administrator.
    #[validate(nested)]
    administrator: FirstAdministrator,
}

/// The first administrator of a new office.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct FirstAdministrator {
    /// The name to log in with; unique in the installation.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "east_hall.administrator")]
    user_name: String,
    /// The person's name.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100, example = "王敏")]
    name: String,
}

/// A new office, with what its first administrator needs to log in.
#[derive(Serialize, ToSchema)]
pub struct OfficeWithAdministrator {
    /// The office.
    office: Office,
    /// The name its administrator logs in with.
    #[schema(max_length = 100)]
    administrator_user_name: String,
    /// The administrator's password, shown this once; absent in a repetition.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 64)]
    one_time_password: Option<String>,
}

/// Create an office
///
/// A new office with its first administrator, whose password is shown this once. For who operates the installation.
#[utoipa::path(
    tag = "offices",
    params(IdempotencyKey),
    extensions(("x-problem-codes" = json!(["not_permitted", "code_taken", "not_listed", "facts_missing"]))),
    responses((status = 201, description = "The office was created.", body = OfficeWithAdministrator))
)]
#[post("/api/v1/offices")]
pub(crate) async fn create_office(
    desk: Data<Desk>,
    caller: Caller,
    key: IdempotencyKey,
    body: Json<OfficeCreation>,
) -> Result<HttpResponse, Problem> {
    let repeat = Repeat::of(&caller, "create_office", key, "", &body.0)?;
    let creation = body.0;
    if let Some(id) = repeat.earlier(&desk).await? {
        let record = desk
            .blocking(move |archive| archive.find_office(id))
            .await?
            .ok_or(Kind::NotFound)?;
        let answer = answer(&desk, record, creation.administrator.user_name, None).await?;
        return Ok(replayed(answer));
    }
    caller.operates()?;
    let (office, administrator, password) = prepared(&desk, &creation).await?;
    let remembered = repeat.remembering(office.id, desk.now());
    let record = desk
        .blocking(move |archive| archive.create_office(&office, &administrator, remembered.as_ref()))
        .await?;
    answer(&desk, record, creation.administrator.user_name, Some(password)).await
}

async fn answer(
    desk: &Desk,
    record: OfficeRecord,
    administrator_user_name: String,
    one_time_password: Option<String>,
) -> Result<HttpResponse, Problem> {
    let (version, location) = (record.version, format!("/api/v1/offices/{}", record.code));
    let made = OfficeWithAdministrator {
        office: Office::new(record, desk).await?,
        administrator_user_name,
        one_time_password,
    };
    Ok(created(location, version, &made))
}

/// The rows to be written, and the administrator's password.
async fn prepared(
    desk: &Desk,
    creation: &OfficeCreation,
) -> Result<(NewOffice, NewStaffMember, String), Problem> {
    let rulebook = desk
        .rulebooks
        .get(creation.rulebook_code.as_str())
        .ok_or_else(|| {
            Problem::from(Kind::NotListed)
                .with_errors(vec![FieldError::new("/rulebook_code", FieldFault::NotACode)])
        })?;
    if creation.code.parse::<domain::words::Word>().is_err() {
        return Err(Problem::body_invalid(vec![FieldError::new(
            "/code",
            FieldFault::WrongFormat,
        )]));
    }
    let profile = Profile {
        telephones: creation.telephones.clone(),
        numbers: office_numbers(&creation.limit_numbers, rulebook)?,
        rounds: creation.rounds_at_most,
    };
    let password = password::generate();
    let hash = one_time_hash(&password).await?;
    let now = desk.now();
    let office = NewOffice {
        id: Uuid::now_v7(),
        code: creation.code.clone(),
        name_zh: creation.name_zh.clone(),
        name_en: creation.name_en.clone(),
        rulebook_code: rulebook.head.code.to_string(),
        rulebook_version: rulebook.head.version.to_string(),
        calendar_code: CALENDAR.to_owned(),
        cutover_at: None,
        profile: profile.kept(),
        created_at: now,
    };
    let administrator = NewStaffMember {
        office_id: office.id,
        id: Uuid::now_v7(),
        user_name: creation.administrator.user_name.clone(),
        name: creation.administrator.name.clone(),
        unit_id: None,
        positions: "[]".to_owned(),
        administrator: true,
        operator: false,
        password_hash: hash,
        password_must_change: true,
        created_at: now,
    };
    Ok((office, administrator, password))
}

/// The hash of a password that was generated.
pub(crate) async fn one_time_hash(password: &str) -> Result<String, Problem> {
    let password = password.to_owned();
    apart(move || password::hash(&password))
        .await?
        .map_err(Problem::internal)
}
