//! Deeds: what can be done on a case. One list serves what a position may, what a duty owes and counts from, what
//! a gate stands before and needs, what an escalation follows.

use std::{fmt, str::FromStr};

use strum::{IntoEnumIterator, VariantNames};

use super::{ActivityKind, MeasureKind, NoticeType, Subject, UnknownWord, words, written_as_a_string};

/// Defines [`Deed`] from its table, so that word, labels and documentation of a deed stand in one line.
macro_rules! deeds {
    ($( $value:ident $(($kind:ty))? $en:literal $zh:literal, )*) => {
        /// A thing done on a case: a noun, with a time, a doer and a content.
        ///
        /// Four deeds carry a second word that says which: `notice.receipt`, `approval.plan`,
        /// `activity.interview`, `measure.penalty`. The bare word means any of them.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        #[derive(strum::EnumIter, strum::IntoStaticStr, strum::VariantNames)]
        #[strum(serialize_all = "snake_case")]
        pub enum Deed {
            $( #[doc = concat!($en, " (", $zh, ")")] $value $((Option<$kind>))?, )*
        }

        impl Deed {
            fn own_en(self) -> &'static str {
                match self { $( Self::$value { .. } => $en, )* }
            }

            fn own_zh(self) -> &'static str {
                match self { $( Self::$value { .. } => $zh, )* }
            }
        }
    };
}

deeds! {
    // Coming in
    Receipt "receipt" "接收",
    Registration "registration" "登记",
    Correction "correction" "更正",
    Screening "screening" "初审",
    Classification "classification" "分类分级",
    Acceptance "acceptance" "受理",
    Decline "decline" "不予受理",
    HandOver "hand-over" "移交",
    Withdrawal "withdrawal" "撤回",
    Cancellation "cancellation" "撤单",
    DuplicateLink "link to a duplicate" "重复件关联",
    SpotAnswer "answer on the spot" "当场答复",
    FirstReceiverChange "change of the first receiver" "变更首问责任人",
    // Direction
    InstructionRequest "request for instruction" "呈报批示",
    Instruction "instruction" "批示",
    Dispatch "dispatch" "派单",
    Recall "recall of a dispatch" "撤回派单",
    UnitAdded "unit added" "加派",
    Assignment "assignment" "分派承办人",
    Team "team" "成立调查小组",
    Recusal "recusal" "回避",
    Urging "urging" "催办",
    // In the unit
    ReceiptOfForm "receipt of the form" "签收",
    Return "return" "退单",
    ReturnDecision "decision on a return" "退单裁定",
    // Finding out
    InvestigationPlan "plan of the investigation" "调查方案",
    Activity(ActivityKind) "activity of the investigation" "调查活动",
    Evidence "evidence" "证据",
    Progress "progress" "进展",
    Opinion "opinion" "意见",
    InvestigationReport "report of the investigation" "调查报告",
    InvestigationEnd "end of the investigation" "调查结论",
    // Putting right
    FeasibilityStudy "feasibility study" "论证研究",
    Discussion "discussion" "集体讨论",
    Plan "plan" "处理方案",
    Measure(MeasureKind) "measure" "处理措施",
    MeasuresDone "measures carried out" "措施落实",
    RectificationOrder "order to rectify" "责成整改",
    RectificationCheck "check of the rectification" "整改检查",
    ReportBack "report back" "反馈",
    // Answering
    Reply "reply" "答复",
    Notice(NoticeType) "notice" "告知",
    UpstreamReport "report to the superior body" "上级反馈",
    SupplementRequest "request for a supplement" "要求补充材料",
    Supplement "supplement" "补充材料",
    // After the answer
    FollowUp "follow-up" "回访",
    SecondDispatchDecision "decision on a further dispatch" "再次派单审查",
    FaultJudgement "judgement of a fault" "过错认定",
    RoundOrder "order of a further round" "再次派单决定",
    Redispatch "dispatch of a further round" "再次派单",
    Appeal "appeal" "申诉",
    AppealDecision "decision on an appeal" "申诉决定",
    // Watching
    SupervisionOrder "supervision order" "督办",
    SupervisionAnswer "answer to a supervision order" "督办回复",
    SupervisionLifting "lifting of a supervision order" "解除督办",
    LeaderReport "report to a leader" "报告领导",
    Acknowledgement "acknowledgement" "领导知悉",
    AccountabilityRecord "accountability record" "责任追究",
    AccountabilityClosing "closing of an accountability record" "责任追究办结",
    // Time
    ExtensionRequest "request for an extension" "申请延期",
    ExtensionDecision "decision on an extension" "延期审批",
    Suspension "suspension" "中止",
    Resumption "resumption" "恢复",
    // Consent
    ApprovalRequest "request for approval" "报批",
    Approval(Subject) "approval" "审批",
    // Ending and keeping
    Closing "closing" "结案",
    EarlyClosing "early closing" "提前办结",
    Reopening "reopening" "重新办理",
    Archiving "archiving" "归档",
    Publication "publication" "公开",
    Lending "lending of the records" "记录外借",
    LegalHold "legal hold" "保全",
    Erasure "erasure" "删除",
    // Secrets
    Participation "naming on the case" "指定参与人",
    Restriction "restriction" "限制知悉",
    EmergencyReading "emergency reading" "紧急查阅",
    ReadingReview "review of an emergency reading" "紧急查阅复核",
    IdentityRequest "request for the identity" "申请查看身份",
    IdentityDecision "decision on the identity" "身份查看审批",
}

