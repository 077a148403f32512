//! The JSON Schema of a rulebook, so that an editor completes and checks one while it is written.
//!
//! It is made from the very types into which [`read`](super::read) reads, so a key or a word cannot be in the one and
//! not in the other. It says what can be said of a text without its ancestors; what must fit together (a clause that
//! is listed, a position that is declared) is for [`check`](super::check). It is of draft 7, which the language
//! servers of TOML understand.

use std::{borrow::Cow, collections::BTreeMap};

use schemars::{
    JsonSchema, Schema, SchemaGenerator, generate::SchemaSettings, json_schema,
    transform::transform_subschemas,
};
use strum::IntoEnumIterator;

use crate::{
    rulebook::{
        Apart, AppealRule, Axis, ChannelRule, Clause, CountingRule, DutyRef, DutyRule, FirstContact, Form,
        Gate, Ground, Head, Holder, IdentityRule, Labels, LegalBasis, May, Moment, Need, Position, Powers,
        Recurring, Retention, Returns, Rounds, Route, RouteTo, Secrecy, SuspensionRule, UnitKind,
        rule::WrittenEscalation,
    },
    time_limit::Span,
    words::{AxisName, Bundle, ClauseId, Deed, DutyName, Field, PositionName, Word, listed},
};

/// The schema, as a JSON text.
pub fn schema() -> String {
    let mut settings = SchemaSettings::draft07();
    settings.transforms.insert(0, Box::new(without_null));
    let schema = settings.into_generator().into_root_schema_for::<Text>();
    format!("{:#}", schema.as_value())
}

/// A rulebook: one regulation, in the order of a case's life. Every entry names the clause it rests on.
#[derive(JsonSchema)]
#[schemars(deny_unknown_fields, rename = "Rulebook")]
#[expect(dead_code, reason = "it is never made: it says which sections there are")]
struct Text {
    /// The head of the file.
    rulebook: Head,
    /// What the regulation rests on.
    #[serde(default)]
    legal_basis: Vec<LegalBasis>,
    /// The register of clauses. A clause that is not listed cannot be cited.
    #[serde(default)]
    clauses: BTreeMap<ClauseId, Clause>,
    /// Kinds of unit.
    #[serde(default)]
    unit_kind: Vec<UnitKind>,
    /// Who may do what.
    #[serde(default)]
    position: Vec<Position>,
    /// How a case is classified.
    #[serde(default)]
    axis: Vec<Axis>,
    /// How matters come in.
    #[serde(default)]
    channel: Vec<ChannelRule>,
    /// Whether a complainant may stay anonymous.
    identity: Option<IdentityRule>,
    /// How long the first receiver's tracking lasts.
    first_contact: Option<FirstContact>,
    /// What the text of a deed must contain.
    #[serde(default)]
    form: Vec<Form>,
    /// What must be there before a deed.
    #[serde(default)]
    gate: Vec<Gate>,
    /// The listed grounds of exceptional deeds.
    #[serde(default)]
    ground: Vec<Ground>,
    /// To whom; the first that matches wins.
    #[serde(default)]
    route: Vec<Route>,
    /// Whether and how a unit may return a dispatch. Absent: it cannot.
    returns: Option<Returns>,
    /// What may not be done by the same hand.
    #[serde(default)]
    apart: Vec<Apart>,
    /// How the days of every duty of this rulebook are counted.
    counting: Option<CountingRule>,
    /// Who owes what, from when, within what.
    #[serde(default)]
    duty: Vec<DutyRule>,
    /// What may pause which duties.
    #[serde(default)]
    suspension: Vec<SuspensionRule>,
    /// What happens after a deed or a lateness.
    #[serde(default)]
    escalation: Vec<WrittenEscalation>,
    /// How often a case may be handled again. Absent: once only.
    rounds: Option<Rounds>,
    /// What may be appealed against.
    #[serde(default)]
    appeal: Vec<AppealRule>,
    /// What is kept from whom.
    #[serde(default)]
    secrecy: Vec<Secrecy>,
    /// How long a case is kept.
    #[serde(default)]
    retention: Vec<Retention>,
    /// What the office owes regardless of any case.
    #[serde(default)]
    recurring: Vec<Recurring>,
}

