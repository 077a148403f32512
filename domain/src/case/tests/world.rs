//! A small office to tell stories in: one per rulebook, two units of each kind, two people in each
//! position, and a case that commands are put to.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::OnceLock;

use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::calendar::Calendar;
use crate::case::command::{Complainant, Completion, Matter, Receipt, Respondent, Signature, Task};
use crate::case::decide::Actor;
use crate::case::{Case, Command, Context, Entry, Refusal, decide};
use crate::directory::{Directory, Member, Unit};
use crate::duty::Duty;
use crate::ids::{CaseId, OfficeId, StaffId, TextId, ThingId, UnitId};
use crate::rulebook::{Checked, Seat, check, library as texts, read, shipped};
use crate::text::Text;
use crate::words::{
    CaseType, Channel, DispatchRole, Field, IdentityMode, RulebookCode, Source, Status, Word,
};

/// An office, its case, and the moment.
pub(super) struct World {
    pub(super) rulebook: &'static Checked,
    pub(super) calendar: Calendar,
    pub(super) directory: Directory,
    pub(super) case: Option<Case>,
    pub(super) book: Vec<Entry>,
    pub(super) now: DateTime<Utc>,
    pub(super) cut_over: DateTime<Utc>,
}

/// Every shipped regulation.
pub(super) fn regulations() -> &'static BTreeMap<RulebookCode, Checked> {
    static LIBRARY: OnceLock<BTreeMap<RulebookCode, Checked>> = OnceLock::new();
    LIBRARY.get_or_init(|| {
        let mut known = shipped().unwrap_or_else(|flaws| panic!("{flaws:?}"));
        let by_unit = DESK.replace("test.intake_desk", "test.unit_first").replace(
            "tracks_until = \"closing\"",
            "tracks_until = \"closing\"\nlead = \"unit\"",
        );
        let offices = [
            include_str!("review_office.toml"),
            include_str!("orders_office.toml"),
        ];
        for made_up in [own(DESK), own(&by_unit)].into_iter().chain(offices.map(own)) {
            known.insert(made_up.head.code.clone(), made_up);
        }
        known
    })
}

/// A regulation of the tests' own, for the ways in which a matter comes in and is passed on.
const DESK: &str = include_str!("intake_desk.toml");

pub(super) fn own(text: &str) -> Checked {
    let own = read(text).unwrap_or_else(|flaws| panic!("{flaws:?}"));
    let mut all = BTreeMap::new();
    for text in texts() {
        let known = read(text).unwrap();
        all.insert(known.head.code.clone(), known);
    }
    check(&own, &all).unwrap_or_else(|flaws| panic!("{flaws:?}"))
}

pub(super) fn id(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
}

pub(super) fn word(word: &str) -> Word {
    word.parse().unwrap()
}

pub(super) fn text(words: &str) -> Text {
    Text {
        id: TextId(id(words)),
        commitment: String::new(),
    }
}

pub(super) fn at(instant: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("{instant}:00+08:00"))
        .unwrap()
        .to_utc()
}