impl Deed {
    /// The bare words, in the order in which a case meets them.
    pub const WORDS: &'static [&'static str] = <Self as VariantNames>::VARIANTS;

    /// Every deed there is: each bare word, followed by its more particular ones.
    pub fn all() -> impl Iterator<Item = Self> {
        Self::iter().flat_map(|bare| std::iter::once(bare).chain(bare.particular()))
    }

    /// The bare word: `notice` of `notice.receipt`.
    pub fn bare_word(self) -> &'static str {
        self.into()
    }

    /// The second word, where there is one: `receipt` of `notice.receipt`.
    pub fn second_word(self) -> Option<&'static str> {
        self.second().map(|second| second.word)
    }

    /// The deed without its second word.
    #[must_use]
    pub fn bare(self) -> Self {
        match self {
            Self::Notice(_) => Self::Notice(None),
            Self::Approval(_) => Self::Approval(None),
            Self::Activity(_) => Self::Activity(None),
            Self::Measure(_) => Self::Measure(None),
            plain => plain,
        }
    }

    /// Whether a rule that says `self` also means `other`: the same deed, or the bare word of it.
    pub fn covers(self, other: Self) -> bool {
        self == other || self == other.bare()
    }

    /// Whether the one covers the other, whichever is the more particular: whoever may `activity.interview` can
    /// help where an `activity` is needed.
    pub fn meets(self, other: Self) -> bool {
        self.covers(other) || other.covers(self)
    }

    /// The English label.
    pub fn en(self) -> String {
        self.second().map_or_else(
            || self.own_en().to_owned(),
            |second| format!("{}: {}", self.own_en(), second.en),
        )
    }

    /// The Chinese label.
    pub fn zh(self) -> String {
        self.second().map_or_else(
            || self.own_zh().to_owned(),
            |second| format!("{}:{}", self.own_zh(), second.zh),
        )
    }

    fn second(self) -> Option<SecondWord> {
        macro_rules! second {
            ($kind:expr) => {
                $kind.map(|kind| SecondWord {
                    word: kind.as_str(),
                    en: kind.en(),
                    zh: kind.zh(),
                })
            };
        }
        match self {
            Self::Notice(kind) => second!(kind),
            Self::Approval(subject) => second!(subject),
            Self::Activity(kind) => second!(kind),
            Self::Measure(kind) => second!(kind),
            _ => None,
        }
    }

    fn particular(self) -> Vec<Self> {
        match self {
            Self::Notice(None) => NoticeType::iter().map(|kind| Self::Notice(Some(kind))).collect(),
            Self::Approval(None) => Subject::iter()
                .map(|subject| Self::Approval(Some(subject)))
                .collect(),
            Self::Activity(None) => ActivityKind::iter()
                .map(|kind| Self::Activity(Some(kind)))
                .collect(),
            Self::Measure(None) => MeasureKind::iter()
                .map(|kind| Self::Measure(Some(kind)))
                .collect(),
            _ => Vec::new(),
        }
    }
}

