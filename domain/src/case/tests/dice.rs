//! Chance for random walks: who acts next, what he does, and what he says with it.

use std::collections::{BTreeMap, BTreeSet};

use super::world::{World, text, word};
use crate::approval;
use crate::case::command::{
    About, Acceptance, Accountability, Appeal, AppealDecision, AppealOutcome, ApprovalAsked,
    ApprovalDecision, Assignment, Classification, Closing, Completion, Correction, DuplicateLink,
    EarlyClosing, Emergency, Ending, ExtensionDecision, ExtensionRequest, FaultJudgement, FollowUp, HandOver,
    HandedTo, IdentityAsked, IdentityDecision, Instruction, Investigation, LeaderReport, LegalHold, Measure,
    Naming, Notice, Plan, Progress, Publication, ReadingReview, Reassignment, Recall, Receipt,
    RectificationCheck, RectificationOrder, Recusal, Redispatch, Remark, Reopening, Reply, ReportBack,
    Restriction, Return, ReturnDecision, Screening, SecondDispatchDecision, Signature, SpotAnswer,
    SupervisionDemand, Supplement, SupplementRequest, Suspension, Task, Team, Urge, Work, WorkKind,
};
use crate::case::decide::Actor;
use crate::case::permitted::{deed_of, ground_barred, grounds};
use crate::case::{Act, Command};
use crate::ids::{CaseId, DutyId, StaffId, ThingId, UnitId};
use crate::rulebook::Need;
use crate::text::Text;
use crate::words::{
    ActivityKind, AxisName, CaseType, Channel, Deed, DispatchRole, Fault, Field, Finding, MeasureKind,
    NoticeType, Satisfaction, Status, Subject, Word,
};

/// What the form of a deed asks for, filled in.
pub(super) fn sections(deed: Deed, world: &World) -> BTreeMap<Word, Text> {
    let case = world.case();
    let facts = case.facts(world.rulebook, &world.directory);
    let form = world.rulebook.form(deed, &facts);
    form.into_iter()
        .flat_map(|form| form.sections.words())
        .map(|word| (word.clone(), text("section")))
        .collect()
}

/// What somebody names people for: what his unit has in hand, or the lead's where he is of the office.
fn in_hand(staff: StaffId, world: &World) -> Option<ThingId> {
    let case = world.case();
    match world.directory.staff.get(&staff).and_then(|member| member.unit) {
        Some(unit) => case
            .running_dispatches()
            .find(|sent| sent.unit == unit)
            .map(|sent| sent.id),
        None => case.lead().map(|lead| lead.id),
    }
}

/// A row of throws that one number gives, always the same.
pub(super) struct Dice(u64);

impl Dice {
    pub(super) fn new(seed: u64) -> Self {
        Dice(seed)
    }

