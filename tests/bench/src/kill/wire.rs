//! One connection to the service, spoken so plainly that it is known at which point an exchange was cut.

use std::io::{self, ErrorKind, Read as _, Write as _};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use serde_json::Value;

/// How long an answer may take before it counts as none.
const PATIENCE: Duration = Duration::from_secs(30);

/// How long after its end a connection can still be reset.
const RESET: Duration = Duration::from_millis(200);

/// A connection that stays open between requests.
#[derive(Debug)]
pub(super) struct Wire {
    stream: TcpStream,
}

/// A full answer.
#[derive(Debug)]
pub(super) struct Answer {
    /// Its status.
    pub(super) status: u16,
    /// Whether the service said that it only repeats what it answered before.
    pub(super) replayed: bool,
    /// Whether the connection takes another request.
    pub(super) stays: bool,
    /// Its body.
    pub(super) body: Vec<u8>,
}

/// An exchange that came to no full answer.
#[derive(Debug, Clone)]
pub(super) struct Cut {
    /// Whether the service took the request in, for all that can be seen from here: all of it was sent, and nothing
    /// says that it was not read. Whoever closes a connection with bytes in it that he has not read sends a reset.
    pub(super) accepted: bool,
    /// Whether a part of the answer had come.
    pub(super) begun: bool,
    /// What happened.
    pub(super) reason: String,
}

impl Cut {
    fn before(error: &io::Error) -> Self {
        Self {
            accepted: false,
            begun: false,
            reason: error.to_string(),
        }
    }
}

impl Wire {
    /// Connects.
    pub(super) fn connect(address: &str) -> Result<Self, Cut> {
        let stream = TcpStream::connect(address).map_err(|error| Cut::before(&error))?;
        stream.set_nodelay(true).map_err(|error| Cut::before(&error))?;
        stream
            .set_read_timeout(Some(PATIENCE))
            .map_err(|error| Cut::before(&error))?;
        Ok(Self { stream })
    }

    /// Sends a request and reads its whole answer.
    pub(super) fn exchange(&mut self, request: &[u8]) -> Result<Answer, Cut> {
        self.stream
            .write_all(request)
            .map_err(|error| Cut::before(&error))?;
        let mut said = Vec::new();
        let mut part = [0; 8192];
        loop {
            let cut = |accepted: bool, reason: String| Cut {
                accepted,
                begun: !said.is_empty(),
                reason,
            };
            match self.stream.read(&mut part) {
                Ok(0) => return Err(cut(!self.was_reset(), "the connection ended".to_owned())),
                Err(error) if error.kind() == ErrorKind::Interrupted => {}
                Err(error) => {
                    return Err(cut(error.kind() != ErrorKind::ConnectionReset, error.to_string()));
                }
                Ok(count) => said.extend_from_slice(&part[..count]),
            }
            if let Some(answer) = whole(&said) {
                return Ok(answer);
            }
        }
    }

    /// Whether a reset follows on the end of the connection: the end is sent first, even where something is unread.
    fn was_reset(&self) -> bool {
        let until = Instant::now() + RESET;
        while Instant::now() < until {
            match self.stream.take_error() {
                Ok(None) => thread::sleep(Duration::from_millis(1)),
                Ok(Some(_)) | Err(_) => return true,
            }
        }
        false
    }
}

impl Answer {
    /// Whether it is a problem with this code.
    pub(super) fn says(&self, code: &str) -> bool {
        serde_json::from_slice::<Value>(&self.body).is_ok_and(|problem| problem["code"] == code)
    }
}

/// The answer, once all of it is there.
fn whole(said: &[u8]) -> Option<Answer> {
    let end = said.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let head = str::from_utf8(&said[..end]).ok()?;
    let mut answer = Answer {
        status: head.get(9..12)?.parse().ok()?,
        replayed: false,
        stays: true,
        body: Vec::new(),
    };
    let mut length = 0;
    for line in head.lines().skip(1) {
        let Some((name, value)) = line.split_once(": ") else {
            continue;
        };
        match name.to_ascii_lowercase().as_str() {
            "content-length" => length = value.parse().ok()?,
            "connection" => answer.stays = !value.eq_ignore_ascii_case("close"),
            "idempotency-replayed" => answer.replayed = value == "true",
            _ => {}
        }
    }
    answer.body = said.get(end..end + length)?.to_vec();
    Some(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_whole_with_its_last_byte() {
        let said =
            b"HTTP/1.1 201 Created\r\ncontent-length: 2\r\nIdempotency-Replayed: true\r\nConnection: close\r\n\r\n{}";
        assert!(whole(&said[..said.len() - 1]).is_none());
        let answer = whole(said).unwrap();
        assert_eq!((answer.status, answer.replayed, answer.stays), (201, true, false));
        assert_eq!(answer.body, b"{}");
    }
}
