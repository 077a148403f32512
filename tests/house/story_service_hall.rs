//! A complaint in a service hall (R04): one office, one position, fifteen working days.

use people::matter::{HALL, hall_complaint};
use people::{Case, Database, House, Person, duty, nothing, on_both};
use serde_json::{Value, json};

on_both!(
    a_complaint_goes_from_the_window_to_the_archive,
    an_answer_after_the_last_day_is_late,
);

fn a_complaint_goes_from_the_window_to_the_archive(database: &Database) {
    let house = House::open(database);
    house.set_clock("2026-09-17T09:12");
    let officer = house.person(HALL);

    let case = officer.registers(&hall_complaint());
    let seen = officer.sees(&case);
    assert_eq!(seen["status"], "registered");
    assert_eq!(seen["complainant"]["name_masked"], "张*");
    assert_eq!(seen["complainant"]["phone_masked"], "138****0000");
    assert!(
        !String::from_utf8_lossy(&seen.bytes).contains("13800000000"),
        "{seen}"
    );

    // Before acceptance the way it goes is told (R04-8), and what the matter is about is known (R04-4).
    let blocked = officer.is_blocked("accept_case", &case);
    assert_eq!(blocked["code"], "gate_closed");
    officer
        .tries("accept_case", &case, &nothing())
        .is_problem(409, "gate_closed")
        .misses("notice.process_notice", "R04-8")
        .misses("category", "R04-4");
    prepares(&officer, &case);
    let accepted = officer.does("accept_case", &case, &nothing());
    assert_eq!(accepted["status"], "accepted");

    // Fifteen working days from receipt, over the autumn and the October holidays (R04-11).
    let owed = duty(&accepted, "finish_and_tell");
    assert_eq!(owed["due_on"], "2026-10-14");
    assert_eq!(owed["due_at"], "2026-10-15T00:00:00+08:00");
    assert_eq!(owed["clause"]["number"], "R04-11");
    let explained = officer.explains(&case, "finish_and_tell");
    assert_eq!(explained.0["ends"]["due_on"], "2026-10-14");
    assert_eq!(explained.counted(), 15);
    assert_eq!(explained.reason("2026-09-17"), "start_day");
    assert_eq!(explained.reason("2026-09-20"), "makeup_workday");
    assert_eq!(explained.reason("2026-10-01"), "holiday");
    assert_eq!(explained.reason("2026-10-10"), "makeup_workday");

    house.set_clock("2026-09-18T10:00");
    investigates(&officer, &case);
    officer
        .tries("reply_to_complainant", &case, &reply())
        .is_problem(409, "gate_closed")
        .under("R04-10");
    officer.does("take_measure", &case, &measure("2026-09-18"));

    // The last moment of the last day is in time.
    house.set_clock("2026-10-14T23:59");
    let replied = officer.does("reply_to_complainant", &case, &reply());
    assert_eq!(replied["status"], "replied");
    assert_eq!(officer.verdict(&case, "finish_and_tell"), "on_time");
    let closed = officer.does("close_case", &case, &json!({"reason": "answered"}));
    assert_eq!(closed["status"], "closed");
    let archived = officer.does("archive_case", &case, &nothing());
    assert_eq!(archived["status"], "archived");
    assert_eq!(archived.list("/case/duties"), &[] as &[Value], "{archived}");

    // The end is the end.
    officer
        .tries("close_case", &case, &json!({"reason": "answered"}))
        .is_problem(409, "wrong_status");
    let history = officer.history(&case);
    assert_eq!(history.first(), Some(&"CaseReceived".to_owned()), "{history:?}");
    assert!(history.contains(&"CaseArchived".to_owned()), "{history:?}");
}

fn an_answer_after_the_last_day_is_late(database: &Database) {
    let house = House::open(database);
    house.set_clock("2026-09-17T09:12");
    let officer = house.person(HALL);
    let case = officer.registers(&hall_complaint());
    prepares(&officer, &case);
    officer.does("accept_case", &case, &nothing());
    investigates(&officer, &case);
    officer.does("take_measure", &case, &measure("2026-09-17"));

    // The first instant of the day after is too late.
    house.set_clock("2026-10-15T00:00");
    let seen = officer.sees(&case);
    assert_eq!(duty(&seen, "finish_and_tell")["lateness"], "overdue", "{seen}");
    officer.does("reply_to_complainant", &case, &reply());
    assert_eq!(officer.verdict(&case, "finish_and_tell"), "late");
}

fn prepares(officer: &Person, case: &Case) {
    officer.does(
        "serve_notice",
        case,
        &json!({"kind": "process_notice", "text": "登记后核查,十五个工作日内答复。", "channel": "visit"}),
    );
    officer.does("classify_case", case, &json!({"category": "conduct_service"}));
}

fn investigates(officer: &Person, case: &Case) {
    let me = officer.get("/session").expect(200);
    let handler = me.text("/staff_id");
    let assigned = officer.does("assign_handler", case, &json!({"handler_id": handler}));
    assert_eq!(assigned["status"], "investigating");
    officer.does(
        "record_activity",
        case,
        &json!({"kind": "interview", "text": "与三号窗口值班人员谈话。"}),
    );
    let found = officer.does(
        "complete_investigation",
        case,
        &json!({"finding": "substantiated", "report": "当日十一点二十五分离岗,属实。"}),
    );
    assert_eq!(found["status"], "disposing");
}

fn measure(day: &str) -> Value {
    json!({"kind": "correct_error", "taken_on": day, "text": "批评教育,调整午间值班。"})
}

fn reply() -> Value {
    json!({"text": "您反映的情况属实,已批评教育并调整午间值班。", "channel": "phone"})
}
