//! A service hall with two people in each position, and commands to put to its cases.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::mpsc;

use chrono::{DateTime, Utc};
use domain::authority::{SightKey, keys};
use domain::calendar::Calendar;
use domain::case::command::{
    Assignment, Classification, Closing, Complainant, Completion, Investigation, Matter, Measure, Notice,
    Remark, Reply, Work, WorkKind,
};
use domain::case::decide::Actor;
use domain::case::{Case, Command};
use domain::ids::{CaseId, OfficeId, StaffId, TextId};
use domain::text::Text;
use domain::words::{
    ActivityKind, AxisName, CaseType, Channel, Field, Finding, IdentityMode, MeasureKind, NoticeType, Source,
};
use people::{Database, Engine};
use persistence::Archive;
use persistence::calendar::CalendarRecord;
use persistence::case::{Accepted, CaseText, Key, NotAccepted, Submission};
use persistence::staff::NewStaffMember;
use sha2::{Digest, Sha256};
use std::sync::Arc;
use uuid::Uuid;

use super::place::{member, morning, office, opened};

/// An office that takes in cases, and the moment.
#[derive(Clone)]
pub(crate) struct Hall {
    pub(crate) archive: Arc<dyn Archive>,
    pub(crate) office: OfficeId,
    pub(crate) now: DateTime<Utc>,
}

/// Who does most of the work in these tests.
pub(crate) const OFFICER: &str = "complaint_officer.1";

/// An id that follows from a name.
pub(crate) fn id(name: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes())
}

pub(crate) fn at(instant: &str) -> DateTime<Utc> {
    DateTime::parse_from_rfc3339(&format!("{instant}:00+08:00"))
        .expect("an instant")
        .to_utc()
}

/// A new text of some kind, and the reference to it.
pub(crate) fn text(kind: &str, body: &str) -> (Text, CaseText) {
    let kept = CaseText {
        id: TextId(Uuid::now_v7()),
        kind: kind.to_owned(),
        body: body.to_owned(),
        salt: vec![7; 16],
        marks: Vec::new(),
    };
    let reference = Text {
        id: kept.id,
        commitment: "0".repeat(64),
    };
    (reference, kept)
}

fn said(words: &str) -> Text {
    text("note", words).0
}

impl Hall {
    pub(crate) fn founded(database: &Database) -> Self {
        Self::of(opened(database), "hall")
    }

    pub(crate) fn of(archive: Arc<dyn Archive>, code: &str) -> Self {
        let calendar = Calendar::national();
        archive
            .keep_calendar(&CalendarRecord::national(
                calendar.code(),
                calendar.version(),
                serde_json::to_string(&calendar).expect("a calendar can be written"),
                morning(),
            ))
            .expect("kept");
        let new = office(code);
        let administrator = NewStaffMember {
            administrator: true,
            positions: "[]".to_owned(),
            ..member(new.id, &format!("{code}.admin"))
        };
        archive
            .create_office(&new, &administrator, None)
            .expect("founded");
        let hall = Self {
            office: OfficeId(new.id),
            now: at("2026-09-17T09:12"),
            archive,
        };
        let rulebook = hall
            .archive
            .law(hall.office)
            .expect("read")
            .expect("there")
            .rulebook
            .clone();
        for position in &rulebook.positions {
            for number in 1..=2 {
                let name = format!("{}.{number}", position.name);
                let colleague = NewStaffMember {
                    id: hall.staff(&name).0,
                    positions: format!("[\"{}\"]", position.name),
                    ..member(new.id, &format!("{code}.{name}"))
                };
                hall.archive
                    .create_staff_member(&colleague, None)
                    .expect("entered");
            }
        }
        hall
    }

    pub(crate) fn staff(&self, name: &str) -> StaffId {
        StaffId(id(&format!("{} {name}", self.office)))
    }

    pub(crate) fn keys(&self, name: &str) -> BTreeSet<SightKey> {
        let law = self.archive.law(self.office).expect("read").expect("there");
        keys(self.staff(name), &law.rulebook, &law.directory, self.now)
    }

    /// A command by the officer, with nothing besides.
    pub(crate) fn submission(&self, case: CaseId, command: Command) -> Submission {
        Submission {
            office: self.office,
            case,
            actor: Actor::Staff(self.staff(OFFICER)),
            command,
            texts: Vec::new(),
            expected_version: None,
            key: None,
            now: self.now,
        }
    }

    /// Submits and waits for the answer.
    pub(crate) fn put(&self, submission: Submission) -> Result<Accepted, NotAccepted> {
        let (tell, told) = mpsc::channel();
        self.archive
            .submit(submission, Box::new(move |answer| drop(tell.send(answer))));
        told.recv().expect("every command is answered")
    }

    /// Keeps every writer busy giving an answer that nobody takes before the gate is dropped.
    pub(crate) fn pause(&self, engine: Engine) -> Vec<mpsc::Sender<()>> {
        let writers = match engine {
            Engine::Sqlite => 1,
            Engine::Postgres => 2,
        };
        let (entered, at_work) = mpsc::channel();
        (0..writers)
            .map(|_| {
                let (gate, closed) = mpsc::channel::<()>();
                let entered = entered.clone();
                let nothing = self.submission(CaseId(Uuid::now_v7()), note("nothing"));
                self.archive.submit(
                    nothing,
                    Box::new(move |_| {
                        entered.send(()).expect("the test waits");
                        assert!(closed.recv().is_err(), "the gate is dropped");
                    }),
                );
                at_work.recv().expect("the writer answers");
                gate
            })
            .collect()
    }

