//! Requests to others: FHIR servers and key sets, each configured by the operator, and nobody else.
//!
//! The one file with an HTTP client. Owns whom a request may go to, also after names are resolved, how long and how large an
//! answer may be, and that no redirect, proxy or decompression happens. Addresses and tokens are in no log and no error: they
//! name patients. What an answer means is `cds/fetch.rs`'s and `api/tokens.rs`'s to know.

mod address;

use std::fmt;
use std::net::{IpAddr, SocketAddr, ToSocketAddrs as _};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::registry::Registry;
use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use reqwest::header::{ACCEPT, AUTHORIZATION, CONTENT_ENCODING, CONTENT_TYPE, HeaderMap, HeaderValue};
use reqwest::{Certificate, Client, Response, StatusCode, redirect, retry};
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;
use url::{Host, Url};

use crate::config::{FhirBase, FhirConfig};

/// Names are looked up by threads that cannot be stopped; more than this many wait.
const LOOKUPS: usize = 32;

/// A key set is a few kilobytes.
const KEY_SET_LIMIT_BYTES: usize = 256 * 1024;

/// An answer with more JSON values than this would take far more memory than its size says.
const MOST_VALUES: usize = 500_000;

/// Longer answers are decoded aside, so that no other request waits for them.
const DECODED_IN_PLACE_BYTES: usize = 32 * 1024;

/// Why requests to others cannot be made at all.
#[derive(Debug, thiserror::Error)]
pub enum OutboundError {
    /// A configured address is not one of the public Internet.
    #[error("`{0}` is not a public address; --fhir-allow-private lets a private one be called")]
    PrivateAddress(Url),
    /// The certificate authorities cannot be read.
    #[error("the file of certificate authorities is no PEM, or has no certificate")]
    Certificates,
    /// The client cannot be made.
    #[error("no HTTP client can be made")]
    Client(#[source] reqwest::Error),
}

/// How a request to others ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
pub enum OutboundFault {
    /// The address is not configured, or names an address that may not be called.
    #[error("the address may not be called")]
    Refused,
    /// Too many requests are waiting for this server.
    #[error("too many requests are waiting for the server")]
    Busy,
    /// No connection, or it broke.
    #[error("the server cannot be reached")]
    Unreachable,
    /// It took too long.
    #[error("the server took too long")]
    Timeout,
    /// The answer is too large.
    #[error("the answer is too large")]
    TooLarge,
    /// The answer is no JSON, or not what was asked for.
    #[error("the answer is not what was asked for")]
    BadContent,
    /// The status is not 200.
    #[error("the server refused")]
    Status,
}

impl OutboundFault {
    const fn name(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::Busy => "busy",
            Self::Unreachable => "unreachable",
            Self::Timeout => "timeout",
            Self::TooLarge => "too-large",
            Self::BadContent => "bad-content",
            Self::Status => "status",
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash, EncodeLabelSet)]
struct OutcomeLabels {
    to: &'static str,
    outcome: &'static str,
}

/// What makes requests to others.
pub struct Outbound {
    client: Option<Client>,
    servers: Vec<Server>,
    key_sets: Vec<Url>,
    config: FhirConfig,
    requests: Family<OutcomeLabels, Counter>,
}

struct Server {
    base: FhirBase,
    waiting: Arc<Semaphore>,
}

impl Outbound {
    /// What may call these FHIR servers, and read these key sets.
    ///
    /// # Errors
    /// [`OutboundError::PrivateAddress`] for an address that may not be called, [`OutboundError::Certificates`] for
    /// authorities that cannot be used, [`OutboundError::Client`] where the system has none.
    pub fn new(config: &FhirConfig, key_sets: Vec<Url>) -> Result<Self, OutboundError> {
        let mut configured = config.servers.iter().map(FhirBase::url).chain(&key_sets);
        if let Some(refused) = configured.find(|url| !may_ask(url, config.allow_private)) {
            return Err(OutboundError::PrivateAddress(refused.clone()));
        }
        let needed = !config.servers.is_empty() || !key_sets.is_empty();
        let server = |base: &FhirBase| Server {
            base: base.clone(),
            waiting: Arc::new(Semaphore::new(config.waiting_limit.min(Semaphore::MAX_PERMITS))),
        };
        Ok(Self {
            client: if needed { Some(client(config)?) } else { None },
            servers: config.servers.iter().map(server).collect(),
            key_sets,
            config: config.clone(),
            requests: Family::default(),
        })
    }

