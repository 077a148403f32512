//! The rulebook that a body means: a text, or a version that is stored.

use std::sync::Arc;

use domain::rulebook::{Checked, ancestry, examine, read};

use super::finding::faulty;
use super::version::{ancestors_of, named};
use crate::caller::Caller;
use crate::desk::{Desk, apart};
use crate::problem::{FieldError, FieldFault, Kind, Problem};

/// What a body says of the rulebook it means.
pub(super) struct Meant<'b> {
    /// A TOML text.
    pub(super) text: Option<&'b str>,
    /// Instead of a text: the code of a rulebook that is stored.
    pub(super) code: Option<&'b str>,
    /// Its version.
    pub(super) version: Option<&'b str>,
}

impl Meant<'_> {
    /// The rulebook. A draft that does not pass the checker yet cannot be used.
    ///
    /// # Errors
    /// `body_invalid` unless it is either a text or a version; `reference_unknown`; `data_faulty` with every flaw.
    pub(super) async fn find(&self, desk: &Desk, caller: &Caller) -> Result<Arc<Checked>, Problem> {
        let (text, ancestors) = match (self.text, self.code, self.version) {
            (Some(text), None, None) => (text.to_owned(), None),
            (None, Some(code), Some(version)) => {
                let unknown = |problem: Problem| match problem.kind() {
                    Kind::NotFound => Problem::from(Kind::ReferenceUnknown)
                        .with_errors(vec![FieldError::new("/version", FieldFault::UnknownReference)]),
                    _ => problem,
                };
                let record = named(desk, caller, code, version).await.map_err(unknown)?;
                if let Some(ready) = desk.rulebook(code, version).await? {
                    return Ok(ready);
                }
                let ancestors = ancestors_of(&record)?;
                (record.body, Some(ancestors))
            }
            _ => {
                let error = FieldError::new("/text", FieldFault::Inconsistent);
                return Err(Problem::body_invalid(vec![error]));
            }
        };
        apart(move || match ancestors {
            Some(ancestors) => examine(&text, &ancestors),
            None => examine(&text, &ancestry(&read(&text)?)),
        })
        .await?
        .map(Arc::new)
        .map_err(|flaws| faulty(Kind::DataFaulty, flaws))
    }
}
