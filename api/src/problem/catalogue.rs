//! Every kind of problem: its code, its status, whether another try helps, and its words in both languages.
//!
//! Texts may name facts in braces; the occurrence fills them in. The codes are frozen once shipped.

use actix_web::http::StatusCode;
use strum::{EnumIter, IntoStaticStr};

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
    /// This very act was done before.
    AlreadyDone,
    /// The rulebook demands a name.
    AnonymityNotAllowed,
    /// User name or password is wrong; which of them is not said.
    BadCredentials,
    /// The rulebook allows no more of it: rounds, returns, extensions, attempts.
    BoundReached,
    /// It would point at itself.
    CircularLink,
    /// The code or user name exists.
    CodeTaken,
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
    /// The office would have no administrator.
    LastAdministrator,
    /// Too many failed tries.
    LockedOut,
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
    /// The arbiter has decided; no further return.
    ReturnIsFinal,
    /// A listed check failed: decline or hand over.
    ScreeningFailed,
    /// Not by the one who asked, wrote, handled or investigated.
    SeparationOfDuties,
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
        let (status, retryable, [title_zh, title_en], [detail_zh, detail_en]) = match self {
            Self::MalformedRequest => (
                StatusCode::BAD_REQUEST,
                Retry::IsUseless,
                ["请求无法读取", "The request cannot be read"],
                [
                    "请求的正文、头或参数无法读取；errors 指出位置。",
                    "The body, a header or a parameter cannot be read; errors say where.",
                ],
            ),
            Self::CursorInvalid => (
                StatusCode::BAD_REQUEST,
                Retry::IsUseless,
                ["游标无效", "The cursor is not valid"],
                [
                    "该游标不属于这个列表、这些筛选条件和当前用户；请从第一页重新读取。",
                    "This cursor does not belong to this list, these filters and this caller; start again from the first page.",
                ],
            ),
            Self::Unauthenticated => (
                StatusCode::UNAUTHORIZED,
                Retry::IsUseless,
                ["未登录", "Not logged in"],
                [
                    "没有有效的会话，或会话已结束；请登录后再试。",
                    "There is no session, or it has ended; log in and try again.",
                ],
            ),
            Self::NotPermitted => (
                StatusCode::FORBIDDEN,
                Retry::IsUseless,
                ["无权办理", "Not permitted"],
                [
                    "您的岗位没有这项权限，或权限范围不包括此对象。",
                    "Your position lacks this permission, or its reach does not include this.",
                ],
            ),
            Self::NotFound => (
                StatusCode::NOT_FOUND,
                Retry::IsUseless,
                ["不存在", "Not found"],
                [
                    "所请求的对象不存在，或您无权查看。",
                    "What was asked for does not exist, or you may not see it.",
                ],
            ),
            Self::MethodNotAllowed => (
                StatusCode::METHOD_NOT_ALLOWED,
                Retry::IsUseless,
                ["不支持该方法", "Method not allowed"],
                [
                    "该地址只支持：{allow}。",
                    "This address has only these methods: {allow}.",
                ],
            ),
            Self::WrongStatus => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["案件状态不允许", "Wrong status"],
                [
                    "案件当前状态下没有这一步。",
                    "The case is not in a status in which this can be done.",
                ],
            ),
            Self::IdempotencyInProgress => (
                StatusCode::CONFLICT,
                Retry::MayHelp,
                ["相同请求正在处理", "The same request is being worked on"],
                [
                    "使用同一 Idempotency-Key 的请求正在处理，请稍后重试。",
                    "A request with the same Idempotency-Key is being worked on; try again shortly.",
                ],
            ),
            Self::VersionStale => (
                StatusCode::PRECONDITION_FAILED,
                Retry::IsUseless,
                ["版本已过期", "The version is stale"],
                [
                    "该对象已被他人更改，现为第 {current_version} 版；请重新读取后再办理。",
                    "Somebody has changed it since; it is now at version {current_version}. Read it again first.",
                ],
            ),
            Self::BodyTooLarge => (
                StatusCode::PAYLOAD_TOO_LARGE,
                Retry::IsUseless,
                ["请求正文过大", "The body is too large"],
                [
                    "请求正文最多 {limit_bytes} 字节。",
                    "The body may have at most {limit_bytes} bytes.",
                ],
            ),
            Self::MediaTypeNotSupported => (
                StatusCode::UNSUPPORTED_MEDIA_TYPE,
                Retry::IsUseless,
                ["媒体类型不支持", "The media type is not supported"],
                [
                    "请使用 Content-Type: {expected}。",
                    "Send the body as Content-Type: {expected}.",
                ],
            ),
            Self::BodyInvalid => (
                StatusCode::UNPROCESSABLE_ENTITY,
                Retry::IsUseless,
                ["请求内容不符合要求", "The body is not valid"],
                [
                    "请求中有字段不符合要求；errors 逐项说明。",
                    "Some fields cannot be taken as they are; errors name each.",
                ],
            ),
            Self::IdempotencyKeyReused => (
                StatusCode::UNPROCESSABLE_ENTITY,
                Retry::IsUseless,
                [
                    "幂等键已用于其他请求",
                    "The idempotency key was used for another request",
                ],
                [
                    "同一 Idempotency-Key 已用于内容不同的请求；请换一个。",
                    "This Idempotency-Key was used with another body; choose a new one.",
                ],
            ),
            Self::VersionRequired => (
                StatusCode::PRECONDITION_REQUIRED,
                Retry::IsUseless,
                ["缺少版本", "The version is required"],
                [
                    "请用 If-Match 头给出所读到的版本，例如 \"7\"；不接受 *。",
                    "Name the version you have read in If-Match, such as \"7\"; * is not accepted.",
                ],
            ),
            Self::TooManyRequests => (
                StatusCode::TOO_MANY_REQUESTS,
                Retry::MayHelp,
                ["请求过于频繁", "Too many requests"],
                [
                    "请求过于频繁，请稍后重试。",
                    "There were too many requests in a short time; try again later.",
                ],
            ),
            Self::InternalError => (
                StatusCode::INTERNAL_SERVER_ERROR,
                Retry::IsUseless,
                ["服务内部错误", "Internal error"],
                [
                    "服务发生内部错误；联系管理员时请提供 trace_id。",
                    "The service failed; quote the trace_id when you report it.",
                ],
            ),
            Self::Overloaded => (
                StatusCode::SERVICE_UNAVAILABLE,
                Retry::MayHelp,
                ["服务繁忙", "Overloaded"],
                [
                    "服务繁忙，本次请求未办理；请稍后重试。",
                    "The service is busy and has not done this; try again shortly.",
                ],
            ),
            Self::AlreadyDone => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["已经办理过", "Already done"],
                [
                    "这一步已经办理过（签收、决定、申请等）。",
                    "This was done before: signed, decided, requested or the like.",
                ],
            ),
            Self::AnonymityNotAllowed => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["须实名", "A name is required"],
                [
                    "本规则要求投诉人实名。",
                    "This rulebook demands the complainant's name.",
                ],
            ),
            Self::BadCredentials => (
                StatusCode::UNAUTHORIZED,
                Retry::IsUseless,
                ["用户名或密码错误", "Wrong user name or password"],
                ["用户名或密码错误。", "The user name or the password is wrong."],
            ),
            Self::BoundReached => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["次数已达上限", "The bound is reached"],
                ["规则允许的次数已用完。", "The rulebook allows no more of this."],
            ),
            Self::CircularLink => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["循环引用", "Circular link"],
                [
                    "这样会使对象直接或间接指向自己。",
                    "This would make it point at itself.",
                ],
            ),
            Self::CodeTaken => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["代码已被使用", "The code is taken"],
                [
                    "该代码或用户名已存在；请换一个。",
                    "This code or user name exists already; choose another.",
                ],
            ),
            Self::DutiesRemain => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["尚有未了职责", "Duties remain"],
                [
                    "还有未了的职责，须先移交。",
                    "Open duties must be handed to others first.",
                ],
            ),
            Self::Erased => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["已清除", "Erased"],
                [
                    "有关资料已依规定清除，无法恢复。",
                    "These data were erased as the rules demand and cannot be had back.",
                ],
            ),
            Self::ExtensionBeyondCap => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["超出延期上限", "Beyond the cap of extensions"],
                [
                    "累计延期将超出条款允许的上限。",
                    "All extensions together would exceed what the clause allows.",
                ],
            ),
            Self::ExtensionTooLate => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["延期申请太迟", "Too late for an extension"],
                [
                    "已过到期时间，不能再申请延期。",
                    "The due time is over; no extension can be asked for any more.",
                ],
            ),
            Self::FactsMissing => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["缺少规则要求的内容", "Facts are missing"],
                [
                    "本规则在这一步还要求若干内容；errors 逐项说明并列出条款。",
                    "The rulebook demands more here; errors name each with its clause.",
                ],
            ),
            Self::GateClosed => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["前置条件未满足", "A precondition is not met"],
                [
                    "规则规定的前置条件尚未满足；missing 逐项列出。",
                    "What the rulebook demands before this step is not there yet; missing lists it.",
                ],
            ),
            Self::HandOverInstead => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["应当移交", "Hand over instead"],
                [
                    "此种情形不得不予受理，应当移交。",
                    "On this ground it may not be declined; hand it over.",
                ],
            ),
            Self::IdentitySealed => (
                StatusCode::FORBIDDEN,
                Retry::IsUseless,
                ["身份已密封", "The identity is sealed"],
                [
                    "未经身份保管人同意，不得查看投诉人身份。",
                    "The complainant's identity is shown only with a custodian's consent.",
                ],
            ),
            Self::LastAdministrator => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["最后一名管理员", "The last administrator"],
                [
                    "这样机构将没有管理员。",
                    "The office would be left without an administrator.",
                ],
            ),
            Self::LockedOut => (
                StatusCode::TOO_MANY_REQUESTS,
                Retry::MayHelp,
                ["暂时锁定", "Locked out"],
                [
                    "失败次数过多，请稍后再试。",
                    "There were too many failed tries; try again later.",
                ],
            ),
            Self::NobodyLeft => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["无人承担", "Nobody is left"],
                [
                    "这样将有职责无人承担；请指定接替人。",
                    "A duty would be left without a holder; name a replacement.",
                ],
            ),
            Self::NotListed => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["不在规则所列范围", "Not listed"],
                [
                    "所选的理由、类别、措施、渠道或类型不在本规则所列范围内。",
                    "The rulebook does not list this ground, category, measure, channel or type.",
                ],
            ),
            Self::NotProvided => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["规则未设此步骤", "Not provided for"],
                [
                    "本规则在此没有这一步骤。",
                    "The rulebook knows no such step here.",
                ],
            ),
            Self::NotReady => (
                StatusCode::SERVICE_UNAVAILABLE,
                Retry::MayHelp,
                ["服务尚未就绪", "Not ready"],
                [
                    "服务尚未就绪，请稍后重试。",
                    "The service is not ready yet; try again shortly.",
                ],
            ),
            Self::NotTheReplier => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["不是答复单位", "Not the one to reply"],
                [
                    "依规则应由其他单位答复。",
                    "By the rulebook another unit gives this answer.",
                ],
            ),
            Self::OfficeNotActive => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["机构尚未启用", "The office is not active"],
                ["该机构没有生效的规则。", "The office has no active rulebook."],
            ),
            Self::OutsideReach => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["超出管辖范围", "Outside your reach"],
                [
                    "所指单位或人员不在您可督办的范围内。",
                    "You may not address this unit or person.",
                ],
            ),
            Self::PersonBarred => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["该人员应当回避", "The person is barred"],
                [
                    "该人员是被投诉人、有利害关系或已回避。",
                    "This person is complained of, interested or recused.",
                ],
            ),
            Self::PersonUnsuitable => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["人选不符合要求", "The person is unsuitable"],
                [
                    "该人员没有这项职责所需的岗位或不属于所需的单位。",
                    "This person lacks the position or the unit that the duty needs.",
                ],
            ),
            Self::ReadingNotOpened => (
                StatusCode::FORBIDDEN,
                Retry::IsUseless,
                ["须先说明理由", "State a reason first"],
                [
                    "查看此案件须先说明理由。",
                    "State a reason before you read this case.",
                ],
            ),
            Self::ReferenceUnknown => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["所指对象不存在", "Unknown reference"],
                [
                    "正文中的标识没有指向您可见的对象。",
                    "An id in the body names nothing that you can see.",
                ],
            ),
            Self::RefreshTokenSpent => (
                StatusCode::UNAUTHORIZED,
                Retry::IsUseless,
                ["刷新令牌已失效", "The refresh token is spent"],
                [
                    "刷新令牌无效或已使用过；请重新登录。",
                    "The refresh token is unknown or was used before; log in again.",
                ],
            ),
            Self::ReturnIsFinal => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["不得再退回", "The return is final"],
                [
                    "退回事项已经裁定，不得再次退回。",
                    "The arbiter has decided; it cannot be returned again.",
                ],
            ),
            Self::ScreeningFailed => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["初审未通过", "Screening failed"],
                [
                    "初审有一项未通过；请不予受理或移交。",
                    "A check of the screening failed; decline it or hand it over.",
                ],
            ),
            Self::SeparationOfDuties => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["职责分离", "Separation of duties"],
                [
                    "不得由提出、起草、承办或调查的本人办理。",
                    "Not by the person who asked, wrote, handled or investigated.",
                ],
            ),
            Self::TimesOutOfOrder => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["时间顺序不对", "Times out of order"],
                [
                    "所填时间在将来、早于其起因或前后颠倒。",
                    "A time lies in the future, before its cause, or runs backwards.",
                ],
            ),
            Self::UnitBarred => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["该单位应当回避", "The unit is barred"],
                [
                    "该单位是被投诉单位，或依规则不得办理此事。",
                    "This unit is complained of, or excluded by rule from this matter.",
                ],
            ),
            Self::UrgedRecently => (
                StatusCode::CONFLICT,
                Retry::MayHelp,
                ["刚刚催办过", "Urged recently"],
                [
                    "不久前已经催办过，{next_at} 之后可再次催办。",
                    "It was urged a short while ago; again from {next_at} on.",
                ],
            ),
            Self::WindowOver => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["已过期限", "The window is over"],
                [
                    "办理这一步的期限已过。",
                    "The time in which this can be done is over.",
                ],
            ),
            Self::WrongState => (
                StatusCode::CONFLICT,
                Retry::IsUseless,
                ["对象状态不允许", "Wrong state"],
                [
                    "所指对象当前的状态不允许这一步。",
                    "What it names is not in the state that this needs.",
                ],
            ),
        };
        Entry {
            status,
            retryable: matches!(retryable, Retry::MayHelp),
            title: Text::fixed(title_zh, title_en),
            detail: Text::fixed(detail_zh, detail_en),
        }
    }
}

/// Whether the very same request may succeed later.
enum Retry {
    MayHelp,
    IsUseless,
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
