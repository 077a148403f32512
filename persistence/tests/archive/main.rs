//! The archive seen from outside: each test body runs on SQLite and on PostgreSQL, on a database of its own.

mod calendars_and_numbers;
mod connections;
mod log_in;
mod place;
mod register;
mod storage;

/// Runs each named test on both engines.
#[macro_export]
macro_rules! on_both_engines {
    ($($name:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $name() { super::$name(&*$crate::place::Place::sqlite().open()); })+
        }
        mod postgres {
            $(#[test] fn $name() { super::$name(&*$crate::place::Place::postgres().open()); })+
        }
    };
}
