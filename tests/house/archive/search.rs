//! Searching: the same hits on both engines, which are those of the plain definition.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicBool, AtomicU32, Ordering};
use std::thread;

use diesel::prelude::*;
use diesel::sql_types::Text;
use diesel::{PgConnection, sql_query};
use domain::ids::CaseId;
use domain::search::{Question, normalised};
use people::{Database, Engine, on_both};
use persistence::case::{Accepted, CaseFilter, CaseOrder, Place, RankedPlace, Submission};
use uuid::Uuid;

use super::hall::{Hall, OFFICER, at, classify, text};
use super::place::{by_hand, opened};
use super::together::Over;

on_both!(
    hits_are_those_of_the_plain_definition,
    what_was_there_before_is_found_after_tending,
    no_case_is_missed_while_it_is_indexed,
    nothing_said_while_it_is_indexed_is_lost,
    what_is_no_longer_confidential_comes_back,
    who_says_very_much_is_found,
);

/// Numbers that follow from one another and look like chance.
struct Dice(u64);

impl Dice {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("a small number") % bound
    }

    fn text(&mut self, letters: usize) -> String {
        const LETTERS: [&str; 24] = [
            "窗", "口", "态", "度", "扣", "款", "回", "音", "ａ", "B", "c", "１", "7", " ", "　", "，", "。",
            "-", "%", "_", "é", "e\u{301}", "👍", "𠮷",
        ];
        // A few letters are frequent and most are rare, as they are among people.
        (0..letters)
            .map(|_| {
                let bound = 1 + self.below(LETTERS.len());
                LETTERS[self.below(bound)]
            })
            .collect()
    }
}

fn asked(text: &str) -> CaseFilter {
    CaseFilter {
        text: Some(Question::new(text).expect("a question")),
        ..CaseFilter::default()
    }
}

/// Every hit, page by page.
fn found(hall: &Hall, filter: &CaseFilter, order: CaseOrder, page: u32) -> Vec<CaseId> {
    let keys = hall.keys(OFFICER);
    let mut seen = Vec::new();
    let mut place: Option<Place> = None;
    loop {
        let items = hall
            .archive
            .list_cases(hall.office, &keys, filter, order, place.as_ref(), page, hall.now)
            .expect("read");
        let Some(last) = items.last() else { return seen };
        place = Some(Place::of(last, order));
        seen.extend(items.iter().map(|item| item.id));
        assert!(seen.len() <= 1000, "the pages end");
    }
}

/// Every hit, the best first.
fn best(hall: &Hall, filter: &CaseFilter, page: u32) -> Vec<CaseId> {
    let keys = hall.keys(OFFICER);
    let mut seen = Vec::new();
    let mut place: Option<RankedPlace> = None;
    loop {
        let items = hall
            .archive
            .list_best_cases(hall.office, &keys, filter, place.as_ref(), page, hall.now)
            .expect("read");
        let Some((last, _)) = items.last() else {
            return seen;
        };
        place = Some(last.clone());
        seen.extend(items.iter().map(|(_, item)| item.id));
    }
}

