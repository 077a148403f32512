//! Where in a request stands what a refusal speaks of.
//!
//! The rules have their own names for facts; the bodies have theirs. Most agree, and these are the others.

use domain::case::Act;
use domain::rulebook::Need;
use domain::words::{AxisName, Field};

/// Where a fact that is demanded is stated, in the body of the operation that `act` is; the whole body where no
/// single field states it.
pub(super) fn of_need(need: Need, act: Option<Act>) -> String {
    match need {
        Need::Deed(_) => String::new(),
        Need::Field(field) => of_fact(field, act).to_owned(),
        Need::Axis(axis) => of_axis(axis).to_owned(),
    }
}

fn of_axis(axis: AxisName) -> &'static str {
    match axis {
        AxisName::CaseType => "/case_type",
        AxisName::Complainant => "/complainant/category",
        AxisName::Category => "/category",
        AxisName::Severity => "/severity",
        AxisName::Urgency => "/urgency",
        AxisName::Track => "/track",
        AxisName::Mode => "/mode",
        AxisName::Complexity => "/complexity",
        AxisName::Cause => "/cause",
        AxisName::Flag => "/flags",
    }
}

fn of_fact(field: Field, act: Option<Act>) -> &'static str {
    let one_unit = act == Some(Act::AddUnit);
    let one_person = matches!(act, Some(Act::AssignHandler | Act::FormTeam));
    match field {
        Field::Content => "/content",
        Field::ComplainantName => "/complainant/name",
        Field::ComplainantContact => "/complainant/phone",
        Field::ComplainantAddress => "/complainant/address",
        Field::ComplainantWorkplace => "/complainant/workplace",
        Field::ComplainantSex => "/complainant/sex",
        Field::ComplainantAge => "/complainant/age",
        Field::ComplainantKind => "/complainant/category",
        Field::Respondent | Field::RespondentPerson | Field::RespondentUnit => "/respondents",
        Field::RequestedRemedy => "/requested_remedy",
        Field::IncidentTime => "/incident/time",
        Field::IncidentPlace => "/incident/place",
        Field::ServiceReceiptNo => "/service_receipt_no",
        Field::EvidenceOrWay => "/evidence_or_way",
        Field::IdentityStated => "/complainant/identity_mode",
        Field::Task if one_person => "/task",
        Field::Task if one_unit => "/unit/task",
        Field::TaskStandard if one_unit => "/unit/standard",
        Field::TaskDue if one_unit => "/unit/due_on",
        Field::AccountableOfficer if one_unit => "/unit/unit_id",
        Field::Task | Field::TaskDue | Field::TaskStandard | Field::AccountableOfficer => "/units",
        Field::MembersAtLeast2 if act == Some(Act::FormTeam) => "/members",
        Field::MembersAtLeast2 => "/team",
        Field::RecusalAsked => "/recusal_asked",
        Field::ExpectedDate => "/expected_on",
        Field::Cause => "/cause",
        Field::ResponsiblePerson => "/responsible_person",
        Field::SubstantiatedPart => "/substantiated_part",
        Field::LegalBasis => "/legal_basis",
        Field::Explanation => "/explanation",
        Field::Guidance => "/guidance",
        Field::Reason => "/reason",
        // No body has a field for them.
        Field::WrittenMaterial => "",
    }
}

/// Where the field stands that a refusal names in the rules' way.
pub(super) fn of_field(field: &str, act: Option<Act>) -> String {
    match (field, act) {
        ("unit_id" | "role" | "due_on", Some(Act::AddUnit)) => format!("/unit/{field}"),
        ("dispatch_id", Some(Act::AssignHandler | Act::FormTeam)) => "/dispatch_id".to_owned(),
        (
            "dispatch_id" | "approval_id" | "order_id" | "extension_id" | "suspension_id" | "appeal_id"
            | "hold_id",
            _,
        ) => format!("/path/{field}"),
        _ => format!("/{}", field.replace('.', "/")),
    }
}

#[cfg(test)]
mod tests {
    use domain::gate::{acts_for, stated_by};
    use serde_json::Value;
    use strum::IntoEnumIterator;

    use super::*;
    use crate::operation::operation_of;

    /// The schema that a reference or an optional part stands for.
    fn resolved<'d>(document: &'d Value, schema: &'d Value) -> &'d Value {
        match schema["$ref"].as_str() {
            Some(reference) => document.pointer(reference.trim_start_matches('#')).unwrap(),
            None => schema,
        }
    }

