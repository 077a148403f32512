//! The vault's keys in the database: opening it, sealing what is older than it, and wrapping keys anew.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::connection::SimpleConnection;
use diesel::prelude::*;
use domain::ids::TextId;
use uuid::Uuid;

use super::pool::Store;
use super::{Connection, FORGET_UNSEALED, write};
use crate::case::CaseText;
use crate::schema::{case_keys, case_texts, case_texts_unsealed, vault_keys};
use crate::sql_types::Bind;
use crate::store_error::{Cause, StoreError};
use crate::vault::{CaseKey, KeysUnder, MasterKeys, Vault, Wrapped};
use crate::{Answer, store_error};

/// The name of the key under which people are found again.
const INDEX: &str = "index";

/// How many cases are sealed, or keys wrapped anew, in one transaction.
const AT_ONCE: i64 = 100;

/// What this is about, among what is measured.
const TABLE: &str = "case_keys";

/// Opens the vault of this database, founds it where there is none, and seals what is older than it. A process that
/// lacks a master key under which anything is sealed gets no vault: it could tell only part of what it is asked.
pub(in super::super) fn unlocked(connection: &mut Connection, masters: MasterKeys) -> Result<Vault, Cause> {
    let vault = write(connection, |connection| open(connection, masters))?;
    let mut sealed = false;
    while write(connection, |connection| seal_older(connection, &vault))? {
        sealed = true;
    }
    if sealed {
        connection.batch_execute(FORGET_UNSEALED)?;
    }
    Ok(vault)
}

fn open(connection: &mut Connection, masters: MasterKeys) -> Answer<Vault> {
    let kept: Option<(String, Vec<u8>)> = vault_keys::table
        .find(INDEX)
        .select((vault_keys::master_key, vault_keys::wrapped))
        .first(connection)
        .optional()?;
    if let Some((master_key, bytes)) = kept {
        let unknown: Option<String> = case_keys::table
            .filter(case_keys::master_key.ne_all(masters.names()))
            .select(case_keys::master_key)
            .first(connection)
            .optional()?;
        return match unknown {
            Some(master_key) => Err(StoreError::KeyMissing { master_key }),
            None => Vault::open(masters, &Wrapped { master_key, bytes }),
        };
    }
    let (vault, index) = Vault::found(masters);
    diesel::insert_into(vault_keys::table)
        .values((
            vault_keys::name.eq(INDEX),
            vault_keys::master_key.eq(index.master_key),
            vault_keys::wrapped.eq(index.bytes),
        ))
        .execute(connection)
        .map_err(|error| store_error::taken(error, store_error::Conflict::Key))?;
    Ok(vault)
}

/// An older text: office, case, id, kind, words, salt, moment.
type Older = (Uuid, Uuid, Uuid, String, String, Vec<u8>, DateTime<Utc>);

/// Seals the texts of some cases from before there was a vault; whether there were any.
fn seal_older(connection: &mut Connection, vault: &Vault) -> Answer<bool> {
    let places: Vec<(Uuid, Uuid)> = case_texts_unsealed::table
        .select((case_texts_unsealed::office_id, case_texts_unsealed::case_id))
        .order((case_texts_unsealed::office_id, case_texts_unsealed::case_id))
        .distinct()
        .limit(AT_ONCE)
        .load(connection)?;
    for (office, case) in &places {
        let its = case_texts_unsealed::table
            .filter(case_texts_unsealed::office_id.eq(Bind(*office)))
            .filter(case_texts_unsealed::case_id.eq(Bind(*case)));
        let older: Vec<Older> = its.select(case_texts_unsealed::all_columns).load(connection)?;
        let key = key_of(connection, vault, *office, *case)?;
        for (_, _, id, kind, body, salt, created_at) in older {
            let text = CaseText {
                id: TextId(id),
                kind,
                body,
                salt,
                marks: Vec::new(),
            };
            diesel::insert_into(case_texts::table)
                .values((
                    case_texts::office_id.eq(Bind(*office)),
                    case_texts::case_id.eq(Bind(*case)),
                    case_texts::id.eq(Bind(id)),
                    case_texts::sealed.eq(key.seal(&text)),
                    case_texts::kind.eq(text.kind),
                    case_texts::created_at.eq(Bind(created_at)),
                ))
                .execute(connection)?;
        }
        diesel::delete(its).execute(connection)?;
    }
    Ok(!places.is_empty())
}

