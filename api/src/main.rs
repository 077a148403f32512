//! The binary `huiyin`; its commands are in `commands`.

use std::process::ExitCode;

#[actix_web::main]
async fn main() -> ExitCode {
    api::commands::run().await
}
