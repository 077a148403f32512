//! An order: a command as somebody puts it to the desk, with everything around the body that it needs.
//!
//! A handler turns its body into a [`Command`] and the texts beside it; the order knows who asks, under which key
//! the call may be repeated, which version was read, and how the answer is wanted.

use std::future::{Ready, ready};
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::header::{self, HeaderValue};
use actix_web::web::Data;
use actix_web::{FromRequest, HttpRequest, HttpResponse};
use domain::authority::{reads, sight};
use domain::case::decide::Actor;
use domain::case::{Act, Case, Command};
use domain::ids::CaseId;
use domain::rulebook::Reads;
use persistence::case::{Accepted, CaseText, Key, Remembered, Submission};
use serde::Serialize;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use crate::caller::Caller;
use crate::case::ask::{Address, Ask};
use crate::case::outcome::{Outcome, Receipt};
use crate::case::prefer::Prefer;
use crate::case::texts::{Texts, new_id};
use crate::case::view::{CaseView, Teller, address};
use crate::desk::Desk;
use crate::language::Language;
use crate::problem::{Kind, Problem};
use crate::request::{IdempotencyKey, IfMatch};
use crate::trail::Trail;

/// Somebody's order to the desk.
pub(crate) struct Order {
    pub(crate) desk: Data<Desk>,
    pub(crate) caller: Caller,
    language: Language,
    key: Option<String>,
    version: Result<IfMatch, Problem>,
    prefer: Prefer,
    path: String,
}

impl FromRequest for Order {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        ready(Self::read(request, payload))
    }
}

impl Order {
    fn read(request: &HttpRequest, payload: &mut Payload) -> Result<Self, Problem> {
        let desk = request
            .app_data::<Data<Desk>>()
            .cloned()
            .ok_or_else(|| Problem::internal("the application has no desk"))?;
        Ok(Self {
            desk,
            caller: Caller::from_request(request, payload).into_inner()?,
            language: Trail::from_request(request, payload).into_inner()?.language,
            key: IdempotencyKey::from_request(request, payload).into_inner()?.0,
            // Judged only once the order needs one: what merely adds to the file never does.
            version: IfMatch::from_request(request, payload).into_inner(),
            prefer: Prefer::from_request(request, payload).into_inner()?,
            path: request.path().to_owned(),
        })
    }

    /// The language of the answer.
    pub(crate) fn language(&self) -> Language {
        self.language
    }

    /// The texts of this order, none yet.
    fn texts(&self) -> Texts {
        Texts::at(self.desk.now())
    }

    /// The id of a case that this order opens.
    pub(crate) fn new_case(&self) -> CaseId {
        CaseId(new_id(self.desk.now()))
    }

    /// A number for the case.
    ///
    /// # Errors
    /// As [`Desk::next_case_no`].
    pub(crate) async fn next_case_no(&self) -> Result<String, Problem> {
        self.desk
            .next_case_no(self.caller.office_id, &self.caller.law)
            .await
    }

    /// What is asked, for whoever repeats it: the address and the body, in one canonical form.
    fn fingerprint(&self, body: &impl Serialize) -> [u8; 32] {
        // A body that was read is written in the order of its type, so equal bodies have equal bytes whatever their
        // order was.
        let canonical = serde_json::to_vec(body).unwrap_or_default();
        Sha256::new()
            .chain_update(&self.path)
            .chain_update([0])
            .chain_update(canonical)
            .finalize()
            .into()
    }

    /// Turns the body into its command, puts it to the desk and answers with its outcome.
    ///
    /// # Errors
    /// What is wrong with the body, and every reason why it was not accepted, with the clause where a rule refused.
    pub(crate) async fn ask<A: Ask>(self, address: Address<'_>, body: A) -> Result<HttpResponse, Problem> {
        let fingerprint = self.fingerprint(&body);
        let mut texts = self.texts();
        let case = address.case.0;
        let command = body.command(&address, &mut texts)?;
        self.carry_out(A::OPERATION, fingerprint, case, command, texts)
            .await
    }

