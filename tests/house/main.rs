//! The house seen from outside: one binary, so that what is shared is built and started once.

mod archive;
mod contract;
mod layers;
mod migrations;
mod postgres_is_real;
mod two_engines;
