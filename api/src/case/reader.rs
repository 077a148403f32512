//! Somebody who reads cases: what every handler that changes nothing works with.

use std::collections::BTreeMap;
use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use chrono::TimeDelta;
use domain::authority::{reads, sight};
use domain::case::Case;
use domain::ids::CaseId;
use domain::rulebook::Reads;
use persistence::access_log::NewReading;
use persistence::access_log::ReadingKind;
use persistence::case::KeptEntry;
use serde::Serialize;
use uuid::Uuid;

use crate::caller::Caller;
use crate::case::order::find_case;
use crate::case::tellers::{Tellers, UnderVersion};
use crate::case::view::Teller;
use crate::desk::Desk;
use crate::directory::Directory;
use crate::language::Language;
use crate::page::List;
use crate::password::random;
use crate::problem::{Kind, Problem};
use crate::trail::Trail;

/// How many entries of a case's book are read in one question.
const ENTRIES_AT_ONCE: u32 = 500;

/// For how long a stated reason opens a case to who stated it.
pub(crate) const OPENED_FOR: TimeDelta = TimeDelta::minutes(30);

/// Somebody who reads.
pub(crate) struct Reader {
    pub(crate) desk: Data<Desk>,
    pub(crate) caller: Caller,
    language: Language,
    operation: String,
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
            operation: request
                .app_data::<Data<Directory>>()
                .and_then(|directory| directory.operation_of(request))
                .unwrap_or_default()
                .to_owned(),
        })
    }

    /// The case, if this caller may see it. Where the rulebook wants readings to leave a trace, this one has left it.
    ///
    /// # Errors
    /// `not_found` where there is none for this caller; `reading_not_opened` where a reason must be stated first.
    pub(crate) async fn case(&self, case: Uuid) -> Result<Case, Problem> {
        let case = self.seen(case).await?;
        let teller = self.teller_of(&case).await?;
        self.leave_a_trace(&case, &teller).await?;
        Ok(case)
    }

    /// The case, if this caller may see it, for an answer that tells nothing of what is in it.
    ///
    /// # Errors
    /// `not_found` where there is none for this caller.
    pub(crate) async fn seen(&self, case: Uuid) -> Result<Case, Problem> {
        find_case(&self.desk, &self.caller, CaseId(case)).await
    }

    /// As [`Reader::case`], and who tells about it.
    ///
    /// # Errors
    /// As [`Reader::case`].
    pub(crate) async fn told_case(&self, case: Uuid) -> Result<(Case, Teller), Problem> {
        let (case, teller) = Teller::find(&self.desk, &self.caller, self.language, CaseId(case)).await?;
        self.leave_a_trace(&case, &teller).await?;
        Ok((case, teller))
    }

    /// Enters the reading of a case in the access log, where the rulebook wants that.
    async fn leave_a_trace(&self, case: &Case, teller: &Teller) -> Result<(), Problem> {
        // What was open for a while may be over, before anybody has noted it beside the case.
        if !sight(case, &teller.context()).admits(&self.caller.keys) {
            return Err(Kind::NotFound.into());
        }
        match reads(case, &teller.context()) {
            None => Ok(()),
            Some(Reads::Logged) => self.enter(case, ReadingKind::Case).await,
            Some(Reads::LoggedWithReason) => {
                let (office, of, staff) = (case.office.0, case.id.0, self.caller.staff_id.0);
                let opened = self
                    .desk
                    .blocking(move |archive| archive.last_opening(office, of, staff))
                    .await?;
                if opened.is_none_or(|at| self.desk.now() >= at + OPENED_FOR) {
                    return Err(Kind::ReadingNotOpened.into());
                }
                self.enter(case, ReadingKind::Case).await
            }
        }
    }

    /// Enters a reading; when this returns it is durable, and what was read may be shown.
    ///
    /// # Errors
    /// As [`Desk::blocking`].
    pub(crate) async fn enter(&self, case: &Case, kind: ReadingKind) -> Result<(), Problem> {
        self.enter_with(case, kind, None).await
    }

    /// The same with the reason that was stated.
    ///
    /// # Errors
    /// As [`Desk::blocking`].
    pub(crate) async fn enter_with(
        &self,
        case: &Case,
        kind: ReadingKind,
        reason: Option<String>,
    ) -> Result<(), Problem> {
        let reading = NewReading {
            office_id: case.office.0,
            case_id: case.id.0,
            staff_id: self.caller.staff_id.0,
            kind,
            operation: self.operation.clone(),
            at: self.desk.now(),
            reason: reason.map(|words| (words, random::<32>().to_vec())),
        };
        self.desk.readings.enter(&self.desk.archive, reading).await
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
    pub(crate) async fn teller_under(&self, version: &UnderVersion) -> Result<Teller, Problem> {
        Teller::under(&self.desk, &self.caller, self.language, version).await
    }

    /// Who tells about cases that live under these versions.
    ///
    /// # Errors
    /// As [`Tellers::of`].
    pub(crate) async fn tellers(&self, under: BTreeMap<CaseId, UnderVersion>) -> Result<Tellers, Problem> {
        Tellers::of(&self.desk, &self.caller, self.language, under).await
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
