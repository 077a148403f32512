//! Signing in at a provider: a real one, which the tests start, and which lies in every way that is known.

use api::clock::ManualClock;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use people::matter::INTAKE;
use people::provider::{Provider, SigningKey, Unsigned};
use people::{Answer, Database, Front, House, new_key, on_both};
use serde_json::{Value, json};

use super::{ADMINISTRATOR, hand, id_of, pass, whose};

on_both!(
    somebody_whom_an_administrator_linked_signs_in,
    a_stated_user_name_counts_where_the_settings_say_so,
    a_sign_in_is_finished_by_whoever_began_it_and_once,
    keys_rotate_and_made_up_ones_are_not_asked_for,
    a_forged_id_token_is_not_believed,
    a_document_that_points_elsewhere_is_not_followed,
);

/// A house and its provider.
fn opened(database: &Database, more: &str) -> (House, Provider, ManualClock) {
    let front = Front::default();
    let hand = hand(&front);
    let provider = Provider::start(hand.now().timestamp());
    let front = Front {
        providers: provider.settings(more),
        ..front
    };
    (House::open_behind(database, front), provider, hand)
}

#[track_caller]
fn is_refused(answer: &Answer, status: u16, code: &str, why: &str) {
    assert_eq!(
        (answer.status, answer["code"].as_str()),
        (status, Some(code)),
        "{why}: {answer}"
    );
}

fn somebody_whom_an_administrator_linked_signs_in(database: &Database) {
    let (house, provider, _) = opened(database, "");
    let offered = house.stranger().get("/sign-in-providers").expect(200);
    assert_eq!(
        offered["items"],
        json!([{"name": "sso", "title": "统一身份认证"}])
    );
    // Vouched for, but nobody here: and nobody is made.
    provider.vouches_for(
        "subject-1",
        json!({"preferred_username": INTAKE, "email": "x@example.org"}),
    );
    is_refused(&provider.signs_in(&house), 403, "account_unknown", "not linked");
    let administrator = house.person(ADMINISTRATOR);
    let clerk = id_of(&house.person(INTAKE));
    let links = format!("/staff/{clerk}/sign-in-links");
    let link = |path: &str| {
        administrator
            .post(path, &json!({"provider": "sso", "subject": "subject-1"}))
            .key(&new_key())
    };
    let linked = link(&links).expect(200);
    let tokens = provider.signs_in(&house).expect(200);
    let me = whose(&house, tokens.text("/access_token")).expect(200);
    assert_eq!(me["staff_id"], clerk.as_str());
    let sessions = administrator
        .get(&format!("/sessions?staff_id={clerk}"))
        .expect(200);
    assert_eq!(sessions["items"][0]["provider"], "sso", "{sessions}");
    // A subject is one person, here and in every office; only one's own administrator links.
    let other = id_of(&house.person("tobacco_supervision.intake_officer.2"));
    link(&format!("/staff/{other}/sign-in-links")).is_problem(409, "code_taken");
    let elsewhere = house.person("service_hall.administrator");
    let body = json!({"provider": "sso", "subject": "subject-2"});
    elsewhere.post(&links, &body).is_problem(404, "not_found");
    house
        .person(INTAKE)
        .post(&links, &body)
        .is_problem(403, "not_permitted");
    house.person(INTAKE).get(&links).expect(200);
    house
        .person("tobacco_supervision.intake_officer.2")
        .get(&links)
        .is_problem(403, "not_permitted");
    administrator
        .ask("DELETE", &format!("{links}/{}", linked.text("/id")))
        .expect(204);
    is_refused(
        &provider.signs_in(&house),
        403,
        "account_unknown",
        "no longer linked",
    );
}

