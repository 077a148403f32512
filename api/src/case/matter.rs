//! A matter as the body of `register_case` and `receive_case` gives it, and what registration adds.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::case::command::{Completion, Matter};
use domain::ids::{StaffId, WindowId};
use domain::text::Text;
use domain::words::{AxisName, CaseType, Channel, Field, IdentityMode, Satisfaction, Source, Word};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::body::{GivenRespondent, instant};
use crate::case::codes;
use crate::case::texts::{Person, Texts};
use crate::problem::Problem;

/// A matter as it is taken in. What of it must be stated is for the rulebook to say: `facts_missing`, not a schema.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewCase, example = json!({
    "case_type": "complaint",
    "channel": "phone",
    "source": "public",
    "subject": "订烟系统重复扣款",
    "content": "9月16日订货，货款被扣两次，客户经理称与己无关。",
    "requested_remedy": "退回多扣货款并说明原因",
    "complainant": {
        "identity_mode": "real_name",
        "category": "retail_customer",
        "name": "张某",
        "phone": "13800000000"
    }
}))]
pub(crate) struct GivenMatter {
    /// How it came.
    #[schema(schema_with = codes::channel)]
    channel: Channel,
    /// Who passed it.
    #[schema(schema_with = codes::source)]
    source: Source,
    /// When the office got it; now, if it is not said.
    received_at: Option<DateTime<Utc>>,
    /// The window where it was taken in.
    window_id: Option<Uuid>,
    /// Whose desk it lands on, where nobody sits: self-service and platform channels. Else whoever records it.
    first_receiver_id: Option<Uuid>,
    /// What the complainant ticked, for a channel of ratings.
    #[schema(schema_with = codes::satisfaction)]
    rating: Option<Satisfaction>,
    /// Who complains.
    #[validate(nested)]
    complainant: GivenComplainant,
    /// What kind of matter it is.
    #[schema(schema_with = codes::case_type)]
    case_type: Option<CaseType>,
    /// The category.
    #[schema(schema_with = codes::word)]
    category: Option<Word>,
    /// How serious it is.
    #[schema(schema_with = codes::word)]
    severity: Option<Word>,
    /// How urgent it is.
    #[schema(schema_with = codes::word)]
    urgency: Option<Word>,
    /// How complex it is.
    #[schema(schema_with = codes::word)]
    complexity: Option<Word>,
    /// On which track it is handled.
    #[schema(schema_with = codes::word)]
    track: Option<Word>,
    /// In which mode it is handled.
    #[schema(schema_with = codes::word)]
    mode: Option<Word>,
    /// Flags.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(schema_with = codes::words)]
    flags: BTreeSet<Word>,
    /// A line that names it.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    subject: Option<String>,
    /// The matter in the complainant's words.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    content: Option<String>,
    /// What is asked for.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    requested_remedy: Option<String>,
    /// When and where it happened.
    #[validate(nested)]
    incident: Option<GivenIncident>,
    /// The number of the service receipt.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    service_receipt_no: Option<String>,
    /// Evidence that was named, or the way to hand it in that was shown.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    evidence_or_way: Option<String>,
    /// Who or what is complained of.
    #[serde(default)]
    #[validate(length(max = 20), nested)]
    #[schema(max_items = 20)]
    respondents: Vec<GivenRespondent>,
}

/// Who complains.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenComplainant {
    /// By name, anonymous, or under another name.
    #[schema(schema_with = codes::identity_mode)]
    identity_mode: IdentityMode,
    /// In which role: `complainant`, `caller`, `reporter` …
    #[schema(schema_with = codes::word)]
    role: Option<Word>,
    /// What kind of complainant, in the rulebook's word.
    #[schema(schema_with = codes::word)]
    category: Option<Word>,
    /// The name.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    name: Option<String>,
    /// The telephone number.
    #[validate(length(min = 1, max = 40))]
    #[schema(min_length = 1, max_length = 40)]
    phone: Option<String>,
    /// The number of an identity document.
    #[validate(length(min = 4, max = 40))]
    #[schema(min_length = 4, max_length = 40)]
    identity_number: Option<String>,
    /// The e-mail address.
    #[validate(length(min = 1, max = 254))]
    #[schema(min_length = 1, max_length = 254)]
    email: Option<String>,
    /// The postal address.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    address: Option<String>,
    /// The place of work.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    workplace: Option<String>,
    /// The sex, where a form asks for it.
    #[schema(schema_with = codes::word)]
    sex: Option<Word>,
    /// The age in years, where a form asks for it.
    #[validate(range(min = 0, max = 150))]
    #[schema(minimum = 0, maximum = 150)]
    age: Option<u8>,
    /// How many people come for a group that complains together; the regulation may bound it.
    #[validate(range(min = 1, max = 200))]
    #[schema(minimum = 1, maximum = 200)]
    representatives: Option<u8>,
}

/// When and where it happened, in the complainant's words.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct GivenIncident {
    /// When.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    time: Option<String>,
    /// Where.
    #[validate(length(min = 1, max = 500))]
    #[schema(min_length = 1, max_length = 500)]
    place: Option<String>,
}

