//! The commands of the binary.
//!
//! Each is one file, a variant in [`Command`], and an arm in [`run`].

pub mod audit;
pub mod export;
pub mod import;
pub mod init;
pub mod keys;
pub mod migrate;
pub mod openapi;
pub mod rulebook;
pub mod serve;

use std::error::Error;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Instant;

use clap::{Parser, Subcommand};
use domain::calendar::Calendar;
use persistence::calendar::CalendarRecord;
use persistence::law::Rulebooks;
use persistence::{Archive, DatabaseUrl, MasterKeys, Options};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use crate::calendar::run::RECOUNTS_AT_ONCE;
use crate::clock::{Clock, SharedClock};
use crate::desk::Desk;
use crate::door::CHANGES_MAX;
use crate::password::random;
use crate::rulebook::installed::installed;
use crate::settings::{ClockSetting, MasterKeySource, Mode, Settings};
use crate::sign_in::provider;

/// The command line of `huiyin`.
#[derive(Debug, Parser)]
#[command(
    name = "huiyin",
    version,
    about = "Huiyin (回音): the service behind a public office's complaint desk",
    long_about = "Huiyin (回音): the service behind a public office's complaint desk.\n\nWithout a command it serves. \
        With no settings at all it serves a demonstration on SQLite, and prints where the documentation is and how to \
        log in.",
    after_help = "Settings come from the environment:\n  \
        HUIYIN_LISTEN         where to listen                   [127.0.0.1:8080]\n  \
        HUIYIN_DATABASE_URL   sqlite://PATH or postgres://…     [sqlite://data/huiyin.db]\n  \
        HUIYIN_MODE           demo or production                [demo]\n  \
        HUIYIN_METRICS_LISTEN where the metrics are shown       [at /metrics of the service]\n  \
        HUIYIN_BATCH          commands in one transaction       [64]\n  \
        HUIYIN_OUTBOX_DAYS    days a stream can be resumed      [7]\n  \
        HUIYIN_NOTIFICATION_DAYS  days a read notification is kept  [90]\n  \
        HUIYIN_DEMO_PASSWORD  password of all demo accounts     [made and printed at the start]\n  \
        HUIYIN_TOKEN_KEY      secret that signs tokens, 32 bytes or more; production needs one\n  \
        HUIYIN_CHECKPOINT_KEY secret that signs checkpoints; production needs one (huiyin audit new-key)\n  \
        HUIYIN_CHECKPOINT_SECONDS  time between checkpoints     [600]\n  \
        HUIYIN_CHECKPOINT_DIR folder where checkpoints are kept outside the database\n  \
        HUIYIN_MASTER_KEY     seals what people wrote; or HUIYIN_MASTER_KEY_FILE, HUIYIN_MASTER_KEY_COMMAND;\n  \
        \x20                     production needs one: openssl rand -base64 32\n  \
        HUIYIN_RULEBOOKS      folder of rulebooks of one's own  [none]\n  \
        HUIYIN_OIDC_PROVIDERS file of the sign-in providers     [none]\n  \
        HUIYIN_LOG_INS_PER_MINUTE  log-ins of one address       [60]\n  \
        HUIYIN_CORS_ORIGINS   front ends of other sites         [none]\n  \
        HUIYIN_TRUSTED_PROXIES  whose X-Forwarded-For counts    [none]\n  \
        HUIYIN_HSTS_SECONDS   how long browsers insist on TLS   [0: not said]\n  \
        HUIYIN_CLOCK          system or manual (demo only)      [system]\n  \
        HUIYIN_LOG            such as info or warn,api=debug    [info]\n\n\
        All of them, and what they mean, are in the README's table of settings."
)]
pub struct CommandLine {
    /// What to do; serve, if nothing is said.
    #[command(subcommand)]
    command: Option<Command>,
}

