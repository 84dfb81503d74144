//! Which CDS Hooks clients may call: who issues their tokens, with which keys and for whom, from one JSON file.

use std::fmt;
use std::path::{Path, PathBuf};

use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;
use serde_json::Value;
use url::Url;

use super::ConfigError;

/// The CDS Hooks clients that may call, and how long their tokens may live.
#[derive(Debug, Clone)]
pub struct CdsClients {
    /// The most seconds between a token's `iat` and `exp`.
    pub max_life_seconds: u64,
    /// By how many seconds a client's clock may differ from ours.
    pub leeway_seconds: u64,
    /// The clients; no two with the same issuer.
    pub clients: Vec<CdsClient>,
}

/// One CDS Hooks client.
#[derive(Debug, Clone)]
pub struct CdsClient {
    /// The `iss` of its tokens.
    pub iss: String,
    /// Where its keys are.
    pub keys: KeySource,
    /// How its tokens may be signed.
    pub algorithms: Vec<Signature>,
    /// Which `tenant` a token must name one of; `None` for any, or none.
    pub tenants: Option<Vec<String>>,
    /// What `aud` must name one of, in place of the exact address called; for clients that send something else.
    pub audiences: Option<Vec<String>>,
}

/// Where a client's keys are.
#[derive(Debug, Clone)]
pub enum KeySource {
    /// In the configuration.
    Given(Vec<VerifyingKey>),
    /// At an https address: the one `jku` that its tokens may name.
    At(Url),
}

/// How a token is signed: every one with a public key, for CDS Hooks forbids `none` and shared secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub enum Signature {
    /// ECDSA on P-256.
    #[serde(rename = "ES256")]
    Es256,
    /// ECDSA on P-384; recommended by CDS Hooks.
    #[serde(rename = "ES384")]
    Es384,
    /// RSA, PKCS#1 v1.5 with SHA-256.
    #[serde(rename = "RS256")]
    Rs256,
    /// RSA, PKCS#1 v1.5 with SHA-384; recommended by CDS Hooks.
    #[serde(rename = "RS384")]
    Rs384,
    /// RSA, PKCS#1 v1.5 with SHA-512.
    #[serde(rename = "RS512")]
    Rs512,
    /// RSA-PSS with SHA-256.
    #[serde(rename = "PS256")]
    Ps256,
    /// RSA-PSS with SHA-384.
    #[serde(rename = "PS384")]
    Ps384,
    /// RSA-PSS with SHA-512.
    #[serde(rename = "PS512")]
    Ps512,
    /// Ed25519.
    #[serde(rename = "EdDSA")]
    EdDsa,
}

impl Signature {
    const ALL: [Self; 9] = [
        Self::Es256,
        Self::Es384,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::EdDsa,
    ];

    /// The same as the library names it.
    #[must_use]
    pub fn algorithm(self) -> Algorithm {
        match self {
            Self::Es256 => Algorithm::ES256,
            Self::Es384 => Algorithm::ES384,
            Self::Rs256 => Algorithm::RS256,
            Self::Rs384 => Algorithm::RS384,
            Self::Rs512 => Algorithm::RS512,
            Self::Ps256 => Algorithm::PS256,
            Self::Ps384 => Algorithm::PS384,
            Self::Ps512 => Algorithm::PS512,
            Self::EdDsa => Algorithm::EdDSA,
        }
    }

    /// What the library names so; `None` for a shared secret.
    #[must_use]
    pub fn of(algorithm: Algorithm) -> Option<Self> {
        Self::ALL.into_iter().find(|signature| signature.algorithm() == algorithm)
    }

    fn is_rsa(self) -> bool {
        !matches!(self, Self::Es256 | Self::Es384 | Self::EdDsa)
    }
}

/// A client's public key, and which signatures it is for.
#[derive(Clone)]
pub struct VerifyingKey {
    /// Its id in the set.
    pub kid: Option<String>,
    /// What it may verify: by its curve, or by its `alg`.
    pub signatures: Vec<Signature>,
    /// The key.
    pub key: DecodingKey,
}

impl fmt::Debug for VerifyingKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "VerifyingKey({:?})", self.signatures)
    }
}

