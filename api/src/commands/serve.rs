//! `huiyin serve`: the service itself.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use actix_web::HttpServer;
use actix_web::body::MessageBody;
use actix_web::dev::{Service as _, ServiceResponse};
use actix_web::http::ConnectionType;
use actix_web::rt::signal::unix::{SignalKind, signal};
use actix_web::rt::time::sleep;
use persistence::DatabaseUrl;

use super::{Failure, open_desk, settings, tell};
use crate::calendar::run;
use crate::checkpoint::making::Making;
use crate::demo;
use crate::desk::{Desk, apart};
use crate::limits::{Limits, PER_ACCOUNT};
use crate::notification::pruning;
use crate::outside::Outside;
use crate::password;
use crate::routes::{Shared, application, metrics_application};
use crate::settings::{Mode, Settings};
use crate::{indexing, outbox, rewrapping, sweep};

/// How long a client may take to send the head of a request.
const HEAD_ARRIVAL_MAX: Duration = Duration::from_secs(5);

/// How long answers tell their clients to leave before connections are closed. What a client sends on a connection at
/// the moment when it is closed is read and never answered; one that was told to leave sends nothing there.
const LAST_CALL: Duration = Duration::from_millis(500);

/// How long requests under way may take to end when the service is told to stop, in seconds.
const SHUTDOWN_SECONDS: u64 = 20;

/// Serves until somebody says stop (SIGTERM or SIGINT); requests under way are answered first.
///
/// # Errors
/// Faulty settings, a database that cannot be opened, an address that is taken.
pub async fn serve() -> Result<(), Failure> {
    let settings = settings()?;
    let making = Making::of(&settings)?;
    let desk = open_desk(&settings)?;
    let greeting = match settings.mode {
        Mode::Demo => furnished(&settings, &desk).await?,
        Mode::Production if holds_demonstration(&desk).await? => {
            return Err(
                "HUIYIN_DATABASE_URL holds a demonstration, whose passwords are known: production needs a \
                        database of its own"
                    .into(),
            );
        }
        Mode::Production => format!("Huiyin listens on http://{}/docs", settings.listen),
    };
    let shared = Shared::new(desk.clone())
        .with_limits(Limits::new(settings.log_ins_per_minute, PER_ACCOUNT))
        .with_outside(Outside {
            origins: settings.cors_origins.clone(),
            proxies: settings.trusted_proxies.clone(),
            hsts_seconds: settings.hsts_seconds,
        });
    let shared = match settings.metrics_listen {
        Some(_) => shared.with_metrics_elsewhere(),
        None => shared,
    };
    let apart = shared.clone();
    let metrics = settings
        .metrics_listen
        .map(|address| {
            HttpServer::new(move || metrics_application(&apart))
                .workers(1)
                .disable_signals()
                .bind(address)
        })
        .transpose()?
        .map(HttpServer::run);
    let leaving = Arc::new(AtomicBool::new(false));
    let told = Arc::clone(&leaving);
    let server = HttpServer::new(move || {
        let leaving = Arc::clone(&told);
        application(&shared).wrap_fn(move |request, inner| {
            let (leaving, answer) = (Arc::clone(&leaving), inner.call(request));
            async move { answer.await.map(|answer| last_if(&leaving, answer)) }
        })
    })
    .client_request_timeout(HEAD_ARRIVAL_MAX)
    .shutdown_timeout(SHUTDOWN_SECONDS)
    .disable_signals()
    .bind(settings.listen)?
    .run();
    tell(&greeting);
    tracing::info!(public_key = making.public_key(), "checkpoints are signed");
    let handle = server.handle();
    let showing = metrics.map(actix_web::rt::spawn);
    let sweeping = [
        actix_web::rt::spawn(sweep::for_ever(desk.clone())),
        actix_web::rt::spawn(run::for_ever(desk.clone())),
        actix_web::rt::spawn(indexing::for_ever(desk.clone())),
        actix_web::rt::spawn(rewrapping::for_ever(desk.clone())),
        actix_web::rt::spawn(outbox::for_ever(desk.clone(), settings.outbox_days)),
        actix_web::rt::spawn(pruning::for_ever(desk.clone(), settings.notification_days)),
        actix_web::rt::spawn(making.for_ever(desk.clone())),
    ];
    let (mut terminate, mut interrupt) = (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    actix_web::rt::spawn(async move {
        std::future::poll_fn(|context| {
            let told = terminate.poll_recv(context).is_ready() | interrupt.poll_recv(context).is_ready();
            if told {
                std::task::Poll::Ready(())
            } else {
                std::task::Poll::Pending
            }
        })
        .await;
        tracing::info!("stopping: no new requests, those under way are answered");
        handle.pause().await;
        leaving.store(true, Ordering::Relaxed);
        // Those who listen would be waited for; they come back to another replica.
        desk.streams.close();
        sleep(LAST_CALL).await;
        handle.stop(true).await;
    });
    let ended = server.await;
    for task in sweeping {
        task.abort();
    }
    if let Some(showing) = showing {
        showing.abort();
    }
    Ok(ended?)
}

/// The answer, as the last one on its connection if the service is about to leave.
fn last_if<B: MessageBody>(leaving: &AtomicBool, mut answer: ServiceResponse<B>) -> ServiceResponse<B> {
    if leaving.load(Ordering::Relaxed) {
        let head = answer.response_mut().head_mut();
        head.set_connection_type(ConnectionType::Close);
    }
    answer
}

/// Whether the database has an office that a demonstration made.
async fn holds_demonstration(desk: &Desk) -> Result<bool, Failure> {
    let (archive, rulebooks) = (desk.archive.clone(), desk.rulebooks.clone());
    let held = apart(move || demo::lives_in(&*archive, &rulebooks)).await;
    Ok(held.map_err(|problem| problem.to_string())??)
}

/// Sets the demonstration up; how to find one's way in it.
async fn furnished(settings: &Settings, desk: &Desk) -> Result<String, Failure> {
    let password = settings
        .demo_password
        .as_ref()
        .map_or_else(password::generate, |password| password.reveal().to_owned());
    let (archive, rulebooks, now, known) = (
        desk.archive.clone(),
        desk.rulebooks.clone(),
        desk.now(),
        password.clone(),
    );
    let offices = apart(move || demo::furnish(&*archive, &rulebooks, &known, now))
        .await
        .map_err(|problem| problem.to_string())??;
    demo::take_in(desk).await.map_err(|problem| problem.to_string())?;
    let examples: Vec<String> = desk
        .rulebooks
        .values()
        .zip(&offices)
        .filter_map(|(rulebook, office)| Some((rulebook.positions.first()?, office)))
        .map(|(position, office)| format!("    {office}.{}   {}", position.name, position.title))
        .collect();
    let database: DatabaseUrl = settings.database_url.reveal().parse()?;
    Ok(format!(
        "Huiyin (回音), a demonstration on {}\n\n  \
         Documentation   http://{}/docs\n  \
         Log in          log_in there (POST /api/v1/sessions), then Authorize with the access_token\n  \
         Password        {password}   (of every account)\n  \
         User names      OFFICE.POSITION, such as\n{}\n                  \
         also OFFICE.administrator, and {}\n",
        database,
        settings.listen,
        examples.join("\n"),
        demo::OPERATOR,
    ))
}
