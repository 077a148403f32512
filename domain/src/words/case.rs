//! What can be said of a case: where it stands, what it is, how it came in, what was found.

use super::words;

words! {
    /// Where a case stands. It follows from the deeds done on it and is never written directly.
    Status {
        Received "received, not yet registered" "已接收",
        Registered "registered" "已登记",
        Accepted "accepted" "已受理",
        Dispatched "dispatched" "已派单",
        Investigating "under investigation" "调查中",
        Disposing "being disposed of" "办理中",
        Resolved "reported back" "已反馈",
        Replied "replied" "已答复",
        Closed "closed" "已结案",
        Archived "archived" "已归档",
        Declined "declined" "不予受理",
        Withdrawn "withdrawn" "已撤回",
        HandedOver "handed over" "已移交",
        Cancelled "cancelled" "已撤单",
    }
}

impl Status {
    /// Whether somebody still owes something toward the answer: before the closing, and not ended otherwise.
    pub fn is_open(self) -> bool {
        match self {
            Self::Received
            | Self::Registered
            | Self::Accepted
            | Self::Dispatched
            | Self::Investigating
            | Self::Disposing
            | Self::Resolved
            | Self::Replied => true,
            Self::Closed
            | Self::Archived
            | Self::Declined
            | Self::Withdrawn
            | Self::HandedOver
            | Self::Cancelled => false,
        }
    }
}

words! {
    /// What kind of matter a case is.
    CaseType {
        Complaint "complaint" "投诉",
        Report "report" "举报",
        Inquiry "inquiry" "咨询",
        Suggestion "suggestion" "建议",
        HelpRequest "request for help" "求助",
        Petition "petition" "信访事项",
        Commendation "commendation" "表扬",
    }
}

words! {
    /// How a matter came in.
    Channel {
        Visit "visit" "来访",
        Phone "phone" "电话",
        #[strum(serialize = "hotline_12345")]
        Hotline12345 "12345 hotline" "12345热线",
        Letter "letter" "信函",
        Email "e-mail" "电子邮件",
        Fax "fax" "传真",
        Web "website" "网站",
        Wechat "WeChat" "微信",
        Weibo "Weibo" "微博",
        App "app" "手机应用",
        Kiosk "touch screen" "触摸屏",
        Box "complaint box" "投诉箱",
        OpinionBook "opinion book" "意见簿",
        RatingForm "rating form" "测评表",
        LeaderDirect "directly to a leader" "向领导反映",
        WrittenOffice "in writing to the office" "书面材料",
        Platform "pushed by another system" "平台推送",
        Other "other" "其他",
    }
}

impl Channel {
    /// Whether what came this way came in writing.
    #[must_use]
    pub fn is_written(self) -> bool {
        match self {
            Channel::Letter
            | Channel::Email
            | Channel::Fax
            | Channel::Web
            | Channel::Wechat
            | Channel::Weibo
            | Channel::App
            | Channel::Kiosk
            | Channel::Box
            | Channel::OpinionBook
            | Channel::RatingForm
            | Channel::WrittenOffice
            | Channel::Platform => true,
            Channel::Visit
            | Channel::Phone
            | Channel::Hotline12345
            | Channel::LeaderDirect
            | Channel::Other => false,
        }
    }
}

words! {
    /// Who passed a matter on.
    Source {
        Public "the public" "群众",
        Media "the media" "媒体",
        Superior "a superior body" "上级",
        Internal "inside the organisation" "内部",
        Inspection "an inspection" "督查",
        Hotline "the hotline" "热线",
    }
}

words! {
    /// Under what name the complainant appears.
    IdentityMode {
        RealName "under the real name" "实名",
        Anonymous "anonymous" "匿名",
        Pseudonymous "under another name" "化名",
    }
}

words! {
    /// What the investigation found.
    Finding {
        Substantiated "substantiated" "属实",
        PartlySubstantiated "partly substantiated" "部分属实",
        Unsubstantiated "unsubstantiated" "不属实",
        UnableToDetermine "unable to determine" "无法认定",
        Malicious "malicious" "恶意投诉",
    }
}

