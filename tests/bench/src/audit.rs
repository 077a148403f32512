//! Verifying: how many events a second, on chains that are true ones.
//!
//! Some lives are led through the service, a few of them to their erasure, three years later, and a case that is secret
//! is read a while; then the master key is changed. The events of all are copied to as many cases as it takes, each hashed
//! anew, as if it had been led. The service itself then makes the checkpoints.

use std::io::{BufWriter, Write};
use std::process::Stdio;
use std::time::{Duration, Instant};

use clap::Args;
use persistence::audit::{CaseChain, EventLink, Item, Verifier, Way, verify, walk};
use persistence::chain::{Hash, hexadecimal, link, origin};
use persistence::checkpoint::CheckpointKey;
use persistence::{DatabaseUrl, StoreError, open_chains};
use uuid::Uuid;

use crate::lives;
use crate::rotation;
use crate::server::Server;
use crate::service::Service;
use crate::{Outcome, Place, failure, number, tell};

const LIVES: usize = 20;

/// How many more are led to their erasure.
const ERASED: usize = 5;

const DATABASE: &str = "bench_audit";

/// The seed of the key that signs, and the same in base64.
const SEED: ([u8; 32], &str) = ([7; 32], "BwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwcHBwc=");

/// How long the service may take to make the checkpoints.
const PATIENCE: Duration = Duration::from_mins(30);

/// How many bytes are handed over at once.
const BUFFER: usize = 1 << 20;

/// What this form is told.
#[derive(Debug, Args)]
pub(crate) struct Audit {
    #[command(flatten)]
    place: Place,
    /// How many events.
    #[arg(long, default_value_t = 1_000_000)]
    events: u64,
}

/// A case that others are copied from, with its office.
struct Mold {
    office: Uuid,
    chain: CaseChain,
}

impl Audit {
    /// Measures.
    pub(crate) fn run(&self) -> Outcome<()> {
        let (directory, program) = (self.place.directory()?, self.place.program()?);
        let server = Server::start(directory.path(), "256MB")?;
        server.ask(
            "postgres",
            &format!("DROP DATABASE IF EXISTS {DATABASE} WITH (FORCE)"),
        )?;
        server.ask(
            "postgres",
            &format!("CREATE DATABASE {DATABASE} TEMPLATE template0"),
        )?;
        let log = directory.path().join("service.log");
        // A clock that stands still makes no second round of checkpoints, so each start makes one.
        let start = |masters: &str| {
            let settings = [
                ("HUIYIN_CHECKPOINT_KEY", SEED.1),
                ("HUIYIN_CHECKPOINT_SECONDS", "1"),
                ("HUIYIN_MASTER_KEY", masters),
            ];
            Service::start(&program, &server.url(DATABASE), None, &settings, &log)
        };
        let service = start(rotation::master(0))?;
        let mut led = lives::lead(&service, LIVES, 1)?;
        let ended = lives::lead_to_erasure(&service, ERASED, &led.now)?;
        drop(service);
        led.cases.extend(ended.cases);
        led.now = ended.now;
        rotated(&server, &start)?;
        let url: DatabaseUrl = server.url(DATABASE).parse()?;
        let molds = molds(&url, &led.cases)?;
        let begun = Instant::now();
        let cases = fill(&server, &molds, self.events)?;
        tell(&format!(
            "{cases} cases chained in {} s",
            begun.elapsed().as_secs()
        ));

        let begun = Instant::now();
        let service = start(rotation::master(1))?;
        service.set_clock(&led.now)?;
        while server.ask(DATABASE, "SELECT EXISTS (SELECT FROM checkpoint_backlog)")? == "t" {
            if begun.elapsed() > PATIENCE {
                return Err(failure("the service does not finish its checkpoints"));
            }
            std::thread::sleep(Duration::from_millis(200));
        }
        drop(service);
        let made = server.ask(DATABASE, "SELECT count(*) FROM checkpoints")?;
        tell(&format!(
            "{made} checkpoints made in {:.1} s",
            begun.elapsed().as_secs_f64()
        ));
        server.ask(DATABASE, "VACUUM (ANALYZE)")?;

        for what in ["as it is", "once more", "after the texts were erased"] {
            if what.ends_with("erased") {
                server.ask(DATABASE, "DELETE FROM case_texts; DELETE FROM case_search")?;
            }
            let begun = Instant::now();
            let verifier = Verifier::new(&[CheckpointKey::new(&SEED.0).public()], false);
            let found = verify(&mut *open_chains(&url)?, &Way::default(), verifier)?;
            let seconds = begun.elapsed().as_secs_f64();
            let events: u64 = found.offices.iter().map(|office| office.events).sum();
            let anchored: u64 = found.offices.iter().map(|office| office.anchored).sum();
            if let Some(broken) = found.broken.first() {
                return Err(failure(format!("it does not verify: {broken}")));
            }
            let readings: u64 = found.offices.iter().map(|office| office.readings).sum();
            tell(&format!(
                "{what}: {readings} readings and {events} events ({anchored} anchored) verified in {seconds:.1} s, {:.0} a second",
                number(events) / seconds
            ));
        }
        Ok(())
    }
}

