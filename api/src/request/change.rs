//! The fields of a PATCH body: absent leaves alone, a value sets, null clears where there is something to clear.

#![expect(
    clippy::option_option,
    reason = "absent leaves alone, null clears, a value sets: three things"
)]

use serde::{Deserialize, Deserializer};

/// Reads a field that can be cleared: null is `Some(None)`. Together with `#[serde(default)]`.
pub(crate) fn cleared_or_set<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<Option<T>>, D::Error> {
    Option::deserialize(deserializer).map(Some)
}

/// Reads a field that cannot be cleared: null is refused. Together with `#[serde(default)]`.
pub(crate) fn given<'de, T: Deserialize<'de>, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}
