//! The kinds of request that are measured, and their bytes.

use std::fmt::Write as _;

use serde_json::{Value, json};

use crate::dice::Dice;
use crate::lives::{CYCLE, hall_matter};
use crate::mold::case_id;
use crate::seed::Recipe;

/// What is asked again and again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Work {
    /// A matter is taken in and registered.
    Create,
    /// Something is added to the file of an open case, one of many or of fifty.
    Command(Spread),
    /// One case is read.
    Read,
    /// A page of a list, which begins at a cursor or at the beginning.
    List(Option<String>),
    /// A page of the office's worklist.
    Worklist(Option<String>),
    /// The first page of what a search finds, newest first.
    Search(&'static str),
}

/// Which of the open cases are met.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Spread {
    /// All of them.
    Random,
    /// Fifty.
    Hot,
}

/// How many are hot.
pub(crate) const HOT: u64 = 50;

/// Whose share of the cases: what pgbench writes into them no longer tells the service a story.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Side {
    /// The service's half.
    Service,
    /// The half of pgbench.
    Pgbench,
}

/// A range of whole numbers with a step, as an ordinal is drawn from it: `first + step * [0, count)`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Range {
    /// The first.
    pub(crate) first: u64,
    /// The distance between two.
    pub(crate) step: u64,
    /// How many.
    pub(crate) count: u64,
}

impl Range {
    /// One of them.
    pub(crate) fn draw(self, dice: &mut Dice) -> u64 {
        self.first + self.step * dice.below(self.count)
    }
}

impl Work {
    /// Its name in tables and files.
    pub(crate) fn name(&self) -> String {
        match self {
            Self::Create => "create".to_owned(),
            Self::Command(Spread::Random) => "command".to_owned(),
            Self::Command(Spread::Hot) => "command_hot".to_owned(),
            Self::Read => "read".to_owned(),
            Self::List(None) => "list".to_owned(),
            Self::List(Some(_)) => "list_deep".to_owned(),
            Self::Worklist(None) => "worklist".to_owned(),
            Self::Worklist(Some(_)) => "worklist_deep".to_owned(),
            Self::Search(word) => format!("search {word}"),
        }
    }

    /// Whether it changes anything.
    pub(crate) fn writes(&self) -> bool {
        matches!(self, Self::Create | Self::Command(_))
    }

    /// The cases of the hall that it may meet on one side. Open ones are every twentieth; any is the hall's if it lies
    /// in the first half of its twenty.
    pub(crate) fn range(&self, recipe: &Recipe, side: Side) -> Range {
        let cycle = CYCLE as u64;
        // What is whole are the newest.
        let rounds = recipe.whole.min(recipe.cases) / cycle;
        let half = (rounds / 2).max(1);
        let begin = recipe.cases / cycle - rounds;
        let begin = match side {
            Side::Service => begin,
            Side::Pgbench => begin + rounds - half,
        };
        let count = if *self == Self::Command(Spread::Hot) {
            half.min(HOT)
        } else {
            half
        };
        Range {
            // A case that is read is a closed one, as most are: the second of its twenty.
            first: begin * cycle + u64::from(*self == Self::Read),
            step: cycle,
            count,
        }
    }

    /// Makes requests as one connection sends them.
    pub(crate) fn requests(
        &self,
        host: &str,
        token: &str,
        recipe: &Recipe,
    ) -> impl FnMut(&mut Vec<u8>) + use<> {
        let (work, mut dice) = (self.clone(), Dice::fresh());
        let range = self.range(recipe, Side::Service);
        let head = format!("Host: {host}\r\nAuthorization: Bearer {token}\r\n");
        // A new text for each request would be the generator's cost, not the service's.
        let bodies: Vec<String> = (0..16)
            .map(|_| work.body(&mut dice).map_or_else(String::new, |it| it.to_string()))
            .collect();
        move |into: &mut Vec<u8>| {
            let mut head = head.clone();
            if work.writes() {
                let key = (dice.next(), dice.next());
                write!(
                    head,
                    "Idempotency-Key: {:016x}{:016x}\r\nPrefer: return=minimal\r\n",
                    key.0, key.1
                )
                .expect("a string takes what is written");
            }
            let body = usize::try_from(dice.below(16)).map_or("", |at| bodies[at].as_str());
            let path = work.path(range.draw(&mut dice));
            let method = if body.is_empty() { "GET" } else { "POST" };
            into.extend_from_slice(format!("{method} {path} HTTP/1.1\r\n{head}").as_bytes());
            if body.is_empty() {
                into.extend_from_slice(b"\r\n");
            } else {
                let length = body.len();
                into.extend_from_slice(
                    format!("Content-Type: application/json\r\nContent-Length: {length}\r\n\r\n{body}")
                        .as_bytes(),
                );
            }
        }
    }

    /// One such request, about the case with this ordinal: its method, its path, its body.
    pub(crate) fn asked(&self, ordinal: u64) -> (&'static str, String, Option<Value>) {
        // The same words each time: what differs between two requests is what must.
        let body = self.body(&mut Dice::new(1));
        let method = if body.is_some() { "POST" } else { "GET" };
        (method, self.path(ordinal), body)
    }

    /// Where it is asked; of a case, the one with this ordinal.
    fn path(&self, ordinal: u64) -> String {
        let page = |path: &str, cursor: &Option<String>| match cursor {
            Some(cursor) => format!("{path}cursor={cursor}"),
            None => path.trim_end_matches(['?', '&']).to_owned(),
        };
        match self {
            Self::Create => "/api/v1/cases".to_owned(),
            Self::Command(_) => format!("/api/v1/cases/{}/activities", case_id(ordinal)),
            Self::Read => format!("/api/v1/cases/{}", case_id(ordinal)),
            Self::List(cursor) => page("/api/v1/cases?", cursor),
            Self::Worklist(cursor) => page("/api/v1/duties?scope=office&", cursor),
            Self::Search(_) => "/api/v1/case-searches".to_owned(),
        }
    }

    fn body(&self, dice: &mut Dice) -> Option<Value> {
        match self {
            Self::Create => Some(hall_matter(dice, 0)),
            Self::Command(_) => Some(json!({"kind": "interview", "text": crate::texts::subject(dice)})),
            Self::Read | Self::List(_) | Self::Worklist(_) => None,
            Self::Search(word) => Some(json!({"text": word, "sort": "newest", "limit": 20})),
        }
    }
}
