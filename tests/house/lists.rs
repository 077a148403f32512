//! Lists, counts and worklists: nothing twice, nothing left out, nothing that somebody may not see.

use std::collections::BTreeSet;

use people::matter::{INTAKE, tobacco_complaint, tobacco_report, with};
use people::{Case, Database, House, Person, all_of, new_key, nothing, on_both, percent};
use serde_json::{Value, json};

on_both!(
    pages_have_neither_gaps_nor_doubles_while_cases_come_in,
    each_filter_finds_what_it_names,
    counts_show_what_the_list_shows,
    a_worklist_is_mine_or_my_units_or_the_offices,
);

fn pages_have_neither_gaps_nor_doubles_while_cases_come_in(database: &Database) {
    let house = House::open(database);
    house.set_clock("2026-09-17T12:00");
    let clerk = house.person(INTAKE);
    // Three at each moment, so that the order has ties to break.
    let made: Vec<String> = (0..23)
        .map(|number| takes_in(&clerk, &format!("2026-09-17T0{}:00:00+08:00", number / 3)))
        .collect();
    for (sort, backwards) in [("newest", true), ("oldest", false)] {
        let mut seen: Vec<(String, String)> = Vec::new();
        let mut next = format!("/cases?sort={sort}&limit=5");
        loop {
            let page = clerk.get(&next).expect(200);
            let items = page.list("/items");
            assert!(items.len() <= 5, "{page}");
            for item in items {
                let place = |field: &str| item[field].as_str().expect("an item has it").to_owned();
                seen.push((place("received_at"), place("id")));
            }
            // One comes in at the new end while somebody turns the pages.
            takes_in(&clerk, "2026-09-17T11:00:00+08:00");
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            assert!(seen.len() < 200, "the list has no end");
            next = format!("/cases?sort={sort}&limit=5&cursor={cursor}");
        }
        let once: BTreeSet<&String> = seen.iter().map(|(_, id)| id).collect();
        assert_eq!(once.len(), seen.len(), "{sort}: one came twice");
        for id in &made {
            assert!(once.contains(id), "{sort}: one is left out");
        }
        let in_order = seen.windows(2).all(|pair| {
            let (first, second) = (&pair[0].0, &pair[1].0);
            if backwards {
                first >= second
            } else {
                first <= second
            }
        });
        assert!(in_order, "{sort}: {seen:#?}");
    }

    // A cursor is one list's, one filter's and one caller's.
    let page = clerk.get("/cases?limit=5").expect(200);
    let cursor = page.text("/next_cursor");
    for other in [
        format!("/cases?limit=5&status=accepted&cursor={cursor}"),
        format!("/duties?limit=5&cursor={cursor}"),
    ] {
        clerk.get(&other).is_problem(400, "cursor_invalid");
    }
    house
        .person("tobacco_supervision.intake_officer.2")
        .get(&format!("/cases?limit=5&cursor={cursor}"))
        .is_problem(400, "cursor_invalid");
}