/// The keys of a JWK set that can verify a signature; those for other purposes are left out.
///
/// # Errors
/// Why it is no JWK set, or which key must not be in it: one that is private, shared, too short or broken.
pub fn key_set(set: &Value) -> Result<Vec<VerifyingKey>, &'static str> {
    let keys = set.get("keys").and_then(Value::as_array).ok_or("a JWK set has an array `keys`")?;
    if keys.len() > MOST_KEYS {
        return Err("a JWK set has at most 100 keys");
    }
    keys.iter().filter_map(|key| verifying_key(key).transpose()).collect()
}

const MOST_KEYS: usize = 100;

/// A key; `None` for one that verifies no signature known here.
fn verifying_key(key: &Value) -> Result<Option<VerifyingKey>, &'static str> {
    let member = |name: &str| key.get(name).and_then(Value::as_str);
    if key.get("k").is_some() || member("kty") == Some("oct") {
        return Err("a key set holds a shared secret");
    }
    if key.get("d").is_some() {
        return Err("a key set holds a private key");
    }
    let verifies = key.get("key_ops").and_then(Value::as_array);
    if member("use").is_some_and(|purpose| purpose != "sig")
        || verifies.is_some_and(|operations| !operations.iter().any(|operation| operation == "verify"))
    {
        return Ok(None);
    }
    let of_length =
        |name: &str, length: usize| member(name).filter(|text| text.len() == length).ok_or("a key is broken");
    let (mut signatures, decoded) = match (member("kty"), member("crv")) {
        (Some("EC"), Some("P-256")) => {
            (vec![Signature::Es256], DecodingKey::from_ec_components(of_length("x", 43)?, of_length("y", 43)?))
        }
        (Some("EC"), Some("P-384")) => {
            (vec![Signature::Es384], DecodingKey::from_ec_components(of_length("x", 64)?, of_length("y", 64)?))
        }
        (Some("OKP"), Some("Ed25519")) => {
            (vec![Signature::EdDsa], DecodingKey::from_ed_components(of_length("x", 43)?))
        }
        (Some("RSA"), None) => {
            let modulus = member("n").ok_or("a key is broken")?;
            if modulus.len() < SHORTEST_MODULUS {
                return Err("an RSA key has fewer than 2048 bits");
            }
            let all = Signature::ALL.into_iter().filter(|signature| signature.is_rsa()).collect();
            (all, DecodingKey::from_rsa_components(modulus, member("e").ok_or("a key is broken")?))
        }
        _ => return Ok(None),
    };
    if let Some(pinned) = key.get("alg") {
        signatures.retain(|signature| Signature::deserialize(pinned).is_ok_and(|pinned| pinned == *signature));
    }
    let key = decoded.map_err(|_| "a key is broken")?;
    let kid = member("kid").map(str::to_owned);
    Ok((!signatures.is_empty()).then_some(VerifyingKey { kid, signatures, key }))
}

/// 2048 bits in base64url.
const SHORTEST_MODULUS: usize = 342;

/// The file as it is written.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClientsDocument {
    #[serde(default = "five_minutes")]
    max_life_seconds: u64,
    #[serde(default = "one_minute")]
    leeway_seconds: u64,
    clients: Vec<ClientDocument>,
}

fn five_minutes() -> u64 {
    300
}

fn one_minute() -> u64 {
    60
}

/// CDS Hooks' best practices want a token remembered for an hour at most.
const LONGEST_LIFE_SECONDS: u64 = 3600;

/// Clocks that differ more are to be set right.
const LONGEST_LEEWAY_SECONDS: u64 = 300;

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ClientDocument {
    iss: String,
    jwks: Option<Value>,
    jwks_file: Option<PathBuf>,
    jku: Option<String>,
    algorithms: Option<Vec<Signature>>,
    tenants: Option<Vec<String>>,
    audiences: Option<Vec<String>>,
}

