//! Cases as the outside sees them: commands go into the queue, questions are lent a connection.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use domain::authority::SightKey;
use domain::case::Case;
use domain::ids::{CaseId, OfficeId, StaffId, TextId};

use super::case_list::Asked;
use super::{Store, case, case_list, duty_list, erasure, law};
use crate::archive::Answer;
use crate::case::{
    CaseArchive, CaseFilter, CaseGroup, CaseItem, CaseOrder, CaseText, DutyFilter, DutyItem, KeptEntry,
    Place, RankedPlace, RecordedCase, Reply, Submission,
};
use crate::law::Law;
use crate::vault::Erasure;

impl CaseArchive for Store {
    fn submit(&self, submission: Submission, reply: Reply) {
        self.write_path.submit(submission, reply);
    }

    fn waiting(&self) -> (usize, usize) {
        self.write_path.waiting()
    }

    fn law(&self, office: OfficeId) -> Answer<Option<Arc<Law>>> {
        self.read("offices", |c| law::find(c, &self.laws, office.0))
    }

    fn find_case(&self, office: OfficeId, case: CaseId, keys: &BTreeSet<SightKey>) -> Answer<Option<Case>> {
        self.read("case_states", |c| case::find(c, office, case, keys))
    }

    fn find_texts(&self, office: OfficeId, case: CaseId, ids: &[TextId]) -> Answer<Vec<CaseText>> {
        self.read("case_texts", |c| case::texts(c, &self.vault, office, case, ids))
    }

    fn list_cases(
        &self,
        office: OfficeId,
        keys: &BTreeSet<SightKey>,
        filter: &CaseFilter,
        order: CaseOrder,
        after: Option<&Place>,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Answer<Vec<CaseItem>> {
        self.read("cases", |c| {
            case_list::list(
                c,
                Asked::new(&self.vault, office, keys, filter, now),
                order,
                after,
                limit,
            )
        })
    }

    fn list_best_cases(
        &self,
        office: OfficeId,
        keys: &BTreeSet<SightKey>,
        filter: &CaseFilter,
        after: Option<&RankedPlace>,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Answer<Vec<(RankedPlace, CaseItem)>> {
        self.read("cases", |c| {
            case_list::list_best(
                c,
                Asked::new(&self.vault, office, keys, filter, now),
                after,
                limit,
            )
        })
    }

    fn count_cases(
        &self,
        office: OfficeId,
        keys: &BTreeSet<SightKey>,
        filter: &CaseFilter,
        cap: u32,
        now: DateTime<Utc>,
    ) -> Answer<u32> {
        self.read("cases", |c| {
            case_list::count_matching(c, Asked::new(&self.vault, office, keys, filter, now), cap)
        })
    }

    fn count_cases_by(
        &self,
        office: OfficeId,
        keys: &BTreeSet<SightKey>,
        filter: &CaseFilter,
        group: CaseGroup,
        cap: u32,
        now: DateTime<Utc>,
    ) -> Answer<Vec<(Option<String>, u32)>> {
        self.read("cases", |c| {
            case_list::count_matching_by(c, Asked::new(&self.vault, office, keys, filter, now), group, cap)
        })
    }

    fn case_duties(&self, office: OfficeId, case: CaseId) -> Answer<Vec<DutyItem>> {
        self.read("duties", |c| duty_list::of_case(c, office, case))
    }

    fn list_duties(
        &self,
        office: OfficeId,
        keys: &BTreeSet<SightKey>,
        filter: &DutyFilter,
        after: Option<&Place>,
        limit: u32,
        now: DateTime<Utc>,
    ) -> Answer<Vec<DutyItem>> {
        self.read("duties", |c| {
            duty_list::list(c, office, keys, filter, after, limit, now)
        })
    }

    fn rulebooks_of(
        &self,
        office: OfficeId,
        cases: &BTreeSet<CaseId>,
    ) -> Answer<BTreeMap<CaseId, (String, String)>> {
        if cases.is_empty() {
            return Ok(BTreeMap::new());
        }
        self.read("cases", |c| duty_list::rulebooks_of(c, office, cases))
    }

    fn count_duties(
        &self,
        office: OfficeId,
        keys: &BTreeSet<SightKey>,
        filter: &DutyFilter,
        cap: u32,
        now: DateTime<Utc>,
    ) -> Answer<Vec<(String, bool, u32)>> {
        self.read("duties", |c| duty_list::count(c, office, keys, filter, cap, now))
    }

    fn case_entries(&self, office: OfficeId, case: CaseId, after: u64, limit: u32) -> Answer<Vec<KeptEntry>> {
        self.read("events", |c| case::entries(c, office, case, after, limit))
    }

    fn recorded_cases(
        &self,
        office: OfficeId,
        from: Option<DateTime<Utc>>,
        to: Option<DateTime<Utc>>,
        after: Option<&Place>,
        limit: u32,
    ) -> Answer<Vec<RecordedCase>> {
        self.read("cases", |c| case::recorded(c, office, (from, to), after, limit))
    }

    fn archived_cases(
        &self,
        office: OfficeId,
        keys: &BTreeSet<SightKey>,
        after: Option<&Place>,
        limit: u32,
    ) -> Answer<Vec<Case>> {
        self.read("case_states", |c| case::archived(c, office, keys, after, limit))
    }

    fn find_erasure(&self, office: OfficeId, case: CaseId) -> Answer<Option<Erasure>> {
        self.read("case_keys", |c| erasure::find(c, office, case))
    }

    fn cases_of(&self, office: OfficeId, staff: StaffId, limit: u32) -> Answer<Vec<CaseId>> {
        self.read("cases", |c| case::of_staff(c, office, staff, limit))
    }
}
