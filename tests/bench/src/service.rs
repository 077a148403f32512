//! The service under test: the real program, as a process of its own.

use std::fs::File;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::{Outcome, failure};

/// The password of everybody in the demonstration.
pub(crate) const PASSWORD: &str = "the-password-of-the-benchmark";

/// What signs tokens and cursors; the same at each start, so that what one start gave the next one knows.
const TOKEN_KEY: &str = "a-key-that-nobody-has-to-guess-for-these-are-measurements";

/// How long a start may take, with a migration or a full disk.
const PATIENCE: Duration = Duration::from_mins(2);

/// A running service; stops when dropped.
#[derive(Debug)]
pub(crate) struct Service {
    child: Child,
    /// Where it listens.
    pub(crate) address: String,
    /// From its start to its first "ready".
    pub(crate) started_in: Duration,
    agent: ureq::Agent,
}

impl Service {
    /// Starts the service on a database and waits until it is ready. Its clock stands still at `now`, if one is given.
    pub(crate) fn start(
        program: &Path,
        database_url: &str,
        now: Option<&str>,
        settings: &[(&str, &str)],
        log: &Path,
    ) -> Outcome<Self> {
        let address = free_address()?;
        let agent = agent();
        let begun = Instant::now();
        let child = Command::new(program)
            .env_clear()
            .env("HUIYIN_LISTEN", &address)
            .env("HUIYIN_DATABASE_URL", database_url)
            .env("HUIYIN_DEMO_PASSWORD", PASSWORD)
            .env("HUIYIN_TOKEN_KEY", TOKEN_KEY)
            .env("HUIYIN_LOG_INS_PER_MINUTE", "1000000")
            .env("HUIYIN_CLOCK", "manual")
            .env("HUIYIN_LOG", "warn")
            .envs(settings.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(File::options().create(true).append(true).open(log)?)
            .spawn()
            .map_err(|error| failure(format!("{}: {error}", program.display())))?;
        let mut service = Self {
            child,
            address,
            started_in: Duration::ZERO,
            agent,
        };
        let ready = service.url("/health/ready");
        while !service
            .agent
            .get(&ready)
            .call()
            .is_ok_and(|said| said.status() == 200)
        {
            if let Some(ended) = service.child.try_wait()? {
                return Err(failure(format!(
                    "the service ended: {ended}; see {}",
                    log.display()
                )));
            }
            if begun.elapsed() > PATIENCE {
                return Err(failure("the service does not get ready"));
            }
            std::thread::sleep(Duration::from_millis(2));
        }
        service.started_in = begun.elapsed();
        if let Some(now) = now {
            service.set_clock(now)?;
        }
        Ok(service)
    }

    /// Its process.
    pub(crate) fn process(&self) -> u32 {
        self.child.id()
    }

    /// Tells it to stop and waits until it has ended by itself; how it ended.
    pub(crate) fn stop(mut self) -> Outcome<ExitStatus> {
        Command::new("kill")
            .arg("-TERM")
            .arg(self.process().to_string())
            .status()?;
        Ok(self.child.wait()?)
    }

    /// Kills it by a signal that it cannot catch, and waits until it has gone.
    pub(crate) fn kill(&self) -> Outcome<()> {
        Command::new("kill")
            .arg("-KILL")
            .arg(self.process().to_string())
            .status()?;
        Ok(())
    }

    /// Sets its clock forward.
    pub(crate) fn set_clock(&self, now: &str) -> Outcome<()> {
        self.ask("PUT", "/api/v1/demo/clock", None, &[], Some(&json!({"now": now})))
            .map(drop)
    }

    /// Logs somebody in; their token, which lives for a quarter of an hour.
    pub(crate) fn log_in(&self, user_name: &str) -> Outcome<String> {
        let body = json!({"user_name": user_name, "password": PASSWORD});
        let answer = self.ask("POST", "/api/v1/sessions", None, &[], Some(&body))?;
        let token = answer["access_token"].as_str().ok_or("a session has a token")?;
        Ok(token.to_owned())
    }

    /// Asks something, and fails if it is refused.
    pub(crate) fn ask(
        &self,
        method: &str,
        path: &str,
        token: Option<&str>,
        headers: &[(&str, &str)],
        body: Option<&Value>,
    ) -> Outcome<Value> {
        let mut request = ureq::http::Request::builder().method(method).uri(self.url(path));
        if let Some(token) = token {
            request = request.header("Authorization", format!("Bearer {token}"));
        }
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let sent = match body {
            Some(body) => {
                request = request.header("Content-Type", "application/json");
                self.agent.run(request.body(serde_json::to_vec(body)?)?)
            }
            None => self.agent.run(request.body(())?),
        };
        let mut response = sent?;
        let bytes = response.body_mut().read_to_vec()?;
        if response.status().is_success() {
            Ok(serde_json::from_slice(&bytes)?)
        } else {
            let said = String::from_utf8_lossy(&bytes);
            Err(failure(format!("{method} {path}: {}: {said}", response.status())))
        }
    }

    /// What is answered to anyone, as text.
    pub(crate) fn text(&self, path: &str) -> Outcome<String> {
        Ok(self
            .agent
            .get(self.url(path))
            .call()?
            .body_mut()
            .read_to_string()?)
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }
}

impl Drop for Service {
    fn drop(&mut self) {
        // There is nothing to save: what was acknowledged is on the disk.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn agent() -> ureq::Agent {
    ureq::Agent::config_builder()
        .http_status_as_error(false)
        .allow_non_standard_methods(true)
        .proxy(None)
        .max_idle_connections_per_host(16)
        .timeout_global(Some(Duration::from_mins(2)))
        .build()
        .into()
}

/// An address that nobody listens on at this moment.
fn free_address() -> Outcome<String> {
    Ok(TcpListener::bind(("127.0.0.1", 0))?.local_addr()?.to_string())
}
