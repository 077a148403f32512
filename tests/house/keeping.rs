//! What is kept of people: nothing of it lies open, it is found by whoever may find it, and it ends when its time is over.

use std::fmt::Write as _;
use std::io::{self, Write};
use std::slice::from_ref;
use std::sync::Once;
use std::sync::atomic::{AtomicUsize, Ordering};

use diesel::sql_types::Text;
use diesel::{Connection, PgConnection, QueryableByName, RunQueryDsl, SqliteConnection, sql_query};
use people::matter::{INTAKE, tobacco_complaint, tobacco_report};
use people::{Answer, Case, Database, Engine, House, Person, nothing, on_both};
use persistence::audit::{Item, Verifier, Way, file, walk};
use persistence::{StoreError, open_chains};
use serde_json::{Value, json};

use crate::archive::place::by_hand;

on_both!(
    nothing_that_anybody_wrote_lies_open,
    a_person_is_found_again_however_the_number_is_written,
    an_erased_case_keeps_its_record_and_nothing_else,
);

pub(crate) const RULES: &str = include_str!("../../domain/src/case/tests/review_office.toml");
pub(crate) const CLERK: &str = "review_office.clerk";
pub(crate) const DIRECTOR: &str = "review_office.director";
const REVIEWER: &str = "review_office.reviewer";

/// Stands in everything that is about a person or was written for the file: it must lie open nowhere.
const SECRET: &str = "龘靐齉爩";

/// Stands in what is searched of an open case: it may stand in what is searched, and nowhere else.
const SAID: &str = "虋鸝讟钃";

/// A number that nobody else has.
const PHONE: &str = "13987650421";

/// How many lines of the log held what none may hold.
static LOGGED: AtomicUsize = AtomicUsize::new(0);

/// A log that only counts the lines which hold what none may hold.
struct Watch;

impl Write for Watch {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        if [SECRET, SAID, PHONE]
            .iter()
            .any(|marked| holds(line, marked.as_bytes()))
        {
            LOGGED.fetch_add(1, Ordering::SeqCst);
        }
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Listens to everything that is logged from here on.
fn listen() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let everything = tracing_subscriber::fmt()
            .with_max_level(tracing_subscriber::filter::LevelFilter::TRACE)
            .with_writer(|| Watch)
            .finish();
        // Another test may have been first; then there is a log already.
        drop(tracing_subscriber::util::SubscriberInitExt::try_init(everything));
    });
}

fn holds(bytes: &[u8], part: &[u8]) -> bool {
    bytes.windows(part.len()).any(|window| window == part)
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    line: String,
}

/// Every table, with all that stands in it as text; bytes as their hexadecimal digits.
fn tables(database: &Database) -> Vec<(String, String)> {
    let text = |rows: Vec<Line>| rows.into_iter().map(|row| row.line + "\n").collect::<String>();
    match database.engine() {
        Engine::Sqlite => {
            let path = database.url().strip_prefix("sqlite://").expect("a path");
            let mut file = SqliteConnection::establish(path).expect("opened");
            let names = "SELECT name AS line FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'case_search_pieces'";
            let names: Vec<Line> = sql_query(names).load(&mut file).expect("read");
            names
                .into_iter()
                .map(|name| {
                    let columns = format!(
                        "SELECT group_concat('quote(\"' || name || '\")', ' || '';'' || ') AS line FROM pragma_table_info('{}')",
                        name.line
                    );
                    let columns: Vec<Line> = sql_query(columns).load(&mut file).expect("read");
                    let rows = format!("SELECT {} AS line FROM \"{}\"", columns[0].line, name.line);
                    (name.line, text(sql_query(rows).load(&mut file).expect("read")))
                })
                .collect()
        }
        Engine::Postgres => {
            let mut server = PgConnection::establish(database.url()).expect("reached");
            let names = "SELECT table_name::text AS line FROM information_schema.tables WHERE table_schema = 'public'";
            let names: Vec<Line> = sql_query(names).load(&mut server).expect("read");
            names
                .into_iter()
                .map(|name| {
                    let rows = format!("SELECT t::text AS line FROM \"{}\" t", name.line);
                    let rows = text(sql_query(rows).load(&mut server).expect("read"));
                    (name.line, rows)
                })
                .collect()
        }
    }
}

