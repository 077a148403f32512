//! What can go wrong between a question and the archive's answer.
//!
//! A variant says what the caller can do about it. `Display` never repeats its source: the source is for the log,
//! written once, at the border of the service, and never for a client.

use diesel::result::{DatabaseErrorKind, Error as DieselError};
use thiserror::Error;
use uuid::Uuid;

/// The cause below an error of the archive.
pub type Cause = Box<dyn std::error::Error + Send + Sync>;

/// Why the archive did not do what it was asked.
#[derive(Debug, Error)]
pub enum StoreError {
    /// The database cannot be reached, or was lost on the way: wait and ask again. A write that ends so may have
    /// been committed; whoever repeats it finds that out by its key or by the version.
    #[error("the database cannot be reached")]
    Unavailable(#[source] Cause),
    /// The database answers, but somebody held a lock for too long: wait and ask again. Nothing was changed.
    #[error("the database is busy")]
    Busy(#[source] Cause),
    /// What was asked contradicts what is kept. Nothing was changed.
    #[error("{0}")]
    Conflict(Conflict),
    /// The row has moved on since the caller read it. Nothing was changed.
    #[error("the version is stale")]
    Stale {
        /// The version it has now.
        current: i64,
    },
    /// What the call changes or refers to does not exist in this office. Nothing was changed.
    #[error("no such {0}")]
    Missing(Thing),
    /// A row that cannot be understood: neither absent nor well. It needs a person.
    #[error("a row of {table} cannot be read")]
    Corrupt {
        /// The table it stands in.
        table: &'static str,
        /// The row, where it is known.
        id: Option<Uuid>,
        /// What is wrong with it; for the log.
        reason: String,
    },
    /// What was asked for is sealed under a master key that this process was not given: nothing is told, in part or
    /// whole. It needs a person.
    #[error("the master key {master_key} is missing")]
    KeyMissing {
        /// Its name.
        master_key: String,
    },
    /// The database refused a statement that it should have taken: a defect of this service.
    #[error("the database refused a statement")]
    Failed(#[source] Cause),
}

/// What stands against a change of the register.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum Conflict {
    /// Another office of this installation has the code.
    #[error("the office's code is taken")]
    OfficeCode,
    /// Another unit of the office has the code.
    #[error("the unit's code is taken")]
    UnitCode,
    /// Another window of the office has the code.
    #[error("the window's code is taken")]
    WindowCode,
    /// Somebody in this installation has the user name.
    #[error("the user name is taken")]
    UserName,
    /// A row with this id exists already.
    #[error("the id is taken")]
    Id,
    /// The unit would stand above itself.
    #[error("the unit would stand above itself")]
    UnitAboveItself,
    /// The office would be left without an active administrator.
    #[error("the office would have no administrator")]
    LastAdministrator,
    /// Whoever is to be deactivated still holds open duties.
    #[error("open duties remain")]
    DutiesRemain,
    /// This version of the calendar is published with other contents.
    #[error("this version of the calendar has other contents")]
    CalendarVersion,
    /// An import that concerns the same offices is under way.
    #[error("an import of the calendar is under way")]
    ImportUnderWay,
    /// A calendar that the import concerns has another version than the one it was tried on.
    #[error("the calendar has changed since the import was tried")]
    ImportOutdated,
    /// The rulebook has this version already.
    #[error("the rulebook has this version already")]
    RulebookVersion,
    /// Another case of the office has the number.
    #[error("the case's number is taken")]
    CaseNumber,
    /// Somebody else acts for the same person at the time already.
    #[error("somebody acts for this person at that time")]
    Delegated,
    /// The provider's subject signs in as somebody already.
    #[error("the subject is linked already")]
    Subject,
    /// The key was used before: look its answer up.
    #[error("the key has been used")]
    Key,
}

/// A kind of thing that the archive keeps, as named in an error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::Display)]
#[strum(serialize_all = "lowercase")]
pub enum Thing {
    /// An office.
    Office,
    /// A unit of an office.
    Unit,
    /// A service window.
    Window,
    /// A member of staff.
    #[strum(serialize = "member of staff")]
    StaffMember,
    /// A delegation.
    Delegation,
    /// A version of a rulebook.
    #[strum(serialize = "version of a rulebook")]
    RulebookVersion,
    /// A calendar.
    Calendar,
    /// An import of a calendar.
    #[strum(serialize = "import of a calendar")]
    CalendarImport,
    /// A machine client.
    #[strum(serialize = "machine client")]
    Client,
    /// A link to a provider's subject.
    #[strum(serialize = "link to a subject")]
    SignInLink,
}

impl From<DieselError> for StoreError {
    fn from(error: DieselError) -> Self {
        match error {
            DieselError::DatabaseError(
                DatabaseErrorKind::ClosedConnection
                | DatabaseErrorKind::ReadOnlyTransaction
                | DatabaseErrorKind::UnableToSendCommand,
                _,
            )
            | DieselError::BrokenTransactionManager => Self::Unavailable(error.into()),
            DieselError::DatabaseError(DatabaseErrorKind::SerializationFailure, _) => {
                Self::Busy(error.into())
            }
            DieselError::DatabaseError(DatabaseErrorKind::Unknown, ref information)
                if waited_in_vain(information.message()) =>
            {
                Self::Busy(error.into())
            }
            DieselError::DeserializationError(reason) => Self::Corrupt {
                table: UNNAMED,
                id: None,
                reason: reason.to_string(),
            },
            other => Self::Failed(other.into()),
        }
    }
}

/// What stands for the table until somebody knows it: diesel reports the field, and not whose it is.
const UNNAMED: &str = "an unnamed table";

impl StoreError {
    /// Names the table that the failed question was about.
    pub(crate) fn about(self, asked: &'static str) -> Self {
        match self {
            Self::Corrupt {
                table: UNNAMED,
                id,
                reason,
            } => Self::Corrupt {
                table: asked,
                id,
                reason,
            },
            other => other,
        }
    }
}

/// Whether a message speaks of a lock that was not got in time. The client library hands out no error code, so the
/// words are all there is; a server that speaks another language gives [`StoreError::Failed`] instead.
fn waited_in_vain(message: &str) -> bool {
    const WORDS: [&str; 5] = [
        "database is locked",
        "database table is locked",
        "lock timeout",
        "statement timeout",
        "deadlock detected",
    ];
    WORDS.iter().any(|words| message.contains(words))
}

/// Reads a violated uniqueness as the one that the statement can violate. SQLite does not name the constraint, so
/// the name is never asked for.
pub(crate) fn taken(error: DieselError, what: Conflict) -> StoreError {
    match error {
        DieselError::DatabaseError(DatabaseErrorKind::UniqueViolation, _) => StoreError::Conflict(what),
        other => other.into(),
    }
}
