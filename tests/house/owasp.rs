//! The OWASP API Security Top 10 (2023), tried one by one. What each risk is about stands in its test's name; the matrix of
//! every operation against every position is a test of its own.

use api::limits::Limits;
use api::outside::Outside;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, EncodingKey};
use people::matter::{INTAKE, tobacco_complaint, with};
use people::provider::{Provider, REDIRECT_URI, SigningKey};
use people::{Database, Front, House, PASSWORD, TOKEN_KEY, new_key, nothing, on_both};
use serde_json::{Value, json};

on_both!(
    api1_broken_object_level_authorization,
    api2_broken_authentication,
    api3_broken_object_property_level_authorization,
    api4_unrestricted_resource_consumption,
    api5_broken_function_level_authorization,
    api6_unrestricted_access_to_sensitive_business_flows,
    api7_server_side_request_forgery,
    api8_security_misconfiguration,
    api9_improper_inventory_management,
    api10_unsafe_consumption_of_apis,
);

const ADMINISTRATOR: &str = "tobacco_supervision.administrator";

/// What another office has is not there, by whatever address and for whatever act.
fn api1_broken_object_level_authorization(database: &Database) {
    let house = House::open(database);
    let (clerk, administrator) = (house.person(INTAKE), house.person(ADMINISTRATOR));
    let case = clerk.registers(&tobacco_complaint());
    let staff_id = clerk.get("/session").expect(200).text("/staff_id").to_owned();
    let session_id = clerk.get("/sessions").expect(200).text("/items/0/id").to_owned();
    let unit_id = clerk.get("/units").expect(200).text("/items/0/id").to_owned();
    let client = administrator
        .post(
            "/clients",
            &json!({"name": "x", "positions": [], "scopes": ["cases"]}),
        )
        .expect(201);
    let client_id = client.text("/client/id").to_owned();
    for name in ["service_hall.administrator", "service_hall.complaint_officer"] {
        let other = house.person(name);
        for path in [
            format!("/cases/{}", case.id),
            format!("/cases/{}/events", case.id),
            format!("/cases/{}/duties", case.id),
            format!("/units/{unit_id}"),
            format!("/staff/{staff_id}"),
            format!("/staff/{staff_id}/sign-in-links"),
        ] {
            other.get(&path).is_problem(404, "not_found");
        }
        other
            .tries("accept_case", &case, &nothing())
            .is_problem(404, "not_found");
        other
            .ask("DELETE", &format!("/sessions/{session_id}"))
            .is_problem(404, "not_found");
        let listed = other.get("/cases").expect(200);
        assert!(!listed.to_string().contains(&case.id), "{listed}");
        // An id of theirs in a body of one's own is no more than an id that nobody has.
        let matter = with(tobacco_complaint(), "case_type", "complaint");
        assert_ne!(
            other
                .post("/cases", &with(matter, "unit_id", unit_id.as_str()))
                .send()
                .status,
            201
        );
    }
    let other = house.person("service_hall.administrator");
    other
        .get(&format!("/clients/{client_id}"))
        .is_problem(404, "not_found");
    other
        .ask("PATCH", &format!("/clients/{client_id}"))
        .json(&json!({"active": false}))
        .if_match(1)
        .is_problem(404, "not_found");
    other
        .ask("POST", &format!("/staff/{staff_id}/password-resets"))
        .is_problem(404, "not_found");
    house.log_in(INTAKE, PASSWORD).expect(200);
}