    /// Shows how requests ended among the figures of a registry.
    pub fn register(&self, registry: &mut Registry) {
        registry.register("outbound_requests", "Requests to others by whom and outcome", self.requests.clone());
    }

    /// The most pages of one search.
    #[must_use]
    pub fn page_limit(&self) -> usize {
        self.config.page_limit
    }

    /// Begins to ask a FHIR server for what one CDS Hooks call needs; its time runs from now.
    ///
    /// The token goes to this server alone and lives as long as the call.
    ///
    /// # Errors
    /// [`OutboundFault::Refused`] for a server that is not configured, [`OutboundFault::Busy`] where as many calls as may are
    /// waiting for it.
    pub fn call(&self, fhir_server: &str, token: Option<&str>) -> Result<FhirCall<'_>, OutboundFault> {
        self.begin(fhir_server, token).inspect_err(|fault| self.count("fhir", Err(*fault)))
    }

    fn begin(&self, fhir_server: &str, token: Option<&str>) -> Result<FhirCall<'_>, OutboundFault> {
        let base: FhirBase = fhir_server.parse().map_err(|_| OutboundFault::Refused)?;
        let covers = |server: &&Server| server.base.covers(&base);
        let server = self.servers.iter().find(covers).ok_or(OutboundFault::Refused)?;
        let token = token.map(Token::new).transpose()?;
        let permit = Arc::clone(&server.waiting).try_acquire_owned().map_err(|_| OutboundFault::Busy)?;
        Ok(FhirCall {
            outbound: self,
            base,
            token,
            until: Instant::now() + self.config.call_timeout,
            bytes_left: AtomicUsize::new(self.config.call_limit_bytes),
            _permit: permit,
        })
    }

    /// The key set at one of the configured addresses.
    ///
    /// # Errors
    /// Every [`OutboundFault`] but [`OutboundFault::Busy`].
    pub async fn key_set(&self, at: &Url) -> Result<Value, OutboundFault> {
        let answer = if self.key_sets.contains(at) {
            let mut headers = HeaderMap::new();
            headers.insert(ACCEPT, HeaderValue::from_static("application/json, application/jwk-set+json"));
            let limits = Limits { bytes: KEY_SET_LIMIT_BYTES, time: self.config.request_timeout };
            let kinds = ["application/json", "application/jwk-set+json", "application/octet-stream", "text/plain"];
            self.read(at.clone(), headers, limits, &kinds).await.map(|(value, _)| value)
        } else {
            Err(OutboundFault::Refused)
        };
        self.count("key-set", answer.as_ref().map(|_| ()).map_err(|fault| *fault));
        answer
    }

    /// The JSON at an address, and how many bytes it had.
    async fn read(
        &self,
        url: Url,
        headers: HeaderMap,
        limits: Limits,
        kinds: &[&str],
    ) -> Result<(Value, usize), OutboundFault> {
        let client = self.client.as_ref().ok_or(OutboundFault::Refused)?;
        if !may_ask(&url, self.config.allow_private) {
            return Err(OutboundFault::Refused);
        }
        let answer = async {
            let response = client.get(url).headers(headers).send().await.map_err(|error| fault(&error))?;
            let bytes = body(response, limits.bytes, kinds).await?;
            let length = bytes.len();
            Ok((decode(bytes).await?, length))
        };
        tokio::time::timeout(limits.time, answer).await.map_err(|_| OutboundFault::Timeout)?
    }

    fn count(&self, to: &'static str, outcome: Result<(), OutboundFault>) {
        let outcome = outcome.map_or_else(OutboundFault::name, |()| "ok");
        self.requests.get_or_create(&OutcomeLabels { to, outcome }).inc();
        tracing::debug!(to, outcome, "asked another service");
    }
}

impl fmt::Debug for Outbound {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("Outbound").field("servers", &self.servers.len()).finish_non_exhaustive()
    }
}

