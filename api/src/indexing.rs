//! Indexing what cases say, for words to be found faster: a little at a time, beside the commands.

use std::time::{Duration, Instant};

use crate::desk::Desk;

/// How long it rests when nothing waits for it.
const IDLE: Duration = Duration::from_secs(1);

/// With more cases than this waiting, it takes more of the time: half as many as a search reads besides the index.
const MANY: u64 = 1000;

/// Indexes until the service ends. It takes a fifth of one thread's time at most, so that commands come first, and half
/// of it while many cases wait, so that the searches do not have to read them all.
pub async fn for_ever(desk: Desk) {
    loop {
        let begun = Instant::now();
        let more = match desk.blocking(|archive| archive.tend_search()).await {
            Ok(more) => more,
            Err(problem) => {
                tracing::warn!(problem = ?problem, "what cases say could not be indexed");
                false
            }
        };
        let rest = if more {
            let many = desk.archive.measures().to_index() > MANY;
            begun.elapsed() * if many { 1 } else { 4 }
        } else {
            IDLE
        };
        actix_web::rt::time::sleep(rest).await;
    }
}
