//! Cases: everything that is asked about one and done with one.
//!
//! One operation, one file. What they share: [`ask`] turns a body into a command, [`matter`] and [`body`] read what it
//! says, [`texts`] puts people's
//! words aside, [`order`] is the one way of every command to the desk and back, [`view`] tells what became of it.

pub(crate) mod ask;
pub(crate) mod body;
pub(crate) mod codes;
mod evidence;
pub(crate) mod filters;
pub(crate) mod matter;
pub(crate) mod order;
pub(crate) mod outcome;
mod prefer;
pub(crate) mod reader;
pub(crate) mod texts;
pub(crate) mod view;

mod accept_case;
mod acknowledge_report;
mod add_evidence;
mod add_unit;
mod answer_on_the_spot;
mod answer_supervision;
mod archive_case;
mod assign_handler;
mod break_glass;
mod cancel_case;
mod classify_case;
mod close_accountability_record;
mod close_case;
mod close_case_early;
mod complete_investigation;
mod complete_measures;
mod correct_case;
mod count_cases;
mod decide_appeal;
mod decide_approval;
mod decide_extension;
mod decide_identity_request;
mod decide_return;
mod decide_second_dispatch;
mod decline_case;
mod dispatch_case;
mod draft_plan;
mod erase_case;
mod export_personal_data;
mod file_appeal;
mod form_team;
mod get_case;
mod get_erasure_certificate;
mod give_instruction;
mod hand_over_case;
mod judge_fault;
mod lift_legal_hold;
mod lift_supervision;
mod link_duplicate;
mod list_activities;
mod list_cases;
mod list_evidence;
mod list_identity_requests;
mod list_notices;
mod list_related_cases;
mod list_retention_reviews;
mod move_case_to_version;
mod name_participant;
mod open_accountability_record;
mod open_confidential_case;
mod order_rectification;
mod order_supervision;
mod place_legal_hold;
mod publish_answer;
mod reassign_first_receiver;
mod recall_dispatch;
mod receive_case;
mod record_activity;
mod record_follow_up;
mod record_supplement;
mod recuse_person;
mod redact_text;
mod redispatch_case;
mod register_case;
mod register_received_case;
mod remove_participant;
mod reopen_case;
mod reply_to_complainant;
mod report_back_dispatch;
mod report_to_leader;
mod report_upstream;
mod request_approval;
mod request_extension;
mod request_identity;
mod request_instruction;
mod request_record_access;
mod request_supplement;
mod restrict_case;
mod resume_case;
mod return_dispatch;
mod reveal_complainant;
mod reveal_identity;
mod review_emergency_reading;
mod screen_case;
mod search_cases;
mod serve_notice;
mod sign_dispatch;
mod suspend_case;
mod take_measure;
mod tell_progress;
pub(crate) mod tellers;
mod urge_holder;
mod verify_rectification;
mod withdraw_case;

