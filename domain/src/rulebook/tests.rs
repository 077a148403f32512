use super::*;

#[test]
fn shipped_rulebooks_fit_together() {
    let flaws = shipped().err().unwrap_or_default();
    let lines: Vec<String> = flaws.iter().map(ToString::to_string).collect();
    assert!(lines.is_empty(), "{}", lines.join("\n"));
}
