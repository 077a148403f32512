//! What the service is told by its environment.
//!
//! [`Settings::read`] is a pure function over a look-up, so that a test can play the environment, and it reports
//! every fault at once, so that nobody has to start the service five times to learn of five.

use std::ffi::OsString;
use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::num::{NonZeroU8, NonZeroU16, NonZeroU32};
use std::path::PathBuf;
use std::str::FromStr;

use ipnet::IpNet;
use persistence::checkpoint::CheckpointKey;
use persistence::{BATCH_MAX, MasterKeys, MasterKeysError};
use tracing_subscriber::filter::Targets;

/// The shortest key that may sign tokens, in bytes: the width of the hash it keys.
pub const TOKEN_KEY_BYTES_MIN: usize = 32;

/// A production key must have at least this many different bytes; fewer were typed, not drawn.
const TOKEN_KEY_VARIETY_MIN: usize = 12;

/// The bounds of a demonstration password, in bytes.
const DEMO_PASSWORD_BYTES: std::ops::RangeInclusive<usize> = 8..=128;

/// All settings of the service.
#[derive(Debug, Clone)]
pub struct Settings {
    /// `HUIYIN_LISTEN`: where the service listens; by default 127.0.0.1:8080.
    pub listen: SocketAddr,
    /// `HUIYIN_DATABASE_URL`: `sqlite://…` or `postgres://…`; by default `sqlite://data/huiyin.db`.
    pub database_url: Secret,
    /// `HUIYIN_METRICS_LISTEN`: where the metrics are shown; absent: at `/metrics` of the service itself.
    pub metrics_listen: Option<SocketAddr>,
    /// `HUIYIN_BATCH`: how many commands share a transaction at most, 1 to 64; by default 64.
    pub batch: NonZeroU8,
    /// `HUIYIN_OUTBOX_DAYS`: for how many days what happened is kept for those who come back to a stream, 1 to 365; by
    /// default 7.
    pub outbox_days: NonZeroU16,
    /// `HUIYIN_NOTIFICATION_DAYS`: for how many days a notification is kept after it was read, 1 to 3650; by default 90.
    pub notification_days: NonZeroU16,
    /// `HUIYIN_MODE`: `demo`, the default, or `production`.
    pub mode: Mode,
    /// `HUIYIN_DEMO_PASSWORD`: the password of all demo accounts; absent: one is made and printed at the start.
    pub demo_password: Option<Secret>,
    /// `HUIYIN_TOKEN_KEY`: the secret that signs tokens; absent only in demo mode, where one is made at the start.
    pub token_key: Option<Secret>,
    /// `HUIYIN_CHECKPOINT_KEY`: the secret that signs checkpoints: 32 bytes in base64, `file:PATH` or
    /// `command:COMMAND`; absent only in demo mode, where one is drawn at the start.
    pub checkpoint_key: Option<CheckpointSecret>,
    /// `HUIYIN_CHECKPOINT_SECONDS`: how long after one round of checkpoints the next one follows, 1 to 86400; by
    /// default 600.
    pub checkpoint_seconds: NonZeroU32,
    /// `HUIYIN_CHECKPOINT_DIR`: a folder that every checkpoint is written to; absent: they stay in the database.
    pub checkpoint_dir: Option<PathBuf>,
    /// `HUIYIN_MASTER_KEY`, `HUIYIN_MASTER_KEY_FILE` or `HUIYIN_MASTER_KEY_COMMAND`: where the master keys come from, under
    /// which what people wrote is sealed; absent only in demo mode, which has one that everybody knows.
    pub master_key: MasterKeySource,
    /// `HUIYIN_OIDC_PROVIDERS`: a file (TOML) of the `OpenID` Connect providers that vouch for people; absent: none.
    pub oidc_providers: Option<PathBuf>,
    /// `HUIYIN_LOG_INS_PER_MINUTE`: how many log-ins and the like one address may try in a minute; by default 60.
    pub log_ins_per_minute: NonZeroU32,
    /// `HUIYIN_CORS_ORIGINS`: the origins whose front ends may ask from a browser, separated by commas; by default none.
    pub cors_origins: Vec<String>,
    /// `HUIYIN_TRUSTED_PROXIES`: the addresses or networks of the proxies whose `X-Forwarded-For` counts, separated by
    /// commas; by default none.
    pub trusted_proxies: Vec<IpNet>,
    /// `HUIYIN_HSTS_SECONDS`: for how many seconds browsers shall insist on TLS; by default 0, which says nothing.
    pub hsts_seconds: u32,
    /// `HUIYIN_CLOCK`: `system`, the default, or `manual`, which production refuses.
    pub clock: ClockSetting,
    /// `HUIYIN_RULEBOOKS`: a folder of rulebooks of this installation's own; absent: none but those that are shipped.
    pub rulebooks: Option<PathBuf>,
    /// `HUIYIN_LOG`: what is logged, such as `info` or `warn,api=debug`; by default `info`.
    pub log: Targets,
}

