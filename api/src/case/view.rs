//! A case as it is answered: one schema for everybody, with what the caller may do now.

mod actions;
mod case_item;
mod complainant;
mod dispatch;
mod overlay;
mod parts;
mod requests;
mod responsibility;
mod secrecy;
mod teller;

use std::collections::BTreeMap;

use chrono::{DateTime, FixedOffset};
use domain::case::{Case, Done};
use domain::ids::CaseId;
use domain::words::{AxisName, CaseType, Deed, Fault, Field, Satisfaction, Word};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

pub(crate) use actions::{AllowedAction, BlockedAction, operations_that_discharge};
pub(crate) use case_item::CasePage;
pub(crate) use complainant::{ComplainantMasked, RespondentView};
pub(crate) use dispatch::DispatchView;
pub(crate) use overlay::{AppealView, ApprovalRequestView, LegalHoldView, RetentionView, SuspensionView};
pub(crate) use parts::{Amount, COUNT_MAX, CappedCount, DoneDeed, Ends, Holder, StaffName, UnitName};
pub(crate) use requests::{
    AccountabilityRecordView, CorrectionView, EndingView, ExtensionView, HandOverView, InvestigationView,
    LeaderReportView, LinkedCase, PlanView, RecordAccessRequestView, ScreeningOutcomeView,
    SupervisionOrderView, is_personal,
};
pub(crate) use responsibility::ResponsibilityView;
use secrecy::SecrecyView;
pub(crate) use teller::{Teller, is_evidence, texts_of_work};

use crate::case::codes;
use crate::duty::view::{DutyView, in_order};

/// Which version of which rulebook a case lives under.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct RulebookName {
    /// The rulebook.
    #[schema(max_length = 80, example = "cn.tobacco_supervision")]
    code: String,
    /// Its version.
    #[schema(max_length = 20, example = "1.0.0")]
    version: String,
}

/// When and where it happened, as stated.
#[derive(Debug, Clone, Serialize, ToSchema)]
pub(crate) struct Incident {
    /// When.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    time: Option<String>,
    /// Where.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 500)]
    place: Option<String>,
}

