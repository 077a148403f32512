//! A snapshot of the office: who is there, in which position and unit, and who answers for each
//! unit. Its version is verified inside the transaction that uses it.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::delegation::Delegation;
use crate::ids::{OfficeId, StaffId, UnitId, WindowId};
use crate::time_limit::Span;
use crate::words::{DutyName, PositionName, Word};

/// The office as one version of its directory shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Directory {
    /// The office.
    pub office: OfficeId,
    /// Raised by every change of units, windows, staff or numbers.
    pub version: u64,
    /// The units, deactivated ones included.
    pub units: BTreeMap<UnitId, Unit>,
    /// The windows, deactivated ones included.
    pub windows: BTreeMap<WindowId, Window>,
    /// The staff, deactivated ones included.
    pub staff: BTreeMap<StaffId, Member>,
    /// The numbers that this office set for limits which the rulebook leaves without one.
    pub numbers: BTreeMap<DutyName, Span>,
    /// How many rounds there are where the rulebook leaves it to the office.
    #[serde(default)]
    pub rounds: Option<u8>,
    /// Who acts for whom, in force or not: that depends on the moment.
    #[serde(default)]
    pub delegations: Vec<Delegation>,
}

/// A unit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Unit {
    /// One of the rulebook's unit kinds.
    pub kind: Word,
    /// Who receives and answers for this unit's dispatches (第一责任人).
    pub accountable_officer: Option<StaffId>,
    /// Whether it can be dispatched to.
    pub active: bool,
}

/// A service window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Window {
    /// The unit it belongs to.
    pub unit: Option<UnitId>,
    /// Whether it is open.
    pub active: bool,
}

/// A member of staff.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Member {
    /// The unit he belongs to; none for staff of the office itself.
    pub unit: Option<UnitId>,
    /// The positions he holds, by the rulebook's names.
    pub positions: Vec<PositionName>,
    /// Whether he still works here.
    pub active: bool,
}

impl Directory {
    /// The member, if he works here.
    pub fn active(&self, staff: StaffId) -> Option<&Member> {
        self.staff.get(&staff).filter(|member| member.active)
    }

    /// The accountable officer of a unit, if there is one who works here.
    pub fn accountable_officer(&self, unit: UnitId) -> Option<StaffId> {
        let officer = self.units.get(&unit)?.accountable_officer?;
        self.active(officer).map(|_| officer)
    }
}