/// Whether the service may show what must never be shown where real complaints lie.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum Mode {
    /// Demonstration offices and accounts, secrets made at the start.
    Demo,
    /// Real offices; refuses everything that only a demonstration may have.
    Production,
}

/// Where the time comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr)]
#[strum(serialize_all = "snake_case")]
pub enum ClockSetting {
    /// From the machine.
    System,
    /// From whoever sets it.
    Manual,
}

/// Where the secret is that signs checkpoints.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CheckpointSecret {
    /// It was said.
    Said(Secret),
    /// In this file.
    File(PathBuf),
    /// This command, given to the shell, prints it.
    Command(String),
}

/// Where the master keys come from: a text of one or several, of which the first wraps what is new.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MasterKeySource {
    /// The demonstrations' own, which is no secret.
    OfDemonstrations,
    /// The environment itself.
    Given(Secret),
    /// A file, such as a container's secret.
    File(PathBuf),
    /// What a command of the shell prints, such as the client of a key service.
    Command(String),
}

/// A text that must not reach a log; it shows itself only when asked.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Keeps `text` from being shown by accident.
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[secret]")
    }
}

/// One thing that is wrong with the settings. Its text never repeats a secret.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The value is not text.
    #[error("{name} is not valid UTF-8")]
    NotText {
        /// The variable.
        name: &'static str,
    },
    /// The value is none of those it may be.
    #[error("{name} is not understood: expected {expected}")]
    NotUnderstood {
        /// The variable.
        name: &'static str,
        /// What it may be.
        expected: &'static str,
    },
    /// The value is too short or too long.
    #[error("{name} must have {expected}")]
    WrongLength {
        /// The variable.
        name: &'static str,
        /// The bounds, with their unit.
        expected: &'static str,
    },
    /// Production needs a value and has no default for it.
    #[error("{name} must be set in production mode")]
    Missing {
        /// The variable.
        name: &'static str,
    },
    /// It is said in more than one way, and only one can hold.
    #[error("{name} is given more than once: as {name}, {name}_FILE or {name}_COMMAND")]
    SeveralTimes {
        /// The variable.
        name: &'static str,
    },
    /// It holds no master keys.
    #[error("{name} is not understood: {reason}")]
    MasterKey {
        /// The variable.
        name: &'static str,
        /// Why not.
        reason: MasterKeysError,
    },
    /// Only a demonstration may have this.
    #[error("{name} is refused in production mode: {reason}")]
    OnlyForDemo {
        /// The variable.
        name: &'static str,
        /// Why.
        reason: &'static str,
    },
}

/// Everything that is wrong with the settings, one line each.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Faults(pub Vec<Fault>);

impl fmt::Display for Faults {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the settings cannot be used:")?;
        self.0
            .iter()
            .try_for_each(|fault| write!(formatter, "\n  {fault}"))
    }
}

impl std::error::Error for Faults {}

