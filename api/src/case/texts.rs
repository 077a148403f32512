//! What people write, on its way beside the case: the words here, a salted commitment in the command.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, Utc};
use domain::case::command::Complainant;
use domain::ids::TextId;
use domain::person::Mark;
use domain::text::Text;
use domain::words::{Field, IdentityMode, Word};
use persistence::case::CaseText;
use persistence::chain::commitment;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::password::random;

/// How many bytes are mixed into a commitment, so that short texts cannot be guessed from it.
const SALT_BYTES: usize = 32;

/// The texts of one command, gathered while it is made.
#[derive(Debug)]
pub(crate) struct Texts {
    now: DateTime<Utc>,
    kept: Vec<CaseText>,
}

impl Texts {
    /// No texts yet, at this moment.
    pub(crate) fn at(now: DateTime<Utc>) -> Self {
        Self {
            now,
            kept: Vec::new(),
        }
    }

    /// The moment at which they are gathered.
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.now
    }

    /// Puts the words aside and leaves a reference to them.
    pub(crate) fn keep(&mut self, kind: &str, words: impl Into<String>) -> Text {
        let body = words.into();
        let salt = random::<SALT_BYTES>().to_vec();
        let commitment = commitment(&salt, &body);
        let id = TextId(new_id(self.now));
        self.kept.push(CaseText {
            id,
            kind: kind.to_owned(),
            body,
            salt,
            marks: Vec::new(),
        });
        Text { id, commitment }
    }

    /// The same, if there are words.
    pub(crate) fn keep_any(&mut self, kind: &str, words: Option<String>) -> Option<Text> {
        words.map(|words| self.keep(kind, words))
    }

    /// The same, for the sections of a form: of one kind with the text that the form is of.
    pub(crate) fn keep_sections(
        &mut self,
        kind: &str,
        sections: BTreeMap<Word, String>,
    ) -> BTreeMap<Word, Text> {
        sections
            .into_iter()
            .map(|(section, words)| {
                let text = self.keep(kind, words);
                (section, text)
            })
            .collect()
    }

    /// Puts what is known of the complainant aside, as one text; the command learns only which facts there are.
    pub(crate) fn keep_person(
        &mut self,
        identity: IdentityMode,
        kind: Option<Word>,
        person: &Person,
        representatives: Option<u8>,
    ) -> Complainant {
        let stated = person.stated();
        let person = (!person.is_empty()).then(|| {
            let document = serde_json::to_string(person).expect("texts and a number are JSON");
            let text = self.keep("complainant", document);
            if let Some(kept) = self.kept.last_mut() {
                kept.marks = person.marks();
            }
            text
        });
        Complainant {
            identity,
            kind,
            stated,
            person,
            representatives,
        }
    }

    /// Everything that was put aside.
    pub(crate) fn into_kept(self) -> Vec<CaseText> {
        self.kept
    }
}

/// A new id, in the order of time.
pub(crate) fn new_id(now: DateTime<Utc>) -> Uuid {
    let milliseconds = u64::try_from(now.timestamp_millis()).unwrap_or_default();
    uuid::Builder::from_unix_timestamp_millis(milliseconds, &random()).into_uuid()
}

/// What is known of a complainant: the document that lies beside the case.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Person {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) role: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) phone: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) identity_number: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) email: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) address: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) workplace: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) sex: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) age: Option<u8>,
}

impl Person {
    /// Whether nothing is known.
    pub(crate) fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// What the person is found by.
    fn marks(&self) -> Vec<Mark> {
        let phone = self.phone.as_deref().and_then(Mark::of_phone);
        let identity_number = self.identity_number.as_deref().and_then(Mark::of_identity_number);
        phone.into_iter().chain(identity_number).collect()
    }

    /// Which facts that a rulebook may demand are here.
    pub(crate) fn stated(&self) -> BTreeSet<Field> {
        [
            (Field::ComplainantName, self.name.is_some()),
            (
                Field::ComplainantContact,
                self.phone.is_some() || self.email.is_some(),
            ),
            (Field::ComplainantAddress, self.address.is_some()),
            (Field::ComplainantWorkplace, self.workplace.is_some()),
            (Field::ComplainantSex, self.sex.is_some()),
            (Field::ComplainantAge, self.age.is_some()),
        ]
        .into_iter()
        .filter_map(|(field, stated)| stated.then_some(field))
        .collect()
    }

    /// The family name, the rest hidden: `张*`.
    pub(crate) fn name_masked(&self) -> Option<String> {
        let name = self.name.as_deref()?;
        let first = name.chars().next()?;
        Some(format!("{first}*"))
    }

    /// The telephone number without its middle: `138****0000`. A short one is hidden whole.
    pub(crate) fn phone_masked(&self) -> Option<String> {
        let phone: Vec<char> = self.phone.as_deref()?.chars().collect();
        if phone.len() < 8 {
            return Some("****".to_owned());
        }
        let head: String = phone[..3].iter().collect();
        let tail: String = phone[phone.len() - 4..].iter().collect();
        Some(format!("{head}****{tail}"))
    }
}

#[cfg(test)]
mod tests {
    use sha2::{Digest, Sha256};

    use super::*;
    use crate::password::hexadecimal;

    #[test]
    fn a_commitment_binds_the_words_and_hides_them() {
        let mut texts = Texts::at("2026-09-17T01:12:00Z".parse().unwrap());
        let text = texts.keep("content", "货款被扣两次");
        let again = texts.keep("content", "货款被扣两次");
        assert_ne!(text.commitment, again.commitment, "the salt differs");
        assert_ne!(text.id, again.id);
        let kept = texts.into_kept();
        let made = Sha256::new()
            .chain_update(&kept[0].salt)
            .chain_update(&kept[0].body)
            .finalize();
        assert_eq!(text.commitment, hexadecimal(&made));
        assert_eq!(kept[0].id.0.get_version_num(), 7);
    }

    #[test]
    fn a_complainant_is_shown_masked() {
        let person = Person {
            name: Some("张某某".to_owned()),
            phone: Some("13800000000".to_owned()),
            ..Person::default()
        };
        assert_eq!(person.name_masked().as_deref(), Some("张*"));
        assert_eq!(person.phone_masked().as_deref(), Some("138****0000"));
        let short = Person {
            phone: Some("12345".to_owned()),
            ..Person::default()
        };
        assert_eq!(short.phone_masked().as_deref(), Some("****"));
        assert_eq!(
            person.stated().into_iter().collect::<Vec<_>>(),
            [Field::ComplainantName, Field::ComplainantContact]
        );
    }
}
