//! The table of contents: every operation in reading order.
//!
//! Registering an operation here registers its documentation too, so neither can exist alone.

use actix_web::body::BoxBody;
use actix_web::dev::{ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::web::{Bytes, Data};
use actix_web::{App, Error};
use serde_json::Value;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::caller;
use crate::case::case_routes;
use crate::contract;
use crate::desk::Desk;
use crate::directory::Directory;
use crate::system::get_liveness::get_liveness;
use crate::system::get_openapi_document::{ContractText, get_openapi_document};
use crate::trail;

/// Every operation.
fn routes(service: &mut ServiceConfig) {
    // Cases, their history and what is owed on them.
    service.configure(case_routes);
    // The service itself.
    service.service(get_liveness).service(get_openapi_document);
}

/// The contract of these routes.
pub fn document() -> Value {
    document_of(routes)
}

fn document_of(routes: fn(&mut ServiceConfig)) -> Value {
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
    routes: fn(&mut ServiceConfig),
    text: Data<ContractText>,
    directory: Data<Directory>,
    desk: Option<Data<Desk>>,
}

impl Shared {
    /// Makes the contract and what follows from it, once for all workers, before this desk.
    pub fn new(desk: Desk) -> Self {
        Self {
            desk: Some(Data::new(desk)),
            ..Self::of(routes)
        }
    }

    /// The same without a desk: only operations that are open to anyone and ask the archive nothing answer.
    pub fn without_desk() -> Self {
        Self::of(routes)
    }

    /// Routes without a desk, of which only those that are open to anyone and ask the archive nothing can be called.
    pub(crate) fn of(routes: fn(&mut ServiceConfig)) -> Self {
        let document = document_of(routes);
        Self {
            routes,
            text: Data::new(ContractText(Bytes::from(contract::text(&document)))),
            directory: Data::new(Directory::of(&document)),
            desk: None,
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
        .app_data(shared.directory.clone());
    if let Some(desk) = &shared.desk {
        app = app.app_data(desk.clone());
    }
    app.wrap(from_fn(caller::recognise))
        .wrap(from_fn(trail::accompany))
        .into_utoipa_app()
        .configure(shared.routes)
        .into_app()
        .service(SwaggerUi::new("/docs/{_:.*}").config(Config::from("/openapi.json")))
}

#[cfg(test)]
mod tests;
