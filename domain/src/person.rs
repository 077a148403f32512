//! What a person is found again by, in one form however it was written: `+86 138-0000-0000` and `１３８００００００００` are one
//! telephone number.
//!
//! Only the form is made here. What is kept of it is a keyed hash, which the archive makes; the number itself is kept
//! with the case's texts, encrypted.

use strum::IntoStaticStr;

use crate::search::normalised;

/// What somebody is found by.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mark {
    /// What kind of number it is.
    pub kind: MarkKind,
    /// The number, in its one form.
    pub number: String,
}

/// What kind of number somebody is found by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum MarkKind {
    /// A telephone number.
    Phone,
    /// The number of an identity document.
    IdentityNumber,
}

impl MarkKind {
    /// The word, as it is kept.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        self.into()
    }
}

/// Digits of a mobile number in China.
const MOBILE_DIGITS: usize = 11;

impl Mark {
    /// A telephone number: digits alone, without China's country code, with the 0 of a fixed line's area; what comes after
    /// an extension's sign is left out. None where there is no digit.
    #[must_use]
    pub fn of_phone(written: &str) -> Option<Self> {
        let plain = normalised(written);
        let main = plain.split(['转', '#', 'x', ',', ';']).next().unwrap_or_default();
        let abroad = main.trim_start_matches(['(', ' ']).starts_with('+');
        let digits: String = main.chars().filter(char::is_ascii_digit).collect();
        let own = match digits.strip_prefix("0086") {
            Some(rest) => Some(rest),
            None if abroad => digits.strip_prefix("86"),
            None => digits
                .strip_prefix("86")
                .filter(|rest| rest.len() == MOBILE_DIGITS && rest.starts_with('1')),
        };
        let number = match own {
            // Said with the country, an area goes without its 0.
            Some(rest) if is_mobile(rest) || rest.starts_with('0') => rest.to_owned(),
            Some(rest) => format!("0{rest}"),
            None if abroad => format!("+{digits}"),
            None => digits,
        };
        number.chars().any(|it| it != '0' && it != '+').then_some(Self {
            kind: MarkKind::Phone,
            number,
        })
    }

    /// The number of an identity document: its letters, as capitals, and its digits. None where there is none.
    #[must_use]
    pub fn of_identity_number(written: &str) -> Option<Self> {
        let number: String = normalised(written)
            .chars()
            .filter(char::is_ascii_alphanumeric)
            .map(|it| it.to_ascii_uppercase())
            .collect();
        (!number.is_empty()).then_some(Self {
            kind: MarkKind::IdentityNumber,
            number,
        })
    }
}

fn is_mobile(digits: &str) -> bool {
    digits.len() == MOBILE_DIGITS && digits.starts_with('1')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn phone(written: &str, expected: &str) {
        let mark = Mark::of_phone(written).map(|mark| mark.number);
        assert_eq!(mark.as_deref(), Some(expected), "{written}");
    }

    #[test]
    fn a_mobile_number_has_one_form() {
        for written in [
            "13800000000",
            "138 0000 0000",
            "138-0000-0000",
            "+86 138 0000 0000",
            "+8613800000000",
            "0086 138 0000 0000",
            "008613800000000",
            "8613800000000",
            "86-138-0000-0000",
            "(+86)13800000000",
            "１３８００００００００",
            "＋８６　１３８　００００　００００",
            " 138\u{a0}0000\u{a0}0000 ",
            "13800000000 转 12",
            "13800000000#3",
        ] {
            phone(written, "13800000000");
        }
    }

    #[test]
    fn a_fixed_line_has_its_area() {
        for written in [
            "020-83333333",
            "(020) 8333 3333",
            "+86 20 8333 3333",
            "0086-20-83333333",
            "+86 (020) 83333333",
            "０２０－８３３３３３３３",
            "020-83333333转801",
            "020-83333333 x801",
        ] {
            phone(written, "02083333333");
        }
        phone("+86 10 6500 0000", "01065000000");
        phone("010-65000000", "01065000000");
    }

    #[test]
    fn short_and_foreign_numbers_stay_what_they_are() {
        phone("12345", "12345");
        phone("400-888-0000", "4008880000");
        phone("+852 2123 4567", "+85221234567");
        phone("8612345", "8612345");
        assert_eq!(Mark::of_phone("无"), None);
        assert_eq!(Mark::of_phone("000"), None);
        assert_eq!(Mark::of_phone(""), None);
    }

    #[test]
    fn an_identity_number_has_one_form() {
        for written in [
            "11010519491231002x",
            "11010519491231002X",
            " 110105 19491231 002Ｘ",
        ] {
            let mark = Mark::of_identity_number(written).map(|mark| mark.number);
            assert_eq!(mark.as_deref(), Some("11010519491231002X"));
        }
        assert_eq!(Mark::of_identity_number("——"), None);
    }
}