/// What registration adds to a matter that was received.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = Registration, example = json!({"case_type": "complaint", "subject": "窗口态度生硬"}))]
pub(crate) struct GivenCompletion {
    /// What kind of matter it is.
    #[schema(schema_with = codes::case_type)]
    case_type: Option<CaseType>,
    /// The category.
    #[schema(schema_with = codes::word)]
    category: Option<Word>,
    /// How serious it is.
    #[schema(schema_with = codes::word)]
    severity: Option<Word>,
    /// How urgent it is.
    #[schema(schema_with = codes::word)]
    urgency: Option<Word>,
    /// How complex it is.
    #[schema(schema_with = codes::word)]
    complexity: Option<Word>,
    /// On which track it is handled.
    #[schema(schema_with = codes::word)]
    track: Option<Word>,
    /// In which mode it is handled.
    #[schema(schema_with = codes::word)]
    mode: Option<Word>,
    /// Flags.
    #[serde(default)]
    #[validate(length(max = 20))]
    #[schema(schema_with = codes::words)]
    flags: BTreeSet<Word>,
    /// A line that names it.
    #[validate(length(min = 1, max = 200))]
    #[schema(min_length = 1, max_length = 200)]
    subject: Option<String>,
    /// The matter in the complainant's words, if reception did not record them.
    #[validate(length(min = 1, max = 20000))]
    #[schema(min_length = 1, max_length = 20_000)]
    content: Option<String>,
    /// What is asked for.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    requested_remedy: Option<String>,
    /// When and where it happened.
    #[validate(nested)]
    incident: Option<GivenIncident>,
    /// The number of the service receipt.
    #[validate(length(min = 1, max = 100))]
    #[schema(min_length = 1, max_length = 100)]
    service_receipt_no: Option<String>,
    /// Evidence that was named, or the way to hand it in that was shown.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    evidence_or_way: Option<String>,
    /// Who or what is complained of.
    #[serde(default)]
    #[validate(length(max = 20), nested)]
    #[schema(max_items = 20)]
    respondents: Vec<GivenRespondent>,
}

impl GivenMatter {
    /// The matter as the rules know it, its words put aside.
    ///
    /// # Errors
    /// `body_invalid` for an instant out of range.
    pub(crate) fn matter(self, now: DateTime<Utc>, texts: &mut Texts) -> Result<Matter, Problem> {
        let complainant = self.complainant;
        let person = Person {
            role: complainant.role.map(|role| role.to_string()),
            name: complainant.name,
            phone: complainant.phone,
            identity_number: complainant.identity_number,
            email: complainant.email,
            address: complainant.address,
            workplace: complainant.workplace,
            sex: complainant.sex.map(|sex| sex.to_string()),
            age: complainant.age,
        };
        let completion = GivenCompletion {
            case_type: self.case_type,
            category: self.category,
            severity: self.severity,
            urgency: self.urgency,
            complexity: self.complexity,
            track: self.track,
            mode: self.mode,
            flags: self.flags,
            subject: self.subject,
            content: self.content,
            requested_remedy: self.requested_remedy,
            incident: self.incident,
            service_receipt_no: self.service_receipt_no,
            evidence_or_way: self.evidence_or_way,
            respondents: self.respondents,
        };
        Ok(Matter {
            rating: self.rating,
            channel: self.channel,
            source: self.source,
            received_at: match self.received_at {
                Some(given) => instant("/received_at", given)?,
                None => now,
            },
            window: self.window_id.map(WindowId),
            first_receiver: self.first_receiver_id.map(StaffId),
            complainant: texts.keep_person(
                complainant.identity_mode,
                complainant.category,
                &person,
                complainant.representatives,
            ),
            completion: completion.completion(texts),
        })
    }
}

impl GivenCompletion {
    /// The completion as the rules know it, its words put aside.
    pub(crate) fn completion(self, texts: &mut Texts) -> Completion {
        let axes = [
            (AxisName::Category, self.category),
            (AxisName::Severity, self.severity),
            (AxisName::Urgency, self.urgency),
            (AxisName::Complexity, self.complexity),
            (AxisName::Track, self.track),
            (AxisName::Mode, self.mode),
        ];
        let (time, place) = self
            .incident
            .map_or((None, None), |incident| (incident.time, incident.place));
        let facts = [
            (Field::RequestedRemedy, self.requested_remedy),
            (Field::IncidentTime, time),
            (Field::IncidentPlace, place),
            (Field::ServiceReceiptNo, self.service_receipt_no),
            (Field::EvidenceOrWay, self.evidence_or_way),
        ];
        let subject = texts.keep_any("subject", self.subject);
        let content = texts.keep_any("content", self.content);
        let facts: BTreeMap<Field, Text> = facts
            .into_iter()
            .filter_map(|(field, words)| Some((field, texts.keep(field.as_str(), words?))))
            .collect();
        Completion {
            case_type: self.case_type,
            axes: axes
                .into_iter()
                .filter_map(|(axis, word)| Some((axis, word?)))
                .collect(),
            flags: self.flags,
            subject,
            content,
            texts: facts,
            respondents: self
                .respondents
                .into_iter()
                .map(|respondent| respondent.respondent(texts))
                .collect(),
        }
    }
}
