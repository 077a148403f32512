//! `delegate_authority`: lets a deputy act for a while.

use std::collections::BTreeSet;

use actix_web::web::Data;
use actix_web::{HttpResponse, post};
use chrono::{DateTime, TimeDelta, Utc};
use domain::delegation::stood_in_for;
use domain::ids::StaffId;
use domain::words::Deed;
use persistence::delegation::{DelegationRecord, NewDelegation};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use super::{Delegation, named};
use crate::answer::{created, replayed};
use crate::caller::Caller;
use crate::case::codes;
use crate::desk::Desk;
use crate::problem::{FieldError, FieldFault, Kind, Problem, cited};
use crate::repeat::Repeat;
use crate::request::{IdempotencyKey, Json};

/// How long a delegation lasts at most.
const LONGEST: TimeDelta = TimeDelta::days(366);

/// Who shall act, from when to when.
#[derive(Deserialize, Serialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"deputy_id": "4bb00374-50ef-54ff-bfc6-07f34b18344a", "starts_at": "2026-09-21T09:00:00+08:00", "ends_at": "2026-09-26T00:00:00+08:00"}))]
pub struct DelegationOrder {
    /// Who shall act.
    deputy_id: Uuid,
    /// For whom, if not for me: only the office's administrator says so, for somebody who is away.
    #[serde(skip_serializing_if = "Option::is_none")]
    principal_id: Option<Uuid>,
    /// The first instant; now if it is not said.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[validate(custom(function = crate::request::in_years))]
    starts_at: Option<DateTime<Utc>>,
    /// The first instant after it; at most 366 days after the first.
    #[validate(custom(function = crate::request::in_years))]
    ends_at: DateTime<Utc>,
    /// Only these deeds; everything that the principal may, if none are named.
    #[serde(default)]
    #[validate(length(max = 100))]
    #[schema(schema_with = codes::names)]
    deeds: Vec<Deed>,
}

/// Delegate authority
///
/// Lets a named deputy act for me, for a span, if I want with fewer permissions than I have. The rulebook says who may
/// stand in for whom; what was delegated to me I cannot pass on. Every event shows for whom the deputy acted. For
/// whoever holds a position that the rulebook lets another stand in for.
#[utoipa::path(
    tag = "staff",
    params(IdempotencyKey),
    extensions(("x-problem-codes" = json!(["not_permitted", "delegation_not_allowed", "times_out_of_order", "reference_unknown"]))),
    responses((status = 201, description = "The delegation was recorded.", body = Delegation))
)]
#[post("/api/v1/delegations")]
pub(crate) async fn delegate_authority(
    desk: Data<Desk>,
    caller: Caller,
    key: IdempotencyKey,
    body: Json<DelegationOrder>,
) -> Result<HttpResponse, Problem> {
    let repeat = Repeat::of(&caller, "delegate_authority", key, "", &body.0)?;
    if let Some(id) = repeat.earlier(&desk).await? {
        let record = named(&desk, &caller, id).await?;
        return Ok(replayed(answer(&record, &desk, &caller)?));
    }
    let order = body.0;
    let principal = order.principal_id.map_or(caller.staff_id, StaffId);
    if principal != caller.staff_id {
        caller.administers()?;
    }
    let now = desk.now();
    let starts_at = order.starts_at.unwrap_or(now).max(now);
    if order.ends_at <= starts_at || order.ends_at - starts_at > LONGEST {
        return Err(Problem::from(Kind::TimesOutOfOrder)
            .with_errors(vec![FieldError::new("/ends_at", FieldFault::Inconsistent)]));
    }
    stands_in(&caller, principal, StaffId(order.deputy_id))?;
    let deeds: BTreeSet<Deed> = order.deeds.into_iter().collect();
    let delegation = NewDelegation {
        office_id: caller.office_id.0,
        id: Uuid::now_v7(),
        from_id: principal.0,
        to_id: order.deputy_id,
        starts_at,
        ends_at: order.ends_at,
        deeds: serde_json::to_string(&deeds).map_err(Problem::internal)?,
        recorded_by_id: caller.staff_id.0,
        created_at: now,
    };
    let remembered = repeat.remembering(delegation.id, now);
    let record = desk
        .blocking(move |archive| archive.create_delegation(&delegation, remembered.as_ref()))
        .await?;
    answer(&record, &desk, &caller)
}

/// Holds that the rulebook lets this person stand in for the other.
fn stands_in(caller: &Caller, principal: StaffId, deputy: StaffId) -> Result<(), Problem> {
    let (rulebook, directory) = (&caller.law.rulebook, &caller.law.directory);
    for (id, field) in [(principal, "/principal_id"), (deputy, "/deputy_id")] {
        if directory.active(id).is_none() {
            return Err(Problem::from(Kind::ReferenceUnknown)
                .with_errors(vec![FieldError::new(field, FieldFault::UnknownReference)]));
        }
    }
    if principal != deputy && !stood_in_for(deputy, principal, rulebook, directory).is_empty() {
        return Ok(());
    }
    let refused = Problem::from(Kind::DelegationNotAllowed)
        .with_errors(vec![FieldError::new("/deputy_id", FieldFault::Inconsistent)]);
    // The clause that says who may, if the rulebook lets anybody.
    let who = rulebook
        .positions
        .iter()
        .find(|position| !position.acts_for.is_empty());
    Err(match who {
        Some(position) => refused.under(cited(&position.clause, Some(rulebook))),
        None => refused,
    })
}

fn answer(record: &DelegationRecord, desk: &Desk, caller: &Caller) -> Result<HttpResponse, Problem> {
    Ok(created(
        format!("/api/v1/delegations/{}", record.id),
        record.version,
        &Delegation::new(record, desk, caller)?,
    ))
}
