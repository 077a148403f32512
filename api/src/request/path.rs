//! The parameters in the path of a request.

use std::future::{Ready, ready};

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use serde::de::DeserializeOwned;

use crate::problem::{Kind, Problem};

/// The parameters in the path. What is not even an id names nothing: `not_found`, like an id that names nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Path<T>(pub T);

impl<T: DeserializeOwned> FromRequest for Path<T> {
    type Error = Problem;
    type Future = Ready<Result<Self, Problem>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        // One of the databases cannot even be asked for it.
        if request
            .match_info()
            .iter()
            .any(|(_, value)| value.contains('\0') || value.contains("%00"))
        {
            return ready(Err(Kind::NotFound.into()));
        }
        let parameters = web::Path::<T>::from_request(request, payload).into_inner();
        ready(
            parameters
                .map(|parameters| Self(parameters.into_inner()))
                .map_err(|_| Kind::NotFound.into()),
        )
    }
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;
    use uuid::Uuid;

    use super::*;

    #[actix_web::test]
    async fn what_is_no_id_is_not_found() {
        let id = Uuid::from_u128(7);
        let request = |text: &str| {
            TestRequest::default()
                .param("case_id", text.to_owned())
                .to_http_request()
        };
        assert_eq!(
            Path::<Uuid>::extract(&request(&id.to_string())).await.unwrap(),
            Path(id)
        );
        for bad in ["7", "", "00000000-0000-0000-0000-00000000000g", "%00", "回音"] {
            assert_eq!(
                Path::<Uuid>::extract(&request(bad)).await.unwrap_err().kind(),
                Kind::NotFound,
                "{bad}"
            );
        }
    }
}
