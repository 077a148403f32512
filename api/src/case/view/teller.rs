//! What an answer needs besides the case: names, words, the caller's language, the office's zone.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, FixedOffset, NaiveDate, Utc};
use domain::authority::may_know_the_person;
use domain::case::command::{HandedTo, Respondent, Work, WorkKind};
use domain::case::decide::Actor;
use domain::case::{Case, Context};
use domain::duty::HeldBy;
use domain::ids::{CaseId, OfficeId, StaffId, TextId, UnitId};
use domain::text::Text;
use domain::words::{ClauseId, Field};
use persistence::case::CaseText;
use persistence::law::Law;

use super::{Holder, StaffName, UnitName};
use crate::caller::Caller;
use crate::case::texts::Person;
use crate::desk::Desk;
use crate::language::Language;
use crate::problem::{ClauseView, Kind, Problem, cited};

/// Everything that answers tell besides the case. What the office and its people are called comes with the law; only
/// the words of a case are asked from the archive.
pub(crate) struct Teller {
    pub(crate) law: Arc<Law>,
    pub(crate) language: Language,
    pub(crate) now: DateTime<Utc>,
    pub(crate) staff: StaffId,
    pub(crate) office: OfficeId,
    texts: BTreeMap<TextId, String>,
}

impl Teller {
    /// Knows the office and its people; no case's words.
    pub(crate) fn of_office(desk: &Desk, caller: &Caller, language: Language) -> Self {
        Self {
            law: caller.law.clone(),
            language,
            now: desk.now(),
            staff: caller.staff_id,
            office: caller.office_id,
            texts: BTreeMap::new(),
        }
    }

    /// Knows an office that is made up, and how somebody would be told of it.
    pub(crate) fn of_law(law: Arc<Law>, language: Language, now: DateTime<Utc>, staff: StaffId) -> Self {
        Self {
            office: law.directory.office,
            law,
            language,
            now,
            staff,
            texts: BTreeMap::new(),
        }
    }

    /// Knows the words of a case too: those at hand, and the others from the archive.
    ///
    /// # Errors
    /// As [`Desk::asking_for_cases`].
    pub(crate) async fn knowing(
        words: Vec<CaseText>,
        desk: &Desk,
        caller: &Caller,
        language: Language,
        case: &Case,
    ) -> Result<Self, Problem> {
        let mut teller = Self::of_office(desk, caller, language);
        teller.law = desk.law_of(&caller.law, case).await?;
        teller.keep(words);
        let mut unknown = text_ids(case);
        unknown.retain(|id| !teller.texts.contains_key(id));
        teller.learn(desk, case.id, unknown).await?;
        teller.redact(case);
        Ok(teller)
    }

    /// Finds a case that this caller may see, and knows its words.
    ///
    /// # Errors
    /// `not_found` where there is none for this caller.
    pub(crate) async fn find(
        desk: &Desk,
        caller: &Caller,
        language: Language,
        case: CaseId,
    ) -> Result<(Case, Self), Problem> {
        let (office, keys) = (caller.office_id, caller.keys.clone());
        let found = desk
            .asking_for_cases(move |cases| match cases.find_case(office, case, &keys)? {
                Some(found) => {
                    let texts = cases.find_texts(office, case, &text_ids(&found))?;
                    Ok(Some((found, texts)))
                }
                None => Ok(None),
            })
            .await?;
        let (case, texts) = found.ok_or(Kind::NotFound)?;
        let mut teller = Self::of_office(desk, caller, language);
        teller.law = desk.law_of(&caller.law, &case).await?;
        teller.keep(texts);
        teller.redact(&case);
        Ok((case, teller))
    }

