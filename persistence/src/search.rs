//! What a case is found by, in the one form in which both engines keep it.

use domain::search::{Question, Sought, normalised, pieces as cut};
use uuid::Uuid;

/// The kinds of text that are searched: what the complainant said, and what the office told him. Nothing that was
/// written for the file alone.
pub(crate) const KINDS: [&str; 7] = [
    "subject",
    "content",
    "reply",
    "notice",
    "progress",
    "explanation",
    "guidance",
];

/// More pieces than this are not told one by one, since an engine bounds what one row may hold.
const PIECES_MAX: usize = 20_000;

/// Stands for every piece there is. No piece is written like this, nor like an office.
const EVERY_PIECE: &str = "z";

/// Whether a text of this kind is searched.
pub(crate) fn is_searched(kind: &str) -> bool {
    KINDS.contains(&kind)
}

/// What a case says: its number and its texts, one on each line.
pub(crate) fn words<'t>(case_no: Option<&'t str>, texts: impl IntoIterator<Item = &'t str>) -> String {
    let lines: Vec<String> = case_no.into_iter().chain(texts).map(normalised).collect();
    lines.join("\n")
}

/// The pieces of what a case says, and its office, with blanks between them.
pub(crate) fn pieces(office: Uuid, words: &str) -> String {
    let mut written = of_office(office);
    let pieces = cut(words);
    if pieces.len() > PIECES_MAX {
        written.extend([" ", EVERY_PIECE]);
    } else {
        for piece in pieces {
            written.push(' ');
            written.push_str(&piece.to_string());
        }
    }
    written
}

/// How an engine's index is asked.
pub(crate) struct Grammar {
    /// Between two that must both be there.
    pub(crate) and: &'static str,
    /// Between two of which one must be there.
    pub(crate) or: &'static str,
    /// After what a piece begins with.
    pub(crate) beginning: &'static str,
}

/// What the index is asked for, so that no case that has all the words is left out.
pub(crate) fn asked(office: Uuid, question: &Question, grammar: &Grammar) -> String {
    let pieces: Vec<String> = question
        .sought()
        .into_iter()
        .map(|sought| match sought {
            Sought::Whole(piece) => piece.to_string(),
            Sought::Beginning(piece) => format!("{piece}{}", grammar.beginning),
        })
        .collect();
    let Grammar { and, or, .. } = grammar;
    format!(
        "{} {and} (({}) {or} {EVERY_PIECE})",
        of_office(office),
        pieces.join(&format!(" {and} "))
    )
}

/// An office as a piece: no character's digits begin with this letter.
fn of_office(office: Uuid) -> String {
    format!("o{}", office.simple())
}

#[cfg(test)]
mod tests {
    use super::*;

    const GRAMMAR: Grammar = Grammar {
        and: "&",
        or: "|",
        beginning: ":*",
    };

    #[test]
    fn a_case_says_its_number_and_its_texts_line_by_line() {
        assert_eq!(
            words(Some("2026-Ａ"), ["窗口\n态度", "B"]),
            "2026-a\n窗口 态度\nb"
        );
        assert_eq!(words(None, []), "");
    }

    #[test]
    fn pieces_stand_beside_their_office() {
        let office = Uuid::from_u128(7);
        let own = "o00000000000000000000000000000007";
        assert_eq!(pieces(office, "窗口"), format!("{own} 0gkj 0o7r0gkj"));
        assert_eq!(pieces(office, ""), own);
        let question = |text: &str| Question::new(text).expect("a question");
        assert_eq!(
            asked(office, &question("窗口 a"), &GRAMMAR),
            format!("{own} & ((0o7r0gkj & 002p:*) | z)")
        );
    }

    #[test]
    fn who_says_too_much_is_always_looked_at() {
        let long: String = ('\u{4e00}'..'\u{9fff}').collect();
        assert!(pieces(Uuid::nil(), &long).ends_with(" z"));
    }
}
