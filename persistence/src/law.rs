//! What decisions on an office's cases rest on besides the cases: its rulebook, its calendar, its directory.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::calendar::Calendar;
use domain::case::Context;
use domain::case::decide::Actor;
use domain::directory::Directory;
use domain::rulebook::Checked;
use domain::words::RulebookCode;

/// The rulebooks of this installation, by code.
pub type Rulebooks = BTreeMap<RulebookCode, Arc<Checked>>;

/// What holds in one office, as one version of its directory and of its calendar has it.
#[derive(Debug, Clone)]
pub struct Law {
    /// The rulebook it runs.
    pub rulebook: Arc<Checked>,
    /// The calendar its limits are counted by.
    pub calendar: Arc<Calendar>,
    /// Who is there.
    pub directory: Arc<Directory>,
    /// Before this instant nothing escalates on a case that was imported.
    pub cut_over: DateTime<Utc>,
    /// Whether the office takes new cases.
    pub active: bool,
}

impl Law {
    /// What a decision by this actor at this moment rests on.
    #[must_use]
    pub fn context(&self, actor: Actor, now: DateTime<Utc>) -> Context<'_> {
        Context {
            rulebook: &self.rulebook,
            calendar: &self.calendar,
            directory: &self.directory,
            cut_over: self.cut_over,
            now,
            actor,
        }
    }
}
