//! A sign-in provider of the tests' own: a real HTTP server with discovery, keys that rotate, and the authorization code
//! flow with PKCE. What it hands out can be forged, to see what the house makes of it.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::thread::{self, JoinHandle};

use actix_web::dev::ServerHandle;
use actix_web::rt::System;
use actix_web::web::{self, Data};
use actix_web::{App, HttpRequest, HttpResponse, HttpServer};
use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use serde::Deserialize;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::answer::Answer;
use crate::open_house::House;

/// Who the house is to the provider, and what proves it.
const CLIENT: (&str, &str) = ("huiyin", "a-secret-between-two-tests");

/// Where the provider sends browsers back to.
pub const REDIRECT_URI: &str = "https://desk.example/signed-in";

/// A key that the provider signs with.
pub struct SigningKey {
    /// Its id.
    pub id: String,
    /// The algorithm it is for.
    pub algorithm: Algorithm,
    /// The key itself.
    pub key: EncodingKey,
}

impl SigningKey {
    /// One of two keys for ES256.
    pub fn elliptic(id: &str, first: bool) -> Self {
        let text = if first {
            include_str!("provider/ec_1.txt")
        } else {
            include_str!("provider/ec_2.txt")
        };
        Self {
            id: id.to_owned(),
            algorithm: Algorithm::ES256,
            key: EncodingKey::from_ec_der(&der(text)),
        }
    }

    /// A key for RS256.
    pub fn rsa(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            algorithm: Algorithm::RS256,
            key: EncodingKey::from_rsa_der(&der(include_str!("provider/rsa.txt"))),
        }
    }

    /// What the provider publishes of it.
    pub fn public(&self) -> Value {
        let mut key = Jwk::from_encoding_key(&self.key, self.algorithm).expect("the key can be read");
        key.common.key_id = Some(self.id.clone());
        let mut key = serde_json::to_value(key).expect("a key is JSON");
        key["use"] = json!("sig");
        key
    }
}

fn der(text: &str) -> Vec<u8> {
    STANDARD
        .decode(text.trim())
        .expect("a key of the tests is base 64")
}

/// An id token before it is signed, and how to sign it.
pub struct Unsigned<'k> {
    /// Its head.
    pub head: Value,
    /// What it says.
    pub claims: Value,
    /// The keys the provider has.
    pub keys: &'k [SigningKey],
}

impl Unsigned<'_> {
    /// The token as the provider signs it: by the key that the head names, whatever else the head says.
    pub fn signed(&self) -> String {
        let key = self.keys.first().expect("a provider has a key");
        let message = self.message();
        let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key.key, key.algorithm);
        format!("{message}.{}", signature.expect("the key signs"))
    }

    /// The token without its signature.
    pub fn message(&self) -> String {
        let part = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
        format!("{}.{}", part(&self.head), part(&self.claims))
    }
}

type Forgery = Arc<dyn Fn(Unsigned) -> String + Send + Sync>;

struct State {
    issuer: String,
    keys: Vec<SigningKey>,
    subject: String,
    more: Value,
    now: i64,
    forgery: Option<Forgery>,
    /// What the discovery document says otherwise than it should.
    document: Value,
    codes: BTreeMap<String, Granted>,
    keys_asked: usize,
}

/// What a code stands for.
struct Granted {
    redirect_uri: String,
    challenge: String,
    nonce: String,
}

/// A running provider; stops when dropped.
pub struct Provider {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
    handle: ServerHandle,
    thread: Option<JoinHandle<()>>,
}

