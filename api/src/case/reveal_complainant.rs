//! `reveal_complainant`: the complainant's name and contact, unmasked.

use actix_web::{HttpResponse, post};
use domain::authority::{NEEDING_CONTACT, is_confidential, permitting};
use domain::case::{Act, Case, Refusal};
use domain::words::{Deed, Status};
use persistence::access_log::ReadingKind;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::case::codes;
use crate::case::reader::Reader;
use crate::case::texts::Person;
use crate::case::view::{Teller, is_personal};
use crate::problem::{Kind, Problem};
use crate::request::Path;

/// Who complains, in full.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Complainant {
    /// By name, anonymous, or under another name.
    #[schema(schema_with = codes::an_identity_mode)]
    identity_mode: &'static str,
    /// In which role.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    role: Option<String>,
    /// What kind of complainant.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    category: Option<String>,
    /// The name.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    name: Option<String>,
    /// The telephone number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    phone: Option<String>,
    /// The number of an identity document.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    identity_number: Option<String>,
    /// The e-mail address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 254)]
    email: Option<String>,
    /// The postal address.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    address: Option<String>,
    /// The place of work.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    workplace: Option<String>,
    /// The sex.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    sex: Option<String>,
    /// The age in years.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 0, maximum = 150)]
    age: Option<u8>,
    /// What was amended or stated since, oldest first; absent where nothing was.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[schema(max_items = 200)]
    amended: Vec<AmendedFact>,
}

/// A fact about the complainant as it was amended.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct AmendedFact {
    /// Which.
    #[schema(max_length = 40, example = "complainant.contact")]
    field: &'static str,
    /// The new words.
    #[schema(max_length = 20_000)]
    text: String,
}

/// Shows the complainant's name and contact, unmasked.
///
/// For positions that register, reply or follow up. Each reading is entered in the access log before it is answered. On a case that is open only to those named on it, the identity
/// stays sealed: `request_identity` asks the custodian.
#[utoipa::path(
    tag = "cases",
    extensions(("x-problem-codes" = json!(["identity_sealed", "erased"]))),
    responses((status = 200, description = "Who complains.", body = Complainant))
)]
#[post("/api/v1/cases/{case_id}/complainant-reveals")]
pub(crate) async fn reveal_complainant(case: Path<Uuid>, reader: Reader) -> Result<HttpResponse, Problem> {
    let (case, teller) = reader.told_case(case.0).await?;
    let (rulebook, directory) = (&teller.law.rulebook, &teller.law.directory);
    let may = |deed: &Deed| !permitting(teller.staff, *deed, Some(&case), rulebook, directory).is_empty();
    if !NEEDING_CONTACT.iter().any(may) {
        return Err(Kind::NotPermitted.into());
    }
    if !(case.status.is_open() || case.status == Status::Closed) {
        let refusal = Refusal::WrongStatus {
            deed: Deed::FollowUp,
            status: case.status,
        };
        return Err(Problem::refused(&refusal, Act::FollowUp, rulebook));
    }
    if is_confidential(&case, &teller.context()) {
        return Err(Kind::IdentitySealed.into());
    }
    let person = teller.person(&case);
    if case.complainant.person.is_some() && person.is_empty() {
        return Err(Kind::Erased.into());
    }
    reader.enter(&case, ReadingKind::Complainant).await?;
    Ok(HttpResponse::Ok().json(Complainant::new(&case, person, &teller)))
}

impl Complainant {
    /// Who complains on this case, in full.
    pub(super) fn new(case: &Case, person: Person, teller: &Teller) -> Self {
        let amended = case.corrections.iter().filter(|it| is_personal(it.field));
        let amended = amended.filter_map(|it| {
            Some(AmendedFact {
                field: it.field.as_str(),
                text: teller.words(&it.text)?,
            })
        });
        Self {
            amended: amended.collect(),
            identity_mode: case.complainant.identity.as_str(),
            role: person.role,
            category: case.complainant.kind.as_ref().map(ToString::to_string),
            name: person.name,
            phone: person.phone,
            identity_number: person.identity_number,
            email: person.email,
            address: person.address,
            workplace: person.workplace,
            sex: person.sex,
            age: person.age,
        }
    }
}
