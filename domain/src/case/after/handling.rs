//! Finding out, putting right, answering.

use super::Case;
use crate::case::command::{
    ApprovalDecision, FaultJudgement, FollowUp, Investigation, Measure, Notice, Plan, Progress,
    RectificationCheck, RectificationOrder, Remark, Reply, ReportBack, SecondDispatchDecision, Work,
    WorkKind,
};
use crate::case::{Entry, Request};
use crate::words::{AxisName, Deed, Status, Subject};

impl Case {
    pub(super) fn work_recorded(&mut self, work: &Work, entry: &Entry) {
        if work.kind == WorkKind::InvestigationReport {
            // What was approved is not what is reported now.
            self.undo(Deed::Approval(Some(Subject::Report)));
        }
        self.done(work.kind.deed(), entry, None, Some(work.text.clone()));
    }

    pub(super) fn progress_told(&mut self, progress: &Progress, entry: &Entry) {
        self.done(Deed::Progress, entry, None, Some(progress.text.clone()));
    }

    pub(super) fn investigation_completed(&mut self, investigation: &Investigation, entry: &Entry) {
        self.status = Status::Disposing;
        self.done(Deed::InvestigationEnd, entry, None, investigation.report.clone());
        if let Some(cause) = &investigation.cause_word {
            self.axes.insert(AxisName::Cause, cause.clone());
        }
        self.investigation = Some(investigation.clone());
    }

    pub(super) fn plan_drafted(&mut self, plan: &Plan, entry: &Entry) {
        self.undo(Deed::Plan);
        self.undo(Deed::Approval(Some(Subject::Plan)));
        self.plan = Some(plan.clone());
        self.done(Deed::Plan, entry, None, Some(plan.measures.clone()));
    }

    pub(super) fn lending_requested(&mut self, remark: &Remark, entry: &Entry) {
        self.lending_requests.push(Request {
            id: self.id.thing(entry.sequence),
            at: entry.occurred_at,
            by: entry.staff(),
            text: remark.text.clone(),
            decided: None,
        });
    }

    pub(super) fn measure_taken(&mut self, measure: &Measure, entry: &Entry) {
        self.done(
            Deed::Measure(Some(measure.kind)),
            entry,
            None,
            Some(measure.text.clone()),
        );
    }

    pub(super) fn measures_completed(&mut self, remark: &Remark, entry: &Entry) {
        self.done(Deed::MeasuresDone, entry, None, remark.text.clone());
    }

    pub(super) fn rectification_ordered(&mut self, order: &RectificationOrder, entry: &Entry) {
        self.done(Deed::RectificationOrder, entry, None, Some(order.text.clone()));
    }

    pub(super) fn rectification_checked(&mut self, check: &RectificationCheck, entry: &Entry) {
        if check.passed {
            self.done(Deed::RectificationCheck, entry, None, check.text.clone());
        } else {
            self.undo(Deed::RectificationCheck);
            self.undo(Deed::MeasuresDone);
        }
    }

    pub(super) fn reported_back(&mut self, report: &ReportBack, entry: &Entry) {
        let lead = self.lead().map(|lead| lead.id);
        if let Some(dispatch) = self.dispatch_mut(report.dispatch) {
            dispatch.reported_back_at = Some(entry.occurred_at);
        }
        if lead == Some(report.dispatch) && self.status != Status::Replied {
            self.status = Status::Resolved;
        }
        self.done(
            Deed::ReportBack,
            entry,
            Some(report.dispatch),
            Some(report.text.clone()),
        );
    }

    pub(super) fn replied(&mut self, reply: &Reply, entry: &Entry) {
        self.status = Status::Replied;
        self.done(Deed::Reply, entry, None, Some(reply.text.clone()));
    }

    pub(super) fn notice_served(&mut self, notice: &Notice, entry: &Entry) {
        let deed = Deed::Notice(Some(notice.kind));
        self.ordered_notices.retain(|(ordered, _)| !ordered.covers(deed));
        self.done(deed, entry, None, Some(notice.text.clone()));
    }

    pub(super) fn notice_ordered(&mut self, deed: Deed, entry: &Entry) {
        if let Some(clause) = &entry.clause {
            self.ordered_notices.push((deed, clause.clone()));
        }
    }

    pub(super) fn reported_upstream(&mut self, remark: &Remark, entry: &Entry) {
        self.done(Deed::UpstreamReport, entry, None, remark.text.clone());
    }

    pub(super) fn followed_up(&mut self, follow_up: &FollowUp, entry: &Entry) {
        self.satisfaction = Some(follow_up.satisfaction);
        self.done(Deed::FollowUp, entry, None, follow_up.opinion.clone());
    }

    pub(super) fn fault_judged(&mut self, judgement: &FaultJudgement, entry: &Entry) {
        self.fault = Some(judgement.fault);
        self.done(Deed::FaultJudgement, entry, None, Some(judgement.reason.clone()));
    }

    pub(super) fn second_dispatch_decided(&mut self, decision: &SecondDispatchDecision, entry: &Entry) {
        self.second_dispatch_needed = Some(decision.needed);
        self.done(Deed::SecondDispatchDecision, entry, None, decision.reason.clone());
    }

    pub(super) fn decided(&mut self, decision: &ApprovalDecision, entry: &Entry) {
        let at = entry.occurred_at;
        if let Some(request) = self
            .lending_requests
            .iter_mut()
            .find(|request| request.id == decision.about)
        {
            request.decided = Some((at, decision.granted));
        }
        if let Some(request) = self
            .approval_requests
            .iter_mut()
            .find(|request| request.id == decision.about)
        {
            request.agreed += u8::from(decision.granted);
            if !decision.granted || request.agreed >= request.voices {
                request.decided = Some((at, decision.granted));
            }
        }
        let deed = Deed::Approval(Some(decision.subject));
        if decision.granted {
            self.done(deed, entry, None, decision.reason.clone());
            if decision.subject == Subject::Lending {
                self.done(Deed::Lending, entry, None, None);
            }
        } else {
            self.refused(decision.subject);
        }
    }

    /// What was refused is owed again.
    fn refused(&mut self, subject: Subject) {
        match subject {
            Subject::Plan | Subject::Disposition => {
                self.undo(Deed::Plan);
                self.plan = None;
            }
            Subject::Report => self.undo(Deed::InvestigationReport),
            // Who had agreed before agreed to what is not proposed any more.
            Subject::Mode => {
                self.axes.remove(&AxisName::Mode);
                self.undo(Deed::Approval(Some(Subject::Mode)));
            }
            Subject::Finding if self.in_force(Deed::InvestigationEnd, None).is_some() => {
                self.undo(Deed::InvestigationEnd);
                self.investigation = None;
                self.status = Status::Investigating;
            }
            Subject::Finding | Subject::Closing | Subject::Publication | Subject::Lending => {}
        }
    }
}
