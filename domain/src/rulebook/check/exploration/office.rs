//! A made-up office in which every position and every kind of unit is staffed.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::directory::{Directory, Member, Unit};
use crate::ids::{OfficeId, StaffId, UnitId};
use crate::rulebook::{Checked, Seat};
use crate::time_limit::{Span, Unit as Count, Within};
use crate::words::PositionName;

/// How many people hold each position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Hands {
    /// One: enough only where nobody must decide on his own work.
    One,
    /// Two: where one may not, the other can.
    Two,
}

/// Names a person or a unit of the made-up office; the same name is the same one in every run.
pub(super) fn id(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
}

/// The office: two units of each kind, so that there is another than the one complained of, and in each position as
/// many people as asked for. Every limit without a number has one, so that it can be late.
pub(super) fn staffed(rulebook: &Checked, hands: Hands) -> Directory {
    let hands = match hands {
        Hands::One => 1..=1,
        Hands::Two => 1..=2,
    };
    let (mut units, mut staff) = (BTreeMap::new(), BTreeMap::new());
    for kind in &rulebook.unit_kinds {
        for no in 1..=2 {
            let name = format!("{}.{no}", kind.name);
            let unit = UnitId(id(&name));
            let officer = kind.accountable_officer.as_ref().map(|position| {
                let officer = StaffId(id(&format!("officer of {name}")));
                staff.insert(officer, member(Some(unit), position));
                officer
            });
            for position in rulebook.positions.iter().filter(|it| it.sits == Seat::Unit) {
                let is_officer = kind.accountable_officer.as_ref() == Some(&position.name);
                for hand in hands.clone().skip(usize::from(is_officer)) {
                    let who = StaffId(id(&format!("{} of {name}, {hand}", position.name)));
                    staff.insert(who, member(Some(unit), &position.name));
                }
            }
            units.insert(
                unit,
                Unit {
                    kind: kind.name.clone(),
                    accountable_officer: officer,
                    active: true,
                },
            );
        }
    }
    for position in rulebook.positions.iter().filter(|it| it.sits != Seat::Unit) {
        for hand in hands.clone() {
            let who = StaffId(id(&format!("{}.{hand}", position.name)));
            staff.insert(who, member(None, &position.name));
        }
    }
    let numbers = rulebook.duties().iter().filter_map(|duty| {
        let open = matches!(
            duty.within,
            Within::Immediately | Within::Promptly | Within::AsPrescribed
        );
        let usual = || Span::new(1, Count::WorkingDay).ok();
        open.then(|| Some((duty.name.clone(), duty.suggested.or_else(usual)?)))?
    });
    Directory {
        office: OfficeId(id("office")),
        version: 1,
        units,
        windows: BTreeMap::new(),
        staff,
        numbers: numbers.collect(),
        rounds: None,
        delegations: Vec::new(),
    }
}

fn member(unit: Option<UnitId>, position: &PositionName) -> Member {
    Member {
        unit,
        positions: vec![position.clone()],
        active: true,
    }
}
