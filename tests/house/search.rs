//! Searching as people do: words in any script, in what the case says and what its complainant was told.

use people::matter::{INTAKE, tobacco_complaint, tobacco_report, with};
use people::{Answer, Case, Database, House, Person, all_of, on_both, percent};
use serde_json::{Value, json};

on_both!(
    words_are_found_wherever_they_stand,
    who_may_not_see_a_case_does_not_find_it,
    pages_of_hits_have_neither_gaps_nor_doubles,
    those_whose_subject_says_it_come_first,
    what_cannot_be_asked_is_refused_by_its_field,
);

fn search(person: &Person, body: &Value) -> Answer {
    person.post("/case-searches", body).expect(200)
}

#[track_caller]
fn finds(person: &Person, text: &str, expected: &[&Case]) {
    check(person, &json!({"text": text}), expected);
}

#[track_caller]
fn check(person: &Person, body: &Value, expected: &[&Case]) {
    let answer = search(person, body);
    let expected: Vec<&str> = expected.iter().map(|case| case.id.as_str()).collect();
    assert_eq!(ids(&answer), expected, "{body}");
}

fn ids(answer: &Answer) -> Vec<String> {
    let items = answer.list("/items").iter();
    items
        .map(|item| item["id"].as_str().expect("an item has an id").to_owned())
        .collect()
}

fn words_are_found_wherever_they_stand(database: &Database) {
    let house = House::open(database);
    house.set_clock("2026-09-17T12:00");
    let clerk = house.person(INTAKE);
    let fee = clerk.registers(&tobacco_complaint());
    house.set_clock("2026-09-17T12:01");
    let matter = with(tobacco_complaint(), "subject", "客户经理态度生硬");
    let manner = clerk.registers(&with(
        matter,
        "content",
        "ＡＢＣ商店（Straße 7号）反映:去年12月起,经理从不回电。",
    ));
    let number = clerk.sees(&manner).text("/case_no").to_owned();
    for (text, expected) in [
        ("扣款", vec![&fee]),
        ("经理", vec![&manner, &fee]),
        ("经", vec![&manner, &fee]),
        ("硬", vec![&manner]),
        ("客户经理称与己无关", vec![&fee]),
        ("abc", vec![&manner]),
        ("Ａbc商店", vec![&manner]),
        ("strasse", vec![]),
        ("STRAßE", vec![&manner]),
        ("１２月", vec![&manner]),
        (",经理", vec![&manner]),
        (",", vec![&manner, &fee]),
        ("(straße", vec![&manner]),
        ("态度 回电", vec![&manner]),
        ("态度　扣款", vec![]),
        ("经理户客", vec![]),
        ("食堂", vec![]),
        ("'); DROP TABLE cases; --", vec![]),
        ("\" OR *", vec![]),
        (number.as_str(), vec![&manner]),
        // What is asked for, and who complains, is not searched.
        ("退回多扣货款", vec![]),
        ("13800000000", vec![]),
        ("张某", vec![]),
    ] {
        finds(&clerk, text, &expected);
        let listed = all_of(&clerk, &format!("/cases?text={}", percent(text)));
        assert_eq!(listed.len(), expected.len(), "{text}");
    }
    let counted = search(&clerk, &json!({"text": "经理", "count": true, "limit": 1}));
    assert_eq!(
        counted["count"],
        json!({"value": 2, "capped": false}),
        "{counted}"
    );

    // What the complainant is told is found; what is written for the file is not.
    clerk.does("tell_progress", &fee, &json!({"text": "正在核对银行流水。"}));
    finds(&clerk, "银行流水", &[&fee]);
    finds(&clerk, "流水 重复扣款", &[&fee]);
    clerk.does(
        "classify_case",
        &fee,
        &json!({"severity": "major", "reason": "只写给卷宗"}),
    );
    finds(&clerk, "卷宗", &[]);
    // Filters narrow what is found.
    check(&clerk, &json!({"text": "经理", "severity": ["major"]}), &[&fee]);
    check(&clerk, &json!({"text": "经理", "status": ["closed"]}), &[]);
    check(
        &clerk,
        &json!({"text": "经理", "received_from": "2026-09-17T12:00:30+08:00"}),
        &[&manner],
    );
}

