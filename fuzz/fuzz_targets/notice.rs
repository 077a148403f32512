//! Whatever bytes are handed in as a year's notice of holidays: faults that name their place, or a year that the national
//! calendar takes in, and by which the days of the notice are what it says.
#![no_main]

use std::sync::LazyLock;

use domain::calendar::notice::Notice;
use domain::calendar::{Calendar, Change, YearStatus};
use libfuzzer_sys::fuzz_target;

static NATIONAL: LazyLock<Calendar> = LazyLock::new(Calendar::national);

fuzz_target!(|bytes: &[u8]| {
    let Ok(notice) = serde_json::from_slice::<Notice>(bytes) else {
        return;
    };
    for status in [
        YearStatus::Published,
        YearStatus::Provisional,
        YearStatus::Missing,
    ] {
        match notice.year(status, &NATIONAL) {
            Err(faults) => {
                assert!(!faults.is_empty(), "refused, and nothing said");
                let document = serde_json::to_value(&notice).expect("a notice is JSON");
                for fault in faults {
                    assert!(document.pointer(&fault.pointer).is_some(), "{fault}");
                }
            }
            Ok(year) => {
                let change = Change {
                    year: Some(year),
                    ..Change::default()
                };
                let Ok(changed) = NATIONAL.changed(&change, Default::default()) else {
                    return;
                };
                assert_eq!(changed.year_status(notice.year), status);
                for day in &notice.days {
                    assert_eq!(changed.is_working(day.date), !day.is_off_day, "{}", day.date);
                }
            }
        }
    }
});