struct Limits {
    bytes: usize,
    time: Duration,
}

/// What one CDS Hooks call asks of one FHIR server.
pub struct FhirCall<'o> {
    outbound: &'o Outbound,
    base: FhirBase,
    token: Option<Token>,
    until: Instant,
    bytes_left: AtomicUsize,
    _permit: OwnedSemaphorePermit,
}

impl FhirCall<'_> {
    /// The server, as the call names it.
    #[must_use]
    pub fn base(&self) -> &FhirBase {
        &self.base
    }

    /// The resource at an address of this server.
    ///
    /// # Errors
    /// Every [`OutboundFault`] but [`OutboundFault::Busy`]; [`OutboundFault::Refused`] for an address elsewhere.
    pub async fn get(&self, url: Url) -> Result<Value, OutboundFault> {
        let answer = self.ask(url).await;
        self.outbound.count("fhir", answer.as_ref().map(|_| ()).map_err(|fault| *fault));
        answer
    }

    async fn ask(&self, url: Url) -> Result<Value, OutboundFault> {
        if !self.base.holds(&url) {
            return Err(OutboundFault::Refused);
        }
        let config = &self.outbound.config;
        let left = self.until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Err(OutboundFault::Timeout);
        }
        let limits = Limits {
            bytes: config.page_limit_bytes.min(self.bytes_left.load(Ordering::Relaxed)),
            time: config.request_timeout.min(left),
        };
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/fhir+json, application/json;q=0.9"));
        if let Some(token) = &self.token {
            headers.insert(AUTHORIZATION, token.0.clone());
        }
        let kinds = ["application/fhir+json", "application/json"];
        let (value, bytes) = self.outbound.read(url, headers, limits, &kinds).await?;
        // Answers that arrive at the same time may together pass the limit; what was read is counted in any case.
        let spent = |left: usize| left.checked_sub(bytes);
        match self.bytes_left.try_update(Ordering::Relaxed, Ordering::Relaxed, spent) {
            Ok(_) => Ok(value),
            Err(_) => Err(OutboundFault::TooLarge),
        }
    }
}

impl fmt::Debug for FhirCall<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("FhirCall").field("token", &self.token).finish_non_exhaustive()
    }
}

/// An access token as it is sent; never shown.
struct Token(HeaderValue);

impl Token {
    fn new(token: &str) -> Result<Self, OutboundFault> {
        let mut value = HeaderValue::from_str(&format!("Bearer {token}")).map_err(|_| OutboundFault::Refused)?;
        value.set_sensitive(true);
        Ok(Self(value))
    }
}

impl fmt::Debug for Token {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Token")
    }
}

fn client(config: &FhirConfig) -> Result<Client, OutboundError> {
    let authorities = config.ca_pem.as_deref().map(authorities).transpose()?.unwrap_or_default();
    Client::builder()
        .tls_certs_merge(authorities)
        .dns_resolver(Lookup { allow_private: config.allow_private, places: Arc::new(Semaphore::new(LOOKUPS)) })
        .redirect(redirect::Policy::none())
        .retry(retry::never())
        .no_proxy()
        .referer(false)
        .no_gzip()
        .no_brotli()
        .no_zstd()
        .no_deflate()
        .http1_only()
        .connect_timeout(config.connect_timeout)
        .pool_idle_timeout(Duration::from_secs(15))
        .pool_max_idle_per_host(config.waiting_limit)
        .user_agent(concat!("kneadsafe/", env!("CARGO_PKG_VERSION")))
        .build()
        .map_err(OutboundError::Client)
}

fn authorities(pem: &[u8]) -> Result<Vec<Certificate>, OutboundError> {
    match Certificate::from_pem_bundle(pem) {
        Ok(authorities) if !authorities.is_empty() => Ok(authorities),
        _ => Err(OutboundError::Certificates),
    }
}

/// Whether a request may go to this address, as far as it can be told before its name is looked up.
fn may_ask(url: &Url, allow_private: bool) -> bool {
    let address = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Domain(name)) => return url.scheme() == "https" || name == "localhost",
        None => return false,
    };
    address::may_reach(address, allow_private) && (url.scheme() == "https" || address.is_loopback())
}