impl Settings {
    /// Reads the settings from `look_up`, which gives the value of a variable. An empty value counts as none.
    ///
    /// # Errors
    /// [`Faults`] with every fault there is.
    pub fn read(look_up: impl Fn(&str) -> Option<OsString>) -> Result<Self, Faults> {
        let mut reading = Reading {
            look_up,
            faults: Vec::new(),
        };
        let mode = reading.parsed("HUIYIN_MODE", "demo", "demo or production");
        let settings = Self {
            listen: reading.parsed(
                "HUIYIN_LISTEN",
                "127.0.0.1:8080",
                "an address and port such as 127.0.0.1:8080",
            ),
            database_url: reading.database_url(mode),
            metrics_listen: reading.metrics_listen(),
            batch: reading.batch(),
            outbox_days: reading.days("HUIYIN_OUTBOX_DAYS", "7", "a number of days from 1 to 365", 365),
            notification_days: reading.days(
                "HUIYIN_NOTIFICATION_DAYS",
                "90",
                "a number of days from 1 to 3650",
                3650,
            ),
            mode,
            demo_password: reading.demo_password(mode),
            token_key: reading.token_key(mode),
            checkpoint_key: reading.checkpoint_key(mode),
            checkpoint_seconds: reading.checkpoint_seconds(),
            checkpoint_dir: (reading.look_up)("HUIYIN_CHECKPOINT_DIR")
                .filter(|folder| !folder.is_empty())
                .map(PathBuf::from),
            master_key: reading.master_key(mode),
            oidc_providers: (reading.look_up)("HUIYIN_OIDC_PROVIDERS")
                .filter(|file| !file.is_empty())
                .map(PathBuf::from),
            log_ins_per_minute: reading.parsed("HUIYIN_LOG_INS_PER_MINUTE", "60", "a number of at least 1"),
            cors_origins: reading.cors_origins(),
            trusted_proxies: reading.trusted_proxies(),
            hsts_seconds: reading.parsed("HUIYIN_HSTS_SECONDS", "0", "a number of seconds"),
            clock: reading.clock(mode),
            rulebooks: (reading.look_up)("HUIYIN_RULEBOOKS")
                .filter(|folder| !folder.is_empty())
                .map(PathBuf::from),
            log: reading.parsed("HUIYIN_LOG", "info", "levels such as info or warn,api=debug"),
        };
        if reading.faults.is_empty() {
            Ok(settings)
        } else {
            Err(Faults(reading.faults))
        }
    }
}

/// A reading under way: it goes on after a fault, with the default, to find the other faults too.
struct Reading<L> {
    look_up: L,
    faults: Vec<Fault>,
}

impl<L: Fn(&str) -> Option<OsString>> Reading<L> {
    fn text(&mut self, name: &'static str) -> Option<String> {
        let value = (self.look_up)(name).filter(|value| !value.is_empty())?;
        let text = value.into_string().ok();
        if text.is_none() {
            self.faults.push(Fault::NotText { name });
        }
        text
    }

    fn parsed<T: FromStr>(&mut self, name: &'static str, default: &str, expected: &'static str) -> T {
        let given = self.text(name);
        let parsed = given.as_deref().unwrap_or(default).parse();
        parsed.unwrap_or_else(|_| {
            self.faults.push(Fault::NotUnderstood { name, expected });
            default
                .parse()
                .unwrap_or_else(|_| unreachable!("the default of {name} is well formed"))
        })
    }

    fn metrics_listen(&mut self) -> Option<SocketAddr> {
        const NAME: &str = "HUIYIN_METRICS_LISTEN";
        let text = self.text(NAME)?;
        let parsed = text.parse().ok();
        if parsed.is_none() {
            self.faults.push(Fault::NotUnderstood {
                name: NAME,
                expected: "an address and port such as 127.0.0.1:9100",
            });
        }
        parsed
    }

    fn batch(&mut self) -> NonZeroU8 {
        const NAME: &str = "HUIYIN_BATCH";
        let expected = "a number from 1 to 64";
        let batch: NonZeroU8 = self.parsed(NAME, "64", expected);
        if batch > BATCH_MAX {
            self.faults.push(Fault::NotUnderstood { name: NAME, expected });
        }
        batch
    }

