//! What is wrong with a rulebook, or worth a second look: where, why, how badly, and by which way a case gets there.

use std::fmt;

use crate::words::{RulebookCode, words};

/// Something in a rulebook that cannot stand, or that somebody should look at.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Flaw {
    /// The rulebook, where its code could be read.
    pub rulebook: Option<RulebookCode>,
    /// The line, from 1; 0 if the whole text is meant.
    pub line: usize,
    /// The section and what in it, such as `duty unit_handling`.
    pub what: String,
    /// Why it cannot stand, as a sentence for the person who writes the rulebook.
    pub reason: String,
    /// What was probably meant.
    pub closest: Option<String>,
    /// Which kind of flaw it is.
    pub code: FlawCode,
    /// Whether the rulebook can be used with it.
    pub severity: Severity,
    /// The shortest way of a case to where it shows, deed by deed; empty where it shows in the text alone.
    pub path: Vec<Step>,
}

impl fmt::Display for Flaw {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rulebook = self.rulebook.as_ref().map_or("rulebook", RulebookCode::as_str);
        write!(f, "{rulebook}, line {}, {}: ", self.line, self.what)?;
        if self.severity == Severity::Warning {
            f.write_str("warning: ")?;
        }
        f.write_str(&self.reason)?;
        self.closest
            .iter()
            .try_for_each(|word| write!(f, " (closest: `{word}`)"))?;
        for (at, step) in self.path.iter().enumerate() {
            f.write_str(if at == 0 { "; path: " } else { " → " })?;
            step.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Flaw {}

/// One step of the way of a case: what was done, and by which position.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Step {
    /// The deed, with its outcome in brackets where it has several: `follow_up (dissatisfied)`.
    pub deed: String,
    /// The position that did it, or `the clock`.
    pub by: String,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} by {}", self.deed, self.by)
    }
}

words! {
    /// How bad a flaw is.
    Severity {
        Error "the rulebook cannot be used with it" "不可使用",
        Warning "somebody should look at it" "请复核",
    }
}

words! {
    /// The kinds of flaw a rulebook can have.
    FlawCode {
        Malformed "the text cannot be read" "文本无法读取",
        UnknownWord "a word nobody knows" "未知词语",
        DoubleName "a name that stands twice" "名称重复",
        UnlistedClause "a clause that is cited and not listed" "引用未登记条款",
        UncitedClause "a clause to be enforced that no rule cites" "条款未被落实",
        NoPower "a deed that is asked for and nobody may do" "无人有权",
        LimitNeverStarts "a limit that cannot start" "时限无法起算",
        LimitNeverStops "a limit that cannot stop" "时限无法终止",
        EvadingAxis "a classification that is evaded by not making it" "分类可被规避",
        NeverMatches "a rule that can never match" "规则永不适用",
        EmptyLimit "an extension or a pause that empties a limit" "延期或中止使时限落空",
        Contradiction "numbers that contradict one another" "数字矛盾",
        Inheritance "an ancestor that is missing, of the wrong kind, or the rulebook itself" "继承有误",
        Loosening "a loosening of an ancestor" "放宽上位规定",
        NobodyCanAct "an open case with no duty that its holder can discharge" "无人能够推进",
        RingOfGates "gates that wait for one another" "前置条件成环",
        NoClosing "a state from which a case cannot end" "无法结案",
        WrongHand "a gate that the wrong hand can pass, or the right one cannot" "经手人不当",
        RecusalLeavesNobody "one person is not enough, since nobody acts on himself" "回避后无人",
        EscalationNeverFires "an escalation that cannot fire" "升级无法触发",
        EscalationWithoutEnd "an escalation that fires without end" "升级无止境",
        PauseWithoutEnd "a pause without an end" "中止无期限",
        BrokenSecret "a secret that its own procedure breaks" "程序自破保密",
        NumberLeftOpen "a limit without a number" "时限未定",
        OutOfBounds "more than the checker takes" "超出检查范围",
    }
}