/// A case: where it stands, who answers for it, what is owed, and what this caller may do about it. What does not
/// exist yet, what the rulebook does not use, and what was erased is absent.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Case)]
pub(crate) struct CaseView {
    /// Its id.
    id: Uuid,
    /// The number that registration gave it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "2026-000123")]
    case_no: Option<String>,
    /// The office that has it.
    #[schema(max_length = 64, example = "tobacco_supervision")]
    office_code: String,
    /// The rulebook it lives under.
    rulebook: RulebookName,
    /// Where it stands.
    #[schema(schema_with = codes::status)]
    status: &'static str,
    /// What `If-Match` names; raised by what changes decisions.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    version: u64,
    /// The number of its last event.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    sequence: u64,
    /// What kind of matter it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = codes::a_case_type)]
    case_type: Option<&'static str>,
    /// How it came.
    #[schema(schema_with = codes::a_channel)]
    channel: &'static str,
    /// Who passed it.
    #[schema(schema_with = codes::a_source)]
    source: &'static str,
    /// A line that names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 200)]
    subject: Option<String>,
    /// The complainant's words as recorded; never changed.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 20_000)]
    content: Option<String>,
    /// Amendments; the original stays.
    #[schema(max_items = 100)]
    corrections: Vec<CorrectionView>,
    /// What is asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    requested_remedy: Option<String>,
    /// When and where it happened.
    #[serde(skip_serializing_if = "Option::is_none")]
    incident: Option<Incident>,
    /// The number of the service receipt.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    service_receipt_no: Option<String>,
    /// Evidence that was named, or the way to hand it in that was shown.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    evidence_or_way: Option<String>,
    /// The category.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    category: Option<String>,
    /// How serious it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40, example = "general")]
    severity: Option<String>,
    /// How urgent it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    urgency: Option<String>,
    /// How complex it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    complexity: Option<String>,
    /// On which track it is handled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    track: Option<String>,
    /// In which mode it is handled.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    mode: Option<String>,
    /// What kind of cause it had.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 40)]
    cause: Option<String>,
    /// Flags.
    #[schema(schema_with = codes::words)]
    flags: Vec<String>,
    /// Whether it is open only to those named on it.
    confidential: bool,
    /// Who complains, masked.
    complainant: ComplainantMasked,
    /// Who or what is complained of.
    #[schema(max_items = 20)]
    respondents: Vec<RespondentView>,
    /// The round; 0 before the first dispatch.
    #[schema(minimum = 0, maximum = 255)]
    round: i32,
    /// The round that was ordered and is not yet opened.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(minimum = 1, maximum = 255)]
    ordered_round: Option<i32>,
    /// Who answers for it.
    responsibility: ResponsibilityView,
    /// What is owed now, earliest due first.
    #[schema(max_items = 100)]
    duties: Vec<DutyView>,
    /// What this caller may do now.
    #[schema(max_items = 100)]
    allowed_actions: Vec<AllowedAction>,
    /// What position and status would allow this caller, and a rule forbids.
    #[schema(max_items = 100)]
    blocked_actions: Vec<BlockedAction>,
    /// The latest screening, check by check.
    #[schema(max_items = 20)]
    screening: Vec<ScreeningOutcomeView>,
    /// How it passed to who takes it on, oldest first.
    #[schema(max_items = 20)]
    hand_overs: Vec<HandOverView>,
    /// All dispatches of all rounds.
    #[schema(max_items = 200)]
    dispatches: Vec<DispatchView>,
    /// The leaders' instructions.
    #[schema(max_items = 100)]
    instructions: Vec<DoneDeed>,
    /// What was approved; what was refused does not stand.
    #[schema(max_items = 100)]
    approvals: Vec<DoneDeed>,
    /// Extensions asked for.
    #[schema(max_items = 100)]
    extensions: Vec<ExtensionView>,
    /// Pauses of limits.
    #[schema(max_items = 100)]
    suspensions: Vec<SuspensionView>,
    /// What the complainant was asked for later, and what came.
    #[schema(max_items = 100)]
    supplements: Vec<DoneDeed>,
    /// Appeals.
    #[schema(max_items = 100)]
    appeals: Vec<AppealView>,
    /// Approvals asked for, texts for the public among them.
    #[schema(max_items = 100)]
    approval_requests: Vec<ApprovalRequestView>,
    /// Texts that are public.
    #[schema(max_items = 100)]
    publications: Vec<DoneDeed>,
    /// Holds on what may be erased.
    #[schema(max_items = 100)]
    legal_holds: Vec<LegalHoldView>,
    /// Who may know of it, besides whom the rulebook means.
    secrecy: SecrecyView,
    /// Once it is over: how long it is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    retention: Option<RetentionView>,
    /// Supervision orders.
    #[schema(max_items = 100)]
    supervision_orders: Vec<SupervisionOrderView>,
    /// Reports to leaders.
    #[schema(max_items = 100)]
    leader_reports: Vec<LeaderReportView>,
    /// Accountability records.
    #[schema(max_items = 100)]
    accountability_records: Vec<AccountabilityRecordView>,
    /// Requests to lend or copy the records.
    #[schema(max_items = 100)]
    record_access_requests: Vec<RecordAccessRequestView>,
    /// What the investigation of this round found.
    #[serde(skip_serializing_if = "Option::is_none")]
    investigation: Option<InvestigationView>,
    /// The plan in force.
    #[serde(skip_serializing_if = "Option::is_none")]
    plan: Option<PlanView>,
    /// Measures taken.
    #[schema(max_items = 100)]
    measures: Vec<DoneDeed>,
    /// Orders to rectify, reports that measures are carried out, and checks.
    #[schema(max_items = 100)]
    rectifications: Vec<DoneDeed>,
    /// Answers to the complainant.
    #[schema(max_items = 100)]
    replies: Vec<DoneDeed>,
    /// Attempts to learn whether the complainant is satisfied.
    #[schema(max_items = 100)]
    follow_ups: Vec<DoneDeed>,
    /// What the complainant said at the latest follow-up of this round.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = codes::a_satisfaction)]
    satisfaction: Option<&'static str>,
    /// The latest judgement on how it was handled in this round.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(schema_with = codes::a_fault)]
    fault: Option<&'static str>,
    /// Whether a further dispatch was held necessary in this round.
    #[serde(skip_serializing_if = "Option::is_none")]
    second_dispatch_needed: Option<bool>,
    /// Cases it is linked with.
    #[schema(max_items = 50)]
    linked_cases: Vec<LinkedCase>,
    /// When the office got it.
    received_at: DateTime<FixedOffset>,
    /// When it got its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    registered_at: Option<DateTime<FixedOffset>>,
    /// When it was accepted.
    #[serde(skip_serializing_if = "Option::is_none")]
    accepted_at: Option<DateTime<FixedOffset>>,
    /// When the lead unit reported back, in this round.
    #[serde(skip_serializing_if = "Option::is_none")]
    resolved_at: Option<DateTime<FixedOffset>>,
    /// When the complainant was answered, in this round.
    #[serde(skip_serializing_if = "Option::is_none")]
    replied_at: Option<DateTime<FixedOffset>>,
    /// When it was closed.
    #[serde(skip_serializing_if = "Option::is_none")]
    closed_at: Option<DateTime<FixedOffset>>,
    /// When it was archived.
    #[serde(skip_serializing_if = "Option::is_none")]
    archived_at: Option<DateTime<FixedOffset>>,
    /// When its texts and the person were erased: then no text is there, and everything else is.
    #[serde(skip_serializing_if = "Option::is_none")]
    erased_at: Option<DateTime<FixedOffset>>,
    /// How it ended: declined, withdrawn or closed, and why.
    #[serde(skip_serializing_if = "Option::is_none")]
    ending: Option<EndingView>,
    /// Of an imported case: what the rulebook would have demanded and nobody wrote down.
    #[schema(schema_with = codes::names)]
    unrecorded_facts: Vec<String>,
}

