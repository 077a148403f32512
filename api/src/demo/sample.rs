//! The sample cases of the demonstration: bodies of `register_case`, each taken in once by a person of its office.

use domain::authority::keys;
use domain::case::Command;
use domain::case::decide::Actor;
use domain::ids::{CaseId, OfficeId, StaffId};
use persistence::case::{Key, Submission};
use serde::Deserialize;
use sha2::{Digest, Sha256};

use super::id_of;
use crate::case::matter::GivenMatter;
use crate::case::texts::Texts;
use crate::desk::Desk;
use crate::problem::{Kind, Problem};

/// The cases, as people brought them; all persons are invented.
const CASES: &str = include_str!("cases.json");

/// One case.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sample {
    /// The name that its id is made from.
    name: String,
    /// The user name of who takes it in.
    taken_in_by: String,
    matter: GivenMatter,
}

/// Registers the sample cases that are not there yet, of the offices that are.
///
/// # Errors
/// Every reason why one was not accepted. A case that another replica is just taking in is left to it.
///
/// # Panics
/// Never: a test holds that the cases can be read.
pub async fn take_in(desk: &Desk) -> Result<(), Problem> {
    let samples: Vec<Sample> =
        serde_json::from_str(CASES).expect("the sample cases are what the contract says");
    for sample in samples {
        match sample.take_in(desk).await {
            Err(problem) if problem.kind() == Kind::IdempotencyInProgress => {}
            outcome => outcome?,
        }
    }
    Ok(())
}

impl Sample {
    async fn take_in(self, desk: &Desk) -> Result<(), Problem> {
        let case = CaseId(id_of(&self.name));
        let user_name = self.taken_in_by;
        let Some(record) = desk
            .blocking(move |archive| archive.find_log_in(&user_name))
            .await?
        else {
            return Ok(());
        };
        let office = OfficeId(record.staff_member.office_id);
        let receiver = StaffId(record.staff_member.id);
        let law = desk.law(office).await?;
        let sight = keys(receiver, &law.rulebook, &law.directory, desk.now());
        if desk
            .asking_for_cases(move |cases| cases.find_case(office, case, &sight))
            .await?
            .is_some()
        {
            return Ok(());
        }
        let now = desk.now();
        let mut texts = Texts::at(now);
        let command = Command::Register {
            case,
            matter: self.matter.matter(now, &mut texts)?,
            case_no: desk.next_case_no(office, &law).await?,
        };
        let submission = Submission {
            office,
            case,
            actor: Actor::Staff(receiver),
            command,
            texts: texts.into_kept(),
            expected_version: None,
            key: Some(Key {
                caller: receiver.to_string(),
                operation: "register_case".to_owned(),
                key: self.name.clone(),
                request_hash: Sha256::digest(&self.name).into(),
            }),
            now,
        };
        desk.submit(submission).await.map(drop)
    }
}
