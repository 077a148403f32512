//! Pages of a list, and the cursors between them.
//!
//! A cursor holds the place where a page ended and a seal. The seal binds it to the list, the filters and the
//! caller, so that nobody walks another's list, or another list, with it; what is in it is nobody's promise.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, Mac};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use sha2::Sha256;
use utoipa::IntoParams;
use uuid::Uuid;
use validator::Validate;

use crate::keys::derived;
use crate::password::random;
use crate::problem::{Kind, Problem};

/// How many items a page has when nobody says.
pub const LIMIT: u32 = 20;
/// How many items a page has at most.
pub const LIMIT_MAX: u32 = 100;
/// The longest cursor, in characters.
pub const CURSOR_CHARACTERS_MAX: usize = 1000;
/// How many bytes of the seal travel: 128 bits.
const SEAL_BYTES: usize = 16;
/// How many bytes the number has that is used once to hide a place.
const NONCE_BYTES: usize = 16;

/// The key that seals cursors, and the one that hides what some of them hold.
pub struct PageKey(Hmac<Sha256>, Hmac<Sha256>);

/// Two numbers that say how far somebody has read in an order that holds more than he may see. To know them would tell
/// how much of it there is, so that a [veiled](PageKey::veiled) cursor shows neither them nor whether two cursors hold
/// the same.
pub type VeiledPlace = [i64; 2];

impl PageKey {
    /// The key made of `secret`; apart from any other key made of it.
    pub fn new(secret: &[u8]) -> Self {
        Self(derived(secret, b"cursors"), derived(secret, b"veils"))
    }

    /// The cursor of a place that nobody can read out of it.
    pub fn veiled(&self, list: &List<'_, impl Serialize>, place: VeiledPlace) -> String {
        let nonce: [u8; NONCE_BYTES] = random();
        let mut hidden = nonce.to_vec();
        hidden.extend(self.veil(&nonce, place.map(i64::to_be_bytes).as_flattened()));
        let mut sealed = self.seal(list, &hidden).to_vec();
        sealed.extend(hidden);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// The place that a veiled cursor holds.
    ///
    /// # Errors
    /// As [`PageKey::place`].
    pub fn unveiled(&self, list: &List<'_, impl Serialize>, cursor: &str) -> Result<VeiledPlace, Problem> {
        let invalid = || Problem::from(Kind::CursorInvalid);
        let sealed = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
        let (seal, hidden) = sealed.split_at_checked(SEAL_BYTES).ok_or_else(invalid)?;
        if self.seal(list, hidden) != seal {
            return Err(invalid());
        }
        let (nonce, place) = hidden.split_at_checked(NONCE_BYTES).ok_or_else(invalid)?;
        let place = self.veil(nonce, place);
        let (first, second) = place.split_first_chunk().ok_or_else(invalid)?;
        let second = <[u8; 8]>::try_from(second).map_err(|_| invalid())?;
        Ok([i64::from_be_bytes(*first), i64::from_be_bytes(second)])
    }

    /// Hides what is shown, or shows what is hidden: at most 32 bytes, under a number that is used once.
    fn veil(&self, nonce: &[u8], bytes: &[u8]) -> Vec<u8> {
        let over = self.1.clone().chain_update(nonce).finalize().into_bytes();
        bytes.iter().zip(over).map(|(byte, over)| byte ^ over).collect()
    }

    /// The cursor for the page after `place`.
    ///
    /// # Panics
    /// Never: places and filters are texts and numbers, which are JSON.
    pub fn cursor(&self, list: &List<'_, impl Serialize>, place: &impl Serialize) -> String {
        let place = serde_json::to_vec(place).expect("a place of texts and numbers is JSON");
        let mut sealed = self.seal(list, &place).to_vec();
        sealed.extend(place);
        URL_SAFE_NO_PAD.encode(sealed)
    }

    /// Where a page begins: the place that its cursor names; none for the first page.
    ///
    /// # Errors
    /// As [`PageKey::place`].
    pub fn start<P: DeserializeOwned>(
        &self,
        list: &List<'_, impl Serialize>,
        cursor: Option<&str>,
    ) -> Result<Option<P>, Problem> {
        cursor.map(|cursor| self.place(list, cursor)).transpose()
    }

    /// The place that a cursor names.
    ///
    /// # Panics
    /// Never, as [`PageKey::cursor`].
    ///
    /// # Errors
    /// `cursor_invalid` unless it is one of this list, its filters and this caller.
    pub fn place<P: DeserializeOwned>(
        &self,
        list: &List<'_, impl Serialize>,
        cursor: &str,
    ) -> Result<P, Problem> {
        let invalid = || Problem::from(Kind::CursorInvalid);
        let sealed = URL_SAFE_NO_PAD.decode(cursor).map_err(|_| invalid())?;
        let (seal, place) = sealed.split_at_checked(SEAL_BYTES).ok_or_else(invalid)?;
        if self.seal(list, place) != seal {
            return Err(invalid());
        }
        serde_json::from_slice(place).map_err(|_| invalid())
    }

    fn seal(&self, list: &List<'_, impl Serialize>, place: &[u8]) -> [u8; SEAL_BYTES] {
        let mut filters = serde_json::to_value(list.filters).expect("filters of texts and numbers are JSON");
        // Where a page begins and how long it is are no filters.
        if let Some(filters) = filters.as_object_mut() {
            filters.remove("cursor");
            filters.remove("limit");
        }
        let scope = serde_json::to_vec(&(list.name, list.caller, filters)).expect("a value is JSON");
        let length = u64::try_from(scope.len()).unwrap_or(u64::MAX);
        let whole = self
            .0
            .clone()
            .chain_update(length.to_be_bytes())
            .chain_update(scope)
            .chain_update(place)
            .finalize()
            .into_bytes();
        let mut seal = [0; SEAL_BYTES];
        seal.copy_from_slice(&whole[..SEAL_BYTES]);
        seal
    }
}

/// Which page of a list that nothing narrows.
#[derive(Deserialize, Serialize, Validate, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub struct Paging {
    /// How many items; 20 if not said.
    #[validate(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100)]
    pub limit: Option<u32>,
    /// The `next_cursor` of the page before.
    #[validate(length(max = 1000))]
    #[param(max_length = 1000)]
    pub cursor: Option<String>,
}

