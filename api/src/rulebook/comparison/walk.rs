//! The walk through the recorded cases, newest first, a page at a time.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::case::comparison::compare;
use domain::case::decide::Actor;
use domain::case::{Entry, Event};
use domain::ids::OfficeId;
use persistence::case::{Place, RecordedCase};
use persistence::law::{Law, Rulebooks};
use persistence::{Answer, Archive, StoreError};

use super::told::{ComparisonLine, Teller, Totals};
use crate::language::Language;
use crate::problem::Problem;

/// How many cases a page has. Their heads are read together; their histories one after the other.
const PAGE: u32 = 100;

/// How many entries of a history are read together.
const ENTRIES_AT_ONCE: u32 = 500;

/// How long a history may be; a longer one is left out.
const ENTRIES_MAX: usize = 5_000;

/// A walk, and how far it has come.
pub(crate) struct Walk {
    pub(crate) archive: Arc<dyn Archive>,
    pub(crate) shipped: Arc<Rulebooks>,
    pub(crate) office: OfficeId,
    /// What holds in the office.
    pub(crate) law: Arc<Law>,
    /// What would hold under the draft.
    pub(crate) draft: Arc<Law>,
    pub(crate) received_from: Option<DateTime<Utc>>,
    pub(crate) received_to: Option<DateTime<Utc>>,
    pub(crate) language: Language,
    pub(crate) now: DateTime<Utc>,
    pub(crate) progress: WalkProgress,
}

/// How far a walk has come.
#[derive(Default)]
pub(crate) struct WalkProgress {
    after: Option<Place>,
    totals: Totals,
    /// What holds for cases of other versions than the office's own.
    others: BTreeMap<(String, String), Option<Arc<Law>>>,
}

/// A history, and what holds for it.
type Recorded = (Vec<Entry>, Arc<Law>);

impl Walk {
    /// Compares the next page and appends its lines; answers whether there may be more.
    ///
    /// # Errors
    /// When the archive cannot be read.
    pub(super) fn page(&mut self, lines: &mut Vec<u8>) -> Result<bool, Problem> {
        let page = self.archive.recorded_cases(
            self.office,
            self.received_from,
            self.received_to,
            self.progress.after.as_ref(),
            PAGE,
        )?;
        for case in &page {
            match self.record(case)? {
                Some((record, law)) => self.compare(case, &record, &law, lines),
                None => self.progress.totals.left_out += 1,
            }
        }
        let more = page.len() == PAGE as usize;
        if let Some(last) = page.last() {
            self.progress.after = Some(Place {
                at: Some(last.received_at),
                id: last.id.0,
            });
        }
        if more {
            ComparisonLine::progress(self.progress.totals.progress).write(lines);
        } else {
            ComparisonLine::totals(self.progress.totals).write(lines);
        }
        Ok(more)
    }

    fn compare(&mut self, case: &RecordedCase, record: &[Entry], law: &Law, lines: &mut Vec<u8>) {
        let context = |law| Law::context(law, Actor::Clock, self.now);
        let differences = compare(record, &context(law), &context(&self.draft));
        self.progress.totals.count(&differences);
        if !differences.is_empty() {
            let teller = Teller {
                now: law,
                then: &self.draft,
                language: self.language,
            };
            teller.case(case, differences).write(lines);
        }
    }

    /// The history of a case and what holds for it; none where that is too long or cannot be read.
    fn record(&mut self, case: &RecordedCase) -> Result<Option<Recorded>, Problem> {
        let mut record: Vec<Entry> = Vec::new();
        loop {
            let after = record.last().map_or(0, |entry| entry.sequence);
            let read = self
                .archive
                .case_entries(self.office, case.id, after, ENTRIES_AT_ONCE);
            let part = match read {
                Err(error @ StoreError::Corrupt { .. }) => {
                    tracing::warn!(case = %case.id, %error, "a case is left out of a comparison");
                    return Ok(None);
                }
                other => other?,
            };
            let over = part.len() < ENTRIES_AT_ONCE as usize;
            record.extend(part.into_iter().map(|kept| kept.entry));
            if record.len() > ENTRIES_MAX {
                return Ok(None);
            }
            if over {
                break;
            }
        }
        let Some((code, version)) = lives_under(&record) else {
            return Ok(None);
        };
        Ok(self.law_of(&code, &version)?.map(|law| (record, law)))
    }

    fn law_of(&mut self, code: &str, version: &str) -> Answer<Option<Arc<Law>>> {
        if self.law.runs(code, version) {
            return Ok(Some(Arc::clone(&self.law)));
        }
        let key = (code.to_owned(), version.to_owned());
        if let Some(known) = self.progress.others.get(&key) {
            return Ok(known.clone());
        }
        let shipped = self.shipped.get(code).cloned();
        let rulebook = match shipped.filter(|rulebook| rulebook.head.version.as_str() == version) {
            None => self.archive.find_rulebook(code, version)?,
            shipped => shipped,
        };
        let law = rulebook.map(|rulebook| Arc::new(self.law.under(rulebook)));
        self.progress.others.insert(key, law.clone());
        Ok(law)
    }
}

/// The version that a case lives under: the one it began with, or was moved to last.
fn lives_under(record: &[Entry]) -> Option<(String, String)> {
    record.iter().rev().find_map(|entry| match &entry.event {
        Event::MovedToVersion(to) => Some((to.rulebook.to_string(), to.version.to_string())),
        Event::CaseReceived {
            rulebook,
            rulebook_version,
            ..
        } => Some((rulebook.to_string(), rulebook_version.clone())),
        _ => None,
    })
}