    /// Whether the body of the operation that an act is has a field at the pointer.
    fn has(document: &Value, act: Act, pointer: &str) -> bool {
        let id = operation_of(act).unwrap();
        let (_, _, operation) = crate::contract::lint::operations(document)
            .find(|(_, _, operation)| operation["operationId"] == id)
            .unwrap();
        let mut schema = &operation["requestBody"]["content"]["application/json"]["schema"];
        pointer.split('/').skip(1).all(|name| {
            schema = &resolved(document, schema)["properties"][name];
            schema.is_object()
        })
    }

    #[test]
    fn every_fact_stands_where_the_bodies_have_it() {
        let document = crate::routes::document();
        for field in Field::iter() {
            let acts: Vec<Act> = match stated_by(field) {
                // What registration adds to a reception leaves out who complains, which the reception has.
                Some(deed) => acts_for(deed)
                    .filter(|act| *act != Act::RegisterReceived)
                    .collect(),
                None => match field {
                    Field::Task | Field::TaskDue | Field::TaskStandard | Field::AccountableOfficer => {
                        vec![Act::Dispatch, Act::AddUnit, Act::Redispatch]
                    }
                    Field::MembersAtLeast2 | Field::RecusalAsked => vec![Act::AssignHandler, Act::FormTeam],
                    Field::Explanation | Field::Guidance | Field::Reason => {
                        vec![Act::Decline, Act::Withdraw, Act::HandOver, Act::Cancel]
                    }
                    _ => Vec::new(),
                },
            };
            for act in acts {
                let pointer = of_need(Need::Field(field), Some(act));
                assert!(has(&document, act, &pointer), "{field}: no {pointer} in {act:?}");
            }
        }
        assert!(has(
            &document,
            Act::AssignHandler,
            &of_need(Need::Field(Field::Task), Some(Act::AssignHandler))
        ));
        for axis in AxisName::iter() {
            let act = match axis {
                AxisName::CaseType | AxisName::Complainant => Act::Register,
                AxisName::Category
                | AxisName::Severity
                | AxisName::Urgency
                | AxisName::Track
                | AxisName::Mode
                | AxisName::Complexity
                | AxisName::Cause
                | AxisName::Flag => Act::Classify,
            };
            let pointer = of_need(Need::Axis(axis), Some(act));
            assert!(has(&document, act, &pointer), "{axis}: no {pointer} in {act:?}");
        }
    }

    #[test]
    fn every_field_that_the_rules_name_stands_where_the_bodies_have_it() {
        let document = crate::routes::document();
        for (act, fields) in [
            (
                Act::Register,
                &[
                    "channel",
                    "rating",
                    "window_id",
                    "first_receiver_id",
                    "received_at",
                    "respondents",
                    "case_type",
                    "complainant.category",
                    "flags",
                ][..],
            ),
            (
                Act::Classify,
                &[
                    "category",
                    "severity",
                    "urgency",
                    "track",
                    "mode",
                    "complexity",
                    "cause",
                    "flags",
                ],
            ),
            (Act::Decline, &["ground"]),
            (Act::Withdraw, &["ground"]),
            (Act::Screen, &["checks"]),
            (Act::Accept, &["screening"]),
            (Act::HandOver, &["ground", "to"]),
            (Act::Cancel, &["ground"]),
            (Act::FormTeam, &["dispatch_id", "leader_id", "members"]),
            (Act::AnswerOnTheSpot, &["ground"]),
            (Act::Correct, &["field"]),
            (Act::ReassignFirstReceiver, &["staff_id"]),
            (Act::Dispatch, &["units"]),
            (Act::Redispatch, &["units"]),
            (Act::AddUnit, &["unit_id", "role", "due_on"]),
            (Act::SignDispatch, &["received_at"]),
            (Act::AssignHandler, &["dispatch_id", "handler_id"]),
            (Act::Recuse, &["staff_id"]),
            (Act::RecordWork, &["happened_at", "sections"]),
            (Act::Reply, &["sections", "channel"]),
            (Act::TakeMeasure, &["taken_on"]),
            (Act::Urge, &["duty_id"]),
            (Act::RequestExtension, &["duty_id"]),
            (Act::OrderSupervision, &["unit_id"]),
            (Act::OpenAccountability, &["unit_id", "staff_id"]),
            (Act::ReportToLeader, &["to"]),
            (Act::TransferDuties, &["to_staff_id"]),
            (Act::MoveToVersion, &["version", "rulebook_code"]),
        ] {
            for field in fields {
                let pointer = of_field(field, Some(act));
                assert!(has(&document, act, &pointer), "no {pointer} in {act:?}");
            }
        }
        assert_eq!(
            of_field("dispatch_id", Some(Act::SignDispatch)),
            "/path/dispatch_id"
        );
    }
}
