//! Who asks: read from the database at each request, never from the token.
//!
//! [`recognise`] stands around all operations. It reads off the contract which of them are open to anyone; for the
//! others it finds the caller before anything else of the request is looked at, because nobody unknown is told
//! what is wrong with a body. A handler takes the [`Caller`] as an argument.

use std::collections::BTreeSet;
use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::header::{AUTHORIZATION, HeaderMap};
use actix_web::middleware::Next;
use actix_web::web::Data;
use actix_web::{Error, FromRequest, HttpMessage, HttpRequest};
use domain::authority::{SightKey, keys};
use domain::delegation::places;
use domain::ids::{OfficeId, StaffId, UnitId};
use domain::words::PositionName;
use persistence::law::Law;
use persistence::session::CallerRecord;
use uuid::Uuid;

use crate::desk::{Desk, NoLaw};
use crate::directory::Directory;
use crate::problem::{Kind, Problem};
use crate::token::{Bearer, Refused};

/// A member of staff with a session that counts.
#[derive(Clone)]
pub struct Caller {
    /// Who it is.
    pub staff_id: StaffId,
    /// Their office.
    pub office_id: OfficeId,
    /// The office's code.
    pub office_code: String,
    /// The session.
    pub session_id: Uuid,
    /// The log-in that the session goes back to.
    pub family_id: Uuid,
    /// The name they log in with.
    pub user_name: String,
    /// Their name.
    pub name: String,
    /// The positions they hold that the rulebook knows.
    pub positions: Vec<PositionName>,
    /// The unit they belong to.
    pub unit_id: Option<UnitId>,
    /// Whether they administer the office.
    pub administrator: bool,
    /// Whether they operate the installation.
    pub operator: bool,
    /// Whether they must choose a new password.
    pub password_must_change: bool,
    /// What a machine may do besides its positions' saying so; absent for people, whom no scope narrows.
    pub scopes: Option<Vec<String>>,
    /// What holds in their office.
    pub law: Arc<Law>,
    /// In whose place they act just now, and in which positions.
    pub acts_for: Vec<(StaffId, BTreeSet<PositionName>)>,
    /// What opens cases to them.
    pub keys: BTreeSet<SightKey>,
}

impl Caller {
    /// Lets pass who administers the office.
    ///
    /// # Errors
    /// `not_permitted`.
    pub fn administers(&self) -> Result<(), Problem> {
        permitted(self.administrator)
    }

    /// Lets pass who operates the installation.
    ///
    /// # Errors
    /// `not_permitted`.
    pub fn operates(&self) -> Result<(), Problem> {
        permitted(self.operator)
    }

    /// The positions they hold, and those in which they act for others just now.
    pub fn positions_held(&self) -> Vec<PositionName> {
        let others = self.acts_for.iter().flat_map(|(_, positions)| positions);
        self.positions.iter().chain(others).cloned().collect()
    }

    fn new(record: CallerRecord, law: Arc<Law>, now: chrono::DateTime<chrono::Utc>) -> Result<Self, Problem> {
        let scopes: Option<Vec<String>> = record
            .session
            .scopes
            .map(|scopes| serde_json::from_str(&scopes))
            .transpose()
            .map_err(Problem::internal)?;
        let person = scopes.is_none();
        let staff_id = StaffId(record.staff_member.id);
        let member = law.directory.active(staff_id);
        Ok(Self {
            staff_id,
            office_id: OfficeId(record.session.office_id),
            office_code: record.office.code,
            session_id: record.session.id,
            family_id: record.session.family_id,
            user_name: record.staff_member.user_name,
            name: record.staff_member.name,
            positions: member.map(|member| member.positions.clone()).unwrap_or_default(),
            unit_id: record.staff_member.unit_id.map(UnitId),
            // No machine administers, whatever its row says.
            administrator: record.staff_member.administrator && person,
            operator: record.staff_member.operator && person,
            // Whom a provider vouches for may never have had a password to change.
            password_must_change: record.staff_member.password_must_change
                && record.session.provider.is_none(),
            scopes,
            acts_for: places(staff_id, &law.rulebook, &law.directory, now)
                .map(|place| (place.principal, place.positions))
                .collect(),
            keys: keys(staff_id, &law.rulebook, &law.directory, now),
            law,
        })
    }

    /// Lets pass a person, and a machine whose scopes name the operation or its tag.
    fn within_scope(&self, operation: &str, tag: &str) -> Result<(), Problem> {
        let Some(scopes) = &self.scopes else {
            return Ok(());
        };
        let named = scopes.iter().any(|scope| scope == operation || scope == tag);
        if FOR_EVERY_MACHINE.contains(&operation) || (named && open_to_machines(tag)) {
            Ok(())
        } else {
            Err(Kind::OutsideScope.into())
        }
    }
}

fn permitted(may: bool) -> Result<(), Problem> {
    if may {
        Ok(())
    } else {
        Err(Kind::NotPermitted.into())
    }
}

impl FromRequest for Caller {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        let known = request.extensions().get::<Self>().cloned();
        // Absent only when an operation takes a caller and says in the contract that anyone may call it.
        ready(known.ok_or_else(|| Kind::Unauthenticated.into()))
    }
}

