//! The tables as both engines know them. The migrations are the master; the tests hold this file against them, and
//! the two engines against each other.

use diesel::{allow_tables_to_appear_in_same_query, table};

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};

    offices (id) {
        id -> Id,
        code -> Text,
        name_zh -> Text,
        name_en -> Text,
        rulebook_code -> Text,
        rulebook_version -> Text,
        calendar_code -> Text,
        cutover_at -> Nullable<Instant>,
        profile -> Text,
        active -> Bool,
        version -> BigInt,
        directory_version -> BigInt,
        created_at -> Instant,
    }
}

table! {
    use crate::sql_types::Id;
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};

    units (office_id, id) {
        office_id -> Id,
        id -> Id,
        code -> Text,
        name -> Text,
        kind -> Text,
        level -> Text,
        parent_id -> Nullable<Id>,
        accountable_officer_id -> Nullable<Id>,
        active -> Bool,
        version -> BigInt,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{BigInt, Bool, Integer, Nullable, Text};

    staff (office_id, id) {
        office_id -> Id,
        id -> Id,
        user_name -> Text,
        name -> Text,
        unit_id -> Nullable<Id>,
        positions -> Text,
        administrator -> Bool,
        operator -> Bool,
        active -> Bool,
        password_hash -> Text,
        password_must_change -> Bool,
        failed_attempts -> Integer,
        locked_until -> Nullable<Instant>,
        version -> BigInt,
        created_at -> Instant,
    }
}

