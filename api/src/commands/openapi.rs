//! `huiyin openapi`: the contract, as it is checked in.

use super::{Failure, tell};
use crate::{contract, routes};

/// Prints the `OpenAPI` document.
///
/// # Errors
/// None; the signature is that of every command.
#[expect(clippy::unnecessary_wraps, reason = "the signature is that of every command")]
pub fn print() -> Result<(), Failure> {
    tell(contract::text(&routes::document()).trim_end());
    Ok(())
}
