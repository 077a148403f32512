//! Who complains, masked, and who or what is complained of.

use domain::authority::is_confidential;
use domain::case::Case;
use domain::case::command::Respondent;
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::{StaffName, Teller, UnitName};
use crate::case::codes;
use crate::case::texts::Person;

/// Who complains. Name and telephone are masked; `reveal_complainant` shows them to whoever may.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct ComplainantMasked {
    /// Under the real name, anonymous, or under another name.
    #[schema(schema_with = codes::an_identity_mode)]
    identity_mode: &'static str,
    /// In which role: `complainant`, `caller`, `reporter` …
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    role: Option<String>,
    /// What kind of complainant, in the rulebook's word.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "retail_customer")]
    category: Option<String>,
    /// The family name, the rest hidden; absent, as the telephone number is, for what is confidential.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 8, example = "张*")]
    name_masked: Option<String>,
    /// The telephone number without its middle.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "138****0000")]
    phone_masked: Option<String>,
    /// Which facts about the person are on record.
    #[schema(schema_with = codes::names)]
    stated: Vec<String>,
}

impl ComplainantMasked {
    pub(super) fn new(case: &Case, teller: &Teller) -> Self {
        let person = teller.person(case);
        // In what is secret even a family name and four digits may tell who it is.
        let shown = (!is_confidential(case, &teller.context())).then_some(&person);
        Self {
            identity_mode: case.complainant.identity.as_str(),
            role: person.role.clone(),
            category: case.complainant.kind.as_ref().map(ToString::to_string),
            name_masked: shown.and_then(Person::name_masked),
            phone_masked: shown.and_then(Person::phone_masked),
            stated: case.complainant.stated.iter().map(ToString::to_string).collect(),
        }
    }
}

/// Who or what is complained of.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[schema(as = Respondent)]
pub(crate) enum RespondentView {
    /// A unit.
    Unit {
        /// Which.
        unit: UnitName,
    },
    /// A window.
    Window {
        /// Which.
        window_id: Uuid,
    },
    /// A person: a member of staff if known as one, else only described.
    Person {
        /// The member of staff.
        #[serde(skip_serializing_if = "Option::is_none")]
        staff: Option<StaffName>,
        /// What was said about who it is.
        #[serde(skip_serializing_if = "Option::is_none")]
        #[schema(max_length = 500)]
        description: Option<String>,
    },
}

pub(super) fn respondents(case: &Case, teller: &Teller) -> Vec<RespondentView> {
    case.respondents
        .iter()
        .map(|respondent| match respondent {
            Respondent::Unit { unit } => RespondentView::Unit {
                unit: teller.unit_name(*unit),
            },
            Respondent::Window { window } => RespondentView::Window { window_id: window.0 },
            Respondent::Person { staff, description } => RespondentView::Person {
                staff: staff.map(|staff| teller.staff_name(staff)),
                description: teller.words_of(description.as_ref()),
            },
        })
        .collect()
}