fn who_may_not_see_a_case_does_not_find_it(database: &Database) {
    let house = House::open(database);
    let clerk = house.person(INTAKE);
    let open = clerk.registers(&tobacco_complaint());
    let secret = clerk.registers(&tobacco_report());
    let outsider = house.person("tobacco_supervision.first_responsible_person");
    finds(&clerk, "重复扣款", &[&open]);
    finds(&outsider, "重复扣款", &[]);
    // Not even who may read a secret report finds it by its words.
    assert_eq!(clerk.sees(&secret).text("/id"), secret.id);
    finds(&clerk, "礼品", &[]);
    check(&clerk, &json!({"text": "礼品", "confidential": true}), &[]);
    // What turns out to be a report was found before, and is no longer.
    let mut received = tobacco_report();
    received.as_object_mut().expect("an object").remove("case_type");
    let answer = clerk.post("/receptions", &received).send();
    let case = Case::known(answer.text("/case_id"));
    finds(&clerk, "礼品", &[&case]);
    clerk.does("register_received_case", &case, &json!({"case_type": "report"}));
    finds(&clerk, "礼品", &[]);
    finds(&clerk, "2026", &[&open]);
}

fn pages_of_hits_have_neither_gaps_nor_doubles(database: &Database) {
    let house = House::open(database);
    house.set_clock("2026-09-17T12:00");
    let clerk = house.person(INTAKE);
    let other = with(tobacco_complaint(), "subject", "订烟系统");
    let made: Vec<String> = (0..12)
        .map(|number| {
            let matter = if number % 3 == 0 {
                tobacco_complaint()
            } else {
                other.clone()
            };
            clerk.registers(&with(matter, "content", "门店扣款两次")).id
        })
        .collect();
    for sort in ["newest", "best"] {
        let mut seen: Vec<String> = Vec::new();
        let mut body = json!({"text": "扣款", "sort": sort, "limit": 5});
        loop {
            let page = search(&clerk, &body);
            seen.extend(ids(&page));
            let Some(cursor) = page["next_cursor"].as_str() else {
                break;
            };
            body["cursor"] = cursor.into();
        }
        let mut sorted = seen.clone();
        sorted.sort_unstable();
        sorted.dedup();
        assert_eq!(sorted.len(), seen.len(), "{sort}: one came twice");
        assert!(made.iter().all(|id| seen.contains(id)), "{sort}: one is left out");
        // A cursor is one question's.
        body["text"] = "两次".into();
        clerk
            .post("/case-searches", &body)
            .is_problem(400, "cursor_invalid");
    }
}

fn those_whose_subject_says_it_come_first(database: &Database) {
    let house = House::open(database);
    house.set_clock("2026-09-17T12:00");
    let clerk = house.person(INTAKE);
    let words = |subject: &str, content: &str| {
        let matter = with(tobacco_complaint(), "subject", subject);
        clerk.registers(&with(matter, "content", content))
    };
    let both = words("窗口排队", "无");
    house.set_clock("2026-09-17T12:01");
    let none = words("别的", "窗口排队");
    house.set_clock("2026-09-17T12:02");
    let one = words("窗口", "排队");
    let body = |sort: &str| json!({"text": "排队 窗口", "sort": sort});
    check(&clerk, &body("newest"), &[&one, &none, &both]);
    check(&clerk, &body("best"), &[&both, &one, &none]);
}

fn what_cannot_be_asked_is_refused_by_its_field(database: &Database) {
    let house = House::shared(database.engine());
    let clerk = house.person(INTAKE);
    for (body, pointer, fault) in [
        (json!({}), "/text", "required"),
        (json!({"text": ""}), "/text", "too_short"),
        (json!({"text": "　 "}), "/text", "too_short"),
        (json!({"text": "\u{1}"}), "/text", "invalid"),
        (json!({"text": "字".repeat(101)}), "/text", "too_long"),
        (json!({"text": "一 二 三 四 五 六 七 八 九"}), "/text", "too_long"),
        (json!({"text": "字", "sort": "due"}), "/sort", "not_a_code"),
        (
            json!({"text": "字", "telephone": "1"}),
            "/telephone",
            "unknown_field",
        ),
    ] {
        let refusal = clerk
            .post("/case-searches", &body)
            .is_problem(422, "body_invalid");
        refusal.points_at(pointer, fault);
    }
    clerk
        .get(&format!("/cases?text={}", percent("一 二 三 四 五 六 七 八 九")))
        .is_problem(400, "malformed_request");
    house
        .stranger()
        .post("/case-searches", &json!({"text": "字"}))
        .is_problem(401, "unauthenticated");
}