    fn days(&mut self, name: &'static str, default: &str, expected: &'static str, most: u16) -> NonZeroU16 {
        let days: NonZeroU16 = self.parsed(name, default, expected);
        if days.get() > most {
            self.faults.push(Fault::NotUnderstood { name, expected });
        }
        days
    }

    fn database_url(&mut self, mode: Mode) -> Secret {
        const NAME: &str = "HUIYIN_DATABASE_URL";
        let url = self
            .text(NAME)
            .unwrap_or_else(|| "sqlite://data/huiyin.db".to_owned());
        let known = ["sqlite://", "postgres://", "postgresql://"];
        if !known
            .iter()
            .any(|scheme| url.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty()))
        {
            self.faults.push(Fault::NotUnderstood {
                name: NAME,
                expected: "sqlite://PATH or postgres://…",
            });
        } else if mode == Mode::Production
            && let Some(reason) = known_password(&url)
        {
            self.faults.push(Fault::OnlyForDemo { name: NAME, reason });
        }
        Secret::new(url)
    }

    fn demo_password(&mut self, mode: Mode) -> Option<Secret> {
        const NAME: &str = "HUIYIN_DEMO_PASSWORD";
        let password = self.text(NAME)?;
        match mode {
            Mode::Production => {
                let reason = "there are no demo accounts";
                self.faults.push(Fault::OnlyForDemo { name: NAME, reason });
            }
            Mode::Demo if !DEMO_PASSWORD_BYTES.contains(&password.len()) => {
                self.faults.push(Fault::WrongLength {
                    name: NAME,
                    expected: "8 to 128 bytes",
                });
            }
            Mode::Demo => {}
        }
        Some(Secret::new(password))
    }

    fn token_key(&mut self, mode: Mode) -> Option<Secret> {
        const NAME: &str = "HUIYIN_TOKEN_KEY";
        let key = self.text(NAME);
        match (&key, mode) {
            (None, Mode::Production) => self.faults.push(Fault::Missing { name: NAME }),
            (Some(key), Mode::Demo | Mode::Production) if key.len() < TOKEN_KEY_BYTES_MIN => {
                self.faults.push(Fault::WrongLength {
                    name: NAME,
                    expected: "at least 32 bytes",
                });
            }
            (Some(key), Mode::Production) if variety(key) < TOKEN_KEY_VARIETY_MIN => {
                let reason =
                    "it repeats a few characters; draw one, for instance by `openssl rand -base64 48`";
                self.faults.push(Fault::OnlyForDemo { name: NAME, reason });
            }
            (Some(_) | None, Mode::Demo) | (Some(_), Mode::Production) => {}
        }
        key.map(Secret::new)
    }

    fn checkpoint_key(&mut self, mode: Mode) -> Option<CheckpointSecret> {
        const NAME: &str = "HUIYIN_CHECKPOINT_KEY";
        let Some(text) = self.text(NAME) else {
            if mode == Mode::Production {
                self.faults.push(Fault::Missing { name: NAME });
            }
            return None;
        };
        if let Some(path) = text.strip_prefix("file:") {
            return Some(CheckpointSecret::File(path.into()));
        }
        if let Some(command) = text.strip_prefix("command:") {
            return Some(CheckpointSecret::Command(command.to_owned()));
        }
        if CheckpointKey::read(&text).is_err() {
            self.faults.push(Fault::NotUnderstood {
                name: NAME,
                expected: "32 bytes in base64 as `huiyin audit new-key` prints them, file:PATH or command:COMMAND",
            });
        }
        Some(CheckpointSecret::Said(Secret::new(text)))
    }

    fn checkpoint_seconds(&mut self) -> NonZeroU32 {
        const NAME: &str = "HUIYIN_CHECKPOINT_SECONDS";
        let expected = "a number from 1 to 86400";
        let seconds: NonZeroU32 = self.parsed(NAME, "600", expected);
        if seconds.get() > 86_400 {
            self.faults.push(Fault::NotUnderstood { name: NAME, expected });
        }
        seconds
    }

    fn master_key(&mut self, mode: Mode) -> MasterKeySource {
        const NAME: &str = "HUIYIN_MASTER_KEY";
        let given = self
            .text(NAME)
            .map(|key| MasterKeySource::Given(Secret::new(key)));
        let file = (self.look_up)("HUIYIN_MASTER_KEY_FILE")
            .filter(|file| !file.is_empty())
            .map(|file| MasterKeySource::File(PathBuf::from(file)));
        let command = self
            .text("HUIYIN_MASTER_KEY_COMMAND")
            .map(MasterKeySource::Command);
        let mut named = [given, file, command].into_iter().flatten();
        let source = named.next();
        if named.next().is_some() {
            self.faults.push(Fault::SeveralTimes { name: NAME });
        }
        match (&source, mode) {
            (None, Mode::Production) => self.faults.push(Fault::Missing { name: NAME }),
            (Some(MasterKeySource::Given(keys)), _) => match keys.reveal().parse::<MasterKeys>() {
                Err(reason) => self.faults.push(Fault::MasterKey { name: NAME, reason }),
                Ok(keys) if mode == Mode::Production && keys.have_the_demonstrations() => {
                    let reason = "it is the demonstrations', which everybody knows";
                    self.faults.push(Fault::OnlyForDemo { name: NAME, reason });
                }
                Ok(_) => {}
            },
            // What these hold is seen when it is read.
            (Some(_), _) | (None, Mode::Demo) => {}
        }
        source.unwrap_or(MasterKeySource::OfDemonstrations)
    }

    /// The parts of a list that is separated by commas.
    fn parts(&mut self, name: &'static str) -> Vec<String> {
        let text = self.text(name).unwrap_or_default();
        let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
        parts.map(str::to_owned).collect()
    }

    fn cors_origins(&mut self) -> Vec<String> {
        const NAME: &str = "HUIYIN_CORS_ORIGINS";
        let origins = self.parts(NAME);
        if !origins.iter().all(|origin| is_origin(origin)) {
            self.faults.push(Fault::NotUnderstood {
                name: NAME,
                expected: "origins such as https://desk.example, separated by commas; * is none",
            });
        }
        origins
    }

    fn trusted_proxies(&mut self) -> Vec<IpNet> {
        const NAME: &str = "HUIYIN_TRUSTED_PROXIES";
        let parts = self.parts(NAME);
        let networks: Vec<IpNet> = parts.iter().filter_map(|part| network(part)).collect();
        // A network of everybody would let everybody say who they are.
        if networks.len() < parts.len() || networks.iter().any(|network| network.prefix_len() == 0) {
            self.faults.push(Fault::NotUnderstood {
                name: NAME,
                expected: "addresses or networks such as 10.0.0.0/8, separated by commas",
            });
        }
        networks
    }

    fn clock(&mut self, mode: Mode) -> ClockSetting {
        const NAME: &str = "HUIYIN_CLOCK";
        let clock = self.parsed(NAME, "system", "system or manual");
        if clock == ClockSetting::Manual && mode == Mode::Production {
            let reason = "deadlines must follow the real time";
            self.faults.push(Fault::OnlyForDemo { name: NAME, reason });
        }
        clock
    }
}

