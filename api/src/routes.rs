//! The table of contents: every operation in reading order.
//!
//! Registering an operation here registers its documentation too, so neither can exist alone.

use actix_web::body::BoxBody;
use actix_web::dev::{HttpServiceFactory, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::http::header::STRICT_TRANSPORT_SECURITY;
use actix_web::middleware::{Condition, DefaultHeaders, from_fn};
use actix_web::web::{self, Bytes, Data};
use actix_web::{App, Error};
use serde_json::Value;
use utoipa_actix_web::service_config::ServiceConfig as Documented;
use utoipa_actix_web::{AppExt, OpenApiFactory};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::access::list_access_log::list_access_log;
use crate::access::list_case_accesses::list_case_accesses;
use crate::calendar::apply_calendar_import::apply_calendar_import;
use crate::calendar::calculate_due_date::calculate_due_date;
use crate::calendar::get_calendar::get_calendar;
use crate::calendar::get_calendar_import::get_calendar_import;
use crate::calendar::import_calendar::import_calendar;
use crate::calendar::list_calendar_days::list_calendar_days;
use crate::calendar::list_calendar_imports::list_calendar_imports;
use crate::calendar::list_calendars::list_calendars;
use crate::calendar::list_import_moves::list_import_moves;
use crate::calendar::stream_calendar_import::stream_calendar_import;
use crate::caller;
use crate::case::case_routes;
use crate::checkpoint::get_checkpoint::get_checkpoint;
use crate::checkpoint::list_audit_keys::list_audit_keys;
use crate::checkpoint::list_checkpoints::list_checkpoints;
use crate::client::create_client::create_client;
use crate::client::get_client::get_client;
use crate::client::issue_client_token::issue_client_token;
use crate::client::list_clients::list_clients;
use crate::client::rotate_client_secret::rotate_client_secret;
use crate::client::update_client::update_client;
use crate::code_list::get_code_list::get_code_list;
use crate::code_list::list_code_lists::list_code_lists;
use crate::contract;
use crate::delegation::delegate_authority::delegate_authority;
use crate::delegation::end_delegation::end_delegation;
use crate::delegation::get_delegation::get_delegation;
use crate::delegation::list_delegations::list_delegations;
use crate::desk::Desk;
use crate::directory::Directory;
use crate::door::{self, Door};
use crate::limits::{self, Limits};
use crate::notification::list_notifications::list_notifications;
use crate::notification::mark_notifications_read::mark_notifications_read;
use crate::office::create_office::create_office;
use crate::office::get_office::get_office;
use crate::office::list_offices::list_offices;
use crate::office::list_positions::list_positions;
use crate::office::update_office::update_office;
use crate::outside::Outside;
use crate::rulebook::activate_rulebook::activate_rulebook;
use crate::rulebook::check_rulebook::check_rulebook;
use crate::rulebook::compare_rulebook::compare_rulebook;
use crate::rulebook::decide_rulebook::decide_rulebook;
use crate::rulebook::draft_rulebook::draft_rulebook;
use crate::rulebook::dry_run_rulebook::dry_run_rulebook;
use crate::rulebook::get_rulebook::get_rulebook;
use crate::rulebook::get_rulebook_schema::get_rulebook_schema;
use crate::rulebook::get_rulebook_version::get_rulebook_version;
use crate::rulebook::list_clauses::list_clauses;
use crate::rulebook::list_rulebook_versions::list_rulebook_versions;
use crate::rulebook::list_rulebooks::list_rulebooks;
use crate::rulebook::revise_rulebook_draft::revise_rulebook_draft;
use crate::rulebook::submit_rulebook::submit_rulebook;
use crate::session::change_password::change_password;
use crate::session::get_session::get_session;
use crate::session::list_sessions::list_sessions;
use crate::session::log_in::log_in;
use crate::session::log_out::log_out;
use crate::session::refresh_session::refresh_session;
use crate::session::revoke_session::revoke_session;
use crate::sign_in::finish_sign_in::finish_sign_in;
use crate::sign_in::link_sign_in::link_sign_in;
use crate::sign_in::list_sign_in_links::list_sign_in_links;
use crate::sign_in::list_sign_in_providers::list_sign_in_providers;
use crate::sign_in::start_sign_in::start_sign_in;
use crate::sign_in::unlink_sign_in::unlink_sign_in;
use crate::staff::create_staff_member::create_staff_member;
use crate::staff::deactivate_staff_member::deactivate_staff_member;
use crate::staff::get_staff_member::get_staff_member;
use crate::staff::list_staff::list_staff;
use crate::staff::reset_password::reset_password;
use crate::staff::transfer_duties::transfer_duties;
use crate::staff::update_staff_member::update_staff_member;
use crate::system::get_demo_clock::get_demo_clock;
use crate::system::get_liveness::get_liveness;
use crate::system::get_metrics::{Metrics, get_metrics};
use crate::system::get_openapi_document::{ContractText, get_openapi_document};
use crate::system::get_readiness::get_readiness;
use crate::system::list_sweeps::list_sweeps;
use crate::system::set_demo_clock::set_demo_clock;
use crate::traffic::{self, Traffic};
use crate::trail;
use crate::unit::appoint_accountable_officer::appoint_accountable_officer;
use crate::unit::create_unit::create_unit;
use crate::unit::deactivate_unit::deactivate_unit;
use crate::unit::get_unit::get_unit;
use crate::unit::list_units::list_units;
use crate::unit::update_unit::update_unit;
use crate::window::create_window::create_window;
use crate::window::get_window::get_window;
use crate::window::list_windows::list_windows;
use crate::window::update_window::update_window;

/// Where an operation is entered: in the application alone, or in the contract too.
pub(crate) trait Register {
    /// Enters an operation.
    fn service<O: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: O) -> &mut Self;
}