fn a_stated_user_name_counts_where_the_settings_say_so(database: &Database) {
    let more = "account = \"preferred_username\"\nuser_name_prefix = \"tobacco_supervision.\"\n\
                offices = [\"tobacco_supervision\"]";
    let (house, provider, _) = opened(database, more);
    provider.vouches_for("subject-7", json!({"preferred_username": "intake_officer"}));
    let tokens = provider.signs_in(&house).expect(200);
    assert_eq!(
        whose(&house, tokens.text("/access_token")).expect(200)["user_name"],
        INTAKE
    );
    for stated in [
        json!("nobody"),
        json!(""),
        json!(7),
        json!(["intake_officer"]),
        Value::Null,
    ] {
        provider.vouches_for("subject-8", json!({"preferred_username": stated}));
        is_refused(
            &provider.signs_in(&house),
            403,
            "account_unknown",
            &stated.to_string(),
        );
    }
    // Somebody linked in an office that this provider does not speak for.
    let elsewhere = house.person("service_hall.administrator");
    let id = id_of(&elsewhere);
    elsewhere
        .post(
            &format!("/staff/{id}/sign-in-links"),
            &json!({"provider": "sso", "subject": "subject-9"}),
        )
        .expect(200);
    provider.vouches_for("subject-9", json!({}));
    is_refused(
        &provider.signs_in(&house),
        403,
        "account_unknown",
        "another office",
    );
}

fn a_sign_in_is_finished_by_whoever_began_it_and_once(database: &Database) {
    let (house, provider, hand) = opened(database, "account = \"preferred_username\"");
    provider.vouches_for("subject-1", json!({"preferred_username": INTAKE}));
    let finish = |body: &Value| house.stranger().post("/sign-in-completions", body);
    let (mine, theirs) = (provider.goes_there(&house), provider.goes_there(&house));
    let with = |name: &str, value: &Value| {
        let mut body = mine.clone();
        body[name] = value.clone();
        body
    };
    for (why, body) in [
        ("another state", with("state", &theirs["state"])),
        (
            "another sign-in's token",
            with("sign_in_token", &theirs["sign_in_token"]),
        ),
        ("a token of nobody's", with("sign_in_token", &json!("e30.e30"))),
        (
            "another provider's answer",
            with("iss", &json!("https://evil.example")),
        ),
        ("a code that was never given", with("code", &json!("code-999"))),
    ] {
        is_refused(&finish(&body).send(), 401, "sign_in_failed", why);
    }
    // A code that was stolen is worth nothing to whoever did not begin: the verifier is another.
    let stolen =
        json!({"sign_in_token": mine["sign_in_token"], "state": mine["state"], "code": theirs["code"]});
    is_refused(&finish(&stolen).send(), 401, "sign_in_failed", "a stolen code");
    finish(&mine).expect(200);
    is_refused(&finish(&mine).send(), 401, "sign_in_failed", "a second time");
    let late = provider.goes_there(&house);
    pass(&hand, 11);
    is_refused(&finish(&late).send(), 401, "sign_in_failed", "too late");
    let start = |provider: &str, back: &str| {
        let body = json!({"provider": provider, "redirect_uri": back});
        house.stranger().post("/sign-ins", &body)
    };
    start("nobody", "https://desk.example/signed-in").is_problem(404, "not_found");
    for back in [
        "https://evil.example/",
        "https://desk.example/signed-in/../x",
        "https://desk.example/signed-in?x",
    ] {
        start("sso", back)
            .is_problem(422, "body_invalid")
            .points_at("/redirect_uri", "not_a_code");
    }
}

fn keys_rotate_and_made_up_ones_are_not_asked_for(database: &Database) {
    let (house, provider, hand) = opened(database, "account = \"preferred_username\"");
    let claims = json!({"preferred_username": INTAKE});
    provider.vouches_for("subject-1", claims);
    provider.signs_in(&house).expect(200);
    provider.signs_in(&house).expect(200);
    assert_eq!(provider.keys_asked(), 1, "what is known is not asked again");
    // Keys that nobody has do not make us ask again and again.
    provider.forges(|mut token| {
        token.head["kid"] = json!("made-up");
        token.signed()
    });
    for _ in 0..3 {
        is_refused(
            &provider.signs_in(&house),
            401,
            "sign_in_failed",
            "a key of nobody's",
        );
    }
    assert_eq!(provider.keys_asked(), 1, "asked just now");
    provider.is_honest();
    // A rotation is noticed as soon as a token names the new key, and the old one counts no more.
    pass(&hand, 1);
    provider.has_keys(vec![SigningKey::elliptic("second", false)]);
    provider.signs_in(&house).expect(200);
    assert_eq!(provider.keys_asked(), 2);
    provider.has_keys(vec![SigningKey::elliptic("first", true)]);
    is_refused(
        &provider.signs_in(&house),
        401,
        "sign_in_failed",
        "a key that was withdrawn",
    );
    // RSA, as most providers sign.
    pass(&hand, 1);
    provider.has_keys(vec![SigningKey::rsa("third")]);
    provider.signs_in(&house).expect(200);
}