fn hits_are_those_of_the_plain_definition(database: &Database) {
    let mut hall = Hall::founded(database);
    let mut dice = Dice(20_260_917);
    let mut world: BTreeMap<CaseId, (String, [String; 3])> = BTreeMap::new();
    for number in 0..240 {
        if number % 3 == 0 {
            hall.now += chrono::TimeDelta::seconds(1);
        }
        let case = CaseId(Uuid::now_v7());
        let case_no = format!("2026-{number:06}");
        let length = 1 + dice.below(8);
        let subject = format!("题{}", dice.text(length));
        let length = 1 + dice.below(30);
        let content = format!("事{}", dice.text(length));
        let mut submission = hall.complaint(case, &case_no, &subject);
        submission.texts[1].body.clone_from(&content);
        hall.put(submission).expect("registered");
        world.insert(case, (subject.clone(), [case_no, subject, content]));
        // Some are indexed and some are not yet.
        if number == 160 {
            while hall.archive.tend_search().expect("indexed") {}
        }
    }
    let mut questions: Vec<String> = [
        "2026-000123",
        "000",
        "窗",
        "口口",
        "%",
        "_",
        "，。",
        "é",
        "ＡB",
        "a b",
        "👍𠮷",
        "别的",
    ]
    .map(str::to_owned)
    .to_vec();
    for length in 1..6 {
        for _ in 0..3 {
            questions.push(format!("{} {}", dice.text(length), dice.text(1)));
        }
    }
    for round in 0..2 {
        for text in &questions {
            let Ok(question) = Question::new(text) else {
                continue;
            };
            let expected: BTreeSet<CaseId> = world
                .iter()
                .filter(|(_, (_, texts))| {
                    question
                        .words()
                        .iter()
                        .all(|word| texts.iter().any(|text| normalised(text).contains(word)))
                })
                .map(|(case, _)| *case)
                .collect();
            let filter = asked(text);
            let whole = found(&hall, &filter, CaseOrder::Newest, 100);
            assert_eq!(
                whole.iter().copied().collect::<BTreeSet<_>>(),
                expected,
                "{text:?}"
            );
            assert_eq!(whole.len(), expected.len(), "{text:?}");
            assert_eq!(found(&hall, &filter, CaseOrder::Newest, 40), whole, "{text:?}");
            let mut oldest = found(&hall, &filter, CaseOrder::Oldest, 50);
            oldest.reverse();
            assert_eq!(oldest, whole, "{text:?}");
            let due: BTreeSet<CaseId> = found(&hall, &filter, CaseOrder::Due, 60).into_iter().collect();
            assert_eq!(due, expected, "{text:?}");
            let rank = |case: &CaseId| question.found_in(&world[case].0);
            let mut by_rank = whole.clone();
            by_rank.sort_by_key(|case| std::cmp::Reverse(rank(case)));
            assert_eq!(best(&hall, &filter, 50), by_rank, "{text:?}");
            let counted = hall
                .archive
                .count_cases(hall.office, &hall.keys(OFFICER), &filter, 1000, hall.now);
            assert_eq!(counted.expect("read") as usize, expected.len(), "{text:?}");
        }
        if round == 0 {
            while hall.archive.tend_search().expect("indexed") {}
        }
    }
}

/// Has the cases as they were before there was a search.
fn forget(database: &Database) {
    by_hand(
        database,
        "DELETE FROM case_search; DELETE FROM case_search_backlog; \
         INSERT INTO case_search_backlog (office_id, case_id) SELECT office_id, id FROM cases",
    );
}

fn what_was_there_before_is_found_after_tending(database: &Database) {
    let hall = Hall::founded(database);
    let cases: Vec<CaseId> = (0..130)
        .map(|number| hall.registered(&format!("2026-{number:06}")))
        .collect();
    let secret = hall.registered("2026-000130");
    forget(database);
    by_hand(
        database,
        "UPDATE cases SET confidential = true WHERE case_no = '2026-000130'",
    );
    let again = Hall {
        archive: opened(database),
        ..hall
    };
    let count = |text: &str| {
        let keys = again.keys(OFFICER);
        again
            .archive
            .count_cases(again.office, &keys, &asked(text), 1000, again.now)
            .expect("read")
    };
    assert_eq!(count("窗口态度"), 0, "opening makes nobody wait for it");
    // Twenty at a time, each of them once: the backlog alone says what is still to be done.
    let mut rounds = 1;
    assert!(again.archive.tend_search().expect("indexed"));
    assert_eq!(
        found(&again, &asked("2026-000129"), CaseOrder::Oldest, 10),
        [cases[129]],
        "the newest come first"
    );
    while again.archive.tend_search().expect("indexed") {
        rounds += 1;
    }
    assert_eq!(rounds, 6);
    assert_eq!(again.archive.measures().indexed.count(), 131);
    assert_eq!(count("窗口态度"), 130);
    for number in [0, 7, 64, 129] {
        assert_eq!(
            found(
                &again,
                &asked(&format!("窗口 {number:06}")),
                CaseOrder::Newest,
                10
            ),
            [cases[number]]
        );
    }
    assert!(!found(&again, &asked("000130"), CaseOrder::Newest, 10).contains(&secret));
}

/// Asks again and again while cases are registered and indexed at the same time: who counts must find what was
/// committed before he asked.
fn no_case_is_missed_while_it_is_indexed(database: &Database) {
    const CASES: u32 = 300;
    let hall = Hall::founded(database);
    let (committed, over) = (AtomicU32::new(0), AtomicBool::new(false));
    let keys = hall.keys(OFFICER);
    thread::scope(|scope| {
        for _ in 0..2 {
            scope.spawn(|| {
                while !over.load(Ordering::SeqCst) {
                    hall.archive.tend_search().expect("indexed");
                }
            });
        }
        let registering = scope.spawn(|| {
            let _over = Over(&over);
            for number in 0..CASES {
                hall.registered(&format!("2026-{number:06}"));
                committed.fetch_add(1, Ordering::SeqCst);
            }
        });
        while !over.load(Ordering::SeqCst) {
            let before = committed.load(Ordering::SeqCst);
            let counted = hall
                .archive
                .count_cases(hall.office, &keys, &asked("窗口态度"), 1000, hall.now)
                .expect("read");
            assert!(counted >= before, "{counted} of {before} were found");
        }
        registering.join().expect("no panic");
    });
}