impl Provider {
    /// Starts a provider whose clock stands at `now`, in seconds since 1970.
    pub fn start(now: i64) -> Self {
        let state = Arc::new(Mutex::new(State {
            issuer: String::new(),
            keys: vec![SigningKey::elliptic("first", true)],
            subject: "subject-1".to_owned(),
            more: json!({}),
            now,
            forgery: None,
            document: json!({}),
            codes: BTreeMap::new(),
            keys_asked: 0,
        }));
        let (started, starting) = mpsc::channel();
        let shared = Arc::clone(&state);
        let thread = thread::spawn(move || {
            System::new().block_on(async move {
                let server = HttpServer::new(move || {
                    App::new()
                        .app_data(Data::from(Arc::clone(&shared)))
                        .route("/.well-known/openid-configuration", web::get().to(discovery))
                        .route("/keys", web::get().to(keys))
                        .route("/authorize", web::get().to(authorize))
                        .route("/token", web::post().to(token))
                })
                .workers(1)
                .disable_signals()
                .bind("127.0.0.1:0")
                .expect("a port is free");
                let address = server.addrs()[0];
                let server = server.run();
                started
                    .send((address, server.handle()))
                    .expect("whoever starts it waits");
                server.await.expect("the provider runs to its end");
            });
        });
        let (address, handle) = starting.recv().expect("the provider starts");
        let provider = Self {
            address,
            state,
            handle,
            thread: Some(thread),
        };
        let issuer = provider.issuer();
        provider.lock().issuer = issuer;
        provider
    }

    /// Its issuer.
    pub fn issuer(&self) -> String {
        format!("http://{}", self.address)
    }

    /// What the settings say of it; `more` are further lines.
    pub fn settings(&self, more: &str) -> String {
        let (client, secret) = CLIENT;
        format!(
            "[[provider]]\nname = \"sso\"\ntitle = \"统一身份认证\"\nissuer = \"{}\"\nclient_id = \"{client}\"\n\
             client_secret = \"{secret}\"\nredirect_uris = [\"{REDIRECT_URI}\"]\nalgorithms = [\"ES256\", \"RS256\"]\n{more}\n",
            self.issuer()
        )
    }

    /// From now on this subject signs in, and its tokens say these claims besides.
    pub fn vouches_for(&self, subject: &str, more: Value) {
        let mut state = self.lock();
        subject.clone_into(&mut state.subject);
        state.more = more;
    }

    /// From now on it signs with these keys, the first of them.
    pub fn has_keys(&self, keys: Vec<SigningKey>) {
        self.lock().keys = keys;
    }

    /// How often it was asked for its keys.
    pub fn keys_asked(&self) -> usize {
        self.lock().keys_asked
    }

    /// From now on its discovery document says this otherwise.
    pub fn says_of_itself(&self, document: Value) {
        self.lock().document = document;
    }

    /// From now on it hands out what this makes of an honest token.
    pub fn forges(&self, forgery: impl Fn(Unsigned) -> String + Send + Sync + 'static) {
        self.lock().forgery = Some(Arc::new(forgery));
    }

    /// From now on it is honest again.
    pub fn is_honest(&self) {
        self.lock().forgery = None;
    }

    /// Begins a sign-in at the house and goes to the provider, as a browser does; what `finish_sign_in` takes.
    #[track_caller]
    pub fn goes_there(&self, house: &House) -> Value {
        let start = house
            .stranger()
            .post(
                "/sign-ins",
                &json!({"provider": "sso", "redirect_uri": REDIRECT_URI}),
            )
            .expect(200);
        let agent: ureq::Agent = ureq::Agent::config_builder()
            .max_redirects(0)
            .max_redirects_will_error(false)
            .proxy(None)
            .build()
            .into();
        let sent_back = agent
            .get(start.text("/authorization_url"))
            .call()
            .expect("the provider answers");
        let back = sent_back.headers()["location"]
            .to_str()
            .expect("an address")
            .to_owned();
        let parameter = |name: &str| {
            let (_, query) = back.split_once('?').expect("something is brought back");
            let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            pairs
                .find(|(known, _)| *known == name)
                .expect("it is brought back")
                .1
                .to_owned()
        };
        assert_eq!(parameter("state"), start.text("/state"));
        json!({
            "sign_in_token": start.text("/sign_in_token"),
            "state": parameter("state"),
            "code": parameter("code"),
        })
    }

    /// A whole sign-in; what the house answers in the end.
    #[track_caller]
    pub fn signs_in(&self, house: &House) -> Answer {
        let back = self.goes_there(house);
        house.stranger().post("/sign-in-completions", &back).send()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Provider {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
        if let Some(thread) = self.thread.take() {
            drop(thread.join());
        }
    }
}

fn locked(state: &Mutex<State>) -> MutexGuard<'_, State> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn discovery(state: Data<Mutex<State>>) -> HttpResponse {
    let state = locked(&state);
    let mut document = json!({
        "issuer": state.issuer,
        "authorization_endpoint": format!("{}/authorize", state.issuer),
        "token_endpoint": format!("{}/token", state.issuer),
        "jwks_uri": format!("{}/keys", state.issuer),
        "id_token_signing_alg_values_supported": ["ES256", "RS256", "HS256", "none"],
    });
    for (name, value) in state.document.as_object().into_iter().flatten() {
        document[name] = value.clone();
    }
    HttpResponse::Ok().json(document)
}

