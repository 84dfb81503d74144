//! Tokens of CDS Hooks clients: good ones open one call, forged ones none.

use std::path::Path;

use aws_lc_rs::encoding::AsDer as _;
use aws_lc_rs::rand::SystemRandom;
use aws_lc_rs::rsa::{KeyPair as RsaKeyPair, KeySize};
use aws_lc_rs::signature::{
    ECDSA_P256_SHA256_FIXED_SIGNING, ECDSA_P384_SHA384_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair,
};
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, EncodingKey, Header, encode, get_current_timestamp};
use kneadsafe::config::{ApiKeys, CdsClients, FhirConfig, ServeConfig};
use reqwest::Method;
use serde_json::{Value, json};

use super::hostile::{Server, answer, certified};
use crate::support::{Service, log, start_with};

const PUBLIC: &str = "https://cds.example/door";
const ISS: &str = "https://ehr.example";
const DISCOVERY: &str = "/cds-services";

/// A key of a client, as it signs and as it publishes it.
struct Signer {
    algorithm: Algorithm,
    key: EncodingKey,
    jwk: Value,
}

impl Signer {
    fn new(algorithm: Algorithm, kid: &str) -> Self {
        let random = SystemRandom::new();
        let ec = |curve| EncodingKey::from_ec_der(EcdsaKeyPair::generate_pkcs8(curve, &random).unwrap().as_ref());
        let key = if algorithm == Algorithm::ES384 {
            ec(&ECDSA_P384_SHA384_FIXED_SIGNING)
        } else if algorithm == Algorithm::ES256 {
            ec(&ECDSA_P256_SHA256_FIXED_SIGNING)
        } else if algorithm == Algorithm::EdDSA {
            EncodingKey::from_ed_der(Ed25519KeyPair::generate_pkcs8v1(&random).unwrap().as_ref())
        } else {
            let pkcs_8 = RsaKeyPair::generate(KeySize::Rsa2048).unwrap().as_der().unwrap();
            // What is signed with is the PKCS#1 key inside, after 26 bytes that say so.
            EncodingKey::from_rsa_der(&pkcs_8.as_ref()[26..])
        };
        let mut jwk = serde_json::to_value(Jwk::from_encoding_key(&key, algorithm).unwrap()).unwrap();
        jwk["kid"] = kid.into();
        Self { algorithm, key, jwk }
    }

    fn header(&self) -> Header {
        let mut header = Header::new(self.algorithm);
        header.kid = self.jwk["kid"].as_str().map(str::to_owned);
        header
    }

    fn sign(&self, claims: &Value) -> String {
        encode(&self.header(), claims, &self.key).unwrap()
    }
}

/// Claims for this address that no other token has.
fn claims(path: &str) -> Value {
    let now = get_current_timestamp();
    json!({
        "iss": ISS, "aud": format!("{PUBLIC}{path}"), "iat": now, "exp": now + 300,
        "jti": format!("canary-{}", uuid::Uuid::new_v4()), "tenant": "canary-tenant"
    })
}

fn clients(clients: &Value) -> ServeConfig {
    let document = json!({ "clients": clients });
    ServeConfig {
        cds_clients: Some(CdsClients::parse(&document.to_string(), Path::new(".")).unwrap()),
        public_url: Some(format!("{PUBLIC}/")),
        ..ServeConfig::default()
    }
}

fn with_key(signer: &Signer) -> ServeConfig {
    clients(&json!([{ "iss": ISS, "jwks": { "keys": [signer.jwk] }, "tenants": ["canary-tenant"] }]))
}

/// Whether a call gets past the door; who does not hears 401 and nothing of why.
async fn opens(service: &Service, method: Method, path: &str, token: &str) -> bool {
    let request = service.request(method, path).header("authorization", format!("Bearer {token}"));
    let response = request.send().await.unwrap();
    if response.status() != 401 {
        return true;
    }
    assert_eq!(response.headers()["www-authenticate"], "Bearer");
    let problem: Value = response.json().await.unwrap();
    assert_eq!(
        problem,
        json!({ "type": "/problems/unauthenticated", "title": "A key is needed", "status": 401, "detail": "A key is needed" })
    );
    false
}