    /// Submits several so that one writer takes them all at once, and waits for the answers.
    pub(crate) fn put_at_once(
        &self,
        engine: Engine,
        submissions: Vec<Submission>,
    ) -> Vec<Result<Accepted, NotAccepted>> {
        let mut gates = self.pause(engine);
        let told: Vec<_> = submissions
            .into_iter()
            .map(|submission| {
                let (tell, told) = mpsc::channel();
                self.archive
                    .submit(submission, Box::new(move |answer| drop(tell.send(answer))));
                told
            })
            .collect();
        drop(gates.pop());
        told.into_iter()
            .map(|told| told.recv().expect("every command is answered"))
            .collect()
    }

    /// What is done, or the test ends.
    #[track_caller]
    pub(crate) fn does(&self, case: CaseId, command: Command) -> Arc<Case> {
        match self.put(self.submission(case, command)) {
            Ok(Accepted::Done { case, .. }) => case,
            other => panic!("{other:?}"),
        }
    }

    /// A complaint to be registered, with its texts.
    pub(crate) fn complaint(&self, case: CaseId, case_no: &str, subject: &str) -> Submission {
        let (subject, subject_text) = text("subject", subject);
        let (content, content_text) = text("content", "排队两小时无人办理 Queue 100%_!");
        let matter = Matter {
            rating: None,
            channel: Channel::Phone,
            source: Source::Public,
            received_at: self.now,
            window: None,
            first_receiver: None,
            complainant: Complainant {
                identity: IdentityMode::RealName,
                kind: None,
                stated: BTreeSet::from([Field::ComplainantName, Field::ComplainantContact]),
                person: Some(said("a person")),
                representatives: None,
            },
            completion: Completion {
                case_type: Some(CaseType::Complaint),
                subject: Some(subject),
                content: Some(content),
                ..Completion::default()
            },
        };
        let command = Command::Register {
            case,
            matter,
            case_no: case_no.to_owned(),
        };
        Submission {
            texts: vec![subject_text, content_text],
            ..self.submission(case, command)
        }
    }

    /// Registers a complaint.
    #[track_caller]
    pub(crate) fn registered(&self, case_no: &str) -> CaseId {
        let case = CaseId(Uuid::now_v7());
        let answer = self.put(self.complaint(case, case_no, "窗口态度"));
        assert!(matches!(answer, Ok(Accepted::Done { .. })), "{answer:?}");
        case
    }

    /// The commands from registration to the archive (R04).
    pub(crate) fn way(&self) -> Vec<Command> {
        vec![
            process_notice(),
            classify("conduct_service"),
            Command::Accept(domain::case::command::Acceptance::default()),
            Command::AssignHandler(Assignment {
                dispatch: None,
                handler: self.staff(OFFICER),
                team: BTreeSet::new(),
                task: None,
                recusal_asked: false,
            }),
            note("interview"),
            Command::CompleteInvestigation(Investigation {
                cause_word: None,
                finding: Finding::Substantiated,
                cause: Some(said("cause")),
                responsible_person: Some(said("person")),
                substantiated_part: None,
                legal_basis: None,
                report: Some(said("report")),
            }),
            Command::TakeMeasure(Measure {
                kind: MeasureKind::CorrectError,
                taken_on: self.now.date_naive(),
                text: said("done"),
            }),
            Command::Reply(Reply {
                text: said("answer"),
                channel: Channel::Phone,
                sections: BTreeMap::new(),
            }),
            Command::Close(Closing {
                reason: "answered".parse().expect("a word"),
                explanation: None,
            }),
            Command::Archive(Remark::default()),
        ]
    }
}

pub(crate) fn process_notice() -> Command {
    Command::ServeNotice(Notice {
        kind: NoticeType::ProcessNotice,
        text: said("how it goes on"),
        channel: Channel::Phone,
    })
}

/// Classifies; may be done again and again, and raises the version each time.
pub(crate) fn classify(category: &str) -> Command {
    Command::Classify(Classification {
        axes: BTreeMap::from([(AxisName::Category, category.parse().expect("a word"))]),
        ..Classification::default()
    })
}

pub(crate) fn note(words: &str) -> Command {
    Command::RecordWork(Work {
        kind: WorkKind::Activity(ActivityKind::Interview),
        text: said(words),
        happened_at: None,
        sections: BTreeMap::new(),
    })
}

/// Classifies, and says why in words that are kept.
pub(crate) fn explained(reason: Text) -> Command {
    Command::Classify(Classification {
        axes: BTreeMap::from([(AxisName::Category, "conduct_service".parse().expect("a word"))]),
        reason: Some(reason),
        ..Classification::default()
    })
}

/// A key of the officer's.
pub(crate) fn key(word: &str, body: &str) -> Key {
    Key {
        caller: "staff:1".to_owned(),
        operation: "classify_case".to_owned(),
        key: word.to_owned(),
        request_hash: Sha256::digest(body).into(),
    }
}