async fn keys(state: Data<Mutex<State>>) -> HttpResponse {
    let mut state = locked(&state);
    state.keys_asked += 1;
    let mut keys: Vec<Value> = state.keys.iter().map(SigningKey::public).collect();
    // As providers have them: one for something else, one of a kind that nobody knows.
    keys.push(json!({"kty": "oct", "kid": "shared", "k": URL_SAFE_NO_PAD.encode(CLIENT.1), "alg": "HS256"}));
    keys.push(json!({"kty": "lattice", "kid": "of-tomorrow"}));
    HttpResponse::Ok().json(json!({"keys": keys}))
}

#[derive(Deserialize)]
struct Authorization {
    response_type: String,
    client_id: String,
    redirect_uri: String,
    scope: String,
    state: String,
    nonce: String,
    code_challenge: String,
    code_challenge_method: String,
}

async fn authorize(state: Data<Mutex<State>>, asked: web::Query<Authorization>) -> HttpResponse {
    let asked = asked.into_inner();
    let sound = asked.response_type == "code"
        && asked.client_id == CLIENT.0
        && asked.scope.split(' ').any(|scope| scope == "openid")
        && asked.code_challenge_method == "S256";
    if !sound {
        return HttpResponse::BadRequest().finish();
    }
    let mut state = locked(&state);
    let code = format!("code-{}", state.codes.len());
    let back = format!("{}?code={code}&state={}", asked.redirect_uri, asked.state);
    let granted = Granted {
        redirect_uri: asked.redirect_uri,
        challenge: asked.code_challenge,
        nonce: asked.nonce,
    };
    state.codes.insert(code, granted);
    HttpResponse::Found().insert_header(("Location", back)).finish()
}

#[derive(Deserialize)]
struct Exchange {
    grant_type: String,
    code: String,
    redirect_uri: String,
    code_verifier: String,
}

async fn token(state: Data<Mutex<State>>, request: HttpRequest, asked: web::Form<Exchange>) -> HttpResponse {
    let (client, secret) = CLIENT;
    let basic = format!("Basic {}", STANDARD.encode(format!("{client}:{secret}")));
    let shown = request
        .headers()
        .get("authorization")
        .and_then(|value| value.to_str().ok());
    let mut state = locked(&state);
    let granted = state.codes.get_mut(&asked.code);
    let Some(granted) =
        granted.filter(|_| shown == Some(basic.as_str()) && asked.grant_type == "authorization_code")
    else {
        return HttpResponse::BadRequest().json(json!({"error": "invalid_grant"}));
    };
    let challenge = URL_SAFE_NO_PAD.encode(Sha256::digest(&asked.code_verifier));
    let holds = granted.redirect_uri == asked.redirect_uri && granted.challenge == challenge;
    // A code serves once, whether or not the rest was right.
    granted.challenge.clear();
    if !holds {
        return HttpResponse::BadRequest().json(json!({"error": "invalid_grant"}));
    }
    let nonce = granted.nonce.clone();
    let key = state.keys.first().expect("a provider has a key");
    let head = Header {
        kid: Some(key.id.clone()),
        ..Header::new(key.algorithm)
    };
    let mut claims = json!({
        "iss": state.issuer, "aud": client, "azp": client, "sub": state.subject, "nonce": nonce,
        "iat": state.now, "exp": state.now + 300, "typ": "ID",
    });
    for (name, value) in state.more.as_object().into_iter().flatten() {
        claims[name] = value.clone();
    }
    let honest = Unsigned {
        head: serde_json::to_value(head).expect("a head is JSON"),
        claims,
        keys: &state.keys,
    };
    let id_token = match &state.forgery {
        Some(forgery) => forgery(honest),
        None => honest.signed(),
    };
    HttpResponse::Ok()
        .json(json!({"access_token": "of no use here", "token_type": "Bearer", "id_token": id_token}))
}
