//! Somebody who reads cases: what every handler that changes nothing works with.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use domain::case::Case;
use domain::ids::CaseId;
use persistence::case::KeptEntry;
use serde::Serialize;
use uuid::Uuid;

use crate::caller::Caller;
use crate::case::order::find_case;
use crate::case::view::Teller;
use crate::desk::{Desk, NoLaw};
use crate::language::Language;
use crate::page::List;
use crate::problem::Problem;
use crate::trail::Trail;

/// How many entries of a case's book are read in one question.
const ENTRIES_AT_ONCE: u32 = 500;

/// Somebody who reads.
pub(crate) struct Reader {
    pub(crate) desk: Data<Desk>,
    pub(crate) caller: Caller,
    language: Language,
}

impl FromRequest for Reader {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Self::read(request, payload))
    }
}

impl Reader {
    fn read(request: &HttpRequest, payload: &mut Payload) -> Result<Self, Problem> {
        let desk = request
            .app_data::<Data<Desk>>()
            .cloned()
            .ok_or_else(|| Problem::internal("the application has no desk"))?;
        Ok(Self {
            desk,
            caller: Caller::from_request(request, payload).into_inner()?,
            language: Trail::from_request(request, payload).into_inner()?.language,
        })
    }

    /// The case, if this caller may see it.
    ///
    /// # Errors
    /// `not_found` where there is none for this caller.
    pub(crate) async fn case(&self, case: Uuid) -> Result<Case, Problem> {
        find_case(&self.desk, &self.caller, CaseId(case)).await
    }

    /// The case, if this caller may see it, and who tells about it.
    ///
    /// # Errors
    /// `not_found` where there is none for this caller.
    pub(crate) async fn told_case(&self, case: Uuid) -> Result<(Case, Teller), Problem> {
        Teller::find(&self.desk, &self.caller, self.language, CaseId(case)).await
    }

    /// Who tells about the office.
    pub(crate) fn teller(&self) -> Teller {
        Teller::of_office(&self.desk, &self.caller, self.language)
    }

    /// Who tells about a case: in the words of the version that it lives under.
    ///
    /// # Errors
    /// As [`Desk::law_of`].
    pub(crate) async fn teller_of(&self, case: &Case) -> Result<Teller, Problem> {
        let mut teller = self.teller();
        teller.law = self.desk.law_of(&self.caller.law, case).await?;
        Ok(teller)
    }

    /// Who tells about a case that lives under this version of a rulebook (its code and its version).
    ///
    /// # Errors
    /// As [`Desk::blocking`]; `internal_error` when the version is not kept.
    pub(crate) async fn teller_under(&self, (code, version): &(String, String)) -> Result<Teller, Problem> {
        let mut teller = self.teller();
        if !teller.law.runs(code, version) {
            let rulebook = self.desk.rulebook(code, version).await?;
            let rulebook = rulebook.ok_or_else(|| Problem::internal(NoLaw(self.caller.office_id)))?;
            teller.law = Arc::new(teller.law.under(rulebook));
        }
        Ok(teller)
    }

    /// The list that a cursor of this caller belongs to.
    pub(crate) fn list<'a, F: Serialize>(&self, name: &'a str, filters: &'a F) -> List<'a, F> {
        List {
            name,
            caller: self.caller.staff_id.0,
            filters,
        }
    }

    /// Up to `limit` entries of the case's book after a number that are `wanted`, oldest first.
    ///
    /// # Errors
    /// As [`Desk::asking_for_cases`].
    pub(crate) async fn entries(
        &self,
        case: CaseId,
        after: u64,
        limit: u32,
        wanted: impl Fn(&KeptEntry) -> bool,
    ) -> Result<Vec<KeptEntry>, Problem> {
        let office = self.caller.office_id;
        let limit = usize::try_from(limit).unwrap_or(usize::MAX);
        let (mut after, mut found) = (after, Vec::new());
        loop {
            let entries = self
                .desk
                .asking_for_cases(move |cases| cases.case_entries(office, case, after, ENTRIES_AT_ONCE))
                .await?;
            let Some(last) = entries.last().map(|kept| kept.entry.sequence) else {
                return Ok(found);
            };
            let ended = u32::try_from(entries.len()).is_ok_and(|read| read < ENTRIES_AT_ONCE);
            found.extend(entries.into_iter().filter(&wanted));
            found.truncate(limit);
            if ended || found.len() == limit {
                return Ok(found);
            }
            after = last;
        }
    }
}

/// An answer with the version that `If-Match` names.
pub(crate) fn versioned(version: u64, view: &impl Serialize) -> HttpResponse {
    HttpResponse::Ok()
        .insert_header((header::ETAG, format!("\"{version}\"")))
        .json(view)
}
