//! The import itself: rows go to the write path as recorded history, each under a key of its own, so
//! that a second run finds them done and doubles nothing.

use std::collections::BTreeMap;
use std::io::Write;
use std::sync::mpsc;

use chrono::{DateTime, Utc};
use domain::case::Command;
use domain::case::command::{Completion, History, Matter};
use domain::case::decide::Actor;
use domain::duty::Verdict;
use domain::ids::{CaseId, OfficeId, StaffId};
use domain::words::{Channel, IdentityMode, Source};
use persistence::Archive;
use persistence::case::{Accepted, Key, NotAccepted, Submission};
use persistence::law::Law;
use sha2::{Digest, Sha256};

use super::map::LedgerMap;
use super::row::{BadRow, Row};
use crate::case::texts::{Person, Texts, new_id};

/// How many rows are on their way at once: enough to fill a batch, little enough to stop soon.
const ON_THE_WAY: usize = 128;

/// Between two signs of life on the terminal.
const ROWS_PER_SIGN: u64 = 200;

/// Where a ledger goes.
#[derive(Debug, Clone, Copy)]
pub struct Destination<'d> {
    /// The office.
    pub office: OfficeId,
    /// What holds there.
    pub law: &'d Law,
    /// Who becomes first receiver of the imported cases.
    pub first_receiver: StaffId,
    /// The moment of the import.
    pub now: DateTime<Utc>,
}

/// What became of a ledger.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Rows read.
    pub rows: u64,
    /// Cases recorded now.
    pub recorded: u64,
    /// Rows that an earlier run had recorded.
    pub known: u64,
    /// Rows refused: number and reason.
    pub refused: Vec<(u64, String)>,
    /// The cases of this ledger, recorded now or before.
    pub cases: Vec<CaseId>,
    /// The verdicts that stand on them, by limit.
    pub verdicts: BTreeMap<String, Verdicts>,
}

/// The verdicts on one limit.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Verdicts {
    /// The clause of the limit.
    pub clause: String,
    /// Done in time.
    pub on_time: u64,
    /// Done too late.
    pub late: u64,
    /// Not yet done.
    pub open: u64,
}

/// Imports the rows, telling `terminal` how far it is.
///
/// # Errors
///
/// Only what the terminal or the reading of the verdicts gives: a row that is not taken is in the report.
pub fn import(
    archive: &dyn Archive,
    destination: Destination,
    map: &LedgerMap,
    rows: impl Iterator<Item = (u64, Result<Row, BadRow>)>,
    terminal: &mut dyn Write,
) -> Result<Report, Box<dyn std::error::Error + Send + Sync>> {
    let mut report = Report::default();
    let mut rows_by_key: BTreeMap<String, u64> = BTreeMap::new();
    let (reply, replies) = mpsc::channel();
    let mut on_the_way = 0_usize;
    for (number, row) in rows {
        report.rows += 1;
        if report.rows.is_multiple_of(ROWS_PER_SIGN) {
            writeln!(terminal, "{} rows read", report.rows)?;
        }
        let row = row.map_err(|reason| reason.to_string()).and_then(|row| {
            match rows_by_key.insert(row.key.clone(), number) {
                Some(earlier) => Err(format!("its key stands in row {earlier} already")),
                None => submission(row, map, destination),
            }
        });
        let submission = match row {
            Ok(submission) => submission,
            Err(reason) => {
                report.refused.push((number, reason));
                continue;
            }
        };
        while on_the_way >= ON_THE_WAY {
            let (number, answer) = replies.recv()?;
            on_the_way -= 1;
            report.take(number, answer);
        }
        submit(archive, number, submission, &reply);
        on_the_way += 1;
    }
    while on_the_way > 0 {
        let (number, answer) = replies.recv()?;
        on_the_way -= 1;
        report.take(number, answer);
    }
    report.refused.sort_unstable();
    report.count_verdicts(archive, destination.office)?;
    Ok(report)
}

type Answer = (u64, Result<Accepted, NotAccepted>);

fn submit(archive: &dyn Archive, number: u64, submission: Submission, reply: &mpsc::Sender<Answer>) {
    let reply = reply.clone();
    archive.submit(
        submission,
        Box::new(move |answer| {
            // Nobody listens any more once the import has stopped over an error; the row itself is safe.
            let _ = reply.send((number, answer));
        }),
    );
}

