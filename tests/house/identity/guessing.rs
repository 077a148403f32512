//! Passwords that are guessed.

use people::matter::INTAKE;
use people::{Database, Front, House, PASSWORD, on_both};
use serde_json::json;

use super::{ADMINISTRATOR, hand, id_of, pass};

on_both!(
    a_lock_does_not_say_who_exists,
    guesses_side_by_side_do_not_pass_the_lock,
    an_open_session_is_no_place_to_guess,
    a_lock_grows_and_ends_and_a_reset_lifts_it,
    what_everybody_tries_first_is_no_password,
);

fn a_lock_does_not_say_who_exists(database: &Database) {
    let house = House::open(database);
    let answers = [INTAKE, "tobacco_supervision.nobody"].map(|name| {
        let told = |_| {
            let answer = house.log_in(name, "not the password").language("en").send();
            let wait = answer.header("retry-after").map(str::to_owned);
            (
                answer.status,
                answer.text("/code").to_owned(),
                answer.text("/detail").to_owned(),
                wait,
            )
        };
        (0..7).map(told).collect::<Vec<_>>()
    });
    assert_eq!(answers[0], answers[1], "whoever exists is told otherwise");
    let codes: Vec<&str> = answers[0].iter().map(|(_, code, ..)| code.as_str()).collect();
    let (wrong, locked) = ("bad_credentials", "locked_out");
    assert_eq!(codes, [wrong, wrong, wrong, wrong, locked, locked, locked]);
    // The right password does not open a lock: who tries on would learn that it was right.
    house.log_in(INTAKE, PASSWORD).is_problem(429, "locked_out");
    // Others are not locked out.
    house.log_in(ADMINISTRATOR, PASSWORD).expect(200);
}

fn guesses_side_by_side_do_not_pass_the_lock(database: &Database) {
    let house = &House::open(database);
    let answers: Vec<u16> = std::thread::scope(|scope| {
        let guesses: Vec<_> = (0..16)
            .map(|number| scope.spawn(move || house.log_in(INTAKE, &format!("guess {number}")).send().status))
            .collect();
        guesses
            .into_iter()
            .map(|guess| guess.join().expect("no panic"))
            .collect()
    });
    let made = answers.iter().filter(|status| **status == 401).count();
    assert_eq!(made, 4, "the fifth locks: {answers:?}");
    assert!(
        answers.iter().all(|status| [401, 429].contains(status)),
        "{answers:?}"
    );
}

fn an_open_session_is_no_place_to_guess(database: &Database) {
    let house = House::open(database);
    let clerk = house.person(INTAKE);
    let guess = |old: &str| {
        let body = json!({"old_password": old, "new_password": "another good password"});
        clerk.ask("PUT", "/session/password").json(&body)
    };
    for _ in 0..4 {
        guess("not the password").expect(401);
    }
    guess("not the password").is_problem(429, "locked_out");
    guess(PASSWORD).is_problem(429, "locked_out");
    // Who is logged in stays so.
    clerk.get("/session").expect(200);
}

fn a_lock_grows_and_ends_and_a_reset_lifts_it(database: &Database) {
    let front = Front::default();
    let hand = hand(&front);
    let house = House::open_behind(database, front);
    let administrator = house.person(ADMINISTRATOR);
    let clerk = id_of(&house.person(INTAKE));
    let locked_for = || {
        let answer = house.log_in(INTAKE, "not the password").expect(429);
        answer.header("retry-after").expect("it says how long").to_owned()
    };
    for _ in 0..4 {
        house.log_in(INTAKE, "not the password").expect(401);
    }
    assert_eq!(locked_for(), "60");
    pass(&hand, 1);
    assert_eq!(locked_for(), "120");
    pass(&hand, 2);
    house.log_in(INTAKE, PASSWORD).expect(200);
    for _ in 0..4 {
        house.log_in(INTAKE, "not the password").expect(401);
    }
    assert_eq!(locked_for(), "60", "what was right before forgets what was wrong");
    let reset = administrator
        .post(&format!("/staff/{clerk}/password-resets"), &json!({}))
        .without("Content-Type")
        .expect(200);
    house.log_in(INTAKE, reset.text("/one_time_password")).expect(200);
}

fn what_everybody_tries_first_is_no_password(database: &Database) {
    let house = House::open(database);
    let clerk = house.person(INTAKE);
    for weak in [
        "password123!",
        "1234567890",
        "aaaaaaaaaaaa",
        "tobacco_supervision.intake_officer",
        "Qwertyuiop1",
    ] {
        let body = json!({"old_password": PASSWORD, "new_password": weak});
        clerk
            .ask("PUT", "/session/password")
            .json(&body)
            .is_problem(422, "password_too_weak")
            .points_at("/new_password", "invalid");
    }
    house.log_in(INTAKE, PASSWORD).expect(200);
    let body = json!({"old_password": PASSWORD, "new_password": "four random words together"});
    clerk.ask("PUT", "/session/password").json(&body).expect(204);
    clerk.get("/session").is_problem(401, "unauthenticated");
    house.log_in(INTAKE, "four random words together").expect(200);
}
