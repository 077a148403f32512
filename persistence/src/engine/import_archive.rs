//! Imports of calendars as the outside sees them.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::authority::SightKey;
use domain::ids::OfficeId;
use uuid::Uuid;

use super::{Store, calendar_import, remembered_answer, snapshot};
use crate::archive::Answer;
use crate::calendar_import::{
    Contradiction, ImportArchive, ImportRecord, MoveRecord, NewImport, OpenDuty, Progress, Recounting,
};
use crate::remembered_answer::RememberedAnswer;

/// What the questions are about.
const IMPORTS: &str = "calendar_imports";

impl ImportArchive for Store {
    fn create_import(
        &self,
        import: &NewImport,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<Result<ImportRecord, Contradiction>> {
        // What contradicts itself must not be remembered, and nothing of it is kept.
        let tried = self.read(IMPORTS, |c| {
            snapshot(c, |c| calendar_import::contradiction_of(c, import))
        })?;
        if let Some(contradiction) = tried {
            return Ok(Err(contradiction));
        }
        self.write(IMPORTS, |c| {
            remembered_answer::keep(c, answer)?;
            calendar_import::create(c, import)
        })
    }

    fn find_import(&self, import_id: Uuid) -> Answer<Option<ImportRecord>> {
        self.read(IMPORTS, |c| calendar_import::find(c, import_id))
    }

    fn list_imports(
        &self,
        calendar_code: &str,
        before: Option<(DateTime<Utc>, Uuid)>,
        limit: u32,
    ) -> Answer<Vec<ImportRecord>> {
        self.read(IMPORTS, |c| {
            calendar_import::list(c, calendar_code, before, limit)
        })
    }

    fn list_moves(
        &self,
        import_id: Uuid,
        office: Option<OfficeId>,
        keys: &BTreeSet<SightKey>,
        after: Option<(Uuid, Uuid)>,
        limit: u32,
    ) -> Answer<Vec<(MoveRecord, bool)>> {
        self.read("calendar_import_moves", |c| {
            calendar_import::moves(c, import_id, office, keys, after, limit)
        })
    }

    fn begin_import(
        &self,
        import_id: Uuid,
        version: i64,
        since: DateTime<Utc>,
        answer: Option<&RememberedAnswer>,
    ) -> Answer<ImportRecord> {
        self.write(IMPORTS, |c| {
            remembered_answer::keep(c, answer)?;
            calendar_import::begin(c, import_id, version, since)
        })
    }

    fn take_import(&self, run: Uuid, hold: TimeDelta) -> Answer<Option<ImportRecord>> {
        if self.read(IMPORTS, calendar_import::waiting)?.is_none() {
            return Ok(None);
        }
        self.write(IMPORTS, |c| calendar_import::take(c, run, hold))
    }

    fn recountings(&self, import: &ImportRecord) -> Answer<Vec<Recounting>> {
        self.read(IMPORTS, |c| {
            snapshot(c, |c| calendar_import::recountings(c, import))
        })
    }

    fn count_duties_to_recount(&self, office: OfficeId, version: u32, since: DateTime<Utc>) -> Answer<i64> {
        self.read("duties", |c| {
            calendar_import::count_duties(c, office, version, since)
        })
    }

    fn duties_to_recount(
        &self,
        office: OfficeId,
        version: u32,
        after: (DateTime<Utc>, Uuid),
        limit: u32,
    ) -> Answer<Vec<OpenDuty>> {
        self.read("duties", |c| {
            calendar_import::duties(c, office, version, after, limit)
        })
    }

    fn advance_import(
        &self,
        import: &ImportRecord,
        run: Uuid,
        hold: TimeDelta,
        progress: &Progress,
        moves: &[MoveRecord],
    ) -> Answer<bool> {
        self.write(IMPORTS, |c| {
            calendar_import::advance(c, import, run, hold, progress, moves)
        })
    }
}
