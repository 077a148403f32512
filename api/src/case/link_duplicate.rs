//! `link_duplicate`: link a duplicate.

use actix_web::{HttpResponse, post};
use domain::case::command::DuplicateLink;
use domain::case::{Case, Command};
use domain::ids::CaseId;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;
use validator::Validate;

use crate::case::ask::{Address, Ask};
use crate::case::order::{Order, find_case};
use crate::case::outcome::Outcome;
use crate::case::prefer::Prefer;
use crate::case::texts::Texts;
use crate::problem::{FieldError, FieldFault, Kind, Problem};
use crate::request::{IdempotencyKey, IfMatch, Json, Path};

/// Which case it repeats.
#[derive(Debug, Clone, Serialize, Deserialize, Validate, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(example = json!({"case_id": "dc9d0ed0-259a-5256-b046-bd86a756bddc", "reason": "同一笔扣款，前后两次来电"}))]
pub(crate) struct LinkDuplicate {
    /// The other case.
    case_id: Uuid,
    /// Why.
    #[validate(length(min = 1, max = 2000))]
    #[schema(min_length = 1, max_length = 2000)]
    reason: String,
}

/// Says that this case repeats another.
///
/// The other case must be one that the caller can see.
#[utoipa::path(
    tag = "intake",
    params(IfMatch, IdempotencyKey, Prefer),
    extensions(("x-problem-codes" = json!(["circular_link", "already_done", "reference_unknown"]))),
    responses((status = 200, description = "What it led to.", body = Outcome))
)]
#[post("/api/v1/cases/{case_id}/duplicate-links")]
pub(crate) async fn link_duplicate(
    case: Path<Uuid>,
    body: Json<LinkDuplicate>,
    order: Order,
) -> Result<HttpResponse, Problem> {
    let (Path(case), Json(body)) = (case, body);
    let other = CaseId(body.case_id);
    // The case itself comes first: who may not see it learns nothing about the other.
    find_case(&order.desk, &order.caller, CaseId(case)).await?;
    let repeated = find_case(&order.desk, &order.caller, other)
        .await
        .map_err(unknown_case)?;
    if leads_back(&order, repeated, CaseId(case)).await {
        return Err(Kind::CircularLink.into());
    }
    order.ask(Address::of(case), body).await
}

impl Ask for LinkDuplicate {
    const OPERATION: &'static str = "link_duplicate";

    fn command(self, _: &Address, texts: &mut Texts) -> Result<Command, Problem> {
        Ok(Command::LinkDuplicate(DuplicateLink {
            of: CaseId(self.case_id),
            reason: texts.keep("reason", self.reason),
        }))
    }
}

/// How many links are followed; a longer chain of repetitions is nobody's.
const LINKS_MAX: usize = 50;

/// Whether what is repeated itself repeats this case, over however many others.
async fn leads_back(order: &Order, repeated: Case, case: CaseId) -> bool {
    let mut next = vec![repeated];
    for _ in 0..LINKS_MAX {
        let Some(repeated) = next.pop() else {
            return false;
        };
        for of in repeated.duplicates_of {
            if of == case {
                return true;
            }
            // A case that the caller may not see ends the search: its links are not his to learn.
            if let Ok(found) = find_case(&order.desk, &order.caller, of).await {
                next.push(found);
            }
        }
    }
    false
}

/// A case in the body that this caller cannot see is an unknown reference, not an unknown address.
fn unknown_case(problem: Problem) -> Problem {
    if problem.kind() == Kind::NotFound {
        let error = FieldError::new("/case_id", FieldFault::UnknownReference);
        Problem::from(Kind::ReferenceUnknown).with_errors(vec![error])
    } else {
        problem
    }
}