/// TOML has no null: what need not be said is left out.
fn without_null(schema: &mut Schema) {
    if let Some(object) = schema.as_object_mut() {
        if let Some(types) = object.get_mut("type")
            && let Some(listed) = types.as_array_mut()
        {
            listed.retain(|name| name != "null");
            if let [only] = listed.as_slice() {
                *types = only.clone();
            }
        }
        let choices = object.get_mut("anyOf").and_then(|choices| choices.as_array_mut());
        if let Some(choices) = choices {
            let before = choices.len();
            choices.retain(|choice| choice.get("type").is_none_or(|name| name != "null"));
            if let [only] = choices.as_slice()
                && before > 1
                && let Some(only) = only.as_object().cloned()
            {
                object.remove("anyOf");
                object.extend(only);
            }
        }
    }
    transform_subschemas(&mut without_null, schema);
}

/// A day, as TOML writes one: without quotes. Whoever turns TOML into JSON makes a text of it.
pub(super) fn day(_: &mut SchemaGenerator) -> Schema {
    json_schema!({ "type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$" })
}

/// Describes types that are written as one string, or as a table of words.
macro_rules! described {
    ($( $name:ident = |$generator:ident| $schema:expr; )*) => { $(
        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    )* };
}

described! {
    Deed = |_generator| listed(Deed::all().map(|deed| (deed, deed_label(deed))));

    May = |generator| json_schema!({
        "description": "a deed, or a bundle of deeds that usually go together; a decision (an instruction, an approval, \
            more time) is in no bundle and is named itself",
        "anyOf": [
            listed(Bundle::iter().map(|bundle| (bundle, bundle_label(bundle)))),
            generator.subschema_for::<Deed>(),
        ],
    });

    Powers = |generator| {
        let may = generator.subschema_for::<May>();
        json_schema!({ "type": "array", "items": may, "description": "what its holder may do: deeds and bundles of deeds" })
    };

    Need = |generator| {
        let axes = AxisName::iter().filter(|axis| axis.as_str().parse() == Ok(Need::Axis(*axis)));
        json_schema!({
            "description": "what must be there: a fact that is stated, a deed that is in force, or a classification that \
                is made",
            "anyOf": [
            generator.subschema_for::<Field>(),
            generator.subschema_for::<Deed>(),
            listed(axes.map(|axis| (axis, format!("{} ({})", axis.en(), axis.zh())))),
            ],
        })
    };

    Holder = |generator| json_schema!({
        "description": "who is meant: somebody by his relation to the case, or whoever holds a position that the rulebook \
            declares",
        "anyOf": [
            listed(Holder::relations().map(|(relation, about)| (relation, about.to_owned()))),
            generator.subschema_for::<PositionName>(),
        ],
    });

    RouteTo = |generator| {
        let places = [
            RouteTo::OwnOffice,
            RouteTo::RespondentUnit,
            RouteTo::AsInstructed,
            RouteTo::AsAssigned,
            RouteTo::Outside,
        ];
        let labels = [
            "handled by the office itself",
            "to the unit complained of",
            "to the unit the instruction names",
            "to whom the dispatcher thinks fit",
            "to another body, which this office does not see: only a hand-over goes there",
        ];
        json_schema!({ "description": "where a case may go: one of these, or a kind of unit", "anyOf": [
            listed(places.into_iter().zip(labels.map(str::to_owned))),
            generator.subschema_for::<Word>(),
        ] })
    };

    DutyRef = |generator| json_schema!({ "description": "whose lateness is meant: a duty by its name, or every one", "anyOf": [
        listed(std::iter::once((DutyRef::Any, "every duty".to_owned()))),
        generator.subschema_for::<DutyName>(),
    ] });

    Moment = |_generator| json_schema!({
        "type": "string",
        "pattern": format!("^(when due|{}( before| after)?)$", Span::pattern()),
        "description": "seen from the due time: `when due`, `1 working day before`, `2 working days after`",
    });

    Labels = |generator| json_schema!({
        "type": "object",
        "propertyNames": generator.subschema_for::<Word>(),
        "additionalProperties": { "type": "string" },
        "description": "words of the rulebook's own, each with what people read for it",
    });
}

fn bundle_label(bundle: Bundle) -> String {
    let deeds: Vec<String> = bundle.deeds().iter().map(Deed::to_string).collect();
    format!("{} ({}): {}", bundle.en(), bundle.zh(), deeds.join(", "))
}

fn deed_label(deed: Deed) -> String {
    format!("{} ({})", deed.en(), deed.zh())
}