words! {
    /// What the complainant says of the answer when followed up.
    Satisfaction {
        Satisfied "satisfied" "满意",
        BasicallySatisfied "basically satisfied" "基本满意",
        Dissatisfied "dissatisfied" "不满意",
        NotRated "not rated" "未评价",
        NotReached "not reached" "未联系上",
    }
}

words! {
    /// What somebody was judged to have done wrong in the handling.
    Fault {
        Improper "improper handling" "处理不当",
        Falsified "falsified" "弄虚作假",
        UnreasonableDelay "unreasonable delay" "无故拖延",
        Aggravated "made the problem worse" "导致问题恶化",
    }
}

words! {
    /// Where a case is handled, as far as a rule can ask for it.
    RouteKind {
        OwnOffice "in the own office" "本机构自办",
        Unit "in a handling unit" "承办单位",
    }
}

words! {
    /// A plain answer to a plain question.
    YesNo {
        Yes "yes" "是",
        No "no" "否",
    }
}

impl From<bool> for YesNo {
    fn from(answer: bool) -> Self {
        if answer { Self::Yes } else { Self::No }
    }
}

words! {
    /// A single fact that a gate or a ground may demand. What no gate needs and no form lists about a
    /// complainant is not asked.
    Field {
        Content "what happened" "投诉内容",
        #[strum(serialize = "complainant.name")]
        ComplainantName "the complainant's name" "投诉人姓名",
        #[strum(serialize = "complainant.contact")]
        ComplainantContact "how to reach the complainant" "投诉人联系方式",
        #[strum(serialize = "complainant.address")]
        ComplainantAddress "the complainant's address" "投诉人住址",
        #[strum(serialize = "complainant.workplace")]
        ComplainantWorkplace "the complainant's place of work" "投诉人工作单位",
        #[strum(serialize = "complainant.sex")]
        ComplainantSex "the complainant's sex" "投诉人性别",
        #[strum(serialize = "complainant.age")]
        ComplainantAge "the complainant's age" "投诉人年龄",
        /// The axis `complainant`: needs say it with this word.
        #[strum(serialize = "complainant.kind")]
        ComplainantKind "what kind of complainant" "投诉人类别",
        Respondent "who or what is complained of" "被投诉对象",
        #[strum(serialize = "respondent.person")]
        RespondentPerson "the person complained of" "被投诉人",
        #[strum(serialize = "respondent.unit")]
        RespondentUnit "the unit complained of" "被投诉单位",
        RequestedRemedy "what is asked for" "投诉请求",
        IncidentTime "when it happened" "发生时间",
        IncidentPlace "where it happened" "发生地点",
        ServiceReceiptNo "number of the service receipt" "办件受理回执号",
        EvidenceOrWay "evidence, or told how to hand it in" "证据或提交方式",
        IdentityStated "under the real name or not" "是否实名",
        WrittenMaterial "written material" "书面材料",
        Task "the task" "任务",
        TaskDue "when the task is due" "任务时限",
        TaskStandard "how the task is to be done" "任务标准",
        ExpectedDate "the expected date" "预计时间",
        /// The written cause, or the word of the axis `cause` where the rulebook has one.
        Cause "the cause" "原因",
        ResponsiblePerson "the person responsible" "责任人",
        SubstantiatedPart "which part is substantiated" "属实部分",
        LegalBasis "the legal basis" "法律依据",
        Explanation "the explanation given" "解释说明",
        Guidance "the way shown" "途径指引",
        Reason "the reason" "理由",
        AccountableOfficer "the unit's accountable officer" "第一责任人",
        RecusalAsked "asked whether anybody must recuse himself" "已询问回避",
        #[strum(serialize = "members_at_least_2")]
        MembersAtLeast2 "at least two members" "两人以上",
    }
}

words! {
    /// Why a case is closed.
    ClosingReason {
        Answered "answered" "已答复",
        NotReachable "the complainant cannot be reached" "无法联系",
        NoReplyPossible "no answer can be given" "无法答复",
        Merged "handled together with another case" "并案办理",
        Terminated "ended before its end" "终止",
        Other "another reason" "其他",
    }
}
