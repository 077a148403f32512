//! What the sweep tells of itself, and to whom.

use people::matter::{HALL, hall_complaint};
use people::{Case, Database, Engine, House, on_both};

use crate::archive::place::by_hand;

on_both!(a_sweep_tells_what_fired_and_what_failed);

fn a_sweep_tells_what_fired_and_what_failed(database: &Database) {
    let house = House::open(database);
    let clerk = house.person(HALL);
    let cases: Vec<Case> = (0..3).map(|_| clerk.registers(&hall_complaint())).collect();
    let id = match database.engine() {
        Engine::Sqlite => format!("x'{}'", cases[1].id.replace('-', "")),
        Engine::Postgres => format!("'{}'", cases[1].id),
    };
    by_hand(
        database,
        &format!("UPDATE case_states SET document = '{{}}' WHERE case_id = {id}"),
    );
    house.set_clock("2026-10-30T09:00");
    clerk.get("/sweeps").is_problem(403, "not_permitted");

    let administrator = house.person("service_hall.administrator");
    let page = administrator.get("/sweeps").expect(200);
    let run = &page.list("/items")[0];
    assert_eq!(run["failed"], 1, "{page}");
    assert!(
        run["cases"].as_u64() >= Some(3) && run["steps"].as_u64() > Some(0),
        "{page}"
    );
    let put_off = page.list("/put_off");
    assert_eq!(put_off.len(), 1, "{page}");
    assert_eq!(put_off[0]["case_id"], cases[1].id.as_str());
    assert_eq!(put_off[0]["fault"], "unreadable");
    assert_eq!(put_off[0]["failures"], 1);
    assert_eq!(page["oldest_due_at"], put_off[0]["due_at"], "nothing else waits");

    // Another office hears nothing of it, and who operates the installation hears of all.
    let other = house.person("tobacco_supervision.administrator");
    let page = other.get("/sweeps").expect(200);
    assert!(page.list("/put_off").is_empty(), "{page}");
    let operator = house.person("operator");
    let mut next = "/sweeps?limit=1".to_owned();
    let mut offices = Vec::new();
    loop {
        let page = operator.get(&next).expect(200);
        assert_eq!(page.list("/put_off").len(), 1);
        for run in page.list("/items") {
            offices.push(run["office_id"].as_str().expect("it has one").to_owned());
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            break;
        };
        next = format!("/sweeps?limit=1&cursor={cursor}");
    }
    let all = offices.len();
    offices.sort_unstable();
    offices.dedup();
    assert_eq!(offices.len(), all, "one run, a record for each office");
}