#[expect(clippy::unwrap_used, reason = "a test may stop where it stands")]
#[cfg(test)]
mod tests {
    use jsonschema::Validator;
    use serde_json::{Value, json};

    use super::*;
    use crate::rulebook::{Entry, Provision, Rulebook, library, read};

    fn validator() -> Validator {
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    }

    /// A TOML text as an editor sees it, days as texts.
    fn as_json(text: &str) -> Value {
        fn told(value: toml::Value) -> Value {
            match value {
                toml::Value::Datetime(day) => json!(day.to_string()),
                toml::Value::Array(items) => items.into_iter().map(told).collect(),
                toml::Value::Table(table) => {
                    table.into_iter().map(|(key, value)| (key, told(value))).collect()
                }
                plain => serde_json::to_value(plain).unwrap(),
            }
        }
        told(toml::Value::Table(text.parse().unwrap()))
    }

    /// Any rulebook that is read.
    const HEAD: &str = r#"
        [rulebook]
        code = "cn.sample"
        kind = "regulation"
        title = { zh = "制度", en = "Rules" }
        version = "1.0.0"
        effective_from = 2026-01-01
        source = "a sample"
        complete = true
        [clauses]
        "S-1" = { class = "E", at = "1", zh = "甲", en = "One" }
    "#;

    #[test]
    fn every_shipped_rulebook_is_valid() {
        let validator = validator();
        for text in library() {
            let document = as_json(text);
            let faults: Vec<String> = validator
                .iter_errors(&document)
                .map(|fault| format!("{}: {fault}", fault.instance_path()))
                .collect();
            assert!(faults.is_empty(), "{}: {faults:#?}", document["rulebook"]["code"]);
        }
    }

    #[test]
    fn every_key_and_every_word_says_what_it_means() {
        fn walk(value: &Value, path: &str, silent: &mut Vec<String>) {
            let keys = value["properties"].as_object().into_iter().flatten();
            for (key, about) in keys {
                if !about["description"].is_string() && !about["$ref"].is_string() {
                    silent.push(format!("{path}: {key}"));
                }
            }
            for word in value["enum"]
                .as_array()
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
            {
                let told = value["description"].as_str().unwrap_or_default();
                if !told.contains(&format!("`{word}`: ")) {
                    silent.push(format!("{path}: the word {word}"));
                }
            }
            match value {
                Value::Object(members) => {
                    for (name, member) in members {
                        walk(member, &format!("{path}/{name}"), silent);
                    }
                }
                Value::Array(items) => items.iter().for_each(|item| walk(item, path, silent)),
                _ => {}
            }
        }
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let mut silent = Vec::new();
        walk(&schema, "", &mut silent);
        for (name, definition) in schema["definitions"].as_object().unwrap() {
            if !definition["description"].is_string() {
                silent.push(name.clone());
            }
        }
        assert!(silent.is_empty(), "{silent:#?}");
    }