impl CdsClients {
    /// Reads the file of clients; a `jwksFile` in it is looked for in the same folder.
    ///
    /// # Errors
    /// [`ConfigError::ClientsFile`] where a file cannot be read, [`ConfigError::ClientsForm`] where one is not of its form,
    /// [`ConfigError::Client`] for a client that cannot be used, [`ConfigError::NoClient`] where there is none,
    /// [`ConfigError::ClientsLimit`] for a time that is too long.
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        Self::parse(&read(path)?, path.parent().unwrap_or(Path::new("")))
    }

    /// The clients that a text describes, files beside it in `folder`.
    ///
    /// # Errors
    /// As [`CdsClients::read`].
    pub fn parse(text: &str, folder: &Path) -> Result<Self, ConfigError> {
        let document: ClientsDocument = serde_json::from_str(text).map_err(ConfigError::ClientsForm)?;
        let mut clients: Vec<CdsClient> = Vec::new();
        for (at, document_of_one) in document.clients.into_iter().enumerate() {
            let refused = |what| ConfigError::Client { number: at + 1, what };
            let client = client(document_of_one, folder, refused)?;
            if clients.iter().any(|known| known.iss == client.iss) {
                return Err(refused("another one has the same `iss`"));
            }
            clients.push(client);
        }
        if clients.is_empty() {
            return Err(ConfigError::NoClient);
        }
        let within = |name, seconds, most| {
            if seconds > most { Err(ConfigError::ClientsLimit { name, most }) } else { Ok(seconds) }
        };
        Ok(Self {
            max_life_seconds: within("maxLifeSeconds", document.max_life_seconds, LONGEST_LIFE_SECONDS)?,
            leeway_seconds: within("leewaySeconds", document.leeway_seconds, LONGEST_LEEWAY_SECONDS)?,
            clients,
        })
    }

    /// The addresses of key sets.
    #[must_use]
    pub fn key_sets(&self) -> Vec<Url> {
        let address = |client: &CdsClient| match &client.keys {
            KeySource::At(url) => Some(url.clone()),
            KeySource::Given(_) => None,
        };
        self.clients.iter().filter_map(address).collect()
    }
}