/// The key of a case from before there was a vault: the one it got since, or a new one.
fn key_of(connection: &mut Connection, vault: &Vault, office: Uuid, case: Uuid) -> Answer<CaseKey> {
    let kept: Option<(String, Vec<u8>)> = case_keys::table
        .find((Bind(office), Bind(case)))
        .select((case_keys::master_key, case_keys::wrapped))
        .first(connection)
        .optional()?;
    if let Some((master_key, bytes)) = kept {
        return vault.key(office, case, &Wrapped { master_key, bytes });
    }
    let (key, wrapped) = vault.draw(office, case);
    diesel::insert_into(case_keys::table)
        .values((
            case_keys::office_id.eq(Bind(office)),
            case_keys::case_id.eq(Bind(case)),
            case_keys::master_key.eq(wrapped.master_key),
            case_keys::wrapped.eq(wrapped.bytes),
        ))
        .execute(connection)?;
    Ok(key)
}

/// The keys of these cases; an erased one has none.
pub(super) fn keys_of(
    connection: &mut Connection,
    vault: &Vault,
    office: Uuid,
    cases: &[Uuid],
) -> Answer<BTreeMap<Uuid, CaseKey>> {
    let kept: Vec<(Uuid, String, Vec<u8>)> = case_keys::table
        .filter(case_keys::office_id.eq(Bind(office)))
        .filter(case_keys::case_id.eq_any(super::case_filter::ids(cases, |case| *case)))
        .select((case_keys::case_id, case_keys::master_key, case_keys::wrapped))
        .load(connection)?;
    kept.into_iter()
        .map(|(case, master_key, bytes)| {
            let key = vault.key(office, case, &Wrapped { master_key, bytes })?;
            Ok((case, key))
        })
        .collect()
}

/// Wraps some of the keys that an older master key wraps by the one in use; whether more wait. A key that somebody else
/// has wrapped anew or destroyed meanwhile is left as it is. Nobody waits: commands only read keys.
pub(super) fn tend(store: &Store) -> Answer<bool> {
    let vault = &store.vault;
    let names = vault.masters().names();
    let Some((current, older)) = names.split_first().filter(|(_, older)| !older.is_empty()) else {
        return Ok(false);
    };
    let mut waiting: Vec<(Uuid, Uuid, String, Vec<u8>)> = store.read(TABLE, |connection| {
        let waiting = case_keys::table
            .filter(case_keys::master_key.eq_any(older))
            .filter(case_keys::master_key.ne(*current));
        Ok(waiting.limit(AT_ONCE).load(connection)?)
    })?;
    // Sorted, so that no two replicas wait for each other in a circle.
    waiting.sort_unstable();
    let more = i64::try_from(waiting.len()).is_ok_and(|waiting| waiting == AT_ONCE);
    let anew: Vec<(Uuid, Uuid, Vec<u8>, Wrapped)> = waiting
        .into_iter()
        .map(|(office, case, master_key, bytes)| {
            let before = Wrapped { master_key, bytes };
            let after = vault.wrap_anew(office, case, &before)?;
            Ok((office, case, before.bytes, after))
        })
        .collect::<Answer<_>>()?;
    let wrapped: usize = store.write(TABLE, |connection| {
        let mut wrapped = 0;
        for (office, case, before, after) in &anew {
            let its = case_keys::table
                .find((Bind(*office), Bind(*case)))
                .filter(case_keys::wrapped.eq(before));
            wrapped += diesel::update(its)
                .set((
                    case_keys::master_key.eq(&after.master_key),
                    case_keys::wrapped.eq(&after.bytes),
                ))
                .execute(connection)?;
        }
        if !more {
            let index = vault.index_wrapped_anew();
            diesel::update(
                vault_keys::table
                    .find(INDEX)
                    .filter(vault_keys::master_key.ne(*current)),
            )
            .set((
                vault_keys::master_key.eq(index.master_key),
                vault_keys::wrapped.eq(index.bytes),
            ))
            .execute(connection)?;
        }
        Ok(wrapped)
    })?;
    store.measures.wrapped.add(wrapped as u64);
    Ok(more)
}

/// How many keys each master key wraps, the one in use among them also if it wraps none.
pub(super) fn keys_under(connection: &mut Connection, vault: &Vault) -> Answer<Vec<KeysUnder>> {
    let count = diesel::dsl::sql::<diesel::sql_types::BigInt>("count(*)");
    let found: Vec<(String, i64)> = case_keys::table
        .group_by(case_keys::master_key)
        .select((case_keys::master_key, count))
        .load(connection)?;
    let index: String = vault_keys::table
        .find(INDEX)
        .select(vault_keys::master_key)
        .first(connection)?;
    let current = vault.masters().current();
    let mut keys: BTreeMap<String, u64> = found
        .into_iter()
        .map(|(master_key, keys)| (master_key, keys.unsigned_abs()))
        .collect();
    *keys.entry(index).or_default() += 1;
    keys.entry(current.to_owned()).or_default();
    Ok(keys
        .into_iter()
        .map(|(master_key, keys)| KeysUnder {
            current: master_key == current,
            master_key,
            keys,
        })
        .collect())
}