fn digits_of(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |mut digits, byte| {
        write!(digits, "{byte:02x}").expect("a string takes what is written");
        digits
    })
}

/// The tables in which something stands, as it is or as the digits of its bytes.
fn where_it_stands(database: &Database, marked: &str) -> Vec<String> {
    let digits = digits_of(marked.as_bytes());
    tables(database)
        .into_iter()
        .filter(|(_, text)| text.contains(marked) || text.to_lowercase().contains(&digits))
        .map(|(name, _)| name)
        .collect()
}

/// The bytes of the database's files; of a server's there are none to be had.
fn files(database: &Database) -> Vec<u8> {
    let Some(path) = database.url().strip_prefix("sqlite://") else {
        return Vec::new();
    };
    let mut bytes = std::fs::read(path).expect("the file is there");
    bytes.extend(std::fs::read(format!("{path}-wal")).unwrap_or_default());
    bytes
}

fn secret(about: &str) -> String {
    format!("{about}{SECRET}")
}

fn said(about: &str) -> String {
    format!("{about}{SAID}")
}

fn person() -> Value {
    json!({
        "role": "complainant", "identity_mode": "real_name", "name": secret("张"), "phone": PHONE,
        "identity_number": "11010519491231002X", "email": format!("{SECRET}@example.cn"),
        "address": secret("某街"), "workplace": secret("某厂"),
    })
}

fn matter() -> Value {
    json!({
        "case_type": "complaint", "channel": "phone", "source": "public",
        "subject": said("材料退回"), "content": said("材料交了三次"),
        "requested_remedy": secret("退还"),
        "incident": {"time": secret("上周"), "place": secret("窗口")},
        "respondents": [{"kind": "person", "description": secret("戴眼镜的")}],
        "complainant": person(),
    })
}

/// A case from its registration to the archive, each text of it marked.
pub(crate) fn archived(house: &House) -> Case {
    let (clerk, director, reviewer) = (
        house.person(CLERK),
        house.person(DIRECTOR),
        house.person(REVIEWER),
    );
    let case = clerk.registers(&matter());
    clerk.does("accept_case", &case, &nothing());
    clerk.does(
        "correct_case",
        &case,
        &json!({"field": "content", "text": said("更正后"), "reason": secret("更正")}),
    );
    clerk.does("tell_progress", &case, &json!({"text": said("正在核实")}));
    let me = clerk.get("/session").expect(200);
    clerk.does(
        "assign_handler",
        &case,
        &json!({"handler_id": me.text("/staff_id"), "task": secret("交办")}),
    );
    clerk.does(
        "record_activity",
        &case,
        &json!({"kind": "interview", "text": secret("访谈")}),
    );
    clerk.does(
        "complete_investigation",
        &case,
        &json!({"finding": "substantiated", "report": secret("报告"), "cause": secret("原因")}),
    );
    let reply = json!({"text": said("您反映的情况属实"), "channel": "phone"});
    clerk.does("reply_to_complainant", &case, &reply);
    clerk.does(
        "file_appeal",
        &case,
        &json!({"name": "review", "text": secret("不服")}),
    );
    reviewer.does(
        "decide_appeal",
        &case,
        &json!({"outcome": "upheld", "reason": secret("维持")}),
    );
    clerk.does("place_legal_hold", &case, &json!({"reason": secret("涉诉")}));
    director.does("lift_legal_hold", &case, &nothing());
    clerk.does(
        "close_case",
        &case,
        &json!({"reason": "answered", "explanation": said("结案")}),
    );
    clerk.does("archive_case", &case, &json!({"note": secret("归档")}));
    case
}

