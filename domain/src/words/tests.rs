use std::{fmt::Debug, str::FromStr};

use serde::{Serialize, de::DeserializeOwned};
use strum::IntoEnumIterator;

use super::*;
use crate::rulebook::{Holder, May, Need};

/// A word reads back as itself, from its string and from JSON, and has both labels.
macro_rules! reads_back {
    ($($list:ty),*) => { $(
        for value in <$list>::iter() {
            reads_back(&value, value.as_str());
            assert!(!value.en().is_empty() && !value.zh().is_empty());
        }
    )* };
}

fn reads_back<T>(value: &T, written: &str)
where
    T: Debug + PartialEq + FromStr<Err: Debug> + Serialize + DeserializeOwned,
{
    assert_eq!(&written.parse::<T>().unwrap(), value);
    let json = serde_json::to_string(value).unwrap();
    assert_eq!(json, format!("\"{written}\""));
    assert_eq!(&serde_json::from_str::<T>(&json).unwrap(), value);
}

#[test]
fn every_word_reads_back() {
    reads_back!(
        ActivityKind,
        AxisName,
        Bundle,
        Capability,
        CaseType,
        Channel,
        DispatchRole,
        Fault,
        Field,
        Finding,
        Guarantee,
        IdentityMode,
        MeasureKind,
        NoticeType,
        RecurringWork,
        RouteKind,
        Satisfaction,
        Source,
        Status,
        Subject,
        YesNo
    );
    for deed in Deed::all() {
        reads_back(&deed, &deed.to_string());
        assert!(!deed.en().is_empty() && !deed.zh().is_empty());
    }
}

#[test]
fn words_with_a_form_of_their_own_are_the_glossarys() {
    assert_eq!(Channel::Hotline12345.as_str(), "hotline_12345");
    assert_eq!(Field::ComplainantName.as_str(), "complainant.name");
    assert_eq!(Field::MembersAtLeast2.as_str(), "members_at_least_2");
    assert_eq!(
        Deed::Notice(Some(NoticeType::ProcessNotice)).to_string(),
        "notice.process_notice"
    );
    assert_eq!(Deed::Approval(None).to_string(), "approval");
}

#[test]
fn every_relation_reads_back_and_other_names_are_positions() {
    for (relation, _) in Holder::relations() {
        let holder: Holder = relation.parse().unwrap();
        assert_eq!(holder.position(), None);
        reads_back(&holder, relation);
    }
    assert!("intake_officer".parse::<Holder>().unwrap().position().is_some());
    assert!("Intake officer".parse::<Holder>().is_err());
}

#[test]
fn a_word_of_may_or_needs_means_one_thing() {
    for deed in Deed::all() {
        assert_eq!(deed.to_string().parse(), Ok(May::Deed(deed)));
        assert_eq!(
            deed.to_string().parse(),
            Ok(Need::Deed(deed)),
            "{deed} is no field"
        );
    }
    for bundle in Bundle::iter() {
        assert_eq!(bundle.as_str().parse(), Ok(May::Bundle(bundle)));
        assert!(bundle.as_str().parse::<Deed>().is_err());
    }
    assert_eq!("cause".parse(), Ok(Need::Field(Field::Cause)));
    assert_eq!("severity".parse(), Ok(Need::Axis(AxisName::Severity)));
    assert_eq!(
        "complainant".parse::<Need>().unwrap_err().closest.as_deref(),
        Some("complainant.kind")
    );
}

#[test]
fn bare_deed_covers_its_particular_ones() {
    let any = Deed::Measure(None);
    let penalty = Deed::Measure(Some(MeasureKind::Penalty));
    let apology = Deed::Measure(Some(MeasureKind::Apology));
    assert!(any.covers(penalty) && any.covers(any) && penalty.covers(penalty));
    assert!(!penalty.covers(any) && !penalty.covers(apology) && !any.covers(Deed::Plan));
    assert!(penalty.meets(any) && any.meets(penalty) && !penalty.meets(apology));
}

#[test]
fn ended_case_is_not_open() {
    let open: Vec<Status> = Status::iter().filter(|status| status.is_open()).collect();
    assert_eq!(open.len(), 8);
    assert!(open.iter().all(|status| *status <= Status::Replied));
}

#[test]
fn closest_word_is_near_or_what_is_often_meant() {
    let words = || Deed::WORDS.iter().copied();
    assert_eq!(closest("registraton", words()).as_deref(), Some("registration"));
    assert_eq!(closest("answer", words()).as_deref(), Some("reply"));
    assert_eq!(closest("xyzzy", words()), None);
    assert_eq!(closest("", words()), None);
}

#[test]
fn names_have_their_form() {
    for good in ["a", "unit_handling", "r2", &"a".repeat(40)] {
        assert!(good.parse::<Word>().is_ok(), "{good}");
    }
    for bad in ["", "A", "2nd", "_a", "a-b", "a b", "名", &"a".repeat(41)] {
        assert!(bad.parse::<Word>().is_err(), "{bad}");
        assert!(
            bad.parse::<PositionName>().is_err() && bad.parse::<DutyName>().is_err(),
            "{bad}"
        );
    }
    for good in ["R03-2.2.1a", "H-1", "第一条"] {
        assert!(good.parse::<ClauseId>().is_ok(), "{good}");
    }
    for bad in ["", "R03 2", "a\nb", &"x".repeat(41)] {
        assert!(bad.parse::<ClauseId>().is_err(), "{bad}");
    }
    assert!("cn.service_hall".parse::<RulebookCode>().is_ok());
    for bad in ["", ".", "cn.", "cn..a", "CN.a"] {
        assert!(bad.parse::<RulebookCode>().is_err(), "{bad}");
    }
    assert!("1.0.0".parse::<Version>().is_ok() && "1.0".parse::<Version>().is_err());
}
