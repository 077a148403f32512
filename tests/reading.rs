//! What people read of a case: its duties, why they are due when they are, how they ended, what happened.

use std::fmt;

use serde_json::Value;

use crate::answer::Answer;
use crate::person::{Case, Person};

impl Person<'_> {
    /// How the due date of a duty was counted; of the latest one by this rule's name, open or over.
    #[track_caller]
    pub fn explains(&self, case: &Case, kind: &str) -> Explanation {
        let duties = self.duties(case);
        let known = duties.iter().rfind(|duty| duty["kind"] == kind);
        let known = known.unwrap_or_else(|| panic!("no duty {kind}: {duties:#?}"));
        let id = known["id"].as_str().expect("a duty has an id");
        let path = format!("/cases/{}/duties/{id}/explanation", case.id);
        Explanation(self.get(&path).expect(200))
    }

    /// The verdict on the latest duty by this rule's name that is over.
    #[track_caller]
    pub fn verdict(&self, case: &Case, kind: &str) -> String {
        let duties = self.duties(case);
        let verdicts = duties.iter().filter(|duty| duty["kind"] == kind);
        verdicts
            .filter_map(|duty| duty["verdict"].as_str())
            .next_back()
            .unwrap_or_else(|| panic!("no verdict on {kind}: {duties:#?}"))
            .to_owned()
    }

    /// Every duty that a case ever had.
    #[track_caller]
    fn duties(&self, case: &Case) -> Vec<Value> {
        all_of(self, &format!("/cases/{}/duties", case.id))
    }

    /// What happened on a case, by the types of its events, oldest first.
    #[track_caller]
    pub fn history(&self, case: &Case) -> Vec<String> {
        let events = all_of(self, &format!("/cases/{}/events", case.id));
        let told = events.iter().enumerate().map(|(index, event)| {
            assert_eq!(event["sequence"], index + 1, "a number is left out: {event:#}");
            event["event_type"]
                .as_str()
                .expect("an event has a type")
                .to_owned()
        });
        told.collect()
    }
}

/// All items of a list, page by page.
#[track_caller]
pub fn all_of(person: &Person, path: &str) -> Vec<Value> {
    let mut items = Vec::new();
    let pages = format!("{path}{}limit=100", if path.contains('?') { '&' } else { '?' });
    let mut next = pages.clone();
    loop {
        let page = person.get(&next).expect(200);
        items.extend_from_slice(page.list("/items"));
        match page["next_cursor"].as_str() {
            Some(cursor) => next = format!("{pages}&cursor={cursor}"),
            None => return items,
        }
    }
}

/// An open duty of a case, by its rule's name.
#[track_caller]
pub fn duty<'a>(case: &'a Answer, kind: &str) -> &'a Value {
    find_duty(case, kind).unwrap_or_else(|| panic!("no open duty {kind}: {case}"))
}

/// The same, if it is owed at all. Takes a case and the outcome of an act alike.
#[track_caller]
pub fn find_duty<'a>(case: &'a Answer, kind: &str) -> Option<&'a Value> {
    let place = if case["case"].is_object() {
        "/case/duties"
    } else {
        "/duties"
    };
    case.list(place).iter().find(|duty| duty["kind"] == kind)
}

/// A due date's explanation.
pub struct Explanation(pub Answer);

impl Explanation {
    /// How many days counted.
    pub fn counted(&self) -> usize {
        let days = self.0.list("/days").iter();
        days.filter(|day| day["counted"] == true).count()
    }

    /// What is said of a day.
    #[track_caller]
    pub fn reason(&self, date: &str) -> &str {
        let mut days = self.0.list("/days").iter();
        days.find(|day| day["date"] == date)
            .and_then(|day| day["reason"].as_str())
            .unwrap_or_else(|| panic!("{date} is not in it: {self}"))
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}
