//! Code lists: what each code means, in Chinese and English.
//!
//! The lists of the house come from the vocabulary of the core; an office adds the words of its own rulebook.

pub mod get_code_list;
pub mod list_code_lists;

use domain::rulebook::{Checked, Reach, Seat};
use domain::words::{
    ActivityKind, AxisName, CaseType, Channel, Deed, DispatchRole, Fault, Field, Finding, IdentityMode,
    MeasureKind, NoticeType, Satisfaction, Source, Status, Subject,
};
use serde::Serialize;
use strum::IntoEnumIterator;
use utoipa::ToSchema;

use crate::problem::Kind;

/// One code with its labels.
#[derive(Debug, Serialize, ToSchema)]
pub struct Code {
    /// The code.
    #[schema(max_length = 64, example = "complaint")]
    #[expect(clippy::struct_field_names, reason = "it is the word of the contract")]
    code: String,
    /// What it is called in Chinese.
    #[schema(max_length = 200, example = "投诉")]
    zh: String,
    /// What it is called in English.
    #[schema(max_length = 200, example = "complaint")]
    en: String,
}

macro_rules! codes {
    ($list:ty) => {
        <$list>::iter()
            .map(|word| Code {
                code: word.as_str().to_owned(),
                zh: word.zh().to_owned(),
                en: word.en().to_owned(),
            })
            .collect()
    };
}

/// The lists that are the same everywhere.
pub const LISTS: [&str; 19] = [
    "activity_kind",
    "approval_subject",
    "axis",
    "case_type",
    "channel",
    "deed",
    "dispatch_role",
    "fault",
    "field",
    "finding",
    "identity_mode",
    "measure_kind",
    "notice_type",
    "problem",
    "reach",
    "satisfaction",
    "seat",
    "source",
    "status",
];

/// A list of the house by its code; `None` when there is no such list.
pub fn list(code: &str) -> Option<Vec<Code>> {
    Some(match code {
        "activity_kind" => codes!(ActivityKind),
        "approval_subject" => codes!(Subject),
        "axis" => codes!(AxisName),
        "case_type" => codes!(CaseType),
        "channel" => codes!(Channel),
        "deed" => Deed::all()
            .map(|deed| Code {
                code: deed.to_string(),
                zh: deed.zh(),
                en: deed.en(),
            })
            .collect(),
        "dispatch_role" => codes!(DispatchRole),
        "fault" => codes!(Fault),
        "field" => codes!(Field),
        "finding" => codes!(Finding),
        "identity_mode" => codes!(IdentityMode),
        "measure_kind" => codes!(MeasureKind),
        "notice_type" => codes!(NoticeType),
        "problem" => Kind::iter()
            .map(|kind| {
                let title = kind.entry().title;
                Code {
                    code: kind.code().to_owned(),
                    zh: title.zh.into_owned(),
                    en: title.en.into_owned(),
                }
            })
            .collect(),
        "reach" => codes!(Reach),
        "satisfaction" => codes!(Satisfaction),
        "seat" => codes!(Seat),
        "source" => codes!(Source),
        "status" => codes!(Status),
        _ => return None,
    })
}

/// The lists that a rulebook has besides: its axes' values under the axis' name, and `unit_kind`, `position`,
/// `duty`.
pub fn list_of(rulebook: &Checked, code: &str) -> Option<Vec<Code>> {
    // A regulation's own words are Chinese; they have no other label.
    let own = |code: &dyn ToString, label: &str| Code {
        code: code.to_string(),
        zh: label.to_owned(),
        en: code.to_string(),
    };
    match code {
        "unit_kind" => Some(
            rulebook
                .unit_kinds
                .iter()
                .map(|it| own(&it.name, &it.title))
                .collect(),
        ),
        "position" => Some(
            rulebook
                .positions
                .iter()
                .map(|it| own(&it.name, &it.title))
                .collect(),
        ),
        "duty" => Some(
            rulebook
                .duties()
                .iter()
                .map(|duty| Code {
                    code: duty.name.to_string(),
                    zh: duty.owes.zh(),
                    en: duty.owes.en(),
                })
                .collect(),
        ),
        "channel" => {
            let used = |channel: &Channel| rulebook.channel(*channel).is_some();
            let codes = Channel::iter().filter(used).map(|channel| Code {
                code: channel.to_string(),
                zh: channel.zh().to_owned(),
                en: channel.en().to_owned(),
            });
            Some(codes.collect())
        }
        name => {
            let axis = rulebook.axes.iter().find(|axis| axis.name.as_str() == name)?;
            Some(axis.values.iter().map(|(word, label)| own(word, label)).collect())
        }
    }
}

/// The codes of the lists that a rulebook has.
pub fn lists_of(rulebook: &Checked) -> Vec<String> {
    let fixed = ["unit_kind", "position", "duty", "channel"].map(str::to_owned);
    let axes = rulebook.axes.iter().map(|axis| axis.name.to_string());
    fixed.into_iter().chain(axes).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_list_that_is_named_is_there() {
        for name in LISTS {
            let codes = list(name).unwrap();
            assert!(!codes.is_empty(), "{name}");
            assert!(
                codes
                    .iter()
                    .all(|code| !code.zh.is_empty() && !code.en.is_empty()),
                "{name}"
            );
        }
        assert!(list("nothing").is_none());
        for rulebook in crate::desk::shipped_rulebooks().values() {
            for name in lists_of(rulebook) {
                assert!(list_of(rulebook, &name).is_some(), "{name}");
            }
        }
    }
}
