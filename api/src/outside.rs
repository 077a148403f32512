//! What stands between this service and the outside: which front ends may ask from other sites, which proxies pass
//! requests on, whether there is TLS in front.

use std::net::{IpAddr, SocketAddr};

use actix_cors::Cors;
use actix_web::http::header::{self, HeaderMap, HeaderName};
use actix_web::http::{Method, Uri};
use ipnet::IpNet;

/// The longest address of a request (path and query), in bytes. What is longer belongs into a body.
const ADDRESS_BYTES_MAX: usize = 8 * 1024;
/// How many bytes of headers a request may have.
const HEADERS_BYTES_MAX: usize = 16 * 1024;
/// How many headers a request may have.
const HEADERS_MAX: usize = 64;
/// How long a browser may remember what it was told about another site's requests, in seconds.
const PREFLIGHT_SECONDS: usize = 3600;

/// What stands outside. By default nothing.
#[derive(Debug, Clone, Default)]
pub struct Outside {
    /// The origins whose front ends may ask from a browser, such as `https://desk.example`.
    pub origins: Vec<String>,
    /// The proxies whose word on who asks is taken.
    pub proxies: Vec<IpNet>,
    /// For how many seconds browsers shall insist on TLS; 0: nothing is said.
    pub hsts_seconds: u32,
}

impl Outside {
    /// Who asks: the address at the other end of the line, or, where that is one of the proxies, the last one in
    /// `X-Forwarded-For` that is none. What stands before it anybody can have written.
    pub fn client_of(&self, peer: Option<SocketAddr>, headers: &HeaderMap) -> Option<IpAddr> {
        let mut client = peer?.ip().to_canonical();
        let told: Vec<&str> = headers
            .get_all(HeaderName::from_static("x-forwarded-for"))
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .collect();
        for address in told.into_iter().rev() {
            if !self.is_proxy(client) {
                break;
            }
            let Ok(address) = address.trim().parse::<IpAddr>() else {
                break;
            };
            client = address.to_canonical();
        }
        Some(client)
    }

    fn is_proxy(&self, address: IpAddr) -> bool {
        self.proxies.iter().any(|proxies| proxies.contains(&address))
    }

    /// What browsers are told of requests from other sites. No cookie is ever asked for: who asks says so by a token.
    pub(crate) fn cors(&self) -> Cors {
        let cors = Cors::default()
            .allowed_methods([
                Method::GET,
                Method::POST,
                Method::PUT,
                Method::PATCH,
                Method::DELETE,
            ])
            .allowed_headers([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                header::ACCEPT,
                header::ACCEPT_LANGUAGE,
                header::IF_MATCH,
                HeaderName::from_static("idempotency-key"),
                HeaderName::from_static("prefer"),
                HeaderName::from_static("receipt-session"),
                HeaderName::from_static("traceparent"),
            ])
            .expose_headers([
                header::ETAG,
                header::LOCATION,
                header::RETRY_AFTER,
                header::CONTENT_LANGUAGE,
                HeaderName::from_static("idempotency-replayed"),
                HeaderName::from_static("request-id"),
            ])
            .max_age(PREFLIGHT_SECONDS);
        self.origins
            .iter()
            .fold(cors, |cors, origin| cors.allowed_origin(origin))
    }
}

/// Whether the head of a request is larger than any of ours. The body is bounded where it is read.
pub(crate) fn head_is_too_large(uri: &Uri, headers: &HeaderMap) -> bool {
    let address = uri.path().len() + uri.query().map_or(0, str::len);
    let bytes: usize = headers
        .iter()
        .map(|(name, value)| name.as_str().len() + value.len())
        .sum();
    address > ADDRESS_BYTES_MAX || bytes > HEADERS_BYTES_MAX || headers.len() > HEADERS_MAX
}

#[cfg(test)]
mod tests {
    use actix_web::test::TestRequest;

    use super::*;

    #[test]
    fn only_a_trusted_proxy_says_who_asks() {
        let outside = Outside {
            proxies: vec!["10.0.0.0/8".parse().unwrap()],
            ..Outside::default()
        };
        let client = |peer: &str, told: &[&str]| {
            let request = told.iter().fold(TestRequest::default(), |request, told| {
                request.append_header(("x-forwarded-for", *told))
            });
            let peer = format!("{peer}:1234").parse().unwrap();
            let headers = request.to_http_request().headers().clone();
            outside.client_of(Some(peer), &headers).unwrap().to_string()
        };
        assert_eq!(client("203.0.113.7", &[]), "203.0.113.7");
        assert_eq!(
            client("203.0.113.7", &["198.51.100.1"]),
            "203.0.113.7",
            "a stranger's word"
        );
        assert_eq!(client("10.0.0.1", &["198.51.100.1"]), "198.51.100.1");
        assert_eq!(
            client("10.0.0.1", &["1.2.3.4, 198.51.100.1, 10.0.0.9"]),
            "198.51.100.1"
        );
        assert_eq!(client("10.0.0.1", &["1.2.3.4", "198.51.100.1"]), "198.51.100.1");
        assert_eq!(client("10.0.0.1", &["no address"]), "10.0.0.1");
        assert_eq!(client("10.0.0.1", &[]), "10.0.0.1");
    }
}