    /// Puts the redacted version of a text in its place, and in that of its amendments, for who may not know the person.
    fn redact(&mut self, case: &Case) {
        if case.secrecy.redactions.is_empty() || may_know_the_person(self.staff, case, &self.context()) {
            return;
        }
        for redaction in &case.secrecy.redactions {
            let told = match redaction.field {
                Field::Content => case.content.as_ref(),
                field => case.texts.get(&field),
            };
            let corrections = case.corrections.iter();
            let amended = corrections
                .filter(|it| it.field == redaction.field)
                .map(|it| &it.text);
            let version = self.texts.get(&redaction.text.id).cloned();
            for text in told.into_iter().chain(amended) {
                match &version {
                    Some(version) => self.texts.insert(text.id, version.clone()),
                    None => self.texts.remove(&text.id),
                };
            }
        }
    }

    /// Learns the words behind these references.
    ///
    /// # Errors
    /// As [`Desk::asking_for_cases`].
    pub(crate) async fn learn(&mut self, desk: &Desk, case: CaseId, ids: Vec<TextId>) -> Result<(), Problem> {
        if ids.is_empty() {
            return Ok(());
        }
        let office = self.office;
        let texts = desk
            .asking_for_cases(move |cases| cases.find_texts(office, case, &ids))
            .await?;
        self.keep(texts);
        Ok(())
    }

    fn keep(&mut self, texts: Vec<CaseText>) {
        self.texts
            .extend(texts.into_iter().map(|text| (text.id, text.body)));
    }

    /// The office's code.
    pub(crate) fn office_code(&self) -> &str {
        &self.law.names.office_code
    }

    /// The office's name, in the answer's language.
    pub(crate) fn office_name(&self) -> &str {
        match self.language {
            Language::Chinese => &self.law.names.office_zh,
            Language::English => &self.law.names.office_en,
        }
    }

    /// What a decision by this caller rests on now.
    pub(crate) fn context(&self) -> Context<'_> {
        self.law.context(Actor::Staff(self.staff), self.now)
    }

    /// An instant in the office's zone.
    pub(crate) fn instant(&self, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
        self.law.calendar.local(instant)
    }

    /// The office's date of an instant.
    pub(crate) fn date(&self, instant: DateTime<Utc>) -> NaiveDate {
        self.law.calendar.date_of(instant)
    }

    /// The words behind a reference; none once they are erased.
    pub(crate) fn words(&self, text: &Text) -> Option<String> {
        self.texts.get(&text.id).cloned()
    }

    /// The same, where there may be no reference.
    pub(crate) fn words_of(&self, text: Option<&Text>) -> Option<String> {
        text.and_then(|text| self.words(text))
    }

    /// What is known of a complainant.
    pub(crate) fn person(&self, case: &Case) -> Person {
        case.complainant
            .person
            .as_ref()
            .and_then(|text| self.texts.get(&text.id))
            .and_then(|document| serde_json::from_str(document).ok())
            .unwrap_or_default()
    }

    /// A clause with its paraphrase.
    pub(crate) fn clause(&self, id: &ClauseId) -> ClauseView {
        ClauseView::new(&cited(id, Some(&self.law.rulebook)), self.language)
    }

    /// A text of the program, in the answer's language.
    pub(crate) fn say(&self, zh: impl Into<String>, en: impl Into<String>) -> String {
        match self.language {
            Language::Chinese => zh.into(),
            Language::English => en.into(),
        }
    }

    /// A member of staff with the name.
    pub(crate) fn staff_name(&self, staff: StaffId) -> StaffName {
        StaffName {
            staff_id: staff.0,
            name: self.law.names.people.get(&staff).cloned().unwrap_or_default(),
        }
    }

    /// A unit with its name.
    pub(crate) fn unit_name(&self, unit: UnitId) -> UnitName {
        let known = self.law.names.units.get(&unit);
        UnitName {
            unit_id: unit.0,
            name: known.map(|(name, _)| name.clone()).unwrap_or_default(),
            level: known.map(|(_, level)| level.clone()).unwrap_or_default(),
        }
    }

    /// Who holds something, with the name a person would use.
    pub(crate) fn holder(&self, held: &HeldBy) -> Holder {
        let person = held.staff.and_then(|staff| self.law.names.people.get(&staff));
        let unit = held
            .unit
            .and_then(|unit| self.law.names.units.get(&unit))
            .map(|(name, _)| name);
        let position = held
            .position
            .as_ref()
            .and_then(|name| self.law.rulebook.position(name))
            .map(|position| &position.title);
        Holder {
            staff_id: held.staff.map(|staff| staff.0),
            unit_id: held.unit.map(|unit| unit.0),
            position: held.position.as_ref().map(ToString::to_string),
            name: person.or(unit).or(position).cloned().unwrap_or_default(),
        }
    }
}