    async fn carry_out(
        self,
        operation: &'static str,
        fingerprint: [u8; 32],
        case: Uuid,
        command: Command,
        texts: Texts,
    ) -> Result<HttpResponse, Problem> {
        let act = command.act();
        let opens = matches!(act, Act::Receive | Act::Register);
        let expected_version = if opens || act.only_adds() {
            None
        } else {
            let IfMatch(version) = self.version?;
            Some(u64::try_from(version).map_err(|_| Problem::from(Kind::VersionRequired))?)
        };
        let caller = self.caller.staff_id.to_string();
        let texts = texts.into_kept();
        // Of a case that is opened here these are all the words there are.
        let words = texts.clone();
        let actor = match act {
            // Given by no position: whoever administers the office, which the handler has seen to.
            Act::MoveToVersion => Actor::Administrator(self.caller.staff_id),
            _ => Actor::Staff(self.caller.staff_id),
        };
        let submission = Submission {
            office: self.caller.office_id,
            case: CaseId(case),
            actor,
            command,
            texts,
            expected_version,
            key: self.key.map(|key| Key {
                caller,
                operation: operation.to_owned(),
                key,
                request_hash: fingerprint,
            }),
            now: self.desk.now(),
        };
        let accepted = self.desk.submit(submission).await?;
        let answering = Answering {
            desk: &self.desk,
            caller: &self.caller,
            language: self.language,
            minimal: self.prefer.minimal,
            opens,
            words,
        };
        answering.answer(accepted).await
    }
}

/// How the answer to an order is wanted.
struct Answering<'a> {
    desk: &'a Desk,
    caller: &'a Caller,
    language: Language,
    minimal: bool,
    opens: bool,
    words: Vec<CaseText>,
}

impl Answering<'_> {
    async fn answer(self, accepted: Accepted) -> Result<HttpResponse, Problem> {
        let (remembered, case, replayed) = match accepted {
            Accepted::Done { remembered, case } => (remembered, case, false),
            Accepted::Replayed { remembered } => {
                // Whoever may no longer see the case is not told what became of it.
                let case = find_case(self.desk, self.caller, remembered.case).await?;
                (remembered, Arc::new(case), true)
            }
        };
        let (opens, minimal) = (self.opens, self.minimal);
        let outcome = self.outcome(&remembered, &case).await?;
        let mut response = if opens {
            HttpResponse::Created()
        } else {
            HttpResponse::Ok()
        };
        response.insert_header((header::ETAG, format!("\"{}\"", outcome.version)));
        if opens {
            response.insert_header((header::LOCATION, address(remembered.case)));
        }
        if replayed {
            response.insert_header(("Idempotency-Replayed", HeaderValue::from_static("true")));
        }
        if minimal {
            response.insert_header(("Preference-Applied", HeaderValue::from_static("return=minimal")));
        }
        Ok(response.json(outcome))
    }

    async fn outcome(self, remembered: &Remembered, case: &Case) -> Result<Outcome, Problem> {
        if self.minimal && !self.opens {
            return Ok(Outcome::new(remembered, None, None));
        }
        let teller = Teller::knowing(self.words, self.desk, self.caller, self.language, case).await?;
        let receipt = self.opens.then(|| Receipt::new(case, &teller));
        let context = teller.context();
        // What is read only for a stated reason is not shown in passing; what else is read here has left its trace in
        // the event of the command.
        let shown = !self.minimal
            && sight(case, &context).admits(&self.caller.keys)
            && reads(case, &context) != Some(Reads::LoggedWithReason);
        Ok(Outcome::new(
            remembered,
            receipt,
            shown.then(|| CaseView::new(case, &teller)),
        ))
    }
}

/// The case, if this caller may see it.
///
/// # Errors
/// `not_found` where there is none for this caller.
pub(crate) async fn find_case(desk: &Desk, caller: &Caller, case: CaseId) -> Result<Case, Problem> {
    let (office, keys) = (caller.office_id, caller.keys.clone());
    desk.asking_for_cases(move |cases| cases.find_case(office, case, &keys))
        .await?
        .ok_or_else(|| Kind::NotFound.into())
}
