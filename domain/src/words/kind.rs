//! The second words of deeds (which notice, which measure …) and the other closed lists.

use super::words;

words! {
    /// What a notice tells the complainant.
    NoticeType {
        Receipt "receipt" "回执",
        ProcessNotice "how the process goes" "流程告知",
        AcceptanceNotice "accepted" "受理告知",
        DeclinedNotice "declined" "不予受理告知",
        TransferNotice "handed over, and to whom" "转送去向告知",
        ProgressNotice "progress" "进度告知",
        ExtensionNotice "extended" "延期告知",
        SuspensionNotice "suspended" "中止告知",
        ResultNotice "result" "结果告知",
        ExplanationNotice "explanation" "解释说明",
        AppealRightsNotice "ways to appeal" "救济途径告知",
        TerminationNotice "terminated" "终止告知",
    }
}

words! {
    /// What an approval approves.
    Subject {
        Mode "mode of handling" "办理方式",
        Finding "finding" "认定",
        Plan "plan" "方案",
        Report "report" "报告",
        Disposition "disposition" "处理决定",
        Closing "closing" "结案",
        Publication "publication" "公开",
        Lending "lending of records" "记录外借",
    }
}

words! {
    /// How something was found out.
    ActivityKind {
        EvidenceReview "evidence reviewed" "审查证据材料",
        Interview "person interviewed" "谈话了解",
        RecordsReview "records reviewed" "审查记录文件",
        TalkWithComplainant "talk with the complainant" "与投诉人对话",
        TalkWithRespondent "talk with the respondent" "与被投诉方谈话",
        Witness "witness heard" "询问目击者",
        Video "video seen" "调看录像",
        SiteVisit "visit on site" "现场调查",
        ExpertOpinion "expert opinion" "专家意见",
        Hearing "hearing" "听证",
        Other "other" "其他",
    }
}

words! {
    /// How something was put right.
    MeasureKind {
        Apology "apology" "赔礼道歉",
        CorrectError "correction ordered" "责令改正",
        RedoService "service done again" "重新办理",
        AnswerDemand "reasonable demand met" "答复合理要求",
        EducateCriticize "education and criticism" "批评教育",
        Warning "warning" "警告",
        PostAdjustment "change of post" "调整岗位",
        Penalty "penalty" "处罚",
        Dismissal "dismissal" "解除职务",
        RectifyService "service improved" "改进服务",
        RectifyRules "rules improved" "完善制度",
        Mediation "mediation" "调解",
        Advice "advice" "建议",
        AdoptSuggestion "suggestion adopted" "采纳建议",
        Forward "forwarded" "转送",
        Compensation "compensation" "赔偿",
        Interim "interim measure" "应急措施",
        Commendation "praise or reward" "表扬奖励",
        Other "other" "其他",
    }
}

words! {
    /// The ways in which a case can be classified. The values of each are the regulation's own words.
    AxisName {
        CaseType "kind of matter" "诉求类型",
        Complainant "kind of complainant" "投诉人类别",
        Category "category" "类别",
        Severity "severity" "严重程度",
        Urgency "urgency" "紧急程度",
        Track "track" "处理类型",
        Mode "mode of handling" "办理方式",
        Complexity "complexity" "复杂程度",
        Cause "cause" "原因类别",
        /// The only axis of which a case may have several values at once.
        Flag "flag" "标记",
    }
}

words! {
    /// What a unit is in the handling of a case; exactly one of them leads.
    DispatchRole {
        Lead "lead" "主办",
        Support "support" "协办",
        Joint "joint" "会办",
    }
}

words! {
    /// What the office owes regardless of any single case.
    RecurringWork {
        Statistics "statistics" "统计分析",
        Circular "circular" "通报",
        PerformanceCard "performance card" "绩效考核",
        Publication "publication" "公示",
        ReviewOfHandling "review of the handling" "定期审查",
        AnnualReport "yearly report" "年度报告",
        BoxCollection "emptying the box" "开箱收集",
        SubmissionOfRecords "submission of the records" "记录送审",
        Inspection "inspection" "督查",
    }
}

words! {
    /// What the house guarantees by itself, whatever a rulebook says. A clause that rests on one names it.
    Guarantee {
        OriginalUnchanged "the original text never changes" "原始内容不可更改",
        UniqueNumber "every number is given once" "编号唯一",
        ReadsLogged "reading what is confidential leaves a trace" "查阅留痕",
        AnonymousTwoWayContact "an anonymous complainant can be asked and answered" "匿名双向联系",
        RulebookFourEyes "a rulebook is changed by two people" "制度修订须两人",
        RulebookHead "a rulebook states its basis, interpreter and first day" "制度载明依据、解释权和生效日",
        OneRulebookPerOffice "an office runs one rulebook at a time" "一个机构一套制度",
        Recusal "who is complained of, or stepped aside, takes no part" "被投诉人和回避人不参与办理",
    }
}

words! {
    /// What the house cannot do yet. A clause that waits for one names it.
    Capability {
        Statistics "statistics" "统计分析",
        AnnualReport "yearly report" "年度报告",
        Inspections "inspections" "督查巡查",
        KnowledgeBase "knowledge base" "知识库",
        Publication "publication" "公示",
        Erasure "erasure" "删除",
        ComplainantSide "the complainant's own side" "投诉人端",
        Delegation "acting for another" "代行职责",
    }
}
