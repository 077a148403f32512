//! A version of a rulebook as people see it, and what it takes to change one.
//!
//! Who may: no position of an office says so, since a rulebook cannot give the power over itself. The administrator of
//! an office writes, submits and takes into use; another administrator, or an operator of the installation, approves.

use chrono::{DateTime, FixedOffset, Utc};
use domain::ids::StaffId;
use domain::rulebook::{Checked, Rulebook, ancestry, read};
use persistence::rulebook_version::{ActivationRecord, RulebookVersionRecord, VersionState};
use serde::Serialize;
use utoipa::ToSchema;
use uuid::Uuid;

use super::finding::{Finding, faulty, findings};
use crate::caller::Caller;
use crate::desk::{Desk, apart};
use crate::problem::{Kind, Problem};

/// The longest text of a rulebook, in characters.
pub(super) const TEXT_MAX: u64 = 524_288;

/// A version of a rulebook.
#[derive(Serialize, ToSchema)]
pub(crate) struct RulebookVersion {
    /// The rulebook's code.
    #[schema(max_length = 80, example = "cn.tobacco_supervision")]
    code: String,
    /// The version.
    #[schema(max_length = 20, example = "1.1.0")]
    version: String,
    /// How far it has come in my office: `draft`, `in_review`, `approved`, `active`, `superseded`.
    #[schema(max_length = 20, example = "draft")]
    state: String,
    /// Whether it came with the service.
    shipped: bool,
    /// Who wrote it last.
    #[serde(skip_serializing_if = "Option::is_none")]
    author: Option<Writer>,
    /// Who approved it or sent it back.
    #[serde(skip_serializing_if = "Option::is_none")]
    decided_by: Option<Writer>,
    /// What was said to the decision.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 2000)]
    reason: Option<String>,
    /// From when on it holds, or held, for my office's new cases.
    #[serde(skip_serializing_if = "Option::is_none")]
    begins_at: Option<DateTime<FixedOffset>>,
    /// When it was first stored.
    created_at: DateTime<FixedOffset>,
    /// When it was last changed.
    changed_at: DateTime<FixedOffset>,
    /// Its text; absent in lists.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 524_288)]
    text: Option<String>,
    /// What the checker finds in its text; absent in lists. Whether every case can be lived through under it is played by
    /// `check_rulebook` and `submit_rulebook`.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_items = 1000)]
    findings: Option<Vec<Finding>>,
    /// Counts its changes; `If-Match` names it.
    #[schema(minimum = 1, maximum = 9_007_199_254_740_991_i64)]
    revision: i64,
}

/// A member of staff who worked on a version.
#[derive(Serialize, ToSchema)]
pub(crate) struct Writer {
    /// Who.
    staff_id: Uuid,
    /// Their name; absent for who is of another office.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(max_length = 100)]
    name: Option<String>,
}

/// A text that was handed in, and what it stands on.
pub(super) struct Written {
    pub(super) rulebook: Rulebook,
    pub(super) text: String,
    pub(super) ancestors: String,
}

/// Reads a text that is to be stored. It need not pass the checker yet, but says which version of what it is.
///
/// # Errors
/// `data_faulty` with every line that cannot be read.
pub(super) async fn written(text: String) -> Result<Written, Problem> {
    apart(move || match read(&text) {
        Ok(rulebook) => Ok(Written {
            ancestors: serde_json::Value::from(ancestry(&rulebook)).to_string(),
            rulebook,
            text,
        }),
        Err(flaws) => Err(faulty(Kind::DataFaulty, flaws)),
    })
    .await?
}

/// The version that a path names, if the caller's office may see it.
///
/// # Errors
/// `not_permitted` to who neither writes nor approves; `not_found`.
pub(super) async fn named(
    desk: &Desk,
    caller: &Caller,
    code: &str,
    version: &str,
) -> Result<RulebookVersionRecord, Problem> {
    reads_drafts(caller)?;
    let (office, code, version) = (sees_of(caller), code.to_owned(), version.to_owned());
    desk.blocking(move |archive| archive.find_rulebook_version(office, &code, &version))
        .await?
        .ok_or_else(|| Kind::NotFound.into())
}

/// Of which office somebody sees what it writes: an operator, who may approve for any, of all.
pub(super) fn sees_of(caller: &Caller) -> Option<Uuid> {
    (!caller.operator).then_some(caller.office_id.0)
}

/// Whose a version is that may still change.
pub(super) fn owner(record: &RulebookVersionRecord, caller: &Caller) -> Uuid {
    record.office_id.unwrap_or(caller.office_id.0)
}

/// Lets pass who writes in this office: its administrator.
pub(super) fn writes(record: &RulebookVersionRecord, caller: &Caller) -> Result<(), Problem> {
    caller.administers()?;
    if owner(record, caller) == caller.office_id.0 {
        Ok(())
    } else {
        Err(Kind::NotPermitted.into())
    }
}

