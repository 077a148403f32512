//! Why a command is refused. The variants stand in order of precedence: if several hold, the first
//! one is the answer, on every engine and in every version.

use chrono::{DateTime, NaiveDate, Utc};

use crate::duty::HeldBy;
use crate::rulebook::Need;
use crate::time_limit::Span;
use crate::words::{ClauseId, Deed, Status, Word};

/// Why not. A refusal changes nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// The case does not exist for this actor: he is complained of, recused, or not among those to
    /// whom it is open.
    NotVisible,
    /// No position of the actor may do it, or its reach ends before this case.
    NotPermitted {
        /// The deed.
        deed: Deed,
        /// Where the rulebook says who may.
        clause: Option<ClauseId>,
    },
    /// The deed does not exist in this status.
    WrongStatus {
        /// The deed.
        deed: Deed,
        /// Where the case stands.
        status: Status,
    },
    /// The texts and the person are gone: there is nothing left to act on.
    Erased,
    /// The rulebook knows no such step here.
    NotProvided {
        /// The deed.
        deed: Deed,
        /// The clause that is silent about it, if one can be named.
        clause: Option<ClauseId>,
    },
    /// An id names nothing on this case or in this office.
    ReferenceUnknown {
        /// Which field of the command.
        field: &'static str,
    },
    /// The thing named is not in the state this needs.
    WrongState {
        /// Which field of the command.
        field: &'static str,
    },
    /// This very act was done.
    AlreadyDone {
        /// The deed.
        deed: Deed,
    },
    /// The word is not in the rulebook.
    NotListed {
        /// Which field of the command.
        field: &'static str,
        /// The word.
        word: String,
        /// Where the rulebook lists them.
        clause: Option<ClauseId>,
    },
    /// This rulebook demands a name (R04-6).
    AnonymityNotAllowed {
        /// The clause.
        clause: ClauseId,
    },
    /// In the future, before its cause, or backwards.
    TimesOutOfOrder {
        /// Which field of the command.
        field: &'static str,
    },
    /// Complained of, interested, or recused.
    PersonBarred {
        /// Which field of the command.
        field: &'static str,
    },
    /// Lacks the position or the unit that the duty needs.
    PersonUnsuitable {
        /// Which field of the command.
        field: &'static str,
        /// Where the rulebook says what is needed.
        clause: Option<ClauseId>,
    },
    /// Not a unit to which this matter goes.
    UnitBarred {
        /// Which field of the command.
        field: &'static str,
        /// Where the rulebook says to whom it goes.
        clause: Option<ClauseId>,
    },
    /// Not by the one who asked, wrote or handled.
    SeparationOfDuties {
        /// The clause, if it is the rulebook that says so.
        clause: Option<ClauseId>,
    },
    /// Nobody would be left to answer for it.
    NobodyLeft {
        /// Which field of the command.
        field: &'static str,
    },
    /// Nobody keeps who reports: it stays shut.
    NoCustodian,
    /// A case would point at itself.
    CircularLink,
    /// A screening check failed: decline or hand over.
    ScreeningFailed {
        /// Which checks.
        checks: Vec<String>,
    },
    /// No more rounds, extensions …
    BoundReached {
        /// The clause.
        clause: ClauseId,
        /// How many there may be.
        bound: u32,
    },
    /// What was decided on an earlier return ended the matter.
    ReturnIsFinal {
        /// Where the rulebook says so.
        clause: ClauseId,
    },
    /// The time in which it could be done is over.
    WindowOver {
        /// Where the rulebook limits it.
        clause: ClauseId,
        /// The first instant that was too late.
        ended_at: DateTime<Utc>,
    },
    /// Asked after the due time.
    ExtensionTooLate {
        /// The clause.
        clause: ClauseId,
        /// When it was due.
        due_at: DateTime<Utc>,
    },
    /// The total would exceed what the clause allows (R03-2.2.1a).
    ExtensionBeyondCap {
        /// The clause.
        clause: ClauseId,
        /// What it allows in all, or more.
        cap: Span,
        /// What runs already.
        so_far: u32,
        /// What was asked.
        asked: Span,
        /// The last day that the cap would allow.
        latest_due_on: Option<NaiveDate>,
    },
    /// Not again before a stated time.
    UrgedRecently {
        /// When it may be done again.
        until: DateTime<Utc>,
    },
    /// A hold stands: nothing of it may be erased.
    OnHold,
    /// It must still be kept.
    RetentionRunning {
        /// The clause.
        clause: ClauseId,
        /// The last day on which it must be there.
        until: NaiveDate,
    },
    /// The rulebook's form for this deed has sections that the command leaves out.
    SectionsMissing {
        /// Which field of the command holds them.
        field: &'static str,
        /// Which.
        missing: Vec<Word>,
        /// The form's clause.
        clause: ClauseId,
    },
    /// The rulebook demands facts here that the command does not state.
    FactsMissing {
        /// Each with its clause.
        missing: Vec<Missing>,
    },
    /// A precondition of the rulebook is not met.
    GateClosed {
        /// Each with its clause and who owes it.
        missing: Vec<Missing>,
    },
}

impl Refusal {
    /// Its place in the order of precedence: the lowest is the answer.
    pub fn precedence(&self) -> u8 {
        match self {
            Refusal::NotVisible => 0,
            Refusal::NotPermitted { .. } => 1,
            Refusal::WrongStatus { .. } | Refusal::Erased => 2,
            Refusal::NotProvided { .. } => 3,
            Refusal::ReferenceUnknown { .. } => 4,
            Refusal::WrongState { .. } => 5,
            Refusal::AlreadyDone { .. } => 6,
            Refusal::NotListed { .. } => 7,
            Refusal::AnonymityNotAllowed { .. } => 8,
            Refusal::TimesOutOfOrder { .. } => 9,
            Refusal::PersonBarred { .. } => 10,
            Refusal::PersonUnsuitable { .. } => 11,
            Refusal::UnitBarred { .. } => 12,
            Refusal::SeparationOfDuties { .. } => 13,
            Refusal::NobodyLeft { .. } | Refusal::NoCustodian => 14,
            Refusal::CircularLink => 15,
            Refusal::ScreeningFailed { .. } => 16,
            Refusal::BoundReached { .. } | Refusal::ReturnIsFinal { .. } => 17,
            Refusal::ExtensionTooLate { .. } | Refusal::WindowOver { .. } => 18,
            Refusal::ExtensionBeyondCap { .. } => 19,
            Refusal::UrgedRecently { .. } | Refusal::OnHold | Refusal::RetentionRunning { .. } => 20,
            Refusal::SectionsMissing { .. } | Refusal::FactsMissing { .. } => 21,
            Refusal::GateClosed { .. } => 22,
        }
    }

    /// The one of two that is the answer.
    #[must_use]
    pub fn or_sooner(self, other: Refusal) -> Refusal {
        if other.precedence() < self.precedence() {
            other
        } else {
            self
        }
    }
}

/// One thing that is not there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Missing {
    /// What.
    pub need: Need,
    /// The other things that would do as well.
    pub or: Vec<Need>,
    /// Where the rulebook demands it; none: the order of a case's life does.
    pub clause: Option<ClauseId>,
    /// Who must do it, if that is said.
    pub by: Option<HeldBy>,
}
