//! Every wrong turn gets an answer that names the reason, in both languages, and changes nothing.

mod at_the_door;
mod on_the_way;
mod out_of_sight;
mod said_again;
mod who_leaves;

use people::{Case, Person};

/// Does something that must leave a case as it is: to the byte, and to the number of events.
#[track_caller]
fn leaves_alone(case: &Case, reader: &Person, wrong_turn: impl FnOnce()) {
    let before = (reader.sees(case).bytes, reader.history(case));
    wrong_turn();
    let after = (reader.sees(case).bytes, reader.history(case));
    assert_eq!(
        String::from_utf8_lossy(&before.0),
        String::from_utf8_lossy(&after.0),
        "the case changed"
    );
    assert_eq!(before.1, after.1, "something happened");
}
