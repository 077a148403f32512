//! The service on a thread of its own, from its start to its end.

use std::ffi::OsString;
use std::net::SocketAddr;
use std::num::NonZeroU32;
use std::sync::{Arc, mpsc};
use std::thread::{self, JoinHandle};

use actix_web::HttpServer;
use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use api::calendar::run;
use api::clock::Clock;
use api::commands::open_archive_under;
use api::demo;
use api::desk::{Desk, shipped_rulebooks};
use api::limits::Limits;
use api::outside::Outside;
use api::routes::{Shared, application};
use api::settings::{Mode, Settings};
use api::sign_in::provider::{self, Provider};
use domain::rulebook::{self, Checked};
use domain::words::RulebookCode;
use persistence::Archive;
use persistence::law::Rulebooks;

use crate::database::Database;
use crate::open_house::OPENING;

/// What signs the tokens of the tests.
pub const TOKEN_KEY: &[u8] = b"a key that nobody has to guess, for these are tests";

/// What stands before the desk of a running service.
pub struct Front {
    /// The time by which log-ins and sessions run; it stands until somebody sets it.
    pub watch: Clock,
    /// How often somebody may come: in most tests, as often as they like.
    pub limits: Limits,
    /// Who stands outside.
    pub outside: Outside,
    /// The sign-in providers, as their file has them; empty: none.
    pub providers: String,
}

impl Default for Front {
    fn default() -> Self {
        let any = NonZeroU32::MAX;
        Self {
            watch: Clock::manual(OPENING.parse().expect("an instant")),
            limits: Limits::new(any, any),
            outside: Outside::default(),
            providers: String::new(),
        }
    }
}

/// A running service; stops when dropped.
pub(crate) struct Running {
    address: SocketAddr,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Running {
    /// Starts the service with its demonstration offices on a free port of this machine: one for each rulebook that
    /// comes with the house, and one for each that a test made up.
    pub(crate) fn start(
        database_url: &str,
        password: &str,
        opening: &str,
        made_up: &[&str],
        front: Front,
    ) -> Self {
        let (providers, watch) = (front.providers.clone(), front.watch.clone());
        let desk = desk(database_url, password, opening, made_up)
            .with_watch(watch)
            .with_providers(TOKEN_KEY, providers_of(&providers));
        let (started, starting) = mpsc::channel();
        let thread = thread::spawn(move || {
            System::new().block_on(async move {
                // What is imported into a calendar moves in the background.
                actix_web::rt::spawn(run::for_ever(desk.clone()));
                let shared = Shared::new(desk)
                    .with_limits(front.limits)
                    .with_outside(front.outside);
                let server = HttpServer::new(move || application(&shared))
                    .workers(2)
                    .disable_signals()
                    .bind("127.0.0.1:0")
                    .expect("a port is free");
                let address = server.addrs()[0];
                let server = server.run();
                started
                    .send((address, server.handle()))
                    .expect("whoever starts it waits");
                server.await.expect("the service runs to its end");
            });
        });
        let (address, handle) = starting.recv().expect("the service starts");
        Self {
            address,
            handle,
            thread: Some(thread),
        }
    }

    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }
}

/// The providers of their file's text; without any there are none.
fn providers_of(text: &str) -> Vec<Provider> {
    if text.is_empty() {
        return Vec::new();
    }
    provider::parse(text, Mode::Demo).unwrap_or_else(|faults| panic!("{faults}"))
}

/// The desk of a demonstration whose clock stands at its opening.
fn desk(database_url: &str, password: &str, opening: &str, made_up: &[&str]) -> Desk {
    let clock = Clock::manual(opening.parse().expect("an instant"));
    let mut rulebooks = shipped_rulebooks();
    rulebooks.extend(made_up.iter().map(|text| checked(text)));
    let archive = open(database_url, &clock, rulebooks.clone());
    demo::furnish(&*archive, &rulebooks, password, clock.now()).expect("the demonstration is set up");
    Desk::new(archive, rulebooks, clock, TOKEN_KEY, Mode::Demo)
}

/// A rulebook that a test made up, checked beside those that come with the house.
pub(crate) fn checked(text: &str) -> (RulebookCode, Arc<Checked>) {
    let read = |text: &str| rulebook::read(text).unwrap_or_else(|flaws| panic!("{flaws:#?}"));
    let known = rulebook::library().iter().map(|text| read(text));
    let known = known
        .map(|rulebook| (rulebook.head.code.clone(), rulebook))
        .collect();
    let made_up = read(text);
    let checked = rulebook::check(&made_up, &known).unwrap_or_else(|flaws| panic!("{flaws:#?}"));
    (made_up.head.code.clone(), Arc::new(checked))
}

fn open(database_url: &str, clock: &Clock, rulebooks: Rulebooks) -> Arc<dyn Archive> {
    let settings = Settings::read(|name| match name {
        "HUIYIN_DATABASE_URL" => Some(OsString::from(database_url)),
        _ => None,
    })
    .expect("the settings are sound");
    open_archive_under(&settings, clock, rulebooks).expect("the archive opens")
}

/// The archive in a database, as the commands of the binary open it; nobody serves it.
pub fn archive_of(database: &Database, at: &str) -> Arc<dyn Archive> {
    let clock = Clock::manual(at.parse().expect("an instant"));
    open(database.url(), &clock, shipped_rulebooks())
}

impl Drop for Running {
    fn drop(&mut self) {
        // The message goes out at once; who waits for the end is the thread below.
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}
