//! `huiyin openapi`: the contract, as it is checked in.

use super::tell;
use crate::{contract, routes};

/// Prints the `OpenAPI` document.
pub fn print() {
    tell(contract::text(&routes::document()).trim_end());
}
