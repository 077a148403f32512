//! `list_sign_in_providers`: who else vouches for people here.

use actix_web::web::Data;
use actix_web::{HttpResponse, get};
use serde::Serialize;
use utoipa::ToSchema;

use crate::desk::Desk;

/// A provider that a front end may offer.
#[derive(Serialize, ToSchema)]
pub struct SignInProvider {
    /// What `start_sign_in` calls it.
    #[schema(max_length = 40, example = "keycloak")]
    name: String,
    /// What people read on the button.
    #[schema(max_length = 100, example = "统一身份认证")]
    title: String,
}

/// The providers.
#[derive(Serialize, ToSchema)]
pub struct SignInProviderPage {
    /// All of them; there are few.
    #[schema(max_items = 100)]
    items: Vec<SignInProvider>,
}

/// List the sign-in providers
///
/// The `OpenID` Connect providers at which people may sign in; a front end offers a button for each. For anyone.
#[utoipa::path(
    tag = "sessions",
    security(()),
    responses((status = 200, description = "The providers.", body = SignInProviderPage))
)]
#[get("/api/v1/sign-in-providers")]
pub(crate) async fn list_sign_in_providers(desk: Data<Desk>) -> HttpResponse {
    let providers = desk.sign_in.providers().iter().map(|provider| SignInProvider {
        name: provider.settings.name.clone(),
        title: provider.settings.title.clone(),
    });
    HttpResponse::Ok().json(SignInProviderPage {
        items: providers.collect(),
    })
}
