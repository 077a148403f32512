//! The counter: understands HTTP, asks the archive and the rules, answers.
//!
//! What is deliberately absent: no rule about complaints (they live in `domain`), no SQL (it lives in
//! `persistence`), no second place where a failure gets a status ([`problem`] is the only one), no reading of
//! the system's time outside [`clock`].
//!
//! Where to start reading: [`routes`] is the table of contents, [`contract`] how the `OpenAPI` document comes
//! about, [`request`] what is asked of every request before a handler sees it, [`problem`] every way to say no.

pub mod access;
pub mod answer;
pub mod calendar;
pub mod caller;
mod callers;
mod case;
pub mod checkpoint;
pub mod client;
pub mod clock;
pub mod code_list;
pub mod commands;
pub mod contract;
pub mod delegation;
pub mod demo;
pub mod desk;
pub mod directory;
pub mod door;
mod duty;
mod event;
mod guard;
pub mod indexing;
mod keys;
pub mod language;
pub mod ledger;
pub mod limits;
mod notification;
pub mod office;
pub mod operation;
pub mod outbox;
pub mod outside;
pub mod page;
pub mod password;
pub mod problem;
pub mod repeat;
pub mod request;
pub mod rewrapping;
pub mod routes;
pub mod rulebook;
pub mod session;
pub mod settings;
pub mod sign_in;
pub mod staff;
pub mod streams;
pub mod sweep;
pub mod system;
pub mod token;
pub mod traffic;
pub mod trail;
pub mod unit;
pub mod window;
