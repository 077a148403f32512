use proptest::prelude::*;

use super::*;

fn written(text: &str) -> Vec<String> {
    pieces(text).iter().map(ToString::to_string).collect()
}

#[test]
fn what_is_written_differently_and_means_the_same_is_the_same() {
    for (one, other) in [
        ("ＡＢＣ１２３", "abc123"),
        ("窗口　态度\n\t生硬 ", "窗口 态度 生硬"),
        ("Straße ÀÉ", "straße àé"),
        ("e\u{301}cole", "\u{e9}cole"),
        ("㈱①", "(株)1"),
        ("H\u{331}", "\u{1e96}"),
        ("ΟΔΟΣ", "οδοσ"),
        ("\0\u{7}", ""),
    ] {
        assert_eq!(normalised(one), other);
    }
}

#[test]
fn a_text_is_cut_into_neighbours_and_the_last_of_each_run() {
    assert_eq!(written("窗口"), ["0gkj", "0o7r0gkj"]);
    assert_eq!(written("a-b c"), ["0019002q", "002p0019", "002q", "002r"]);
    assert_eq!(written(""), [""; 0]);
    assert_eq!(written("\u{10ffff}"), ["nvnj"]);
    assert_eq!(written("aaaa").len(), 2);
}

#[test]
fn a_question_has_words_within_bounds() {
    let words = |text: &str| Question::new(text).map(|question| question.words().to_vec());
    assert_eq!(
        words(" 窗口　ＡＢ 窗口"),
        Ok(vec!["窗口".to_owned(), "ab".to_owned()])
    );
    assert_eq!(words(" \u{3000}\n"), Err(QuestionFault::Empty));
    assert_eq!(words(""), Err(QuestionFault::Empty));
    assert_eq!(words(&"窗".repeat(100)).map(|words| words.len()), Ok(1));
    assert_eq!(words(&"窗".repeat(101)), Err(QuestionFault::TooLong));
    assert_eq!(words("a b c d e f g h").map(|words| words.len()), Ok(8));
    assert_eq!(words("a b c d e f g h i"), Err(QuestionFault::TooManyWords));
}

#[test]
fn words_are_counted_where_they_stand() {
    let question = Question::new("窗口 queue 态度").expect("a question");
    assert_eq!(question.found_in("窗口态度"), 2);
    assert_eq!(question.found_in("ＱＵＥＵＥ"), 1);
    assert_eq!(question.found_in("别的事"), 0);
}

/// Few letters, so that words meet; of many kinds.
fn text() -> impl Strategy<Value = String> {
    let letter = prop_oneof![
        8 => prop::sample::select(vec!['窗', '口', '态', '度', 'a', 'B', '１', '7', ' ', '　', '，', '-', '\u{301}', '👍', 'İ', 'ß']),
        1 => any::<char>(),
    ];
    prop::collection::vec(letter, 0..40).prop_map(|letters| letters.into_iter().collect())
}

proptest! {
    #[test]
    fn a_normalised_text_stays_as_it_is(text in text()) {
        let once = normalised(&text);
        prop_assert_eq!(&normalised(&once), &once);
        prop_assert!(!once.starts_with(' ') && !once.ends_with(' ') && !once.contains("  "));
        prop_assert!(!once.contains('\0') && !once.contains('\n'));
    }

    #[test]
    fn a_text_has_every_piece_of_each_word_that_stands_in_it(text in text(), from in 0_usize..40, length in 1_usize..6) {
        let text = normalised(&text);
        let part: String = text.chars().skip(from).take(length).collect();
        for word in part.split_whitespace() {
            let pieces = written(&text);
            for sought in sought(word) {
                let there = match sought {
                    Sought::Whole(piece) => pieces.contains(&piece.to_string()),
                    Sought::Beginning(piece) => {
                        let beginning = piece.to_string();
                        pieces.iter().any(|piece| piece.starts_with(&beginning))
                    }
                };
                prop_assert!(there, "{word:?} in {text:?}");
            }
        }
    }

    #[test]
    fn no_two_pieces_are_written_alike(one in any::<(char, Option<char>)>(), other in any::<(char, Option<char>)>()) {
        let (one, other) = (Piece(one.0, one.1), Piece(other.0, other.1));
        prop_assert_eq!(one == other, one.to_string() == other.to_string());
        prop_assert!(one.to_string().chars().all(|digit| digit.is_ascii_digit() || digit.is_ascii_lowercase()));
        prop_assert!(one.to_string().as_str() < "o");
    }
}