/// Looks names up, and keeps the addresses that may be called.
struct Lookup {
    allow_private: bool,
    places: Arc<Semaphore>,
}

/// A name whose addresses may not be called.
#[derive(Debug, thiserror::Error)]
#[error("no address of the name may be called")]
struct NoAddress;

impl Resolve for Lookup {
    fn resolve(&self, name: Name) -> Resolving {
        let (allow_private, places) = (self.allow_private, Arc::clone(&self.places));
        Box::pin(async move {
            let place = places.acquire_owned().await?;
            let found = spawn_blocking(move || {
                let found =
                    (name.as_str(), 0).to_socket_addrs().map(|found| callable(name.as_str(), found, allow_private));
                drop(place);
                found
            });
            let kept = found.await??;
            if kept.is_empty() { Err(NoAddress.into()) } else { Ok(Box::new(kept.into_iter()) as Addrs) }
        })
    }
}

/// Those addresses of a name that may be called; `localhost` is nobody but this machine, for it may be called without TLS.
fn callable(name: &str, found: impl Iterator<Item = SocketAddr>, allow_private: bool) -> Vec<SocketAddr> {
    found
        .filter(|found| address::may_reach(found.ip(), allow_private))
        .filter(|found| name != "localhost" || found.ip().is_loopback())
        .collect()
}

/// What a client's error comes to; the error itself names the address and goes no further.
fn fault(error: &reqwest::Error) -> OutboundFault {
    let mut cause: Option<&(dyn std::error::Error + 'static)> = Some(error);
    while let Some(at) = cause {
        if at.is::<NoAddress>() {
            return OutboundFault::Refused;
        }
        cause = at.source();
    }
    if error.is_timeout() { OutboundFault::Timeout } else { OutboundFault::Unreachable }
}

/// The body of an answer that is 200 and of one of these media types.
async fn body(mut response: Response, limit: usize, kinds: &[&str]) -> Result<Vec<u8>, OutboundFault> {
    if response.status() != StatusCode::OK {
        return Err(OutboundFault::Status);
    }
    let headers = response.headers();
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()?.split(';').next());
    let fits = kind.is_some_and(|kind| kinds.iter().any(|known| kind.trim().eq_ignore_ascii_case(known)));
    let plain = headers.get(CONTENT_ENCODING).is_none_or(|coding| coding.as_bytes().eq_ignore_ascii_case(b"identity"));
    if !fits || !plain {
        return Err(OutboundFault::BadContent);
    }
    let announced = usize::try_from(response.content_length().unwrap_or(0)).unwrap_or(usize::MAX);
    if announced > limit {
        return Err(OutboundFault::TooLarge);
    }
    let mut bytes = Vec::with_capacity(announced);
    while let Some(chunk) = response.chunk().await.map_err(|error| fault(&error))? {
        if bytes.len() + chunk.len() > limit {
            return Err(OutboundFault::TooLarge);
        }
        bytes.extend_from_slice(&chunk);
    }
    Ok(bytes)
}

async fn decode(bytes: Vec<u8>) -> Result<Value, OutboundFault> {
    if bytes.len() <= DECODED_IN_PLACE_BYTES {
        return decode_here(&bytes);
    }
    spawn_blocking(move || decode_here(&bytes)).await.unwrap_or(Err(OutboundFault::BadContent))
}