/// The bodies that become commands.
pub(crate) mod asked {
    pub(crate) use super::accept_case::AcceptCase;
    pub(crate) use super::acknowledge_report::AcknowledgeReport;
    pub(crate) use super::add_evidence::AddEvidence;
    pub(crate) use super::add_unit::AddUnit;
    pub(crate) use super::answer_on_the_spot::AnswerOnTheSpot;
    pub(crate) use super::answer_supervision::AnswerSupervision;
    pub(crate) use super::archive_case::ArchiveCase;
    pub(crate) use super::assign_handler::AssignHandler;
    pub(crate) use super::break_glass::BreakGlass;
    pub(crate) use super::cancel_case::CancelCase;
    pub(crate) use super::classify_case::ClassifyCase;
    pub(crate) use super::close_accountability_record::CloseAccountabilityRecord;
    pub(crate) use super::close_case::CloseCase;
    pub(crate) use super::close_case_early::CloseCaseEarly;
    pub(crate) use super::complete_investigation::CompleteInvestigation;
    pub(crate) use super::complete_measures::CompleteMeasures;
    pub(crate) use super::correct_case::CorrectCase;
    pub(crate) use super::decide_appeal::DecideAppeal;
    pub(crate) use super::decide_approval::DecideApproval;
    pub(crate) use super::decide_extension::DecideExtension;
    pub(crate) use super::decide_identity_request::DecideIdentityRequest;
    pub(crate) use super::decide_return::DecideReturn;
    pub(crate) use super::decide_second_dispatch::DecideSecondDispatch;
    pub(crate) use super::decline_case::DeclineCase;
    pub(crate) use super::dispatch_case::DispatchCase;
    pub(crate) use super::draft_plan::DraftPlan;
    pub(crate) use super::erase_case::EraseCase;
    pub(crate) use super::file_appeal::FileAppeal;
    pub(crate) use super::form_team::FormTeam;
    pub(crate) use super::give_instruction::GiveInstruction;
    pub(crate) use super::hand_over_case::HandOverCase;
    pub(crate) use super::judge_fault::JudgeFault;
    pub(crate) use super::lift_legal_hold::LiftLegalHold;
    pub(crate) use super::lift_supervision::LiftSupervision;
    pub(crate) use super::link_duplicate::LinkDuplicate;
    pub(crate) use super::matter::GivenCompletion;
    pub(crate) use super::name_participant::NameParticipant;
    pub(crate) use super::open_accountability_record::OpenAccountabilityRecord;
    pub(crate) use super::order_rectification::OrderRectification;
    pub(crate) use super::order_supervision::OrderSupervision;
    pub(crate) use super::place_legal_hold::PlaceLegalHold;
    pub(crate) use super::publish_answer::PublishAnswer;
    pub(crate) use super::reassign_first_receiver::ReassignFirstReceiver;
    pub(crate) use super::recall_dispatch::RecallDispatch;
    pub(crate) use super::receive_case::ReceiveCase;
    pub(crate) use super::record_activity::RecordActivity;
    pub(crate) use super::record_follow_up::RecordFollowUp;
    pub(crate) use super::record_supplement::RecordSupplement;
    pub(crate) use super::recuse_person::RecusePerson;
    pub(crate) use super::redact_text::RedactText;
    pub(crate) use super::redispatch_case::RedispatchCase;
    pub(crate) use super::register_case::RegisterCase;
    pub(crate) use super::remove_participant::RemoveParticipant;
    pub(crate) use super::reopen_case::ReopenCase;
    pub(crate) use super::reply_to_complainant::ReplyToComplainant;
    pub(crate) use super::report_back_dispatch::ReportBackDispatch;
    pub(crate) use super::report_to_leader::ReportToLeader;
    pub(crate) use super::report_upstream::ReportUpstream;
    pub(crate) use super::request_approval::RequestApproval;
    pub(crate) use super::request_extension::RequestExtension;
    pub(crate) use super::request_identity::RequestIdentity;
    pub(crate) use super::request_instruction::RequestInstruction;
    pub(crate) use super::request_record_access::RequestRecordAccess;
    pub(crate) use super::request_supplement::RequestSupplement;
    pub(crate) use super::restrict_case::RestrictCase;
    pub(crate) use super::resume_case::ResumeCase;
    pub(crate) use super::return_dispatch::ReturnDispatch;
    pub(crate) use super::review_emergency_reading::ReviewEmergencyReading;
    pub(crate) use super::screen_case::ScreenCase;
    pub(crate) use super::serve_notice::ServeNotice;
    pub(crate) use super::sign_dispatch::SignDispatch;
    pub(crate) use super::suspend_case::SuspendCase;
    pub(crate) use super::take_measure::TakeMeasure;
    pub(crate) use super::tell_progress::TellProgress;
    pub(crate) use super::urge_holder::UrgeHolder;
    pub(crate) use super::verify_rectification::VerifyRectification;
    pub(crate) use super::withdraw_case::WithdrawCase;
}

#[cfg(test)]
pub(crate) mod tests;

use crate::duty;
use crate::event;
use crate::routes::Register;