/// Puts every key under another master key.
fn rotated(server: &Server, start: &impl Fn(&str) -> Outcome<Service>) -> Outcome<()> {
    let [old, new] = [0, 1].map(rotation::master);
    let service = start(&format!("{new} {old}"))?;
    let begun = Instant::now();
    while server
        .ask(DATABASE, "SELECT count(DISTINCT master_key) FROM case_keys")?
        .trim()
        != "1"
        || server
            .ask(
                DATABASE,
                "SELECT count(*) FROM case_keys k, vault_keys v WHERE k.master_key <> v.master_key",
            )?
            .trim()
            != "0"
    {
        if begun.elapsed() > PATIENCE {
            return Err(failure("the master key is not changed"));
        }
        std::thread::sleep(Duration::from_millis(200));
    }
    drop(service);
    let [erased, keys] =
        ["erasures", "case_keys"].map(|table| server.ask(DATABASE, &format!("SELECT count(*) FROM {table}")));
    tell(&format!(
        "{} cases were erased, the keys of {} others put under a new master key",
        erased?.trim(),
        keys?.trim()
    ));
    Ok(())
}

/// The cases that were led.
fn molds(url: &DatabaseUrl, cases: &[String]) -> Outcome<Vec<Mold>> {
    let (mut molds, mut office) = (Vec::new(), Uuid::nil());
    walk::<StoreError>(&mut *open_chains(url)?, &Way::default(), |item| {
        match item {
            Item::Office { id, .. } => office = id,
            Item::Case(chain) if cases.contains(&chain.id.to_string()) => molds.push(Mold { office, chain }),
            Item::Case(_) | Item::Checkpoint(_) | Item::Reading(_) | Item::LogEnd(_) => {}
        }
        Ok(())
    })?;
    if molds.is_empty() {
        return Err(failure("no life was led"));
    }
    Ok(molds)
}

/// Copies them until there are so many events; how many cases that took.
fn fill(server: &Server, molds: &[Mold], wanted: u64) -> Outcome<u64> {
    server.ask(DATABASE, "CREATE TABLE copied (id uuid, mold uuid, head bytea)")?;
    let (mut events, mut cases) = (0, 0);
    let mut copied = Vec::new();
    copy_in(
        server,
        "events (office_id, case_id, sequence, event_type, occurred_at, recorded_at, body, previous_hash, hash)",
        |to| {
            for mold in molds.iter().cycle() {
                if events >= wanted {
                    break;
                }
                let id = Uuid::now_v7();
                let head = copy_of(mold, id, to)?;
                writeln!(copied, "{id}\t{}\t\\\\x{head}", mold.chain.id)?;
                events += mold.chain.events.len() as u64;
                cases += 1;
            }
            Ok(())
        },
    )?;
    copy_in(server, "copied (id, mold, head)", |to| to.write_all(&copied))?;
    server.ask(
        DATABASE,
        "INSERT INTO case_states (office_id, case_id, document, sight, head) \
         SELECT s.office_id, m.id, s.document, s.sight, m.head FROM copied m JOIN case_states s ON s.case_id = m.mold; \
         INSERT INTO cases SELECT (jsonb_populate_record(c, jsonb_build_object('id', m.id, 'case_no', NULL))).* \
         FROM copied m JOIN cases c ON c.id = m.mold; \
         INSERT INTO checkpoint_backlog (office_id, case_id) \
         SELECT c.office_id, m.id FROM copied m JOIN cases c ON c.id = m.mold; \
         INSERT INTO erasures SELECT (jsonb_populate_record(e, jsonb_build_object('case_id', m.id))).* \
         FROM copied m JOIN erasures e ON e.case_id = m.mold; \
         DROP TABLE copied; ANALYZE",
    )?;
    Ok(cases)
}

/// Writes the rows of a copy of a case under another id; the hash of its last event.
fn copy_of(mold: &Mold, id: Uuid, to: &mut dyn Write) -> std::io::Result<Hash> {
    let mut previous = origin(id);
    for EventLink {
        sequence,
        event_type,
        occurred_at,
        recorded_at,
        body,
        ..
    } in &mold.chain.events
    {
        let body = String::from_utf8_lossy(body).replace(&mold.chain.id.to_string(), &id.to_string());
        let hash = link(&previous.0, body.as_bytes());
        writeln!(
            to,
            "{}\t{id}\t{sequence}\t{event_type}\t{}\t{}\t\\\\x{}\t\\\\x{previous}\t\\\\x{hash}",
            mold.office,
            occurred_at.to_rfc3339(),
            recorded_at.to_rfc3339(),
            hexadecimal(body.as_bytes()),
        )?;
        previous = hash;
    }
    Ok(previous)
}

/// Pours rows into a table.
fn copy_in(
    server: &Server,
    into: &str,
    pour: impl FnOnce(&mut dyn Write) -> std::io::Result<()>,
) -> Outcome<()> {
    let mut psql = server
        .program("psql", DATABASE)
        .args(["-X", "-q", "-v", "ON_ERROR_STOP=1", "-c"])
        .arg(format!("COPY {into} FROM STDIN"))
        .stdin(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let mut input = BufWriter::with_capacity(BUFFER, psql.stdin.take().ok_or("the input was asked for")?);
    let poured = pour(&mut input).and_then(|()| input.flush());
    drop(input);
    let said = psql.wait_with_output()?;
    if said.status.success() {
        Ok(poured?)
    } else {
        Err(failure(format!(
            "{into}: {}",
            String::from_utf8_lossy(&said.stderr).trim()
        )))
    }
}
