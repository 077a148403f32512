//! What is stated when a matter is put into somebody's hands.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDate, Utc};
use serde::{Deserialize, Serialize};
use strum::IntoStaticStr;

use crate::ids::{StaffId, ThingId, UnitId};
use crate::text::Text;
use crate::words::{DispatchRole, Word};

/// A leader's instruction (批示).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Instruction {
    /// What is to be done.
    pub text: Text,
    /// To whom the leader wants it sent, if he says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unit: Option<UnitId>,
}

/// What one unit is sent.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Task {
    /// The unit.
    pub unit: UnitId,
    /// Lead, support or joint.
    pub role: DispatchRole,
    /// What it is to do.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text>,
    /// When it counts as done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub standard: Option<Text>,
    /// By when, if that is said (R13-3.1).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub due_on: Option<NaiveDate>,
    /// How the form goes: `in_system`, `mail`, `fax`.
    pub sent_through: Word,
}

/// The unit has the form.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Signature {
    /// Which dispatch.
    pub dispatch: ThingId,
    /// By the unit itself, confirmed by the sender, or deemed.
    pub receipt: Receipt,
    /// How it was confirmed: `in_system`, `mail_receipt`, `phone`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub method: Option<Word>,
    /// When the unit got it, if that was before it was recorded.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub received_at: Option<DateTime<Utc>>,
}

/// How it is known that a unit has the form (R03-2.1.2c).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, IntoStaticStr)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Receipt {
    /// The unit signed.
    ByUnit,
    /// The sender confirmed it, by a mail receipt or a telephone call.
    BySender,
    /// The time to sign lapsed: nobody starts his own clock by choice.
    Deemed,
}

/// The unit gives the form back (退单); its clock keeps running.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Return {
    /// Which dispatch.
    pub dispatch: ThingId,
    /// Why it is not the unit's.
    pub reason: Text,
}

/// Whether the unit was right to give it back (退单裁定).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnDecision {
    /// Which dispatch.
    pub dispatch: ThingId,
    /// Yes: it is dispatched anew. No: the unit goes on.
    pub agreed: bool,
    /// Why; a refusal needs one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// Who dispatched takes it back (撤回派单).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recall {
    /// Which dispatch.
    pub dispatch: ThingId,
    /// Why.
    pub reason: Text,
}

/// Those who investigate together (调查小组, R14-4.3.1).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Team {
    /// For which dispatch; none for the office's own handling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<ThingId>,
    /// Who answers for what the team owes.
    pub leader: StaffId,
    /// Who else is in it.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub members: BTreeSet<StaffId>,
    /// Whether each was asked for reasons to step aside.
    #[serde(default)]
    pub recusal_asked: bool,
    /// What is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text>,
}

/// Who handles it inside a unit, or inside the office.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Assignment {
    /// For which dispatch; none for the office's own handling.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dispatch: Option<ThingId>,
    /// Who.
    pub handler: StaffId,
    /// Who works with him.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub team: BTreeSet<StaffId>,
    /// Whether each was asked for reasons to step aside.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub recusal_asked: bool,
    /// What is to be done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub task: Option<Text>,
}

/// Somebody steps aside (回避).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recusal {
    /// Who.
    pub staff: StaffId,
    /// Why.
    pub reason: Text,
}

/// The next round goes out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Redispatch {
    /// To whom.
    pub tasks: Vec<Task>,
    /// What was wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}

/// What somebody who leaves answers for on this case passes to another.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Transfer {
    /// Who leaves.
    pub from: StaffId,
    /// Who takes over.
    pub to: StaffId,
    /// Why.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Text>,
}
