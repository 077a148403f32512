//! Passwords, failures, and sessions.

use std::thread;

use chrono::{DateTime, TimeDelta, Utc};
use persistence::archive::NewPassword;
use persistence::guard::{Admission, LockRule};
use persistence::session::{NewSession, NextSession, Refresh, SessionRecord};
use persistence::staff::StaffRecord;
use persistence::{Archive, StoreError, Thing};
use uuid::Uuid;

use people::{Database, on_both};

use super::place::{founded, morning_as_kept, opened};

on_both!(
    tries_lock_a_name_whoever_has_it,
    of_tries_side_by_side_as_many_as_are_free_are_made,
    a_new_password_ends_every_session,
    a_refresh_token_serves_once,
    of_two_who_use_one_token_at_once_one_is_served,
    a_log_in_is_not_renewed_for_ever,
    a_caller_is_read_in_one_question,
    expired_sessions_are_forgotten,
);

fn administrator(archive: &dyn Archive) -> StaffRecord {
    founded(archive, "hall");
    archive
        .find_log_in("hall.admin")
        .expect("read")
        .expect("there")
        .staff_member
}

fn hour(number: i64) -> DateTime<Utc> {
    morning_as_kept() + TimeDelta::hours(number)
}

fn session_of(member: &StaffRecord, token: u8) -> NewSession {
    NewSession {
        id: Uuid::now_v7(),
        office_id: member.office_id,
        staff_id: member.id,
        family_id: Uuid::now_v7(),
        refresh_hash: vec![token; 32],
        created_at: hour(0),
        expires_at: hour(8),
        began_at: Some(hour(0)),
        provider: None,
        scopes: None,
    }
}

fn next(token: u8, at: DateTime<Utc>) -> NextSession {
    NextSession {
        id: Uuid::now_v7(),
        refresh_hash: vec![token; 32],
        created_at: at,
        expires_at: at + TimeDelta::hours(8),
        longest: TimeDelta::hours(20),
    }
}

const RULE: LockRule = LockRule {
    free: 3,
    first: TimeDelta::minutes(1),
    longest: TimeDelta::hours(1),
    remembered: TimeDelta::days(1),
};

/// Until when a name is locked: by a try that was admitted, or, as an error, from before.
#[track_caller]
fn tried(
    archive: &dyn Archive,
    name: &str,
    at: DateTime<Utc>,
) -> Result<Option<DateTime<Utc>>, DateTime<Utc>> {
    match archive
        .admit_log_in(name.as_bytes(), name, RULE, at)
        .expect("counted")
    {
        Admission::Admitted { record, locked_until } => {
            assert_eq!(record.is_some(), name == "hall.admin");
            Ok(locked_until)
        }
        Admission::Locked(until) => Err(until),
    }
}

fn tries_lock_a_name_whoever_has_it(database: &Database) {
    let archive = &*opened(database);
    let member = administrator(archive);
    let minutes = |number| hour(0) + TimeDelta::minutes(number);
    for name in ["hall.admin", "nobody"] {
        let at = |number| tried(archive, name, minutes(number));
        assert_eq!([at(0), at(0)], [Ok(None), Ok(None)], "{name}");
        assert_eq!(at(0), Ok(Some(minutes(1))), "the third locks, and is still made");
        assert_eq!([at(0), at(0)], [Err(minutes(1)), Err(minutes(1))], "{name}");
        assert_eq!(at(1), Ok(Some(minutes(3))), "twice as long");
        assert_eq!(at(2), Err(minutes(3)), "{name}");
        assert_eq!(at(3), Ok(Some(minutes(7))), "and twice again");
        assert_eq!(at(3 + 24 * 60 + 1), Ok(None), "a day forgets them");
        assert_eq!(at(3 + 24 * 60 + 1), Ok(None), "{name}");
    }
    archive
        .open_session(&session_of(&member, 1), Some(b"hall.admin"))
        .expect("opened");
    assert_eq!(tried(archive, "hall.admin", hour(30)), Ok(None));
    assert_eq!(
        tried(archive, "hall.admin", hour(30)),
        Ok(None),
        "what was right forgets them"
    );
    assert_eq!(
        archive.forget_old_tries(hour(30)).expect("done"),
        1,
        "the name that nobody has"
    );
    assert!(archive.find_log_in("nobody").expect("read").is_none());
}

fn of_tries_side_by_side_as_many_as_are_free_are_made(database: &Database) {
    let archive = &*opened(database);
    administrator(archive);
    let made = thread::scope(|scope| {
        let tries: Vec<_> = (0..8)
            .map(|_| scope.spawn(|| tried(archive, "hall.admin", hour(0)).is_ok()))
            .collect();
        tries
            .into_iter()
            .map(|it| it.join().expect("no panic"))
            .filter(|made| *made)
            .count()
    });
    assert_eq!(made, 3);
}

fn a_new_password_ends_every_session(database: &Database) {
    let archive = &*opened(database);
    let member = administrator(archive);
    let first = archive
        .open_session(&session_of(&member, 1), None)
        .expect("opened");
    let second = archive
        .open_session(&session_of(&member, 2), None)
        .expect("opened");
    let password = NewPassword {
        hash: "$new$".to_owned(),
        must_change: true,
        name_hash: None,
    };
    let kept = archive
        .set_password(member.office_id, member.id, &password, hour(2), None)
        .expect("set");
    assert!(kept.password_must_change);
    assert_eq!(
        archive
            .find_log_in("hall.admin")
            .expect("read")
            .expect("there")
            .password_hash,
        "$new$"
    );
    for session in [&first, &second] {
        let (caller, _) = archive.find_caller(session.id).expect("read").expect("there");
        assert_eq!(caller.session.ended_at, Some(hour(2)));
    }
    assert_eq!(
        archive
            .refresh_session(&[1; 32], &next(3, hour(3)))
            .expect("answered"),
        Refresh::Over
    );
}