/// Why anybody could log in to the database that a URL names: the password in it is none, short, or one that everybody
/// tries first. None for a file, a socket, and where something else proves who comes.
fn known_password(url: &str) -> Option<&'static str> {
    let parsed = url::Url::parse(url).ok().filter(|url| url.scheme() != "sqlite")?;
    let says = |name: &str| parsed.query_pairs().any(|(known, _)| known == name);
    let socket = parsed
        .query_pairs()
        .any(|(name, value)| name == "host" && value.starts_with('/'));
    if socket || says("passfile") || says("sslcert") {
        return None;
    }
    let password = parsed.password().unwrap_or_default();
    if password.is_empty() {
        return Some(
            "it holds no password: give one that was drawn, a passfile=, an sslcert=, or the directory of a socket as host=",
        );
    }
    (password.len() < DATABASE_PASSWORD_BYTES_MIN || variety(password) < SECRET_VARIETY_MIN).then_some(
        "its password is short or repeats a few characters: draw one, for instance by `openssl rand -hex 24`",
    )
}

/// The shortest password of a database in production, in bytes; the one of the demonstration's compose file is shorter.
const DATABASE_PASSWORD_BYTES_MIN: usize = 12;

/// A network, or the network of one address.
fn network(text: &str) -> Option<IpNet> {
    text.parse()
        .ok()
        .or_else(|| text.parse::<IpAddr>().ok().map(IpNet::from))
}

