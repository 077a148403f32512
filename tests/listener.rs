//! Somebody who listens: to a stream of events that the house tells.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::Value;

use crate::House;

/// How long a stream may be silent: it gives a sign of life more often.
const PATIENCE: Duration = Duration::from_mins(1);

/// Somebody who listens.
pub struct Listener {
    lines: BufReader<Chunks>,
    /// The last id that was read.
    pub id: Option<String>,
}

/// What is heard.
#[derive(Debug)]
pub enum Heard {
    /// An event: its name, and its data.
    Event(String, Value),
    /// A sign of life.
    Alive,
    /// The stream is over.
    Silence,
}

/// The body of an answer that comes in chunks.
struct Chunks {
    connection: BufReader<TcpStream>,
    left: usize,
}

impl Read for Chunks {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.left == 0 {
            let mut size = String::new();
            while size.trim().is_empty() {
                size.clear();
                if self.connection.read_line(&mut size)? == 0 {
                    return Ok(0);
                }
            }
            self.left = usize::from_str_radix(size.trim(), 16).expect("the size of a chunk");
            if self.left == 0 {
                return Ok(0);
            }
        }
        let most = self.left.min(buffer.len());
        let read = self.connection.read(&mut buffer[..most])?;
        self.left -= read;
        Ok(read)
    }
}

impl Listener {
    /// Opens the stream at an address below `/api/v1`, to go on behind the last id that was read, if one was.
    #[track_caller]
    pub fn open(house: &House, user_name: &str, address: &str, last: Option<&str>) -> Self {
        let mut connection = TcpStream::connect(house.address()).expect("the house is open");
        connection.set_read_timeout(Some(PATIENCE)).expect("set");
        let last = last.map_or(String::new(), |id| format!("Last-Event-ID: {id}\r\n"));
        let head = format!(
            "GET /api/v1{address} HTTP/1.1\r\nHost: house\r\nAccept: text/event-stream\r\n\
             Authorization: Bearer {}\r\n{last}\r\n",
            house.token_of(user_name)
        );
        connection.write_all(head.as_bytes()).expect("asked");
        let mut connection = BufReader::new(connection);
        let mut told = String::new();
        while !told.ends_with("\r\n\r\n") {
            assert!(connection.read_line(&mut told).expect("answered") > 0, "{told}");
        }
        assert!(told.starts_with("HTTP/1.1 200"), "{told}");
        assert!(
            told.to_lowercase().contains("content-type: text/event-stream"),
            "{told}"
        );
        let chunks = Chunks { connection, left: 0 };
        Self {
            lines: BufReader::new(chunks),
            id: None,
        }
    }

    /// The next event, or a sign of life.
    #[track_caller]
    pub fn hears_anything(&mut self) -> Heard {
        let (mut name, mut data) = (String::new(), None);
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).expect("the stream lives") == 0 {
                return Heard::Silence;
            }
            match line.trim_end().split_once(':') {
                Some(("event", value)) => value.trim().clone_into(&mut name),
                Some(("id", value)) => self.id = Some(value.trim().to_owned()),
                Some(("data", value)) => data = Some(serde_json::from_str(value).expect("JSON")),
                Some(_) => {}
                None if line.trim_end().is_empty() => {
                    return data.map_or(Heard::Alive, |data| Heard::Event(name, data));
                }
                None => panic!("{line}"),
            }
        }
    }

    /// The next event.
    #[track_caller]
    pub fn hears(&mut self) -> (String, Value) {
        loop {
            match self.hears_anything() {
                Heard::Event(name, data) => return (name, data),
                Heard::Alive => {}
                Heard::Silence => panic!("the stream has ended"),
            }
        }
    }

    /// Why the stream ends.
    #[track_caller]
    pub fn reason_of_end(mut self) -> String {
        loop {
            let (name, data) = self.hears();
            if name == "closed" {
                assert!(matches!(self.hears_anything(), Heard::Silence));
                return data["reason"].as_str().expect("a reason").to_owned();
            }
        }
    }
}
