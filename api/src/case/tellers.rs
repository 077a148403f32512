//! Who tells about several cases at once: each in the words of the version that it lives under, which need not be the one
//! that the office goes by now.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use domain::ids::CaseId;

use super::view::Teller;
use crate::caller::Caller;
use crate::desk::{Desk, NoLaw};
use crate::language::Language;
use crate::problem::Problem;

/// A version of a rulebook: its code and its version.
pub(crate) type UnderVersion = (String, String);

/// The tellers of some cases.
pub(crate) struct Tellers {
    /// Of whatever lives under what the office goes by.
    office: Teller,
    others: BTreeMap<UnderVersion, Teller>,
    under: BTreeMap<CaseId, UnderVersion>,
}

impl Tellers {
    /// Those of cases that live under these versions. Cases live under a few versions, whose words are read once each.
    ///
    /// # Errors
    /// As [`Desk::blocking`]; `internal_error` when a version is not kept.
    pub(crate) async fn of(
        desk: &Desk,
        caller: &Caller,
        language: Language,
        under: BTreeMap<CaseId, UnderVersion>,
    ) -> Result<Self, Problem> {
        let versions: BTreeSet<&UnderVersion> = under.values().collect();
        let mut others = BTreeMap::new();
        for version in versions {
            if !caller.law.runs(&version.0, &version.1) {
                others.insert(
                    version.clone(),
                    Teller::under(desk, caller, language, version).await?,
                );
            }
        }
        Ok(Self {
            office: Teller::of_office(desk, caller, language),
            others,
            under,
        })
    }

    /// Who tells about this case.
    pub(crate) fn about(&self, case: CaseId) -> &Teller {
        let other = self.under.get(&case).and_then(|version| self.others.get(version));
        other.unwrap_or(&self.office)
    }
}

impl Teller {
    /// Who tells about a case that lives under this version of a rulebook.
    ///
    /// # Errors
    /// As [`Desk::blocking`]; `internal_error` when the version is not kept.
    pub(crate) async fn under(
        desk: &Desk,
        caller: &Caller,
        language: Language,
        (code, version): &UnderVersion,
    ) -> Result<Self, Problem> {
        let mut teller = Self::of_office(desk, caller, language);
        if !teller.law.runs(code, version) {
            let rulebook = desk.rulebook(code, version).await?;
            let rulebook = rulebook.ok_or_else(|| Problem::internal(NoLaw(caller.office_id)))?;
            teller.law = Arc::new(teller.law.under(rulebook));
        }
        Ok(teller)
    }
}