impl CaseView {
    /// The case, told to this caller.
    #[expect(
        clippy::too_many_lines,
        reason = "a table: one line for each member of the answer"
    )]
    pub(crate) fn new(case: &Case, teller: &Teller) -> Self {
        let context = teller.context();
        let axis = |name| word_of(&case.axes, name);
        let fact = |field| teller.words_of(case.texts.get(&field));
        let done_at = |deed| case.in_force(deed, None).map(|done| teller.instant(done.at));
        let (time, place) = (fact(Field::IncidentTime), fact(Field::IncidentPlace));
        let (allowed_actions, blocked_actions) = actions::of(case, teller);
        Self {
            id: case.id.0,
            case_no: case.case_no.clone(),
            office_code: teller.office_code().to_owned(),
            rulebook: RulebookName {
                code: case.rulebook.to_string(),
                version: case.rulebook_version.clone(),
            },
            status: case.status.as_str(),
            version: case.version,
            sequence: case.sequence,
            case_type: case.case_type.map(CaseType::as_str),
            channel: case.channel.as_str(),
            source: case.source.as_str(),
            subject: teller.words_of(case.subject.as_ref()),
            content: teller.words_of(case.content.as_ref()),
            corrections: requests::corrections(case, teller),
            requested_remedy: fact(Field::RequestedRemedy),
            incident: (time.is_some() || place.is_some()).then_some(Incident { time, place }),
            service_receipt_no: fact(Field::ServiceReceiptNo),
            evidence_or_way: fact(Field::EvidenceOrWay),
            category: axis(AxisName::Category),
            severity: axis(AxisName::Severity),
            urgency: axis(AxisName::Urgency),
            complexity: axis(AxisName::Complexity),
            track: axis(AxisName::Track),
            mode: axis(AxisName::Mode),
            cause: axis(AxisName::Cause),
            flags: case.flags.iter().map(ToString::to_string).collect(),
            confidential: domain::authority::is_confidential(case, &context),
            complainant: ComplainantMasked::new(case, teller),
            respondents: complainant::respondents(case, teller),
            round: i32::from(case.round),
            ordered_round: case.round_ordered.as_ref().map(|order| i32::from(order.round)),
            responsibility: ResponsibilityView::new(case, teller),
            duties: in_order(&case.duties)
                .into_iter()
                .map(|duty| DutyView::of_open(duty, case, teller))
                .collect(),
            allowed_actions,
            blocked_actions,
            screening: requests::screening(case),
            hand_overs: requests::hand_overs(case, teller),
            dispatches: case
                .dispatches
                .iter()
                .map(|it| DispatchView::new(it, case, teller))
                .collect(),
            instructions: deeds(case, teller, &[Deed::Instruction]),
            approvals: deeds(case, teller, &[Deed::Approval(None)]),
            extensions: requests::extensions(case, teller),
            suspensions: overlay::suspensions(case, teller),
            supplements: deeds(case, teller, &[Deed::SupplementRequest, Deed::Supplement]),
            appeals: overlay::appeals(case, teller),
            approval_requests: overlay::approval_requests(case, teller),
            publications: deeds(case, teller, &[Deed::Publication]),
            legal_holds: overlay::legal_holds(case, teller),
            secrecy: SecrecyView::of(case, teller),
            retention: RetentionView::of(case, teller),
            supervision_orders: requests::supervision_orders(case, teller),
            leader_reports: requests::leader_reports(case, teller),
            accountability_records: requests::accountability_records(case, teller),
            record_access_requests: requests::record_access_requests(case, teller),
            investigation: case
                .investigation
                .as_ref()
                .map(|it| InvestigationView::new(it, teller)),
            plan: case
                .plan
                .as_ref()
                .map(|it| PlanView::new(it, case.in_force(Deed::Plan, None), teller)),
            measures: deeds(case, teller, &[Deed::Measure(None)]),
            rectifications: deeds(
                case,
                teller,
                &[
                    Deed::RectificationOrder,
                    Deed::MeasuresDone,
                    Deed::RectificationCheck,
                ],
            ),
            replies: deeds(case, teller, &[Deed::Reply]),
            follow_ups: deeds(case, teller, &[Deed::FollowUp]),
            satisfaction: case.satisfaction.map(Satisfaction::as_str),
            fault: case.fault.map(Fault::as_str),
            second_dispatch_needed: case.second_dispatch_needed,
            linked_cases: case
                .duplicates_of
                .iter()
                .map(|other| LinkedCase::duplicate_of(*other))
                .collect(),
            received_at: teller.instant(case.received_at),
            registered_at: done_at(Deed::Registration),
            accepted_at: done_at(Deed::Acceptance),
            resolved_at: done_at(Deed::ReportBack),
            replied_at: done_at(Deed::Reply),
            closed_at: done_at(Deed::Closing),
            archived_at: done_at(Deed::Archiving),
            erased_at: done_at(Deed::Erasure),
            ending: EndingView::of(case, teller),
            unrecorded_facts: case.unrecorded.clone(),
        }
    }
}

/// What an axis says, as a word.
fn word_of(axes: &BTreeMap<AxisName, Word>, name: AxisName) -> Option<String> {
    axes.get(&name).map(ToString::to_string)
}

/// Every time one of these deeds was done.
fn deeds(case: &Case, teller: &Teller, deeds: &[Deed]) -> Vec<DoneDeed> {
    case.done
        .iter()
        .filter(|done| deeds.iter().any(|deed| deed.covers(done.deed)))
        .map(|done| done_deed(done, teller))
        .collect()
}

fn done_deed(done: &Done, teller: &Teller) -> DoneDeed {
    DoneDeed {
        id: done.id.0,
        deed: done.deed.to_string(),
        title: teller.say(done.deed.zh(), done.deed.en()),
        at: teller.instant(done.at),
        by: done.by.map(|staff| teller.staff_name(staff)),
        round: i32::from(done.round),
        dispatch_id: done.dispatch.map(|dispatch| dispatch.0),
        text: teller.words_of(done.text.as_ref()),
        stands: done.stands,
    }
}

/// The address of a case.
pub(crate) fn address(case: CaseId) -> String {
    format!("/api/v1/cases/{case}")
}