    #[test]
    fn every_section_the_reader_knows_is_in_it() {
        fn section<T: Provision>(_: &[Entry<T>]) -> &'static str {
            T::SECTION
        }
        let Rulebook {
            head: _,
            clauses: _,
            legal_basis,
            unit_kinds,
            positions,
            axes,
            channels,
            identity,
            first_contact,
            forms,
            gates,
            grounds,
            routes,
            returns,
            apart,
            counting,
            duties,
            suspensions,
            escalations,
            rounds,
            appeals,
            secrecy,
            retention,
            recurring,
        } = read(HEAD).unwrap();
        let mut read: Vec<&str> = vec![
            "rulebook",
            "clauses",
            section(&legal_basis),
            section(&unit_kinds),
            section(&positions),
            section(&axes),
            section(&channels),
            section(identity.as_slice()),
            section(first_contact.as_slice()),
            section(&forms),
            section(&gates),
            section(&grounds),
            section(&routes),
            section(returns.as_slice()),
            section(&apart),
            section(counting.as_slice()),
            section(&duties),
            section(&suspensions),
            section(&escalations),
            section(rounds.as_slice()),
            section(&appeals),
            section(&secrecy),
            section(&retention),
            section(&recurring),
        ];
        read.sort_unstable();
        let schema: Value = serde_json::from_str(&schema()).unwrap();
        let described: Vec<&String> = schema["properties"].as_object().unwrap().keys().collect();
        assert_eq!(described, read);
    }

    #[test]
    fn what_the_reader_refuses_the_schema_refuses() {
        let validator = validator();
        assert!(read(HEAD).is_ok() && validator.is_valid(&as_json(HEAD)));
        for wrong in [
            "[[gates]]\nbefore = \"reply\"\nclause = \"S-1\"",
            "[[gate]]\nbefore = \"reply\"\nclause = \"S-1\"\nneed = [\"task\"]",
            "[[gate]]\nbefore = \"answer\"\nclause = \"S-1\"",
            "[[gate]]\nbefore = \"reply\"",
            "[[gate]]\nbefore = \"reply\"\nclause = \"S 1\"",
            "[[gate]]\nbefore = \"reply\"\nclause = \"S-1\"\nneeds = [\"flag\"]",
            "[[gate]]\nbefore = \"reply\"\nclause = \"S-1\"\nneeds = [\"complainant\"]",
            "[[gate]]\nbefore = \"reply\"\nclause = \"S-1\"\nwhen = { colour = [\"red\"] }",
            "[[gate]]\nbefore = \"reply\"\nclause = \"S-1\"\nwhen = { case_type = [\"praise\"] }",
            "[gate]\nbefore = \"reply\"\nclause = \"S-1\"",
            "[[duty]]\nname = \"a\"\nclause = \"S-1\"\nwho = \"handler\"\nowes = \"reply\"\nfrom = \"receipt\"\nwithin = \"0 days\"",
            "[[duty]]\nname = \"a\"\nclause = \"S-1\"\nwho = \"handler\"\nowes = \"reply\"\nfrom = \"receipt\"\nwithin = \"soon\"",
            "[[duty]]\nname = \"A\"\nclause = \"S-1\"\nwho = \"handler\"\nowes = \"reply\"\nfrom = \"receipt\"\nwithin = \"1 day\"",
            "[[duty]]\nname = \"a\"\nclause = \"S-1\"\nwho = \"handler\"\nowes = \"reply\"\nfrom = \"receipt\"",
            "[[position]]\nname = \"a\"\ntitle = \"甲\"\nclause = \"S-1\"\nsits = \"somewhere\"\nreach = \"office\"\nmay = []",
            "[[position]]\nname = \"a\"\ntitle = \"甲\"\nclause = \"S-1\"\nsits = \"unit\"\nreach = \"office\"\nmay = [\"everything\"]",
            "[[escalation]]\nclause = \"S-1\"\nafter = \"reply\"",
            "[[escalation]]\nclause = \"S-1\"\nlate = [\"any\"]\nurge = \"holder\"",
            "[[escalation]]\nclause = \"S-1\"\nafter = \"reply\"\nlate = [\"any\"]\nat = \"when due\"\nurge = \"holder\"",
            "[[escalation]]\nclause = \"S-1\"\nlate = [\"any\"]\nat = \"later\"\nurge = \"holder\"",
        ] {
            let text = format!("{HEAD}\n{wrong}");
            assert!(read(&text).is_err(), "the reader takes {wrong}");
            assert!(!validator.is_valid(&as_json(&text)), "the schema takes {wrong}");
        }
    }

    #[test]
    fn what_can_be_written_in_several_ways_is_valid_in_each() {
        let validator = validator();
        for right in [
            "[[escalation]]\nclause = \"S-1\"\nlate = [\"any\", \"a\"]\nat = \"1 working day before\"\nurge = \"holder\"",
            "[[escalation]]\nclause = \"S-1\"\nafter = \"notice.receipt\"\nnotify = [\"clerk\"]",
            "[[duty]]\nname = \"a\"\nclause = \"S-1\"\nwho = \"clerk\"\nowes = \"reply\"\nfrom = \"receipt\"\nwithin = \"as prescribed\"\nsuggested = \"3 months\"\nextension = { by = \"clerk\", ask = \"any time\" }\ncounting = { on_rest_day = \"stays\" }",
            "[[gate]]\nbefore = \"reply\"\nclause = \"S-1\"\nneeds = [\"cause\", \"severity\", \"approval.plan\", \"complainant.name\"]",
            "[[route]]\nclause = \"S-1\"\nto = [\"own_office\", \"county_bureau\"]",
        ] {
            let text = format!("{HEAD}\n{right}");
            assert!(
                read(&text).is_ok(),
                "the reader refuses {right}: {:?}",
                read(&text)
            );
            assert!(validator.is_valid(&as_json(&text)), "the schema refuses {right}");
        }
    }
}
