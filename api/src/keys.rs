//! Keys that are made of the installation's one secret: one for each purpose, none of which tells another.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

/// The key for a purpose.
pub(crate) fn derived(secret: &[u8], purpose: &[u8]) -> Hmac<Sha256> {
    keyed(&keyed(secret).chain_update(purpose).finalize().into_bytes())
}

fn keyed(secret: &[u8]) -> Hmac<Sha256> {
    Hmac::new_from_slice(secret).expect("HMAC takes keys of any length")
}
