//! The table of all problems: status, whether another try helps, and the words in both languages.
//!
//! Texts may name facts in braces; the occurrence fills them in.

use actix_web::http::StatusCode;

use super::Kind;

/// One line of the table: status, whether to retry, title and detail, each in Chinese and English.
pub(super) struct Row(
    pub(super) StatusCode,
    pub(super) Retry,
    pub(super) [&'static str; 2],
    pub(super) [&'static str; 2],
);

/// Whether the very same request may succeed later.
#[derive(PartialEq, Eq)]
pub(super) enum Retry {
    MayHelp,
    IsUseless,
}

/// The line of one kind.
#[expect(clippy::too_many_lines, reason = "it is a table")]
pub(super) fn of(kind: Kind) -> Row {
    match kind {
        Kind::MalformedRequest => Row(
            StatusCode::BAD_REQUEST,
            Retry::IsUseless,
            ["请求无法读取", "The request cannot be read"],
            [
                "请求的正文、头或参数无法读取；errors 指出位置。",
                "The body, a header or a parameter cannot be read; errors say where.",
            ],
        ),
        Kind::CursorInvalid => Row(
            StatusCode::BAD_REQUEST,
            Retry::IsUseless,
            ["游标无效", "The cursor is not valid"],
            [
                "该游标不属于这个列表、这些筛选条件和当前用户；请从第一页重新读取。",
                "This cursor does not belong to this list, these filters and this caller; start again from the first page.",
            ],
        ),
        Kind::Unauthenticated => Row(
            StatusCode::UNAUTHORIZED,
            Retry::IsUseless,
            ["未登录", "Not logged in"],
            [
                "没有有效的会话，或会话已结束；请登录后再试。",
                "There is no session, or it has ended; log in and try again.",
            ],
        ),
        Kind::NotPermitted => Row(
            StatusCode::FORBIDDEN,
            Retry::IsUseless,
            ["无权办理", "Not permitted"],
            [
                "您的岗位没有这项权限，或权限范围不包括此对象。",
                "Your position lacks this permission, or its reach does not include this.",
            ],
        ),
        Kind::NotFound => Row(
            StatusCode::NOT_FOUND,
            Retry::IsUseless,
            ["不存在", "Not found"],
            [
                "所请求的对象不存在，或您无权查看。",
                "What was asked for does not exist, or you may not see it.",
            ],
        ),
        Kind::MethodNotAllowed => Row(
            StatusCode::METHOD_NOT_ALLOWED,
            Retry::IsUseless,
            ["不支持该方法", "Method not allowed"],
            [
                "该地址只支持：{allow}。",
                "This address has only these methods: {allow}.",
            ],
        ),
        Kind::WrongStatus => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["案件状态不允许", "Wrong status"],
            [
                "案件当前状态下没有这一步。",
                "The case is not in a status in which this can be done.",
            ],
        ),
        Kind::IdempotencyInProgress => Row(
            StatusCode::CONFLICT,
            Retry::MayHelp,
            ["相同请求正在处理", "The same request is being worked on"],
            [
                "使用同一 Idempotency-Key 的请求正在处理，请稍后重试。",
                "A request with the same Idempotency-Key is being worked on; try again shortly.",
            ],
        ),
        Kind::VersionStale => Row(
            StatusCode::PRECONDITION_FAILED,
            Retry::IsUseless,
            ["版本已过期", "The version is stale"],
            [
                "该对象已被他人更改，现为第 {current_version} 版；请重新读取后再办理。",
                "Somebody has changed it since; it is now at version {current_version}. Read it again first.",
            ],
        ),
        Kind::BodyTooLarge => Row(
            StatusCode::PAYLOAD_TOO_LARGE,
            Retry::IsUseless,
            ["请求正文过大", "The body is too large"],
            [
                "请求正文最多 {limit_bytes} 字节。",
                "The body may have at most {limit_bytes} bytes.",
            ],
        ),
        Kind::MediaTypeNotSupported => Row(
            StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Retry::IsUseless,
            ["媒体类型不支持", "The media type is not supported"],
            [
                "请使用 Content-Type: {expected}。",
                "Send the body as Content-Type: {expected}.",
            ],
        ),
        Kind::BodyInvalid => Row(
            StatusCode::UNPROCESSABLE_ENTITY,
            Retry::IsUseless,
            ["请求内容不符合要求", "The body is not valid"],
            [
                "请求中有字段不符合要求；errors 逐项说明。",
                "Some fields cannot be taken as they are; errors name each.",
            ],
        ),
        Kind::IdempotencyKeyReused => Row(
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
        Kind::VersionRequired => Row(
            StatusCode::PRECONDITION_REQUIRED,
            Retry::IsUseless,
            ["缺少版本", "The version is required"],
            [
                "请用 If-Match 头给出所读到的版本，例如 \"7\"；不接受 *。",
                "Name the version you have read in If-Match, such as \"7\"; * is not accepted.",
            ],
        ),
        Kind::TooManyRequests => Row(
            StatusCode::TOO_MANY_REQUESTS,
            Retry::MayHelp,
            ["请求过于频繁", "Too many requests"],
            [
                "请求过于频繁，请稍后重试。",
                "There were too many requests in a short time; try again later.",
            ],
        ),
        Kind::InternalError => Row(
            StatusCode::INTERNAL_SERVER_ERROR,
            Retry::IsUseless,
            ["服务内部错误", "Internal error"],
            [
                "服务发生内部错误；联系管理员时请提供 trace_id。",
                "The service failed; quote the trace_id when you report it.",
            ],
        ),
        Kind::Overloaded => Row(
            StatusCode::SERVICE_UNAVAILABLE,
            Retry::MayHelp,
            ["服务繁忙", "Overloaded"],
            [
                "服务繁忙，本次请求未办理；请稍后重试。",
                "The service is busy and has not done this; try again shortly.",
            ],
        ),
        Kind::AlreadyDone => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["已经办理过", "Already done"],
            [
                "这一步已经办理过（签收、决定、申请等）。",
                "This was done before: signed, decided, requested or the like.",
            ],
        ),
        Kind::AlreadyRunning => Row(
            StatusCode::CONFLICT,
            Retry::MayHelp,
            ["正在进行中", "Already running"],
            [
                "同样的工作（规则比对或日历导入）正在进行；请等它结束后再试。",
                "The same, a comparison or an import of the calendar, is under way; try again once it is over.",
            ],
        ),
        Kind::AnonymityNotAllowed => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["须实名", "A name is required"],
            [
                "本规则要求投诉人实名。",
                "This rulebook demands the complainant's name.",
            ],
        ),
        Kind::BadCredentials => Row(
            StatusCode::UNAUTHORIZED,
            Retry::IsUseless,
            ["用户名或密码错误", "Wrong user name or password"],
            ["用户名或密码错误。", "The user name or the password is wrong."],
        ),
        Kind::BoundReached => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["次数已达上限", "The bound is reached"],
            ["规则允许的次数已用完。", "The rulebook allows no more of this."],
        ),
        Kind::CircularLink => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["循环引用", "Circular link"],
            [
                "这样会使对象直接或间接指向自己。",
                "This would make it point at itself.",
            ],
        ),
        Kind::CheckFailed => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["检查未通过", "The check failed"],
            [
                "规则手册中有不能成立之处，见 errors。",
                "Something in the rulebook cannot stand; see `errors`.",
            ],
        ),
        Kind::DataFaulty => Row(
            StatusCode::UNPROCESSABLE_ENTITY,
            Retry::IsUseless,
            ["内容无法读取", "The text cannot be read"],
            [
                "所交内容无法读取，见 errors。",
                "What was handed in cannot be read; see `errors`.",
            ],
        ),
        Kind::DryRunOutdated => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["试算已过时", "The trial is outdated"],
            [
                "试算之后日历又有了新版本；请重新导入并试算。",
                "The calendar has a newer version than the one this was tried on; import it again.",
            ],
        ),
        Kind::CodeTaken => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["代码已被使用", "The code is taken"],
            [
                "该代码或用户名已存在；请换一个。",
                "This code or user name exists already; choose another.",
            ],
        ),
        Kind::DelegationNotAllowed => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["不得如此授权", "Not to be delegated so"],
            [
                "制度不允许此人代行您的职责，或该时段已有人代行。",
                "The rulebook does not let this person act for you, or somebody does at that time already.",
            ],
        ),
        Kind::DutiesRemain => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["尚有未了职责", "Duties remain"],
            [
                "还有未了的职责，须先移交。",
                "Open duties must be handed to others first.",
            ],
        ),
        Kind::Erased => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["已清除", "Erased"],
            [
                "有关资料已依规定清除，无法恢复。",
                "These data were erased as the rules demand and cannot be had back.",
            ],
        ),
        Kind::ExtensionBeyondCap => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["超出延期上限", "Beyond the cap of extensions"],
            [
                "累计延期将超出条款允许的上限。",
                "All extensions together would exceed what the clause allows.",
            ],
        ),
        Kind::ExtensionTooLate => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["延期申请太迟", "Too late for an extension"],
            [
                "已过到期时间，不能再申请延期。",
                "The due time is over; no extension can be asked for any more.",
            ],
        ),
        Kind::FactsMissing => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["缺少规则要求的内容", "Facts are missing"],
            [
                "本规则在这一步还要求若干内容；errors 逐项说明并列出条款。",
                "The rulebook demands more here; errors name each with its clause.",
            ],
        ),
        Kind::GateClosed => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["前置条件未满足", "A precondition is not met"],
            [
                "规则规定的前置条件尚未满足；missing 逐项列出。",
                "What the rulebook demands before this step is not there yet; missing lists it.",
            ],
        ),
        Kind::HandOverInstead => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["应当移交", "Hand over instead"],
            [
                "此种情形不得不予受理，应当移交。",
                "On this ground it may not be declined; hand it over.",
            ],
        ),
        Kind::IdentitySealed => Row(
            StatusCode::FORBIDDEN,
            Retry::IsUseless,
            ["身份已密封", "The identity is sealed"],
            [
                "未经身份保管人同意，不得查看投诉人身份。",
                "The complainant's identity is shown only with a custodian's consent.",
            ],
        ),
        Kind::LastAdministrator => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["最后一名管理员", "The last administrator"],
            [
                "这样机构将没有管理员，或系统将没有运维人员。",
                "The office would be left without an administrator, or the installation without an operator.",
            ],
        ),
        Kind::LockedOut => Row(
            StatusCode::TOO_MANY_REQUESTS,
            Retry::MayHelp,
            ["暂时锁定", "Locked out"],
            [
                "失败次数过多，请稍后再试。",
                "There were too many failed tries; try again later.",
            ],
        ),
        Kind::KeyUnavailable => Row(
            StatusCode::SERVICE_UNAVAILABLE,
            Retry::MayHelp,
            ["密钥不可用", "The key is not at hand"],
            [
                "有关资料已加密，而本服务当前没有相应的主密钥；请联系运维人员。",
                "This is sealed under a master key that the service was not given; its operator must provide it.",
            ],
        ),
        Kind::LegalHold => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["已保全", "On hold"],
            [
                "本案已保全，解除之前不得清除任何资料。",
                "A hold stands on this case; nothing of it may be erased until it is lifted.",
            ],
        ),
        Kind::NoCustodian => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["无身份保管人", "Nobody keeps identities"],
            [
                "目前无人担任身份保管人，投诉举报人身份保持密封。",
                "Nobody holds the position that keeps who reports; it stays sealed.",
            ],
        ),
        Kind::NobodyLeft => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["无人承担", "Nobody is left"],
            [
                "这样将有职责无人承担；请指定接替人。",
                "A duty would be left without a holder; name a replacement.",
            ],
        ),
        Kind::NotListed => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["不在规则所列范围", "Not listed"],
            [
                "所选的理由、类别、措施、渠道或类型不在本规则所列范围内。",
                "The rulebook does not list this ground, category, measure, channel or type.",
            ],
        ),
        Kind::NotProvided => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["规则未设此步骤", "Not provided for"],
            [
                "本规则在此没有这一步骤。",
                "The rulebook knows no such step here.",
            ],
        ),
        Kind::NotReady => Row(
            StatusCode::SERVICE_UNAVAILABLE,
            Retry::MayHelp,
            ["服务尚未就绪", "Not ready"],
            [
                "服务尚未就绪，请稍后重试。",
                "The service is not ready yet; try again shortly.",
            ],
        ),
        Kind::NotTheReplier => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["不是答复单位", "Not the one to reply"],
            [
                "依规则应由其他单位答复。",
                "By the rulebook another unit gives this answer.",
            ],
        ),
        Kind::OfficeNotActive => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["机构尚未启用", "The office is not active"],
            ["该机构没有生效的规则。", "The office has no active rulebook."],
        ),
        Kind::AccountUnknown => Row(
            StatusCode::FORBIDDEN,
            Retry::IsUseless,
            ["没有对应的账号", "No such account"],
            [
                "统一认证已确认您的身份，但本机构没有与之对应的账号；请联系管理员关联。",
                "The provider knows you, but no account here is yours; ask the administrator to link it.",
            ],
        ),
        Kind::OutsideScope => Row(
            StatusCode::FORBIDDEN,
            Retry::IsUseless,
            ["超出应用范围", "Outside the scopes"],
            [
                "该应用的授权范围不包括此操作，或此操作不对应用开放。",
                "The client's scopes do not name this operation, or no machine may call it.",
            ],
        ),
        Kind::PasswordTooWeak => Row(
            StatusCode::UNPROCESSABLE_ENTITY,
            Retry::IsUseless,
            ["密码太容易猜到", "The password is too weak"],
            [
                "密码过短，或属于人人先试的密码；请换一个较长的、与用户名无关的密码。",
                "The password is too short, or among the first that anybody tries; choose a longer one that has nothing to do with the user name.",
            ],
        ),
        Kind::SignInFailed => Row(
            StatusCode::UNAUTHORIZED,
            Retry::IsUseless,
            ["统一认证未通过", "The sign-in failed"],
            [
                "统一认证返回的结果无效或已过期；请重新登录。",
                "What the provider answered does not hold, or came too late; sign in again.",
            ],
        ),
        Kind::OutsideReach => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["超出管辖范围", "Outside your reach"],
            [
                "所指单位或人员不在您可督办的范围内。",
                "You may not address this unit or person.",
            ],
        ),
        Kind::PasswordChangeRequired => Row(
            StatusCode::FORBIDDEN,
            Retry::IsUseless,
            ["须先修改密码", "The password must be changed first"],
            [
                "当前密码由他人设定；请先修改密码，再重新登录办理。",
                "Somebody else chose this password; change it and log in again first.",
            ],
        ),
        Kind::PersonalDataFound => Row(
            StatusCode::UNPROCESSABLE_ENTITY,
            Retry::IsUseless,
            ["含有个人信息", "Personal data were found"],
            [
                "拟公开的文本含有投诉人的个人信息，应先隐去。",
                "The text that is to be public tells who complained; it must be taken out first.",
            ],
        ),
        Kind::PersonBarred => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["该人员应当回避", "The person is barred"],
            [
                "该人员是被投诉人、有利害关系或已回避。",
                "This person is complained of, interested or recused.",
            ],
        ),
        Kind::PersonUnsuitable => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["人选不符合要求", "The person is unsuitable"],
            [
                "该人员没有这项职责所需的岗位或不属于所需的单位。",
                "This person lacks the position or the unit that the duty needs.",
            ],
        ),
        Kind::ReadingNotOpened => Row(
            StatusCode::FORBIDDEN,
            Retry::IsUseless,
            ["须先说明理由", "State a reason first"],
            [
                "查看此案件须先说明理由：请先调用 open_confidential_case。",
                "State a reason before you read this case: open_confidential_case.",
            ],
        ),
        Kind::ReferenceUnknown => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["所指对象不存在", "Unknown reference"],
            [
                "正文中的标识没有指向您可见的对象。",
                "An id in the body names nothing that you can see.",
            ],
        ),
        Kind::RefreshTokenSpent => Row(
            StatusCode::UNAUTHORIZED,
            Retry::IsUseless,
            ["刷新令牌已失效", "The refresh token is spent"],
            [
                "刷新令牌无效或已使用过；请重新登录。",
                "The refresh token is unknown or was used before; log in again.",
            ],
        ),
        Kind::ResumePointGone => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["续接点已过期", "The resume point is gone"],
            [
                "离开时间过长，其间的变化已不再保留；请重新读取待办列表，再重新订阅。",
                "That was too long ago: what happened since is no longer kept. Read the list, then stream anew.",
            ],
        ),
        Kind::RetentionRunning => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["保存期限未满", "It must still be kept"],
            [
                "保存期限尚未届满，不得清除。",
                "The time for which it must be kept is not over.",
            ],
        ),
        Kind::ReturnIsFinal => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["不得再退回", "The return is final"],
            [
                "退回事项已经裁定，不得再次退回。",
                "The arbiter has decided; it cannot be returned again.",
            ],
        ),
        Kind::ScreeningFailed => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["初审未通过", "Screening failed"],
            [
                "初审有一项未通过；请不予受理或移交。",
                "A check of the screening failed; decline it or hand it over.",
            ],
        ),
        Kind::SeparationOfDuties => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["职责分离", "Separation of duties"],
            [
                "不得由提出、起草、承办或调查的本人办理。",
                "Not by the person who asked, wrote, handled or investigated.",
            ],
        ),
        Kind::TimesOutOfOrder => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["时间顺序不对", "Times out of order"],
            [
                "所填时间在将来、早于其起因或前后颠倒。",
                "A time lies in the future, before its cause, or runs backwards.",
            ],
        ),
        Kind::UnitBarred => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["该单位应当回避", "The unit is barred"],
            [
                "该单位是被投诉单位，或依规则不得办理此事。",
                "This unit is complained of, or excluded by rule from this matter.",
            ],
        ),
        Kind::UrgedRecently => Row(
            StatusCode::CONFLICT,
            Retry::MayHelp,
            ["刚刚催办过", "Urged recently"],
            [
                "不久前已经催办过，{next_at} 之后可再次催办。",
                "It was urged a short while ago; again from {next_at} on.",
            ],
        ),
        Kind::WindowOver => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["已过期限", "The window is over"],
            [
                "办理这一步的期限已过。",
                "The time in which this can be done is over.",
            ],
        ),
        Kind::WrongState => Row(
            StatusCode::CONFLICT,
            Retry::IsUseless,
            ["对象状态不允许", "Wrong state"],
            [
                "所指对象当前的状态不允许这一步。",
                "What it names is not in the state that this needs.",
            ],
        ),
    }
}
