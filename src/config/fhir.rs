//! Which FHIR servers may be called back, and how patiently: nothing that a request names is called by itself.

use std::fmt;
use std::path::Path;
use std::str::FromStr;
use std::time::Duration;

use url::{Host, Url};

use super::ConfigError;

/// Which FHIR servers may be called back, and what a call-back may cost.
#[derive(Debug, Clone)]
pub struct FhirConfig {
    /// The servers; none, and nothing is ever called.
    pub servers: Vec<FhirBase>,
    /// Whether a server may be at a loopback, private or shared address. Link-local addresses, those of a cloud's metadata
    /// among them, stay refused.
    pub allow_private: bool,
    /// Certificate authorities to trust besides the system's, as PEM.
    pub ca_pem: Option<Vec<u8>>,
    /// How long a connection may take to stand.
    pub connect_timeout: Duration,
    /// How long one answer may take to arrive whole.
    pub request_timeout: Duration,
    /// How long everything that one CDS Hooks call asks for may take.
    pub call_timeout: Duration,
    /// The largest answer, in bytes.
    pub page_limit_bytes: usize,
    /// The most that one CDS Hooks call may read, in bytes.
    pub call_limit_bytes: usize,
    /// The most pages of one search.
    pub page_limit: usize,
    /// How many CDS Hooks calls may be waiting for one server; a further one goes without its data at once.
    pub waiting_limit: usize,
}

impl Default for FhirConfig {
    /// No server, and limits that leave a booking its time: 2 s an answer, 4 s and 8 MiB a call.
    fn default() -> Self {
        Self {
            servers: Vec::new(),
            allow_private: false,
            ca_pem: None,
            connect_timeout: Duration::from_secs(1),
            request_timeout: Duration::from_secs(2),
            call_timeout: Duration::from_secs(4),
            page_limit_bytes: 4 * 1024 * 1024,
            call_limit_bytes: 8 * 1024 * 1024,
            page_limit: 20,
            waiting_limit: 16,
        }
    }
}

/// Reads a file of certificate authorities.
///
/// # Errors
/// [`ConfigError::CaFile`] where it cannot be read.
pub fn read_ca_file(path: &Path) -> Result<Vec<u8>, ConfigError> {
    std::fs::read(path).map_err(|source| ConfigError::CaFile { path: path.to_owned(), source })
}

/// The base address of a FHIR server: `https`, a host, perhaps a port and a path, and nothing else.
///
/// Plain `http` is taken for `localhost` and loopback addresses alone, for trying things out.
#[derive(Clone, PartialEq, Eq)]
pub struct FhirBase(Url);

/// Why an address is no [`FhirBase`]; never repeats it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FhirBaseError {
    /// It is no URL.
    #[error("it is no absolute URL")]
    NoUrl,
    /// It is neither https nor loopback.
    #[error("it must begin with https:// (http:// is for a loopback address)")]
    Scheme,
    /// It has a user name, password, query or fragment.
    #[error("it may have a host, a port and a path, and nothing else")]
    Excess,
    /// Its path could be read as another one.
    #[error("its path may have letters, digits, `-`, `.`, `_` and `~` between its slashes, and no step upwards")]
    Path,
}

impl FromStr for FhirBase {
    type Err = FhirBaseError;

    fn from_str(text: &str) -> Result<Self, FhirBaseError> {
        // The URL standard mends what it can (`https:\\good`, tabs, `..`); an address that needs mending is refused instead.
        if !text.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'\\') {
            return Err(FhirBaseError::NoUrl);
        }
        let url = Url::parse(text).map_err(|_| FhirBaseError::NoUrl)?;
        let after_scheme = text.split_once("://").map(|(_, rest)| rest).ok_or(FhirBaseError::NoUrl)?;
        if !(url.scheme() == "https" || url.scheme() == "http" && is_loopback(&url)) {
            return Err(FhirBaseError::Scheme);
        }
        if after_scheme.contains(['@', '?', '#']) || !url.username().is_empty() || url.password().is_some() {
            return Err(FhirBaseError::Excess);
        }
        let path = after_scheme.find('/').and_then(|at| after_scheme.get(at + 1..)).unwrap_or_default();
        let path = path.strip_suffix('/').unwrap_or(path);
        if !path.is_empty() && !path.split('/').all(is_plain_segment) {
            return Err(FhirBaseError::Path);
        }
        Ok(Self(without_slash(url)))
    }
}

impl FhirBase {
    /// Whether `other` is this server: same scheme, host and port, and the same path or one below it.
    #[must_use]
    pub fn covers(&self, other: &Self) -> bool {
        self.holds(&other.0)
    }

    /// Whether an address is at or below this one, whatever its query.
    #[must_use]
    pub fn holds(&self, url: &Url) -> bool {
        let same_origin = self.0.scheme() == url.scheme()
            && self.0.host() == url.host()
            && self.0.port_or_known_default() == url.port_or_known_default();
        let below = url.path().strip_prefix(self.path());
        same_origin
            && url.username().is_empty()
            && url.password().is_none()
            && below.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
            && url.path().split('/').all(|segment| !hides_a_step(segment))
    }