/// What the binary can do.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Serve the API, with its documentation at /docs.
    Serve,
    /// Create the first office of a production database, with its administrator.
    Init(init::Init),
    /// Take over a ledger from before the service: a CSV file, row by row.
    Import(import::Import),
    /// Write the chains of events to a file that can be verified elsewhere.
    Export(export::Export),
    /// Verify the chains of events.
    #[command(subcommand)]
    Audit(audit::Audit),
    /// Bring the database's tables to where this program expects them.
    Migrate,
    /// Print the `OpenAPI` document.
    Openapi,
    /// Tell which master keys the database needs, and wrap what an older one wraps by the one in use.
    #[command(subcommand)]
    Keys(keys::Keys),
    /// Work on rulebooks.
    #[command(subcommand)]
    Rulebook(rulebook::Rulebook),
}

/// What a command fails with: told on the terminal, with its causes.
pub type Failure = Box<dyn Error + Send + Sync>;

/// Reads the command line and does what it says.
pub async fn run() -> ExitCode {
    let done = match CommandLine::parse().command.unwrap_or(Command::Serve) {
        Command::Serve => serve::serve().await,
        Command::Init(init) => init.run(),
        Command::Import(import) => import.run(),
        Command::Export(export) => export.run(),
        Command::Audit(audit) => audit.run(),
        Command::Migrate => migrate::migrate(),
        Command::Openapi => {
            openapi::print();
            Ok(())
        }
        Command::Keys(keys) => keys.run(),
        Command::Rulebook(rulebook) => rulebook.run(),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            tell_failure(&*failure);
            ExitCode::FAILURE
        }
    }
}

/// The settings of the environment; from here on there is a log.
///
/// # Errors
/// Every fault in the settings at once.
pub fn settings() -> Result<Settings, Failure> {
    let settings = Settings::read(|name| std::env::var_os(name))?;
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr))
        .with(settings.log.clone())
        .init();
    Ok(settings)
}

/// Opens the archive that the settings name, migrated, with the national calendar in it. Its queue takes what the door
/// lets in, and the recounts of an import: from here it is never full.
///
/// # Errors
/// When the database cannot be opened, or a rulebook of the installation's folder cannot be used.
pub fn open_archive(settings: &Settings, clock: &Clock) -> Result<Arc<dyn Archive>, Failure> {
    open_archive_under(settings, clock, installed(settings.rulebooks.as_deref())?)
}

/// The same, with these rulebooks instead of those that the settings name.
///
/// # Errors
/// As [`open_archive`].
pub fn open_archive_under(
    settings: &Settings,
    clock: &Clock,
    rulebooks: Rulebooks,
) -> Result<Arc<dyn Archive>, Failure> {
    let url: DatabaseUrl = settings.database_url.reveal().parse()?;
    let options = Options {
        batch: settings.batch,
        queue: CHANGES_MAX + RECOUNTS_AT_ONCE,
        ..Options::default()
    };
    let archive = persistence::open(&url, options, rulebooks, master_keys(settings)?)?;
    let calendar = Calendar::national();
    // What ships is where a new database begins. From then on a year is imported, so that what it moves is tried first
    // and recorded; a later release moves nothing by being started.
    if archive.find_newest_calendar(calendar.code())?.is_none() {
        let document = serde_json::to_string(&calendar)?;
        let (code, version) = (calendar.code(), calendar.version());
        archive.keep_calendar(&CalendarRecord::national(code, version, document, clock.now()))?;
    }
    Ok(archive)
}

