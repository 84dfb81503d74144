//! The tokens of CDS Hooks clients: JSON Web Tokens (RFC 7519) that a client signs for each of its calls.
//!
//! Owns who is let in to `/cds-services`. A refused caller hears 401 and no reason; the log and the figures hold the kind of
//! reason, never the token or what it says. A token opens one call: it is remembered until it ends, by this instance alone,
//! so behind several instances the same token may be used once at each.

mod claims;
mod keys;
mod replay;

use std::sync::{Arc, Mutex, PoisonError};

use jsonwebtoken::{Header, Validation, dangerous};
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;

use crate::config::{CdsClient, CdsClients, KeySource, Signature, VerifyingKey};
use crate::outbound::Outbound;

use self::claims::{Claims, Expected};
use self::keys::{Keys, fitting};
use self::replay::Used;

pub(crate) use self::claims::TokenFault;

/// A token has a kilobyte, or two with RSA.
const LONGEST_TOKEN: usize = 8 * 1024;

/// The clients that are let in.
pub(crate) struct Clients {
    known: Vec<Client>,
    max_life_seconds: u64,
    leeway_seconds: u64,
    /// Where callers reach the service, without a slash at the end.
    public_url: String,
    refusals: Family<RefusalLabels, Counter>,
}

struct Client {
    config: CdsClient,
    keys: Keys,
    used: Mutex<Used>,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct RefusalLabels {
    reason: &'static str,
}

impl Clients {
    /// The clients of a configuration, who reach the service at `public_url`; `None` where one needs that and it is not known.
    pub(crate) fn new(config: &CdsClients, public_url: Option<&str>, outbound: &Arc<Outbound>) -> Option<Self> {
        if public_url.is_none() && config.clients.iter().any(|client| client.audiences.is_none()) {
            return None;
        }
        let client = |client: &CdsClient| Client {
            config: client.clone(),
            keys: Keys::new(&client.keys, outbound),
            used: Mutex::default(),
        };
        Some(Self {
            known: config.clients.iter().map(client).collect(),
            max_life_seconds: config.max_life_seconds,
            leeway_seconds: config.leeway_seconds,
            public_url: public_url.unwrap_or_default().trim_end_matches('/').to_owned(),
            refusals: Family::default(),
        })
    }

    /// Shows what was refused among the figures of a registry.
    pub(crate) fn register(&self, registry: &mut Registry) {
        registry.register("cds_token_refusals", "Refused tokens of CDS Hooks clients by reason", self.refusals.clone());
    }

    /// Lets a call to `path` in at the time `now`, in seconds since 1970, if its token is good; the token is used up then.
    pub(crate) async fn admit(&self, token: Option<&str>, path: &str, now: u64) -> Result<(), TokenFault> {
        let checked = match token {
            Some(token) => self.check(token, path, now).await,
            None => Err(TokenFault::Missing),
        };
        checked.inspect_err(|fault| {
            self.refusals.get_or_create(&RefusalLabels { reason: fault.name() }).inc();
            tracing::debug!(reason = fault.name(), "refused a token");
        })
    }

    async fn check(&self, token: &str, path: &str, now: u64) -> Result<(), TokenFault> {
        if token.len() > LONGEST_TOKEN {
            return Err(TokenFault::Malformed);
        }
        // Nothing that is read here is relied on before the signature holds; it tells whose keys to hold it against.
        let said = dangerous::insecure_decode::<Claims>(token).map_err(|_| TokenFault::Malformed)?;
        let client = self.known.iter().find(|client| client.config.iss == said.claims.iss).ok_or(TokenFault::Issuer)?;
        let exact = [format!("{}{path}", self.public_url)];
        let expected = Expected {
            audiences: client.config.audiences.as_deref().unwrap_or(&exact),
            tenants: client.config.tenants.as_deref(),
            max_life_seconds: self.max_life_seconds,
            leeway_seconds: self.leeway_seconds,
        };
        said.claims.check(&expected, now)?;
        let claims = self.verified(client, token, &said.header, now).await?;
        let mut used = client.used.lock().unwrap_or_else(PoisonError::into_inner);
        used.note(&claims.jti, claims.until(self.leeway_seconds), now)
    }

    /// The claims, if one of the client's keys signed them.
    async fn verified(&self, client: &Client, token: &str, header: &Header, now: u64) -> Result<Claims, TokenFault> {
        let jku = match &client.config.keys {
            KeySource::At(url) => Some(url.as_str()),
            KeySource::Given(_) => None,
        };
        let signature = claims::signature(header, &client.config.algorithms, jku)?;
        let kid = header.kid.as_deref();
        let by = |keys: &[VerifyingKey]| fitting(keys, signature, kid).find_map(|key| verify(token, signature, key));
        let keys = client.keys.now(now).await.ok_or(TokenFault::NoKeys)?;
        if let Some(claims) = by(&keys) {
            return Ok(claims);
        }
        // The client may have taken a new key since: then it is not among the old ones, or has no id to tell.
        let named = kid.is_some_and(|kid| keys.iter().any(|key| key.kid.as_deref() == Some(kid)));
        let renewed = if named { None } else { client.keys.anew(now).await };
        renewed.and_then(|keys| by(&keys)).ok_or(TokenFault::Signature)
    }
}

/// The claims of a token that this key signed in this way; times and audience are checked elsewhere, with our clock.
fn verify(token: &str, signature: Signature, key: &VerifyingKey) -> Option<Claims> {
    let mut validation = Validation::new(signature.algorithm());
    validation.validate_exp = false;
    validation.validate_aud = false;
    validation.required_spec_claims.clear();
    jsonwebtoken::decode::<Claims>(token, &key.key, &validation).ok().map(|token| token.claims)
}