/// Lets pass who writes or approves rulebooks.
pub(super) fn reads_drafts(caller: &Caller) -> Result<(), Problem> {
    if caller.administrator || caller.operator {
        Ok(())
    } else {
        Err(Kind::NotPermitted.into())
    }
}

/// How far a version has come.
///
/// # Errors
/// `internal_error` when its row says something else.
pub(super) fn state(record: &RulebookVersionRecord) -> Result<VersionState, Problem> {
    record.state.parse().map_err(Problem::internal)
}

/// Refuses a version that is not in the state that is needed, or came with the service where one's own is meant.
pub(super) fn must_be(record: &RulebookVersionRecord, needed: VersionState) -> Result<(), Problem> {
    if state(record)? == needed {
        Ok(())
    } else {
        Err(Problem::from(Kind::WrongState).with("state", &record.state))
    }
}

/// The texts of a version's ancestors.
///
/// # Errors
/// `internal_error` when its row says something else.
pub(super) fn ancestors_of(record: &RulebookVersionRecord) -> Result<Vec<String>, Problem> {
    serde_json::from_str(&record.ancestors).map_err(Problem::internal)
}

/// A version with what my office did with it.
pub(super) struct Teller<'a> {
    caller: &'a Caller,
    activations: Vec<ActivationRecord>,
}

impl<'a> Teller<'a> {
    /// Learns what the office ever took as its own.
    ///
    /// # Errors
    /// As [`Desk::blocking`].
    pub(super) async fn of(desk: &Desk, caller: &'a Caller) -> Result<Self, Problem> {
        let office = caller.office_id.0;
        let activations = desk
            .blocking(move |archive| archive.list_activations(office))
            .await?;
        Ok(Self { caller, activations })
    }

    /// The version without its text.
    pub(super) fn short(&self, record: &RulebookVersionRecord) -> RulebookVersion {
        let of_this = |it: &&ActivationRecord| it.code == record.code && it.version == record.version;
        let last = self.activations.iter().rev().find(of_this);
        let current = self.activations.iter().rev().find(|it| it.begun);
        // What the office was founded with is recorded only once something else follows it.
        let active = current.map_or_else(
            || self.caller.law.runs(&record.code, &record.version),
            |it| of_this(&it),
        );
        let superseded = || self.activations.iter().any(|it| it.begun && of_this(&it));
        let state = if active {
            "active"
        } else if superseded() {
            "superseded"
        } else {
            record.state.as_str()
        };
        RulebookVersion {
            code: record.code.clone(),
            version: record.version.clone(),
            state: state.to_owned(),
            shipped: record.office_id.is_none(),
            author: record.author_id.map(|id| self.writer(id)),
            decided_by: record.decided_by_id.map(|id| self.writer(id)),
            reason: record.reason.clone(),
            begins_at: last.map(|it| self.local(it.begins_at)),
            created_at: self.local(record.created_at),
            changed_at: self.local(record.changed_at),
            text: None,
            findings: None,
            revision: record.revision,
        }
    }

    /// The version with its text, and with what the checker finds in it.
    ///
    /// # Errors
    /// `internal_error` when its row cannot be read.
    pub(super) async fn whole(&self, record: &RulebookVersionRecord) -> Result<RulebookVersion, Problem> {
        let found = findings(record.body.clone(), Some(ancestors_of(record)?)).await?;
        Ok(RulebookVersion {
            text: Some(record.body.clone()),
            findings: Some(found.into_iter().map(Finding::from).collect()),
            ..self.short(record)
        })
    }

    fn writer(&self, id: Uuid) -> Writer {
        Writer {
            staff_id: id,
            name: self.caller.law.names.people.get(&StaffId(id)).cloned(),
        }
    }

    fn local(&self, instant: DateTime<Utc>) -> DateTime<FixedOffset> {
        self.caller.law.calendar.local(instant)
    }
}

/// What a repeated call is remembered by.
pub(super) fn id_of(code: &str, version: &str) -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, format!("{code}@{version}").as_bytes())
}

/// Where a version is read.
pub(super) fn address(record: &RulebookVersionRecord) -> String {
    format!("/api/v1/rulebooks/{}/versions/{}", record.code, record.version)
}

/// An approved version, ready for use.
///
/// # Errors
/// `wrong_state` before it is approved.
pub(super) async fn ready(
    desk: &Desk,
    record: &RulebookVersionRecord,
) -> Result<std::sync::Arc<Checked>, Problem> {
    must_be(record, VersionState::Approved)?;
    let rulebook = desk.rulebook(&record.code, &record.version).await?;
    rulebook.ok_or_else(|| Problem::from(Kind::WrongState).with("state", &record.state))
}
