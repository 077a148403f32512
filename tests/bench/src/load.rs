//! The load generator: one thread, many kept-alive connections, as little work for each request as will do.
//!
//! It shares the machine with what it measures, so it speaks just enough HTTP/1.1 for the service: requests come as
//! bytes ready to be sent, and of an answer only its status and its length are read.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::task::LocalSet;
use tokio::time::{sleep_until, timeout};

use crate::cost::{Cost, Watched, resident};
use crate::{Outcome, failure};

/// How long an answer may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(30);

/// Writes the next request into a buffer.
pub(crate) trait Requests: FnMut(&mut Vec<u8>) {}
impl<F: FnMut(&mut Vec<u8>)> Requests for F {}

/// How to ask.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Plan {
    /// How many connections ask at once.
    pub(crate) connections: usize,
    /// Requests a second over all of them, each sent at its own time whatever became of those before; none: each
    /// connection asks again as soon as it is answered.
    pub(crate) rate: Option<f64>,
    /// Asked before anything counts.
    pub(crate) warm_up: Duration,
    /// Asked and counted.
    pub(crate) measured: Duration,
}

/// What came of it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Load {
    /// How long was measured.
    pub(crate) seconds: f64,
    /// How many were answered, by status; 0 stands for no answer.
    pub(crate) answers: BTreeMap<u16, u64>,
    /// How long what was done took, sorted, in microseconds; in an open loop from when it should have been sent.
    pub(crate) done: Vec<u32>,
    /// The same of what was refused.
    pub(crate) refused: Vec<u32>,
    /// What it cost.
    pub(crate) cost: Cost,
    /// The service's memory in MB at its largest, by a look each tenth of a second, and at the end.
    pub(crate) memory: (f64, f64),
}

impl Load {
    /// Requests done each second.
    pub(crate) fn rate(&self) -> f64 {
        crate::number(self.done.len() as u64) / self.seconds
    }

    /// How many were neither done nor refused with 503.
    pub(crate) fn errors(&self) -> u64 {
        let fine = |status: u16| (200..300).contains(&status) || status == 503;
        self.answers
            .iter()
            .filter(|(status, _)| !fine(**status))
            .map(|(_, count)| count)
            .sum()
    }

    /// The cost of each request that was done, in microseconds: service, database, generator.
    pub(crate) fn each(&self) -> [f64; 3] {
        self.cost.each(self.done.len() as u64)
    }

    /// Below which time so many hundredths of what was done lie, in milliseconds.
    pub(crate) fn p(&self, hundredth: usize) -> f64 {
        percentile(&self.done, hundredth)
    }
}

/// Below which value so many hundredths lie, in milliseconds.
pub(crate) fn percentile(sorted: &[u32], hundredth: usize) -> f64 {
    let at = (sorted.len() * hundredth / 100).min(sorted.len().saturating_sub(1));
    sorted.get(at).map_or(0.0, |micros| f64::from(*micros) / 1000.0)
}

/// What the connections write down together.
struct Record {
    from: Instant,
    until: Instant,
    answers: BTreeMap<u16, u64>,
    done: Vec<u32>,
    refused: Vec<u32>,
}

impl Record {
    fn note(&mut self, asked: Instant, status: u16) {
        let now = Instant::now();
        if now < self.from || now >= self.until {
            return;
        }
        *self.answers.entry(status).or_default() += 1;
        let took = u32::try_from((now - asked).as_micros()).unwrap_or(u32::MAX);
        match status {
            200..300 => self.done.push(took),
            _ => self.refused.push(took),
        }
    }
}

