//! `transfer_duties`: what somebody who leaves answers for passes to somebody else, case by case.

use std::collections::BTreeSet;

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use domain::case::Command;
use domain::case::command::Transfer;
use domain::case::decide::Actor;
use domain::ids::{CaseId, StaffId};
use persistence::case::Submission;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{answers_for_no_unit, named};
use crate::caller::Caller;
use crate::desk::Desk;
use crate::problem::{FieldError, FieldFault, Kind, Problem};
use crate::request::{IdempotencyKey, Json, Path};

/// How many cases are looked up at once.
const CASES_AT_ONCE: u32 = 100;
/// How many cases one call passes on; the rest is for the next call.
const CASES_MAX: usize = 1000;

/// To whom.
#[derive(Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DutyTransferRequest {
    /// Who takes over: an active member of staff of the same office.
    #[schema(example = "e7970add-8112-538f-a2da-4fa4fe448c68")]
    to_staff_id: Uuid,
}

/// What was passed on.
#[derive(Serialize, ToSchema)]
pub struct DutyTransfer {
    /// The cases on which something was passed on, each by an event of its own.
    #[schema(max_items = 1000)]
    case_ids: Vec<Uuid>,
    /// Whether open cases are left for another call.
    more: bool,
}

/// Transfer the duties of somebody who leaves
///
/// On every open case on which this person is first receiver, handler or in the team, another takes their place; one
/// event on each case. Refused for a unit's accountable officer until another is appointed. Repeating the call passes
/// on what is left, so a key changes nothing. For the office's administrator.
#[utoipa::path(
    tag = "staff",
    params(IdempotencyKey),
    extensions(("x-problem-codes" = json!(["not_permitted", "duties_remain", "person_barred", "person_unsuitable", "reference_unknown"]))),
    responses((status = 200, description = "What was passed on.", body = DutyTransfer))
)]
#[post("/api/v1/staff/{staff_id}/duty-transfers")]
pub(crate) async fn transfer_duties(
    desk: Data<Desk>,
    caller: Caller,
    id: Path<Uuid>,
    _key: IdempotencyKey,
    body: Json<DutyTransferRequest>,
) -> Result<HttpResponse, Problem> {
    let (from, to) = (
        StaffId(named(&desk, &caller, id.0).await?.id),
        StaffId(body.0.to_staff_id),
    );
    caller.administers()?;
    let wrong =
        |kind: Kind, fault| Problem::from(kind).with_errors(vec![FieldError::new("/to_staff_id", fault)]);
    if caller.law.directory.active(to).is_none() {
        return Err(wrong(Kind::ReferenceUnknown, FieldFault::UnknownReference));
    }
    if from == to {
        return Err(wrong(Kind::PersonUnsuitable, FieldFault::Inconsistent));
    }
    answers_for_no_unit(&caller, from.0)?;
    let mut passed: BTreeSet<CaseId> = BTreeSet::new();
    loop {
        let office = caller.office_id;
        let cases = desk
            .asking_for_cases(move |cases| cases.cases_of(office, from, CASES_AT_ONCE))
            .await?;
        // A case that was passed on and is still found would be found for ever.
        let next: Vec<CaseId> = cases.into_iter().filter(|case| !passed.contains(case)).collect();
        let more = !next.is_empty();
        if !more || passed.len() >= CASES_MAX {
            return Ok(HttpResponse::Ok().json(DutyTransfer {
                case_ids: passed.into_iter().map(|case| case.0).collect(),
                more,
            }));
        }
        for case in next {
            pass_on(
                &desk,
                &caller,
                case,
                Transfer {
                    from,
                    to,
                    reason: None,
                },
            )
            .await?;
            passed.insert(case);
        }
    }
}

async fn pass_on(desk: &Desk, caller: &Caller, case: CaseId, transfer: Transfer) -> Result<(), Problem> {
    let submission = Submission {
        office: caller.office_id,
        case,
        actor: Actor::Administrator(caller.staff_id),
        command: Command::TransferDuties(transfer),
        texts: Vec::new(),
        expected_version: None,
        key: None,
        now: desk.now(),
    };
    match desk.submit(submission).await {
        Ok(_) => Ok(()),
        Err(problem) => Err(problem.with("case_id", case)),
    }
}