/// Which list a cursor belongs to. Of the filters, `cursor` and `limit` do not count.
pub struct List<'a, F> {
    /// The operation's id.
    pub name: &'a str,
    /// Who asks; nil where anyone may.
    pub caller: Uuid,
    /// What narrows it.
    pub filters: &'a F,
}

/// Cuts `rows`, of which one more than `limit` was asked for, to a page: its rows, and the last of them if more
/// follow.
pub fn cut<T>(mut rows: Vec<T>, limit: u32) -> (Vec<T>, bool) {
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    let more = rows.len() > limit;
    rows.truncate(limit);
    (rows, more)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cursor_serves_its_own_list_filters_and_caller_only() {
        let key = PageKey::new(b"a secret of more than thirty-two bytes");
        let mine = List {
            name: "list_units",
            caller: Uuid::from_u128(1),
            filters: &("active", true),
        };
        let cursor = key.cursor(&mine, &("u1", 7));
        assert_eq!(
            key.place::<(String, i32)>(&mine, &cursor).unwrap(),
            ("u1".to_owned(), 7)
        );
        let others = [
            List {
                name: "list_staff",
                ..mine
            },
            List {
                caller: Uuid::from_u128(2),
                ..mine
            },
            List {
                filters: &("active", false),
                ..mine
            },
        ];
        for other in others {
            assert!(key.place::<(String, i32)>(&other, &cursor).is_err());
        }
        let another_key = PageKey::new(b"another secret of more than 32 bytes");
        assert!(another_key.place::<(String, i32)>(&mine, &cursor).is_err());
        for bad in ["", "x", "回", &cursor[..cursor.len() - 1], &format!("{cursor}A")] {
            let problem = key.place::<(String, i32)>(&mine, bad).unwrap_err();
            assert_eq!(problem.kind(), Kind::CursorInvalid, "{bad}");
        }
    }

    #[test]
    fn a_cursor_binds_neither_itself_nor_the_length_of_a_page() {
        let key = PageKey::new(b"a secret of more than thirty-two bytes");
        let list = |filters| List {
            name: "list_staff",
            caller: Uuid::nil(),
            filters,
        };
        let first = serde_json::json!({ "active": true, "limit": 2 });
        let second = serde_json::json!({ "active": true, "limit": 3, "cursor": "x" });
        let cursor = key.cursor(&list(&first), &7);
        assert_eq!(key.place::<i32>(&list(&second), &cursor).unwrap(), 7);
    }

    #[test]
    fn a_veiled_cursor_shows_nothing_and_serves_its_own_list_only() {
        let key = PageKey::new(b"a secret of more than thirty-two bytes");
        let list = |caller| List {
            name: "stream_duties",
            caller: Uuid::from_u128(caller),
            filters: &(),
        };
        let place = [7, i64::MAX];
        let (cursor, again) = (key.veiled(&list(1), place), key.veiled(&list(1), place));
        assert_ne!(cursor, again, "one does not see that nothing happened");
        assert_eq!(key.unveiled(&list(1), &cursor).unwrap(), place);
        assert_eq!(key.unveiled(&list(1), &again).unwrap(), place);
        assert!(key.unveiled(&list(2), &cursor).is_err());
        for bad in ["", "x", "回", &cursor[..cursor.len() - 1], &format!("{cursor}A")] {
            assert!(key.unveiled(&list(1), bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_page_is_cut_where_more_follows() {
        assert_eq!(cut(vec![1, 2, 3], 2), (vec![1, 2], true));
        assert_eq!(cut(vec![1, 2], 2), (vec![1, 2], false));
    }
}
