//! What was used up: processor time and memory, as the system counts them.

use std::collections::BTreeMap;
use std::fs;
use std::ops::Sub;
use std::time::Duration;

use crate::Outcome;

/// How many ticks the system counts in a second; Linux has no other number to show.
const TICKS: u64 = 100;

/// Processor time of everybody who takes part.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Cost {
    /// The service, with all its threads.
    pub(crate) service: Duration,
    /// PostgreSQL: the process that it began with, those that live, and those that have ended.
    pub(crate) database: Duration,
    /// Whoever asks: this program, or pgbench.
    pub(crate) generator: Duration,
}

impl Sub for Cost {
    type Output = Self;

    fn sub(self, earlier: Self) -> Self {
        Self {
            service: self.service.saturating_sub(earlier.service),
            database: self.database.saturating_sub(earlier.database),
            generator: self.generator.saturating_sub(earlier.generator),
        }
    }
}

impl Cost {
    /// The cost of each of so many requests, in microseconds: service, database, generator.
    pub(crate) fn each(&self, requests: u64) -> [f64; 3] {
        let share = |all: Duration| all.as_secs_f64() * 1e6 / crate::number(requests.max(1));
        [share(self.service), share(self.database), share(self.generator)]
    }
}

/// Whose time is counted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Watched {
    /// The service's process, if it takes part.
    pub(crate) service: Option<u32>,
    /// The first process of PostgreSQL, if it takes part.
    pub(crate) database: Option<u32>,
}

impl Watched {
    /// The time used up to now. Whoever asks is this process with the children it has waited for.
    pub(crate) fn now(&self) -> Outcome<Cost> {
        let all = processes()?;
        let own = |process: Option<u32>| {
            process
                .and_then(|process| all.get(&process))
                .map_or(0, |it| it.own)
        };
        let database = self.database.map_or(0, |first| {
            let children = all.values().filter(|it| it.parent == first).map(|it| it.own);
            all.get(&first).map_or(0, |it| it.own + it.ended) + children.sum::<u64>()
        });
        let me = all.get(&std::process::id()).map_or(0, |it| it.own + it.ended);
        Ok(Cost {
            service: time(own(self.service)),
            database: time(database),
            generator: time(me),
        })
    }
}

fn time(ticks: u64) -> Duration {
    Duration::from_millis(ticks * 1000 / TICKS)
}

struct Process {
    parent: u32,
    own: u64,
    ended: u64,
}

fn processes() -> Outcome<BTreeMap<u32, Process>> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir("/proc")?.flatten() {
        let Ok(process) = entry.file_name().to_string_lossy().parse::<u32>() else {
            continue;
        };
        // A process that has just ended is in its parent's count.
        let Ok(said) = fs::read_to_string(entry.path().join("stat")) else {
            continue;
        };
        if let Some(read) = read(&said) {
            found.insert(process, read);
        }
    }
    Ok(found)
}

/// Reads a line of `/proc/PID/stat`; the name, which may hold anything, ends with the last parenthesis.
fn read(said: &str) -> Option<Process> {
    let fields: Vec<&str> = said.rsplit_once(')')?.1.split_whitespace().collect();
    let count = |at: usize| fields.get(at)?.parse::<u64>().ok();
    Some(Process {
        parent: fields.get(1)?.parse().ok()?,
        own: count(11)? + count(12)?,
        ended: count(13)? + count(14)?,
    })
}

/// The memory that a process holds, in MB.
pub(crate) fn resident(process: u32) -> Outcome<f64> {
    let said = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = said.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    let kilobytes: f64 = line
        .and_then(|line| line.split_whitespace().next())
        .ok_or("a process has a size")?
        .parse()?;
    Ok(kilobytes / 1024.0)
}