#[tokio::test]
async fn a_good_token_opens_one_call_of_discovery_service_and_feedback() {
    let signer = Signer::new(Algorithm::ES384, "1");
    let service = start_with(with_key(&signer));
    for (method, path) in [
        (Method::GET, DISCOVERY),
        (Method::POST, "/cds-services/massage-contraindications"),
        (Method::POST, "/cds-services/massage-contraindications/feedback"),
    ] {
        let token = signer.sign(&claims(path));
        assert!(opens(&service, method.clone(), path, &token).await, "{path}");
        assert!(!opens(&service, method.clone(), path, &token).await, "{path} again");
        let elsewhere = signer.sign(&claims("/cds-services/other"));
        assert!(!opens(&service, method.clone(), path, &elsewhere).await, "{path} with a token for another address");
        let bare = service.request(method, path).send().await.unwrap();
        assert_eq!(bare.status(), 401, "{path}");
    }
    service.finish().await;
}

#[tokio::test]
async fn every_asymmetric_algorithm_that_is_configured_is_taken_and_only_with_its_own_key() {
    let all =
        [Algorithm::ES384, Algorithm::ES256, Algorithm::RS256, Algorithm::RS384, Algorithm::PS384, Algorithm::EdDSA];
    let signers = all.map(|algorithm| Signer::new(algorithm, &format!("{algorithm:?}")));
    let keys: Vec<&Value> = signers.iter().map(|signer| &signer.jwk).collect();
    let names: Vec<String> = all.iter().map(|algorithm| format!("{algorithm:?}")).collect();
    let some = json!([{ "iss": ISS, "jwks": { "keys": keys }, "algorithms": names }]);
    let service = start_with(clients(&some));
    for signer in &signers {
        assert!(
            opens(&service, Method::GET, DISCOVERY, &signer.sign(&claims(DISCOVERY))).await,
            "{:?}",
            signer.algorithm
        );
        let mut without = signer.header();
        without.kid = None;
        let token = encode(&without, &claims(DISCOVERY), &signer.key).unwrap();
        assert!(opens(&service, Method::GET, DISCOVERY, &token).await, "{:?} without kid", signer.algorithm);
    }
    // An RSA key that is for RS256 alone does not verify what else it could.
    let rs256 = &signers[2];
    let mut other = rs256.header();
    other.alg = Algorithm::RS384;
    let token = encode(&other, &claims(DISCOVERY), &rs256.key).unwrap();
    assert!(!opens(&service, Method::GET, DISCOVERY, &token).await);
    service.finish().await;

    let service = start_with(clients(&json!([{ "iss": ISS, "jwks": { "keys": keys } }])));
    for signer in &signers {
        let recommended = matches!(signer.algorithm, Algorithm::ES384 | Algorithm::RS384);
        let token = signer.sign(&claims(DISCOVERY));
        assert_eq!(opens(&service, Method::GET, DISCOVERY, &token).await, recommended, "{:?}", signer.algorithm);
    }
    service.finish().await;
}