fn client(
    document: ClientDocument,
    folder: &Path,
    refused: impl Fn(&'static str) -> ConfigError,
) -> Result<CdsClient, ConfigError> {
    if document.iss.is_empty() {
        return Err(refused("`iss` is empty"));
    }
    let given = |set: &Value| match key_set(set) {
        Ok(keys) if keys.is_empty() => Err(refused("its key set has no key that verifies a signature")),
        Ok(keys) => Ok(KeySource::Given(keys)),
        Err(what) => Err(refused(what)),
    };
    let keys = match (document.jwks, document.jwks_file, document.jku) {
        (Some(set), None, None) => given(&set)?,
        (None, Some(file), None) => {
            given(&serde_json::from_str(&read(&folder.join(file))?).map_err(ConfigError::ClientsForm)?)?
        }
        (None, None, Some(address)) => {
            let url = Url::parse(&address).ok().filter(|url| url.scheme() == "https" && url.username().is_empty());
            KeySource::At(url.ok_or_else(|| refused("`jku` is no https address"))?)
        }
        _ => return Err(refused("it needs one of `jwks`, `jwksFile` and `jku`")),
    };
    let algorithms = document.algorithms.unwrap_or_else(|| vec![Signature::Es384, Signature::Rs384]);
    let usable = |key: &VerifyingKey| key.signatures.iter().any(|signature| algorithms.contains(signature));
    if matches!(&keys, KeySource::Given(keys) if !keys.iter().any(usable)) {
        return Err(refused("none of its keys is for one of its `algorithms`"));
    }
    if [&document.tenants, &document.audiences].into_iter().flatten().any(Vec::is_empty) || algorithms.is_empty() {
        return Err(refused("an empty list would lock it out; leave it out"));
    }
    Ok(CdsClient { iss: document.iss, keys, algorithms, tenants: document.tenants, audiences: document.audiences })
}

fn read(path: &Path) -> Result<String, ConfigError> {
    std::fs::read_to_string(path).map_err(|source| ConfigError::ClientsFile { path: path.to_owned(), source })
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn parse(document: &Value) -> Result<CdsClients, ConfigError> {
        CdsClients::parse(&document.to_string(), Path::new("."))
    }

    fn ec_key() -> Value {
        json!({ "kty": "EC", "crv": "P-384", "kid": "1", "x": "A".repeat(64), "y": "A".repeat(64) })
    }

    fn why(client: &Value) -> String {
        parse(&json!({ "clients": [client] })).unwrap_err().to_string()
    }

    #[test]
    fn a_client_has_an_issuer_one_source_of_keys_and_the_recommended_algorithms() {
        let clients = parse(&json!({ "clients": [
            { "iss": "https://a.example", "jku": "https://a.example/jwks.json" },
            { "iss": "https://b.example", "jwks": { "keys": [ec_key()] }, "algorithms": ["ES384"], "tenants": ["t"] }
        ] }))
        .unwrap();
        assert_eq!((clients.max_life_seconds, clients.leeway_seconds), (300, 60));
        assert_eq!(clients.key_sets().len(), 1);
        assert_eq!(clients.clients[0].algorithms, [Signature::Es384, Signature::Rs384]);
        assert!(matches!(&clients.clients[1].keys, KeySource::Given(keys) if keys[0].signatures == [Signature::Es384]));
    }

    #[test]
    fn shared_secrets_private_keys_and_no_signature_at_all_cannot_be_configured() {
        for algorithm in ["none", "HS256", "HS512", "es384"] {
            let client = json!({ "iss": "a", "jku": "https://a.example/k", "algorithms": [algorithm] });
            assert!(matches!(parse(&json!({ "clients": [client] })), Err(ConfigError::ClientsForm(_))), "{algorithm}");
        }
        let with = |key: Value| json!({ "iss": "a", "jwks": { "keys": [key] } });
        assert!(why(&with(json!({ "kty": "oct", "k": "AAAA" }))).contains("shared secret"));
        let mut private = ec_key();
        private["d"] = "AAAA".into();
        assert!(why(&with(private)).contains("private key"));
        assert!(why(&with(json!({ "kty": "RSA", "n": "AAAA", "e": "AQAB" }))).contains("2048"));
        let mut encryption = ec_key();
        encryption["use"] = "enc".into();
        assert!(why(&with(encryption)).contains("no key that verifies"));
        let mut other = with(ec_key());
        other["algorithms"] = json!(["RS384"]);
        assert!(why(&other).contains("none of its keys"));
    }

    #[test]
    fn a_client_that_could_never_be_let_in_or_is_there_twice_is_refused() {
        assert!(why(&json!({ "iss": "a" })).contains("one of"));
        assert!(why(&json!({ "iss": "a", "jku": "https://a.example", "jwks": { "keys": [] } })).contains("one of"));
        assert!(why(&json!({ "iss": "a", "jku": "http://a.example/k" })).contains("https"));
        assert!(why(&json!({ "iss": "", "jku": "https://a.example/k" })).contains("empty"));
        assert!(why(&json!({ "iss": "a", "jku": "https://a.example/k", "tenants": [] })).contains("empty list"));
        let twice = json!({ "iss": "a", "jku": "https://a.example/k" });
        assert!(parse(&json!({ "clients": [twice, twice] })).unwrap_err().to_string().contains("same `iss`"));
        assert!(matches!(parse(&json!({ "clients": [] })), Err(ConfigError::NoClient)));
        assert!(matches!(parse(&json!({ "client": [] })), Err(ConfigError::ClientsForm(_))));
        let for_ever = json!({ "maxLifeSeconds": 86_400, "clients": [twice] });
        assert!(matches!(parse(&for_ever), Err(ConfigError::ClientsLimit { most: 3600, .. })));
    }

    #[test]
    fn a_key_with_an_alg_is_for_that_signature_alone() {
        let rsa = json!({ "kty": "RSA", "n": "A".repeat(342), "e": "AQAB", "alg": "RS384" });
        assert_eq!(verifying_key(&rsa).unwrap().unwrap().signatures, [Signature::Rs384]);
        let mut for_any = rsa.clone();
        for_any.as_object_mut().unwrap().remove("alg");
        assert_eq!(verifying_key(&for_any).unwrap().unwrap().signatures.len(), 6);
        let mut for_encryption = rsa;
        for_encryption["alg"] = "RSA-OAEP".into();
        assert!(verifying_key(&for_encryption).unwrap().is_none());
    }
}