fn decode_here(bytes: &[u8]) -> Result<Value, OutboundFault> {
    if bytes.iter().filter(|byte| matches!(byte, b',' | b'[' | b'{')).count() > MOST_VALUES {
        return Err(OutboundFault::TooLarge);
    }
    serde_json::from_slice(bytes).map_err(|_| OutboundFault::BadContent)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(list: &[&str]) -> Vec<SocketAddr> {
        list.iter().map(|address| SocketAddr::new(address.parse().unwrap(), 0)).collect()
    }

    #[test]
    fn a_name_keeps_only_the_addresses_that_may_be_called() {
        let found = addresses(&["10.0.0.5", "1.1.1.1", "::ffff:127.0.0.1", "169.254.169.254", "2606:4700::1"]);
        let kept = callable("ehr.example", found.clone().into_iter(), false);
        assert_eq!(kept, addresses(&["1.1.1.1", "2606:4700::1"]));
        let kept = callable("ehr.example", found.into_iter(), true);
        assert_eq!(kept, addresses(&["10.0.0.5", "1.1.1.1", "::ffff:127.0.0.1", "2606:4700::1"]));
    }

    #[test]
    fn localhost_is_nobody_but_this_machine() {
        let found = addresses(&["1.1.1.1", "10.0.0.5", "127.0.0.1", "::1"]);
        assert_eq!(callable("localhost", found.clone().into_iter(), true), addresses(&["127.0.0.1", "::1"]));
        assert_eq!(callable("localhost", found.into_iter(), false), addresses(&[]));
    }

    #[test]
    fn a_private_address_cannot_be_configured_without_the_word_for_it() {
        for text in
            ["https://10.0.0.5/fhir", "http://127.0.0.1:8081", "https://[::ffff:10.0.0.1]", "https://2130706433/"]
        {
            let mut config = FhirConfig { servers: vec![text.parse().unwrap()], ..FhirConfig::default() };
            assert!(matches!(Outbound::new(&config, Vec::new()), Err(OutboundError::PrivateAddress(_))), "{text}");
            config.allow_private = true;
            assert!(Outbound::new(&config, Vec::new()).is_ok(), "{text}");
        }
        let metadata = FhirConfig {
            servers: vec!["https://169.254.169.254/latest".parse().unwrap()],
            allow_private: true,
            ..FhirConfig::default()
        };
        assert!(Outbound::new(&metadata, Vec::new()).is_err());
    }

    #[test]
    fn a_server_that_is_not_configured_is_not_called() {
        let config =
            FhirConfig { servers: vec!["https://good.example/fhir".parse().unwrap()], ..FhirConfig::default() };
        let outbound = Outbound::new(&config, Vec::new()).unwrap();
        assert!(outbound.call("https://good.example/fhir", None).is_ok());
        for other in [
            "https://good.example.evil.com/fhir",
            "https://good.example@evil.com/fhir",
            "https://good.example\\@evil.com/fhir",
            "http://good.example/fhir",
            "https://good.example/",
            "//good.example/fhir",
            "",
        ] {
            assert_eq!(outbound.call(other, None).unwrap_err(), OutboundFault::Refused, "{other}");
        }
        assert_eq!(
            outbound.call("https://good.example/fhir", Some("a\r\nHost: b")).unwrap_err(),
            OutboundFault::Refused
        );
    }

    #[test]
    fn a_token_is_not_shown() {
        let config = FhirConfig { servers: vec!["https://good.example".parse().unwrap()], ..FhirConfig::default() };
        let outbound = Outbound::new(&config, Vec::new()).unwrap();
        let call = outbound.call("https://good.example", Some("canary-token")).unwrap();
        assert!(!format!("{call:?} {:?}", call.token).contains("canary"));
    }

    #[test]
    fn one_server_keeps_no_more_calls_waiting_than_it_may() {
        let servers = vec!["https://slow.example".parse().unwrap(), "https://other.example".parse().unwrap()];
        let config = FhirConfig { servers, waiting_limit: 2, ..FhirConfig::default() };
        let outbound = Outbound::new(&config, Vec::new()).unwrap();
        let first = outbound.call("https://slow.example", None).unwrap();
        let _second = outbound.call("https://slow.example", None).unwrap();
        assert_eq!(outbound.call("https://slow.example", None).unwrap_err(), OutboundFault::Busy);
        assert!(outbound.call("https://other.example", None).is_ok());
        drop(first);
        assert!(outbound.call("https://slow.example", None).is_ok());
    }

    #[test]
    fn a_small_answer_of_very_many_values_is_too_large() {
        let many = format!("[{}0]", "[],".repeat(MOST_VALUES));
        assert_eq!(decode_here(many.as_bytes()), Err(OutboundFault::TooLarge));
        assert_eq!(decode_here(b"<html>"), Err(OutboundFault::BadContent));
    }
}