#[track_caller]
fn renewed(refresh: Refresh) -> SessionRecord {
    match refresh {
        Refresh::Renewed(session) => session,
        Refresh::Spent | Refresh::Over | Refresh::Unknown => panic!("{refresh:?}"),
    }
}

fn a_refresh_token_serves_once(database: &Database) {
    let archive = &*opened(database);
    let member = administrator(archive);
    let first = archive
        .open_session(&session_of(&member, 1), None)
        .expect("opened");
    let second = renewed(
        archive
            .refresh_session(&[1; 32], &next(2, hour(1)))
            .expect("answered"),
    );
    assert_eq!((second.family_id, second.staff_id), (first.family_id, member.id));
    assert_eq!(
        (second.created_at, second.spent_at, second.ended_at),
        (hour(1), None, None)
    );
    let third = renewed(
        archive
            .refresh_session(&[2; 32], &next(3, hour(2)))
            .expect("answered"),
    );
    // The first token turns up again: whoever holds the third may be a thief.
    assert_eq!(
        archive
            .refresh_session(&[1; 32], &next(4, hour(3)))
            .expect("answered"),
        Refresh::Spent
    );
    assert_eq!(
        archive
            .refresh_session(&[3; 32], &next(5, hour(3)))
            .expect("answered"),
        Refresh::Over
    );
    assert_eq!(
        archive
            .find_caller(third.id)
            .expect("read")
            .expect("there")
            .0
            .session
            .ended_at,
        Some(hour(3))
    );
    assert_eq!(
        archive
            .refresh_session(&[9; 32], &next(6, hour(3)))
            .expect("answered"),
        Refresh::Unknown
    );
    archive
        .open_session(&session_of(&member, 7), None)
        .expect("opened");
    assert_eq!(
        archive
            .refresh_session(&[7; 32], &next(8, hour(8)))
            .expect("answered"),
        Refresh::Over,
        "expired"
    );
    let last = archive
        .open_session(&session_of(&member, 8), None)
        .expect("opened");
    archive
        .end_session_family(last.family_id, hour(4))
        .expect("ended");
    archive
        .end_session_family(last.family_id, hour(5))
        .expect("ended");
    assert_eq!(
        archive
            .find_caller(last.id)
            .expect("read")
            .expect("there")
            .0
            .session
            .ended_at,
        Some(hour(4))
    );
}

fn of_two_who_use_one_token_at_once_one_is_served(database: &Database) {
    let archive = &*opened(database);
    let member = administrator(archive);
    for token in 0..10 {
        archive
            .open_session(&session_of(&member, token), None)
            .expect("opened");
        let served = thread::scope(|scope| {
            let both = [100 + token, 200 + token].map(|new| {
                scope.spawn(move || {
                    archive
                        .refresh_session(&[token; 32], &next(new, hour(1)))
                        .expect("answered")
                })
            });
            both.map(|one| one.join().expect("no panic"))
        });
        let renewals = served
            .iter()
            .filter(|refresh| matches!(refresh, Refresh::Renewed(_)))
            .count();
        let spent = served
            .iter()
            .filter(|refresh| matches!(refresh, Refresh::Spent))
            .count();
        assert_eq!((renewals, spent), (1, 1));
    }
}

fn a_log_in_is_not_renewed_for_ever(database: &Database) {
    let archive = &*opened(database);
    let member = administrator(archive);
    archive
        .open_session(&session_of(&member, 1), None)
        .expect("opened");
    let renew = |token, to, at| {
        archive
            .refresh_session(&[token; 32], &next(to, hour(at)))
            .expect("answered")
    };
    let second = renewed(renew(1, 2, 7));
    assert_eq!(second.expires_at, hour(15));
    // Twenty hours after the log-in it is over, whatever the token's own time.
    let third = renewed(renew(2, 3, 14));
    assert_eq!((third.expires_at, third.began_at), (hour(20), Some(hour(0))));
    assert_eq!(renew(3, 4, 20), Refresh::Over);
    let fourth = renewed(renew(3, 5, 19));
    assert_eq!(fourth.expires_at, hour(20));
}

fn a_caller_is_read_in_one_question(database: &Database) {
    let archive = &*opened(database);
    let member = administrator(archive);
    let session = archive
        .open_session(&session_of(&member, 1), None)
        .expect("opened");
    let (caller, _) = archive.find_caller(session.id).expect("read").expect("there");
    assert_eq!(caller.session, session);
    assert_eq!(caller.staff_member, member);
    assert_eq!(
        (caller.office.code.as_str(), caller.office.directory_version),
        ("hall", 1)
    );
    assert!(archive.find_caller(Uuid::now_v7()).expect("read").is_none());
    let stranger = NewSession {
        id: Uuid::now_v7(),
        staff_id: Uuid::now_v7(),
        ..session_of(&member, 2)
    };
    assert!(matches!(
        archive.open_session(&stranger, None),
        Err(StoreError::Missing(Thing::StaffMember))
    ));
}

fn expired_sessions_are_forgotten(database: &Database) {
    let archive = &*opened(database);
    let member = administrator(archive);
    let session = archive
        .open_session(&session_of(&member, 1), None)
        .expect("opened");
    assert_eq!(archive.forget_sessions(hour(8)).expect("done"), 0);
    assert_eq!(archive.forget_sessions(hour(9)).expect("done"), 1);
    assert!(archive.find_caller(session.id).expect("read").is_none());
}
