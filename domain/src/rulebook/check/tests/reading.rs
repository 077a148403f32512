//! Whatever is read gets an answer: a rulebook, or what is wrong with it and on which line. Never a panic, and never
//! much time. A property holds the reader to it, with texts made by spoiling the shipped ones; the fuzzer in `fuzz/` asks
//! the same of texts that nobody thought of.

use proptest::prelude::*;

use super::checked;
use crate::rulebook::{Flaw, FlawCode, library, read, read_bytes};

fn refused(text: &str) -> Vec<Flaw> {
    checked(text).expect_err("it should be refused")
}

#[test]
fn bytes_that_are_no_text_are_told_with_their_line() {
    let mut bytes = super::SOUND.as_bytes().to_vec();
    let at = super::SOUND.find("Test").unwrap();
    bytes[at] = 0xff;
    let flaws = read_bytes(&bytes).unwrap_err();
    assert_eq!((flaws[0].line, flaws[0].code), (4, FlawCode::Malformed));
    assert!(flaws[0].reason.contains("not UTF-8"), "{}", flaws[0]);
    assert!(read_bytes(super::SOUND.as_bytes()).is_ok());
}

#[test]
fn too_much_of_anything_is_told() {
    let clauses: Vec<String> = (0..10_000)
        .map(|no| format!("\"X-{no}\" = {{ class = \"D\", at = \"{no}\", zh = \"x\", en = \"x\" }}"))
        .collect();
    let clauses = clauses.join("\n");
    let text = super::SOUND.replacen("[clauses]\n", &format!("[clauses]\n{clauses}\n"), 1);
    let flaws = refused(&text);
    assert!(
        flaws[0].code == FlawCode::OutOfBounds && flaws[0].line > 1_000,
        "{}",
        flaws[0]
    );
    let text = format!("{}{}", super::SOUND, "#".repeat(1024 * 1024));
    assert_eq!(refused(&text)[0].code, FlawCode::OutOfBounds);
    let text = super::SOUND.replacen("\"Test\"", &format!("\"{}\"", "长".repeat(100_000)), 1);
    assert!(read(&text).is_ok(), "a long title is only long");
    let text = super::SOUND.replacen(
        "owes = \"reply\"",
        &format!("owes = \"{}\"", "x".repeat(100_000)),
        1,
    );
    assert!(refused(&text)[0].reason.len() < 1_000);
}

#[test]
fn what_is_nested_too_deep_is_told_with_its_line() {
    for deep in ["[".repeat(100_000), "{ a = ".repeat(50_000), "a.".repeat(100_000)] {
        let text = format!("{}\nx = {deep}", super::SOUND);
        let flaws = refused(&text);
        assert!(flaws[0].line > 1, "{}", flaws[0]);
    }
}

/// A shipped text, spoilt in a few places.
fn spoilt() -> impl Strategy<Value = Vec<u8>> {
    let place = (any::<prop::sample::Index>(), 0..7_u8, any::<u8>(), any::<u32>());
    (0..library().len(), prop::collection::vec(place, 1..6)).prop_map(|(which, places)| {
        let mut text = library()[which].as_bytes().to_vec();
        for (at, how, byte, number) in places {
            spoil(&mut text, at, how, byte, number);
        }
        text
    })
}

fn spoil(text: &mut Vec<u8>, at: prop::sample::Index, how: u8, byte: u8, number: u32) {
    if text.is_empty() {
        return;
    }
    let at = at.index(text.len());
    let start = text[..at]
        .iter()
        .rposition(|it| *it == b'\n')
        .map_or(0, |at| at + 1);
    let end = text[at..]
        .iter()
        .position(|it| *it == b'\n')
        .map_or(text.len(), |to| at + to + 1);
    match how {
        0 => text[at] = byte,
        1 => drop(text.drain(start..end)),
        2 => {
            let line = text[start..end].to_vec();
            text.splice(start..start, line);
        }
        3 => text.truncate(at),
        4 => {
            let letters: &[u8] = b"[]{}\"'=.,#\\\n";
            text.insert(at, letters[usize::from(byte) % letters.len()]);
        }
        _ => {
            // The next number becomes another one.
            if let Some(digit) = text[at..].iter().position(u8::is_ascii_digit) {
                let from = at + digit;
                let length = text[from..].iter().take_while(|it| it.is_ascii_digit()).count();
                text.splice(from..from + length, number.to_string().into_bytes());
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, max_shrink_iters: 200, ..ProptestConfig::default() })]

    #[test]
    fn whatever_is_read_is_answered(bytes in spoilt()) {
        match read_bytes(&bytes) {
            Ok(_) => {
                let text = std::str::from_utf8(&bytes).unwrap();
                if let Err(flaws) = checked(text) {
                    prop_assert!(flaws.iter().all(|flaw| !flaw.reason.is_empty()));
                }
            }
            Err(flaws) => {
                let lines = bytes.split(|byte| *byte == b'\n').count();
                prop_assert!(!flaws.is_empty());
                prop_assert!(flaws.iter().all(|flaw| flaw.line <= lines && !flaw.reason.is_empty()));
            }
        }
    }
}
