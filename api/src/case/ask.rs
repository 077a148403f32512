//! What somebody asks for: a body that becomes a command on a case.
//!
//! The handler of an operation and a dry run turn the same body into the same command, by the same function. A handler
//! says only what the request's address names and hands the rest to [`Order::ask`](super::order::Order::ask).

use domain::case::{Case, Command};
use domain::ids::CaseId;
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;
use validator::Validate;

use crate::case::texts::Texts;
use crate::problem::Problem;

/// A body that asks for a command.
pub(crate) trait Ask: Serialize + DeserializeOwned + Validate {
    /// The id of its operation.
    const OPERATION: &'static str;

    /// The command, people's words put aside.
    ///
    /// # Errors
    /// `body_invalid` for what no schema can say.
    fn command(self, address: &Address, texts: &mut Texts) -> Result<Command, Problem>;
}

/// What a command is on, besides what its body says.
pub(crate) struct Address<'a> {
    /// The case; one that is opened is new.
    pub(crate) case: CaseId,
    /// The thing of the case that the path names; nil where it names none.
    pub(crate) target: Uuid,
    /// The number that a registration gives; empty elsewhere.
    pub(crate) case_no: String,
    /// The case as it is known, where the command depends on it.
    pub(crate) known: Option<&'a Case>,
}

impl Address<'static> {
    /// A case.
    pub(crate) fn of(case: Uuid) -> Self {
        Self::of_thing(case, Uuid::nil())
    }

    /// A thing of a case.
    pub(crate) fn of_thing(case: Uuid, target: Uuid) -> Self {
        Self {
            case: CaseId(case),
            target,
            case_no: String::new(),
            known: None,
        }
    }

    /// A case that gets this number.
    pub(crate) fn numbered(case: CaseId, case_no: String) -> Self {
        Self {
            case_no,
            ..Self::of(case.0)
        }
    }
}
