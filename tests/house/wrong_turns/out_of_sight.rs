//! What somebody may not see does not exist for them: alone, in lists, in counts, in the worklist.

use people::matter::{HALL, INTAKE, tobacco_complaint, tobacco_report};
use people::{Case, House, Person, all_of, in_both, nothing};

use super::leaves_alone;

in_both!(
    another_offices_case_does_not_exist,
    a_report_exists_only_for_those_named_on_it,
    a_units_officer_sees_only_what_was_sent_to_the_unit,
);

fn another_offices_case_does_not_exist(house: &House) {
    let (clerk, hall) = (house.person(INTAKE), house.person(HALL));
    let case = clerk.registers(&tobacco_complaint());
    leaves_alone(&case, &clerk, || {
        does_not_exist_for(&hall, &case);
        // Even the right version of a case that exists is not told from one that does not.
        hall.tries("accept_case", &case, &nothing())
            .is_problem(404, "not_found");
        hall.tries("accept_case", &case, &nothing())
            .if_match(99)
            .is_problem(404, "not_found");
    });
}

fn a_report_exists_only_for_those_named_on_it(house: &House) {
    let clerk = house.person(INTAKE);
    let case = clerk.registers(&tobacco_report());
    let seen = clerk.sees(&case);
    assert_eq!(seen["confidential"], true, "{seen}");
    assert!(is_listed(&clerk, &case), "its first receiver finds it");
    assert!(owes_something_on(&clerk, &case), "and works on it");
    for position in ["supervising_leader", "supervising_leader.2"] {
        house
            .person(&format!("tobacco_supervision.{position}"))
            .sees(&case);
    }
    leaves_alone(&case, &clerk, || {
        // Not even the whole office's reach opens it.
        for position in [
            "rectification_office_head",
            "company_leader",
            "first_responsible_person",
            "unit_handler",
        ] {
            does_not_exist_for(&house.person(&format!("tobacco_supervision.{position}")), &case);
        }
    });
}

fn a_units_officer_sees_only_what_was_sent_to_the_unit(house: &House) {
    let clerk = house.person(INTAKE);
    let case = clerk.registers(&tobacco_complaint());
    let officer = house.person("tobacco_supervision.first_responsible_person");
    leaves_alone(&case, &clerk, || does_not_exist_for(&officer, &case));
}

#[track_caller]
fn does_not_exist_for(stranger: &Person, case: &Case) {
    let id = &case.id;
    for path in ["", "/events", "/duties", "/activities"] {
        stranger
            .get(&format!("/cases/{id}{path}"))
            .is_problem(404, "not_found");
    }
    assert!(!is_listed(stranger, case), "it is in the list");
    assert!(!owes_something_on(stranger, case), "it is in the worklist");
    assert_eq!(
        counted(stranger),
        listed(stranger),
        "the counts show more than the list"
    );
}

fn is_listed(person: &Person, case: &Case) -> bool {
    all_of(person, "/cases?sort=newest")
        .iter()
        .any(|item| item["id"] == case.id.as_str())
}

fn owes_something_on(person: &Person, case: &Case) -> bool {
    all_of(person, "/duties?scope=office")
        .iter()
        .any(|duty| duty["case_id"] == case.id.as_str())
}

/// How many confidential cases are listed.
fn listed(person: &Person) -> usize {
    all_of(person, "/cases?confidential=true").len()
}

/// How many confidential cases are counted.
fn counted(person: &Person) -> usize {
    let counts = person
        .get("/case-counts?group_by=status&confidential=true")
        .expect(200);
    let groups = counts.list("/groups").iter();
    let sum: u64 = groups
        .map(|group| group["count"]["value"].as_u64().expect("a count is a number"))
        .sum();
    usize::try_from(sum).expect("few")
}
