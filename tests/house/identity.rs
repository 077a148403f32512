//! Who is who: log-ins that are guessed at, sessions, machines, and providers that vouch for people.

mod guessing;
mod machines;
mod providers;
mod sessions;

use api::clock::{Clock, ManualClock};
use chrono::TimeDelta;
use people::{Front, House, Person};

/// The one who administers the office of these tests.
const ADMINISTRATOR: &str = "tobacco_supervision.administrator";

/// The hand on the clock by which log-ins and sessions run.
fn hand(front: &Front) -> ManualClock {
    match &front.watch {
        Clock::Manual(hand) => hand.clone(),
        Clock::System | Clock::Shared(_) => panic!("the clock of the tests is set by hand"),
    }
}

/// Lets some minutes pass.
fn pass(hand: &ManualClock, minutes: i64) {
    hand.set(hand.now() + TimeDelta::minutes(minutes))
        .expect("it goes forward");
}

/// The id of a member of staff.
#[track_caller]
fn id_of(person: &Person) -> String {
    person.get("/session").expect(200).text("/staff_id").to_owned()
}

/// Asks who one is, with this token.
fn whose<'h>(house: &'h House, token: &str) -> people::Ask<'h> {
    house
        .stranger()
        .get("/session")
        .header("Authorization", format!("Bearer {token}"))
}
