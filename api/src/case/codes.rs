//! The schemas of coded fields.
//!
//! What a body may say is listed whole, for a word that is not in its list is refused. What an answer says is
//! listed whole only where the machine fixes it; elsewhere it is a text with the words known today, so that a client
//! does not choke on tomorrow's.

use domain::words::{
    ActivityKind, CaseType, Channel, DispatchRole, Fault, Field, Finding, IdentityMode, MeasureKind,
    NoticeType, Satisfaction, Source, Status,
};
use utoipa::openapi::extensions::ExtensionsBuilder;
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, SchemaType, Type};

/// A text that is one of these words and no other.
pub(crate) fn closed(words: &[&str]) -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .enum_values(Some(words.iter().copied()))
        .build()
}

/// A text that today is one of these words.
pub(crate) fn open(words: &[&str]) -> Object {
    let extensions = ExtensionsBuilder::new()
        .add("x-extensible-enum", json!(words))
        .build();
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .max_length(Some(64))
        .extensions(Some(extensions))
        .build()
}

/// A word that only the rulebook knows: the value of an axis, a ground, a section of a form.
pub(crate) fn word() -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .min_length(Some(1))
        .max_length(Some(40))
        .pattern(Some("^[a-z][a-z0-9_]*$"))
        .build()
}

/// At most twenty words of the rulebook, none twice.
pub(crate) fn words() -> Array {
    ArrayBuilder::new()
        .items(word())
        .max_items(Some(20))
        .unique_items(true)
        .build()
}

/// At most a hundred names of deeds, facts or operations.
pub(crate) fn names() -> Array {
    let name = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .max_length(Some(64));
    ArrayBuilder::new().items(name).max_items(Some(100)).build()
}

/// Texts by a word of the rulebook, such as the sections of a form.
pub(crate) fn sections() -> Object {
    let section = ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::String))
        .min_length(Some(1))
        .max_length(Some(20_000));
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Object))
        .property_names(Some(word()))
        .additional_properties(Some(section))
        .max_properties(Some(30))
        .build()
}

/// An object whose members depend on a code beside it.
pub(crate) fn data() -> Object {
    ObjectBuilder::new()
        .schema_type(SchemaType::Type(Type::Object))
        .build()
}

/// Defines for each list the schema of a body and that of an answer.
macro_rules! lists {
    ($( $given:ident $told:ident $list:ty, )*) => { $(
        #[doc = concat!("What a body may say of [`", stringify!($list), "`].")]
        pub(crate) fn $given() -> Object {
            closed(<$list>::WORDS)
        }

        #[doc = concat!("What an answer says of [`", stringify!($list), "`].")]
        pub(crate) fn $told() -> Object {
            open(<$list>::WORDS)
        }
    )* };
}

lists! {
    case_type a_case_type CaseType,
    channel a_channel Channel,
    source a_source Source,
    identity_mode an_identity_mode IdentityMode,
    activity_kind an_activity_kind ActivityKind,
    measure_kind a_measure_kind MeasureKind,
    notice_type a_notice_type NoticeType,
    satisfaction a_satisfaction Satisfaction,
    fault a_fault Fault,
}

/// Where a case stands: the machine fixes it.
pub(crate) fn status() -> Object {
    closed(Status::WORDS)
}

/// What the investigation found: the machine fixes it.
pub(crate) fn finding() -> Object {
    closed(Finding::WORDS)
}

/// What a unit is in the handling: the machine fixes it.
pub(crate) fn dispatch_role() -> Object {
    closed(DispatchRole::WORDS)
}

/// A fact that registration states and that can be amended.
pub(crate) fn field() -> Object {
    closed(Field::WORDS)
}

/// What a length of time is counted in, as a body says it.
pub(crate) fn unit_of_time() -> Object {
    closed(&[
        "hour",
        "working_hour",
        "working_day",
        "calendar_day",
        "month",
        "year",
    ])
}

/// What a length of time is counted in, as an answer says it.
pub(crate) fn unit_of_limit() -> Object {
    closed(&[
        "hour",
        "working_hour",
        "same_day",
        "working_day",
        "calendar_day",
        "month",
        "year",
    ])
}
