//! The ways that the regulations describe, walked by their own people.

mod again;
mod complaint;
mod history;
mod matters;
mod service_hall;
mod turns;