impl Register for web::ServiceConfig {
    fn service<O: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: O) -> &mut Self {
        self.service(operation)
    }
}

impl Register for Documented<'_> {
    fn service<O: HttpServiceFactory + OpenApiFactory + 'static>(&mut self, operation: O) -> &mut Self {
        self.service(operation)
    }
}

/// Every operation.
fn routes(service: &mut impl Register) {
    // Logging in, who I am, logging out.
    service
        .service(log_in)
        .service(refresh_session)
        .service(get_session)
        .service(change_password)
        .service(log_out)
        .service(list_sessions)
        .service(revoke_session);
    // Signing in at a provider that vouches for people.
    service
        .service(list_sign_in_providers)
        .service(start_sign_in)
        .service(finish_sign_in)
        .service(list_sign_in_links)
        .service(link_sign_in)
        .service(unlink_sign_in);
    // Machine clients.
    service
        .service(issue_client_token)
        .service(list_clients)
        .service(create_client)
        .service(get_client)
        .service(update_client)
        .service(rotate_client_secret);
    // Offices.
    service
        .service(list_offices)
        .service(create_office)
        .service(get_office)
        .service(update_office)
        .service(list_positions);
    // Units.
    service
        .service(list_units)
        .service(create_unit)
        .service(get_unit)
        .service(update_unit)
        .service(appoint_accountable_officer)
        .service(deactivate_unit);
    // Windows.
    service
        .service(list_windows)
        .service(create_window)
        .service(get_window)
        .service(update_window);
    // Staff.
    service
        .service(list_staff)
        .service(create_staff_member)
        .service(get_staff_member)
        .service(update_staff_member)
        .service(reset_password)
        .service(transfer_duties)
        .service(deactivate_staff_member);
    // Who acts for whom.
    service
        .service(list_delegations)
        .service(delegate_authority)
        .service(get_delegation)
        .service(end_delegation);
    // Rulebooks.
    service
        .service(list_rulebooks)
        .service(get_rulebook)
        .service(list_clauses)
        .service(list_rulebook_versions)
        .service(get_rulebook_version)
        .service(draft_rulebook)
        .service(revise_rulebook_draft)
        .service(submit_rulebook)
        .service(decide_rulebook)
        .service(activate_rulebook)
        .service(check_rulebook)
        .service(dry_run_rulebook)
        .service(compare_rulebook)
        .service(get_rulebook_schema);
    // Calendars.
    service
        .service(list_calendars)
        .service(get_calendar)
        .service(list_calendar_days)
        .service(calculate_due_date)
        .service(import_calendar)
        .service(list_calendar_imports)
        .service(get_calendar_import)
        .service(stream_calendar_import)
        .service(list_import_moves)
        .service(apply_calendar_import);
    // What codes mean.
    service.service(list_code_lists).service(get_code_list);
    // Cases, their history and what is owed on them.
    case_routes(service);
    // What one is told.
    service
        .service(list_notifications)
        .service(mark_notifications_read);
    // Proof of what was done.
    service
        .service(list_audit_keys)
        .service(list_checkpoints)
        .service(get_checkpoint);
    // Who read what is kept secret.
    service.service(list_case_accesses).service(list_access_log);
    // The service itself.
    service
        .service(get_liveness)
        .service(get_readiness)
        .service(get_openapi_document)
        .service(get_metrics)
        .service(list_sweeps)
        .service(get_demo_clock)
        .service(set_demo_clock);
}

/// The contract of these routes, made from the code; what is served is the one that is checked in, which is the same.
pub fn document() -> Value {
    document_of(|service| routes(service))
}

fn document_of(routes: fn(&mut Documented)) -> Value {
    let (_, registered) = App::new()
        .into_utoipa_app()
        .openapi(contract::base())
        .configure(routes)
        .split_for_parts();
    contract::finish(&registered)
}