/// What an honest token becomes, and how it is called.
type Lie = (&'static str, fn(Unsigned) -> String);

fn claiming(mut token: Unsigned, name: &str, value: Value) -> String {
    match value {
        Value::Null => drop(token.claims.as_object_mut().expect("claims").remove(name)),
        value => token.claims[name] = value,
    }
    token.signed()
}

fn headed(mut token: Unsigned, name: &str, value: Value) -> String {
    match value {
        Value::Null => drop(token.head.as_object_mut().expect("a head").remove(name)),
        value => token.head[name] = value,
    }
    token.signed()
}

/// The token signed by a shared secret.
fn shared(token: &Unsigned, secret: &[u8]) -> String {
    let message = token.message();
    let key = EncodingKey::from_secret(secret);
    let signature = jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).expect("signed");
    format!("{message}.{signature}")
}

fn now_of(token: &Unsigned) -> i64 {
    token.claims["iat"].as_i64().expect("an instant")
}

#[expect(clippy::too_many_lines, reason = "it is a table")]
fn a_forged_id_token_is_not_believed(database: &Database) {
    let (house, provider, _) = opened(database, "account = \"preferred_username\"");
    provider.vouches_for("subject-1", json!({"preferred_username": INTAKE}));
    provider.signs_in(&house).expect(200);
    let lies: &[Lie] = &[
        ("none", |mut token| {
            token.head["alg"] = json!("none");
            format!("{}.", token.message())
        }),
        ("none, signed", |token| headed(token, "alg", json!("none"))),
        ("HS256 with the public key", |mut token| {
            token.head["alg"] = json!("HS256");
            let public = token.keys[0].public();
            let point = URL_SAFE_NO_PAD
                .decode(public["x"].as_str().expect("a point"))
                .expect("base 64");
            shared(&token, &point)
        }),
        ("HS256 with the published JSON", |mut token| {
            token.head["alg"] = json!("HS256");
            let public = token.keys[0].public().to_string();
            shared(&token, public.as_bytes())
        }),
        ("HS256 with a published shared key", |mut token| {
            token.head["alg"] = json!("HS256");
            token.head["kid"] = json!("shared");
            shared(&token, b"a-secret-between-two-tests")
        }),
        ("HS256 with the client's secret", |mut token| {
            token.head["alg"] = json!("HS256");
            shared(&token, b"a-secret-between-two-tests")
        }),
        ("RS256 for a key of another kind", |token| {
            headed(token, "alg", json!("RS256"))
        }),
        ("an algorithm that is not allowed", |token| {
            headed(token, "alg", json!("ES384"))
        }),
        ("a foreign key under our key's name", |token| {
            let keys = [SigningKey::elliptic("first", false)];
            Unsigned { keys: &keys, ..token }.signed()
        }),
        ("a foreign kid", |token| {
            headed(token, "kid", json!("../../dev/null"))
        }),
        ("no kid", |token| headed(token, "kid", Value::Null)),
        ("a key of its own", |mut token| {
            let keys = [SigningKey::elliptic("own", false)];
            token.head["jwk"] = keys[0].public();
            token.head["kid"] = json!("own");
            Unsigned { keys: &keys, ..token }.signed()
        }),
        ("a key elsewhere", |mut token| {
            token.head["kid"] = json!("elsewhere");
            headed(token, "jku", json!("https://evil.example/keys"))
        }),
        ("a demand", |token| headed(token, "crit", json!(["exp"]))),
        ("another type", |token| headed(token, "typ", json!("at+jwt"))),
        ("no type", |token| headed(token, "typ", Value::Null)),
        ("another kind", |token| claiming(token, "typ", json!("Refresh"))),
        ("another issuer", |token| {
            claiming(token, "iss", json!("https://evil.example"))
        }),
        ("issuers", |token| {
            let issuer = json!([token.claims["iss"]]);
            claiming(token, "iss", issuer)
        }),
        ("no issuer", |token| claiming(token, "iss", Value::Null)),
        ("another audience", |token| {
            claiming(token, "aud", json!("account"))
        }),
        ("no audience", |token| claiming(token, "aud", Value::Null)),
        ("audiences without us", |token| {
            claiming(token, "aud", json!(["account", "other"]))
        }),
        ("made for somebody else", |token| {
            claiming(token, "azp", json!("other"))
        }),
        ("for several, and not said for whom", |mut token| {
            token.claims["aud"] = json!(["huiyin", "other"]);
            claiming(token, "azp", Value::Null)
        }),
        ("expired", |token| {
            let end = now_of(&token) - 60;
            claiming(token, "exp", json!(end))
        }),
        ("no end", |token| claiming(token, "exp", Value::Null)),
        ("an end that is no number", |token| {
            claiming(token, "exp", json!("9999999999"))
        }),
        ("made in the future", |token| {
            let then = now_of(&token) + 61;
            claiming(token, "iat", json!(then))
        }),
        ("made long ago", |token| {
            let then = now_of(&token) - 3600;
            claiming(token, "iat", json!(then))
        }),
        ("never made", |token| claiming(token, "iat", Value::Null)),
        ("not yet good", |token| {
            let then = now_of(&token) + 61;
            claiming(token, "nbf", json!(then))
        }),
        ("another nonce", |token| {
            claiming(token, "nonce", json!("another"))
        }),
        ("no nonce", |token| claiming(token, "nonce", Value::Null)),
        ("no subject", |token| claiming(token, "sub", Value::Null)),
        ("an empty subject", |token| claiming(token, "sub", json!(""))),
        ("tampered", |token| {
            let signed = token.signed();
            let (_, signature) = signed.rsplit_once('.').expect("three parts");
            let mut claims = token.claims.clone();
            claims["preferred_username"] = json!("tobacco_supervision.administrator");
            format!("{}.{signature}", Unsigned { claims, ..token }.message())
        }),
        ("without a signature", |token| format!("{}.", token.message())),
        ("two parts", |token| token.message()),
        ("nothing", |_| String::new()),
        ("no token", |_| "hello".to_owned()),
        ("forty kilobytes", |token| {
            claiming(token, "more", json!("x".repeat(40_000)))
        }),
    ];
    for (why, lie) in lies {
        provider.forges(*lie);
        is_refused(&provider.signs_in(&house), 401, "sign_in_failed", why);
    }
    // What is a little off, as clocks are, and what is more than we need, does no harm.
    let truths: &[Lie] = &[
        ("a clock that is behind", |token| {
            let end = now_of(&token) - 59;
            claiming(token, "exp", json!(end))
        }),
        ("a clock that is ahead", |token| {
            let then = now_of(&token) + 60;
            claiming(token, "nbf", json!(then))
        }),
        ("several audiences, made for us", |token| {
            claiming(token, "aud", json!(["other", "huiyin"]))
        }),
        ("one audience in a list", |mut token| {
            token.claims["aud"] = json!(["huiyin"]);
            claiming(token, "azp", Value::Null)
        }),
    ];
    for (why, truth) in truths {
        provider.forges(*truth);
        let answer = provider.signs_in(&house);
        assert_eq!(answer.status, 200, "{why}: {answer}");
    }
}

fn a_document_that_points_elsewhere_is_not_followed(database: &Database) {
    let other = Provider::start(0);
    for (name, value) in [
        ("issuer", other.issuer()),
        ("token_endpoint", format!("{}/token", other.issuer())),
        ("jwks_uri", format!("{}/keys", other.issuer())),
        ("jwks_uri", "file:///etc/passwd".to_owned()),
        ("jwks_uri", "http://169.254.169.254/latest/meta-data".to_owned()),
        ("authorization_endpoint", "javascript:alert(1)".to_owned()),
    ] {
        let front = Front::default();
        let provider = Provider::start(hand(&front).now().timestamp());
        provider.says_of_itself(json!({name: value}));
        let front = Front {
            providers: provider.settings(""),
            ..front
        };
        let house = House::open_behind(database, front);
        let body = json!({"provider": "sso", "redirect_uri": people::provider::REDIRECT_URI});
        let refusal = house
            .stranger()
            .post("/sign-ins", &body)
            .is_problem(503, "overloaded");
        assert!(
            !refusal.en.to_string().contains(&provider.issuer()),
            "{}",
            refusal.en
        );
        assert_eq!(other.keys_asked(), 0, "{name} was followed");
    }
}
