//! Notifications: what one was told.

pub(crate) mod list_notifications;
pub(crate) mod mark_notifications_read;
pub(crate) mod pruning;
pub(crate) mod view;

use persistence::notification::Addressee;

use crate::caller::Caller;

/// The caller, as somebody who is told things.
fn addressee(caller: &Caller) -> Addressee {
    Addressee {
        office: caller.office_id,
        staff: caller.staff_id,
        keys: caller.keys.clone(),
    }
}
