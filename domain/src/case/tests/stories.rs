//! The ways that the regulations describe, walked by their own people.

mod bureau;
mod complaint;
mod history;
mod hospital;
mod matters;
mod service_hall;
mod turns;