/// The middleware that finds the caller of every operation that is not open to anyone; see the module.
///
/// # Errors
/// Whatever the operation itself fails with.
pub async fn recognise<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let closed = request
        .app_data::<Data<Directory>>()
        .is_some_and(|directory| directory.is_closed(&request));
    if closed {
        match caller_of(&request).await {
            Ok(caller) if caller.password_must_change && !serves_before_the_change(&request) => {
                return Ok(request.error_response(Problem::from(Kind::PasswordChangeRequired)));
            }
            Ok(caller) => {
                let outside = request
                    .app_data::<Data<Directory>>()
                    .and_then(|directory| directory.tagged(&request))
                    .and_then(|(operation, tag)| caller.within_scope(operation, tag).err());
                if let Some(problem) = outside {
                    return Ok(request.error_response(problem));
                }
                request.extensions_mut().insert(caller);
            }
            Err(problem) => return Ok(request.error_response(problem)),
        }
    }
    next.call(request).await.map(ServiceResponse::map_into_boxed_body)
}

/// What is open to somebody who still has a password that another person chose.
pub(crate) const BEFORE_THE_CHANGE: [&str; 3] = ["change_password", "get_session", "log_out"];

/// What every machine may call: who it is, and to leave.
pub(crate) const FOR_EVERY_MACHINE: [&str; 2] = ["get_session", "log_out"];

/// Whether a scope may name an operation under this tag: who somebody is, and who else may come in, is for people.
pub(crate) fn open_to_machines(tag: &str) -> bool {
    tag != "sessions"
}

fn serves_before_the_change(request: &ServiceRequest) -> bool {
    request
        .app_data::<Data<Directory>>()
        .and_then(|directory| directory.operation(request))
        .is_some_and(|id| BEFORE_THE_CHANGE.contains(&id))
}

/// Whom the token of a request speaks for. The database is not asked, and the token is looked at once.
///
/// # Errors
/// `unauthenticated` without a token that is good now.
pub(crate) fn bearer_of(request: &ServiceRequest) -> Result<Bearer, Problem> {
    let known = request.extensions().get::<Bearer>().copied();
    if let Some(bearer) = known {
        return Ok(bearer);
    }
    let token = bearer_token(request.headers()).ok_or(Kind::Unauthenticated)?;
    let desk = desk_of(request)?;
    let bearer = desk
        .token_key
        .verify(token, desk.watch.now())
        .map_err(unauthenticated)?;
    request.extensions_mut().insert(bearer);
    Ok(bearer)
}

fn desk_of(request: &ServiceRequest) -> Result<&Data<Desk>, Problem> {
    request
        .app_data::<Data<Desk>>()
        .ok_or_else(|| Problem::internal("the application has no desk"))
}

async fn caller_of(request: &ServiceRequest) -> Result<Caller, Problem> {
    let bearer = bearer_of(request)?;
    let desk = desk_of(request)?;
    let now = desk.watch.now();
    let (record, law) = desk
        .callers
        .find(&desk.archive, bearer.session_id)
        .await?
        .filter(|(record, _)| record.session.staff_id == bearer.staff_id && speaks(record, now))
        .ok_or(Kind::Unauthenticated)?;
    let law = law.ok_or_else(|| Problem::internal(NoLaw(OfficeId(record.session.office_id))))?;
    Caller::new(record, law, desk.now())
}

/// The same caller as the archive has them now; none once their session is over.
///
/// # Errors
/// As every question to the archive.
pub(crate) async fn still(desk: &Desk, caller: &Caller) -> Result<Option<Caller>, Problem> {
    let found = desk.callers.find(&desk.archive, caller.session_id).await?;
    let now = desk.watch.now();
    Ok(match found {
        Some((record, Some(law))) if speaks(&record, now) && !record.staff_member.password_must_change => {
            Some(Caller::new(record, law, desk.now())?)
        }
        Some(_) | None => None,
    })
}

fn unauthenticated(cause: Refused) -> Problem {
    Problem::from(Kind::Unauthenticated).caused_by(cause)
}

/// Whether a session still speaks for its member of staff.
pub(crate) fn speaks(record: &CallerRecord, now: chrono::DateTime<chrono::Utc>) -> bool {
    record.session.ended_at.is_none()
        && record.session.expires_at > now
        && record.staff_member.active
        && record.office.active
}

/// The token of the one `Authorization: Bearer …` header.
fn bearer_token(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(AUTHORIZATION);
    let value = values.next()?.to_str().ok()?;
    if values.next().is_some() {
        return None;
    }
    let (scheme, token) = value.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn a_token_is_taken_from_one_bearer_header_only() {
        let token = |values: &[&str]| {
            let request = values.iter().fold(TestRequest::default(), |request, value| {
                request.append_header((AUTHORIZATION, *value))
            });
            bearer_token(request.to_http_request().headers()).map(str::to_owned)
        };
        assert_eq!(token(&["Bearer abc"]).as_deref(), Some("abc"));
        assert_eq!(token(&["bearer abc"]).as_deref(), Some("abc"));
        for bad in [&[][..], &["abc"], &["Basic abc"], &["Bearer a", "Bearer a"]] {
            assert_eq!(token(bad), None, "{bad:?}");
        }
    }
}