    fn throw(&mut self) -> u64 {
        // SplitMix64: short, and good enough to wander with.
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(super) fn one_in(&mut self, times: u64) -> bool {
        self.throw().is_multiple_of(times)
    }

    pub(super) fn below(&mut self, bound: usize) -> usize {
        let bound = u64::try_from(bound).unwrap();
        usize::try_from(self.throw() % bound).unwrap()
    }

    pub(super) fn pick<T: Clone>(&mut self, among: &[T]) -> T {
        among[self.below(among.len())].clone()
    }

    pub(super) fn staff(&mut self, world: &World) -> StaffId {
        let staff: Vec<StaffId> = world.directory.staff.keys().copied().collect();
        self.pick(&staff)
    }

    fn unit(&mut self, world: &World) -> UnitId {
        let units: Vec<UnitId> = world.directory.units.keys().copied().collect();
        if units.is_empty() {
            World::unit("nowhere")
        } else {
            self.pick(&units)
        }
    }

    fn ending(&mut self, world: &World, deed: Deed) -> Ending {
        let context = world.context(crate::case::decide::Actor::Clock);
        let case = world.case();
        let known = grounds(case, deed, &context)
            .into_iter()
            .map(|ground| ground.name.clone());
        let (open, shut): (Vec<Word>, Vec<Word>) =
            known.partition(|name| ground_barred(case, deed, name, true, &context).is_none());
        let listed = if open.is_empty() { shut } else { open };
        Ending {
            ground: if listed.is_empty() {
                word("no_such")
            } else {
                self.pick(&listed)
            },
            explanation: Some(text("explanation")),
            guidance: Some(text("guidance")),
            reason: Some(text("reason")),
        }
    }

    fn screening(&mut self, world: &World) -> Screening {
        let form = world
            .rulebook
            .forms
            .iter()
            .find(|form| form.of == Deed::Screening);
        let checks = form.into_iter().flat_map(|form| form.sections.words());
        Screening {
            checks: checks.map(|check| (check.clone(), !self.one_in(8))).collect(),
            note: None,
        }
    }

    fn hand_over(&mut self, world: &World) -> HandOver {
        let position = self.pick(&world.rulebook.positions).name.clone();
        let to = [
            HandedTo::Outside {
                body: text("another body"),
            },
            HandedTo::Unit {
                unit: self.unit(world),
            },
            HandedTo::Position { position },
        ];
        HandOver {
            on: self.ending(world, Deed::HandOver),
            to: self.pick(&to),
        }
    }

    fn tasks(&mut self, world: &World) -> Vec<Task> {
        let mut tasks = vec![Task {
            unit: self.lead_unit(world),
            role: DispatchRole::Lead,
            task: Some(text("task")),
            standard: Some(text("standard")),
            due_on: Some(world.today()),
            sent_through: word("in_system"),
        }];
        if self.one_in(4) {
            tasks.push(Task {
                unit: self.unit(world),
                role: DispatchRole::Support,
                ..tasks[0].clone()
            });
        }
        tasks
    }

    /// Mostly the unit that had it before, or the one complained of.
    fn lead_unit(&mut self, world: &World) -> UnitId {
        let case = world.case();
        match case.lead() {
            Some(lead) if !self.one_in(8) => lead.unit,
            _ => match case.respondent_units(&world.directory).next() {
                Some(unit) if case.case_type == Some(CaseType::Complaint) && !self.one_in(4) => unit,
                _ => self.unit(world),
            },
        }
    }

    /// A command of this kind, on this thing, with content that is mostly well-formed.
    #[expect(clippy::too_many_lines, reason = "a table: one entry for each act")]
    pub(super) fn command(
        &mut self,
        act: Act,
        target: Option<ThingId>,
        staff: StaffId,
        world: &World,
    ) -> Command {
        let thing = target.unwrap_or(ThingId(super::world::id("nothing")));
        let about = About {
            thing,
            text: Some(text("about")),
        };
        let remark = Remark::default();
        let case = world.case();
        match act {
            Act::Receive => Command::Receive {
                case: CaseId(super::world::id("case")),
                matter: world.matter(CaseType::Complaint, None),
            },
            Act::Register => world.register(CaseType::Complaint, None),
            Act::RegisterReceived => Command::RegisterReceived {
                completion: Completion::default(),
                case_no: "2026-000001".to_owned(),
            },
            Act::Screen => Command::Screen(self.screening(world)),
            Act::Accept => Command::Accept(Acceptance {
                screening: self.screening(world).checks,
                ..Acceptance::default()
            }),
            Act::Decline => Command::Decline(self.ending(world, Deed::Decline)),
            Act::HandOver => Command::HandOver(self.hand_over(world)),
            Act::Withdraw => Command::Withdraw(self.ending(world, Deed::Withdrawal)),
            Act::Cancel => Command::Cancel(self.ending(world, Deed::Cancellation)),
            Act::Correct => Command::Correct(Correction {
                field: Field::Content,
                text: text("amended"),
                reason: text("why"),
            }),
            Act::Classify => Command::Classify(self.classification(world)),
            Act::LinkDuplicate => Command::LinkDuplicate(DuplicateLink {
                of: CaseId(super::world::id("another case")),
                reason: text("why"),
            }),
            Act::AnswerOnTheSpot => Command::AnswerOnTheSpot(SpotAnswer {
                ground: self.ending(world, Deed::SpotAnswer).ground,
                answer: text("answer"),
            }),
            Act::ReassignFirstReceiver => Command::ReassignFirstReceiver(Reassignment {
                to: self.staff(world),
                reason: text("why"),
            }),
            Act::RequestInstruction => Command::RequestInstruction(remark),
            Act::GiveInstruction => Command::GiveInstruction(Instruction {
                text: text("do it"),
                unit: self.one_in(3).then(|| self.unit(world)),
            }),
            Act::Dispatch => Command::Dispatch(self.tasks(world)),
            Act::AddUnit => Command::AddUnit(Task {
                unit: self.unit(world),
                role: DispatchRole::Support,
                task: Some(text("task")),
                standard: Some(text("standard")),
                due_on: Some(world.today()),
                sent_through: word("mail"),
            }),
            Act::SignDispatch => Command::SignDispatch(Signature {
                dispatch: thing,
                receipt: Receipt::ByUnit,
                method: None,
                received_at: None,
            }),
            Act::Return => Command::Return(Return {
                dispatch: thing,
                reason: text("not ours"),
            }),
            Act::DecideReturn => Command::DecideReturn(ReturnDecision {
                dispatch: thing,
                agreed: self.one_in(2),
                reason: Some(text("why")),
            }),
            Act::Recall => Command::Recall(Recall {
                dispatch: thing,
                reason: text("sent by mistake"),
            }),
            Act::FormTeam => Command::FormTeam(Team {
                dispatch: in_hand(staff, world),
                leader: self.handler(staff, world),
                members: [self.staff(world)].into(),
                recusal_asked: true,
                task: None,
            }),
            Act::AssignHandler => Command::AssignHandler(Assignment {
                dispatch: in_hand(staff, world),
                handler: self.handler(staff, world),
                team: BTreeSet::new(),
                task: None,
                recusal_asked: false,
            }),
            Act::Recuse => Command::Recuse(Recusal {
                staff: self.staff(world),
                reason: text("a cousin"),
            }),
            Act::RecordWork => Command::RecordWork(self.work(world)),
            Act::TellProgress => Command::TellProgress(Progress {
                text: text("soon"),
                expected_on: Some(world.today()),
            }),
            Act::CompleteInvestigation => Command::CompleteInvestigation(self.investigation(world)),
            Act::DraftPlan => Command::DraftPlan(Plan {
                measures: text("measures"),
                person: text("who"),
                finish_on: world.today(),
            }),
            Act::RequestLending => Command::RequestLending(remark),
            Act::DecideApproval => Command::DecideApproval(ApprovalDecision {
                subject: match deed_of(case, act, target) {
                    Deed::Approval(Some(subject)) => subject,
                    _ => Subject::Plan,
                },
                about: thing,
                granted: !self.one_in(3),
                reason: Some(text("why")),
            }),
            Act::RequestApproval => Command::RequestApproval(ApprovalAsked {
                subject: self.askable(staff, world),
                text: text("please"),
            }),
            Act::Suspend => Command::Suspend(Suspension {
                ground: match world.rulebook.suspensions.first() {
                    Some(rule) => rule.ground.clone(),
                    None => word("no_such"),
                },
                reason: Some(text("why")),
            }),
            Act::Resume => Command::Resume(about),
            Act::RequestSupplement => Command::RequestSupplement(SupplementRequest {
                text: text("more"),
                wanted_on: None,
            }),
            Act::RecordSupplement => Command::RecordSupplement(Supplement {
                text: text("more"),
                received_at: None,
            }),
            Act::FileAppeal => Command::FileAppeal(Appeal {
                name: match world.rulebook.appeals.first() {
                    Some(rule) => rule.name.clone(),
                    None => word("no_such"),
                },
                text: text("not so"),
                filed_at: None,
            }),
            Act::DecideAppeal => Command::DecideAppeal(AppealDecision {
                appeal: thing,
                outcome: self.pick(&[AppealOutcome::Upheld, AppealOutcome::Changed]),
                reason: text("why"),
            }),
            Act::CloseEarly => Command::CloseEarly(EarlyClosing {
                ground: self.ending(world, Deed::EarlyClosing).ground,
                explanation: text("over"),
            }),
            Act::Reopen => Command::Reopen(Reopening {
                ground: self.ending(world, Deed::Reopening).ground,
                reason: text("why"),
            }),
            Act::Publish => Command::Publish(Publication {
                text: text("redacted"),
            }),
            Act::PlaceLegalHold => Command::PlaceLegalHold(LegalHold { reason: text("why") }),
            Act::LiftLegalHold => Command::LiftLegalHold(about),
            Act::Erase => Command::Erase,
            Act::NameParticipant => Command::NameParticipant(Naming {
                staff: self.staff(world),
                reason: text("why"),
            }),
            Act::RemoveParticipant => Command::RemoveParticipant(about),
            Act::Redact => Command::Redact(Correction {
                field: Field::Content,
                text: text("redacted"),
                reason: text("why"),
            }),
            Act::Restrict => Command::Restrict(Restriction {
                restricted: self.one_in(2),
                reason: text("why"),
            }),
            Act::BreakGlass => Command::BreakGlass(Emergency { reason: text("why") }),
            Act::ReviewReading => Command::ReviewReading(ReadingReview {
                reading: thing,
                justified: self.one_in(2),
                reason: text("why"),
            }),
            Act::RequestIdentity => Command::RequestIdentity(IdentityAsked { reason: text("why") }),
            Act::DecideIdentity => Command::DecideIdentity(IdentityDecision {
                request: thing,
                hours: self.one_in(2).then_some(24),
                reason: Some(text("why")),
            }),
            Act::TakeMeasure => Command::TakeMeasure(Measure {
                kind: self.measure_kind(world),
                taken_on: world.today(),
                text: text("done"),
            }),
            Act::CompleteMeasures => Command::CompleteMeasures(remark),
            Act::OrderRectification => Command::OrderRectification(RectificationOrder {
                unit: self.unit(world),
                text: text("mend it"),
                finish_on: None,
            }),
            Act::CheckRectification => Command::CheckRectification(RectificationCheck {
                passed: !self.one_in(3),
                text: None,
            }),
            Act::ReportBack => Command::ReportBack(ReportBack {
                dispatch: thing,
                text: text("report"),
                contacted: true,
                solved: true,
            }),
            Act::Reply => Command::Reply(Reply {
                text: text("answer"),
                channel: Channel::Phone,
                sections: sections(Deed::Reply, world),
            }),
            Act::ServeNotice => Command::ServeNotice(Notice {
                kind: self.pick(&[NoticeType::ProcessNotice, NoticeType::ExtensionNotice]),
                text: text("notice"),
                channel: Channel::Phone,
            }),
            Act::ReportUpstream => Command::ReportUpstream(remark),
            Act::FollowUp => Command::FollowUp(FollowUp {
                satisfaction: self.pick(&[
                    Satisfaction::Satisfied,
                    Satisfaction::Dissatisfied,
                    Satisfaction::NotReached,
                ]),
                solved: None,
                opinion: None,
            }),
            Act::JudgeFault => Command::JudgeFault(FaultJudgement {
                fault: self.pick(&[Fault::Improper, Fault::Falsified, Fault::UnreasonableDelay]),
                reason: text("why"),
            }),
            Act::DecideSecondDispatch => Command::DecideSecondDispatch(SecondDispatchDecision {
                needed: self.one_in(3),
                reason: None,
            }),
            Act::Redispatch => Command::Redispatch(Redispatch {
                tasks: self.tasks(world),
                reason: None,
            }),
            Act::Urge => Command::Urge(Urge {
                duty: self.duty(world),
                text: None,
            }),
            Act::OrderSupervision => Command::OrderSupervision(SupervisionDemand {
                unit: world.case().lead().map(|_| self.lead_unit(world)),
                demand: text("answer me"),
                within: self.one_in(2).then(|| "2 working days".parse().unwrap()),
            }),
            Act::AnswerSupervision => Command::AnswerSupervision(about),
            Act::LiftSupervision => Command::LiftSupervision(about),
            Act::ReportToLeader => Command::ReportToLeader(LeaderReport {
                to: self.pick(&world.rulebook.positions).name.clone(),
                unit: None,
                text: text("report"),
            }),
            Act::Acknowledge => Command::Acknowledge(about),
            Act::RequestExtension => Command::RequestExtension(ExtensionRequest {
                duty: self.duty(world),
                amount: self
                    .pick(&["1 working day", "3 working days", "9 working days"])
                    .parse()
                    .unwrap(),
                reason: Some(text("why")),
            }),
            Act::DecideExtension => Command::DecideExtension(ExtensionDecision {
                extension: thing,
                granted: (!self.one_in(3)).then(|| "1 working day".parse().unwrap()),
                reason: None,
            }),
            Act::OpenAccountability => Command::OpenAccountability(Accountability {
                unit: None,
                staff: Some(self.staff(world)),
                reason: text("why"),
            }),
            Act::CloseAccountability => Command::CloseAccountability(about),
            Act::Close => Command::Close(Closing {
                reason: word("answered"),
                explanation: None,
            }),
            Act::Archive => Command::Archive(remark),
            Act::TransferDuties | Act::MoveToVersion | Act::RecordHistory | Act::LookAtTime => {
                Command::LookAtTime
            }
        }
    }

    /// Mostly a kind that some gate of the rulebook asks for.
    fn measure_kind(&mut self, world: &World) -> MeasureKind {
        let asked = world.rulebook.gates.iter().flat_map(|gate| &gate.one_of);
        let mut kinds: Vec<MeasureKind> = asked
            .filter_map(|need| match need {
                Need::Deed(Deed::Measure(kind)) => *kind,
                Need::Deed(_) | Need::Field(_) | Need::Axis(_) => None,
            })
            .collect();
        if kinds.is_empty() {
            kinds = vec![MeasureKind::CorrectError, MeasureKind::AnswerDemand];
        }
        self.pick(&kinds)
    }

    /// Mostly something that he can ask a yes for.
    fn askable(&mut self, staff: StaffId, world: &World) -> Subject {
        let context = world.context(Actor::Staff(staff));
        let open: Vec<Subject> = approval::askable(world.case(), staff, &context)
            .map(|(subject, _)| subject)
            .filter(|subject| !approval::is_asked_already(*subject, world.case()))
            .collect();
        if open.is_empty() {
            self.pick(&[Subject::Finding, Subject::Closing, Subject::Mode])
        } else {
            self.pick(&open)
        }
    }

    fn handler(&mut self, staff: StaffId, world: &World) -> StaffId {
        let own = in_hand(staff, world).and_then(|id| world.case().running_dispatch(id));
        let lead = own.map(|sent| sent.unit);
        let fit: Vec<StaffId> = world
            .directory
            .staff
            .iter()
            .filter(|(staff, member)| {
                member.unit == lead
                    && !world.case().bars(**staff)
                    && member.positions.iter().any(|name| {
                        world
                            .rulebook
                            .position(name)
                            .is_some_and(|position| position.may_do(Deed::InvestigationEnd))
                    })
            })
            .map(|(staff, _)| *staff)
            .collect();
        if fit.is_empty() || self.one_in(8) {
            self.staff(world)
        } else {
            self.pick(&fit)
        }
    }

    fn duty(&mut self, world: &World) -> DutyId {
        let duties: Vec<DutyId> = world.case().duties.iter().map(|duty| duty.id).collect();
        if duties.is_empty() {
            DutyId(super::world::id("no duty"))
        } else {
            self.pick(&duties)
        }
    }

    fn classification(&mut self, world: &World) -> Classification {
        let mut axes = BTreeMap::new();
        for axis in &world.rulebook.axes {
            let words: Vec<_> = axis.values.words().cloned().collect();
            if !matches!(
                axis.name,
                AxisName::CaseType | AxisName::Complainant | AxisName::Flag
            ) {
                axes.insert(axis.name, self.pick(&words));
            }
        }
        Classification {
            axes,
            ..Classification::default()
        }
    }

    fn work(&mut self, world: &World) -> Work {
        let any = [
            WorkKind::Activity(ActivityKind::Interview),
            WorkKind::Evidence,
            WorkKind::Opinion,
            WorkKind::FeasibilityStudy,
        ];
        let kind = if world.case().status < Status::Accepted {
            WorkKind::Evidence
        } else {
            self.pick(&any)
        };
        Work {
            kind,
            text: text("work"),
            happened_at: None,
            sections: BTreeMap::new(),
        }
    }

    fn investigation(&mut self, world: &World) -> Investigation {
        let causes: Vec<Word> = world
            .rulebook
            .axis(AxisName::Cause)
            .map(|axis| axis.values.words().cloned().collect())
            .unwrap_or_default();
        Investigation {
            cause_word: (!causes.is_empty()).then(|| self.pick(&causes)),
            finding: self.pick(&[Finding::Substantiated, Finding::Unsubstantiated]),
            cause: Some(text("cause")),
            responsible_person: Some(text("person")),
            substantiated_part: None,
            legal_basis: None,
            report: Some(text("report")),
        }
    }
}
