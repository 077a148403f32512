//! The short lists and single facts beside the four kinds of rule.

use schemars::JsonSchema;
use serde::Deserialize;

use crate::{
    rulebook::{Holder, Labels, When},
    time_limit::{Counting, DayEnd, RestDay, Span, StartDay, Within},
    words::{
        AxisName, Channel, ClauseId, Deed, DutyName, NoticeType, PositionName, RecurringWork, Satisfaction,
        Word, words,
    },
};

/// Writes the sections down without repeating what holds for each: strictly read, documented, with a clause and a
/// `reading`.
macro_rules! sections {
    ($( $(#[$meta:meta])* $name:ident { $( $(#[$about:meta])* $field:ident: $type:ty, )* } )*) => { $(
        $(#[$meta])*
        #[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            /// The clause it rests on.
            pub clause: ClauseId,
            $( $(#[$about])* pub $field: $type, )*
            /// How a silence or an ambiguity was read.
            pub reading: Option<String>,
        }
    )* };
}

sections! {
    /// `[[axis]]`: a way to classify cases, in the regulation's own words.
    Axis {
        /// Which of the ten.
        name: AxisName,
        /// Its values and what people read for them.
        values: Labels,
        /// As what an unclassified case counts. Absent: as nothing.
        unset: Option<Word>,
    }

    /// `[[channel]]`: how matters come in.
    ChannelRule {
        /// The channels of which this holds.
        names: Vec<Channel>,
        /// When somebody is there.
        #[serde(default)]
        open: Opening,
        /// Whose holder becomes first receiver where nobody sits at the channel himself.
        first_receiver: Option<PositionName>,
        /// The lines, where there are several.
        #[serde(default)]
        lines: Vec<String>,
        /// How the answer goes out, if not the way the matter came.
        replies_by: Option<Channel>,
        /// Which ratings open a case, for a channel of ratings.
        #[serde(default)]
        opens_case: Vec<Satisfaction>,
    }

    /// `[identity]`: whether a complainant may stay anonymous.
    IdentityRule {
        /// Whether.
        anonymous: Anonymity,
        /// How many may represent a crowd.
        representatives_at_most: Option<u8>,
    }

    /// `[first_contact]`: the duty that never transfers by itself.
    FirstContact {
        /// The deed that ends the tracking.
        tracks_until: Deed,
        /// Who may name another first receiver.
        #[serde(default)]
        changed_by: Vec<PositionName>,
        /// To whom the responsibility passes when the tracking ends.
        passes_to: Option<Holder>,
        /// Whether a person or his unit is meant.
        #[serde(default)]
        lead: FirstLead,
    }

    /// `[[form]]`: under what name the text of a deed goes, and what it must contain.
    Form {
        /// The deed.
        of: Deed,
        /// What the form is called.
        title: String,
        /// For which cases.
        #[serde(default)]
        when: When,
        /// The parts it must have; empty: any text.
        #[serde(default)]
        sections: Labels,
    }

    /// `[returns]`: how a unit may return what was dispatched to it. The clock keeps running.
    Returns {
        /// How often in a round.
        at_most: u8,
        /// Within what.
        within: Within,
        /// From which deed.
        from: Deed,
        /// Who decides.
        arbiter: Holder,
        /// Whether his decision ends the matter.
        r#final: bool,
    }

    /// `[[apart]]`: deeds that not the same hand may do.
    Apart {
        /// The deeds: who did one of them does none of the others. It speaks of persons, not of units: two people are
        /// needed wherever a position may do several of them.
        deeds: Vec<Deed>,
        /// Within what: within the `case`, or between its `rounds`, where who did one of them in a round does none in a
        /// later one.
        #[serde(default)]
        across: Across,
        /// For which cases.
        #[serde(default)]
        when: When,
    }

    /// `[counting]`: how the days of this rulebook's duties are counted. It does not pass down to heirs.
    CountingRule {
        /// Whether the start day counts.
        start_day: StartDay,
        /// When the last day ends.
        last_day_ends: DayEnd,
        /// What becomes of a last day that is a rest day.
        on_rest_day: RestDay,
    }

    /// `[[suspension]]`: a ground on which duties pause.
    SuspensionRule {
        /// The name of the ground.
        ground: Word,
        /// Which duties pause.
        stops: Vec<DutyName>,
        /// Who may pause them.
        by: Holder,
        /// The deed that ends the pause.
        until: Deed,
        /// The longest single pause.
        at_most: Option<Span>,
        /// The longest in all.
        in_total: Option<Span>,
        /// The notice that is owed.
        tell: Option<NoticeType>,
    }

    /// `[rounds]`: how often a case may be handled again.
    Rounds {
        /// How many rounds there are, the first included. Absent: the office says.
        at_most: Option<u8>,
        /// Which unit handles a further one. That it is another person, of whatever unit, is said by an `[[apart]]`
        /// across `rounds`.
        hands: Hands,
    }

    /// `[[appeal]]`: what may be appealed against.
    AppealRule {
        /// Its name.
        name: Word,
        /// Who may appeal.
        by: Party,
        /// Against which deed.
        against: Deed,
        /// Within what.
        within: Within,
        /// From which deed.
        from: Deed,
        /// Who decides.
        decided_by: Holder,
        /// Within what he decides.
        decide_within: Within,
        /// Whether there is nothing after it.
        r#final: bool,
    }

    /// `[[secrecy]]`: what is kept from whom. All that match hold together.
    Secrecy {
        /// For which cases.
        #[serde(default)]
        when: When,
        /// What is kept.
        keeps: Vec<Kept>,
        /// To whom alone it is open; empty: to whoever's position reaches the case.
        #[serde(default)]
        open_to: Vec<Holder>,
        /// To whom never.
        #[serde(default)]
        never_to: Vec<Party>,
        /// What a reading leaves behind.
        reads: Option<Reads>,
        /// Who alone may agree to an identity being shown. Absent: it stays shut.
        custodian: Option<PositionName>,
    }

    /// `[[retention]]`: how long a case is kept.
    Retention {
        /// For which cases.
        #[serde(default)]
        when: When,
        /// No shorter than this.
        at_least: Option<Span>,
        /// No longer than this.
        at_most: Option<Span>,
        /// From which deed.
        from: Deed,
        /// What happens then.
        then: Then,
    }

    /// `[[recurring]]`: what the office owes regardless of any case. It is listed, not owed: no duty is opened for it,
    /// nothing counts its time, and nobody is late with it.
    Recurring {
        /// What.
        owes: RecurringWork,
        /// Who.
        who: Holder,
        /// To whom.
        to: Option<Holder>,
        /// How often.
        every: Every,
    }
}

impl CountingRule {
    /// The counting without the clause it rests on.
    pub fn counting(&self) -> Counting {
        Counting {
            start_day: self.start_day,
            last_day_ends: self.last_day_ends,
            on_rest_day: self.on_rest_day,
        }
    }
}

/// `counting = { … }` of a duty: where it differs from the rulebook's counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct CountingPart {
    /// Whether the start day counts.
    pub start_day: Option<StartDay>,
    /// When the last day ends.
    pub last_day_ends: Option<DayEnd>,
    /// What becomes of a last day that is a rest day.
    pub on_rest_day: Option<RestDay>,
}

impl CountingPart {
    /// The whole counting, what is not said here taken from `usual`.
    pub fn over(self, usual: Counting) -> Counting {
        Counting {
            start_day: self.start_day.unwrap_or(usual.start_day),
            last_day_ends: self.last_day_ends.unwrap_or(usual.last_day_ends),
            on_rest_day: self.on_rest_day.unwrap_or(usual.on_rest_day),
        }
    }
}

impl From<Counting> for CountingPart {
    fn from(whole: Counting) -> Self {
        Self {
            start_day: Some(whole.start_day),
            last_day_ends: Some(whole.last_day_ends),
            on_rest_day: Some(whole.on_rest_day),
        }
    }
}

words! {
    /// When somebody is at a channel.
    #[derive(Default)]
    Opening {
        #[default]
        #[strum(serialize = "business hours")]
        BusinessHours "in business hours" "工作时间",
        #[strum(serialize = "around the clock")]
        AroundTheClock "around the clock" "24小时",
    }
}

words! {
    /// Whether a complainant may stay anonymous, from the strictest to the most open.
    Anonymity {
        Refused "refused" "不接受匿名",
        Accepted "accepted" "可接受匿名",
        MustBeOffered "must be offered" "应提供匿名方式",
    }
}

words! {
    /// Whose the first contact is.
    #[derive(Default)]
    FirstLead {
        #[default]
        Person "a person's" "首问责任人",
        Unit "his unit's" "首接单位",
    }
}

words! {
    /// Within what the same hand is forbidden.
    #[derive(Default)]
    Across {
        #[default]
        Case "the case" "同一投诉件",
        Rounds "the rounds of a case" "各轮次之间",
    }
}

words! {
    /// Which unit handles a further round.
    Hands {
        Same "the same unit" "原承办方",
        Other "another unit" "另行指定",
        Any "any unit" "不限",
    }
}

words! {
    /// Who is concerned by a case from outside the office's own staff work.
    Party {
        Complainant "the complainant" "投诉人",
        Respondent "the person complained of" "被投诉人",
        RespondentUnit "the unit complained of" "被投诉单位",
        HandlingUnit "the handling unit" "承办单位",
    }
}

words! {
    /// What is kept secret.
    Kept {
        Identity "who complained" "身份",
        Content "what was said" "内容",
        Existence "that there is a case" "存在",
    }
}

words! {
    /// What a reading leaves behind.
    Reads {
        #[strum(serialize = "logged")]
        Logged "logged" "留痕",
        #[strum(serialize = "logged with reason")]
        LoggedWithReason "logged with its reason" "说明理由并留痕",
    }
}

words! {
    /// What happens when a case was kept long enough.
    Then {
        Review "it is reviewed" "复核",
        Erase "it is erased" "删除",
    }
}

words! {
    /// How often.
    Every {
        #[strum(serialize = "day")]
        Day "day" "每日",
        #[strum(serialize = "week")]
        Week "week" "每周",
        #[strum(serialize = "month")]
        Month "month" "每月",
        #[strum(serialize = "quarter")]
        Quarter "quarter" "每季度",
        #[strum(serialize = "year")]
        Year "year" "每年",
        #[strum(serialize = "as prescribed")]
        AsPrescribed "as prescribed" "定期",
    }
}