impl World {
    pub(super) fn of(code: &str) -> Self {
        let rulebook = &regulations()[&code.parse::<RulebookCode>().unwrap()];
        let mut units = BTreeMap::new();
        let mut staff = BTreeMap::new();
        for kind in &rulebook.unit_kinds {
            for no in 1..=2 {
                let name = format!("{}.{no}", kind.name);
                let officer = kind
                    .accountable_officer
                    .as_ref()
                    .map(|_| StaffId(id(&format!("officer of {name}"))));
                let unit = UnitId(id(&name));
                units.insert(
                    unit,
                    Unit {
                        kind: kind.name.clone(),
                        accountable_officer: officer,
                        active: true,
                    },
                );
                if let (Some(officer), Some(position)) = (officer, &kind.accountable_officer) {
                    let positions = vec![position.clone()];
                    staff.insert(
                        officer,
                        Member {
                            unit: Some(unit),
                            positions,
                            active: true,
                        },
                    );
                }
                for position in rulebook
                    .positions
                    .iter()
                    .filter(|position| position.sits == Seat::Unit)
                {
                    // Whom the accountable officer cannot stand in for has a colleague.
                    let seats = if officer.is_some() { 1 } else { 2 };
                    for no in 1..=seats {
                        let which = if no == 1 { "" } else { ".2" };
                        let member = StaffId(id(&format!("{} of {name}{which}", position.name)));
                        let positions = vec![position.name.clone()];
                        staff.insert(
                            member,
                            Member {
                                unit: Some(unit),
                                positions,
                                active: true,
                            },
                        );
                    }
                }
            }
        }
        for position in rulebook
            .positions
            .iter()
            .filter(|position| position.sits != Seat::Unit)
        {
            for no in 1..=2 {
                let member = StaffId(id(&format!("{}.{no}", position.name)));
                staff.insert(
                    member,
                    Member {
                        unit: None,
                        positions: vec![position.name.clone()],
                        active: true,
                    },
                );
            }
        }
        let numbers = rulebook
            .duties()
            .iter()
            .filter_map(|duty| duty.suggested.map(|suggested| (duty.name.clone(), suggested)))
            .collect();
        World {
            rulebook,
            calendar: Calendar::national().clone(),
            directory: Directory {
                office: OfficeId(id("office")),
                version: 1,
                units,
                windows: BTreeMap::new(),
                staff,
                numbers,
                rounds: None,
                delegations: Vec::new(),
            },
            case: None,
            book: Vec::new(),
            now: at("2026-09-17T09:12"),
            cut_over: DateTime::<Utc>::MIN_UTC,
        }
    }

    pub(super) fn staff(name: &str) -> StaffId {
        StaffId(id(name))
    }

    pub(super) fn unit(name: &str) -> UnitId {
        UnitId(id(name))
    }