/// Asks a service as planned; `requests` makes one source of requests for each connection.
pub(crate) fn run<R: Requests + 'static>(
    address: &str,
    plan: Plan,
    watched: Watched,
    requests: impl Fn(usize) -> R,
) -> Outcome<Load> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let local = LocalSet::new();
    local.block_on(&runtime, async {
        let begin = Instant::now();
        let from = begin + plan.warm_up;
        let until = from + plan.measured;
        let record = Rc::new(RefCell::new(Record {
            from,
            until,
            answers: BTreeMap::new(),
            done: Vec::new(),
            refused: Vec::new(),
        }));
        let asking: Vec<_> = (0..plan.connections)
            .map(|number| {
                let asking = Asking {
                    address: address.to_owned(),
                    record: Rc::clone(&record),
                    due: plan.rate.map(|rate| Due::of(plan, rate, number, begin)),
                };
                tokio::task::spawn_local(asking.until(until, requests(number)))
            })
            .collect();
        sleep_until(from.into()).await;
        let before = watched.now()?;
        let mut memory = (0.0_f64, 0.0);
        while Instant::now() < until {
            sleep_until(until.min(Instant::now() + Duration::from_millis(100)).into()).await;
            if let Some(service) = watched.service {
                memory.1 = resident(service)?;
                memory.0 = memory.0.max(memory.1);
            }
        }
        let cost = watched.now()? - before;
        for one in asking {
            one.await.map_err(|error| failure(error.to_string()))??;
        }
        let mut record = record.borrow_mut();
        let mut load = Load {
            seconds: plan.measured.as_secs_f64(),
            answers: std::mem::take(&mut record.answers),
            done: std::mem::take(&mut record.done),
            refused: std::mem::take(&mut record.refused),
            cost,
            memory,
        };
        load.done.sort_unstable();
        load.refused.sort_unstable();
        Ok(load)
    })
}

/// When a connection's next request should be sent, in an open loop.
struct Due {
    next: Instant,
    every: Duration,
}

impl Due {
    fn of(plan: Plan, rate: f64, number: usize, begin: Instant) -> Self {
        let every = Duration::from_secs_f64(crate::number(plan.connections as u64) / rate);
        let share = crate::number(number as u64) / crate::number(plan.connections as u64);
        Self {
            next: begin + every.mul_f64(share),
            every,
        }
    }
}

/// One connection.
struct Asking {
    address: String,
    record: Rc<RefCell<Record>>,
    due: Option<Due>,
}

impl Asking {
    async fn until(mut self, until: Instant, mut requests: impl Requests) -> Outcome<()> {
        let mut stream = connect(&self.address).await?;
        let (mut request, mut answer) = (Vec::new(), Vec::with_capacity(1 << 16));
        loop {
            let asked = match &mut self.due {
                Some(due) => {
                    let at = due.next;
                    due.next += due.every;
                    sleep_until(at.into()).await;
                    at
                }
                None => Instant::now(),
            };
            if Instant::now() >= until {
                return Ok(());
            }
            request.clear();
            requests(&mut request);
            let said = timeout(PATIENCE, exchange(&mut stream, &request, &mut answer)).await;
            let (status, stays) = said.unwrap_or_else(|late| Err(late.into())).unwrap_or((0, false));
            self.record.borrow_mut().note(asked, status);
            if !stays {
                stream = connect(&self.address).await?;
            }
        }
    }
}

async fn connect(address: &str) -> Outcome<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Sends a request and reads its answer: the status, and whether the connection stays open.
async fn exchange(stream: &mut TcpStream, request: &[u8], answer: &mut Vec<u8>) -> Outcome<(u16, bool)> {
    stream.write_all(request).await?;
    answer.clear();
    let head = loop {
        if stream.read_buf(answer).await? == 0 {
            return Err(failure("the connection ended"));
        }
        if let Some(end) = answer.windows(4).position(|four| four == b"\r\n\r\n") {
            break end + 4;
        }
    };
    let said = str::from_utf8(&answer[..head])?;
    let status = said.get(9..12).ok_or("a status")?.parse()?;
    let (mut length, mut stays) = (0, true);
    for line in said.lines().skip(1) {
        let Some((name, value)) = line.split_once(": ") else {
            continue;
        };
        if name.eq_ignore_ascii_case("content-length") {
            length = value.parse()?;
        } else if name.eq_ignore_ascii_case("transfer-encoding") {
            return Err(failure("an answer without a length"));
        } else if name.eq_ignore_ascii_case("connection") {
            stays = !value.eq_ignore_ascii_case("close");
        }
    }
    while answer.len() < head + length {
        if stream.read_buf(answer).await? == 0 {
            return Err(failure("the answer broke off"));
        }
    }
    Ok((status, stays))
}