fn nothing_that_anybody_wrote_lies_open(database: &Database) {
    listen();
    let house = House::open_under(database, RULES);
    house.set_clock("2026-09-17T09:12");
    let clerk = house.person(CLERK);
    let case = archived(&house);
    // What went wrong must not tell either.
    clerk.sees(&case);
    clerk
        .tries(
            "record_activity",
            &case,
            &json!({"kind": "interview", "text": secret("迟")}),
        )
        .is_problem(409, "wrong_status");
    let faulty = json!({"case_type": secret("x"), "complainant": person()});
    let refused = clerk.post("/cases", &faulty).key("tests-of-the-vault").send();
    assert_eq!(refused.status, 422, "{refused}");
    assert!(!refused.to_string().contains(SECRET), "{refused}");
    clerk.post("/case-searches", &json!({"phone": PHONE})).expect(200);
    clerk
        .post(&format!("/cases/{}/personal-exports", case.id), &nothing())
        .expect(200);
    // A report is secret: what it says is searched by nobody.
    let intake = house.person(INTAKE);
    let mut report = tobacco_report();
    report["subject"] = json!(secret("举报"));
    report["content"] = json!(secret("收受"));
    let report = intake.registers(&report);
    let told = intake.sees(&report).to_string();
    assert!(told.contains(SECRET), "who may read it reads it");
    // Why somebody reads may name somebody, too.
    let why = json!({"reason": secret("核对")});
    intake
        .post(&format!("/cases/{}/readings", report.id), &why)
        .expect(200);
    let overseer = house.person("tobacco_supervision.rectification_office_head");
    let log = overseer.get("/access-log").expect(200).to_string();
    assert!(log.contains(SECRET), "who oversees reads why: {log}");

    assert_eq!(where_it_stands(database, SECRET), [] as [&str; 0]);
    assert_eq!(where_it_stands(database, PHONE), [] as [&str; 0]);
    assert_eq!(where_it_stands(database, SAID), ["case_search"]);
    let bytes = files(database);
    assert!(!holds(&bytes, SECRET.as_bytes()) && !holds(&bytes, PHONE.as_bytes()));
    let figures = house.stranger().get("/metrics").expect(200);
    for marked in [SECRET, SAID, PHONE] {
        assert!(!holds(&figures.bytes, marked.as_bytes()), "{marked}");
    }
    // Masked in the answer, whole where it is asked for by its own operation.
    let seen = clerk.sees(&case);
    assert_eq!(seen.text("/complainant/phone_masked"), "139****0421");
    assert!(!seen.to_string().contains(PHONE), "{seen}");
    assert_eq!(LOGGED.load(Ordering::SeqCst), 0, "the log told");
}

fn found(person: &Person, body: &Value) -> Vec<String> {
    ids(&person.post("/case-searches", body).expect(200))
}

fn ids(answer: &Answer) -> Vec<String> {
    let items = answer.list("/items").iter();
    items
        .map(|item| item["id"].as_str().expect("an id").to_owned())
        .collect()
}

