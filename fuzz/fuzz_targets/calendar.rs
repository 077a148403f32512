//! Whatever text is handed in as a calendar: a fault, or a calendar in which every day is one and limits can be counted.
#![no_main]

use domain::calendar::Calendar;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    match text.parse::<Calendar>() {
        Err(fault) => assert!(!fault.to_string().is_empty()),
        Ok(calendar) => {
            for year in calendar.years() {
                let days = year.holidays.iter().flat_map(|holiday| &holiday.off);
                for day in days.flat_map(|range| range.days()).take(400) {
                    assert!(!calendar.is_working(day), "{day} is off");
                    if let Some(after) = calendar.working_day_after(day, 7) {
                        assert!(calendar.is_working(after));
                        assert_eq!(calendar.working_days_between(day, after), 7, "{day} to {after}");
                    }
                }
            }
            let written = serde_json::to_string(&calendar).expect("a calendar is JSON");
            let again: Calendar = serde_json::from_str(&written).expect("what was written is read");
            assert_eq!(again, calendar);
        }
    }
});
