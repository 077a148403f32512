//! `export_personal_data`: what is kept of the complainant and of what he said, to be handed to him.

use actix_web::{HttpResponse, post};
use chrono::{DateTime, FixedOffset};
use domain::authority::{NEEDING_CONTACT, is_confidential, permitting};
use domain::case::Case;
use domain::words::Deed;
use persistence::access_log::ReadingKind;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use crate::case::codes;
use crate::case::reader::Reader;
use crate::case::reveal_complainant::Complainant;
use crate::case::view::Teller;
use crate::problem::{Kind, Problem};
use crate::request::Path;

/// A text that the complainant gave, or was given.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct OwnText {
    /// What it is: `subject`, `content`, a fact of the matter, `reply` …
    #[schema(max_length = 60)]
    kind: String,
    /// When, where that is recorded.
    #[serde(skip_serializing_if = "Option::is_none")]
    at: Option<DateTime<FixedOffset>>,
    /// The words.
    #[schema(max_length = 20_000)]
    text: String,
}

/// Everything of the complainant's own that is kept on a case.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct PersonalExport {
    /// The case.
    case_id: Uuid,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    case_no: Option<String>,
    /// The office that keeps it.
    #[schema(max_length = 200)]
    office_name: String,
    /// When the office got it.
    received_at: DateTime<FixedOffset>,
    /// Where it stands.
    #[schema(schema_with = codes::status)]
    status: &'static str,
    /// Who complains, in full.
    complainant: Complainant,
    /// What the complainant said, and what he was answered.
    #[schema(max_items = 1000)]
    texts: Vec<OwnText>,
    /// When this was put together.
    exported_at: DateTime<FixedOffset>,
}

/// The complainant's own data on the case, as JSON, to be handed to the complainant.
///
/// For positions that register, reply or follow up. What was written for the file alone is not in it. On a case that is
/// open only to those named on it, the identity stays sealed. Each export is entered in the access log before it is answered.
#[utoipa::path(
    tag = "cases",
    extensions(("x-problem-codes" = json!(["identity_sealed", "erased"]))),
    responses((status = 200, description = "The complainant's own data.", body = PersonalExport))
)]
#[post("/api/v1/cases/{case_id}/personal-exports")]
pub(crate) async fn export_personal_data(case: Path<Uuid>, reader: Reader) -> Result<HttpResponse, Problem> {
    let (case, teller) = reader.told_case(case.0).await?;
    let (rulebook, directory) = (&teller.law.rulebook, &teller.law.directory);
    let may = |deed: &Deed| !permitting(teller.staff, *deed, Some(&case), rulebook, directory).is_empty();
    if !NEEDING_CONTACT.iter().any(may) {
        return Err(Kind::NotPermitted.into());
    }
    if is_confidential(&case, &teller.context()) {
        return Err(Kind::IdentitySealed.into());
    }
    if case.is_erased() {
        return Err(Kind::Erased.into());
    }
    reader.enter(&case, ReadingKind::PersonalData).await?;
    Ok(HttpResponse::Ok().json(PersonalExport {
        case_id: case.id.0,
        case_no: case.case_no.clone(),
        office_name: teller.office_name().to_owned(),
        received_at: teller.instant(case.received_at),
        status: case.status.as_str(),
        complainant: Complainant::new(&case, teller.person(&case), &teller),
        texts: own_texts(&case, &teller),
        exported_at: teller.instant(teller.now),
    }))
}

/// What the complainant said, and what he was answered: nothing that was written for the file alone.
fn own_texts(case: &Case, teller: &Teller) -> Vec<OwnText> {
    let received = Some(teller.instant(case.received_at));
    let stated = [("subject", &case.subject), ("content", &case.content)]
        .into_iter()
        .filter_map(|(kind, text)| Some((kind.to_owned(), text.as_ref()?)))
        .chain(case.texts.iter().map(|(field, text)| (field.to_string(), text)))
        .map(|(kind, text)| (kind, received, text));
    let exchanged = case.done.iter().filter_map(|done| {
        let own = matches!(
            done.deed,
            Deed::Reply | Deed::SpotAnswer | Deed::Supplement | Deed::Appeal | Deed::Notice(_)
        );
        let text = done.text.as_ref().filter(|_| own)?;
        Some((done.deed.to_string(), Some(teller.instant(done.at)), text))
    });
    stated
        .chain(exchanged)
        .filter_map(|(kind, at, text)| {
            Some(OwnText {
                kind,
                at,
                text: teller.words_of(Some(text))?,
            })
        })
        .collect()
}
