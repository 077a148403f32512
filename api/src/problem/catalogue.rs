//! Every kind of problem. The codes are frozen once shipped; their statuses and words are in [`words`].

use actix_web::http::StatusCode;
use strum::{EnumIter, IntoStaticStr};

use super::words;
use crate::language::Text;

/// A kind of problem. The general ones come first, then the refusals that only some operations have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, EnumIter, IntoStaticStr, strum::EnumString)]
#[strum(serialize_all = "snake_case")]
pub enum Kind {
    /// The request cannot be read.
    MalformedRequest,
    /// The cursor is not one of this list, its filters and this caller.
    CursorInvalid,
    /// No session, or one that has ended.
    Unauthenticated,
    /// The position lacks the permission, or its reach ends before this case.
    NotPermitted,
    /// It does not exist, or not for this caller.
    NotFound,
    /// The address exists, but has other methods.
    MethodNotAllowed,
    /// The case is not in a status in which this act exists.
    WrongStatus,
    /// The same idempotency key is being worked on.
    IdempotencyInProgress,
    /// Somebody changed it since it was read.
    VersionStale,
    /// The body is larger than this operation takes.
    BodyTooLarge,
    /// The body has another media type than this operation takes.
    MediaTypeNotSupported,
    /// The body can be read, but a field cannot be taken as it is.
    BodyInvalid,
    /// The same idempotency key was used with another body.
    IdempotencyKeyReused,
    /// `If-Match` is missing or `*`.
    VersionRequired,
    /// Too many requests in a short time.
    TooManyRequests,
    /// A failure of the service itself.
    InternalError,
    /// The service has more to do than it can take on.
    Overloaded,
    /// The provider knows this person, the office does not.
    AccountUnknown,
    /// This very act was done before.
    AlreadyDone,
    /// The office does the same already, and once at a time is enough.
    AlreadyRunning,
    /// The rulebook demands a name.
    AnonymityNotAllowed,
    /// User name or password is wrong; which of them is not said.
    BadCredentials,
    /// The rulebook allows no more of it: rounds, returns, extensions, attempts.
    BoundReached,
    /// The checker found something in the rulebook that cannot stand.
    CheckFailed,
    /// It would point at itself.
    CircularLink,
    /// The code or user name exists.
    CodeTaken,
    /// The text that was handed in cannot be read.
    DataFaulty,
    /// Something has changed since it was tried.
    DryRunOutdated,
    /// The rulebook lets nobody stand in here, or somebody does at that time already.
    DelegationNotAllowed,
    /// Open duties need new holders first.
    DutiesRemain,
    /// The personal data were erased.
    Erased,
    /// The total would exceed what the clause allows.
    ExtensionBeyondCap,
    /// It was asked for after the due time.
    ExtensionTooLate,
    /// The rulebook demands facts here that were not given.
    FactsMissing,
    /// A precondition of the rulebook is not met.
    GateClosed,
    /// This ground may not be declined; it must be handed over.
    HandOverInstead,
    /// The identity is open only with a custodian's consent.
    IdentitySealed,
    /// The office would have no administrator, or the installation no operator.
    LastAdministrator,
    /// Too many failed tries.
    LockedOut,
    /// What was asked for is sealed under a key that is not at hand.
    KeyUnavailable,
    /// A hold stands.
    LegalHold,
    /// Nobody keeps who reports.
    NoCustodian,
    /// No holder would remain for a duty.
    NobodyLeft,
    /// The rulebook does not list this ground, category, measure, channel or type.
    NotListed,
    /// The rulebook knows no such step here.
    NotProvided,
    /// Database, migrations, clock or queue are not ready.
    NotReady,
    /// Another unit gives this answer.
    NotTheReplier,
    /// The office has no active rulebook.
    OfficeNotActive,
    /// It is beyond the units or persons one may address.
    OutsideReach,
    /// The machine client's scopes do not name this operation.
    OutsideScope,
    /// The password was chosen by somebody else and must be changed first.
    PasswordChangeRequired,
    /// The password is among the first that anybody tries.
    PasswordTooWeak,
    /// A text for the public tells who complained.
    PersonalDataFound,
    /// The person is complained of, interested or recused.
    PersonBarred,
    /// The person lacks the position or unit that the duty needs.
    PersonUnsuitable,
    /// A reason must be stated before this case may be read.
    ReadingNotOpened,
    /// An id in the body names nothing that the caller can see.
    ReferenceUnknown,
    /// The refresh token was used before or is unknown.
    RefreshTokenSpent,
    /// What happened since was thrown away.
    ResumePointGone,
    /// It must still be kept.
    RetentionRunning,
    /// The arbiter has decided; no further return.
    ReturnIsFinal,
    /// A listed check failed: decline or hand over.
    ScreeningFailed,
    /// Not by the one who asked, wrote, handled or investigated.
    SeparationOfDuties,
    /// What the sign-in provider answered did not hold.
    SignInFailed,
    /// A time lies in the future, before its cause, or backwards.
    TimesOutOfOrder,
    /// The unit is complained of, or excluded by rule for this matter.
    UnitBarred,
    /// Not again before a stated time.
    UrgedRecently,
    /// It is too late for a return or an appeal.
    WindowOver,
    /// The thing named is not in the state this needs.
    WrongState,
}

