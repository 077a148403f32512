//! The binary `huiyin`; its commands are in `commands`.

use std::process::ExitCode;

/// Every answer is made of many small pieces, on several threads at once.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

#[actix_web::main]
async fn main() -> ExitCode {
    api::commands::run().await
}
