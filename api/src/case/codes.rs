//! The schemas of coded fields.
//!
//! What a body may say is listed whole, for a word that is not in its list is refused. What an answer says is
//! listed whole only where the machine fixes it; elsewhere it is a text with the words known today, so that a client
//! does not choke on tomorrow's.

use domain::words::{
    CaseType, Channel, ClosingReason, DispatchRole, Fault, Field, Finding, IdentityMode, MeasureKind,
    NoticeType, Satisfaction, Source, Status,
};
use serde_json::json;
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

/// Defines the schemas of lists, as a body may say them or as an answer says them.
macro_rules! lists {
    ($( $name:ident $form:ident $list:ty, )*) => { $(
        #[doc = concat!("The schema of [`", stringify!($list), "`]: ", stringify!($form), ".")]
        pub(crate) fn $name() -> Object {
            $form(<$list>::WORDS)
        }
    )* };
}

lists! {
    // The machine fixes them, so that bodies and answers say the same.
    status closed Status,
    finding closed Finding,
    dispatch_role closed DispatchRole,
    // What a body may say.
    case_type closed CaseType,
    channel closed Channel,
    source closed Source,
    identity_mode closed IdentityMode,
    measure_kind closed MeasureKind,
    notice_type closed NoticeType,
    satisfaction closed Satisfaction,
    fault closed Fault,
    field closed Field,
    closing_reason closed ClosingReason,
    // What an answer says.
    a_case_type open CaseType,
    a_channel open Channel,
    a_source open Source,
    an_identity_mode open IdentityMode,
    a_notice_type open NoticeType,
    a_satisfaction open Satisfaction,
    a_fault open Fault,
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
