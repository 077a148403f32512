//! Tells which field of a request is at fault, by a JSON pointer (RFC 6901).
//!
//! The reading library says what is wrong in words only. Its words have been the same for years; they are sorted
//! here into [`FieldFault`]s, and tests hold the two together. What is not recognized is `wrong_format`.

use std::fmt::Display;

use serde_json::Value;
use serde_path_to_error::{Path, Segment};
use validator::{ValidationError, ValidationErrors, ValidationErrorsKind};

use crate::problem::{ERRORS_MAX, FieldError, FieldFault};

/// A name as it stands in a JSON pointer.
pub(crate) fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}

/// The fault that reading met, below the pointer `root`.
pub(super) fn of_reading<E: Display>(root: &str, error: &serde_path_to_error::Error<E>) -> FieldError {
    let words = error.inner().to_string();
    let named = words.split('`').nth(1).unwrap_or_default();
    let at = pointer_of(root, error.path());
    let inside = |name: &str| {
        let end = format!("/{}", escaped(name));
        if at.ends_with(&end) {
            at.clone()
        } else {
            format!("{at}{end}")
        }
    };
    if words.starts_with("missing field") {
        FieldError::new(inside(named), FieldFault::Required)
    } else if words.starts_with("unknown field") {
        FieldError::new(inside(named), FieldFault::UnknownField)
    } else if words.starts_with("duplicate field") {
        FieldError::new(inside(named), FieldFault::Repeated)
    } else if words.starts_with("unknown variant") {
        let codes: Vec<&str> = words.split('`').skip(3).step_by(2).collect();
        FieldError::new(at, FieldFault::NotACode).with("allowed", codes.join(" "))
    } else if words.starts_with("unknown word") {
        // So the domain says it of its own lists.
        FieldError::new(at, FieldFault::NotACode)
    } else if words.starts_with("invalid type") || words.starts_with("invalid length") {
        FieldError::new(at, FieldFault::WrongType)
    } else if words.starts_with("invalid value: integer") || words.starts_with("number too") {
        FieldError::new(at, FieldFault::OutOfRange)
    } else {
        FieldError::new(at, FieldFault::WrongFormat)
    }
}

fn pointer_of(root: &str, path: &Path) -> String {
    path.iter()
        .fold(root.to_owned(), |pointer, segment| match segment {
            Segment::Seq { index } => format!("{pointer}/{index}"),
            Segment::Map { key } => format!("{pointer}/{}", escaped(key)),
            // A variant is told by a tag inside the object, not by a level of its own.
            Segment::Enum { .. } | Segment::Unknown => pointer,
        })
}

/// The faults that checking bounds met, below the pointer `root`.
pub(super) fn of_validation(root: &str, errors: &ValidationErrors) -> Vec<FieldError> {
    let mut found = Vec::new();
    collect(root, errors, &mut found);
    found.sort_by(|one, other| one.pointer.cmp(&other.pointer));
    found
}

fn collect(root: &str, errors: &ValidationErrors, found: &mut Vec<FieldError>) {
    for (field, kind) in errors.errors() {
        // The library's name for faults of the object as a whole.
        let pointer = if field == "__all__" {
            root.to_owned()
        } else {
            format!("{root}/{}", escaped(field))
        };
        match kind {
            ValidationErrorsKind::Struct(inner) => collect(&pointer, inner, found),
            ValidationErrorsKind::List(items) => {
                for (index, inner) in items {
                    collect(&format!("{pointer}/{index}"), inner, found);
                }
            }
            ValidationErrorsKind::Field(errors) => {
                found.extend(errors.iter().map(|error| of_bound(&pointer, error)));
            }
        }
    }
}

fn of_bound(pointer: &str, error: &ValidationError) -> FieldError {
    let number = |name: &str| error.params.get(name).and_then(Value::as_f64);
    let size = error.params.get("value").map(|value| match value {
        Value::String(text) => text.chars().count(),
        Value::Array(items) => items.len(),
        Value::Object(members) => members.len(),
        Value::Null | Value::Bool(_) | Value::Number(_) => 0,
    });
    let fault = match error.code.as_ref() {
        "length" => {
            #[expect(
                clippy::cast_precision_loss,
                reason = "a body of 1 MiB has no length beyond 2^52"
            )]
            let too_short = size
                .zip(number("min"))
                .is_some_and(|(size, min)| (size as f64) < min);
            if too_short {
                FieldFault::TooShort
            } else {
                FieldFault::TooLong
            }
        }
        "range" => FieldFault::OutOfRange,
        "required" => FieldFault::Required,
        "email" | "url" | "regex" => FieldFault::WrongFormat,
        "inconsistent" => FieldFault::Inconsistent,
        _ => FieldFault::Invalid,
    };
    ["min", "max"]
        .into_iter()
        .fold(FieldError::new(pointer, fault), |found, bound| {
            match error.params.get(bound) {
                Some(value) => found.with(bound, value),
                None => found,
            }
        })
}

/// Where a JSON value holds what no body may: a text with NUL, which one of the databases cannot keep, a text
/// of nothing but white space (that of Chinese typing, too), which states nothing, or a null, unless nulls have a
/// meaning here (they clear, in a PATCH). The empty text is left to the bounds of its field.
pub(super) fn of_contents(value: &Value, null_clears: bool) -> Vec<FieldError> {
    let mut found = Vec::new();
    walk(value, null_clears, &mut String::new(), &mut found);
    found
}

/// The longest pointer that is followed, in bytes: no field of ours lies as deep or is called so long.
const POINTER_BYTES_MAX: usize = 1000;

fn walk(value: &Value, null_clears: bool, pointer: &mut String, found: &mut Vec<FieldError>) {
    // Every fault copies its pointer: both are bounded, or one body could fill the memory.
    if found.len() >= ERRORS_MAX {
        return;
    }
    if pointer.len() > POINTER_BYTES_MAX {
        found.push(FieldError::new("", FieldFault::UnknownField));
        return;
    }
    let length = pointer.len();
    match value {
        Value::Null if !null_clears => {
            found.push(FieldError::new(pointer.as_str(), FieldFault::NullNotAllowed));
        }
        Value::String(text) if text.contains('\0') => {
            found.push(FieldError::new(pointer.as_str(), FieldFault::CharacterNotAllowed));
        }
        Value::String(text) if !text.is_empty() && text.trim().is_empty() => {
            found.push(FieldError::new(pointer.as_str(), FieldFault::TooShort).with("min", 1));
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                extend(pointer, &index.to_string());
                walk(item, null_clears, pointer, found);
                pointer.truncate(length);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                extend(pointer, &escaped(name));
                walk(member, null_clears, pointer, found);
                pointer.truncate(length);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn extend(pointer: &mut String, segment: &str) {
    pointer.push('/');
    pointer.push_str(segment);
}