fn a_person_is_found_again_however_the_number_is_written(database: &Database) {
    let house = House::open(database);
    house.set_clock("2026-09-17T09:12");
    let clerk = house.person(INTAKE);
    let with_phone = |mut matter: Value, phone: &str| {
        matter["complainant"]["phone"] = json!(phone);
        matter
    };
    let first = clerk.registers(&with_phone(tobacco_complaint(), PHONE));
    house.set_clock("2026-09-17T09:13");
    let second = clerk.registers(&with_phone(tobacco_complaint(), "+86 139-8765-0421"));
    clerk.registers(&with_phone(tobacco_complaint(), "13987650422"));
    // A report is found neither by its number nor through another case.
    let mut report = tobacco_report();
    report["complainant"]["phone"] = json!(PHONE);
    let report = clerk.registers(&report);
    let both = [second.id.clone(), first.id.clone()];
    for written in [
        PHONE,
        "139 8765 0421",
        "１３９８７６５０４２１",
        "008613987650421",
    ] {
        assert_eq!(found(&clerk, &json!({"phone": written})), both, "{written}");
    }
    assert_eq!(found(&clerk, &json!({"phone": "1398765042"})), [] as [&str; 0]);
    assert_eq!(
        found(
            &clerk,
            &json!({"phone": PHONE, "received_before": "2026-09-17T09:12:30+08:00"})
        ),
        from_ref(&first.id)
    );
    assert_eq!(
        found(&clerk, &json!({"phone": PHONE, "text": "食堂"})),
        [] as [&str; 0]
    );
    let counted = clerk
        .post("/case-searches", &json!({"phone": PHONE, "count": true}))
        .expect(200);
    assert_eq!(counted["count"]["value"], 2, "{counted}");
    let related = |case: &Case| {
        ids(&clerk
            .get(&format!("/cases/{}/related-cases", case.id))
            .expect(200))
    };
    assert_eq!(related(&first), from_ref(&second.id));
    assert_eq!(related(&report), [] as [&str; 0]);
    clerk
        .post("/case-searches", &json!({}))
        .is_problem(422, "body_invalid")
        .points_at("/text", "required");
    clerk
        .post("/case-searches", &json!({"phone": "无"}))
        .is_problem(422, "body_invalid")
        .points_at("/phone", "wrong_format");
    // Another office knows nothing of it, nor does who sees neither case.
    let elsewhere = house.person("service_hall.complaint_officer");
    assert_eq!(found(&elsewhere, &json!({"phone": PHONE})), [] as [&str; 0]);
    let outsider = house.person("tobacco_supervision.first_responsible_person");
    assert_eq!(found(&outsider, &json!({"phone": PHONE})), [] as [&str; 0]);
}

fn an_erased_case_keeps_its_record_and_nothing_else(database: &Database) {
    listen();
    let house = House::open_under(database, RULES);
    house.set_clock("2026-09-17T09:12");
    let case = archived(&house);
    let director = house.person(DIRECTOR);
    let counts = |person: &Person| {
        person
            .get("/case-counts?group_by=status")
            .expect(200)
            .body()
            .clone()
    };
    director.sees(&case);
    let until = director
        .tries("erase_case", &case, &nothing())
        .is_problem(409, "retention_running");
    until.under("T-10");
    assert_eq!(ids_of_reviews(&director), [] as [&str; 0]);

    house.set_clock("2029-09-18T09:12");
    let (clerk, director) = (house.person(CLERK), house.person(DIRECTOR));
    let reviews = director.get("/retention-reviews").expect(200);
    assert_eq!(reviews["items"][0]["case_id"], case.id, "{reviews}");
    assert_eq!(reviews["items"][0]["kept_until"], "2029-09-17", "{reviews}");
    assert_eq!(reviews["items"][0]["then"], "review", "{reviews}");
    clerk
        .get(&format!("/cases/{}/erasure", case.id))
        .is_problem(404, "not_found");
    clerk.does("place_legal_hold", &case, &json!({"reason": secret("又涉诉")}));
    director.sees(&case);
    director
        .tries("erase_case", &case, &nothing())
        .is_problem(409, "legal_hold");
    director.does("lift_legal_hold", &case, &nothing());
    let before = (counts(&director), events(&director, &case));

    let erased = director.does("erase_case", &case, &nothing());
    assert_eq!(erased["status"], "archived");
    let seen = director.sees(&case);
    assert!(seen.body().get("erased_at").is_some(), "{seen}");
    for gone in ["subject", "content", "requested_remedy", "incident"] {
        assert!(seen.body().get(gone).is_none(), "{gone}: {seen}");
    }
    let told = seen.to_string();
    assert!(!told.contains(SECRET) && !told.contains(SAID), "{told}");
    assert_eq!(counts(&director), before.0, "the figures stand");
    let after = events(&director, &case);
    assert_eq!(after[..before.1.len()], before.1, "the record stands");
    assert_eq!(after.len(), before.1.len() + 1);
    for marked in [SECRET, SAID, PHONE] {
        assert_eq!(where_it_stands(database, marked), [] as [&str; 0], "{marked}");
    }
    for emptied in ["case_texts", "case_keys", "complainant_marks", "case_search"] {
        let rows = tables(database).into_iter().find(|(name, _)| name == emptied);
        let (_, rows) = rows.expect("the table is there");
        let id = case.id.replace('-', "");
        assert!(!rows.replace('-', "").to_lowercase().contains(&id), "{emptied}");
    }
    let certificate = clerk.get(&format!("/cases/{}/erasure", case.id)).expect(200);
    assert_eq!(certificate["clause"]["number"], "T-10", "{certificate}");
    assert_eq!(
        certificate["head"],
        after.last().expect("an event")["hash"],
        "{certificate}"
    );
    assert!(certificate["texts"].as_u64() > Some(10), "{certificate}");
    assert_eq!(certificate["marks"], 2, "{certificate}");
    assert_eq!(ids_of_reviews(&director), [] as [&str; 0]);
    assert_eq!(found(&clerk, &json!({"phone": PHONE})), [] as [&str; 0]);
    assert_eq!(found(&clerk, &json!({"text": SAID})), [] as [&str; 0]);
    clerk
        .post(&format!("/cases/{}/personal-exports", case.id), &nothing())
        .is_problem(409, "erased");
    clerk.sees(&case);
    let reopening = json!({"ground": "new_facts", "reason": secret("再办")});
    clerk
        .tries("reopen_case", &case, &reopening)
        .is_problem(409, "erased");
    director
        .tries("erase_case", &case, &nothing())
        .if_match(seen.version().expect("a version"))
        .is_problem(409, "already_done");
    drop(house);
    nothing_is_left(database, &case);
}