/// What all copies of the application share: the routes, their contract, and what is read off it.
#[derive(Clone)]
pub struct Shared {
    routes: fn(&mut web::ServiceConfig),
    text: Data<ContractText>,
    directory: Data<Directory>,
    door: Data<Door>,
    limits: Data<Limits>,
    outside: Data<Outside>,
    traffic: Data<Traffic>,
    desk: Option<Data<Desk>>,
    metrics_elsewhere: bool,
}

impl Shared {
    /// Reads the contract and what follows from it, once for all workers, before this desk.
    pub fn new(desk: Desk) -> Self {
        Self {
            desk: Some(Data::new(desk)),
            ..Self::of(routes, Bytes::from_static(contract::CHECKED_IN.as_bytes()))
        }
    }

    /// The same, with the metrics on an address of their own, which [`metrics_application`] serves.
    #[must_use]
    pub fn with_metrics_elsewhere(self) -> Self {
        Self {
            metrics_elsewhere: true,
            ..self
        }
    }

    /// The same, with another door.
    #[must_use]
    pub fn with_door(self, door: Door) -> Self {
        Self {
            door: Data::new(door),
            ..self
        }
    }

    /// The same, with other limits.
    #[must_use]
    pub fn with_limits(self, limits: Limits) -> Self {
        Self {
            limits: Data::new(limits),
            ..self
        }
    }

    /// The same, with this outside.
    #[must_use]
    pub fn with_outside(self, outside: Outside) -> Self {
        Self {
            outside: Data::new(outside),
            ..self
        }
    }

    fn metrics(&self) -> Option<Data<Metrics>> {
        let desk = self.desk.clone()?;
        Some(Data::new(Metrics::new(
            desk,
            self.door.clone(),
            self.traffic.clone(),
        )))
    }

    /// The same without a desk: only operations that are open to anyone and ask the archive nothing answer.
    pub fn without_desk() -> Self {
        Self::of(routes, Bytes::from_static(contract::CHECKED_IN.as_bytes()))
    }

    /// Routes without a desk, of which only those that are open to anyone and ask the archive nothing can be called,
    /// and their contract.
    ///
    /// # Panics
    /// If the contract is not JSON: a test holds the one that is checked in against the code.
    pub(crate) fn of(routes: fn(&mut web::ServiceConfig), contract: Bytes) -> Self {
        let document: Value = serde_json::from_slice(&contract).expect("the contract is JSON");
        let directory = Directory::of(&document);
        Self {
            routes,
            door: Data::default(),
            limits: Data::default(),
            outside: Data::default(),
            traffic: Data::new(Traffic::of(&directory)),
            text: Data::new(ContractText(contract)),
            directory: Data::new(directory),
            desk: None,
            metrics_elsewhere: false,
        }
    }
}

/// The application: the routes, the documentation at `/docs`, and around both what every request gets.
pub fn application(
    shared: &Shared,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let mut app = App::new()
        .app_data(shared.text.clone())
        .app_data(shared.directory.clone())
        .app_data(shared.door.clone())
        .app_data(shared.limits.clone())
        .app_data(shared.outside.clone())
        .app_data(shared.traffic.clone());
    if let Some(desk) = &shared.desk {
        app = app.app_data(desk.clone());
    }
    if let Some(metrics) = shared.metrics().filter(|_| !shared.metrics_elsewhere) {
        app = app.app_data(metrics);
    }
    let outside = &shared.outside;
    let tls = format!("max-age={}; includeSubDomains", outside.hsts_seconds);
    // The last one stands outermost: counted, told to browsers, accompanied, not too often, let in, recognised.
    app.wrap(from_fn(caller::recognise))
        .wrap(from_fn(door::admit))
        .wrap(from_fn(limits::limit))
        .wrap(from_fn(trail::accompany))
        .wrap(Condition::new(!outside.origins.is_empty(), outside.cors()))
        .wrap(from_fn(trail::complete))
        .wrap(Condition::new(
            outside.hsts_seconds > 0,
            DefaultHeaders::new().add((STRICT_TRANSPORT_SECURITY, tls)),
        ))
        .wrap(from_fn(traffic::count))
        .configure(shared.routes)
        .service(web::redirect("/docs", "/docs/"))
        .service(
            SwaggerUi::new("/docs/{_:.*}").config(
                Config::from("/openapi.json")
                    .persist_authorization(true)
                    .try_it_out_enabled(true)
                    .display_operation_id(true),
            ),
        )
}

/// The application that shows the metrics, and nothing else, on an address of their own.
pub fn metrics_application(
    shared: &Shared,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    let mut app = App::new();
    if let Some(metrics) = shared.metrics() {
        app = app.app_data(metrics);
    }
    app.wrap(from_fn(trail::accompany)).service(get_metrics)
}

#[cfg(test)]
mod tests;