/// Texts come to cases that are being indexed at that moment; in the end every one of them is in the index.
fn nothing_said_while_it_is_indexed_is_lost(database: &Database) {
    let hall = Hall::founded(database);
    let cases: Vec<CaseId> = (0..20)
        .map(|number| hall.registered(&format!("2026-{number:06}")))
        .collect();
    forget(database);
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::SeqCst) {
                hall.archive.tend_search().expect("indexed");
            }
        });
        let _over = Over(&over);
        for (number, case) in cases.iter().enumerate() {
            let submission = Submission {
                texts: vec![text("notice", &format!("进展甲{number:02}")).1],
                ..hall.submission(*case, classify("conduct_service"))
            };
            assert!(matches!(hall.put(submission), Ok(Accepted::Done { .. })));
        }
    });
    while hall.archive.tend_search().expect("indexed") {}
    let keys = hall.keys(OFFICER);
    for number in 0..cases.len() {
        let filter = asked(&format!("展甲{number:02}"));
        let counted = hall
            .archive
            .count_cases(hall.office, &keys, &filter, 10, hall.now);
        assert_eq!(counted.expect("read"), 1, "{number}");
    }
}

fn what_is_no_longer_confidential_comes_back(database: &Database) {
    let hall = Hall::founded(database);
    let case = hall.registered("2026-000001");
    let there = || found(&hall, &asked("窗口态度"), CaseOrder::Newest, 10) == [case];
    assert!(there());
    by_hand(database, "UPDATE cases SET confidential = true");
    assert!(
        !there(),
        "what is confidential is not found, whatever the index says"
    );
    by_hand(
        database,
        "DELETE FROM case_search; DELETE FROM case_search_backlog",
    );
    hall.does(case, classify("conduct_service"));
    assert!(there());
    while hall.archive.tend_search().expect("indexed") {}
    assert!(there());
}

fn who_says_very_much_is_found(database: &Database) {
    let mut hall = Hall::founded(database);
    let very_much = CaseId(Uuid::now_v7());
    let everything: String = ('\u{4e00}'..'\u{9fff}').chain('\u{3400}'..'\u{4db0}').collect();
    let mut submission = hall.complaint(very_much, "2026-900000", "很多");
    submission.texts[1].body = everything;
    hall.put(submission).expect("registered");
    hall.now = at("2026-09-18T09:12");
    for number in 0..130 {
        hall.registered(&format!("2026-{number:06}"));
    }
    while hall.archive.tend_search().expect("indexed") {}
    assert_eq!(
        found(&hall, &asked("\u{3400}\u{3401}\u{3402}"), CaseOrder::Newest, 10),
        [very_much]
    );
    assert_eq!(
        found(&hall, &asked("\u{3402}\u{3400}"), CaseOrder::Newest, 10),
        []
    );
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = Text)]
    #[diesel(column_name = "QUERY PLAN")]
    line: String,
}

#[test]
fn the_server_asks_the_index() {
    let database = Database::fresh(Engine::Postgres);
    drop(opened(&database));
    let mut connection = PgConnection::establish(database.url()).expect("reached");
    let mut run = |statement: &str| sql_query(statement).execute(&mut connection).expect("done");
    run(
        "INSERT INTO case_search_pieces SELECT '00000000-0000-0000-0000-000000000007', gen_random_uuid(), \
         (SELECT array_to_tsvector(array_prepend('o7', array_agg('piece' || i * j % 5003))) FROM generate_series(1, 120) j) \
         FROM generate_series(1, 5000) i",
    );
    run("SELECT gin_clean_pending_list('case_search_by_piece'::regclass)");
    run("ANALYZE case_search_pieces");
    // As every connection of the service is told.
    run("SET plan_cache_mode = force_generic_plan");
    run("SET enable_seqscan = off");
    run("PREPARE ask (text, bigint) AS WITH found AS MATERIALIZED \
         (SELECT case_id FROM case_search_pieces WHERE pieces @@ $1::tsquery) SELECT case_id FROM found LIMIT $2");
    let plan: Vec<Line> = sql_query("EXPLAIN EXECUTE ask('o7 & piece1', 5001)")
        .load(&mut connection)
        .expect("explained");
    let plan: Vec<String> = plan.into_iter().map(|line| line.line).collect();
    assert!(
        plan.iter().any(|line| line.contains("case_search_by_piece")),
        "{plan:#?}"
    );
}