/// What the catalogue says of one kind of problem.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Entry {
    /// The status of the answer.
    pub status: StatusCode,
    /// Whether the very same request may succeed later.
    pub retryable: bool,
    /// What the kind is called.
    pub title: Text,
    /// What a person is told, unless the occurrence has better words.
    pub detail: Text,
}

impl Kind {
    /// The stable code: lower snake case.
    pub fn code(self) -> &'static str {
        self.into()
    }

    /// The identifier of the kind, as in `type`.
    pub fn type_uri(self) -> String {
        format!("/problems/{}", self.code())
    }

    /// The kind for a failure of which only the status is known, because it came from the framework.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::UNAUTHORIZED => Self::Unauthenticated,
            StatusCode::FORBIDDEN => Self::NotPermitted,
            StatusCode::NOT_FOUND | StatusCode::GONE => Self::NotFound,
            StatusCode::METHOD_NOT_ALLOWED => Self::MethodNotAllowed,
            StatusCode::PAYLOAD_TOO_LARGE => Self::BodyTooLarge,
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::MediaTypeNotSupported,
            StatusCode::UNPROCESSABLE_ENTITY => Self::BodyInvalid,
            StatusCode::TOO_MANY_REQUESTS => Self::TooManyRequests,
            StatusCode::SERVICE_UNAVAILABLE => Self::Overloaded,
            status if status.is_client_error() => Self::MalformedRequest,
            _ => Self::InternalError,
        }
    }

    /// What the catalogue says of it.
    pub fn entry(self) -> Entry {
        let words::Row(status, retry, [title_zh, title_en], [detail_zh, detail_en]) = words::of(self);
        Entry {
            status,
            retryable: retry == words::Retry::MayHelp,
            title: Text::fixed(title_zh, title_en),
            detail: Text::fixed(detail_zh, detail_en),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use strum::IntoEnumIterator;

    use super::*;

    #[test]
    fn every_kind_has_a_legal_status_and_words_in_both_languages() {
        let legal = [
            400, 401, 403, 404, 405, 409, 412, 413, 415, 422, 428, 429, 500, 503,
        ];
        let mut codes = BTreeSet::new();
        for kind in Kind::iter() {
            let entry = kind.entry();
            assert!(legal.contains(&entry.status.as_u16()), "{kind:?}");
            assert!(codes.insert(kind.code()), "{kind:?} repeats a code");
            assert!(
                kind.code()
                    .bytes()
                    .all(|byte| byte.is_ascii_lowercase() || byte == b'_'),
                "{kind:?}"
            );
            assert_eq!(kind.code().parse(), Ok(kind));
            for text in [entry.title, entry.detail] {
                assert!(
                    !text.zh.is_empty() && !text.zh.is_ascii(),
                    "{kind:?}: {}",
                    text.zh
                );
                assert!(!text.en.is_empty() && text.en.is_ascii(), "{kind:?}: {}", text.en);
                assert_eq!(
                    facts(&text.zh),
                    facts(&text.en),
                    "{kind:?} names other facts in the other language"
                );
            }
        }
    }

    #[test]
    fn every_field_fault_has_words_in_both_languages() {
        for fault in crate::problem::FieldFault::iter() {
            let text = fault.text();
            assert!(!text.zh.is_ascii() && text.en.is_ascii(), "{fault:?}");
            assert_eq!(facts(&text.zh), facts(&text.en), "{fault:?}");
        }
    }

    fn facts(text: &str) -> BTreeSet<&str> {
        text.split('{')
            .skip(1)
            .filter_map(|rest| rest.split('}').next())
            .collect()
    }
}
