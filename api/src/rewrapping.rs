//! Wrapping the cases' keys by the master key in use, after it was changed: a little at a time, beside the commands,
//! which do not wait for it. Every replica does; what one has done another finds done.

use std::time::{Duration, Instant};

use crate::desk::Desk;

/// How long it rests when nothing waits for it: new keys of an older master key come only from replicas that still use
/// it.
const IDLE: Duration = Duration::from_secs(30);

/// Wraps until the service ends. It takes a fifth of one thread's time at most, so that commands come first.
pub async fn for_ever(desk: Desk) {
    loop {
        let begun = Instant::now();
        let more = match desk.blocking(|archive| archive.tend_keys()).await {
            Ok(more) => more,
            Err(problem) => {
                tracing::warn!(problem = ?problem, "the keys of cases could not be wrapped anew");
                false
            }
        };
        let rest = if more { begun.elapsed() * 4 } else { IDLE };
        actix_web::rt::time::sleep(rest).await;
    }
}