#[tokio::test]
async fn no_forged_token_opens_anything() {
    let signer = Signer::new(Algorithm::ES384, "1");
    let service = start_with(with_key(&signer));
    let now = get_current_timestamp();
    let with = |name: &str, value: Value| {
        let mut claims = claims(DISCOVERY);
        claims[name] = value;
        signer.sign(&claims)
    };
    let without = |name: &str| {
        let mut claims = claims(DISCOVERY);
        claims.as_object_mut().unwrap().remove(name);
        signer.sign(&claims)
    };
    let good = signer.sign(&claims(DISCOVERY));
    let parts: Vec<&str> = good.split('.').collect();
    let shared = |secret: &[u8]| {
        let mut header = Header::new(Algorithm::HS256);
        header.kid = Some("1".to_owned());
        encode(&header, &claims(DISCOVERY), &EncodingKey::from_secret(secret)).unwrap()
    };
    let header = |change: fn(&mut Header)| {
        let mut header = signer.header();
        change(&mut header);
        encode(&header, &claims(DISCOVERY), &signer.key).unwrap()
    };
    // {"alg":"none","typ":"JWT"}
    let none = "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0";
    let stranger = Signer::new(Algorithm::ES384, "1");
    let mut own_key = stranger.header();
    own_key.jwk = serde_json::from_value(stranger.jwk.clone()).unwrap();
    let forged = [
        ("none", format!("{none}.{}.", parts[1])),
        ("none with a signature", format!("{none}.{}.{}", parts[1], parts[2])),
        ("no signature", format!("{}.{}.", parts[0], parts[1])),
        ("the key as a secret", shared(signer.jwk.to_string().as_bytes())),
        ("the point as a secret", shared(signer.jwk["x"].as_str().unwrap().as_bytes())),
        ("an empty secret", shared(b"")),
        ("another key", stranger.sign(&claims(DISCOVERY))),
        ("another key in the header", encode(&own_key, &claims(DISCOVERY), &stranger.key).unwrap()),
        (
            "other claims",
            format!("{}.{}.{}", parts[0], with("tenant", json!("canary-2")).split('.').nth(1).unwrap(), parts[2]),
        ),
        ("unknown key id", header(|header| header.kid = Some("2".to_owned()))),
        (
            "a key set of the attacker's",
            header(|header| header.jku = Some("https://evil.example/jwks.json".to_owned())),
        ),
        ("a critical extension", header(|header| header.crit = Some(vec!["exp".to_owned()]))),
        ("an access token", header(|header| header.typ = Some("at+jwt".to_owned()))),
        ("wrong audience", with("aud", json!("https://other.example/cds-services"))),
        ("audience of the whole service", with("aud", json!(PUBLIC))),
        ("expired", with("exp", json!(now - 61))),
        ("issued in the future", with("iat", json!(now + 120))),
        ("too long a life", with("exp", json!(now + 3600))),
        ("for ever", with("exp", json!(u64::MAX))),
        ("unknown issuer", with("iss", json!("https://evil.example"))),
        ("wrong tenant", with("tenant", json!("other"))),
        ("no tenant", without("tenant")),
        ("no issuer", without("iss")),
        ("no audience", without("aud")),
        ("no end", without("exp")),
        ("no beginning", without("iat")),
        ("no name", without("jti")),
        ("empty name", with("jti", json!(""))),
        ("nonsense", "canary.canary.canary".to_owned()),
        ("nothing", String::new()),
        ("very long", "a".repeat(20_000)),
    ];
    for (name, token) in &forged {
        assert!(!opens(&service, Method::GET, DISCOVERY, token).await, "{name}");
    }
    // And none of it has used the good one up.
    assert!(opens(&service, Method::GET, DISCOVERY, &good).await);
    let twice = signer.sign(&claims(DISCOVERY));
    let two =
        service.get(DISCOVERY).header("authorization", format!("Bearer {twice}")).header("authorization", "Bearer x");
    assert_eq!(two.send().await.unwrap().status(), 401);

    let metrics = service.get("/metrics").send().await.unwrap().text().await.unwrap();
    for reason in
        ["signature", "audience", "expired", "early", "life", "issuer", "tenant", "algorithm", "key-set", "malformed"]
    {
        assert!(metrics.contains(&format!("kneadsafe_cds_token_refusals_total{{reason=\"{reason}\"}}")), "{reason}");
    }
    assert!(!metrics.contains("canary"));
    service.finish().await;
    let log = log().text();
    assert!(log.contains("refused a token"), "nothing was captured");
    for secret in ["canary", parts[2], parts[1], "evil.example"] {
        assert!(!log.contains(secret), "{secret}");
    }
}

#[tokio::test]
async fn an_address_spelt_in_another_way_is_behind_the_same_door() {
    let signer = Signer::new(Algorithm::ES384, "1");
    let config = ServeConfig { api_keys: ApiKeys::parse("sixteen-or-more-characters").unwrap(), ..with_key(&signer) };
    let service = start_with(config);
    let address = service.url.trim_start_matches("http://").to_owned();
    for path in [
        "/cds-services",
        "/%63ds-services",
        "/cds%2Dservices",
        "/cds-services/x",
        "/v1/rulesets",
        "/%761/rulesets",
        "/v%31/rulesets",
    ] {
        let head = raw(&address, &format!("GET {path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n")).await;
        assert!(head.starts_with("HTTP/1.1 401 "), "{path}: {head}");
    }
    service.finish().await;
}

async fn raw(address: &str, request: &str) -> String {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
    let mut stream = tokio::net::TcpStream::connect(address).await.unwrap();
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await.unwrap();
    answer
}

#[tokio::test]
async fn without_clients_the_api_keys_guard_the_door_and_a_preflight_needs_neither() {
    let keys = ApiKeys::parse("sixteen-or-more-characters").unwrap();
    let service = start_with(ServeConfig { api_keys: keys, ..ServeConfig::default() });
    assert_eq!(service.get(DISCOVERY).send().await.unwrap().status(), 401);
    let keyed = service.get(DISCOVERY).header("authorization", "Bearer sixteen-or-more-characters");
    assert_ne!(keyed.send().await.unwrap().status(), 401);
    service.finish().await;

    let signer = Signer::new(Algorithm::ES384, "1");
    let service = start_with(with_key(&signer));
    let preflight = service.request(Method::OPTIONS, DISCOVERY).header("origin", "https://ehr.example");
    assert_ne!(preflight.send().await.unwrap().status(), 401);
    assert_eq!(service.get("/livez").send().await.unwrap().status(), 200);
    service.finish().await;
}