impl Report {
    fn take(&mut self, number: u64, answer: Result<Accepted, NotAccepted>) {
        match answer {
            Ok(Accepted::Done { remembered, .. }) => {
                self.recorded += 1;
                self.cases.push(remembered.case);
            }
            Ok(Accepted::Replayed { remembered }) => {
                self.known += 1;
                self.cases.push(remembered.case);
            }
            Err(NotAccepted::KeyReused) => {
                self.refused.push((
                    number,
                    "a row with this key and other content was imported before".to_owned(),
                ));
            }
            Err(NotAccepted::Refused(refusal)) => self.refused.push((number, reason(&refusal))),
            Err(other) => self
                .refused
                .push((number, format!("not recorded, run the import again: {other:?}"))),
        }
    }

    fn count_verdicts(
        &mut self,
        archive: &dyn Archive,
        office: OfficeId,
    ) -> Result<(), persistence::StoreError> {
        for case in &self.cases {
            for item in archive.case_duties(office, *case)? {
                if item.duty.terms.due.is_none() {
                    continue;
                }
                let verdicts = self.verdicts.entry(item.duty.key.name.clone()).or_default();
                verdicts.clause = item.duty.clause.to_string();
                match item.verdict {
                    Some(Verdict::OnTime) => verdicts.on_time += 1,
                    Some(Verdict::Late) => verdicts.late += 1,
                    None => verdicts.open += 1,
                }
            }
        }
        Ok(())
    }
}

fn reason(refusal: &domain::case::Refusal) -> String {
    use domain::case::Refusal;
    match refusal {
        Refusal::TimesOutOfOrder { field } => format!("{field}: in the future, or before what it follows"),
        Refusal::NotListed { field, word, .. } => format!("{field}: the rulebook does not list {word:?}"),
        Refusal::AnonymityNotAllowed { clause } => format!("{clause}: this rulebook demands a name"),
        Refusal::ReferenceUnknown { field } => format!("{field}: names nobody in this office"),
        other => format!("{other:?}"),
    }
}

fn submission(row: Row, map: &LedgerMap, destination: Destination) -> Result<Submission, String> {
    let channel = row
        .channel
        .or(map.same.channel)
        .ok_or("no channel: name a column or [same] channel")?;
    let hash = request_hash(&row);
    let key = row.key.clone();
    let (history, texts) = history(row, channel, map, destination);
    let case = CaseId(new_id(destination.now));
    Ok(Submission {
        office: destination.office,
        case,
        actor: Actor::Import,
        command: Command::RecordHistory {
            case,
            history: Box::new(history),
        },
        texts: texts.into_kept(),
        expected_version: None,
        key: Some(Key {
            caller: format!("import:{}", map.ledger),
            operation: "record_history".to_owned(),
            key,
            request_hash: hash,
        }),
        now: destination.now,
    })
}

fn history(row: Row, channel: Channel, map: &LedgerMap, destination: Destination) -> (History, Texts) {
    let mut texts = Texts::at(destination.now);
    let person = Person {
        name: row.complainant_name,
        phone: row.complainant_contact,
        ..Person::default()
    };
    let identity = map.same.identity.unwrap_or(IdentityMode::RealName);
    let matter = Matter {
        rating: None,
        channel,
        source: map.same.source.unwrap_or(Source::Public),
        received_at: row.received_at,
        window: None,
        first_receiver: Some(destination.first_receiver),
        complainant: texts.keep_person(identity, map.same.complainant_kind.clone(), &person),
        completion: Completion {
            case_type: row.case_type.or(map.same.case_type),
            subject: texts.keep_any("subject", row.subject),
            content: Some(texts.keep("content", row.content)),
            ..Completion::default()
        },
    };
    let reply = texts.keep_any("reply", row.reply);
    (
        History {
            case_no: row.case_no,
            matter,
            milestones: row.milestones,
            reply,
        },
        texts,
    )
}

/// What a row says, hashed field by field, so that the same key with other content is noticed.
fn request_hash(row: &Row) -> [u8; 32] {
    let mut hash = Sha256::new();
    let mut field = |value: &str| {
        hash.update(value.len().to_be_bytes());
        hash.update(value.as_bytes());
    };
    field(&row.content);
    field(&row.received_at.to_rfc3339());
    let optional = [
        &row.case_no,
        &row.subject,
        &row.reply,
        &row.complainant_name,
        &row.complainant_contact,
    ];
    for value in optional {
        field(value.as_deref().unwrap_or_default());
    }
    for milestone in &row.milestones {
        field(&milestone.deed.to_string());
        field(&milestone.at.to_rfc3339());
    }
    hash.finalize().into()
}