fn each_filter_finds_what_it_names(database: &Database) {
    let house = House::open(database);
    house.set_clock("2026-09-17T12:00");
    let clerk = house.person(INTAKE);
    let plain = clerk.registers(&tobacco_complaint());
    let letter = with(tobacco_complaint(), "channel", "letter");
    let letter = clerk.registers(&with(letter, "received_at", "2026-09-16T10:00:00+08:00"));
    let superior = clerk.registers(&with(tobacco_complaint(), "source", "superior"));
    let inquiry = with(tobacco_complaint(), "case_type", "inquiry");
    let inquiry = clerk.registers(&with(inquiry, "content", "请问何时恢复供货。"));
    let major = clerk.registers(&tobacco_complaint());
    clerk.does("classify_case", &major, &json!({"severity": "major"}));
    let sent = clerk.registers(&tobacco_complaint());
    let unit = is_sent(&house, &sent);
    let secret = clerk.registers(&tobacco_report());

    let me = clerk.get("/session").expect(200);
    let number = clerk.sees(&letter);
    let number = number.text("/case_no");
    let everything = [&plain, &letter, &superior, &inquiry, &major, &sent, &secret];
    let but = |left_out: &Case| everything.into_iter().filter(|it| it.id != left_out.id).collect();
    let cases: Vec<(String, Vec<&Case>)> = vec![
        (String::new(), everything.to_vec()),
        ("status=dispatched".into(), vec![&sent]),
        ("status=registered".into(), but(&sent)),
        ("status=registered&status=dispatched".into(), everything.to_vec()),
        ("status=closed".into(), vec![]),
        ("case_type=inquiry".into(), vec![&inquiry]),
        (
            "case_type=inquiry&case_type=report".into(),
            vec![&inquiry, &secret],
        ),
        ("case_type=inquiry&status=dispatched".into(), vec![]),
        ("severity=major".into(), vec![&major]),
        ("channel=letter".into(), vec![&letter]),
        ("source=superior".into(), vec![&superior]),
        (format!("unit_id={unit}"), vec![&sent]),
        (
            format!("first_receiver_id={}", me.text("/staff_id")),
            everything.to_vec(),
        ),
        (format!("first_receiver_id={unit}"), vec![]),
        (format!("case_no={number}"), vec![&letter]),
        ("round=1".into(), vec![&sent]),
        ("confidential=true".into(), vec![&secret]),
        ("confidential=false".into(), but(&secret)),
        (
            "received_before=2026-09-17T00:00:00%2B08:00".into(),
            vec![&letter],
        ),
        ("received_from=2026-09-17T00:00:00%2B08:00".into(), but(&letter)),
        ("overdue=true".into(), vec![]),
        // Words are found in the subject and the content, of what is not confidential.
        (format!("text={}", percent("恢复供货")), vec![&inquiry]),
        (format!("text={}", percent("礼品")), vec![]),
    ];
    for (query, expected) in cases {
        let found: BTreeSet<String> = all_of(&clerk, &format!("/cases?{query}"))
            .iter()
            .map(|item| item["id"].as_str().expect("an item has an id").to_owned())
            .collect();
        let expected: BTreeSet<String> = expected.iter().map(|case| case.id.clone()).collect();
        assert_eq!(found, expected, "{query}");
    }
    let counted = clerk.get("/cases?limit=2&count=true").expect(200);
    assert_eq!(
        counted["count"],
        json!({"value": 7, "capped": false}),
        "{counted}"
    );

    // What is late is found once it is late.
    house.set_clock("2026-09-30T12:00");
    let late = all_of(&clerk, "/cases?overdue=true");
    assert!(
        late.iter().any(|item| item["id"] == sent.id.as_str()),
        "{late:#?}"
    );
    assert!(late.iter().all(|item| item["overdue"] == true), "{late:#?}");
}

fn counts_show_what_the_list_shows(database: &Database) {
    let house = House::open(database);
    let clerk = house.person(INTAKE);
    clerk.registers(&tobacco_complaint());
    clerk.registers(&tobacco_report());
    let accepted = clerk.registers(&tobacco_complaint());
    clerk.does("accept_case", &accepted, &nothing());
    let head = house.person("tobacco_supervision.rectification_office_head");
    let officer = house.person("tobacco_supervision.first_responsible_person");
    for (person, expected) in [(&clerk, 3), (&head, 2), (&officer, 0)] {
        let listed = all_of(person, "/cases?sort=newest");
        assert_eq!(listed.len(), expected);
        for group_by in ["status", "case_type", "severity", "unit_id", "overdue"] {
            let counts = person
                .get(&format!("/case-counts?group_by={group_by}"))
                .expect(200);
            let sum: u64 = counts
                .list("/groups")
                .iter()
                .map(|group| group["count"]["value"].as_u64().expect("a count is a number"))
                .sum();
            assert_eq!(sum, expected as u64, "{group_by}: {counts}");
        }
        let duties = all_of(person, "/duties?scope=office");
        let counts = person.get("/duty-counts?scope=office").expect(200);
        let sum: u64 = counts
            .list("/groups")
            .iter()
            .map(|group| group["count"]["value"].as_u64().expect("a count is a number"))
            .sum();
        assert_eq!(sum, duties.len() as u64, "{counts}");
        assert_eq!(duties.is_empty(), expected == 0);
    }
    let by_status = clerk.get("/case-counts?group_by=status").expect(200);
    let group = |value: &str| {
        let mut groups = by_status.list("/groups").iter();
        groups
            .find(|group| group["value"] == value)
            .map(|group| group["count"]["value"].clone())
    };
    assert_eq!(group("registered"), Some(json!(2)), "{by_status}");
    assert_eq!(group("accepted"), Some(json!(1)), "{by_status}");
}