    /// The address of what stands at `path`, with its query, below this one.
    #[must_use]
    pub fn at(&self, path: &str) -> Option<Url> {
        let url = Url::parse(&format!("{}/{path}", self.0.as_str().trim_end_matches('/'))).ok()?;
        let written = path.split(['?', '#']).next().unwrap_or_default();
        // Nothing was mended on the way: `Patient/..` would be the base itself.
        (self.holds(&url) && url.path() == format!("{}/{written}", self.path())).then_some(url)
    }

    /// The address itself.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0
    }

    fn path(&self) -> &str {
        self.0.path().trim_end_matches('/')
    }
}

impl fmt::Debug for FhirBase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "FhirBase({})", self.0)
    }
}

fn without_slash(mut url: Url) -> Url {
    let path = url.path().trim_end_matches('/').to_owned();
    url.set_path(&path);
    url
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}

fn is_plain_segment(segment: &str) -> bool {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~');
    !segment.is_empty() && !segment.starts_with("..") && segment != "." && segment.bytes().all(plain)
}

/// Whether a server could read a step upwards, or a further slash, in one segment of a path.
fn hides_a_step(segment: &str) -> bool {
    let lower = segment.to_ascii_lowercase();
    lower.starts_with("..") || ["%2e", "%2f", "%5c", "%00"].iter().any(|escape| lower.contains(escape))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn base(text: &str) -> FhirBase {
        text.parse().unwrap()
    }

    #[test]
    fn a_base_is_https_or_loopback_and_nothing_but_host_port_and_path() {
        for good in [
            "https://ehr.example.org",
            "https://ehr.example.org/",
            "https://ehr.example.org:8443/fhir/R4/",
            "http://127.0.0.1:8081/fhir",
            "http://localhost:8081/fhir",
            "http://[::1]:8081",
        ] {
            assert!(good.parse::<FhirBase>().is_ok(), "{good}");
        }
        for (bad, why) in [
            ("ehr.example.org", FhirBaseError::NoUrl),
            ("", FhirBaseError::NoUrl),
            ("https:\\\\ehr.example.org", FhirBaseError::NoUrl),
            ("https:ehr.example.org", FhirBaseError::NoUrl),
            ("https://ehr.example.org/a\tb", FhirBaseError::NoUrl),
            ("https://ehr.example.org/a b", FhirBaseError::NoUrl),
            ("http://ehr.example.org", FhirBaseError::Scheme),
            ("http://10.0.0.1", FhirBaseError::Scheme),
            ("http://localhost.example.org", FhirBaseError::Scheme),
            ("file:///etc/passwd", FhirBaseError::Scheme),
            ("ftp://ehr.example.org", FhirBaseError::Scheme),
            ("https://ehr.example.org@evil.example.org", FhirBaseError::Excess),
            ("https://@ehr.example.org", FhirBaseError::Excess),
            ("https://ehr.example.org/fhir?x=1", FhirBaseError::Excess),
            ("https://ehr.example.org/fhir#x", FhirBaseError::Excess),
            ("https://ehr.example.org/fhir/../admin", FhirBaseError::Path),
            ("https://ehr.example.org/fhir/..;/admin", FhirBaseError::Path),
            ("https://ehr.example.org/fhir/%2e%2e/admin", FhirBaseError::Path),
            ("https://ehr.example.org/fhir//admin", FhirBaseError::Path),
        ] {
            assert_eq!(bad.parse::<FhirBase>(), Err(why), "{bad}");
        }
    }

    #[test]
    fn a_server_covers_its_own_origin_and_paths_and_no_look_alike() {
        let configured = base("https://good.example/fhir");
        for same in
            ["https://good.example/fhir", "https://GOOD.example:443/fhir/", "https://good.example/fhir/tenant-1"]
        {
            assert!(configured.covers(&base(same)), "{same}");
        }
        for other in [
            "https://good.example.evil.com/fhir",
            "https://good.example/fhirs",
            "https://good.example/",
            "https://good.example:444/fhir",
            "https://evil.com/good.example/fhir",
            "http://localhost/fhir",
            "https://good.example./fhir",
        ] {
            assert!(!configured.covers(&base(other)), "{other}");
        }
    }

    #[test]
    fn an_address_below_a_base_cannot_climb_out_of_it() {
        let base = base("https://good.example/fhir/r4");
        assert_eq!(
            base.at("Condition?patient=1").unwrap().as_str(),
            "https://good.example/fhir/r4/Condition?patient=1"
        );
        for path in
            ["../admin", "Patient/../../admin", "Patient/%2e%2e/%2e%2e/x", "Patient/..%2f..%2fx", "Patient/..;/x"]
        {
            assert_eq!(base.at(path), None, "{path}");
        }
        let holds = |text: &str| base.holds(&Url::parse(text).unwrap());
        assert!(holds("https://good.example/fhir/r4?_getpages=1"));
        assert!(holds("https://good.example/fhir/r4/Condition/page?token=a%2fb"));
        for outside in [
            "https://good.example/fhir/r5",
            "https://good.example/fhir/r4x",
            "https://good.example/fhir/r4/../r5",
            "https://user@good.example/fhir/r4",
            "http://good.example/fhir/r4",
            "https://evil.example/fhir/r4",
        ] {
            assert!(!holds(outside), "{outside}");
        }
    }
}