#[tokio::test]
async fn an_audience_may_be_another_one_where_that_is_configured() {
    let signer = Signer::new(Algorithm::ES384, "1");
    let one = json!([{ "iss": ISS, "jwks": { "keys": [signer.jwk] }, "audiences": ["sand_man"] }]);
    let service = start_with(ServeConfig { public_url: None, ..clients(&one) });
    let mut other = claims(DISCOVERY);
    assert!(!opens(&service, Method::GET, DISCOVERY, &signer.sign(&other)).await);
    other["aud"] = json!(["sand_man"]);
    assert!(opens(&service, Method::GET, DISCOVERY, &signer.sign(&other)).await);
    service.finish().await;
}

#[actix_web::test]
async fn where_nobody_knows_the_public_address_the_service_does_not_start() {
    let signer = Signer::new(Algorithm::ES384, "1");
    let config = ServeConfig { listen: ([127, 0, 0, 1], 0).into(), public_url: None, ..with_key(&signer) };
    let refused = kneadsafe::api::bind(&config, kneadsafe::ruleset::Rulesets::embedded().unwrap()).err().unwrap();
    assert!(refused.to_string().contains("--public-url"), "{refused}");
}

#[tokio::test]
async fn keys_from_an_address_are_asked_for_once_whatever_keys_the_tokens_name() {
    let (first, second) = (Signer::new(Algorithm::ES384, "1"), Signer::new(Algorithm::ES384, "2"));
    let published = json!({ "keys": [first.jwk] }).to_string();
    let (pem, tls) = certified(&["localhost"]);
    let server =
        Server::start_in(Some(tls), move |_| answer("200 OK", &["content-type: application/json"], &published)).await;
    let jku = format!("https://localhost:{}/jwks.json", server.address.port());
    let fhir = FhirConfig { allow_private: true, ca_pem: Some(pem.into_bytes()), ..FhirConfig::default() };
    let service = start_with(ServeConfig { fhir, ..clients(&json!([{ "iss": ISS, "jku": jku }])) });

    let tokens: Vec<String> = (0..6).map(|_| first.sign(&claims(DISCOVERY))).collect();
    let all = tokens.iter().map(|token| opens(&service, Method::GET, DISCOVERY, token));
    assert!(futures_util::future::join_all(all).await.into_iter().all(|opened| opened));
    assert_eq!(server.seen().len(), 1);
    let mut named = first.header();
    named.jku = Some(jku);
    let token = encode(&named, &claims(DISCOVERY), &first.key).unwrap();
    assert!(opens(&service, Method::GET, DISCOVERY, &token).await);

    // Made-up key ids and other people's key sets do not make this service ask more.
    for _ in 0..5 {
        assert!(!opens(&service, Method::GET, DISCOVERY, &second.sign(&claims(DISCOVERY))).await);
        let mut theirs = second.header();
        theirs.jku = Some(format!("https://localhost:{}/theirs.json", server.address.port()));
        let token = encode(&theirs, &claims(DISCOVERY), &second.key).unwrap();
        assert!(!opens(&service, Method::GET, DISCOVERY, &token).await);
    }
    assert_eq!(server.targets(), ["/jwks.json"]);
    service.finish().await;
}

#[tokio::test]
async fn keys_that_cannot_be_had_open_nothing() {
    let signer = Signer::new(Algorithm::ES384, "1");
    let mut private = signer.jwk.clone();
    private["d"] = "AAAA".into();
    for (content_type, body) in [
        ("text/html", json!({ "keys": [signer.jwk] }).to_string()),
        ("application/json", "<html>".to_owned()),
        ("application/json", json!({ "keys": [private] }).to_string()),
        ("application/json", format!("{{\"keys\":[],\"x\":\"{}\"}}", "x".repeat(300_000))),
    ] {
        let (pem, tls) = certified(&["localhost"]);
        let kind = format!("content-type: {content_type}");
        let server = Server::start_in(Some(tls), move |_| answer("200 OK", &[&kind], &body)).await;
        let jku = format!("https://localhost:{}/jwks.json", server.address.port());
        let fhir = FhirConfig { allow_private: true, ca_pem: Some(pem.into_bytes()), ..FhirConfig::default() };
        let service = start_with(ServeConfig { fhir, ..clients(&json!([{ "iss": ISS, "jku": jku }])) });
        assert!(!opens(&service, Method::GET, DISCOVERY, &signer.sign(&claims(DISCOVERY))).await);
        assert!(!opens(&service, Method::GET, DISCOVERY, &signer.sign(&claims(DISCOVERY))).await);
        assert_eq!(server.seen().len(), 1);
        service.finish().await;
    }
}