fn a_worklist_is_mine_or_my_units_or_the_offices(database: &Database) {
    let house = House::open(database);
    house.set_clock("2026-09-17T12:00");
    let clerk = house.person(INTAKE);
    let (waiting, sent) = (
        clerk.registers(&tobacco_complaint()),
        clerk.registers(&tobacco_complaint()),
    );
    let unit = is_sent(&house, &sent);
    let officer = house.person("tobacco_supervision.first_responsible_person");
    let leader = house.person("tobacco_supervision.supervising_leader");

    let mine = all_of(&officer, "/duties?scope=mine");
    assert!(owes(&mine, &sent, "sign_for_form"), "{mine:#?}");
    assert!(!mine.iter().any(|duty| duty["case_id"] == waiting.id.as_str()));
    assert!(
        owes(
            &all_of(&clerk, "/duties?scope=mine"),
            &waiting,
            "floor_acceptance"
        ),
        "whoever may accept finds it"
    );
    assert_eq!(all_of(&leader, "/duties?scope=mine"), &[] as &[Value]);
    assert_eq!(
        all_of(&leader, "/duties?scope=unit"),
        &[] as &[Value],
        "who has no unit has no unit's list"
    );

    house.set_clock("2026-09-18T09:00");
    officer.does("sign_dispatch", &sent, &nothing());
    let of_unit = all_of(&officer, "/duties?scope=unit");
    assert!(owes(&of_unit, &sent, "unit_handling"), "{of_unit:#?}");
    assert!(
        of_unit
            .iter()
            .all(|duty| duty["holder"]["unit_id"] == unit.as_str())
    );
    let office = all_of(&clerk, "/duties?scope=office");
    assert!(owes(&office, &sent, "unit_handling") && owes(&office, &waiting, "floor_acceptance"));

    // Overdue first, then by due time, then what has none.
    house.set_clock("2026-09-22T09:00");
    let office = all_of(&clerk, "/duties?scope=office");
    let due: Vec<Option<&str>> = office.iter().map(|duty| duty["due_at"].as_str()).collect();
    let in_order = due.windows(2).all(|pair| match (pair[0], pair[1]) {
        (Some(first), Some(second)) => first <= second,
        (None, Some(_)) => false,
        (Some(_) | None, None) => true,
    });
    assert!(in_order, "{due:#?}");
    let late = all_of(&clerk, "/duties?scope=office&overdue=true");
    assert!(owes(&late, &sent, "unit_handling"), "{late:#?}");
    let kinds = all_of(&clerk, "/duties?scope=office&kind=unit_handling");
    assert_eq!(kinds.len(), 1, "{kinds:#?}");
}

fn takes_in(clerk: &Person, received_at: &str) -> String {
    let matter = with(tobacco_complaint(), "received_at", received_at);
    let answer = clerk
        .post("/cases", &matter)
        .key(&new_key())
        .header("Prefer", "return=minimal")
        .expect(201);
    answer.text("/case_id").to_owned()
}

/// Sends a registered case to the first unit, whose id is given back.
fn is_sent(house: &House, case: &Case) -> String {
    let clerk = house.person(INTAKE);
    let leader = house.person("tobacco_supervision.supervising_leader");
    let officer = house.person("tobacco_supervision.first_responsible_person");
    let me = officer.get("/session").expect(200);
    let unit = me.text("/unit_id").to_owned();
    clerk.does("accept_case", case, &nothing());
    clerk.does("request_instruction", case, &nothing());
    let instruction = json!({"text": "请查。", "unit_id": unit});
    leader.does("give_instruction", case, &instruction);
    let form = json!({"units": [{"unit_id": unit, "role": "lead"}]});
    clerk.does("dispatch_case", case, &form);
    unit
}

fn owes(duties: &[Value], case: &Case, kind: &str) -> bool {
    duties
        .iter()
        .any(|duty| duty["case_id"] == case.id.as_str() && duty["kind"] == kind)
}