/// Every text that the answer for a case tells.
fn text_ids(case: &Case) -> Vec<TextId> {
    let mut found: Vec<TextId> = Vec::new();
    let mut note = |text: Option<&Text>| found.extend(text.map(|text| text.id));
    note(case.subject.as_ref());
    note(case.content.as_ref());
    note(case.complainant.person.as_ref());
    case.texts.values().for_each(|text| note(Some(text)));
    for correction in &case.corrections {
        note(Some(&correction.text));
        note(Some(&correction.reason));
    }
    for respondent in &case.respondents {
        if let Respondent::Person { description, .. } = respondent {
            note(description.as_ref());
        }
    }
    for dispatch in &case.dispatches {
        note(dispatch.task.as_ref());
        note(dispatch.standard.as_ref());
        dispatch.given_back.iter().for_each(|it| note(Some(&it.reason)));
    }
    case.done.iter().for_each(|done| note(done.text.as_ref()));
    if let Some(found) = &case.investigation {
        for text in [
            &found.cause,
            &found.responsible_person,
            &found.substantiated_part,
            &found.legal_basis,
            &found.report,
        ] {
            note(text.as_ref());
        }
    }
    if let Some(plan) = &case.plan {
        note(Some(&plan.measures));
        note(Some(&plan.person));
    }
    case.extensions.iter().for_each(|it| note(it.reason.as_ref()));
    case.supervision_orders
        .iter()
        .for_each(|it| note(it.demand.as_ref()));
    case.leader_reports.iter().for_each(|it| note(it.text.as_ref()));
    case.lending_requests.iter().for_each(|it| note(it.text.as_ref()));
    case.suspensions.iter().for_each(|it| note(it.reason.as_ref()));
    case.appeals.iter().for_each(|it| note(Some(&it.text)));
    case.approval_requests.iter().for_each(|it| note(Some(&it.text)));
    case.legal_holds.iter().for_each(|it| note(Some(&it.reason)));
    let secrecy = &case.secrecy;
    secrecy.participants.iter().for_each(|it| note(Some(&it.reason)));
    secrecy
        .emergency_readings
        .iter()
        .for_each(|it| note(Some(&it.reason)));
    secrecy
        .identity_requests
        .iter()
        .for_each(|it| note(Some(&it.reason)));
    secrecy.redactions.iter().for_each(|it| note(Some(&it.text)));
    if let Some(ending) = &case.ending {
        for text in [&ending.explanation, &ending.guidance, &ending.reason] {
            note(text.as_ref());
        }
    }
    for made in &case.hand_overs {
        let on = &made.hand_over.on;
        for text in [&on.explanation, &on.guidance, &on.reason] {
            note(text.as_ref());
        }
        if let HandedTo::Outside { body } = &made.hand_over.to {
            note(Some(body));
        }
    }
    if let Some(screening) = &case.screening {
        note(screening.note.as_ref());
    }
    note(
        case.closing
            .as_ref()
            .and_then(|closing| closing.explanation.as_ref()),
    );
    found
}

/// The texts of a piece of work.
pub(crate) fn texts_of_work(work: &Work) -> Vec<TextId> {
    std::iter::once(&work.text)
        .chain(work.sections.values())
        .map(|text| text.id)
        .collect()
}

/// Whether a piece of work is evidence; all other work is an activity.
pub(crate) fn is_evidence(work: &Work) -> bool {
    work.kind == WorkKind::Evidence
}
