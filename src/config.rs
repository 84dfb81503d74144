//! What the service is told when it starts, as types: checked once, here, and nowhere later.

mod cds;
mod clients;
mod fhir;

use std::collections::BTreeSet;
use std::fmt;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

pub use cds::{CdsHooksVersion, Origin, OriginError, public_url};
pub use clients::{CdsClient, CdsClients, KeySource, Signature, VerifyingKey, key_set};
pub use fhir::{FhirBase, FhirBaseError, FhirConfig, read_ca_file};

/// How the service listens, whom it lets in and how long it waits.
#[derive(Debug, Clone)]
pub struct ServeConfig {
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// Whether to listen beyond this machine without asking callers for a key.
    pub allow_unauthenticated: bool,
    /// Who may call `/v1`; empty for everybody.
    pub api_keys: ApiKeys,
    /// Which CDS Hooks clients may call `/cds-services`; `None` for whoever may call `/v1`.
    pub cds_clients: Option<CdsClients>,
    /// Where callers reach the service from outside, such as `https://cds.example.org`.
    pub public_url: Option<String>,
    /// Which version of CDS Hooks is spoken.
    pub cds_hooks_version: CdsHooksVersion,
    /// The sites whose pages may call `/cds-services` in a browser.
    pub cors_origins: BTreeSet<Origin>,
    /// Which FHIR servers may be called back.
    pub fhir: FhirConfig,
    /// How many threads answer; `None` for one a processor.
    pub workers: Option<usize>,
    /// The largest body of a request about one session, in bytes.
    pub body_limit_bytes: usize,
    /// The largest body of a request that brings many sessions or a health record, in bytes.
    pub large_body_limit_bytes: usize,
    /// How long a caller may take to send the head of a request.
    pub head_timeout: Duration,
    /// How long a caller may take to send the body.
    pub body_timeout: Duration,
    /// How long an idle connection is kept.
    pub keep_alive: Duration,
    /// How long `/readyz` says 503 before the service stops accepting connections.
    pub drain: Duration,
    /// How long accepted requests may then take.
    pub shutdown_timeout: Duration,
    /// How the log is written.
    pub log: LogConfig,
}

impl Default for ServeConfig {
    /// Safe for a machine of one's own: 127.0.0.1:8080, 256 KiB a body, 4 MiB where it brings many sessions or a record.
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 8080)),
            allow_unauthenticated: false,
            api_keys: ApiKeys::default(),
            cds_clients: None,
            public_url: None,
            cds_hooks_version: CdsHooksVersion::default(),
            cors_origins: BTreeSet::new(),
            fhir: FhirConfig::default(),
            workers: None,
            body_limit_bytes: 256 * 1024,
            large_body_limit_bytes: 4 * 1024 * 1024,
            head_timeout: Duration::from_secs(10),
            body_timeout: Duration::from_secs(10),
            keep_alive: Duration::from_secs(75),
            drain: Duration::from_secs(1),
            shutdown_timeout: Duration::from_secs(30),
            log: LogConfig::default(),
        }
    }
}

/// How the log is written.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct LogConfig {
    /// In which form.
    pub format: LogFormat,
    /// How much. No level ever shows what a client said.
    pub level: LogLevel,
}

/// The form of the log.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogFormat {
    /// One JSON object a line.
    #[default]
    Json,
    /// For a person at a terminal.
    Pretty,
}

/// How much the log says.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum LogLevel {
    /// What failed.
    Error,
    /// And what is odd.
    Warn,
    /// And one line a request.
    #[default]
    Info,
    /// And what helps to find a fault.
    Debug,
    /// And every step.
    Trace,
}