/// Nobody is believed to be somebody by a token that is not ours, not good now, or of another kind.
#[expect(clippy::too_many_lines, reason = "it is a table")]
fn api2_broken_authentication(database: &Database) {
    let house = House::open(database);
    let good = house.token_of(INTAKE);
    let parts: Vec<&str> = good.split('.').collect();
    let claims = URL_SAFE_NO_PAD.decode(parts[1]).expect("base 64");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    let head = URL_SAFE_NO_PAD.decode(parts[0]).expect("base 64");
    let head = String::from_utf8(head).expect("a text");
    let (iat, exp) = (
        claims["iat"].as_i64().expect("a time"),
        claims["exp"].as_i64().expect("a time"),
    );
    let message = |head: &str, claims: &Value| {
        format!(
            "{}.{}",
            URL_SAFE_NO_PAD.encode(head),
            URL_SAFE_NO_PAD.encode(claims.to_string())
        )
    };
    let by_ours = |head: &str, claims: &Value| {
        let message = message(head, claims);
        let key = EncodingKey::from_secret(TOKEN_KEY);
        let signature =
            jsonwebtoken::crypto::sign(message.as_bytes(), &key, Algorithm::HS256).expect("signed");
        format!("{message}.{signature}")
    };
    let other = |name: &str, value: Value| {
        let mut claims = claims.clone();
        match value {
            Value::Null => drop(claims.as_object_mut().expect("claims").remove(name)),
            value => claims[name] = value,
        }
        by_ours(&head, &claims)
    };
    let headed = |old: &str, new: &str| {
        assert!(head.contains(old), "{head}");
        by_ours(&head.replacen(old, new, 1), &claims)
    };
    let rsa = SigningKey::rsa("theirs");
    let of_rsa = message(r#"{"typ":"at+jwt","alg":"RS256","kid":"theirs"}"#, &claims);
    let by_rsa = jsonwebtoken::crypto::sign(of_rsa.as_bytes(), &rsa.key, Algorithm::RS256).expect("signed");
    let tampered = URL_SAFE_NO_PAD.encode(claims.to_string().replacen('0', "1", 1));
    let refresh = house
        .log_in(INTAKE, PASSWORD)
        .expect(200)
        .text("/refresh_token")
        .to_owned();
    let ask = |token: &str| {
        house
            .stranger()
            .get("/session")
            .header("Authorization", format!("Bearer {token}"))
    };
    ask(&by_ours(&head, &claims)).expect(200);
    for (why, token) in [
        (
            "none",
            format!("{}.", message(r#"{"typ":"at+jwt","alg":"none"}"#, &claims)),
        ),
        ("none, signed", headed("HS256", "none")),
        ("RS256 claimed", headed("HS256", "RS256")),
        ("RS256 signed", format!("{of_rsa}.{by_rsa}")),
        ("a foreign kid", headed("}", r#","kid":"../../dev/null"}"#)),
        ("an id token's type", headed("at+jwt", "JWT")),
        ("expired", other("exp", json!(iat - 10))),
        ("no end", other("exp", Value::Null)),
        ("an end far away", other("exp", json!(exp + 3600))),
        ("not yet good", other("nbf", json!(exp))),
        ("made in the future", other("iat", json!(exp))),
        ("another audience", other("aud", json!("account"))),
        ("no audience", other("aud", Value::Null)),
        ("another issuer", other("iss", json!("https://sso.example"))),
        ("no issuer", other("iss", Value::Null)),
        (
            "another's session",
            other("sub", json!("01995707-5a40-7c31-9c1e-6b1f0a2d4c09")),
        ),
        (
            "no session",
            other("sid", json!("01995707-5a40-7c31-9c1e-6b1f0a2d4c09")),
        ),
        ("a right smuggled in", other("administrator", json!(true))),
        ("tampered", format!("{}.{tampered}.{}", parts[0], parts[2])),
        ("without a signature", format!("{}.{}.", parts[0], parts[1])),
        ("a refresh token", refresh),
    ] {
        let answer = ask(&token).send();
        assert_eq!(
            (answer.status, answer.text("/code")),
            (401, "unauthenticated"),
            "{why}: {answer}"
        );
    }
    // Neither in the address nor in a cookie does a token count.
    house
        .stranger()
        .get(&format!("/session?access_token={good}"))
        .is_problem(400, "malformed_request");
    house
        .stranger()
        .get("/session")
        .header("Cookie", format!("access_token={good}"))
        .is_problem(401, "unauthenticated");
}

/// Nobody sets what is not theirs to set by naming it, and nothing is shown that is nobody's to see.
fn api3_broken_object_property_level_authorization(database: &Database) {
    let house = House::open(database);
    let administrator = house.person(ADMINISTRATOR);
    for field in [
        "operator",
        "id",
        "office_id",
        "password",
        "password_hash",
        "version",
        "active",
    ] {
        let mut body = json!({"user_name": "tobacco_supervision.new", "name": "新人"});
        body[field] = json!(true);
        administrator
            .post("/staff", &body)
            .is_problem(422, "body_invalid")
            .points_at(&format!("/{field}"), "unknown_field");
    }
    let me = administrator
        .get("/session")
        .expect(200)
        .text("/staff_id")
        .to_owned();
    for field in [
        "operator",
        "active",
        "user_name",
        "password_must_change",
        "office_id",
    ] {
        administrator
            .ask("PATCH", &format!("/staff/{me}"))
            .json(&json!({field: true}))
            .if_match(1)
            .is_problem(422, "body_invalid")
            .points_at(&format!("/{field}"), "unknown_field");
    }
    for field in [
        "status",
        "case_no",
        "office_id",
        "version",
        "received_by",
        "first_receiver",
    ] {
        house
            .person(INTAKE)
            .post("/cases", &with(tobacco_complaint(), field, "closed"))
            .is_problem(422, "body_invalid")
            .points_at(&format!("/{field}"), "unknown_field");
    }
    let client = administrator
        .post(
            "/clients",
            &json!({"name": "x", "positions": [], "scopes": ["cases"]}),
        )
        .expect(201);
    let shown = [
        administrator.get(&format!("/staff/{me}")).expect(200),
        administrator.get("/staff?limit=100").expect(200),
        administrator.get("/sessions").expect(200),
        administrator
            .get(&format!("/clients/{}", client.text("/client/id")))
            .expect(200),
    ];
    for answer in shown {
        let text = answer.to_string();
        for secret in ["hash", "argon2", "refresh", "secret\":", "$v="] {
            assert!(!text.contains(secret), "{secret} in {answer}");
        }
    }
}

/// Whatever somebody sends or how often: it is bounded, and refused before it costs much.
fn api4_unrestricted_resource_consumption(database: &Database) {
    let house = House::open_behind(
        database,
        Front {
            limits: Limits::default(),
            ..Front::default()
        },
    );
    let token = house.token_of(INTAKE);
    let clerk = house.person(INTAKE);
    for query in ["limit=101", "limit=1000000000", "limit=-1"] {
        clerk
            .get(&format!("/cases?{query}"))
            .is_problem(400, "malformed_request");
    }
    let deep = format!("{}1{}", "[".repeat(100_000), "]".repeat(100_000));
    clerk
        .post("/cases", &nothing())
        .bytes("application/json", deep)
        .is_problem(400, "malformed_request");
    let many = with(tobacco_complaint(), "respondents", vec![json!({}); 10_000]);
    assert_eq!(clerk.post("/cases", &many).send().status, 422);
    clerk
        .post("/cases", &nothing())
        .bytes("application/json", vec![b' '; 1024 * 1024 + 1])
        .is_problem(413, "body_too_large");
    clerk
        .get(&format!("/cases?cursor={}", "x".repeat(9000)))
        .is_problem(400, "malformed_request");
    let heavy = (0..4).fold(clerk.get("/cases"), |ask, _| {
        ask.header("X-Heavy", "x".repeat(5000))
    });
    heavy.is_problem(400, "malformed_request");
    let crowded = (0..70).fold(clerk.get("/cases"), |ask, _| ask.header("X-Crowd", "x"));
    crowded.is_problem(400, "malformed_request");
    // Somebody without a name tries names: from one address only so many in a minute.
    let tries = |number: usize| {
        house
            .log_in(&format!("nobody.{number}"), "not the password")
            .send()
    };
    let refused = (0..80)
        .map(tries)
        .find(|answer| answer.status == 429)
        .expect("it ends");
    assert_eq!(refused.text("/code"), "too_many_requests");
    let wait: u32 = refused
        .header("retry-after")
        .expect("it says when")
        .parse()
        .expect("seconds");
    assert!((1..=60).contains(&wait), "{wait}");
    // It is nobody's word but the proxy's who asks.
    house
        .log_in(INTAKE, PASSWORD)
        .header("X-Forwarded-For", "203.0.113.7")
        .is_problem(429, "too_many_requests");
    // Whoever has a session works on.
    house
        .stranger()
        .get("/cases")
        .header("Authorization", format!("Bearer {token}"))
        .expect(200);
}

/// What an administrator or an operator may do, nobody else may, whatever they know of it.
fn api5_broken_function_level_authorization(database: &Database) {
    let house = House::open(database);
    let (clerk, administrator) = (house.person(INTAKE), house.person(ADMINISTRATOR));
    let id = clerk.get("/session").expect(200).text("/staff_id").to_owned();
    let staff = json!({"user_name": "tobacco_supervision.new", "name": "新人"});
    let client = json!({"name": "x", "positions": [], "scopes": ["cases"]});
    clerk.post("/staff", &staff).is_problem(403, "not_permitted");
    clerk.post("/clients", &client).is_problem(403, "not_permitted");
    clerk.get("/clients").is_problem(403, "not_permitted");
    clerk
        .ask("PATCH", &format!("/staff/{id}"))
        .json(&json!({"administrator": true}))
        .if_match(1)
        .is_problem(403, "not_permitted");
    clerk
        .ask("POST", &format!("/staff/{id}/password-resets"))
        .is_problem(403, "not_permitted");
    clerk
        .post(
            &format!("/staff/{id}/sign-in-links"),
            &json!({"provider": "sso", "subject": "x"}),
        )
        .is_problem(403, "not_permitted");
    // An administrator is none of the installation's operators.
    let office = json!({
        "code": "new_office", "name": {"zh": "新机构", "en": "A new office"},
        "rulebook_code": "cn.tobacco_supervision",
        "administrator": {"user_name": "new_office.administrator", "name": "新人"},
    });
    let refused = administrator.post("/offices", &office).send();
    assert!([403, 422].contains(&refused.status), "{refused}");
    // Another method at the same address is no way around.
    for method in ["PUT", "DELETE", "PATCH"] {
        clerk.ask(method, "/staff").is_problem(405, "method_not_allowed");
    }
    clerk
        .ask("GET", "/cases")
        .header("X-HTTP-Method-Override", "DELETE")
        .expect(200);
}

/// The steps of a case cannot be skipped, repeated or taken by a machine of one's own making.
fn api6_unrestricted_access_to_sensitive_business_flows(database: &Database) {
    let house = House::open(database);
    let clerk = house.person(INTAKE);
    let key = new_key();
    let first = clerk.post("/cases", &tobacco_complaint()).key(&key).expect(201);
    let again = clerk.post("/cases", &tobacco_complaint()).key(&key).expect(201);
    assert_eq!(first["case_id"], again["case_id"], "sent twice, done once");
    assert_eq!(again.header("idempotency-replayed"), Some("true"));
    let case = people::Case::known(first.text("/case_id"));
    clerk.does("accept_case", &case, &nothing());
    let before = clerk.sees(&case).bytes;
    // Whoever knows the address of a later step gets no further by it.
    for operation in [
        "close_case",
        "archive_case",
        "reply_to_complainant",
        "publish_answer",
    ] {
        let refused = clerk.tries(operation, &case, &nothing()).send();
        assert!([403, 409, 422].contains(&refused.status), "{refused}");
    }
    assert_eq!(clerk.sees(&case).bytes, before, "something changed");
}

/// Nobody outside chooses whom we ask.
fn api7_server_side_request_forgery(database: &Database) {
    let front = Front::default();
    let trap = Provider::start(0);
    let house = House::open_behind(database, front);
    for provider in [
        trap.issuer(),
        "sso".to_owned(),
        "http://169.254.169.254/".to_owned(),
    ] {
        let body = json!({"provider": provider, "redirect_uri": REDIRECT_URI});
        let refused = house.stranger().post("/sign-ins", &body).send();
        assert!([404, 422].contains(&refused.status), "{refused}");
    }
    // An address in a token's head is not looked at either.
    let parts = house.token_of(INTAKE);
    let (_, rest) = parts.split_once('.').expect("parts");
    let head =
        json!({"typ": "at+jwt", "alg": "RS256", "jku": format!("{}/keys", trap.issuer()), "kid": "first"});
    house
        .stranger()
        .get("/session")
        .header(
            "Authorization",
            format!("Bearer {}.{rest}", URL_SAFE_NO_PAD.encode(head.to_string())),
        )
        .is_problem(401, "unauthenticated");
    assert_eq!(trap.keys_asked(), 0);
}

/// What browsers must be told they are told, also when something goes wrong, and nothing is told that helps an attacker.
fn api8_security_misconfiguration(database: &Database) {
    let outside = Outside {
        origins: vec!["https://desk.example".to_owned()],
        hsts_seconds: 31_536_000,
        ..Outside::default()
    };
    let house = House::open_behind(
        database,
        Front {
            outside,
            ..Front::default()
        },
    );
    let clerk = house.person(INTAKE);
    let answers = [
        clerk.get("/session").expect(200),
        clerk.get("/nowhere").expect(404),
        house.stranger().get("/session").expect(401),
        clerk.get("/cases?limit=0").expect(400),
        house.stranger().get("/health/live").expect(200),
    ];
    for answer in answers {
        for (name, value) in [
            ("x-content-type-options", "nosniff"),
            ("x-frame-options", "DENY"),
            ("referrer-policy", "no-referrer"),
            (
                "content-security-policy",
                "default-src 'none'; frame-ancestors 'none'",
            ),
            ("strict-transport-security", "max-age=31536000; includeSubDomains"),
        ] {
            assert_eq!(answer.header(name), Some(value), "{name}: {answer}");
        }
        assert!(answer.header("server").is_none() && answer.header("x-powered-by").is_none());
    }
    let me = clerk.get("/session").expect(200);
    assert_eq!(me.header("cache-control"), Some("no-store"));
    let page = house.stranger().get("/docs/").expect(200);
    let policy = page.header("content-security-policy").expect("a policy");
    assert!(
        policy.contains("default-src 'self'") && policy.contains("frame-ancestors 'none'"),
        "{policy}"
    );
    let text = String::from_utf8_lossy(&page.bytes).into_owned();
    assert!(
        !text.contains("<script>"),
        "a script of the page itself would not run: {text}"
    );
    other_sites_ask_only_where_they_are_named(&house);
    no_answer_shows_what_is_inside(&house);
}

/// Front ends of one origin may ask, of others not.
fn other_sites_ask_only_where_they_are_named(house: &House) {
    let clerk = house.person(INTAKE);
    let from = |origin: &str| clerk.get("/session").header("Origin", origin).expect(200);
    let allowed = |origin: &str| {
        from(origin)
            .header("access-control-allow-origin")
            .map(str::to_owned)
    };
    assert_eq!(
        allowed("https://desk.example").as_deref(),
        Some("https://desk.example")
    );
    for origin in [
        "https://evil.example",
        "null",
        "https://desk.example.evil.example",
        "http://desk.example",
    ] {
        assert_eq!(allowed(origin), None, "{origin}");
    }
    assert!(
        from("https://desk.example")
            .header("access-control-allow-credentials")
            .is_none()
    );
    let preflight = |origin: &str| {
        house
            .stranger()
            .ask("OPTIONS", "/cases")
            .header("Origin", origin)
            .header("Access-Control-Request-Method", "POST")
            .header("Access-Control-Request-Headers", "authorization,idempotency-key")
            .send()
    };
    assert_eq!(preflight("https://desk.example").status, 200);
    let refused = preflight("https://evil.example");
    assert!(
        refused.header("access-control-allow-origin").is_none(),
        "{refused}"
    );
    assert_eq!(refused.header("content-type"), Some("application/problem+json"));
    // What is refused is told to them too.
    let unknown = clerk
        .get("/cases?colour=red")
        .header("Origin", "https://desk.example")
        .expect(400);
    assert_eq!(
        unknown.header("access-control-allow-origin"),
        Some("https://desk.example")
    );
}

/// Whatever is sent.
fn no_answer_shows_what_is_inside(house: &House) {
    let clerk = house.person(INTAKE);
    for nasty in [
        "'; DROP TABLE staff; --",
        "{{7*7}}",
        "${jndi:ldap://x}",
        "../../etc/passwd",
        "\u{202e}",
    ] {
        let answers = [
            house.log_in(nasty, nasty).send(),
            clerk
                .get(&format!("/staff?position={}", people::percent(nasty)))
                .send(),
            clerk.get(&format!("/units/{}", people::percent(nasty))).send(),
            clerk.post("/case-searches", &json!({"text": nasty})).send(),
        ];
        for answer in answers {
            assert!(answer.status < 500, "{answer}");
            let text = answer.to_string();
            for inside in [
                "SELECT", "diesel", "panicked", ".rs:", "sqlite", "postgres", "/src/",
            ] {
                assert!(!text.contains(inside), "{inside} in {answer}");
            }
        }
    }
    for method in ["TRACE", "PROPFIND"] {
        let status = house.stranger().ask(method, "/cases").send().status;
        assert!([400, 404, 405].contains(&status), "{method}: {status}");
    }
}

/// What is served is what is documented, and nothing besides.
fn api9_improper_inventory_management(database: &Database) {
    let house = House::open(database);
    let contract = house.stranger().get("/openapi.json").expect(200);
    let paths: Vec<&String> = contract["paths"].as_object().expect("paths").keys().collect();
    assert!(paths.len() > 100, "{}", paths.len());
    for path in paths {
        let known = ["/api/v1/", "/health/", "/openapi.json", "/metrics"];
        assert!(known.iter().any(|start| path.starts_with(start)), "{path}");
    }
    for path in [
        "/api/v1",
        "/api/v1/",
        "/api/v2/cases",
        "/api/cases",
        "/api/v1/admin",
        "/api/v1/debug",
        "/api/v1/users",
        "/api/v1/cases/",
        "/api/v1//cases",
        "/api/v1/internal/cases",
        "/api/v1/graphql",
    ] {
        for person in [house.stranger(), house.person(ADMINISTRATOR)] {
            person.get(path).is_problem(404, "not_found");
        }
    }
}

/// What a provider answers is believed as little as what a stranger sends.
fn api10_unsafe_consumption_of_apis(database: &Database) {
    let front = Front::default();
    let api::clock::Clock::Manual(hand) = front.watch.clone() else {
        panic!("it is set by hand")
    };
    let now = hand.now().timestamp();
    let provider = Provider::start(now);
    let front = Front {
        providers: provider.settings("account = \"preferred_username\""),
        ..front
    };
    let house = House::open_behind(database, front);
    let start = || {
        let body = json!({"provider": "sso", "redirect_uri": REDIRECT_URI});
        house.stranger().post("/sign-ins", &body)
    };
    for document in [
        json!({"more": "x".repeat(300_000)}),
        json!({"issuer": 7}),
        json!({"token_endpoint": null}),
        json!({"jwks_uri": "not an address"}),
        // An answer that sends us elsewhere is no answer.
        json!({"jwks_uri": format!("{}/authorize?x=y", provider.issuer())}),
    ] {
        provider.says_of_itself(document);
        start().is_problem(503, "overloaded");
    }
    provider.says_of_itself(json!({}));
    start().expect(200);
    for stated in [
        "' OR 1=1 --",
        "tobacco_supervision.intake_officer\u{0}",
        "%",
        "../administrator",
    ] {
        provider.vouches_for("subject-1", json!({"preferred_username": stated}));
        let answer = provider.signs_in(&house);
        assert_eq!(
            (answer.status, answer.text("/code")),
            (403, "account_unknown"),
            "{answer}"
        );
    }
    for subject in ["\u{0}", "a\nb", &"x".repeat(256)] {
        provider.vouches_for(subject, json!({"preferred_username": INTAKE}));
        let answer = provider.signs_in(&house);
        assert_eq!(
            (answer.status, answer.text("/code")),
            (401, "sign_in_failed"),
            "{answer}"
        );
    }
    provider.vouches_for("subject-1", json!({"preferred_username": INTAKE}));
    provider.signs_in(&house).expect(200);
}
