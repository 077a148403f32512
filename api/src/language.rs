//! The two languages of the answers, and which one a caller gets.

use std::borrow::Cow;

/// A language in which the service answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Language {
    /// Simplified Chinese, the default.
    #[default]
    Chinese,
    /// English.
    English,
}

impl Language {
    /// The language tag, as in `Content-Language`.
    pub const fn tag(self) -> &'static str {
        match self {
            Self::Chinese => "zh-CN",
            Self::English => "en",
        }
    }

    /// How closely a language range of `Accept-Language` names this language; `None` when it names another.
    fn named_by(self, range: &str) -> Option<u8> {
        if range == "*" {
            return Some(0);
        }
        let primary = range.split('-').next().unwrap_or_default();
        match self {
            Self::Chinese if !primary.eq_ignore_ascii_case("zh") => None,
            Self::English if !primary.eq_ignore_ascii_case("en") => None,
            Self::Chinese if range.eq_ignore_ascii_case("zh-CN") => Some(3),
            Self::Chinese | Self::English if range.len() == primary.len() => Some(2),
            // Somebody who asks for another kind of Chinese or English still reads ours better than the other.
            Self::Chinese | Self::English => Some(1),
        }
    }
}

/// A text in both languages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Text {
    /// In simplified Chinese.
    pub zh: Cow<'static, str>,
    /// In English.
    pub en: Cow<'static, str>,
}

impl Text {
    /// A text that is part of the program.
    pub const fn fixed(zh: &'static str, en: &'static str) -> Self {
        Self {
            zh: Cow::Borrowed(zh),
            en: Cow::Borrowed(en),
        }
    }

    /// The text in one language.
    pub fn in_language(&self, language: Language) -> &str {
        match language {
            Language::Chinese => &self.zh,
            Language::English => &self.en,
        }
    }
}

/// How many language ranges of one header are read; nobody speaks more.
const RANGES_MAX: usize = 32;

/// The language for an `Accept-Language` header (RFC 9110, 12.5.4).
///
/// The closest range that names a language gives its weight; the heavier language wins, then the one named first.
/// Whoever asks for neither gets Chinese: an answer in the wrong language helps more than none. A malformed range
/// is passed over, never refused.
pub fn negotiate(header: Option<&str>) -> Language {
    let Some(header) = header else {
        return Language::default();
    };
    let ranges: Vec<(&str, u16)> = header
        .split(',')
        .take(RANGES_MAX)
        .filter_map(weighted_range)
        .collect();
    let weight = |language: Language| {
        ranges
            .iter()
            .enumerate()
            .filter_map(|(position, (range, weight))| Some((language.named_by(range)?, *weight, position)))
            .max_by_key(|(closeness, weight, position)| (*closeness, *weight, std::cmp::Reverse(*position)))
    };
    match (weight(Language::Chinese), weight(Language::English)) {
        (Some((_, zh, _)), Some((_, en, _))) if en > zh => Language::English,
        (Some((_, zh, zh_at)), Some((_, en, en_at))) if en == zh && en > 0 && en_at < zh_at => {
            Language::English
        }
        (None, Some((_, en, _))) if en > 0 => Language::English,
        (Some(_) | None, Some(_) | None) => Language::Chinese,
    }
}

/// A range with its weight in thousandths; `None` when it is malformed.
fn weighted_range(element: &str) -> Option<(&str, u16)> {
    let mut parts = element.split(';');
    let range = parts.next()?.trim();
    let well_formed = range == "*"
        || range.split('-').all(|part| {
            (1..=8).contains(&part.len()) && part.bytes().all(|byte| byte.is_ascii_alphanumeric())
        });
    if !well_formed {
        return None;
    }
    let weight = match parts.next() {
        None => 1000,
        Some(parameter) => thousandths(parameter.trim().strip_prefix(['q', 'Q'])?.strip_prefix('=')?)?,
    };
    parts.next().is_none().then_some((range, weight))
}

/// A weight such as `0.8` in thousandths: one digit, and at most three behind the point.
fn thousandths(weight: &str) -> Option<u16> {
    let (whole, fraction) = weight.split_once('.').unwrap_or((weight, ""));
    if fraction.len() > 3 || !fraction.bytes().all(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let fraction: u16 = format!("{fraction:0<3}").parse().ok()?;
    match whole {
        "0" => Some(fraction),
        "1" if fraction == 0 => Some(1000),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everybody_gets_a_language() {
        use Language::{Chinese, English};
        for (header, expected) in [
            ("", Chinese),
            ("zh-CN", Chinese),
            ("zh", Chinese),
            ("en", English),
            ("EN-us", English),
            ("en-GB,en;q=0.9,zh-CN;q=0.8", English),
            ("zh-CN,zh;q=0.9,en;q=0.8", Chinese),
            ("en;q=0.5, zh;q=0.8", Chinese),
            ("en, zh", English),
            ("zh, en", Chinese),
            ("*", Chinese),
            ("*, zh;q=0", English),
            ("zh-CN;q=0, *", English),
            ("en;q=0", Chinese),
            ("en;q=0, zh;q=0", Chinese),
            ("*;q=0", Chinese),
            ("fr", Chinese),
            ("fr, en;q=0.1", English),
            ("zh-TW, en;q=0.5", Chinese),
            ("zh-Hant-HK;q=0.3, en;q=0.4", English),
            ("zh;q=0.2, zh-CN;q=0.9, en;q=0.5", Chinese),
            ("en;q=2", Chinese),
            ("en;q=0.1234", Chinese),
            ("en;q=abc, zh", Chinese),
            ("en;level=1", Chinese),
            (";;;,,,=", Chinese),
            ("中文", Chinese),
            ("en;q=1.000", English),
            ("en;q=1.", English),
        ] {
            assert_eq!(negotiate(Some(header)), expected, "{header}");
        }
        assert_eq!(negotiate(None), Chinese);
        assert_eq!(negotiate(Some(&"en,".repeat(100_000))), English);
    }
}