/// Every operation on cases, in reading order.
pub(crate) fn case_routes(service: &mut impl Register) {
    // Finding and reading.
    service
        .service(list_cases::list_cases)
        .service(count_cases::count_cases)
        .service(search_cases::search_cases)
        .service(get_case::get_case)
        .service(list_related_cases::list_related_cases)
        .service(reveal_complainant::reveal_complainant);
    // Taking a matter in.
    service
        .service(register_case::register_case)
        .service(receive_case::receive_case)
        .service(register_received_case::register_received_case)
        .service(screen_case::screen_case)
        .service(accept_case::accept_case)
        .service(decline_case::decline_case)
        .service(hand_over_case::hand_over_case)
        .service(withdraw_case::withdraw_case)
        .service(cancel_case::cancel_case)
        .service(correct_case::correct_case)
        .service(classify_case::classify_case)
        .service(link_duplicate::link_duplicate)
        .service(reassign_first_receiver::reassign_first_receiver)
        .service(move_case_to_version::move_case_to_version);
    // Instruction, dispatch, signing.
    service
        .service(request_instruction::request_instruction)
        .service(give_instruction::give_instruction)
        .service(dispatch_case::dispatch_case)
        .service(add_unit::add_unit)
        .service(sign_dispatch::sign_dispatch)
        .service(return_dispatch::return_dispatch)
        .service(decide_return::decide_return)
        .service(recall_dispatch::recall_dispatch)
        .service(assign_handler::assign_handler)
        .service(form_team::form_team)
        .service(recuse_person::recuse_person);
    // Finding out.
    service
        .service(record_activity::record_activity)
        .service(list_activities::list_activities)
        .service(add_evidence::add_evidence)
        .service(list_evidence::list_evidence)
        .service(tell_progress::tell_progress)
        .service(complete_investigation::complete_investigation);
    // Putting right.
    service
        .service(draft_plan::draft_plan)
        .service(request_approval::request_approval)
        .service(decide_approval::decide_approval)
        .service(take_measure::take_measure)
        .service(complete_measures::complete_measures)
        .service(order_rectification::order_rectification)
        .service(verify_rectification::verify_rectification)
        .service(report_back_dispatch::report_back_dispatch);
    // Answering, and what comes after.
    service
        .service(answer_on_the_spot::answer_on_the_spot)
        .service(reply_to_complainant::reply_to_complainant)
        .service(serve_notice::serve_notice)
        .service(list_notices::list_notices)
        .service(report_upstream::report_upstream)
        .service(record_follow_up::record_follow_up)
        .service(judge_fault::judge_fault)
        .service(decide_second_dispatch::decide_second_dispatch)
        .service(redispatch_case::redispatch_case);
    // Watching.
    service
        .service(urge_holder::urge_holder)
        .service(order_supervision::order_supervision)
        .service(answer_supervision::answer_supervision)
        .service(lift_supervision::lift_supervision)
        .service(report_to_leader::report_to_leader)
        .service(acknowledge_report::acknowledge_report);
    // Time.
    service
        .service(request_extension::request_extension)
        .service(decide_extension::decide_extension)
        .service(suspend_case::suspend_case)
        .service(resume_case::resume_case)
        .service(request_supplement::request_supplement)
        .service(record_supplement::record_supplement);
    // Accountability, access to the records.
    service
        .service(open_accountability_record::open_accountability_record)
        .service(close_accountability_record::close_accountability_record)
        .service(request_record_access::request_record_access)
        .service(file_appeal::file_appeal)
        .service(decide_appeal::decide_appeal);
    // Ending.
    service
        .service(close_case::close_case)
        .service(close_case_early::close_case_early)
        .service(reopen_case::reopen_case)
        .service(archive_case::archive_case)
        .service(publish_answer::publish_answer)
        .service(place_legal_hold::place_legal_hold)
        .service(lift_legal_hold::lift_legal_hold);
    keeping_routes(service);
    secrecy_routes(service);
    // The history.
    service
        .service(event::list_events::list_events)
        .service(event::get_event::get_event);
    // Who owes what.
    service
        .service(duty::list_duties::list_duties)
        .service(duty::count_duties::count_duties)
        .service(duty::stream_duties::stream_duties)
        .service(duty::list_case_duties::list_case_duties)
        .service(duty::get_duty::get_duty)
        .service(duty::explain_duty::explain_duty);
}

/// Keeping no longer than the law says.
fn keeping_routes(service: &mut impl Register) {
    service
        .service(list_retention_reviews::list_retention_reviews)
        .service(erase_case::erase_case)
        .service(get_erasure_certificate::get_erasure_certificate)
        .service(export_personal_data::export_personal_data);
}

/// Who may know of a case, and who learns of it.
fn secrecy_routes(service: &mut impl Register) {
    service
        .service(restrict_case::restrict_case)
        .service(redact_text::redact_text)
        .service(name_participant::name_participant)
        .service(remove_participant::remove_participant)
        .service(open_confidential_case::open_confidential_case)
        .service(break_glass::break_glass)
        .service(review_emergency_reading::review_emergency_reading)
        .service(request_identity::request_identity)
        .service(list_identity_requests::list_identity_requests)
        .service(decide_identity_request::decide_identity_request)
        .service(reveal_identity::reveal_identity);
}
