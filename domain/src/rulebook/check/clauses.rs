//! Every clause that is cited is listed; every clause that is to be enforced is cited.

use std::collections::BTreeSet;

use super::{CLAUSE, Examination, Place};
use crate::{
    rulebook::{Class, FlawCode, Origin},
    words::ClauseId,
};

impl Examination<'_> {
    pub(super) fn clauses(&mut self) {
        let rulebook = self.rulebook;
        let listed: BTreeSet<&str> = rulebook.clauses.keys().map(ClauseId::as_str).collect();
        let mut cited = BTreeSet::new();
        for (place, _) in rulebook.provisions() {
            self.must_know(&place, CLAUSE, place.clause.as_str(), &listed);
            // That a law is named is no enforcement of anything.
            if place.section != "legal_basis" {
                cited.insert(place.clause);
            }
        }
        for duty in &rulebook.duties {
            let of_its_own = duty
                .extension
                .as_ref()
                .and_then(|extension| extension.clause.as_ref());
            if let Some(clause) = of_its_own {
                let place = Place {
                    section: "duty",
                    line: duty.line,
                    origin: &duty.origin,
                    clause,
                };
                self.must_know(&place, CLAUSE, clause.as_str(), &listed);
                cited.insert(clause);
            }
        }
        for clause in rulebook
            .head
            .inherits
            .iter()
            .filter_map(|inherit| inherit.clause.as_ref())
        {
            let place = Place {
                section: "rulebook",
                line: rulebook.head.line,
                origin: &Origin::Own,
                clause,
            };
            self.must_know(&place, CLAUSE, clause.as_str(), &listed);
            cited.insert(clause);
        }
        for (id, clause) in rulebook
            .clauses
            .iter()
            .filter(|(_, clause)| clause.origin == Origin::Own)
        {
            let enforced = cited.contains(id) || !clause.always.is_empty() || !clause.waits.is_empty();
            if clause.class == Class::Enforced && !enforced {
                let place = Place {
                    section: "clause",
                    line: clause.line,
                    origin: &clause.origin,
                    clause: id,
                };
                let reason =
                    "it is of class E, but no rule cites it and it says neither `always` nor `waits`";
                self.flaw(&place, FlawCode::UncitedClause, reason.to_owned(), None);
            }
        }
    }
}