table! {
    use crate::sql_types::Id;
    use diesel::sql_types::{BigInt, Bool, Nullable, Text};

    windows (office_id, id) {
        office_id -> Id,
        id -> Id,
        code -> Text,
        name -> Text,
        unit_id -> Nullable<Id>,
        head_id -> Nullable<Id>,
        active -> Bool,
        version -> BigInt,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{Binary, Nullable, Text};

    sessions (id) {
        id -> Id,
        office_id -> Id,
        staff_id -> Id,
        family_id -> Id,
        refresh_hash -> Binary,
        created_at -> Instant,
        expires_at -> Instant,
        spent_at -> Nullable<Instant>,
        ended_at -> Nullable<Instant>,
        began_at -> Nullable<Instant>,
        provider -> Nullable<Text>,
        scopes -> Nullable<Text>,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{BigInt, Nullable, Text};

    calendars (code, version) {
        code -> Text,
        version -> BigInt,
        document -> Text,
        created_at -> Instant,
        office_id -> Nullable<Id>,
        base_code -> Nullable<Text>,
        base_version -> Nullable<BigInt>,
        layer -> Nullable<Text>,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{BigInt, Nullable, Text};

    calendar_imports (id) {
        id -> Id,
        office_id -> Id,
        requested_by_id -> Id,
        calendar_code -> Text,
        change -> Text,
        basis -> Text,
        state -> Text,
        version -> BigInt,
        since -> Instant,
        total -> Nullable<BigInt>,
        checked -> BigInt,
        moved -> BigInt,
        failed -> BigInt,
        at_office_id -> Nullable<Id>,
        at_due_at -> Nullable<Instant>,
        at_duty_id -> Nullable<Id>,
        held_by -> Nullable<Id>,
        held_until -> Nullable<Instant>,
        created_at -> Instant,
        finished_at -> Nullable<Instant>,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{Bool, Date, Nullable, Text};

    calendar_import_moves (import_id, office_id, duty_id) {
        import_id -> Id,
        office_id -> Id,
        duty_id -> Id,
        case_id -> Id,
        case_no -> Nullable<Text>,
        rule -> Text,
        clause -> Text,
        from_on -> Date,
        from_at -> Instant,
        from_provisional -> Bool,
        to_on -> Nullable<Date>,
        to_at -> Nullable<Instant>,
        to_provisional -> Bool,
        why -> Text,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{BigInt, Nullable, Text};

    rulebook_versions (code, version) {
        code -> Text,
        version -> Text,
        office_id -> Nullable<Id>,
        state -> Text,
        body -> Text,
        ancestors -> Text,
        author_id -> Nullable<Id>,
        decided_by_id -> Nullable<Id>,
        reason -> Nullable<Text>,
        revision -> BigInt,
        created_at -> Instant,
        changed_at -> Instant,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{Bool, Nullable, Text};

    rulebook_activations (office_id, id) {
        office_id -> Id,
        id -> Id,
        code -> Text,
        version -> Text,
        begins_at -> Instant,
        numbers -> Text,
        activated_by_id -> Nullable<Id>,
        begun -> Bool,
        created_at -> Instant,
    }
}

table! {
    use crate::sql_types::Id;
    use diesel::sql_types::{BigInt, Integer};

    case_numbers (office_id, year) {
        office_id -> Id,
        year -> Integer,
        next -> BigInt,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{BigInt, Bool, Date, Nullable, SmallInt, Text};

    cases (office_id, id) {
        office_id -> Id,
        id -> Id,
        case_no -> Nullable<Text>,
        rulebook_code -> Text,
        rulebook_version -> Text,
        version -> BigInt,
        sequence -> BigInt,
        status -> Text,
        case_type -> Nullable<Text>,
        channel -> Text,
        source -> Text,
        category -> Nullable<Text>,
        severity -> Nullable<Text>,
        urgency -> Nullable<Text>,
        flags -> Text,
        confidential -> Bool,
        round -> SmallInt,
        lead_unit_id -> Nullable<Id>,
        first_receiver_id -> Nullable<Id>,
        handler_id -> Nullable<Id>,
        received_at -> Instant,
        registered_at -> Nullable<Instant>,
        accepted_at -> Nullable<Instant>,
        replied_at -> Nullable<Instant>,
        closed_at -> Nullable<Instant>,
        archived_at -> Nullable<Instant>,
        next_due_at -> Nullable<Instant>,
        next_due_on -> Nullable<Date>,
        next_due_duty_id -> Nullable<Id>,
        next_due_hard -> Bool,
        next_look_at -> Nullable<Instant>,
        imported -> Bool,
    }
}

table! {
    use crate::sql_types::Id;
    use diesel::sql_types::{Binary, Text};

    case_states (office_id, case_id) {
        office_id -> Id,
        case_id -> Id,
        document -> Text,
        sight -> Text,
        head -> Binary,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{BigInt, Binary, Text};

    events (office_id, case_id, sequence) {
        office_id -> Id,
        case_id -> Id,
        sequence -> BigInt,
        event_type -> Text,
        occurred_at -> Instant,
        recorded_at -> Instant,
        body -> Binary,
        previous_hash -> Binary,
        hash -> Binary,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{Binary, Text};

    case_texts (office_id, case_id, id) {
        office_id -> Id,
        case_id -> Id,
        id -> Id,
        kind -> Text,
        sealed -> Binary,
        created_at -> Instant,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{BigInt, Bool, Date, Nullable, SmallInt, Text};

    duties (office_id, id) {
        office_id -> Id,
        id -> Id,
        case_id -> Id,
        rule -> Text,
        clause -> Text,
        owes -> Text,
        source -> Text,
        holder_staff_id -> Nullable<Id>,
        holder_unit_id -> Nullable<Id>,
        holder_position -> Nullable<Text>,
        case_no -> Nullable<Text>,
        case_type -> Nullable<Text>,
        severity -> Nullable<Text>,
        round -> SmallInt,
        unit_id -> Nullable<Id>,
        start_on -> Nullable<Date>,
        limit_text -> Nullable<Text>,
        due_on -> Nullable<Date>,
        due_at -> Nullable<Instant>,
        hard -> Bool,
        provisional -> Bool,
        calendar_version -> Nullable<BigInt>,
        state -> Text,
        opened_at -> Instant,
        ended_at -> Nullable<Instant>,
        verdict -> Nullable<Text>,
        document -> Text,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{Bool, Text};

    case_sight (office_id, case_id, key, barred) {
        office_id -> Id,
        case_id -> Id,
        key -> Text,
        barred -> Bool,
        received_at -> Instant,
    }
}

table! {
    use crate::sql_types::Id;
    use diesel::sql_types::Text;

    case_search (office_id, case_id) {
        office_id -> Id,
        case_id -> Id,
        words -> Text,
    }
}

table! {
    use crate::sql_types::Id;

    case_search_backlog (office_id, case_id) {
        office_id -> Id,
        case_id -> Id,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{Binary, Text};

    remembered_answers (office_id, caller, operation, key) {
        office_id -> Id,
        caller -> Text,
        operation -> Text,
        key -> Text,
        request_hash -> Binary,
        outcome -> Text,
        created_at -> Instant,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::BigInt;

    sweeps (office_id, id) {
        office_id -> Id,
        id -> Id,
        started_at -> Instant,
        ended_at -> Instant,
        oldest_due_at -> Instant,
        cases -> BigInt,
        steps -> BigInt,
        failed -> BigInt,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{Integer, Text};

    sweep_failures (office_id, case_id) {
        office_id -> Id,
        case_id -> Id,
        due_at -> Instant,
        failures -> Integer,
        first_failed_at -> Instant,
        last_failed_at -> Instant,
        retry_at -> Instant,
        fault -> Text,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::BigInt;

    outbox (position) {
        position -> BigInt,
        office_id -> Id,
        case_id -> Id,
        first_sequence -> BigInt,
        last_sequence -> BigInt,
        recorded_at -> Instant,
    }
}

table! {
    use diesel::sql_types::{BigInt, SmallInt};

    outbox_pruned (one) {
        one -> SmallInt,
        through -> BigInt,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{BigInt, Nullable, Text};

    notifications (office_id, staff_id, id) {
        office_id -> Id,
        staff_id -> Id,
        id -> Id,
        case_id -> Id,
        sequence -> BigInt,
        kind -> Text,
        clause -> Nullable<Text>,
        duty_id -> Nullable<Id>,
        told_at -> Instant,
        read_at -> Nullable<Instant>,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{BigInt, Binary, Text};

    checkpoints (office_id, number) {
        office_id -> Id,
        number -> BigInt,
        made_at -> Instant,
        statement -> Text,
        signature -> Binary,
    }
}

table! {
    use crate::sql_types::Id;
    use diesel::sql_types::{BigInt, Binary};

    checkpoint_entries (office_id, case_id, number) {
        office_id -> Id,
        case_id -> Id,
        number -> BigInt,
        sequence -> BigInt,
        head -> Binary,
    }
}

table! {
    use crate::sql_types::Instant;
    use diesel::sql_types::{Binary, Text};

    checkpoint_keys (name) {
        name -> Text,
        public_key -> Binary,
        first_used_at -> Instant,
    }
}

table! {
    use crate::sql_types::Instant;
    use diesel::sql_types::Integer;

    checkpoint_turns (number) {
        number -> Integer,
        at -> Instant,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{Binary, Text};

    case_texts_unsealed (office_id, case_id, id) {
        office_id -> Id,
        case_id -> Id,
        id -> Id,
        kind -> Text,
        body -> Text,
        salt -> Binary,
        created_at -> Instant,
    }
}

table! {
    use crate::sql_types::Id;
    use diesel::sql_types::{Binary, Text};

    case_keys (office_id, case_id) {
        office_id -> Id,
        case_id -> Id,
        master_key -> Text,
        wrapped -> Binary,
    }
}

table! {
    use diesel::sql_types::{Binary, Text};

    vault_keys (name) {
        name -> Text,
        master_key -> Text,
        wrapped -> Binary,
    }
}

table! {
    use crate::sql_types::Id;
    use diesel::sql_types::{Binary, Text};

    complainant_marks (office_id, kind, hash, case_id) {
        office_id -> Id,
        kind -> Text,
        hash -> Binary,
        case_id -> Id,
    }
}

table! {
    use crate::sql_types::Id;
    use diesel::sql_types::Integer;

    erasures (office_id, case_id) {
        office_id -> Id,
        case_id -> Id,
        texts -> Integer,
        marks -> Integer,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{BigInt, Text};

    delegations (office_id, id) {
        office_id -> Id,
        id -> Id,
        from_id -> Id,
        to_id -> Id,
        starts_at -> Instant,
        ends_at -> Instant,
        deeds -> Text,
        recorded_by_id -> Id,
        created_at -> Instant,
        version -> BigInt,
    }
}

table! {
    use crate::sql_types::Id;
    use diesel::sql_types::{BigInt, Binary};

    access_heads (office_id) {
        office_id -> Id,
        sequence -> BigInt,
        head -> Binary,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{BigInt, Binary, Nullable, Text};

    access_log (office_id, sequence) {
        office_id -> Id,
        sequence -> BigInt,
        case_id -> Id,
        staff_id -> Id,
        kind -> Text,
        at -> Instant,
        sealed -> Nullable<Binary>,
        body -> Binary,
        previous_hash -> Binary,
        hash -> Binary,
    }
}

table! {
    use crate::sql_types::Instant;
    use diesel::sql_types::{Binary, Integer, Nullable};

    log_in_guards (name_hash) {
        name_hash -> Binary,
        tries -> Integer,
        tried_at -> Instant,
        locked_until -> Nullable<Instant>,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::{BigInt, Binary, Bool, Nullable, Text};

    clients (office_id, id) {
        office_id -> Id,
        id -> Id,
        scopes -> Text,
        secret_hash -> Binary,
        secret_since -> Instant,
        former_hash -> Nullable<Binary>,
        former_until -> Nullable<Instant>,
        active -> Bool,
        version -> BigInt,
        created_at -> Instant,
    }
}

table! {
    use crate::sql_types::{Id, Instant};
    use diesel::sql_types::Text;

    sign_in_links (issuer, subject) {
        issuer -> Text,
        subject -> Text,
        office_id -> Id,
        staff_id -> Id,
        id -> Id,
        linked_by_id -> Id,
        created_at -> Instant,
    }
}

allow_tables_to_appear_in_same_query!(offices, units, windows, staff, sessions, clients, sign_in_links);
allow_tables_to_appear_in_same_query!(
    cases,
    case_states,
    case_texts,
    case_keys,
    erasures,
    case_sight,
    case_search,
    case_search_backlog,
    duties,
    events,
    outbox,
    notifications,
    sweep_failures
);

#[cfg(test)]
mod tests {
    use diesel::prelude::*;
    use diesel::sql_types::BigInt;
    use diesel::sqlite::Sqlite;

    #[derive(QueryableByName)]
    struct Columns {
        #[diesel(sql_type = BigInt)]
        count: i64,
    }

    /// Asks for every column that is named here, and counts those that the table has.
    macro_rules! check {
        ($connection:ident, $($table:ident),+ $(,)?) => {$({
            let query = super::$table::table.select(super::$table::all_columns);
            query.execute(&mut $connection).expect(stringify!($table));
            let named = diesel::debug_query::<Sqlite, _>(&query).to_string().matches("`.`").count();
            let counted = format!("SELECT count(*) AS count FROM pragma_table_info('{}')", stringify!($table));
            let counted: Columns = diesel::sql_query(counted).get_result(&mut $connection).expect("counted");
            assert_eq!(i64::try_from(named), Ok(counted.count), stringify!($table));
        })+};
    }

    #[test]
    fn every_table_has_the_columns_that_are_named_here_and_no_other() {
        let mut connection = SqliteConnection::establish(":memory:").expect("opened");
        crate::sqlite::migrate(&mut connection).expect("migrated");
        check!(
            connection,
            offices,
            units,
            staff,
            windows,
            sessions,
            calendars,
            calendar_imports,
            calendar_import_moves,
            rulebook_versions,
            rulebook_activations,
            case_numbers,
            cases,
            case_states,
            events,
            case_texts,
            duties,
            case_sight,
            case_search,
            case_search_backlog,
            remembered_answers,
            sign_in_links,
            clients,
            log_in_guards,
            access_log,
            access_heads,
            delegations,
            erasures,
            complainant_marks,
            vault_keys,
            case_keys,
            case_texts_unsealed,
            checkpoint_turns,
            checkpoint_keys,
            checkpoint_entries,
            checkpoints,
            sweeps,
            sweep_failures,
            outbox,
            outbox_pruned,
            notifications,
        );
    }
}