/// What merges the parts of the index of pieces, as the README says.
const MERGE: &str = "INSERT INTO case_search_pieces (case_search_pieces) VALUES ('optimize')";

/// Also in what nobody asks for: the index's pieces, an export, the bytes of the files once they were put in order. The
/// record itself verifies.
fn nothing_is_left(database: &Database, case: &Case) {
    if database.engine() == Engine::Sqlite {
        by_hand(database, MERGE);
        by_hand(database, "VACUUM");
        by_hand(database, "PRAGMA wal_checkpoint(TRUNCATE)");
    }
    let bytes = files(database);
    let said: Vec<char> = SAID.chars().collect();
    let pieces = said.windows(2).map(|two| two.iter().collect::<String>());
    for marked in [SECRET, SAID, PHONE].map(str::to_owned).into_iter().chain(pieces) {
        assert!(!holds(&bytes, marked.as_bytes()), "{marked} is in the file");
        assert_eq!(where_it_stands(database, &marked), [] as [&str; 0], "{marked}");
    }
    let mut chains = open_chains(&database.url().parse().expect("a URL")).expect("opened");
    let (mut exported, mut met) = (Vec::new(), false);
    let mut writer = file::Writer::begin(&mut exported, true).expect("begun");
    let mut verifier = Verifier::new(&[], false);
    walk::<StoreError>(&mut *chains, &Way::default(), |item| {
        if let Item::Case(chain) = &item {
            met |= chain.id.to_string() == case.id;
            for event in &chain.events {
                for marked in [SECRET, SAID, PHONE] {
                    assert!(!holds(&event.body, marked.as_bytes()), "{marked} is in an event");
                }
            }
        }
        verifier.take(item.clone());
        writer
            .item(item)
            .map_err(|error| StoreError::Failed(error.into()))
    })
    .expect("walked");
    writer.end().expect("ended");
    for marked in [SECRET, SAID, PHONE] {
        assert!(!holds(&exported, marked.as_bytes()), "{marked} is exported");
    }
    assert!(met, "the record is there");
    assert_eq!(verifier.finish(true).broken, []);
    assert_eq!(LOGGED.load(Ordering::SeqCst), 0, "the log told");
}

fn ids_of_reviews(person: &Person) -> Vec<String> {
    let answer = person.get("/retention-reviews").expect(200);
    let items = answer.list("/items").iter();
    items
        .map(|item| item["case_id"].as_str().expect("an id").to_owned())
        .collect()
}

/// Every event of the case, as it is told.
fn events(person: &Person, case: &Case) -> Vec<Value> {
    people::all_of(person, &format!("/cases/{}/events", case.id))
}
