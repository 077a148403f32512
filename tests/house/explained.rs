//! Why something is due when it is: each day with its reason, what stood still, what was granted, and what no notice
//! decides yet; in both languages.

use people::{Answer, Case, Database, House, Person, duty, nothing, on_both};
use serde_json::{Value, json};

on_both!(
    each_day_of_a_limit_is_told_with_its_reason,
    what_no_notice_decides_yet_is_told,
);

/// The office of the second half of a case's life: its limits can be paused and extended.
const RULES: &str = include_str!("../../domain/src/case/tests/review_office.toml");
const CLERK: &str = "review_office.clerk";
const DIRECTOR: &str = "review_office.director";

/// The days of fifteen working days from 17 September, paused from the 18th to the 21st and extended by ten.
const DAYS: [&str; 47] = [
    "2026-09-17 - start_day",
    "2026-09-18 - paused",
    "2026-09-19 - weekend",
    "2026-09-20 - paused 国庆节",
    "2026-09-21 - paused",
    "2026-09-22 1 working_day",
    "2026-09-23 2 working_day",
    "2026-09-24 3 working_day",
    "2026-09-25 - holiday 中秋节",
    "2026-09-26 - holiday 中秋节",
    "2026-09-27 - holiday 中秋节",
    "2026-09-28 4 working_day",
    "2026-09-29 5 working_day",
    "2026-09-30 6 working_day",
    "2026-10-01 - holiday 国庆节",
    "2026-10-02 - holiday 国庆节",
    "2026-10-03 - holiday 国庆节",
    "2026-10-04 - holiday 国庆节",
    "2026-10-05 - holiday 国庆节",
    "2026-10-06 - holiday 国庆节",
    "2026-10-07 - holiday 国庆节",
    "2026-10-08 7 working_day",
    "2026-10-09 8 working_day",
    "2026-10-10 9 makeup_workday 国庆节",
    "2026-10-11 - weekend",
    "2026-10-12 10 working_day",
    "2026-10-13 11 working_day",
    "2026-10-14 12 working_day",
    "2026-10-15 13 working_day",
    "2026-10-16 14 working_day",
    "2026-10-17 - weekend",
    "2026-10-18 - weekend",
    "2026-10-19 15 working_day",
    "2026-10-20 16 working_day",
    "2026-10-21 17 working_day",
    "2026-10-22 18 working_day",
    "2026-10-23 19 working_day",
    "2026-10-24 - weekend",
    "2026-10-25 - weekend",
    "2026-10-26 20 working_day",
    "2026-10-27 21 working_day",
    "2026-10-28 22 working_day",
    "2026-10-29 23 working_day",
    "2026-10-30 24 working_day",
    "2026-10-31 - weekend",
    "2026-11-01 - weekend",
    "2026-11-02 25 working_day",
];

fn accepted(clerk: &Person) -> Case {
    let matter = json!({
        "case_type": "complaint",
        "channel": "phone",
        "source": "public",
        "content": "材料交了三次,每次都说不齐。",
        "complainant": {"identity_mode": "real_name", "name": "张某某", "phone": "13800000000"},
    });
    let case = clerk.registers(&matter);
    clerk.does("accept_case", &case, &nothing());
    case
}

/// The explanation of the duty `finish` in a language.
fn explained(person: &Person, case: &Case, language: &str) -> Answer {
    let owed = duty(&person.sees(case), "finish")["id"]
        .as_str()
        .expect("a duty has an id")
        .to_owned();
    let path = format!("/cases/{}/duties/{owed}/explanation", case.id);
    person.get(&path).language(language).expect(200)
}

/// The days of a count, a line each: the day, its number in the count, and why.
fn days(explained: &Answer) -> Vec<String> {
    let line = |day: &Value| {
        let number = day["number"]
            .as_u64()
            .map_or("-".to_owned(), |number| number.to_string());
        assert_eq!(day["counted"] == true, number != "-", "{day}");
        let name = day["name"]
            .as_str()
            .map_or(String::new(), |name| format!(" {name}"));
        format!(
            "{} {number} {}{name}",
            day["date"].as_str().expect("a day"),
            day["reason"].as_str().expect("a reason")
        )
    };
    explained.list("/days").iter().map(line).collect()
}