struct SecondWord {
    word: &'static str,
    en: &'static str,
    zh: &'static str,
}

impl fmt::Display for Deed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.bare_word())?;
        self.second_word().map_or(Ok(()), |second| write!(f, ".{second}"))
    }
}

impl FromStr for Deed {
    type Err = UnknownWord;

    fn from_str(written: &str) -> Result<Self, UnknownWord> {
        Self::all()
            .find(|deed| deed.to_string() == written)
            .ok_or_else(|| {
                let known: Vec<String> = Self::all().map(|deed| deed.to_string()).collect();
                UnknownWord::among(written, known.iter().map(String::as_str))
            })
    }
}

written_as_a_string!(Deed);

words! {
    /// A handful of deeds that usually go together. Bundles abbreviate what a position may, nothing else, and
    /// hold no decision: a leader's decision is never given away by an abbreviation.
    Bundle {
        TakingIn "taking in" "受理登记",
        Directing "directing" "派单调度",
        Handling "handling" "承办",
        Answering "answering" "答复",
        FollowingUp "following up" "回访",
        Supervising "supervising" "督办",
        RecordKeeping "record keeping" "结案归档",
    }
}

impl Bundle {
    /// The deeds the bundle stands for.
    ///
    /// Who *directs* also says who may know of a case (participation, restriction): he chooses whose hands it goes through
    /// anyway, and both only narrow or name, person by person, what the rulebook opens. Who *supervises* may do the same, so
    /// that a case can be shut against those who direct it, and opens a case in an emergency and judges such readings: what is
    /// kept from him neither opens, nobody judges his own, and both are events and entries of the access log. None of them
    /// learns who reports: only the custodian whom a rule of secrecy names grants that, and no bundle holds it.
    pub fn deeds(self) -> &'static [Deed] {
        match self {
            Self::TakingIn => &[
                Deed::Receipt,
                Deed::Registration,
                Deed::Correction,
                Deed::Screening,
                Deed::Classification,
                Deed::Acceptance,
                Deed::Decline,
                Deed::HandOver,
                Deed::Withdrawal,
                Deed::DuplicateLink,
                Deed::SpotAnswer,
                Deed::InstructionRequest,
                Deed::Notice(None),
            ],
            Self::Directing => &[
                Deed::Dispatch,
                Deed::Recall,
                Deed::UnitAdded,
                Deed::Assignment,
                Deed::Team,
                Deed::Recusal,
                Deed::Urging,
                Deed::ReturnDecision,
                Deed::Redispatch,
                Deed::SupplementRequest,
                Deed::Suspension,
                Deed::Resumption,
                Deed::Participation,
                Deed::Restriction,
            ],
            Self::Handling => &[
                Deed::ReceiptOfForm,
                Deed::Return,
                Deed::InvestigationPlan,
                Deed::Activity(None),
                Deed::Evidence,
                Deed::Progress,
                Deed::Opinion,
                Deed::InvestigationReport,
                Deed::InvestigationEnd,
                Deed::FeasibilityStudy,
                Deed::Discussion,
                Deed::Plan,
                Deed::Measure(None),
                Deed::MeasuresDone,
                Deed::RectificationOrder,
                Deed::RectificationCheck,
                Deed::ReportBack,
                Deed::ExtensionRequest,
                Deed::SupervisionAnswer,
            ],
            Self::Answering => &[
                Deed::Reply,
                Deed::Notice(None),
                Deed::Progress,
                Deed::SupplementRequest,
                Deed::Supplement,
                Deed::EarlyClosing,
            ],
            Self::FollowingUp => &[Deed::FollowUp],
            Self::Supervising => &[
                Deed::Urging,
                Deed::SupervisionOrder,
                Deed::SupervisionLifting,
                Deed::LeaderReport,
                Deed::Acknowledgement,
                Deed::AccountabilityRecord,
                Deed::AccountabilityClosing,
                Deed::FaultJudgement,
                Deed::Participation,
                Deed::Restriction,
                Deed::EmergencyReading,
                Deed::ReadingReview,
            ],
            Self::RecordKeeping => &[
                Deed::Closing,
                Deed::EarlyClosing,
                Deed::Reopening,
                Deed::Archiving,
                Deed::LegalHold,
            ],
        }
    }
}
