//! The binary `huiyin`.

use std::process::ExitCode;

use actix_web::HttpServer;
use api::routes::{Shared, application};
use api::settings::Settings;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// How long a client may take to send the head of a request.
const HEAD_ARRIVAL_MAX: std::time::Duration = std::time::Duration::from_secs(5);

/// How long requests under way may take to end when the service is told to stop, in seconds.
const SHUTDOWN_SECONDS: u64 = 20;

#[actix_web::main]
async fn main() -> ExitCode {
    let settings = match Settings::read(|name| std::env::var_os(name)) {
        Ok(settings) => settings,
        Err(faults) => return failed(&faults),
    };
    tracing_subscriber::registry()
        .with(tracing_subscriber::fmt::layer().with_writer(std::io::stderr))
        .with(settings.log.clone())
        .init();
    match serve(&settings).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => failed(&error),
    }
}

async fn serve(settings: &Settings) -> std::io::Result<()> {
    let shared = Shared::without_desk();
    HttpServer::new(move || application(&shared))
        .client_request_timeout(HEAD_ARRIVAL_MAX)
        .shutdown_timeout(SHUTDOWN_SECONDS)
        .bind(settings.listen)?
        .run()
        .await
}

#[expect(
    clippy::print_stderr,
    reason = "the log may not be set up yet, and whoever started the service must see it"
)]
fn failed(reason: &dyn std::fmt::Display) -> ExitCode {
    eprintln!("huiyin: {reason}");
    ExitCode::FAILURE
}