fn each_day_of_a_limit_is_told_with_its_reason(database: &Database) {
    let house = House::open_under(database, RULES);
    house.set_clock("2026-09-17T09:12");
    let (clerk, director) = (house.person(CLERK), house.person(DIRECTOR));
    let case = accepted(&clerk);

    // It stands still from Friday to Monday, over a weekend of which the Sunday is worked.
    house.set_clock("2026-09-18T10:00");
    clerk.does(
        "suspend_case",
        &case,
        &json!({"ground": "waiting_for_material", "reason": "等待回执"}),
    );
    let still = explained(&clerk, &case, "zh-CN");
    assert_eq!(still["paused_since"], "2026-09-18T10:00:00+08:00");
    assert!(still["ends"].is_null(), "{still}");
    assert!(
        still.text("/sentence").contains("自9月18日起暂停计算，尚未恢复"),
        "{still}"
    );
    house.set_clock("2026-09-21T09:00");
    clerk.does("record_supplement", &case, &json!({"text": "回执一份"}));

    // And ten working days are granted.
    let owed = duty(&clerk.sees(&case), "finish")["id"].clone();
    let asks =
        json!({"duty_id": owed, "amount": {"count": 10, "unit": "working_day"}, "reason": "等待检测报告"});
    clerk.does("request_extension", &case, &asks);
    let grants = json!({"decision": "grant", "amount": {"count": 10, "unit": "working_day"}});
    director.does("decide_extension", &case, &grants);

    let zh = explained(&clerk, &case, "zh-CN");
    assert_eq!(days(&zh), DAYS);
    assert_eq!(zh["ends"]["due_on"], "2026-11-02");
    assert_eq!(zh["ends"]["due_at"], "2026-11-03T00:00:00+08:00");
    assert_eq!(zh["clause"]["number"], "T-2");
    assert_eq!(zh["start"]["event_type"], "CaseAccepted");
    assert_eq!(zh["start"]["day_zero"], "2026-09-17");
    assert_eq!(zh["limit"], json!({"count": 15, "unit": "working_day"}));
    assert_eq!(zh["extensions"], json!([{"count": 10, "unit": "working_day"}]));
    assert_eq!(zh["grants"][0]["granted_at"], "2026-09-21T09:00:00+08:00");
    let [pause] = zh.list("/pauses") else {
        panic!("{zh}")
    };
    assert_eq!(pause["ground"], "waiting_for_material");
    assert_eq!(pause["clause"]["number"], "T-4");
    assert_eq!(pause["from"], "2026-09-18T10:00:00+08:00");
    assert_eq!(pause["to"], "2026-09-21T09:00:00+08:00");
    assert_eq!(zh["calendar"], json!({"code": "cn", "version": 1}));
    assert_eq!(zh["provisional_years"], json!([]));

    // The same in English: another language, and nothing else.
    let en = explained(&clerk, &case, "en");
    assert_eq!(days(&en), days(&zh));
    let label = |answer: &Answer, day: usize| answer.list("/days")[day]["label"].clone();
    assert_eq!(
        (label(&zh, 1), label(&en, 1)),
        (json!("暂停计算"), json!("paused"))
    );
    assert_eq!((label(&zh, 8), label(&en, 8)), (json!("放假"), json!("holiday")));
    assert_eq!(
        (label(&zh, 23), label(&en, 23)),
        (json!("调休上班"), json!("make-up workday"))
    );
    let says = |answer: &Answer, parts: &[&str]| {
        for part in parts {
            assert!(
                answer.text("/sentence").contains(part),
                "{part} is not in {answer}"
            );
        }
    };
    says(
        &zh,
        &[
            "9月17日",
            "当日不计",
            "期限15个工作日，延长10个工作日",
            "暂停期间（9月18日",
            "11月2日为第25个工作日，24时届满。",
        ],
    );
    says(
        &en,
        &[
            "On 17 September 2026",
            "that day is not counted",
            "the limit is 15 working days, extended by 10 working days",
            "2 November is working day 25",
        ],
    );
}

fn what_no_notice_decides_yet_is_told(database: &Database) {
    let house = House::open_under(database, RULES);
    house.set_clock("2026-12-14T09:00");
    let clerk = house.person(CLERK);
    let case = accepted(&clerk);
    let zh = explained(&clerk, &case, "zh-CN");
    assert_eq!(zh["ends"]["due_on"], "2027-01-04");
    assert_eq!(zh["provisional_years"], json!([2027]));
    assert_eq!(
        zh.list("/days").last().expect("days")["number"],
        15,
        "the first of January counts as the plain week has it"
    );
    assert!(
        zh.text("/sentence")
            .ends_with("2027年放假安排尚未公布，此期限为暂定。"),
        "{zh}"
    );
    let en = explained(&clerk, &case, "en");
    assert!(en.text("/sentence").contains("2027"), "{en}");
    assert_ne!(en.text("/sentence"), zh.text("/sentence"));
}