    pub(super) fn context(&self, actor: Actor) -> Context<'_> {
        Context {
            rulebook: self.rulebook,
            calendar: &self.calendar,
            directory: &self.directory,
            cut_over: self.cut_over,
            now: self.now,
            actor,
        }
    }

    /// Puts a command to the case; a refusal leaves everything as it was.
    pub(super) fn try_as(&mut self, actor: Actor, command: &Command) -> Result<(), Refusal> {
        let entries = decide(self.case.as_ref(), command, &self.context(actor))?;
        let mut case = self.case.take();
        for entry in &entries {
            case = match case {
                Some(case) => Some(case.after(entry)),
                None => Case::opened_by(entry),
            };
        }
        self.case = case;
        self.book.extend(entries);
        let case = self.case();
        assert!(
            crate::duty::lands_somewhere(case),
            "{:?}: an open case is nobody's after {command:?}",
            case.status
        );
        self.somebody_can_act();
        Ok(())
    }

    /// An open case has an open duty that its holder can discharge in this very state.
    pub(super) fn somebody_can_act(&self) {
        let case = self.case();
        if !case.status.is_open() {
            return;
        }
        let someone = case
            .duties
            .iter()
            .filter(|duty| !crate::duty::is_tracking(duty))
            .any(|duty| {
                self.directory.staff.keys().any(|staff| {
                    let context = self.context(Actor::Staff(*staff));
                    crate::case::permitted::holds(duty, *staff, &context)
                        && crate::case::possibilities(case, *staff, &context)
                            .iter()
                            .any(|possible| {
                                possible.blocked.is_none() && possible.discharges.contains(&duty.id)
                            })
                })
            });
        assert!(someone, "nobody can act in {:?}: {:#?}", case.status, self.owed());
    }

    #[track_caller]
    pub(super) fn does(&mut self, who: &str, command: Command) -> &mut Self {
        if let Err(refusal) = self.try_as(Actor::Staff(Self::staff(who)), &command) {
            panic!(
                "{who} may not {:?}: {refusal:#?}\n{:#?}",
                command.act(),
                self.owed()
            );
        }
        self
    }

    #[track_caller]
    pub(super) fn refuses(&mut self, who: &str, command: Command) -> Refusal {
        let before = self.case.clone();
        let refusal = self
            .try_as(Actor::Staff(Self::staff(who)), &command)
            .expect_err("it should be refused");
        assert_eq!(self.case, before, "a refusal changes nothing");
        refusal
    }

    pub(super) fn looks(&mut self, now: &str) -> &mut Self {
        self.now = at(now);
        self.try_as(Actor::Clock, &Command::LookAtTime).unwrap();
        self
    }

    pub(super) fn case(&self) -> &Case {
        self.case.as_ref().unwrap()
    }

    #[track_caller]
    pub(super) fn stands_at(&mut self, status: Status) -> &mut Self {
        assert_eq!(self.case().status, status, "{:#?}", self.owed());
        self
    }

    /// What is owed, a line each: name, clause, holder, due day.
    pub(super) fn owed(&self) -> Vec<String> {
        self.case()
            .duties
            .iter()
            .map(|duty| {
                let due = duty
                    .terms
                    .due
                    .as_ref()
                    .map_or("-".to_owned(), |due| due.on.to_string());
                let holder = &duty.terms.holder;
                let who = match (&holder.position, holder.unit, holder.staff) {
                    (Some(position), ..) => position.to_string(),
                    (None, Some(_), _) => "unit".to_owned(),
                    (None, None, Some(_)) => "person".to_owned(),
                    (None, None, None) => "nobody".to_owned(),
                };
                format!(
                    "{} {} {} {} {due}",
                    duty.key.name, duty.terms.owes, duty.clause, who
                )
            })
            .collect()
    }

    /// The day on which a duty is due.
    #[track_caller]
    pub(super) fn due(&self, name: &str) -> String {
        self.duty(name).terms.due.as_ref().unwrap().on.to_string()
    }

    #[track_caller]
    pub(super) fn owes(&mut self, name: &str) -> &mut Self {
        self.duty(name);
        self
    }

    #[track_caller]
    pub(super) fn duty(&self, name: &str) -> &Duty {
        let duties = &self.case().duties;
        duties
            .iter()
            .find(|duty| duty.key.name == name)
            .unwrap_or_else(|| panic!("no {name} in {:#?}", self.owed()))
    }

    pub(super) fn today(&self) -> chrono::NaiveDate {
        self.calendar.date_of(self.now)
    }

    pub(super) fn lead(&self) -> ThingId {
        self.case().lead().unwrap().id
    }

    pub(super) fn matter(&self, case_type: CaseType, kind: Option<&str>) -> Matter {
        Matter {
            rating: None,
            channel: Channel::Phone,
            source: Source::Public,
            received_at: self.now,
            window: None,
            first_receiver: None,
            complainant: Complainant {
                identity: IdentityMode::RealName,
                kind: kind.map(word),
                stated: BTreeSet::from([Field::ComplainantName, Field::ComplainantContact]),
                person: Some(text("a person")),
                representatives: None,
            },
            completion: Completion {
                case_type: Some(case_type),
                subject: Some(text("subject")),
                content: Some(text("content")),
                respondents: self
                    .rulebook
                    .unit_kinds
                    .first()
                    .map(|kind| Respondent::Unit {
                        unit: Self::unit(&format!("{}.1", kind.name)),
                    })
                    .into_iter()
                    .collect(),
                ..Completion::default()
            },
        }
    }

    pub(super) fn register(&self, case_type: CaseType, kind: Option<&str>) -> Command {
        Self::register_matter(self.matter(case_type, kind))
    }

    pub(super) fn register_matter(matter: Matter) -> Command {
        Command::Register {
            case: CaseId(id("case")),
            matter,
            case_no: "2026-000001".to_owned(),
        }
    }

    pub(super) fn sign(&self) -> Command {
        Command::SignDispatch(Signature {
            dispatch: self.lead(),
            receipt: Receipt::ByUnit,
            method: None,
            received_at: None,
        })
    }
}

pub(super) fn task(unit: &str) -> Task {
    Task {
        unit: World::unit(unit),
        role: DispatchRole::Lead,
        task: Some(text("task")),
        standard: None,
        due_on: None,
        sent_through: word("in_system"),
    }
}