/// A setting that cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The key file cannot be read.
    #[error("cannot read the key file `{path}`")]
    KeyFile {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A line of the key file is no key.
    #[error("line {line} of the key file is no key: {what}")]
    Key {
        /// The line, counted from 1.
        line: usize,
        /// Why.
        what: &'static str,
    },
    /// The key file has no key: it would lock everybody out.
    #[error("the key file has no key")]
    NoKey,
    /// A file of certificate authorities cannot be read.
    #[error("cannot read the file of certificate authorities `{path}`")]
    CaFile {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// A file that the clients need cannot be read.
    #[error("cannot read `{path}`, which the CDS Hooks clients need")]
    ClientsFile {
        /// Where it should be.
        path: PathBuf,
        /// What the system said.
        #[source]
        source: std::io::Error,
    },
    /// The file of CDS Hooks clients is not of its form.
    #[error("the file of CDS Hooks clients is not of its form")]
    ClientsForm(#[source] serde_json::Error),
    /// A CDS Hooks client cannot be used as it is configured.
    #[error("CDS Hooks client {number}: {what}")]
    Client {
        /// Its place in the list, counted from 1.
        number: usize,
        /// Why.
        what: &'static str,
    },
    /// A time in the file of CDS Hooks clients is too long.
    #[error("`{name}` in the file of CDS Hooks clients is at most {most}")]
    ClientsLimit {
        /// Which.
        name: &'static str,
        /// The most that it can be.
        most: u64,
    },
    /// The file of CDS Hooks clients has none: it would lock everybody out.
    #[error("the file of CDS Hooks clients has no client")]
    NoClient,
}

/// The keys that open `/v1`, as digests: the keys themselves are not kept.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct ApiKeys(Vec<[u8; 32]>);

impl fmt::Debug for ApiKeys {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "ApiKeys({})", self.0.len())
    }
}

/// A shorter key could be guessed.
const SHORTEST_KEY: usize = 16;

impl ApiKeys {
    /// Reads a key file, as [`ApiKeys::parse`] says.
    ///
    /// # Errors
    /// [`ConfigError::KeyFile`] where the file cannot be read, else as [`ApiKeys::parse`].
    pub fn read(path: &Path) -> Result<Self, ConfigError> {
        let text =
            std::fs::read_to_string(path).map_err(|source| ConfigError::KeyFile { path: path.to_owned(), source })?;
        Self::parse(&text)
    }

    /// Keys, one a line: either the key itself (16 or more visible ASCII characters) or `sha256:` and its digest in
    /// hexadecimal. Empty lines and lines that begin with `#` are left out.
    ///
    /// # Errors
    /// [`ConfigError::Key`] for a line that is neither, [`ConfigError::NoKey`] where there is none.
    pub fn parse(text: &str) -> Result<Self, ConfigError> {
        let mut keys = Vec::new();
        for (number, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            keys.push(key_digest(line).map_err(|what| ConfigError::Key { line: number + 1, what })?);
        }
        if keys.is_empty() { Err(ConfigError::NoKey) } else { Ok(Self(keys)) }
    }

    /// Whether there is none, so that everybody may call.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Whether this is one of the keys; takes as long for a wrong key as for a right one.
    #[must_use]
    pub fn accepts(&self, key: &str) -> bool {
        let digest: [u8; 32] = Sha256::digest(key.as_bytes()).into();
        let differs = |known: &[u8; 32]| known.iter().zip(&digest).fold(0, |bits, (one, other)| bits | (one ^ other));
        self.0.iter().fold(false, |found, known| found | (differs(known) == 0))
    }
}

fn key_digest(line: &str) -> Result<[u8; 32], &'static str> {
    let Some(hexadecimal) = line.strip_prefix("sha256:") else {
        return if line.len() >= SHORTEST_KEY && line.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Sha256::digest(line.as_bytes()).into())
        } else {
            Err("a key has 16 or more visible ASCII characters")
        };
    };
    let mut digest = [0; 32];
    if hexadecimal.len() != 64 || !hexadecimal.is_ascii() {
        return Err("a digest has 64 hexadecimal digits");
    }
    for (byte, at) in digest.iter_mut().zip((0..64).step_by(2)) {
        *byte = hexadecimal
            .get(at..at + 2)
            .and_then(|pair| u8::from_str_radix(pair, 16).ok())
            .ok_or("a digest has 64 hexadecimal digits")?;
    }
    Ok(digest)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_accepted_as_itself_or_by_its_digest() {
        let digest = crate::ruleset::digest(b"another-long-secret");
        let keys = ApiKeys::parse(&format!("# booking\nsixteen-or-more-characters\n\n{digest}\n")).unwrap();
        assert!(keys.accepts("sixteen-or-more-characters"));
        assert!(keys.accepts("another-long-secret"));
        assert!(!keys.accepts("sixteen-or-more-character"));
        assert!(!keys.accepts(""));
    }

    #[test]
    fn a_bad_line_is_named_and_its_key_is_not() {
        let message = ApiKeys::parse("sixteen-or-more-characters\nshort").unwrap_err().to_string();
        assert!(message.contains("line 2") && !message.contains("short"), "{message}");
        assert!(ApiKeys::parse("sha256:12").is_err());
        assert!(matches!(ApiKeys::parse("# none\n"), Err(ConfigError::NoKey)));
    }
}
