//! The rulebooks that come with the house.

use std::{collections::BTreeMap, sync::LazyLock};

use crate::{
    rulebook::{Checked, Flaw, Kind, Rulebook, check, read},
    words::RulebookCode,
};

/// The texts of all rulebooks that are built in: the floor, the statutes and the regulations.
pub fn library() -> &'static [&'static str] {
    &[
        include_str!("../../rulebooks/huiyin.floor.toml"),
        include_str!("../../rulebooks/cn.service_hall.toml"),
        include_str!("../../rulebooks/cn.tobacco_supervision.toml"),
        include_str!("../../rulebooks/cn.petition_2022.toml"),
        include_str!("../../rulebooks/cn.consumer_law.toml"),
        include_str!("../../rulebooks/cn.market_2019.toml"),
        include_str!("../../rulebooks/cn.edu_bureau_supervision.toml"),
        include_str!("../../rulebooks/cn.conduct_internal.toml"),
        include_str!("../../rulebooks/cn.hospital_window.toml"),
        include_str!("../../rulebooks/cn.consumer_and_petition.toml"),
        include_str!("../../rulebooks/cn.complaints_office.toml"),
        include_str!("../../rulebooks/cn.window_inspection.toml"),
        include_str!("../../rulebooks/cn.police_window.toml"),
        include_str!("../../rulebooks/cn.xihu_window.toml"),
        include_str!("../../rulebooks/cn.baiyun_center.toml"),
        include_str!("../../rulebooks/cn.drug_window.toml"),
        include_str!("../../rulebooks/cn.public_service_center.toml"),
        include_str!("../../rulebooks/cn.report_disposal.toml"),
    ]
}

/// The built-in rulebooks with their texts, by code; a test holds that all of them can be read.
static LIBRARY: LazyLock<BTreeMap<RulebookCode, (&str, Rulebook)>> = LazyLock::new(|| {
    let read = library()
        .iter()
        .filter_map(|text| Some((*text, read(text).ok()?)));
    read.map(|(text, rulebook)| (rulebook.head.code.clone(), (text, rulebook)))
        .collect()
});

/// The text of a built-in rulebook.
pub fn text_of(code: &RulebookCode) -> Option<&'static str> {
    LIBRARY.get(code).map(|(text, _)| *text)
}

/// The texts on which a rulebook stands: those of its ancestors, and of theirs, out of what is built in. Kept beside
/// the rulebook they say for ever what it inherited when it was written. An ancestor that is not built in is left out,
/// and [`examine`] says so.
pub fn ancestry(rulebook: &Rulebook) -> Vec<&'static str> {
    let mut met: BTreeMap<&RulebookCode, &'static str> = BTreeMap::new();
    let mut to_visit = vec![rulebook];
    while let Some(heir) = to_visit.pop() {
        for inherit in &heir.head.inherits {
            if let Some((code, (text, ancestor))) = LIBRARY.get_key_value(&inherit.rulebook)
                && *code != rulebook.head.code
                && met.insert(code, text).is_none()
            {
                to_visit.push(ancestor);
            }
        }
    }
    met.into_values().collect()
}

/// Reads a rulebook and checks it among the texts of its ancestors.
///
/// # Errors
/// Every flaw of the text, each with its line; and of an ancestor that cannot be read.
pub fn examine<T: AsRef<str>>(text: &str, ancestors: &[T]) -> Result<Checked, Vec<Flaw>> {
    let rulebook = read(text)?;
    let mut texts = BTreeMap::new();
    for ancestor in ancestors {
        let ancestor = read(ancestor.as_ref())?;
        texts.insert(ancestor.head.code.clone(), ancestor);
    }
    texts.insert(rulebook.head.code.clone(), rulebook.clone());
    check(&rulebook, &texts)
}

/// The built-in regulations, ready for use. Floors and statutes are inherited by them and are nothing to run.
///
/// # Errors
/// Every flaw in any of the texts. A test holds that there is none.
pub fn shipped() -> Result<BTreeMap<RulebookCode, Checked>, Vec<Flaw>> {
    let mut flaws = Vec::new();
    let mut texts = BTreeMap::new();
    for text in library() {
        match read(text) {
            Ok(rulebook) => {
                texts.insert(rulebook.head.code.clone(), rulebook);
            }
            Err(found) => flaws.extend(found),
        }
    }
    let mut regulations = BTreeMap::new();
    for (code, rulebook) in &texts {
        match check(rulebook, &texts) {
            Ok(checked) if checked.head.kind == Kind::Regulation => {
                regulations.insert(code.clone(), checked);
            }
            Ok(_) => {}
            Err(found) => flaws.extend(found),
        }
    }
    if flaws.is_empty() {
        Ok(regulations)
    } else {
        Err(flaws)
    }
}

#[expect(clippy::unwrap_used, reason = "a test may stop where it stands")]
#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_shipped_rulebook_stands_on_its_ancestors_texts_alone() {
        for (code, shipped) in shipped().unwrap() {
            let text = text_of(&code).unwrap();
            let again = examine(text, &ancestry(&read(text).unwrap())).unwrap();
            assert_eq!(again, shipped, "{code}");
            assert_eq!(ancestry(&shipped), ancestry(&read(text).unwrap()), "{code}");
        }
    }

    #[test]
    fn every_text_of_the_library_can_be_read() {
        assert_eq!(LIBRARY.len(), library().len());
    }
}