/// The master keys, from where the settings say. No failure repeats what was read.
///
/// # Errors
/// A file that cannot be read, a command that fails, a text that holds no keys; in production the demonstrations' key.
fn master_keys(settings: &Settings) -> Result<MasterKeys, Failure> {
    let text = match &settings.master_key {
        MasterKeySource::OfDemonstrations => return Ok(MasterKeys::of_demonstrations()),
        MasterKeySource::Given(keys) => keys.reveal().to_owned(),
        MasterKeySource::File(file) => std::fs::read_to_string(file)
            .map_err(|error| format!("HUIYIN_MASTER_KEY_FILE cannot be read: {error}"))?,
        MasterKeySource::Command(command) => {
            let said = std::process::Command::new("sh")
                .args(["-c", command])
                .stdin(std::process::Stdio::null())
                .stderr(std::process::Stdio::inherit())
                .output()
                .map_err(|error| format!("HUIYIN_MASTER_KEY_COMMAND cannot be run: {error}"))?;
            if !said.status.success() {
                return Err(format!("HUIYIN_MASTER_KEY_COMMAND failed: {}", said.status).into());
            }
            String::from_utf8(said.stdout)
                .map_err(|_| "HUIYIN_MASTER_KEY_COMMAND prints something that is not text")?
        }
    };
    let keys: MasterKeys = text.parse()?;
    if settings.mode == Mode::Production && keys.have_the_demonstrations() {
        return Err(
            "the master key is the demonstrations', which everybody knows: production needs its own".into(),
        );
    }
    Ok(keys)
}

/// The clock that the settings name; a manual one starts at the present instant.
pub fn clock(settings: &Settings) -> Clock {
    match settings.clock {
        ClockSetting::System => Clock::System,
        ClockSetting::Manual => Clock::manual(Clock::System.now()),
    }
}

/// The same clock where it is set by hand; otherwise the one of the archive's server, if there is one.
///
/// # Errors
/// When the server does not answer.
pub fn shared_clock(clock: Clock, archive: &dyn Archive) -> Result<Clock, Failure> {
    let asked = Instant::now();
    Ok(match clock {
        Clock::System => match archive.server_time()? {
            Some(time) => Clock::Shared(SharedClock::told(time, asked)),
            None => Clock::System,
        },
        Clock::Shared(_) | Clock::Manual(_) => clock,
    })
}

/// The desk that the settings describe.
///
/// # Errors
/// As [`open_archive`].
pub fn open_desk(settings: &Settings) -> Result<Desk, Failure> {
    let clock = clock(settings);
    let rulebooks = installed(settings.rulebooks.as_deref())?;
    let archive = open_archive_under(settings, &clock, rulebooks.clone())?;
    let clock = shared_clock(clock, &*archive)?;
    let drawn = random::<32>();
    let secret = settings
        .token_key
        .as_ref()
        .map_or(&drawn[..], |key| key.reveal().as_bytes());
    let providers = provider::read(settings.oidc_providers.as_deref(), settings.mode)?;
    Ok(Desk::new(archive, rulebooks, clock, secret, settings.mode).with_providers(secret, providers))
}

#[expect(
    clippy::print_stderr,
    reason = "the log may not be set up, and whoever started the command must see it"
)]
fn tell_failure(failure: &(dyn Error + 'static)) {
    eprintln!("huiyin: {failure}");
    let mut cause = failure.source();
    while let Some(error) = cause {
        eprintln!("  because: {error}");
        cause = error.source();
    }
}

#[expect(clippy::print_stdout, reason = "this is what a command answers")]
fn tell(text: &str) {
    println!("{text}");
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        CommandLine::command().debug_assert();
        assert!(CommandLine::try_parse_from(["huiyin"]).unwrap().command.is_none());
        assert!(CommandLine::try_parse_from(["huiyin", "rulebook", "check", "x.toml"]).is_ok());
        assert!(CommandLine::try_parse_from(["huiyin", "init"]).is_err());
    }

    #[test]
    fn its_help_names_every_setting() {
        let help = CommandLine::command().render_long_help().to_string();
        let source = include_str!("settings.rs");
        let known = source
            .split("\"HUIYIN_")
            .skip(1)
            .filter_map(|rest| rest.split('"').next())
            .filter(|name| name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_'));
        let silent: Vec<&str> = known
            .filter(|name| !help.contains(&format!("HUIYIN_{name}")))
            .collect();
        assert!(silent.is_empty(), "{silent:?}");
    }
}