/// Whether a text is what a browser sends as `Origin`: scheme, host, perhaps a port, and nothing else.
fn is_origin(text: &str) -> bool {
    url::Url::parse(text).is_ok_and(|url| {
        ["http", "https"].contains(&url.scheme()) && url.origin().ascii_serialization() == text
    })
}

/// Whether a secret was drawn, and not thought up: long enough and of enough different bytes.
pub(crate) fn is_drawn(secret: &str) -> bool {
    secret.len() >= SECRET_BYTES_MIN && variety(secret) >= SECRET_VARIETY_MIN
}

/// The shortest secret that another service may have given us for production, in bytes.
const SECRET_BYTES_MIN: usize = 16;
/// How many different bytes it has at least.
const SECRET_VARIETY_MIN: usize = 8;

fn variety(key: &str) -> usize {
    key.bytes().collect::<std::collections::BTreeSet<u8>>().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    const KEY: &str = "q8Zt1nVx0pLr7KsWm4Yd2Ub9Hc6Ja3Eg5Fo";

    const MASTER_KEY: &str = "q8Zt1nVx0pLr7KsWm4Yd2Ub9Hc6Ja3Eg5FoTqRkXvBw=";

    /// The demonstrations' own.
    const DEMONSTRATIONS: &str = "4g0EaEf8epJMSq+szNpvhRGy7ky/oXkYPE74SlreED0=";

    fn read(variables: &[(&str, &str)]) -> Result<Settings, Faults> {
        Settings::read(|name| {
            variables
                .iter()
                .find(|(known, _)| *known == name)
                .map(|(_, value)| OsString::from(value))
        })
    }

    #[test]
    fn an_empty_environment_works() {
        let settings = read(&[("HUIYIN_LISTEN", "")]).unwrap();
        assert_eq!(settings.listen.to_string(), "127.0.0.1:8080");
        assert_eq!(settings.database_url.reveal(), "sqlite://data/huiyin.db");
        assert_eq!(
            (settings.mode, settings.clock),
            (Mode::Demo, ClockSetting::System)
        );
        assert_eq!((settings.demo_password, settings.token_key), (None, None));
        assert_eq!((settings.metrics_listen, settings.batch), (None, BATCH_MAX));
        assert_eq!(
            (settings.outbox_days.get(), settings.notification_days.get()),
            (7, 90)
        );
    }

    #[test]
    fn all_faults_come_at_once() {
        let faults = read(&[
            ("HUIYIN_LISTEN", "everywhere"),
            ("HUIYIN_DATABASE_URL", "postgres:mydb"),
            ("HUIYIN_MODE", "production"),
            ("HUIYIN_DEMO_PASSWORD", "letmein123"),
            ("HUIYIN_CLOCK", "manual"),
            ("HUIYIN_LOG", "loud=very=much"),
            ("HUIYIN_METRICS_LISTEN", "9100"),
            ("HUIYIN_BATCH", "65"),
            ("HUIYIN_OUTBOX_DAYS", "366"),
            ("HUIYIN_NOTIFICATION_DAYS", "3651"),
            ("HUIYIN_CHECKPOINT_SECONDS", "0"),
        ])
        .unwrap_err();
        let names: Vec<String> = faults.0.iter().map(ToString::to_string).collect();
        assert_eq!(names.len(), 13, "{names:#?}");
        for name in [
            "LISTEN",
            "DATABASE_URL",
            "DEMO_PASSWORD",
            "TOKEN_KEY",
            "CHECKPOINT_KEY",
            "CHECKPOINT_SECONDS",
            "MASTER_KEY",
            "CLOCK",
            "LOG",
            "METRICS_LISTEN",
            "BATCH",
            "OUTBOX_DAYS",
            "NOTIFICATION_DAYS",
        ] {
            assert!(
                names
                    .iter()
                    .any(|text| text.starts_with(&format!("HUIYIN_{name} "))),
                "{name}"
            );
        }
        assert!(!faults.to_string().contains("letmein123"));
    }

    #[test]
    fn a_batch_is_neither_empty_nor_too_large() {
        let batch = |text| read(&[("HUIYIN_BATCH", text)]).map(|settings| settings.batch.get());
        assert_eq!((batch("1"), batch("64")), (Ok(1), Ok(64)));
        for bad in ["0", "65", "256", "-1", "many"] {
            assert!(batch(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn what_stands_outside_is_named_one_by_one() {
        let settings = read(&[
            (
                "HUIYIN_CORS_ORIGINS",
                "https://desk.example, http://127.0.0.1:5173",
            ),
            ("HUIYIN_TRUSTED_PROXIES", "10.0.0.0/8,192.0.2.7"),
        ])
        .unwrap();
        assert_eq!(
            settings.cors_origins,
            ["https://desk.example", "http://127.0.0.1:5173"]
        );
        let proxies: Vec<String> = settings.trusted_proxies.iter().map(ToString::to_string).collect();
        assert_eq!(proxies, ["10.0.0.0/8", "192.0.2.7/32"]);
        for (name, bad) in [
            ("HUIYIN_CORS_ORIGINS", "*"),
            ("HUIYIN_CORS_ORIGINS", "null"),
            ("HUIYIN_CORS_ORIGINS", "https://desk.example/"),
            ("HUIYIN_CORS_ORIGINS", "desk.example"),
            ("HUIYIN_TRUSTED_PROXIES", "0.0.0.0/0"),
            ("HUIYIN_TRUSTED_PROXIES", "proxy"),
            ("HUIYIN_LOG_INS_PER_MINUTE", "0"),
            ("HUIYIN_HSTS_SECONDS", "a year"),
        ] {
            assert!(read(&[(name, bad)]).is_err(), "{name}={bad}");
        }
    }

    #[test]
    fn production_wants_a_key_that_was_drawn() {
        let production = |key| {
            read(&[
                ("HUIYIN_MODE", "production"),
                ("HUIYIN_TOKEN_KEY", key),
                ("HUIYIN_CHECKPOINT_KEY", "file:/etc/huiyin/checkpoint.key"),
                ("HUIYIN_MASTER_KEY", MASTER_KEY),
            ])
        };
        assert_eq!(production(KEY).unwrap().token_key.unwrap().reveal(), KEY);
        assert!(production("short").is_err());
        assert!(production(&"secret".repeat(8)).is_err());
    }

    #[test]
    fn production_wants_a_database_that_not_everybody_can_open() {
        let under = |mode, url| {
            read(&[
                ("HUIYIN_MODE", mode),
                ("HUIYIN_DATABASE_URL", url),
                ("HUIYIN_TOKEN_KEY", KEY),
                ("HUIYIN_CHECKPOINT_KEY", "file:/etc/huiyin/checkpoint.key"),
                ("HUIYIN_MASTER_KEY", MASTER_KEY),
            ])
        };
        for known in [
            "postgres://huiyin:huiyin@db/huiyin",
            "postgres://huiyin@db/huiyin",
            "postgres://huiyin:@db/huiyin",
            "postgresql://huiyin:postgres@db/huiyin",
            "postgres://huiyin:aaaaaaaaaaaaaaaaaaaa@db/huiyin",
        ] {
            let refused = under("production", known).unwrap_err().to_string();
            assert!(refused.contains("HUIYIN_DATABASE_URL is refused"), "{refused}");
            assert!(!refused.contains("aaaa"), "{refused}");
            assert!(under("demo", known).is_ok(), "{known}");
        }
        for sound in [
            "sqlite://data/huiyin.db",
            "postgres://huiyin:q8Zt1nVx0pLr7KsW@db/huiyin",
            "postgres://huiyin@/huiyin?host=/run/postgresql",
            "postgres://huiyin@db/huiyin?passfile=/run/secrets/pgpass",
            "postgres://huiyin@db/huiyin?sslcert=/run/secrets/tls.crt",
        ] {
            assert!(under("production", sound).is_ok(), "{sound}");
        }
    }

    #[test]
    fn the_key_of_checkpoints_is_said_or_named() {
        let key = |text| read(&[("HUIYIN_CHECKPOINT_KEY", text)]).map(|settings| settings.checkpoint_key);
        let said = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        assert_eq!(key(said), Ok(Some(CheckpointSecret::Said(Secret::new(said)))));
        assert_eq!(key("file:/k"), Ok(Some(CheckpointSecret::File("/k".into()))));
        assert_eq!(
            key("command:get k"),
            Ok(Some(CheckpointSecret::Command("get k".to_owned())))
        );
        assert_eq!(key(""), Ok(None));
        let refused = key("AAEC").unwrap_err().to_string();
        assert!(!refused.contains("AAEC"), "{refused}");
    }

    #[test]
    fn production_wants_a_master_key_that_nobody_knows() {
        let production = |extra: &[(&str, &str)]| {
            let mut variables = vec![
                ("HUIYIN_MODE", "production"),
                ("HUIYIN_TOKEN_KEY", KEY),
                ("HUIYIN_CHECKPOINT_KEY", "file:/etc/huiyin/checkpoint.key"),
            ];
            variables.extend(extra);
            read(&variables).map(|settings| settings.master_key)
        };
        let (name, file) = ("HUIYIN_MASTER_KEY", "HUIYIN_MASTER_KEY_FILE");
        assert_eq!(
            production(&[(name, MASTER_KEY)]),
            Ok(MasterKeySource::Given(Secret::new(MASTER_KEY)))
        );
        assert_eq!(
            production(&[(file, "/run/key")]),
            Ok(MasterKeySource::File("/run/key".into()))
        );
        assert_eq!(
            production(&[("HUIYIN_MASTER_KEY_COMMAND", "print-key")]),
            Ok(MasterKeySource::Command("print-key".to_owned()))
        );
        let fault = |extra: &[(&str, &str)]| production(extra).unwrap_err().to_string();
        assert!(fault(&[]).contains("must be set"));
        assert!(fault(&[(name, "short")]).contains("32 bytes"));
        assert!(fault(&[(name, MASTER_KEY), (file, "/run/key")]).contains("more than once"));
        assert!(fault(&[(name, DEMONSTRATIONS)]).contains("everybody knows"));
        assert_eq!(read(&[]).unwrap().master_key, MasterKeySource::OfDemonstrations);
    }

    #[test]
    fn an_unknown_mode_is_a_fault_and_secrets_stay_out_of_debug() {
        assert!(read(&[("HUIYIN_MODE", "prod")]).is_err());
        let settings = read(&[
            ("HUIYIN_TOKEN_KEY", KEY),
            ("HUIYIN_MASTER_KEY", MASTER_KEY),
            ("HUIYIN_DATABASE_URL", "postgres://u:hush@h/d"),
        ])
        .unwrap();
        let shown = format!("{settings:?}");
        for secret in [KEY, MASTER_KEY, "hush"] {
            assert!(!shown.contains(secret), "{shown}");
        }
    }
}
