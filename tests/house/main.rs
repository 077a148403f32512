//! The house seen from outside: one binary, so that what is shared is built and started once.

mod archive;
mod clause_register;
mod comparison;
mod contract;
mod example;
mod identity;
mod import;
mod layers;
mod lists;
mod measured;
mod migrations;
mod owasp;
mod postgres_is_real;
mod readme;
mod register;
mod rulebook_versions;
mod scenarios;
mod search;
mod story_intake_desk;
mod story_review_office;
mod story_service_hall;
mod story_tobacco_supervision;
mod two_engines;
mod wrong_turns;
