//! The rulebooks that come with the house.

use std::collections::BTreeMap;

use crate::{
    rulebook::{Checked, Flaw, Kind, check, read},
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
