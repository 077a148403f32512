//! The ways that the regulations describe, walked by their own people.

mod again;
mod bureau;
mod calendars;
mod comparison;
mod complaint;
mod deputies;
mod history;
mod hospital;
mod intake;
mod ladders;
mod late;
mod matters;
mod offices;
mod returns;
mod secrets;
mod service_hall;
mod together;
mod told;
mod turns;
